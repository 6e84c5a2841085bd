"""Inserting many rows and learning their ids, in a number of statements that does not grow with them."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

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
