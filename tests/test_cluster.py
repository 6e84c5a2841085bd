"""Processes that die, runs that are interrupted, a real Dask cluster: every document is read, and none twice."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import corpus
import psutil
import pytest
import sqlalchemy as sa
from cli_program import Program

from tracker import store
from tracker.store import schema

pytestmark = pytest.mark.slow

DOCUMENTS = 300  # three batches of a cluster
AS_OF = ("--as-of", "2024-09-01")
TRACKER = [sys.executable, "-m", "tracker"]


@pytest.fixture
def folder(empty: Program) -> Path:
    path = empty.folder / "documents"
    path.mkdir()
    corpus.write(path, DOCUMENTS)
    return path


@pytest.fixture
def started() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts a program with its own output; what still runs at the end is ended."""
    running: list[subprocess.Popen[bytes]] = []

    def start(arguments: list[str], folder: Path) -> subprocess.Popen[bytes]:
        pipes: dict[str, int] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen(arguments, cwd=folder, bufsize=0, **pipes)
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def first_line(process: subprocess.Popen[bytes]) -> str:
    """Waits for it: then the first batch is stored, and others are under way."""
    assert process.stdout
    return process.stdout.readline().decode()


def rest(process: subprocess.Popen[bytes]) -> tuple[str, str]:
    """What else a process says until it ends, on standard output and standard error."""
    out, err = process.communicate()
    return out.decode(), err.decode()


def read_of(program: Program) -> dict[str, int]:
    """How many readings each document has."""
    engine = store.connect(f"sqlite:///{program.database}")
    keys = sa.select(schema.documents.c.key, sa.func.count()).join_from(schema.documents, schema.readings)
    with store.reading(engine) as db:
        found = {key: number for key, number in db.execute(keys.group_by(schema.documents.c.key))}  # noqa: C416
    engine.dispose()
    return found


ONCE = {f"document-{number:05}": 1 for number in range(DOCUMENTS)}


def workers_of(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """The processes that read: those below the fork server."""
    children = psutil.Process(process.pid).children()
    return [worker for child in children for worker in child.children()]


def test_a_worker_that_is_killed_costs_nothing(
    empty: Program, folder: Path, started: Callable[..., subprocess.Popen[bytes]]
) -> None:
    process = started([*TRACKER, "ingest", str(folder), "--jobs", "2", *AS_OF], empty.folder)
    assert first_line(process)
    workers_of(process)[0].kill()
    out, err = rest(process)
    assert f"{DOCUMENTS} files: {DOCUMENTS} read, 0 unchanged, 0 failed" in out
    assert "Traceback" not in err
    assert read_of(empty) == ONCE


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupted_run_keeps_what_it_did_and_goes_on_from_there(
    empty: Program, folder: Path, started: Callable[..., subprocess.Popen[bytes]], jobs: str
) -> None:
    arguments = [*TRACKER, "ingest", str(folder), "--jobs", jobs, *AS_OF]
    process = started(arguments, empty.folder)
    assert first_line(process)
    workers = workers_of(process)
    process.send_signal(signal.SIGINT)
    out, err = rest(process)
    assert process.returncode == 130
    assert err.splitlines()[-1] == "tracker: interrupted"
    assert "Traceback" not in err
    psutil.wait_procs(workers, timeout=10)
    assert not any(worker.is_running() for worker in workers)
    kept = len(read_of(empty))
    assert 0 < kept < DOCUMENTS
    assert f"{kept} files: {kept} read" in out
    again, _ = rest(started(arguments, empty.folder))
    assert f"{DOCUMENTS} files: {DOCUMENTS - kept} read, {kept} unchanged, 0 failed" in again
    assert read_of(empty) == ONCE


def test_no_worker_outlives_a_run_that_is_killed(
    empty: Program, folder: Path, started: Callable[..., subprocess.Popen[bytes]]
) -> None:
    process = started([*TRACKER, "ingest", str(folder), "--jobs", "2", *AS_OF], empty.folder)
    assert first_line(process)
    workers = workers_of(process)
    assert len(workers) == 2
    process.kill()
    assert psutil.wait_procs(workers, timeout=10)[1] == []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def cluster(
    empty: Program, started: Callable[..., subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> tuple[int, subprocess.Popen[bytes], list[subprocess.Popen[bytes]]]:
    """The port of a real scheduler, it, and its two workers, which see nothing of our folder."""
    elsewhere = empty.folder / "elsewhere"
    elsewhere.mkdir()
    port = free_port()
    monkeypatch.setenv("DASK_DISTRIBUTED__LOGGING__DISTRIBUTED", "critical")
    dask = [sys.executable, "-m", "dask"]
    scheduler = started([*dask, "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"], elsewhere)
    worker = [*dask, "worker", f"tcp://127.0.0.1:{port}", "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    return port, scheduler, [started(worker, elsewhere) for _ in range(2)]


def test_a_cluster_reads_everything_once_though_a_worker_is_killed(
    empty: Program, folder: Path, started: Callable[..., subprocess.Popen[bytes]], cluster
) -> None:
    port, scheduler, workers = cluster
    engine = ("--engine", f"dask://127.0.0.1:{port}")
    process = started([*TRACKER, "ingest", str(folder), *engine, *AS_OF], empty.folder)
    assert first_line(process).startswith("document-00000 ")
    workers[0].kill()
    out, err = rest(process)
    assert f"{DOCUMENTS} files: {DOCUMENTS} read, 0 unchanged, 0 failed" in out
    assert [line.split()[0] for line in out.splitlines()[:-1]] == [*ONCE][1:]
    assert "Traceback" not in err
    assert read_of(empty) == ONCE
    (folder / "00007.txt").write_bytes(b"\x00\x01\x02" * 100)
    alone = empty("extract", str(folder), "--format", "jsonl")
    assert empty("extract", str(folder), "--format", "jsonl", *engine) == alone
    assert alone.code == 5
    workers[1].kill()
    scheduler.kill()
    answer = empty("extract", str(folder), *engine)
    assert answer.code == 3
    assert "no scheduler answers; start one: dask scheduler" in answer.err


def test_a_scheduler_without_workers_is_named(
    empty: Program, folder: Path, started: Callable[..., subprocess.Popen[bytes]]
) -> None:
    port = free_port()
    dask = [sys.executable, "-m", "dask", "scheduler", "--host", "127.0.0.1", "--no-dashboard"]
    started([*dask, "--port", str(port)], empty.folder)
    answer = empty("ingest", str(folder), "--engine", f"dask://127.0.0.1:{port}")
    assert answer.code == 3
    assert "has no workers; start some: dask worker tcp://" in answer.err
    assert not empty.database.exists()
