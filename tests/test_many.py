"""Many files at a call: the same results whoever reads, in order; nothing stops the rest; nothing is read twice."""

import os
import pty
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import corpus
import pytest
import sqlalchemy as sa
from cli_program import Program
from milestone_factory import SEED

from tracker import sources, store
from tracker.jobs.workers import Here, Processes, Workers
from tracker.sources.fingerprint import PACKAGE, RULES
from tracker.store import schema

AS_OF = ("--as-of", "2024-09-01")
DIFFERING = ("uid", "modified", "at", "read_at", "hash", "decision")  # in every run, or with the batch


@pytest.fixture
def folder(empty: Program) -> Path:
    """24 documents, and in the middle one that is none."""
    path = empty.folder / "documents"
    path.mkdir()
    corpus.write(path, 24)
    (path / "00011b.txt").write_bytes(b"\x00\x01\x02" * 100)
    return path


def stored(program: Program) -> dict[str, list[tuple[Any, ...]]]:
    """What is in the database, but for what differs in every run: identities, instants, what was stored together."""
    engine = store.connect(f"sqlite:///{program.database}")
    with store.reading(engine) as db:
        found = {}
        for table in schema.metadata.sorted_tables:
            columns = [column for column in table.c if column.name not in DIFFERING]
            found[table.name] = [tuple(row) for row in db.execute(sa.select(*columns).order_by(*table.primary_key))]
    engine.dispose()
    return found


def doubled(batch: Sequence[int]) -> list[int]:
    return [2 * number for number in batch]


def doubled_but_deadly(batch: Sequence[int]) -> list[int]:
    if 13 in batch:
        os.kill(os.getpid(), signal.SIGKILL)
    return doubled(batch)


def failing(batch: Sequence[int]) -> list[int]:
    raise ValueError(f"not {batch[0]}")


@pytest.mark.parametrize("workers", [Here(), Processes(1), Processes(3)], ids=["here", "one process", "three"])
def test_results_come_in_order_and_few_batches_are_asked_for_ahead(workers: Workers) -> None:
    asked = 0

    def batches() -> Iterator[list[int]]:
        nonlocal asked
        for asked in range(1, 41):
            yield [] if asked % 4 == 0 else [asked, -asked]

    ahead = []
    found = []
    for results in workers.map(doubled, batches(), str):
        found.append(results)
        ahead.append(asked - len(found))
    assert found == [[] if n % 4 == 0 else [2 * n, -2 * n] for n in range(1, 41)]
    assert max(ahead) <= 7


def test_whoever_kills_its_worker_is_lost_alone() -> None:
    batches = [list(range(start, start + 5)) for start in range(0, 40, 5)]
    found = list(chain(*Processes(2).map(doubled_but_deadly, batches, lambda one: f"lost {one}")))
    assert found == [2 * n if n != 13 else "lost 13" for n in range(40)]


def test_what_a_worker_raises_is_raised_here() -> None:
    with pytest.raises(ValueError, match="not 7"):
        list(Processes(2).map(failing, [[7], [8]], str))


def test_processes_store_what_one_stores_and_a_bad_file_is_told_where_it_stands(empty: Program, folder: Path) -> None:
    early = ("--as-of", "2014-12-31")  # no later occurrence opens: their ids follow those of their batch
    alone = empty("ingest", str(folder), *early)
    expected = stored(empty)
    empty.database.unlink()
    together = empty("ingest", str(folder), "--jobs", "2", *early)
    assert stored(empty) == expected
    assert len(expected["documents"]) == 24
    assert (together.code, together.out, together.err) == (alone.code, alone.out, alone.err)
    assert alone.code == 5
    assert "00011b.txt: " in alone.err
    assert "25 files: 24 read, 0 unchanged, 1 failed; " in alone.out.splitlines()[-1]
    assert [line.split()[0] for line in alone.out.splitlines()[:-1]] == [f"document-{n:05}" for n in range(24)]


