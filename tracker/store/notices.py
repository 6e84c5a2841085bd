"""What the office's digest says beside the milestones: how the documents were read, and what did not arrive."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from . import schema

REFUSED = "; refused: "  # in the reply of a message that the server took for some of its recipients only


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A digest that did not arrive as it should: for whom, which issue, and what the server said.

    `twice` says that it may have arrived twice, otherwise it did not arrive, or not with everybody.
    """

    agency: str
    number: int
    reply: str
    twice: bool


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


def undelivered(db: Connection, since: datetime | None) -> list[Undelivered]:
    """What failed in a recipient's latest issue; what arrived in part or perhaps twice after `since` (None: ever)."""
    table, digest = schema.outbox.c, schema.digests.c
    later = schema.digests.alias()
    latest = sa.select(sa.func.max(later.c.number)).where(later.c.recipient == digest.recipient).scalar_subquery()
    failed = sa.and_(table.state == "failed", digest.number == latest)
    lately = table.sent_at > since if since is not None else sa.true()
    partly = table.reply.contains(REFUSED, autoescape=True)
    doubtful = sa.and_(table.state == "sent", lately, sa.or_(table.possible_duplicate, partly))
    query = (
        sa.select(digest.recipient, digest.number, table.reply, table.possible_duplicate, table.state)
        .join_from(schema.outbox, schema.digests)
        .where(sa.or_(failed, doubtful))
        .order_by(table.id)
    )
    return [
        Undelivered(row.recipient, row.number, row.reply, row.possible_duplicate and row.state == "sent")
        for row in db.execute(query)
    ]
