"""Moving house: a backup put back, and all rows copied to another database and back."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cli_program import DAY, Program

from tracker import store
from tracker.store import migration
from tracker.store.schema import metadata

BACKUP = "backup.db"


@pytest.fixture
def saved(program: Program) -> Program:
    """The command line with the seed, one milestone done since a backup was made."""
    program.ok("db", "backup", BACKUP)
    program.ok("done", "11", *DAY)
    return program


def statuses(program: Program) -> dict[int, str]:
    """The status of every milestone."""
    return {row["id"]: row["status"] for row in program.ok("list", "--all", *DAY, "--format", "jsonl").rows}


def left_over(program: Program) -> list[str]:
    """What lies in the folder beside the database, its logs and what a test put there."""
    known = {"config.toml", "tracker.db", "tracker.db-wal", "tracker.db-shm", BACKUP}
    return sorted(path.name for path in program.folder.iterdir() if path.name not in known)


def test_a_backup_takes_the_place_of_the_database_which_is_kept_beside_it(saved: Program):
    saved.database.chmod(0o640)
    said = saved.ok("db", "restore", BACKUP, "--replace").out
    assert "39 milestones" in said
    assert statuses(saved)[11] == "open"
    (aside,) = left_over(saved)
    assert aside in said
    assert saved.database.stat().st_mode & 0o777 == 0o640
    saved.ok("db", "restore", aside, "--replace")
    assert statuses(saved)[11] == "completed"


@pytest.mark.parametrize("there", ["nothing", "an empty file", "a database without rows"])
def test_where_there_are_no_rows_nothing_need_be_put_aside(saved: Program, migrated: Path, there: str):
    for name in ("", "-wal", "-shm"):
        Path(f"{saved.database}{name}").unlink(missing_ok=True)
    if there == "an empty file":
        saved.database.touch()
    elif there == "a database without rows":
        shutil.copy(migrated, saved.database)
    saved.ok("db", "restore", BACKUP)
    assert statuses(saved)[11] == "open"
    assert left_over(saved) == []


def test_a_damaged_database_is_replaced_and_kept(saved: Program):
    wreck = bytearray(saved.database.read_bytes())
    wreck[100:4096] = b"\xff" * 3996
    saved.database.write_bytes(wreck)
    assert saved("list").code == 4
    saved.ok("db", "restore", BACKUP, "--replace")
    assert statuses(saved)[11] == "open"
    kept = [name for name in left_over(saved) if not name.endswith(("-wal", "-shm"))]
    assert [saved.folder.joinpath(name).read_bytes() == wreck for name in kept] == [True]


def revised(path: Path, revision: str) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE alembic_version SET version_num = ?", (revision,))


def torn(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def orphaned(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("DELETE FROM documents")


WRONG_BACKUPS = {
    "a missing one": (lambda path: path.unlink(), 5, "No such file"),
    "a folder": (lambda path: (path.unlink(), path.mkdir()), 5, "Is a directory"),
    "a text": (lambda path: path.write_text("milestones"), 4, "not a SQLite database"),
    "an empty file": (lambda path: path.write_bytes(b""), 4, "not a SQLite database"),
    "half of one": (torn, 4, "damaged"),
    "one whose rows refer to nothing": (orphaned, 4, "damaged"),
    "an older one": (lambda path: revised(path, "0001"), 4, "older schema (0001"),
    "a newer one": (lambda path: revised(path, "9999"), 4, "newer tracker"),
    "another program's": (
        lambda path: (path.unlink(), sqlite3.connect(path).execute("CREATE TABLE t (x)").connection.close()),
        4,
        "another program's",
    ),
}


@pytest.mark.parametrize("case", WRONG_BACKUPS)
def test_what_is_no_backup_is_refused_and_nothing_changes(saved: Program, case: str):
    spoil, code, words = WRONG_BACKUPS[case]
    path = saved.folder / BACKUP
    spoil(path)
    answer = saved("db", "restore", BACKUP, "--replace")
    assert (answer.code, answer.out) == (code, "")
    assert words in answer.err
    assert len(answer.err.splitlines()) == 1
    assert statuses(saved)[11] == "completed"
    assert left_over(saved) == []


@pytest.fixture
def others(saved: Program) -> Iterator[sa.Connection]:
    """Another program that has read the database, and holds its connection as a daemon does."""
    engine = store.connect(f"sqlite:///{saved.database}")
    with engine.connect() as db:
        with db.begin():
            store.open_milestones(db)
        yield db
    engine.dispose()


def test_a_database_that_a_daemon_has_open_is_left_alone(saved: Program, others: sa.Connection):
    answer = saved("db", "restore", BACKUP, "--replace")
    assert answer.code == 4
    assert "another program has the database open" in answer.err
    with others.begin():
        assert len(store.open_milestones(others)) == 38
    assert left_over(saved) == []


REFUSED = {
    "data without --replace": (("db", "restore", BACKUP), 2, "has data; --replace"),
    "the database itself": (("db", "restore", "tracker.db", "--replace"), 2, "the database itself"),
    "a folder that is not there": (
        ("--database", "sqlite:///nowhere/tracker.db", "db", "restore", BACKUP), 4, "does not exist",
    ),
    "a server": (
        ("--database", "postgresql://nobody@127.0.0.1:9/x", "db", "restore", BACKUP), 4, "pg_restore",
    ),
    "somebody's text": (("--database", "sqlite:///notes.txt", "db", "restore", BACKUP), 4, "not a SQLite database"),
    "copied into itself": (("db", "copy", "sqlite:///tracker.db"), 2, "the database itself"),
    "copied into a full one": (("db", "copy", f"sqlite:///{BACKUP}"), 4, "has rows already"),
    "copied to no URL": (("db", "copy", "tracker"), 4, "not a database URL"),
    "copied where no server is": (("db", "copy", "postgresql://nobody@127.0.0.1:9/x"), 4, "no server answers"),
    "copied into no folder": (("db", "copy", "sqlite:///nowhere/x.db"), 4, "does not exist"),
    "copied into a text": (("db", "copy", "sqlite:///notes.txt"), 4, "not a SQLite database"),
    "copied from nothing": (("--database", "sqlite:///x.db", "db", "copy", "sqlite:///y.db"), 4, "no such database"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_moved_is_said_in_one_line(saved: Program, case: str):
    (saved.folder / "notes.txt").write_text("to do", encoding="utf-8")
    call, code, words = REFUSED[case]
    answer = saved(*call)
    assert (answer.code, answer.out) == (code, "")
    assert words in answer.err
    assert len(answer.err.splitlines()) == 1
    assert left_over(saved) == ["notes.txt"]
    assert statuses(saved)[11] == "completed"


def test_a_full_disk_leaves_everything_as_it_was(saved: Program):
    import resource

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    for call in (("db", "restore", BACKUP, "--replace"), ("db", "copy", "sqlite:///copy.db")):
        answer = saved.process(*call, before=small)
        assert answer.returncode == 4, answer
        assert "nothing was changed" in answer.stderr.decode() or "cannot be used" in answer.stderr.decode()
        assert left_over(saved) == []
    assert statuses(saved)[11] == "completed"


def test_a_folder_in_which_nobody_may_write_is_said(nobody: Program, tmp_path_factory: pytest.TempPathFactory):
    user, own = os.geteuid(), os.getuid()
    os.seteuid(own)
    backup = tmp_path_factory.mktemp("backups") / BACKUP
    shutil.copy(nobody.database, backup)
    backup.chmod(0o644)
    backup.parent.chmod(0o755)
    os.seteuid(user)
    answer = nobody("db", "restore", str(backup), "--replace")
    assert answer.code == 4
    assert "check its folder and its permissions" in answer.err


def rows_of(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table as the program reads it."""
    engine = store.connect(url, create=False)
    with store.reading(engine) as db:
        found = {
            table.name: [tuple(row) for row in db.execute(sa.select(table).order_by(*table.primary_key))]
            for table in metadata.sorted_tables
        }
    engine.dispose()
    return found