@pytest.mark.parametrize("what", ["commitments", "timexes", "items", "set-aside", "review"])
def test_processes_extract_what_one_extracts(empty: Program, folder: Path, what: str) -> None:
    common = ("extract", str(folder), "--what", what, "--format", "jsonl")
    alone, together = empty(*common), empty(*common, "--jobs", "2")
    assert together == alone
    assert list(dict.fromkeys(row["doc"] for row in alone.rows)) == sorted({row["doc"] for row in alone.rows})
    assert alone.rows
    assert "25 files: 24 read" in alone.err


def test_what_was_read_is_not_read_again_until_something_that_decides_differs(empty: Program, folder: Path) -> None:
    def again(*arguments: str) -> str:
        answer = empty("ingest", str(folder), *arguments, *AS_OF)
        return answer.out.splitlines()[-1].split("; ")[0]

    (folder / "00011b.txt").unlink()
    assert again() == "24 files: 24 read, 0 unchanged, 0 failed"
    before = stored(empty)
    assert again("--jobs", "2") == "24 files: 0 read, 24 unchanged, 0 failed"
    assert stored(empty) == before
    with (folder / "00003.txt").open("a", encoding="utf-8") as file:
        file.write("2024年12月底前完成验收。\n")
    assert again() == "24 files: 1 read, 23 unchanged, 0 failed"
    about = folder / "00004.toml"
    about.write_text(about.read_text("utf-8").replace("第4号", "第四号"), "utf-8")
    assert again() == "24 files: 1 read, 23 unchanged, 0 failed"
    empty.ok("documents", "withdraw", "document-00005", *AS_OF)
    assert again() == "24 files: 1 read, 23 unchanged, 0 failed"
    assert again("--published", "2024-01") == "24 files: 24 read, 0 unchanged, 0 failed"
    assert again("--published", "2024-01") == "24 files: 0 read, 24 unchanged, 0 failed"


def test_an_unchanged_document_that_waits_for_a_person_still_does(empty: Program) -> None:
    path = empty.pilot("2019年前完成评估。2018年12月底前出台办法。")
    for _ in range(2):
        answer = empty("ingest", path, "--published", "2018-08", "--as-of", "2018-08-31")
        assert answer.code == 1
        assert "2 dates = 2 tracked + 0 set aside + 0 waiting" in answer.out
    assert "nothing changed" in answer.out


def test_whatever_reads_belongs_to_the_rules_of_reading() -> None:
    words = f"""import sys; from tracker import commitments, sources
commitments.extract(sources.read({str(SEED / "document.txt")!r}))
print(*(module.__file__ for name, module in sys.modules.items() if name.startswith("tracker.")))"""
    found = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True).stdout.split()
    read = {Path(file).relative_to(PACKAGE).parts[0] for file in found}
    assert set(RULES) <= read
    assert read - {*RULES} == {"errors.py"}


def test_other_rules_of_reading_are_another_version(tmp_path: Path) -> None:
    package = tmp_path / "tracker"
    shutil.copytree(Path(sources.__file__).parents[1], package)

    def version() -> str:
        program = [sys.executable, "-c", "from tracker import sources; print(sources.rules())"]
        environ = os.environ | {"PYTHONPATH": str(tmp_path)}
        return subprocess.run(
            program, cwd=tmp_path, env=environ, check=True, capture_output=True, text=True
        ).stdout.strip()

    before = version()
    with (package / "cli" / "output.py").open("a") as file:
        file.write("# no rule\n")
    assert version() == before
    with (package / "timex" / "grammar.py").open("a") as file:
        file.write("# a rule\n")
    assert version() != before


