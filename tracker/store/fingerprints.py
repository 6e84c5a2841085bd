"""What is known of files before they are read: the documents that were read from the very same."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..milestones import Status
from . import schema
from .documents import problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A document whose reading would change nothing, with the counts of its mentions.

    `to_look_at` says that something of it waits for a person: a mention, a milestone, its date, an unreadable part.
    """

    key: str
    title: str
    tracked: int
    set_aside: int
    waiting: int
    to_look_at: bool


def kept(db: Connection, fingerprints: Collection[str]) -> dict[str, Kept]:
    """Those that were read last with one of these fingerprints, by it; withdrawn ones are to be read again."""
    document, reading, others = schema.documents.c, schema.readings.c, schema.readings.alias().c
    latest = sa.select(sa.func.max(others.id)).where(others.document_id == document.id).scalar_subquery()
    query = (
        sa.select(document.fingerprint, document.key, document.title, document.confirmed, reading.problems,
                  *(_mentions(fate).label(fate) for fate in FATES), _doubtful().label("doubtful"))
        .join_from(schema.documents, schema.readings)
        .where(document.fingerprint.in_(fingerprints), document.withdrawn_on.is_(None), reading.id == latest)
    )  # fmt: skip
    return {row.fingerprint: _kept(row._asdict()) for row in db.execute(query)}


FATES = ("tracked", "set-aside", "waiting")


def _kept(row: dict[str, object]) -> Kept:
    tracked, set_aside, waiting = (int(str(row[fate])) for fate in FATES)
    unread = [one for one in problems(row["problems"]) if not one.words]  # with words, it is a date
    look = waiting or unread or row["doubtful"] or not row["confirmed"] or not tracked + set_aside
    return Kept(key=str(row["key"]), title=str(row["title"]), tracked=tracked, set_aside=set_aside, waiting=waiting,
                to_look_at=bool(look))  # fmt: skip


def _mentions(fate: str) -> sa.ScalarSelect[int]:
    sighting = schema.sightings.c
    query = sa.select(sa.func.count()).where(sighting.reading_id == schema.readings.c.id, sighting.fate == fate)
    return query.correlate(schema.readings).scalar_subquery()


def _doubtful() -> sa.ScalarSelect[int]:
    """The open milestones whose day a person should look at, and nobody has decided."""
    milestone = schema.milestones.c
    query = sa.select(sa.func.count()).where(
        milestone.document_id == schema.documents.c.id,
        milestone.status.in_((Status.OPEN, Status.CLAIMED)),
        milestone.stated["review"].as_string() != "[]",
        sa.not_(sa.cast(milestone.decided, sa.Text).contains('"due"')),
    )
    return query.correlate(schema.documents).scalar_subquery()
