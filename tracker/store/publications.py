"""What calendar servers hold of ours: for each entry where it lies, its version there, and what was put."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, Integer, String, Table, Text, UniqueConstraint
from sqlalchemy.engine import Connection

from . import schema

TABLE = Table(
    "publications",
    schema.metadata,
    Column("id", Integer, primary_key=True),
    Column("collection", String(500), nullable=False),  # the URL of the calendar there
    Column("holds", Text, nullable=False),  # whose calendar it is: one at one place
    Column("uid", String(36), nullable=False),
    Column("href", Text, nullable=False),
    Column("etag", Text, nullable=False),  # the server's, after our last change
    Column("sha256", String(64), nullable=False),  # of the bytes that we put
    Column("at", schema.Instant, nullable=False),
    UniqueConstraint("collection", "uid"),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One entry as it was put: `href` is its path on the server, `etag` its version, `sha256` that of the bytes."""

    href: str
    etag: str
    sha256: str


def of_collection(db: Connection, collection: str) -> dict[str, Publication]:
    """What a calendar on a server holds of ours, by UID."""
    rows = db.execute(sa.select(TABLE).where(TABLE.c.collection == collection).order_by(TABLE.c.id))
    return {row.uid: Publication(href=row.href, etag=row.etag, sha256=row.sha256) for row in rows}


def holds(db: Connection, collection: str) -> str | None:
    """Whose calendar was published there; None where none was, or nothing of it is left."""
    query = sa.select(TABLE.c.holds).where(TABLE.c.collection == collection).order_by(TABLE.c.id.desc()).limit(1)
    return db.execute(query).scalar_one_or_none()


def record(db: Connection, collection: str, uid: str, put: Publication, *, holds: str, at: datetime) -> None:
    """Writes down what was put, in place of what was there of this UID."""
    insert: Any
    if db.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # a tenth of a second, so only where it is used
    values = {"href": put.href, "etag": put.etag, "sha256": put.sha256, "holds": holds, "at": at}
    statement = insert(TABLE).values(collection=collection, uid=uid, **values)
    db.execute(statement.on_conflict_do_update(index_elements=("collection", "uid"), set_=values))


def forget(db: Connection, collection: str, uid: str) -> None:
    """Takes back that there is anything of this UID."""
    db.execute(sa.delete(TABLE).where(TABLE.c.collection == collection, TABLE.c.uid == uid))
