"""Start-up: what a command costs before and beside its work, against the bare interpreter."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from measuring import interleaved, middle, seconds, show, spread
from samples import ROOT, SEED

DAY = "2018-11-05"
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "python -c 'import click'": ["-c", "import click"],
    "python -c 'import sqlalchemy.orm'": ["-c", "import sqlalchemy.orm"],
    "tracker --version": ["-m", "tracker", "--version"],
    "tracker --help": ["-m", "tracker", "--help"],
    "tracker list --format jsonl": ["-m", "tracker", "list", "--as-of", DAY, "--format", "jsonl"],
    "tracker list": ["-m", "tracker", "list", "--as-of", DAY],
    "tracker extract (the seed)": ["-m", "tracker", "extract", str(SEED), "--format", "jsonl"],
}


def run(*, quick: bool) -> None:
    """Wall time of each command, a fresh process each time, on a database that holds the seed."""
    rounds = 1 if quick else 15
    with tempfile.TemporaryDirectory() as folder:
        environ = os.environ | {"TRACKER_DATABASE": f"sqlite:///{Path(folder, 'tracker.db')}"}

        def call(arguments: list[str]) -> float:
            """The seconds of one call."""
            program = [sys.executable, *arguments]
            return seconds(lambda: subprocess.run(program, env=environ, cwd=ROOT, check=True, capture_output=True))

        call(["-m", "tracker", "ingest", str(SEED), "--as-of", "2018-08-31"])
        taken = interleaved([lambda arguments=arguments: call(arguments) for arguments in COMMANDS.values()], rounds)
    base, yardstick = middle(taken[0]), middle(taken[2])
    rows = []
    for name, found in zip(COMMANDS, taken, strict=True):
        milliseconds = [1000 * s for s in found]
        rows.append([name, f"{middle(milliseconds):.0f}", spread(milliseconds), f"{middle(found) / base:.1f}",
                     f"{middle(found) / yardstick:.2f}"])  # fmt: skip
    show(f"Start-up, {rounds} rounds", ["", "ms", "least–most", "x python", "x sqlalchemy.orm"], rows)
