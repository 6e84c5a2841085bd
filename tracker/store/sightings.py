"""Sightings: every date expression of a reading, and what was made of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..commitments import Sighting
from ..errors import UsageError
from ..timex import Precision
from . import schema

TABLE = schema.sightings.c


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSighting:
    """A date expression that was read: `quote` its words, `context` the healed text around it, `start` and `stop` its
    offsets in the text as read. `begin`, `due` and `precision` are what the words denote. `milestone` is the one that
    a person made of it, None otherwise; its `fate` is "tracked" then.
    """

    id: int
    document: str
    item: str | None
    quote: str
    context: str
    start: int
    stop: int
    role: str
    begin: date | None
    due: date | None
    precision: Precision | None
    fate: Literal["tracked", "set-aside", "waiting"]
    reason: str
    milestone: int | None


def of_reading(db: Connection, reading: int) -> list[StoredSighting]:
    """Every sighting of a reading, in the order of the text."""
    return _load(db, TABLE.reading_id == reading)


def of_milestone(db: Connection, milestone: int) -> list[StoredSighting]:
    """What a promoted milestone was made of, in every reading that had it, oldest first."""
    return _load(db, TABLE.milestone_id == milestone)


def waiting(db: Connection) -> list[StoredSighting]:
    """What waits for a person in the latest reading of each document that was not withdrawn."""
    latest = sa.select(sa.func.max(schema.readings.c.id)).group_by(schema.readings.c.document_id)
    standing = schema.documents.c.withdrawn_on.is_(None)
    return _load(db, sa.and_(TABLE.fate == "waiting", TABLE.reading_id.in_(latest), standing))


def get(db: Connection, id: int) -> StoredSighting:
    """One sighting. Raises UsageError for an unknown id."""
    found = _load(db, TABLE.id == id)
    if not found:
        raise UsageError(f"no date expression has the id {id}; `tracker documents show KEY` lists them")
    return found[0]


def promoted(db: Connection, document: int) -> dict[tuple[str, str], int]:
    """The milestones that people made of a document's sightings, by (quote, context)."""
    query = (
        sa.select(TABLE.quote, TABLE.context, TABLE.milestone_id)
        .join_from(schema.sightings, schema.readings)
        .where(schema.readings.c.document_id == document, TABLE.milestone_id.is_not(None))
        .order_by(TABLE.id)
    )
    return {(quote, context): milestone for quote, context, milestone in db.execute(query)}


def insert(db: Connection, reading: int, sightings: Sequence[Sighting], promoted: dict[tuple[str, str], int]) -> None:
    """Stores the sightings of a new reading; what a person had promoted stays so."""
    rows = [_columns(reading, one, promoted.get(key(one))) for one in sightings]
    if rows:
        db.execute(sa.insert(schema.sightings), rows)


def replace(db: Connection, reading: int, sightings: Sequence[Sighting], promoted: dict[tuple[str, str], int]) -> bool:
    """Stores the sightings of a reading anew where they differ from those stored; returns whether they did.

    Ids stay while nothing differs: people have them on their screens.
    """
    rows = [_columns(reading, one, promoted.get(key(one))) for one in sightings]
    columns = [TABLE[name] for name in rows[0]] if rows else [TABLE.id]
    query = sa.select(*columns).where(TABLE.reading_id == reading).order_by(TABLE.id)
    if [dict(row._mapping) for row in db.execute(query)] == rows:
        return False
    db.execute(sa.delete(schema.sightings).where(TABLE.reading_id == reading))
    insert(db, reading, sightings, promoted)
    return True


def promote(db: Connection, id: int, milestone: int) -> None:
    """Notes that a person made a milestone of a sighting."""
    db.execute(sa.update(schema.sightings).where(TABLE.id == id).values(fate="tracked", milestone_id=milestone))


def key(sighting: Sighting) -> tuple[str, str]:
    """What makes a sighting the same in another reading: its words and the text around them."""
    return (sighting.mention.quote, sighting.context)


def _columns(reading: int, sighting: Sighting, milestone: int | None) -> dict[str, Any]:
    timex = sighting.mention.timex
    return {
        "reading_id": reading,
        "item": sighting.item,
        "quote": sighting.mention.quote,
        "context": sighting.context,
        "start": sighting.start,
        "stop": sighting.stop,
        "role": sighting.role,
        "begin": timex.begin,
        "due": timex.end,
        "precision": timex.precision,
        "fate": "tracked" if milestone is not None else sighting.fate,
        "reason": sighting.reason,
        "milestone_id": milestone,
    }


def _load(db: Connection, where: sa.ColumnElement[bool]) -> list[StoredSighting]:
    columns = [column for column in TABLE if column.name not in ("reading_id", "milestone_id")]
    query = (
        sa.select(*columns, TABLE.milestone_id.label("milestone"), schema.documents.c.key.label("document"))
        .select_from(schema.sightings.join(schema.readings).join(schema.documents))
        .where(where)
        .order_by(TABLE.id)
    )
    return [StoredSighting(**row._mapping) for row in db.execute(query)]