def lived_in(program: Program) -> str:
    """The URL of a database with something in nearly every table, and ids at the end that are gone."""
    program.ok("agencies", "set", "市住建委", "--email", "a@example.org,b@example.org", "--cadence", "weekly")
    program.ok("agencies", "alias", "住建委", "市住建委")
    program.ok("agencies", "members", "各区县人民政府", "市住建委", "市教育局")
    path = program.pilot("2019年前完成评估。每月10日前报送进度。6、12月底前出台办法。")
    program("ingest", path, "--published", "2018-08", *DAY)
    program.ok("done", "11", "--note", "附：“验收”\t'单'\n第二行", "--evidence", "验收报告〔2018〕12号", *DAY)
    program.ok("ack", "12", "--until", "2018-12-01", *DAY)
    program.ok("claim", "10", "--evidence", "https://example.org/验收", *DAY)
    program.ok("defer", "14", "--to", "2020-06-30", "--reason", "资金", *DAY)
    program.ok("reading", "12", "120", "--source", "月报", *DAY)
    program.ok("add", "--title", "报送总结", "--due", "2018-12-20", "--agency", "市住建委", *DAY)
    program("scan", *DAY)
    program("scan", "--as-of", "2019-01-07")
    url = f"sqlite:///{program.database}"
    engine = store.connect(url)
    with store.writing(engine) as db:
        last = db.execute(sa.select(sa.func.max(metadata.tables["set_asides"].c.id))).scalar() or 0
        db.exec_driver_sql("INSERT INTO sqlite_sequence SELECT 'set_asides', 77 WHERE NOT EXISTS"
                           " (SELECT 1 FROM sqlite_sequence WHERE name = 'set_asides')")  # fmt: skip
        assert last < 77
    engine.dispose()
    return url


