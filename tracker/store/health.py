"""Whether a database is in order, and a copy of it."""

import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from ..errors import DatabaseError, UsageError
from . import engine as engines
from . import migration


def check(engine: Engine) -> list[str]:
    """What is wrong with the database, in words; empty when nothing is. Reads everything: seconds for a large file."""
    faults: list[str] = []
    with engines.reading(engine) as db:
        if db.dialect.name == "sqlite":
            said = db.execute(sa.text("PRAGMA integrity_check")).scalars()
            faults += [f"damaged: {line}" for line in said if line != "ok"]
            faults += [
                f"{table}: row {row} refers to a row of {parent} that is not there"
                for table, row, parent, _ in db.execute(sa.text("PRAGMA foreign_key_check"))
            ]
        return faults + [f"schema: {line}" for line in migration.differences(db)]


def free_space(engine: Engine) -> int | None:
    """How many bytes the disk of a SQLite file has left; None for one in memory and for a server's database."""
    path = engines.sqlite_path(engine.url)
    return None if path is None else shutil.disk_usage(Path(str(path).removeprefix("file:")).parent).free


def backup(engine: Engine, path: Path) -> None:
    """Copies a SQLite database to a new file while others go on using it; the copy is checked by opening it.

    Raises UsageError where the file exists, DatabaseError where it cannot be written or the database is PostgreSQL.
    """
    if engine.dialect.name != "sqlite":
        raise DatabaseError(
            "a PostgreSQL database is backed up by its own tool: pg_dump --format=custom --file FILE NAME"
        )
    if path.exists():
        raise UsageError(f"{path} exists already; choose a new file")
    if not path.parent.is_dir():
        raise UsageError(f"{path}: the folder {path.parent} does not exist")
    try:
        with engines.reading(engine) as db, closing(sqlite3.connect(path)) as copy:
            source = db.connection.driver_connection
            assert isinstance(source, sqlite3.Connection)
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
            said = copy.execute("PRAGMA integrity_check").fetchone()[0]
    except (sqlite3.Error, DatabaseError) as error:
        with suppress(OSError):
            path.unlink()
        raise engines.explain(error, str(path)) from error
    if said != "ok":
        raise DatabaseError(f"{path}: the copy is damaged: {said}")
