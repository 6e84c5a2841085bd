"""The outbox: messages frozen as bytes, claimed with a lease, sent, marked.

    ready --claim--> sending --mark_sent--> sent
                             --mark_failed--> failed
                             --mark_deferred--> ready (again later)
                             --lease ran out--> unknown --claim--> sending (possible_duplicate)
    ready --hold--> held --retry--> ready          failed, unknown, cancelled --retry--> ready
    ready, failed --a newer issue tells it--> cancelled

A sender that died between the last byte and the server's answer leaves a message whose fate nobody knows. By policy the
same bytes with the same Message-ID go out again, or wait for `retry`; either way the row remembers that the recipient
may see it twice (可能重复).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, get_args

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..errors import UsageError
from . import rows, schema

OutboxState = Literal["ready", "sending", "sent", "failed", "unknown", "held", "cancelled"]
STATES: Final[tuple[OutboxState, ...]] = get_args(OutboxState)
CLOCKS_APART: Final = timedelta(days=1)  # a claim beyond its lease and this was made by a clock that was wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message to be sent: frozen bytes (RFC 5322) with their Message-ID. `next_try` None means at once."""

    digest: int
    channel: str
    recipients: tuple[str, ...]
    message_id: str
    rfc822: bytes
    next_try: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """A message in the outbox. `agency` is the recipient's name ("" for the office), `day` the digest's business day.

    `rfc822` is b"" in listings; `attempts` counts claims; `reply` is what the server said last.
    """

    id: int
    digest: int
    agency: str
    day: date
    number: int
    subject: str
    channel: str
    recipients: tuple[str, ...]
    message_id: str
    rfc822: bytes
    state: OutboxState
    attempts: int
    next_try: datetime | None
    owner: str
    lease_until: datetime | None
    reply: str
    sent_at: datetime | None
    failed_at: datetime | None
    possible_duplicate: bool


def insert(db: Connection, messages: Sequence[Outgoing], *, state: OutboxState = "ready") -> list[int]:
    """Puts messages into the outbox and returns their ids, in the same order."""
    new = [
        {
            "digest_id": message.digest,
            "channel": message.channel,
            "recipients": list(message.recipients),
            "message_id": message.message_id,
            "state": state,
            "attempts": 0,
            "next_try": message.next_try,
            "possible_duplicate": False,
        }
        for message in messages
    ]
    ids = rows.insert(db, schema.outbox, new, key=("message_id",))
    if ids:
        frozen = [{"outbox_id": id, "rfc822": message.rfc822} for id, message in zip(ids, messages, strict=True)]
        db.execute(sa.insert(schema.messages), frozen)
    return ids


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
    found = [_row(row) for state in states for row in db.execute(SENDABLE, {"in_state": state, **given})]
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


def listed(db: Connection, states: Collection[OutboxState] = STATES) -> list[OutboxRow]:
    """The messages in one of `states`, oldest first, without their bytes."""
    query = _query(bytes_too=False).where(schema.outbox.c.state.in_(states)).order_by(schema.outbox.c.id)
    return [_row(row) for row in db.execute(query)]


def counts(db: Connection) -> dict[str, int]:
    """How many messages are in each state that occurs."""
    query = sa.select(schema.outbox.c.state, sa.func.count()).group_by(schema.outbox.c.state)
    return {row[0]: row[1] for row in db.execute(query)}


def show(db: Connection, id: int) -> OutboxRow:
    """One message with its bytes. Raises UsageError for an unknown id."""
    row = db.execute(_query(bytes_too=True).where(schema.outbox.c.id == id)).first()
    if row is None:
        raise UsageError(f"the outbox has no message {id}; `tracker outbox list` shows what there is")
    return _row(row)


def known(db: Connection, *, id: int = 0, message_id: str = "") -> OutboxRow | None:
    """The message of this id, or of this Message-ID, without its bytes; None for one that is not there."""
    table = schema.outbox.c
    mine = table.id == id if id else table.message_id == message_id
    row = db.execute(_query(bytes_too=False).where(mine)).first()
    return None if row is None else _row(row)


def mark_returned(db: Connection, id: int, reply: str, now: datetime) -> None:
    """Notes that a message that was sent came back from everybody: it failed after all."""
    values = {"state": "failed", "failed_at": now, "reply": reply}
    db.execute(sa.update(schema.outbox).where(schema.outbox.c.id == id, schema.outbox.c.state == "sent").values(values))


def retry(db: Connection, id: int, now: datetime) -> OutboxRow:
    """Makes a failed, held or waiting message ready to be sent at once. Raises UsageError for others."""
    return _decide(db, id, "ready", ("ready", "failed", "held", "unknown", "cancelled"), next_try=now)


def hold(db: Connection, id: int) -> OutboxRow:
    """Keeps a message back until `retry`. Raises UsageError where it is being sent or was sent."""
    return _decide(db, id, "held", ("ready", "failed", "held", "unknown"), next_try=None)


def _decide(
    db: Connection, id: int, state: OutboxState, allowed: Collection[str], next_try: datetime | None
) -> OutboxRow:
    former = show(db, id)
    if former.state not in allowed:
        raise UsageError(f"message {id} is {former.state}: it cannot be made {state}")
    doubtful = former.possible_duplicate or former.state == "unknown"
    db.execute(
        sa.update(schema.outbox)
        .where(schema.outbox.c.id == id)
        .values(state=state, next_try=next_try, possible_duplicate=doubtful)
    )
    return show(db, id)


def _latest(now: datetime, lease_seconds: int) -> datetime:
    return now + timedelta(seconds=lease_seconds) + CLOCKS_APART


def _release(db: Connection, id: int, owner: str, values: dict[str, Any]) -> bool:
    return db.execute(sa.update(schema.outbox).where(_claimed(id, owner)).values(owner="", **values)).rowcount == 1


def _claimed(id: Any, owner: Any) -> sa.ColumnElement[bool]:
    table = schema.outbox.c
    return sa.and_(table.id == id, table.state == "sending", table.owner == owner)


def _query(*, bytes_too: bool) -> sa.Select[Any]:
    about = (schema.digests.c.recipient, schema.digests.c.day, schema.digests.c.number, schema.digests.c.subject)
    query = sa.select(schema.outbox, *about).join_from(schema.outbox, schema.digests)
    return query.add_columns(schema.messages.c.rfc822).join(schema.messages) if bytes_too else query


def _row(row: Any) -> OutboxRow:
    found = dict(row._mapping)
    return OutboxRow(
        digest=found.pop("digest_id"),
        agency=found.pop("recipient"),
        recipients=tuple(found.pop("recipients")),
        rfc822=found.pop("rfc822", b""),
        **found,
    )


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
    _query(bytes_too=True)
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
