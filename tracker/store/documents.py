"""Documents and their readings: each text of a document that was read is kept, and provenance points into it."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..documents import Source
from ..errors import Problem, UsageError
from . import rows, schema

FROM_SOURCE = ("title", "issuer", "url", "published", "published_as", "published_from", "confirmed")
About = tuple[Source, str, Mapping[str, str]]  # a document, its fingerprint, what people said of it


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDocument:
    """A document that was read. `published` is its reference day, `published_as` the date as stated ("2018-08").

    `url` is where it can be read, "" where nobody said.
    `reading` is the id of the latest reading, `sha256` that of its text (UTF-8), `read_at` when it was read.
    """

    id: int
    key: str
    title: str
    issuer: str
    url: str
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
    return by_keys(db, [key]).get(key)


def by_keys(db: Connection, keys: Collection[str]) -> dict[str, StoredDocument]:
    """The documents with these keys; unknown keys are left out."""
    return {one.key: one for one in _load(db, schema.documents.c.key.in_(keys))}


def get(db: Connection, key: str) -> StoredDocument:
    """The document of this key. Raises UsageError for an unknown one."""
    document = find(db, key)
    if document is None:
        raise UsageError(f"no document is called {key}; `tracker documents list` shows those that were read")
    return document


def given(db: Connection, keys: Collection[str]) -> dict[str, dict[str, str]]:
    """What people said of the documents with these keys (title, issuer, published); unknown keys are left out."""
    document = schema.documents.c
    found = db.execute(sa.select(document.key, document.given).where(document.key.in_(keys)))
    return {key: said for key, said in found}  # noqa: C416 - dict() of rows has no type


def insert(db: Connection, read: Sequence[About]) -> list[int]:
    """Stores new documents and returns their ids in the same order."""
    new = [{"key": about[0].key} | _about(*about) for about in read]
    return rows.insert(db, schema.documents, new, key=("key",))


def update(db: Connection, read: Mapping[int, About]) -> None:
    """Writes what new readings say about documents, by their ids; one that was withdrawn comes back."""
    said = [{"this": id, "withdrawn_on": None} | _about(*about) for id, about in read.items()]
    if said:
        fields: dict[str, Any] = {name: sa.bindparam(name) for name in said[0] if name != "this"}
        this = schema.documents.c.id == sa.bindparam("this")
        db.execute(sa.update(schema.documents).where(this).values(fields), said)


def withdraw(db: Connection, id: int, day: date) -> None:
    """Marks a document as withdrawn from `day`."""
    db.execute(sa.update(schema.documents).where(schema.documents.c.id == id).values(withdrawn_on=day))


def insert_readings(
    db: Connection, read: Mapping[int, tuple[Source, Sequence[Problem]]], now: datetime
) -> dict[int, int]:
    """Stores a text of each document, by their ids, and returns the ids of the readings, likewise."""
    if not read:
        return {}
    texts = [
        {
            "document_id": document,
            "sha256": sha256(source),
            "text": source.text,
            "file_name": source.file_name,
            "read_at": now,
            "problems": msgspec.to_builtins(problems),
        }
        for document, (source, problems) in read.items()
    ]
    db.execute(sa.insert(schema.readings), texts)
    reading = schema.readings.c
    latest = sa.select(reading.document_id, sa.func.max(reading.id)).group_by(reading.document_id)
    return {document: id for document, id in db.execute(latest.where(reading.document_id.in_(read)))}  # noqa: C416


def sha256(source: Source) -> str:
    """The SHA-256 of a document's text in UTF-8."""
    return hashlib.sha256(source.text.encode("utf-8", "surrogatepass")).hexdigest()


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


def _about(source: Source, fingerprint: str, said: Mapping[str, str]) -> dict[str, Any]:
    return {name: getattr(source, name) for name in FROM_SOURCE} | {"fingerprint": fingerprint, "given": dict(said)}


def _load(db: Connection, where: sa.ColumnElement[bool]) -> list[StoredDocument]:
    reading, others = schema.readings.c, schema.readings.alias().c
    latest = sa.select(sa.func.max(others.id)).where(others.document_id == schema.documents.c.id)
    query = (
        sa.select(
            *(column for column in schema.documents.c if column.name not in ("fingerprint", "given")),
            reading.id.label("reading"),
            reading.sha256,
            reading.file_name,
            reading.read_at,
            reading.problems,
        )
        .join_from(schema.documents, schema.readings)
        .where(reading.id == latest.scalar_subquery(), where)
        .order_by(schema.documents.c.published, schema.documents.c.id)
    )
    return [StoredDocument(**(dict(row._mapping) | {"problems": problems(row.problems)})) for row in db.execute(query)]


def problems(stored: Any) -> tuple[Problem, ...]:
    """The problems of a reading out of their column."""
    return msgspec.convert(stored, tuple[Problem, ...])
