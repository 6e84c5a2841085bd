"""Chats: the short text of a digest on its way to a chat, one row for each digest and address. Beside the outbox, which
is the channel of record and has one row a digest; the states are those of the outbox, and so is the claim.

A sender that died leaves a row whose fate nobody knows: it is sent once more, marked as a possible duplicate, and given
up where the second sender dies, too.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint
from sqlalchemy.engine import Connection

from ..errors import UsageError
from .schema import Instant, digests, metadata, one_of, outbox

ChatState = Literal["ready", "sending", "sent", "failed", "unknown", "cancelled"]

chats = Table(
    "chats",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest_id", ForeignKey("digests.id"), nullable=False),
    Column("target", String(200), nullable=False),  # the name of the address, never the address
    Column("service", String(20), nullable=False, default="", server_default=""),  # as it was found when last tried
    Column("state", String(20), nullable=False, index=True),
    Column("parts_sent", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try", Instant),
    Column("owner", Text, nullable=False, default="", server_default=""),
    Column("lease_until", Instant),
    Column("reply", Text, nullable=False, default="", server_default=""),  # what the service said last
    Column("sent_at", Instant),
    Column("possible_duplicate", Boolean, nullable=False),
    one_of("state", "ready", "sending", "sent", "failed", "unknown", "cancelled"),
    UniqueConstraint("digest_id", "target"),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRow:
    """A short text for one chat. `agency` is the recipient's name ("" for the office), `target` the name of the
    address; of the parts that `service` can carry, `parts_sent` have been taken. `attempts` counts claims."""

    id: int
    digest: int
    agency: str
    day: date
    number: int
    brief: str
    target: str
    service: str
    state: ChatState
    parts_sent: int
    attempts: int
    next_try: datetime | None
    owner: str
    lease_until: datetime | None
    reply: str
    sent_at: datetime | None
    possible_duplicate: bool


def add(
    db: Connection,
    targets: Mapping[str, Collection[str]],
    since: datetime,
    *,
    state: ChatState = "ready",
    reply: str = "",
) -> None:
    """Adds a row for each of `targets` (by recipient) of each recipient's newest digest, where its mail was taken at
    `since` or later and there is none yet; what waits there of older digests is cancelled."""
    newest = (
        sa.select(sa.func.max(digests.c.id), digests.c.recipient)
        .join_from(digests, outbox)
        .where(outbox.c.state == "sent", outbox.c.sent_at >= since)
        .where(digests.c.recipient.in_(list(targets)), digests.c.brief != "")
        .group_by(digests.c.recipient)
    )
    wanted = {(digest, target) for digest, name in db.execute(newest).all() for target in targets[name]}
    found = sa.select(chats.c.digest_id, chats.c.target).where(chats.c.digest_id.in_({digest for digest, _ in wanted}))
    missing = sorted(wanted - {(row.digest_id, row.target) for row in db.execute(found)})
    for digest, target in missing:
        older = (chats.c.target == target, chats.c.digest_id.in_(_earlier(digest)))
        waiting = chats.c.state.in_(("ready", "unknown"))
        db.execute(sa.update(chats).where(waiting, *older).values(state="cancelled", reply="a newer issue went out"))
    empty = {"state": state, "reply": reply, "parts_sent": 0, "attempts": 0, "possible_duplicate": False}
    if missing:
        db.execute(sa.insert(chats), [{"digest_id": digest, "target": target, **empty} for digest, target in missing])


def claim(db: Connection, owner: str, now: datetime, lease_seconds: int) -> ChatRow | None:
    """Takes the oldest row to be sent now, for `lease_seconds`; None where there is none. Commit before you send.

    What a second sender left in doubt, too, is given up.
    """
    lost = sa.and_(chats.c.state == "sending", chats.c.lease_until <= now)
    for again, state in ((chats.c.possible_duplicate, "failed"), (~chats.c.possible_duplicate, "unknown")):
        db.execute(sa.update(chats).where(lost, again).values(state=state, owner="", lease_until=None))
    in_time = sa.or_(chats.c.next_try.is_(None), chats.c.next_try <= now)
    waiting = sa.or_(chats.c.state == "unknown", sa.and_(chats.c.state == "ready", in_time))
    oldest = sa.select(chats.c.id).where(waiting).order_by(chats.c.id).limit(1).with_for_update(skip_locked=True)
    taken = db.execute(
        sa.update(chats)
        .where(chats.c.id == oldest.scalar_subquery())
        .values(
            state="sending",
            owner=owner,
            lease_until=now + timedelta(seconds=lease_seconds),
            attempts=chats.c.attempts + 1,
            possible_duplicate=sa.or_(chats.c.possible_duplicate, chats.c.state == "unknown"),
        )
        .returning(chats.c.id)
    ).scalar()
    return None if taken is None else get(db, taken)


def mark(db: Connection, id: int, owner: str, /, **values: Any) -> bool:
    """Notes what became of a claimed row. False: the claim had been lost, and nothing was noted."""
    mine = sa.and_(chats.c.id == id, chats.c.state == "sending", chats.c.owner == owner)
    return db.execute(sa.update(chats).where(mine).values(**values)).rowcount == 1


def listed(db: Connection) -> list[ChatRow]:
    """Every row, oldest first."""
    return [_row(row) for row in db.execute(_query().order_by(chats.c.id))]


def get(db: Connection, id: int) -> ChatRow:
    """One row. Raises UsageError for an unknown id."""
    row = db.execute(_query().where(chats.c.id == id)).first()
    if row is None:
        raise UsageError(f"there is no chat message {id}; `tracker chat list` shows what there is")
    return _row(row)


def retry(db: Connection, id: int, now: datetime) -> ChatRow:
    """Makes a failed, cancelled or waiting row ready to be sent at once. Raises UsageError for others."""
    former = get(db, id)
    if former.state not in ("ready", "failed", "unknown", "cancelled"):
        raise UsageError(f"chat message {id} is {former.state}: it cannot be made ready")
    doubtful = former.possible_duplicate or former.state == "unknown"
    values = {"state": "ready", "next_try": now, "possible_duplicate": doubtful}
    db.execute(sa.update(chats).where(chats.c.id == id).values(**values))
    return get(db, id)


def _earlier(digest: int) -> sa.Select[Any]:
    """The ids of the earlier digests of the same recipient."""
    own = sa.select(digests.c.recipient).where(digests.c.id == digest).scalar_subquery()
    return sa.select(digests.c.id).where(digests.c.recipient == own, digests.c.id < digest)


def _query() -> sa.Select[Any]:
    about = (digests.c.recipient, digests.c.day, digests.c.number, digests.c.brief)
    return sa.select(*chats.c, *about).join_from(chats, digests)


def _row(row: Any) -> ChatRow:
    found = dict(row._mapping)
    return ChatRow(digest=found.pop("digest_id"), agency=found.pop("recipient"), **found)