def test_files_that_are_called_alike_revise_each_other_only_where_a_person_names_them(empty: Program) -> None:
    for year in ("2018", "2019"):
        (empty.folder / "plans" / year).mkdir(parents=True)
        (empty.folder / "plans" / year / "plan.txt").write_text(f"1.评估\n{year}年11月底前完成评估。\n", "utf-8")
    common = ("--published", "2018-08", "--as-of", "2018-08-31")
    answer = empty("ingest", "plans", *common)
    assert answer.code == 2
    assert "plans/2019/plan.txt: has the key plan, as plans/2018/plan.txt has; give it another id" in answer.err
    assert [row[2] for row in stored(empty)["readings"]] == [stored(empty)["readings"][0][2]]
    answer = empty.ok("ingest", "plans/2018/plan.txt", "plans/2019/plan.txt", *common)
    assert "Moved: 1: 2018-11-30 → 2019-11-30" in answer.out


def test_the_number_of_queries_does_not_grow_with_the_documents(empty: Program, folder: Path) -> None:
    statements: list[str] = []
    sizes = []

    def count(*event: Any) -> None:
        statements.append(event[2])

    sa.event.listen(sa.Engine, "before_cursor_execute", count)
    try:
        names = sorted(map(str, folder.glob("000*.txt")))
        empty("ingest", *names[:1], *AS_OF)  # creates the database
        for some in (names[1:5], names[5:9] + names[12:]):
            statements.clear()
            empty("ingest", *some, "--published", "2024-01", "--as-of", "2024-01-31")
            batches = len([one for one in statements if one.startswith("INSERT INTO readings")])
            sizes.append(len(statements) / batches)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", count)
    assert sizes[1] <= sizes[0] + 4  # agencies that nobody had named


def test_a_bar_with_rate_and_time_left_is_shown_on_a_terminal_and_nowhere_else(empty: Program, folder: Path) -> None:
    ours, theirs = pty.openpty()
    program = [sys.executable, "-m", "tracker", "ingest", str(folder), "--jobs", "2", *AS_OF]
    wide = os.environ | {"COLUMNS": "300"}  # no path is broken
    process = subprocess.run(program, stdout=subprocess.PIPE, stderr=theirs, check=False, cwd=empty.folder, env=wide)
    os.close(theirs)
    shown = b""
    try:
        while data := os.read(ours, 65536):
            shown += data
    except OSError:  # how a terminal ends
        pass
    os.close(ours)
    assert b"25/25" in shown
    assert b"/s" in shown
    assert b"00011b.txt: " in shown
    lines = process.stdout.decode().splitlines()
    assert len(lines) == 25
    assert all(line.startswith("document-") for line in lines[:-1])
    assert "/s" not in empty("ingest", str(folder), *AS_OF).err


REFUSALS = {
    "no such process": (2, ("--jobs", "0"), "--jobs"),
    "another engine": (2, ("--engine", "ray://host:1"), "dask://HOST:PORT"),
    "no port": (2, ("--engine", "dask://host"), "dask://HOST:PORT"),
    "both": (2, ("--engine", "dask://host:1", "--jobs", "2"), "drop it or --engine"),
}


@pytest.mark.parametrize("command", ["ingest", "extract"])
@pytest.mark.parametrize(("code", "arguments", "told"), REFUSALS.values(), ids=REFUSALS)
def test_workers_that_cannot_be_are_refused(
    empty: Program, folder: Path, command: str, code: int, arguments: tuple[str, ...], told: str
) -> None:
    answer = empty(command, str(folder), *arguments)
    assert answer.code == code
    assert told in answer.err
    assert not empty.database.exists()


def test_a_cluster_without_its_client_says_what_to_install(empty: Program, folder: Path) -> None:
    words = "import sys; sys.modules['distributed'] = None; from tracker.cli import main; main()"
    program = [sys.executable, "-c", words, "ingest", str(folder), "--engine", "dask://127.0.0.1:9"]
    process = subprocess.run(program, capture_output=True, text=True, check=False, cwd=empty.folder)
    assert process.returncode == 3
    assert "pip install 'tracker[dask]'" in process.stderr
