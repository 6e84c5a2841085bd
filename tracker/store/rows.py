"""Many rows: inserted in a number of statements that does not grow with them, read also where some cannot be."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

Row = TypeVar("Row")

UNREADABLE = (ValueError, TypeError, LookupError, msgspec.MsgspecError)  # a value that its column cannot have
CHUNK = 5000  # keys in one question: SQLite takes 32766 values, and the widest key has two


def insert(db: Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]], *, key: tuple[str, ...]) -> list[int]:
    """Inserts `rows` and returns their ids in the same order; the columns of `key` together are unique.

    An INSERT with RETURNING would do, but SQLite promises no order for it, so SQLAlchemy sends it row by row.
    """
    if not rows:
        return []
    db.execute(sa.insert(table), list(rows))
    keys = [tuple(row[name] for name in key) for row in rows]
    columns = [table.c[name] for name in key]
    ids: dict[tuple[Any, ...], int] = {}
    for start in range(0, len(keys), CHUNK):
        query = sa.select(table.c.id, *columns).where(sa.tuple_(*columns).in_(keys[start : start + CHUNK]))
        ids |= {tuple(found): id for id, *found in db.execute(query)}
    return [ids[one] for one in keys]


def readable(ids: Sequence[int], load: Callable[[Sequence[int]], Sequence[Row]]) -> tuple[list[Row], list[int]]:
    """What `load` finds by ids, and the ids of rows that hold what their columns cannot: somebody has been at them."""
    try:
        return [*load(ids)], []
    except UNREADABLE:
        if len(ids) == 1:
            return [], [*ids]
    half = len(ids) // 2
    (first, bad), (second, worse) = readable(ids[:half], load), readable(ids[half:], load)
    return first + second, bad + worse
