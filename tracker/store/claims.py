"""Claims: a sender takes a message with a lease, sends it, and marks what became of it.

A sender that died between the last byte and the server's answer leaves a message whose fate nobody knows. By policy the
same bytes with the same Message-ID go out again, or wait for `retry`; either way the row remembers that the recipient
may see it twice (可能重复).
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from . import schema
from .outbox import OutboxRow, OutboxState, query, row_of

CLOCKS_APART: Final = timedelta(days=1)  # a claim beyond its lease and this was made by a clock that was wrong


def sendable(
    db: Connection,
    now: datetime,
    limit: int,
    lease_seconds: int,
    channels: Collection[str] = ("smtp", "console"),
    *,
    resend: bool = True,
) -> list[OutboxRow]:
    """The oldest messages of `channels` that are to be sent now, at most `limit`, with their bytes; none is claimed.

    A claim that has run out, or was made by a clock that was wrong, leaves its message unknown; one that may have
    arrived is among them only where `resend` is true.
    """
    db.execute(RUN_OUT, {"now": now, "latest": _latest(now, lease_seconds)})
    states: tuple[OutboxState, ...] = ("ready", "unknown") if resend else ("ready",)
    given = {"now": now, "channels": list(channels), "limit": limit}
    # One question a state: the index gives the oldest of one without sorting all that wait.
    found = [row_of(row) for state in states for row in db.execute(SENDABLE, {"in_state": state, **given})]
    return sorted(found, key=lambda row: row.id)[:limit]


def claim(db: Connection, row: OutboxRow, owner: str, now: datetime, lease_seconds: int) -> OutboxRow | None:
    """Takes a message for `lease_seconds`, as it is then; None where it is not as `row` says any more.

    Commit before sending: the claim is what keeps every other sender away.
    """
    taken = replace(
        row,
        state="sending",
        owner=owner,
        lease_until=now + timedelta(seconds=lease_seconds),
        attempts=row.attempts + 1,
        possible_duplicate=row.possible_duplicate or row.state == "unknown",
    )
    values = {
        "this": row.id,
        "seen": row.state,
        "tries": row.attempts,
        "owner": owner,
        "lease_until": taken.lease_until,
        "possible_duplicate": taken.possible_duplicate,
    }
    return taken if db.execute(CLAIM, values).rowcount == 1 else None


def claim_holds(row: OutboxRow, now: datetime, lease_seconds: int) -> bool:
    """Whether nobody but its claimant may send a message."""
    return row.lease_until is not None and now < row.lease_until <= _latest(now, lease_seconds)


def mark_sent(db: Connection, id: int, owner: str, reply: str, now: datetime) -> bool:
    """Notes that the server took the message. False: the claim had been lost, and nothing was noted."""
    return db.execute(SENT, {"this": id, "mine": owner, "sent_at": now, "reply": reply}).rowcount == 1


def mark_failed(
    db: Connection, id: int, owner: str, reply: str, now: datetime, *, perhaps_arrived: bool = False
) -> bool:
    """Notes that the message is given up. False: the claim had been lost, and nothing was noted."""
    values = {"state": "failed", "failed_at": now, "reply": reply, "lease_until": None, "next_try": None}
    return _release(db, id, owner, values | ({"possible_duplicate": True} if perhaps_arrived else {}))


def mark_deferred(db: Connection, id: int, owner: str, reply: str, next_try: datetime) -> bool:
    """Notes that the message waits until `next_try`. False: the claim had been lost, and nothing was noted."""
    values = {"state": "ready", "reply": reply, "lease_until": None, "next_try": next_try}
    return _release(db, id, owner, values)


def mark_doubtful(db: Connection, id: int, owner: str, reply: str, *, hold: bool) -> bool:
    """Notes that nobody knows whether the message arrived: it stays claimed, or waits for a person where `hold`.

    False: the claim had been lost, and nothing was noted.
    """
    if hold:
        return _release(db, id, owner, {"state": "unknown", "reply": reply, "lease_until": None, "next_try": None})
    return db.execute(sa.update(schema.outbox).where(_claimed(id, owner)).values(reply=reply)).rowcount == 1


def _latest(now: datetime, lease_seconds: int) -> datetime:
    return now + timedelta(seconds=lease_seconds) + CLOCKS_APART


def _release(db: Connection, id: int, owner: str, values: dict[str, Any]) -> bool:
    return db.execute(sa.update(schema.outbox).where(_claimed(id, owner)).values(owner="", **values)).rowcount == 1


def _claimed(id: Any, owner: Any) -> sa.ColumnElement[bool]:
    table = schema.outbox.c
    return sa.and_(table.id == id, table.state == "sending", table.owner == owner)


# Built once: a delivery executes them for every message, and building one takes longer than executing it.
RUN_OUT: Final = (
    sa.update(schema.outbox)
    .where(
        schema.outbox.c.state == "sending",
        sa.or_(
            schema.outbox.c.lease_until <= sa.bindparam("now"), schema.outbox.c.lease_until > sa.bindparam("latest")
        ),
    )
    .values(state="unknown", owner="", lease_until=None)
)
SENDABLE: Final = (
    query(bytes_too=True)
    .where(
        schema.outbox.c.state == sa.bindparam("in_state"),
        schema.outbox.c.channel.in_(sa.bindparam("channels", expanding=True)),
        sa.or_(schema.outbox.c.next_try.is_(None), schema.outbox.c.next_try <= sa.bindparam("now")),
    )
    .order_by(schema.outbox.c.id)
    .limit(sa.bindparam("limit"))
    .with_for_update(skip_locked=True, of=schema.outbox)
)
CLAIM: Final = (
    sa.update(schema.outbox)
    .where(
        schema.outbox.c.id == sa.bindparam("this"),
        schema.outbox.c.state == sa.bindparam("seen"),
        schema.outbox.c.attempts == sa.bindparam("tries"),
    )
    .values(
        state="sending",
        attempts=schema.outbox.c.attempts + 1,
        owner=sa.bindparam("owner"),
        lease_until=sa.bindparam("lease_until"),
        possible_duplicate=sa.bindparam("possible_duplicate"),
    )
)
SENT: Final = (
    sa.update(schema.outbox)
    .where(_claimed(sa.bindparam("this"), sa.bindparam("mine")))
    .values(
        state="sent",
        owner="",
        lease_until=None,
        next_try=None,
        sent_at=sa.bindparam("sent_at"),
        reply=sa.bindparam("reply"),
    )
)
