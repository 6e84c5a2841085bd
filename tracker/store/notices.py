"""What the office's digest says beside the milestones: how the documents were read, and what did not arrive."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from . import schema
from .waiting import LEFT

REFUSED = "; refused: "  # in the reply of a message that the server took for some of its recipients only


How = Literal["failed", "partly", "twice", "unknown", "held"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """A digest that did not arrive as it should: for whom, which issue, and what was said of it.

    `how`: not at all; not with everybody; perhaps twice; nobody knows; not yet, since a person holds it. `id` is its
    message's in the outbox.
    """

    id: int
    agency: str
    number: int
    reply: str
    how: How


def mentions(db: Connection) -> dict[str, int]:
    """How many date expressions of the latest readings have each fate; documents withdrawn are left out."""
    latest = sa.select(sa.func.max(schema.readings.c.id)).group_by(schema.readings.c.document_id)
    query = (
        sa.select(schema.sightings.c.fate, sa.func.count())
        .select_from(schema.sightings.join(schema.readings).join(schema.documents))
        .where(schema.readings.c.id.in_(latest), schema.documents.c.withdrawn_on.is_(None))
        .group_by(schema.sightings.c.fate)
    )
    return {row[0]: row[1] for row in db.execute(query)}


def last_named(db: Connection) -> datetime | None:
    """The instant of the last scan that issued a digest of the office, which named what was undelivered then.

    One that never left named nothing to anybody.
    """
    scans, digest, message = schema.scans.c, schema.digests.c, schema.outbox.c
    own = message.digest_id == digest.id, digest.recipient == "", digest.day == scans.day
    issued = sa.exists().where(*own, message.state.in_(LEFT))
    return db.execute(sa.select(sa.func.max(scans.at)).where(scans.digests > 0, issued)).scalar()


def undelivered(db: Connection, since: datetime | None) -> list[Undelivered]:
    """What failed, or arrived in part or perhaps twice, from `since` on (None: ever) and has not been put right.

    And whatever is held, or of which nobody knows whether it arrived.
    """
    table, digest = schema.outbox.c, schema.digests.c
    failed = sa.and_(table.state == "failed", table.failed_at >= since if since is not None else sa.true())
    lately = table.sent_at >= since if since is not None else sa.true()
    partly = table.reply.contains(REFUSED, autoescape=True)
    doubtful = sa.and_(table.state == "sent", lately, sa.or_(table.possible_duplicate, partly))
    query = (
        sa.select(table.id, digest.recipient, digest.number, table.reply, table.possible_duplicate, table.state)
        .join_from(schema.outbox, schema.digests)
        .where(sa.or_(failed, doubtful, table.state.in_(("unknown", "held"))))
        .order_by(table.id)
    )
    return [
        Undelivered(id=row.id, agency=row.recipient, number=row.number, reply=_refusals(row.reply), how=_how(row))
        for row in db.execute(query)
    ]


def _refusals(reply: str) -> str:
    """What was refused, without the words for those recipients that were taken; any other reply as it is."""
    return reply.partition(REFUSED)[2] or reply


def _how(row: Any) -> How:
    if row.state != "sent":
        how: How = row.state
        return how
    return "twice" if row.possible_duplicate else "partly"
