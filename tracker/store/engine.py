"""Opening the database, and the two units of work: `reading` and `writing`.

SQLite is the default: write-ahead log, foreign keys on, 15 seconds of patience with a lock. PostgreSQL is chosen by
URL. Whatever goes wrong outside this program becomes one DatabaseError that says what to do.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import URL, Connection, Engine

from ..errors import DatabaseError
from . import migration

# One writer at a time on PostgreSQL too: deciding what is owed must not run twice side by side. Any constant will do.
WRITER_LOCK = 7_218_2018
PATIENCE_SECONDS = 15
# Of a PostgreSQL server that has gone without a word (libpq's names; the last one in milliseconds).
PATIENCE = {
    "connect_timeout": 15,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}


def connect(url: str, *, create: bool = True, upgrading: bool = False) -> Engine:
    """An engine on the database at `url`, whose tables are those of this program.

    A new SQLite file is created and migrated, unless `create` is False. `upgrading` leaves an old schema or an empty
    database to the caller, who is about to migrate it. Raises DatabaseError.
    """
    parsed = parse(url)
    path = sqlite_path(parsed)
    fresh = path is not None and (not path.exists() or path.stat().st_size == 0)
    if path is not None:
        _check_file(path, create)
    engine = _engine(parsed, path)
    try:
        with reading(engine) as db:
            state = migration.state(db)
        if upgrading and state in ("empty", "old"):
            return engine
        if state == "empty" and create and engine.dialect.name == "sqlite":
            upgrade(engine)
        else:
            migration.refuse(state, describe(parsed))
            _write_ahead(engine)
    except (DatabaseError, exc.SQLAlchemyError, sqlite3.Error) as error:
        engine.dispose()
        if fresh and path is not None:
            _forget_empty(path)
        raise explain(error, describe(parsed)) from error
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A unit of work that only reads: one consistent state of all tables, no lock; works on a read-only file."""
    with _explained(engine), engine.connect().execution_options(tracker_reading=True) as db, db.begin():
        yield db


@contextmanager
def writing(place: Engine | Connection) -> Iterator[Connection]:
    """The unit of work: everything in it is stored, or nothing. One writer at a time; the next one waits.

    `place` is the engine, a connection that is kept for many units, or one within a unit, which goes on. Of an engine
    `on_trial` nothing is stored.
    """
    with _explained(place.engine):
        if isinstance(place, Engine):
            with place.connect() as db, db.begin() as unit:
                yield db
                if db.get_execution_options().get("tracker_trial"):
                    unit.rollback()
        elif place.in_transaction():
            yield place
        else:
            with place.begin():
                yield place


def on_trial(engine: Engine) -> Engine:
    """The same database, in which each unit of work is done as ever, refusals included, and then undone."""
    return engine.execution_options(tracker_trial=True)


@contextmanager
def keeping(engine: Engine) -> Iterator[Connection]:
    """A connection for many units of `writing`, which are shorter for it; between them it holds nothing."""
    with _explained(engine):
        db = engine.connect()
    with closing(db):
        yield db


def upgrade(engine: Engine) -> None:
    """Brings the schema to this program's revision, in one transaction. Raises DatabaseError."""
    with _explained(engine):
        _write_ahead(engine)
        migration.upgrade(engine)


def current(engine: Engine) -> str | None:
    """The revision of the schema; None for an empty database."""
    with reading(engine) as db:
        return migration.revision(db)


