"""Documents and their readings: each text of a document that was read is kept, and provenance points into it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..documents import Source
from ..errors import Problem, UsageError
from . import schema

ABOUT = ("title", "issuer", "published", "published_as", "published_from", "confirmed")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDocument:
    """A document that was read. `published` is its reference day, `published_as` the date as stated ("2018-08").

    `reading` is the id of the latest reading, `sha256` that of its text (UTF-8), `read_at` when it was read.
    """

    id: int
    key: str
    title: str
    issuer: str
    published: date
    published_as: str
    published_from: str
    confirmed: bool
    withdrawn_on: date | None
    reading: int
    sha256: str
    file_name: str
    read_at: datetime
    problems: tuple[Problem, ...]


def listed(db: Connection) -> list[StoredDocument]:
    """Every document with its latest reading, by date of publication."""
    return _load(db, sa.true())


def find(db: Connection, key: str) -> StoredDocument | None:
    """The document of this key, None if none was read."""
    return next(iter(_load(db, schema.documents.c.key == key)), None)


def get(db: Connection, key: str) -> StoredDocument:
    """The document of this key. Raises UsageError for an unknown one."""
    document = find(db, key)
    if document is None:
        raise UsageError(f"no document is called {key}; `tracker documents list` shows those that were read")
    return document


def insert(db: Connection, source: Source) -> int:
    """Stores a new document and returns its id."""
    row = {"key": source.key} | {name: getattr(source, name) for name in ABOUT}
    return int(db.execute(sa.insert(schema.documents).values(row).returning(schema.documents.c.id)).scalar_one())


def update(db: Connection, id: int, source: Source) -> None:
    """Writes what a new reading says about a document; one that was withdrawn comes back."""
    row = {name: getattr(source, name) for name in ABOUT}
    db.execute(sa.update(schema.documents).where(schema.documents.c.id == id).values(row | {"withdrawn_on": None}))


def withdraw(db: Connection, id: int, day: date) -> None:
    """Marks a document as withdrawn from `day`."""
    db.execute(sa.update(schema.documents).where(schema.documents.c.id == id).values(withdrawn_on=day))


def insert_reading(
    db: Connection, document: int, source: Source, sha256: str, problems: Sequence[Problem], now: datetime
) -> int:
    """Stores a text of a document and returns the reading's id."""
    statement = sa.insert(schema.readings).values(
        document_id=document,
        sha256=sha256,
        text=source.text,
        file_name=source.file_name,
        read_at=now,
        problems=msgspec.to_builtins(problems),
    )
    return int(db.execute(statement.returning(schema.readings.c.id)).scalar_one())


def text(db: Connection, key: str) -> str:
    """The text of a document as it was read last. Raises UsageError for an unknown key."""
    reading = get(db, key).reading
    return str(db.execute(sa.select(schema.readings.c.text).where(schema.readings.c.id == reading)).scalar_one())


def texts_of(db: Connection, milestones: Collection[int]) -> dict[int, str]:
    """For each of these milestones the text that its sentence stands in; those added by hand are left out."""
    own, readings = schema.milestones.c, schema.readings.c
    query = sa.select(own.id, own.reading_id).where(own.id.in_(milestones), own.reading_id.is_not(None))
    read: dict[int, int] = {row.id: row.reading_id for row in db.execute(query)}
    texts = {
        row.id: row.text for row in db.execute(sa.select(schema.readings).where(readings.id.in_(set(read.values()))))
    }
    return {milestone: texts[reading] for milestone, reading in read.items()}


def _load(db: Connection, where: sa.ColumnElement[bool]) -> list[StoredDocument]:
    latest = sa.select(sa.func.max(schema.readings.c.id)).group_by(schema.readings.c.document_id)
    reading = schema.readings.c
    query = (
        sa.select(
            schema.documents,
            reading.id.label("reading"),
            reading.sha256,
            reading.file_name,
            reading.read_at,
            reading.problems,
        )
        .join_from(schema.documents, schema.readings)
        .where(reading.id.in_(latest), where)
        .order_by(schema.documents.c.published, schema.documents.c.id)
    )
    return [
        StoredDocument(
            **(dict(row._mapping) | {"problems": tuple(msgspec.convert(one, Problem) for one in row.problems)})
        )
        for row in db.execute(query)
    ]