def chain(program: Program, *database: str) -> str:
    """What the audit says of a database that is in order: how long its history is, and where it ends."""
    where = ("--database", *database) if database else ()
    return program.ok(*where, "audit", "verify", "--format", "jsonl").out


def test_a_copy_has_every_row_and_goes_on_numbering(program: Program):
    before = rows_of(lived_in(program))
    said = program.ok("db", "copy", "sqlite:///other.db", "--format", "jsonl").rows
    assert {row["table"]: row["rows"] for row in said} == {name: len(rows) for name, rows in before.items()}
    assert rows_of(f"sqlite:///{program.folder / 'other.db'}") == before
    assert sum(map(bool, before.values())) >= 15
    with closing(sqlite3.connect(program.folder / "other.db")) as db:
        assert db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'set_asides'").fetchone() == (77,)
    assert "sound" in program.ok("--database", "sqlite:///other.db", "db", "check").out
    assert chain(program, "sqlite:///other.db") == chain(program)


def test_a_row_may_refer_to_a_later_one_of_its_own_table(program: Program):
    engine = store.connect(f"sqlite:///{program.database}")
    with store.writing(engine) as db:
        db.exec_driver_sql("UPDATE milestones SET series = 30, occurrence = '2018-12-31' WHERE id = 2")
    engine.dispose()
    program.ok("db", "copy", "sqlite:///other.db")
    assert rows_of(f"sqlite:///{program.folder / 'other.db'}") == rows_of(f"sqlite:///{program.database}")


@pytest.mark.slow
def test_to_postgresql_and_back_keeps_every_row_and_every_number(program: Program, postgresql: str):
    url = lived_in(program)
    before = rows_of(url)
    program.ok("db", "copy", postgresql)
    assert rows_of(postgresql) == before
    assert "sound" in program.ok("--database", postgresql, "db", "check").out
    assert chain(program, postgresql) == chain(program)
    program.ok("--database", postgresql, "db", "copy", "sqlite:///back.db")
    assert rows_of(f"sqlite:///{program.folder / 'back.db'}") == before
    assert chain(program, "sqlite:///back.db") == chain(program)
    with closing(sqlite3.connect(program.database)) as here, closing(sqlite3.connect("back.db")) as back:
        query = "SELECT name, seq FROM sqlite_sequence WHERE seq > 0 ORDER BY name"
        assert back.execute(query).fetchall() == here.execute(query).fetchall()


@pytest.mark.slow
def test_on_postgresql_the_next_milestone_has_the_next_id(program: Program, postgresql: str):
    program.ok("db", "copy", postgresql)
    added = ("add", "--title", "报送总结", "--due", "2018-12-20", "--agency", "市住建委", *DAY, "--format", "jsonl")
    (row,) = program.ok("--database", postgresql, *added).rows
    assert row["id"] == 40


POSTGRES_REFUSES = {
    "the database itself": ("copied", 2, "the database itself"),
    "rows": ("filled", 4, "has rows already"),
    "an older schema": ("old", 4, "older schema"),
    "a NUL": ("nul", 4, "NUL character"),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", POSTGRES_REFUSES)
def test_postgresql_refuses_and_keeps_nothing(program: Program, postgresql: str, case: str):
    how, code, words = POSTGRES_REFUSES[case]
    source = f"sqlite:///{program.database}"
    if how in ("copied", "filled"):
        program.ok("db", "copy", postgresql)
        source = postgresql if how == "copied" else source
    elif how == "old":
        engine = store.connect(postgresql, upgrading=True)
        store.upgrade(engine)
        with engine.begin() as db:
            db.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
        engine.dispose()
    else:
        engine = store.connect(source)
        with store.writing(engine) as db:
            db.exec_driver_sql("UPDATE history SET note = 'a' || char(0) WHERE id = 39")
        engine.dispose()
    answer = program("--database", source, "db", "copy", postgresql)
    assert (answer.code, answer.out) == (code, "")
    assert words in answer.err
    assert len(answer.err.splitlines()) == 1
    if how == "nul":
        assert not any(rows_of(postgresql).values())


def test_the_schema_of_a_restored_database_is_this_programs(saved: Program):
    saved.ok("db", "restore", BACKUP, "--replace")
    assert saved.ok("db", "current").out.strip() == migration.HEAD
