"""A world that does not hold still: locks, full disks, closed pipes, interruptions, and terminals without Chinese."""

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from cli_program import DAY, Program
from milestone_factory import SEED
from needed import missing

DOCUMENT = str(SEED / "document.txt")


def test_a_locked_database_is_waited_for_and_then_named(program: Program, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tracker.store.engine.PATIENCE_SECONDS", 0.2)
    with closing(sqlite3.connect(program.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        answer = program("done", "12", *DAY)
        assert (answer.code, answer.out) == (4, "")
        assert "another program has locked the database; wait" in answer.err
    program.ok("done", "12", *DAY)


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")


def foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE photos (name TEXT)")


DATABASES = {
    "newer than the program": (newer, "upgrade this program"),
    "another program's": (foreign, "another program's; nothing was changed"),
    "a text": (lambda path: path.write_text("# notes\n" * 100), "is not a SQLite database"),
    "a truncated one": (lambda path: os.truncate(path, 8192), "the database"),
}


@pytest.mark.parametrize("case", DATABASES)
@pytest.mark.parametrize(
    "arguments", [("list",), ("ingest", DOCUMENT), ("doctor",), ("db", "upgrade"), ("db", "check")]
)
def test_a_database_is_refused_and_left_alone_that_is(program: Program, case: str, arguments: tuple[str, ...]):
    spoil, words = DATABASES[case]
    spoil(program.database)
    before = program.database.read_bytes()
    answer = program(*arguments)
    assert answer.code == 4, answer
    assert "tracker.db: " in answer.err
    assert words in answer.err or "truncated" in case
    assert "Traceback" not in answer.err
    assert program.database.read_bytes() == before


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user or mount")


def test_a_read_only_database_can_be_looked_at_and_says_that_it_is(nobody: Program):
    assert len(nobody.ok("list", "--format", "jsonl", *DAY).rows) == 39
    answer = nobody("done", "12", *DAY)
    assert (answer.code, answer.out) == (4, "")
    assert "read-only; nothing was changed" in answer.err
    answer = nobody("export", "csv", "-o", str(nobody.folder / "out.csv"), *DAY)
    assert answer.code == 5
    assert "cannot be written: Permission denied" in answer.err


def test_a_full_disk_during_ingest_leaves_the_former_state(program: Program):
    """The size that a file may have stands in for the disk: a write beyond it fails likewise."""
    size = program.database.stat().st_size
    many = "".join(f"2018年11月底前完成第{n}项。" for n in range(400))
    path = program.pilot(many)

    def fill() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20_000, resource.RLIM_INFINITY))

    done = program.process("ingest", path, "--published", "2018-08", "--as-of", "2018-08-31", before=fill)
    assert done.returncode == 4, done
    assert b"nothing was changed" in done.stderr
    assert b"Traceback" not in done.stderr
    assert [row["key"] for row in program.ok("documents", "list", "--format", "jsonl").rows] == ["ningbo-2018"]
    assert "sound" in program.ok("db", "check").out


@pytest.mark.slow
@needs_root
def test_a_full_file_system_leaves_no_half_database(empty: Program):
    disk = empty.folder / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=100k", "tmpfs", disk], check=False).returncode:
        missing("a file system that can be mounted")
    try:
        answer = empty("--database", f"sqlite:///{disk / 'tracker.db'}", "ingest", DOCUMENT, "--as-of", "2018-08-31")
        assert answer.code == 4
        assert "disk" in answer.err
        out = empty.folder / "disk" / "out.json"
        shutil.copy(DOCUMENT, disk / "filler")
        assert list(disk.iterdir()) == [disk / "filler"]
        assert not out.exists()
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.parametrize("arguments", [("list",), ("export", "csv")])
def test_a_full_standard_output_is_a_failure(program: Program, arguments: tuple[str, ...]):
    if not Path("/dev/full").exists():
        missing("/dev/full")
    with open("/dev/full", "wb") as full:
        done = program.process(*arguments, out=full.fileno())
    assert done.returncode == 5
    assert done.stderr.decode().splitlines()[-1] == "tracker: standard output: No space left on device"
    assert b"Traceback" not in done.stderr


def closed_early(program: Program, *arguments: str) -> tuple[int, str]:
    """The code and the messages where whoever reads standard output has gone."""
    read, write = os.pipe()
    os.close(read)
    try:
        done = program.process(*arguments, out=write)
    finally:
        os.close(write)
    return done.returncode, done.stderr.decode()


@pytest.mark.parametrize("arguments", [("list",), ("export", "json")])
def test_a_reader_who_has_gone_is_no_fault(program: Program, arguments: tuple[str, ...]):
    code, said = closed_early(program, *arguments, *DAY)
    assert code == 0
    assert "Traceback" not in said
    assert "rror" not in said


def test_every_file_is_read_though_nobody_listens(empty: Program):
    paths = [empty.pilot("2018年11月底前完成评估。", f"{n}.txt") for n in range(2)]
    code, said = closed_early(empty, "ingest", *paths, "--published", "2018-08", "--as-of", "2018-08-31")
    assert (code, "Traceback" in said) == (0, False)
    assert len(empty.ok("documents", "list", "--format", "jsonl").rows) == 2


def test_ctrl_c_ends_a_slow_command_with_130(empty: Program):
    """What is told of the first file says that the command has begun with the second."""
    sentence = "市教育局2018年11月底前完成评估。\n"
    small, big = empty.file("small.txt", sentence), empty.file("the-big-one.txt", sentence * 100_000)
    slow = subprocess.Popen(
        [sys.executable, "-m", "tracker", "ingest", small, big, "--published", "2018-08"],
        cwd=empty.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert slow.stdout is not None
    assert slow.stdout.readline().startswith(b"small")
    slow.send_signal(signal.SIGINT)
    out, err = slow.communicate(timeout=60)
    assert slow.returncode == 130, err
    assert b"the-big-one" not in out
    assert err.decode().splitlines()[-1] == "tracker: interrupted"
    assert [row["key"] for row in empty.ok("documents", "list", "--format", "jsonl").rows] == ["small"]


INTERRUPTED_WHILE_IMPORTING = """
import signal, sys
class Finder:
    def find_spec(name, path, target=None):
        if name == "sqlalchemy":
            exec("signal.raise_signal(signal.SIGINT)")
sys.meta_path.insert(0, Finder)
"""


def test_ctrl_c_while_a_class_is_being_made_ends_with_130(empty: Program):
    """A dataclass is made by `exec`: an interrupt that comes out of one, though caught, ended the process by SIGINT."""
    empty.file("sitecustomize.py", INTERRUPTED_WHILE_IMPORTING)
    paths = os.pathsep.join([str(empty.folder), os.environ.get("PYTHONPATH", "")])
    done = empty.process("ingest", empty.pilot("11月底前完成评估。"), environ={"PYTHONPATH": paths})
    assert (done.returncode, done.stdout) == (130, b""), done
    assert done.stderr.decode().strip() == "tracker: interrupted"


def test_chinese_is_printed_and_read_in_a_locale_without_it(program: Program):
    environ = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    title = ("--title", "报送总结", "--due", "月底", "--agency", "市住建委")
    done = program.process("add", *title, *DAY, environ=environ)
    assert done.returncode == 0, done.stderr
    assert "报送总结" in done.stdout.decode()
    assert program.ok("list", "--search", "报送总结", *DAY, "--format", "jsonl").rows


def test_a_terminal_in_gbk_gets_gbk(program: Program):
    done = program.process("list", *DAY, environ={"PYTHONIOENCODING": "gbk"})
    assert "市住建委" in done.stdout.decode("gbk")
