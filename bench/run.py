"""Runs the measurements: `make bench`, or `python bench/run.py [--quick] [SUBJECT …]`, the keys of SUBJECTS.

TRACKER_BENCH_PEER names the interpreter of an environment with JioNLP; without it our own side alone is measured.
"""

import argparse
import os
import platform

import extraction
import linearity
import many
import reminding
import startup
import timexes

SUBJECTS = {
    "timexes": lambda quick: timexes.run(os.environ.get("TRACKER_BENCH_PEER"), quick=quick),
    "extraction": lambda quick: extraction.run(os.environ.get("TRACKER_BENCH_PEER"), quick=quick),
    "linearity": lambda quick: linearity.run(quick=quick),
    "many": lambda quick: many.run(quick=quick),
    "startup": lambda quick: startup.run(quick=quick),
    "reminding": lambda quick: reminding.run(quick=quick),
}


def main() -> None:
    """Measures what was asked for, or everything."""
    parser = argparse.ArgumentParser(description="Measures the tracker.")
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=", ".join(SUBJECTS))
    parser.add_argument("--quick", action="store_true", help="sizes too small for figures: does it run at all?")
    arguments = parser.parse_args()
    if unknown := set(arguments.subjects) - SUBJECTS.keys():
        parser.error(f"no such subject: {', '.join(sorted(unknown))}; there are {', '.join(SUBJECTS)}")
    print(f"CPython {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for subject in arguments.subjects or SUBJECTS:
        SUBJECTS[subject](arguments.quick)


if __name__ == "__main__":  # processes of its own import this file again
    main()