def parse(url: str) -> URL:
    """The URL with its driver: `postgresql://` and `postgres://` mean psycopg 3. Raises DatabaseError."""
    try:
        parsed = sa.make_url(url)
    except exc.ArgumentError as error:
        raise DatabaseError(
            f"not a database URL: {url!r}; write sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME"
        ) from error
    if parsed.drivername in ("postgres", "postgresql"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        raise DatabaseError(f"no such kind of database: {parsed.drivername}; SQLite and PostgreSQL are supported")
    return parsed


def sqlite_path(url: URL) -> Path | None:
    """The file of a SQLite URL; None for one in memory and for other databases."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))


def describe(url: URL) -> str:
    """The database as a person knows it: the file's path, or the URL without its password."""
    path = sqlite_path(url)
    return str(path) if path else url.render_as_string(hide_password=True)


def explain(error: Exception, where: str) -> DatabaseError:
    """The one place that turns a driver's complaint into a message that says what to do."""
    if isinstance(error, DatabaseError):
        return error
    said = str(getattr(error, "orig", None) or error).strip()
    for words, advice in ADVICE.items():
        if words in said.casefold():
            return DatabaseError(f"{where}: {advice}")
    return DatabaseError(f"{where}: the database cannot be used: {said.splitlines()[0] if said else 'no reason given'}")


ADVICE = {
    "database is locked": "another program has locked the database; wait until it has finished, then try again",
    "locking protocol": "the file's locks do not work here (a network folder?); keep the database on a local disk",
    "attempt to write a readonly": "the database is read-only; nothing was changed",
    "read-only transaction": "the database is read-only; nothing was changed",
    "disk is full": "the disk is full; nothing was changed",
    "no space left": "the disk is full; nothing was changed",
    "disk quota": "the disk quota is used up; nothing was changed",
    "disk i/o error": "the disk cannot be read or written; nothing was changed",
    "file is not a database": "this is not a SQLite database",
    "malformed": "the database is damaged; restore a backup (`tracker db check` names the damage)",
    "unable to open database file": "the file cannot be opened; check its folder and its permissions",
    "permission denied": "this user may not use the database; check its grants or the file's permissions",
    "password authentication failed": "user or password refused",
    "no password supplied": "a password is needed",
    "does not exist": "no such database or role on this server",
    "connection refused": "no server answers at this address; is it running?",
    "could not translate host": "no such host",
    "failed to resolve host": "no such host",
    "is the server running": "no server answers at this address; is it running?",
    "terminating connection": "the server was stopped, or is being restarted; try again",
    "closed the connection": "the server was stopped, or is being restarted; try again",
    "is starting up": "the server was stopped, or is being restarted; try again",
    "is shutting down": "the server was stopped, or is being restarted; try again",
    "nul (0x00)": "a text has a NUL character, which PostgreSQL does not keep; nothing was changed",
    "value too long": "a text is longer than PostgreSQL keeps it; nothing was changed",
    "timeout expired": "the server does not answer",
}


@contextmanager
def _explained(engine: Engine) -> Iterator[None]:
    try:
        yield
    except exc.IntegrityError:
        raise  # a fault of this program, or of two changes at once: never to be dressed up as a broken database
    except (exc.DBAPIError, sqlite3.DatabaseError) as error:
        raise explain(error, describe(engine.url)) from error


def _engine(url: URL, path: Path | None) -> Engine:
    options: dict[str, Any] = {
        "json_serializer": lambda value: msgspec.json.encode(value).decode(),
        "json_deserializer": msgspec.json.decode,
    }
    if url.get_backend_name() == "sqlite":
        if path is not None and _unchangeable(path):
            # Without a place for the log's index SQLite opens such a file only when told that nobody writes to it.
            url = url.set(database=f"file:{path}").update_query_dict({"mode": "ro", "immutable": "1", "uri": "true"})
        options["connect_args"] = {} if "timeout" in url.query else {"timeout": PATIENCE_SECONDS}
    else:
        options["pool_pre_ping"] = True  # a connection from before the server's restart is replaced
        options["connect_args"] = {name: value for name, value in PATIENCE.items() if name not in url.query}
    try:
        engine = sa.create_engine(url, **options)
    except ModuleNotFoundError as error:
        raise DatabaseError("PostgreSQL needs its driver: pip install 'tracker[postgres]'") from error
    sqlite = engine.dialect.name == "sqlite"
    if sqlite:
        sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite if sqlite else _begin_postgresql)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN loses updates silently: we begin ourselves
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _write_ahead(engine: Engine) -> None:
    """Lets readers and the writer work side by side. A file keeps this, so it is asked of no file but our own."""
    if engine.dialect.name == "sqlite":
        # A file that is read-only, or just being switched by someone else, works as it is.
        with closing(engine.raw_connection()) as connection, suppress(sqlite3.OperationalError):
            connection.cursor().execute("PRAGMA journal_mode = WAL")


def _begin_sqlite(db: Connection) -> None:
    """By the driver: by SQLAlchemy it would take several times as long, and each unit of work begins with it."""
    db.connection.cursor().execute("BEGIN" if _only_reads(db) else "BEGIN IMMEDIATE")


def _begin_postgresql(db: Connection) -> None:
    if _only_reads(db):
        db.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    else:
        # Whatever the server's own default is: a snapshot taken before the lock was had would be an old state.
        begin = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED"
        db.exec_driver_sql(f"{begin}; SELECT pg_advisory_xact_lock({WRITER_LOCK})")


def _only_reads(db: Connection) -> bool:
    return bool(db.get_execution_options().get("tracker_reading"))


def _check_file(path: Path, create: bool) -> None:
    """Refuses what SQLite would refuse with fewer words, or would happily write into."""
    if path.is_dir():
        raise DatabaseError(f"{path}: this is a folder, not a database file")
    if not path.parent.is_dir():
        raise DatabaseError(f"{path}: the folder {path.parent} does not exist; create it first")
    if not path.exists():
        if not create:
            raise DatabaseError(f"{path}: no such database; `tracker ingest FILE` creates it")
        return
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise DatabaseError(f"{path}: the file cannot be opened: {error.strerror}") from error
    if head and head != b"SQLite format 3\0":
        raise DatabaseError(f"{path}: this is not a SQLite database; nothing was changed")


def _unchangeable(path: Path) -> bool:
    def writable(place: Path) -> bool:
        return os.access(place, os.W_OK, effective_ids=os.access in os.supports_effective_ids)

    return path.exists() and not writable(path.parent) and not Path(f"{path}-wal").exists()


def _forget_empty(path: Path) -> None:
    """Removes what a failed creation left of a file that was not there before, unless someone else made more of it."""
    with suppress(OSError, sqlite3.Error), closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        if db.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
            for name in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
                name.unlink(missing_ok=True)
