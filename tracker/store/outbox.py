"""The outbox: messages frozen as bytes, claimed with a lease, sent, marked.

    ready --claim--> sending --mark_sent--> sent
                             --mark_failed--> failed
                             --mark_deferred--> ready (again later)
                             --lease ran out--> unknown --claim--> sending (possible_duplicate)
    ready --hold--> held --retry--> ready          failed, unknown, cancelled --retry--> ready
    ready, failed --a newer issue tells it--> cancelled

What a sender does stands in `claims`, what a person decides here.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal, get_args

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..errors import UsageError
from . import rows, schema

OutboxState = Literal["ready", "sending", "sent", "failed", "unknown", "held", "cancelled"]
STATES: Final[tuple[OutboxState, ...]] = get_args(OutboxState)


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


def listed(db: Connection, states: Collection[OutboxState] = STATES) -> list[OutboxRow]:
    """The messages in one of `states`, oldest first, without their bytes."""
    found = query(bytes_too=False).where(schema.outbox.c.state.in_(states)).order_by(schema.outbox.c.id)
    return [row_of(row) for row in db.execute(found)]


def counts(db: Connection) -> dict[str, int]:
    """How many messages are in each state that occurs."""
    each = sa.select(schema.outbox.c.state, sa.func.count()).group_by(schema.outbox.c.state)
    return {row[0]: row[1] for row in db.execute(each)}


def show(db: Connection, id: int) -> OutboxRow:
    """One message with its bytes. Raises UsageError for an unknown id."""
    row = db.execute(query(bytes_too=True).where(schema.outbox.c.id == id)).first()
    if row is None:
        raise UsageError(f"the outbox has no message {id}; `tracker outbox list` shows what there is")
    return row_of(row)


def known(db: Connection, *, id: int = 0, message_id: str = "") -> OutboxRow | None:
    """The message of this id, or of this Message-ID, without its bytes; None for one that is not there."""
    table = schema.outbox.c
    mine = table.id == id if id else table.message_id == message_id
    row = db.execute(query(bytes_too=False).where(mine)).first()
    return None if row is None else row_of(row)


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


def query(*, bytes_too: bool) -> sa.Select[Any]:
    """Messages with their digests."""
    about = (schema.digests.c.recipient, schema.digests.c.day, schema.digests.c.number, schema.digests.c.subject)
    found = sa.select(schema.outbox, *about).join_from(schema.outbox, schema.digests)
    return found.add_columns(schema.messages.c.rfc822).join(schema.messages) if bytes_too else found


def row_of(row: Any) -> OutboxRow:
    """A row of `query`."""
    found = dict(row._mapping)
    return OutboxRow(
        digest=found.pop("digest_id"),
        agency=found.pop("recipient"),
        recipients=tuple(found.pop("recipients")),
        rfc822=found.pop("rfc822", b""),
        **found,
    )
