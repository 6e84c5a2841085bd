"""What was issued: whether anything that digests are made of has changed, and digests that have not been tried yet."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from . import agencies, schema, telling
from .waiting import OWING


@dataclass(frozen=True, slots=True, kw_only=True)
class Tells:
    """One reminder that a digest tells, and whether its milestone is still open."""

    milestone: int
    rule: str
    planned: date
    reason: str
    open: bool


def version(db: Connection) -> tuple[object, ...]:
    """Equal while nothing changed that digests are made of; whatever happens to a milestone lengthens the history."""
    tables = (schema.history, schema.ledger, schema.digests, schema.scans)
    latest = [sa.select(sa.func.max(table.c.id)).scalar_subquery() for table in tables]
    return (*db.execute(sa.select(*latest)).one(), tuple(agencies.listed(db)))


def tells(db: Connection, digest: int) -> list[Tells]:
    """The ledger of a digest, oldest rung first."""
    table = schema.ledger.c
    query = (
        sa.select(table.milestone_id, table.rule, table.planned, table.reason, schema.milestones.c.status)
        .join_from(schema.ledger, schema.milestones)
        .where(table.digest_id == digest)
        .order_by(table.milestone_id, table.planned, table.id)
    )
    return [
        Tells(
            milestone=row.milestone_id,
            rule=row.rule,
            planned=row.planned,
            reason=row.reason,
            open=row.status in OWING,
        )
        for row in db.execute(query)
    ]


def with_something_closed(db: Connection, digests: Collection[int]) -> set[int]:
    """Those among `digests` that tell at least one milestone that is not open any more."""
    table, status = schema.ledger.c, schema.milestones.c.status
    query = sa.select(table.digest_id).distinct().join_from(schema.ledger, schema.milestones)
    return set(db.execute(query.where(table.digest_id.in_(digests), status.not_in(OWING))).scalars())


def rewrite(
    db: Connection,
    digest: int,
    *,
    subject: str,
    text: str,
    brief: str,
    message_id: str,
    rfc822: bytes,
    recipients: tuple[str, ...],
    dropped: Collection[int],
) -> None:
    """Put another message in the place of one that was never tried; of the milestones `dropped` nothing was told."""
    texts = {"subject": subject, "text": text, "brief": brief}
    db.execute(sa.update(schema.digests).where(schema.digests.c.id == digest).values(texts))
    db.execute(
        sa.update(schema.outbox)
        .where(schema.outbox.c.digest_id == digest)
        .values(message_id=message_id, recipients=list(recipients))
    )
    mine = sa.select(schema.outbox.c.id).where(schema.outbox.c.digest_id == digest).scalar_subquery()
    db.execute(sa.update(schema.messages).where(schema.messages.c.outbox_id == mine).values(rfc822=rfc822))
    for table in (schema.ledger, telling.sheets):
        db.execute(sa.delete(table).where(table.c.digest_id == digest, table.c.milestone_id.in_(dropped)))


def cancel(db: Connection, digest: int, reason: str) -> None:
    """Take back a message that was never tried, and that it told anything."""
    db.execute(
        sa.update(schema.outbox)
        .where(schema.outbox.c.digest_id == digest)
        .values(state="cancelled", reply=reason, owner="", lease_until=None, next_try=None)
    )
    for table in (schema.ledger, telling.sheets):
        db.execute(sa.delete(table).where(table.c.digest_id == digest))
