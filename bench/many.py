"""Many documents: one process against two, reading again what has not changed, and the memory that it takes."""

import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import corpus
from measuring import interleaved, middle, show, spread
from samples import ROOT

JOBS = 2
DAY = "2024-09-01"


@dataclass(frozen=True)
class Run:
    """A call of the program: its wall time, and the most memory of it and of it with its processes (MB)."""

    seconds: float
    own: float
    all: float


def call(arguments: Sequence[str], database: Path) -> Run:
    """Runs the program in a process of its own, and looks at its memory 20 times a second."""
    environ = os.environ | {"TRACKER_DATABASE": f"sqlite:///{database}", "PYTHONPATH": str(ROOT)}
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "tracker", *arguments], env=environ, cwd=ROOT,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    peaks = [0.0, 0.0]
    watcher = threading.Thread(target=watch, args=(process, peaks))
    watcher.start()
    code = process.wait()
    taken = time.perf_counter() - start
    watcher.join()
    if code not in (0, 1):
        raise RuntimeError(f"tracker {' '.join(arguments)} ended with {code}")
    return Run(taken, *peaks)


def watch(process: subprocess.Popen[bytes], peaks: list[float]) -> None:
    """Keeps the most memory that was seen of a process, and of it with all below it."""
    while process.poll() is None:
        sizes = [memory(id) for id in family(process.pid)]
        peaks[:] = max(peaks[0], sizes[0]), max(peaks[1], sum(sizes))
        time.sleep(0.05)


def family(id: int) -> list[int]:
    """A process and all below it."""
    try:
        children = Path(f"/proc/{id}/task/{id}/children").read_text().split()
    except OSError:
        return [id]
    return [id, *(one for child in children for one in family(int(child)))]


def memory(id: int) -> float:
    """The memory of a process in MB, what it shares divided among the sharers (Linux: Pss); 0 when it has ended."""
    try:
        found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{id}/smaps_rollup").read_text(), re.MULTILINE)
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def run(*, quick: bool) -> None:
    """The speed of extract and of ingest, the latter also where all was read before; then the memory at two sizes."""
    few, many, rounds = (20, 60, 1) if quick else (1_000, 10_000, 3)
    with tempfile.TemporaryDirectory() as folder:
        documents, some = Path(folder, "documents"), Path(folder, "some")
        for place, count in ((documents, many), (some, few)):
            place.mkdir()
            corpus.write(place, count)
        speed(Path(folder), documents, many, rounds)
        size(Path(folder), {few: some, many: documents})


def speed(folder: Path, documents: Path, many: int, rounds: int) -> None:
    """Documents a second, one process and several in turns, each with a database of its own."""
    numbers = iter(range(1_000_000))

    def extract(jobs: int) -> float:
        return call(["extract", str(documents), "--format", "jsonl", *of(jobs)], folder / "none.db").seconds

    def ingest(jobs: int) -> float:
        return call(["ingest", str(documents), "--as-of", DAY, *of(jobs)], folder / f"{next(numbers)}.db").seconds

    def again(jobs: int) -> float:
        return call(["ingest", str(documents), "--as-of", DAY, *of(jobs)], folder / "0.db").seconds

    rows = []
    for name, work in {"extract": extract, "ingest": ingest, "ingest again, unchanged": again}.items():
        sides = [lambda work=work, jobs=jobs: work(jobs) for jobs in (1, JOBS)]
        alone, together = interleaved(sides, rounds)
        for jobs, taken in ((1, alone), (JOBS, together)):
            rows.append([f"{name}, {jobs} at work", f"{many / middle(taken):,.0f}", f"{middle(taken):,.1f}",
                         spread(taken), f"{middle(alone) / middle(taken):.2f}"])  # fmt: skip
    show(f"{many:,} documents, {rounds} rounds", ["", "documents/s", "s", "least–most", "ratio"], rows)


def size(folder: Path, documents: dict[int, Path]) -> None:
    """The most memory at each number of documents."""
    rows = []
    for command in ("extract", "ingest"):
        for jobs in (1, JOBS):
            words = ["--format", "jsonl"] if command == "extract" else ["--as-of", DAY]
            runs = [
                call([command, str(place), *words, *of(jobs)], folder / f"{command}-{jobs}-{number}.db")
                for number, place in documents.items()
            ]
            rows.append([f"{command}, {jobs} at work", *(f"{one.own:,.0f}" for one in runs),
                         *(f"{one.all:,.0f}" for one in runs), f"{runs[-1].all / runs[0].all:.2f}"])  # fmt: skip
    sizes = [f"{number:,}" for number in documents]
    columns = ["most memory, MB", *(f"itself at {one}" for one in sizes), *(f"all at {one}" for one in sizes), "ratio"]
    show("Memory by the number of documents", columns, rows)


def of(jobs: int) -> list[str]:
    """The option for so many processes."""
    return ["--jobs", str(jobs)] if jobs > 1 else []
