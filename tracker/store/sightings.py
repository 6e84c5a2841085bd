"""Sightings: every date expression of a reading, and what was made of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..commitments import Sighting
from ..documents import Span
from ..errors import UsageError
from ..timex import Precision
from . import schema

TABLE = schema.sightings.c
# The sightings of a reading, and the milestone that a person made of each, None where nobody did.
Seen = tuple[Sequence[Sighting], Sequence[int | None]]


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


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person made of a date expression: a milestone (its id), or None where it was set aside with a reason."""

    milestone: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A text in which a person decided about date expressions: where all of them stand, and the verdicts."""

    text: str
    places: tuple[Span, ...]
    verdicts: dict[Span, Verdict]


@dataclass(frozen=True, slots=True)
class SetAside:
    """That a person set a date expression aside: why, who, the business day and the instant (UTC)."""

    reason: str
    actor: str
    day: date
    at: datetime


def of_reading(db: Connection, reading: int) -> list[StoredSighting]:
    """Every sighting of a reading, in the order of the text."""
    return _load(db, TABLE.reading_id == reading)


def of_milestone(db: Connection, milestone: int) -> list[StoredSighting]:
    """What a promoted milestone was made of, in every reading that had it, oldest first."""
    return _load(db, TABLE.milestone_id == milestone)


def waiting(db: Connection) -> list[StoredSighting]:
    """What waits for a person in the latest reading of each document that was not withdrawn."""
    return _latest(db, TABLE.fate == "waiting")


def untracked(db: Connection) -> list[StoredSighting]:
    """What waits or was set aside in the latest reading of each document that was not withdrawn."""
    return _latest(db, TABLE.fate != "tracked")


def _latest(db: Connection, where: sa.ColumnElement[bool]) -> list[StoredSighting]:
    latest = sa.select(sa.func.max(schema.readings.c.id)).group_by(schema.readings.c.document_id)
    standing = schema.documents.c.withdrawn_on.is_(None)
    return _load(db, sa.and_(where, TABLE.reading_id.in_(latest), standing))


def get(db: Connection, id: int) -> StoredSighting:
    """One sighting. Raises UsageError for an unknown id."""
    found = _load(db, TABLE.id == id)
    if not found:
        raise UsageError(f"no date expression has the id {id}; `tracker documents show KEY` lists them")
    return found[0]


def judged(db: Connection, documents: Collection[int]) -> dict[int, list[Judged]]:
    """For each of the documents (their ids) the readings in which people decided about date expressions, oldest first.

    What was carried from one reading to the next counts in the last one that had it.
    """
    aside, readings = schema.set_asides.c, schema.readings.c
    if not documents:
        return {}
    said = (
        sa.select(aside.reading_id, aside.start, aside.stop, aside.reason)
        .join_from(schema.set_asides, schema.readings)
        .where(readings.document_id.in_(documents))
        .order_by(aside.id)
    )
    verdicts: dict[int, dict[Span, Verdict]] = defaultdict(dict)
    for reading, start, stop, reason in db.execute(said):
        verdicts[reading][start, stop] = Verdict(None, reason)
    last = (
        sa.select(sa.func.max(TABLE.id))
        .join_from(schema.sightings, schema.readings)
        .where(readings.document_id.in_(documents), TABLE.milestone_id.is_not(None))
        .group_by(TABLE.milestone_id)
    )
    made = sa.select(TABLE.reading_id, TABLE.start, TABLE.stop, TABLE.milestone_id).where(TABLE.id.in_(last))
    for reading, start, stop, milestone in db.execute(made):
        verdicts[reading][start, stop] = Verdict(milestone)
    return _judged(db, verdicts) if verdicts else {}


def _judged(db: Connection, verdicts: Mapping[int, dict[Span, Verdict]]) -> dict[int, list[Judged]]:
    """For each document its readings with these verdicts, by the ids of the readings."""
    places: dict[int, set[Span]] = {reading: set(some) for reading, some in verdicts.items()}
    query = sa.select(TABLE.reading_id, TABLE.start, TABLE.stop).where(TABLE.reading_id.in_(verdicts))
    for reading, start, stop in db.execute(query):
        places[reading].add((start, stop))
    found: dict[int, list[Judged]] = defaultdict(list)
    readings = schema.readings.c
    texts = sa.select(readings.id, readings.document_id, readings.text).where(readings.id.in_(verdicts))
    for reading, document, text in db.execute(texts.order_by(readings.id)):
        found[document].append(Judged(text, tuple(places[reading]), verdicts[reading]))
    return found


def insert(db: Connection, seen: Mapping[int, Seen]) -> None:
    """Stores the sightings of new readings, by their ids."""
    rows = [row for reading, some in seen.items() for row in _rows(reading, some)]
    if rows:
        db.execute(sa.insert(schema.sightings), rows)


def replace(db: Connection, seen: Mapping[int, Seen]) -> None:
    """Stores the sightings of readings, by their ids, anew where they differ from those stored.

    Ids stay while nothing differs: people have them on their screens.
    """
    if not seen:
        return
    names = [column.name for column in TABLE if column.name != "id"]
    stored: dict[int, list[dict[str, Any]]] = defaultdict(list)
    query = sa.select(*(TABLE[name] for name in names)).where(TABLE.reading_id.in_(seen)).order_by(TABLE.id)
    for row in db.execute(query):
        stored[row.reading_id].append(dict(row._mapping))
    changed = {reading: some for reading, some in seen.items() if stored[reading] != _rows(reading, some)}
    db.execute(sa.delete(schema.sightings).where(TABLE.reading_id.in_(changed)))
    insert(db, changed)


def promote(db: Connection, id: int, milestone: int) -> None:
    """Notes that a person made a milestone of a sighting."""
    db.execute(sa.update(schema.sightings).where(TABLE.id == id).values(fate="tracked", milestone_id=milestone))


def set_aside(db: Connection, id: int, said: SetAside) -> None:
    """Notes that a person set a sighting aside."""
    place = db.execute(sa.select(TABLE.reading_id, TABLE.start, TABLE.stop, TABLE.quote).where(TABLE.id == id)).one()
    db.execute(sa.insert(schema.set_asides).values(**place._mapping, **asdict(said)))
    db.execute(sa.update(schema.sightings).where(TABLE.id == id).values(fate="set-aside", reason=said.reason))


def set_asides(db: Connection, sighting: StoredSighting) -> list[SetAside]:
    """What people said when they set these words of the document aside for the reason that holds, oldest first."""
    aside = schema.set_asides.c
    query = (
        sa.select(aside.reason, aside.actor, aside.day, aside.at)
        .select_from(schema.set_asides.join(schema.readings).join(schema.documents))
        .where(schema.documents.c.key == sighting.document)
        .where(aside.quote == sighting.quote, aside.reason == sighting.reason)
        .order_by(aside.id)
    )
    return [SetAside(**row._mapping) for row in db.execute(query)]


def text(db: Connection, id: int) -> str:
    """The text as read in which a sighting stands."""
    joined = schema.sightings.join(schema.readings)
    return str(db.execute(sa.select(schema.readings.c.text).select_from(joined).where(TABLE.id == id)).scalar_one())


def _rows(reading: int, seen: Seen) -> list[dict[str, Any]]:
    return [_columns(reading, one, milestone) for one, milestone in zip(*seen, strict=True)]


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
        "fate": sighting.fate,
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
