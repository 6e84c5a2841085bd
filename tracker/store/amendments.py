"""What readings of revised documents did to milestones, as the history has it, and up to where each recipient heard it.

An issue notes in `heard` the last entry that it knew of. What was taken back or never left told nothing.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..milestones import Entry
from ..milestones.amendments import ACTIONS
from . import agencies, history, schema
from .waiting import LEFT

OFFICE = ""


def newest(db: Connection) -> int:
    """The id of the last entry of the history; 0 for none."""
    found: int = db.execute(sa.select(sa.func.coalesce(sa.func.max(schema.history.c.id), 0))).scalar_one()
    return found


def heard(db: Connection, day: date, before: int | None = None) -> dict[str, int]:
    """The last entry that each recipient's issues of days until `day` knew of, by its name; without those that told
    nothing, and, where it is given, only those before the digest `before`."""
    digest, state = schema.digests.c, schema.outbox.c.state
    query = (
        sa.select(digest.agency_id, sa.func.max(digest.heard))
        .outerjoin_from(schema.digests, schema.outbox)
        .where(digest.day <= day, sa.or_(state.is_(None), state.in_(LEFT)))
        .group_by(digest.agency_id)
    )
    if before is not None:
        query = query.where(digest.id < before)
    names = {agency.id: agency.name for agency in agencies.listed(db)}
    return {OFFICE if id is None else names[id]: entry for id, entry in db.execute(query)}


def known_to(db: Connection, digest: int) -> int:
    """The last entry that a digest knew of."""
    found: int = db.execute(sa.select(schema.digests.c.heard).where(schema.digests.c.id == digest)).scalar_one()
    return found


def entries(db: Connection, after: int, until: int, day: date) -> Mapping[int, list[Entry]]:
    """The entries that revised documents wrote after one and until another, that hold by `day`, by milestone.

    What the first reading of a document added is no revision of it, nor is what a person made of a date expression.
    """
    entry, readings, milestone = schema.history.c, schema.readings.c, schema.milestones.c
    first = (
        sa.select(readings.document_id, sa.func.min(readings.read_at).label("at"))
        .group_by(readings.document_id)
        .subquery()
    )
    promoted = sa.select(schema.sightings.c.milestone_id).where(schema.sightings.c.milestone_id.is_not(None))
    later = (
        sa.select(milestone.id)
        .join(first, first.c.document_id == milestone.document_id)
        .where(milestone.id == entry.milestone_id, entry.at > first.c.at)
        .where(milestone.stated.is_not(None), milestone.id.not_in(promoted))
    )
    where = sa.and_(
        *(entry.id > after, entry.id <= until, entry.day <= day, entry.action.in_(sorted(ACTIONS))),
        sa.or_(entry.action != "added", sa.exists(later.correlate(schema.history))),
    )
    found: dict[int, list[Entry]] = defaultdict(list)
    for one in history.load(db, where):
        found[one.milestone].append(one)
    return found
