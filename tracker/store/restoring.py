"""Putting a backup in the place of a SQLite database: the whole file at once, or nothing."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from itertools import chain, count
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa

from ..errors import DatabaseError, UnreadableFile, UsageError
from . import engine as engines
from . import migration
from .health import check

MAGIC = b"SQLite format 3\0"
LOGS = ("-wal", "-shm")  # what belongs to a file while somebody has it open, or after a crash


def restore(file: Path, url: str, *, replace: bool, now: datetime) -> Path | None:
    """Puts a backup in the place of the database at `url`; where the former one is kept, None where it had no rows.

    A database with rows is only put aside where `replace` says so. Raises UnreadableFile for the backup, DatabaseError
    for what is in it and for a database that cannot be replaced, UsageError.
    """
    path = engines.sqlite_path(engines.parse(url))
    if path is None:
        raise DatabaseError(
            "this is no SQLite file: PostgreSQL takes back its own backups with pg_restore, and a SQLite one by "
            "`tracker --database sqlite:///FILE db copy URL`"
        )
    _refuse_no_database(file)
    if not path.parent.is_dir():
        raise DatabaseError(f"{path}: the folder {path.parent} does not exist; create it first")
    if path.exists() and path.samefile(file):
        raise UsageError(f"{file}: this is the database itself; name a backup of it")
    with _checked_copy(file, path) as copy:
        aside = _free(path.with_name(f"{path.name}.before-{now:%Y%m%dT%H%M%SZ}"))
        try:
            with _alone(path) as rows:
                if rows and not replace:
                    raise UsageError(f"{path}: has data; --replace puts it aside ({aside.name}) and restores {file}")
                _put_in_place(copy, path, aside if rows else None)
        except OSError as error:
            raise DatabaseError(f"{path}: cannot be replaced: {error.strerror}; nothing was changed") from error
        except sqlite3.Error as error:
            raise _explained(error, path) from error
    return aside if rows else None


def _free(path: Path) -> Path:
    """The path, or with a number behind it where something is called so."""
    numbered = (Path(f"{path}-{number}") for number in count(2))
    return next(one for one in chain([path], numbered) if not one.exists())


def _refuse_no_database(file: Path) -> None:
    try:
        with file.open("rb") as opened:
            head = opened.read(len(MAGIC))
    except OSError as error:
        raise UnreadableFile(f"{file}: cannot be read: {error.strerror}; nothing was changed") from error
    if head != MAGIC:
        raise DatabaseError(f"{file}: this is not a SQLite database; nothing was changed")


@contextmanager
def _checked_copy(file: Path, path: Path) -> Iterator[Path]:
    """A copy of the backup beside the database, sound and of this program's schema; it goes if it is not used."""
    copy = path.with_name(f".{path.name}.restoring-{os.getpid()}")
    try:
        with (
            closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True)) as backup,
            closing(sqlite3.connect(copy)) as target,
        ):
            backup.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
        _refuse_unsound(copy, file)
        yield copy
    except sqlite3.Error as error:
        raise engines.explain(error, str(file)) from error
    finally:
        for name in (copy, Path(f"{copy}-journal")):
            name.unlink(missing_ok=True)


def _refuse_unsound(copy: Path, file: Path) -> None:
    """Raises DatabaseError for a damaged backup, and for one that is not of this program's schema."""
    engine = sa.create_engine(f"sqlite:///{copy}")
    try:
        with engines.reading(engine) as db:
            state, found = migration.state(db), migration.revision(db)
        if state == "old":
            raise DatabaseError(
                f"{file}: the backup has an older schema ({found}, not {migration.HEAD}); upgrade a copy of it "
                "(`tracker --database sqlite:///COPY db upgrade`) and restore that; nothing was changed"
            )
        migration.refuse("foreign" if state == "empty" else state, str(file))
        if faults := check(engine):
            raise DatabaseError(f"{file}: the backup is damaged: {faults[0]}; nothing was changed")
    except DatabaseError as error:
        raise DatabaseError(str(error).replace(str(copy), str(file))) from error
    finally:
        engine.dispose()


@contextmanager
def _alone(path: Path) -> Iterator[bool]:
    """Holds the database so that nobody else has it open, its log emptied into it; whether it has rows, or may have.

    A damaged one cannot be held, and is taken to have some.
    """
    if not path.exists() or path.stat().st_size == 0:
        yield False
        return
    _refuse_no_database(path)
    with closing(sqlite3.connect(path, isolation_level=None, timeout=1)) as db:
        try:
            db.execute("PRAGMA locking_mode = EXCLUSIVE")
            db.execute("PRAGMA journal_mode = DELETE")
            db.execute("BEGIN EXCLUSIVE")
            rows = _has_rows(db, path)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            rows = True
        yield rows


def _has_rows(db: sqlite3.Connection, path: Path) -> bool:
    """Whether any table has a row. Raises DatabaseError for the tables of another program."""
    names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    tables = [name for name in names if name not in ("alembic_version", "sqlite_sequence")]
    if tables and "milestones" not in tables:
        migration.refuse("foreign", str(path))
    return any(db.execute(f'SELECT 1 FROM "{name}" LIMIT 1').fetchone() for name in tables)


def _put_in_place(copy: Path, path: Path, aside: Path | None) -> None:
    """The copy takes the name of the database in one step, with its owner and permissions."""
    if path.exists():
        shutil.copymode(path, copy)
        with suppress(PermissionError):
            os.chown(copy, path.stat().st_uid, path.stat().st_gid)
    if aside is not None:
        os.link(path, aside)
    for end in LOGS:  # there are some only of a damaged database
        log = Path(f"{path}{end}")
        if aside is not None and log.exists():
            log.rename(f"{aside}{end}")
        log.unlink(missing_ok=True)
    os.replace(copy, path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _explained(error: sqlite3.Error, path: Path) -> DatabaseError:
    if "locked" in str(error):
        return DatabaseError(
            f"{path}: another program has the database open (`tracker run`? systemctl stop tracker); stop it first; "
            "nothing was changed"
        )
    return engines.explain(error, str(path))
