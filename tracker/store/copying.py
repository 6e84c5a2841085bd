"""Moving house: every row of one database put into another, of the other kind too.

What is copied is what the metadata names, so a new table comes along by itself. A column that refers to its own table
is filled when all rows are there, whatever their order.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import Connection, Engine

from ..errors import DatabaseError, UsageError
from . import engine as engines
from . import migration
from .schema import metadata

CHUNK = 200  # rows; one of the messages may have some hundred kilobytes
SAME = {
    "sqlite": "SELECT file FROM pragma_database_list WHERE name = 'main'",
    "postgresql": "SELECT system_identifier, current_database(), current_schema() FROM pg_control_system()",
}
LAST_NUMBER = {
    "sqlite": "SELECT seq FROM sqlite_sequence WHERE name = :table",
    "postgresql": "SELECT pg_sequence_last_value(pg_get_serial_sequence(:table, :column))",
}
SET_NUMBER = {
    "sqlite": ("DELETE FROM sqlite_sequence WHERE name = :table", "INSERT INTO sqlite_sequence VALUES (:table, :last)"),
    "postgresql": ("SELECT setval(pg_get_serial_sequence(:table, :column), :last)",),
}


def copy(engine: Engine, url: str) -> dict[str, int]:
    """Copies all rows to the database at `url`, in one transaction; how many each table has, counted on both sides.

    The target is created and migrated where it is new; it must have no rows. Raises DatabaseError, and UsageError for a
    target that is the database itself.
    """
    with _target(url) as target:
        where = engines.describe(target.url)
        with engines.reading(engine) as source, engines.writing(target) as db:
            if _identity(source) == _identity(db):
                raise UsageError(f"{where}: this is the database itself; name another one")
            if filled := [table for table, number in counts(db).items() if number]:
                raise DatabaseError(
                    f"{where}: the target has rows already (in {', '.join(filled[:5])}); name an empty one"
                )
            for table in metadata.sorted_tables:
                try:
                    _rows(source, db, table)
                    _own_references(source, db, table)
                except exc.IntegrityError as error:
                    raise DatabaseError(f"{where}: a row of {table.name} does not fit: {error.orig}") from error
                _numbers(source, db, table)
            return _compared(counts(source), counts(db), where)


def counts(db: Connection) -> dict[str, int]:
    """How many rows each table has."""
    return {
        table.name: db.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        for table in metadata.sorted_tables
    }


@contextmanager
def _target(url: str) -> Iterator[Engine]:
    """The database to copy into, with this program's tables; a file that was not there before goes if that fails."""
    path = engines.sqlite_path(engines.parse(url))
    fresh = path is not None and not path.exists()
    target = engines.connect(url, upgrading=True)
    try:
        with engines.reading(target) as db:
            state = migration.state(db)
        if state == "empty":
            engines.upgrade(target)
        else:
            migration.refuse(state, engines.describe(target.url))
        yield target
    except BaseException:
        target.dispose()
        if fresh and path is not None:
            _remove(path)
        raise
    target.dispose()


def _remove(path: Path) -> None:
    for name in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        with suppress(OSError):
            name.unlink()


def _identity(db: Connection) -> tuple[Any, ...]:
    """What two connections to one database have in common."""
    found = db.execute(sa.text(SAME[db.dialect.name])).one()
    return (db.dialect.name, *found) if any(found) else (db.engine,)


def _rows(source: Connection, target: Connection, table: sa.Table) -> None:
    later = dict.fromkeys(column.name for column in _referring_to_itself(table))
    for rows in _chunks(source, sa.select(table).order_by(*table.primary_key)):
        target.execute(sa.insert(table), [{**row, **later} for row in rows])


def _own_references(source: Connection, target: Connection, table: sa.Table) -> None:
    """Fills what refers to the table itself."""
    referring = _referring_to_itself(table)
    if not referring:
        return
    keys = list(table.primary_key)
    some = sa.or_(*(column.is_not(None) for column in referring))
    statement = (
        sa.update(table)
        .where(*(key == sa.bindparam(f"own_{key.name}") for key in keys))
        .values({column: sa.bindparam(f"new_{column.name}") for column in referring})
    )
    labelled = [key.label(f"own_{key.name}") for key in keys] + [one.label(f"new_{one.name}") for one in referring]
    for rows in _chunks(source, sa.select(*labelled).where(some).order_by(*keys)):
        target.execute(statement, rows)


def _referring_to_itself(table: sa.Table) -> list[sa.Column[Any]]:
    return [column for column in table.c if any(key.column.table is table for key in column.foreign_keys)]


def _chunks(source: Connection, query: sa.Select[Any]) -> Iterator[list[dict[str, Any]]]:
    found = source.execute(query.execution_options(yield_per=CHUNK)).mappings()
    for rows in found.partitions():
        yield [dict(row) for row in rows]


def _numbers(source: Connection, target: Connection, table: sa.Table) -> None:
    """Lets the ids go on where they were, so that none is ever used again."""
    column = table.autoincrement_column
    if column is None:
        return
    names: dict[str, Any] = {"table": table.name, "column": column.name}
    last = source.execute(sa.text(LAST_NUMBER[source.dialect.name]), names).scalar()
    if last:
        for statement in SET_NUMBER[target.dialect.name]:
            target.execute(sa.text(statement), names | {"last": last})


def _compared(source: dict[str, int], target: dict[str, int], where: str) -> dict[str, int]:
    """The counts of both, which must be the same."""
    lost = [f"{name}: {number}, not {source[name]}" for name, number in target.items() if number != source[name]]
    if lost:
        raise DatabaseError(f"{where}: not all rows arrived ({'; '.join(lost)}); nothing was stored")
    return target
