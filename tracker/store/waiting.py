"""Issues that were frozen and never left: a newer issue to the same recipient tells what they were to tell.

An issue of which somebody may have a copy (sent to a part of its recipients, or broken off after its last byte) is
none of them, and neither is one that a person holds.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..milestones import Status
from ..reminders import Reminder
from . import answers, rows, schema

NEVER_LEFT: Final = ("ready", "failed")
LEFT: Final = ("sending", "sent", "unknown", "held")  # or may have, or a person sees to it
OWING: Final = (Status.OPEN, Status.CLAIMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An issue that never left. `failed`: it was given up; `refused`: since every address of it was refused for good.

    `recipient` is what its agency is called now. `numbers` are its own and those of the issues whose content it was to
    tell itself, in order.
    """

    digest: int
    recipient: str
    numbers: tuple[int, ...]
    failed: bool
    refused: bool


def listed(db: Connection, channel: str, until: date) -> list[Waiting]:
    """The issues of a channel and of days until `until` that never left, oldest first."""
    outbox, digest = schema.outbox.c, schema.digests.c
    said, older = _answers(db), _merged(db)
    query = (
        sa.select(outbox.id, outbox.digest_id, outbox.state, outbox.recipients, outbox.possible_duplicate)
        .add_columns(sa.func.coalesce(schema.agencies.c.name, digest.recipient).label("recipient"), digest.number)
        .join_from(schema.outbox, schema.digests)
        .outerjoin(schema.agencies, schema.agencies.c.id == digest.agency_id)
        .where(outbox.state.in_(NEVER_LEFT), outbox.channel == channel, digest.day <= until)
        .order_by(outbox.id)
    )
    found = []
    for row in db.execute(query):
        lost = said.get((row.id, "refused"), set()) | said.get((row.id, "bounced"), set())
        gone = row.state == "failed" and lost >= set(row.recipients)
        somewhere = row.possible_duplicate or said.get((row.id, "taken"), set()) - lost
        if gone or not somewhere:
            found.append(
                Waiting(
                    digest=row.digest_id,
                    recipient=row.recipient,
                    numbers=(*older.get(row.digest_id, ()), row.number),
                    failed=row.state == "failed",
                    refused=gone,
                )
            )
    return found


def has_left(db: Connection, recipient: str, first: date, last: date) -> bool:
    """Whether an issue to a recipient (its name) of the days from `first` to `last` is one of LEFT."""
    digest = schema.digests.c
    own = digest.recipient == recipient, digest.day.between(first, last), schema.outbox.c.state.in_(LEFT)
    query = sa.select(sa.func.count()).select_from(schema.digests.join(schema.outbox)).where(*own)
    return db.execute(query).scalar_one() > 0


def tells(db: Connection, digests: Sequence[int]) -> dict[int, list[Reminder]]:
    """What each of these digests was to tell of milestones that are still open, oldest rung first."""
    table = schema.ledger.c
    query = (
        sa.select(table.digest_id, table.milestone_id, table.rule, table.planned, schema.agencies.c.name, table.reason)
        .join_from(schema.ledger, schema.milestones, table.milestone_id == schema.milestones.c.id)
        .join(schema.agencies, table.agency_id == schema.agencies.c.id)
        .where(schema.milestones.c.status.in_(OWING))
        .order_by(table.planned, table.id)
    )
    found: dict[int, list[Reminder]] = {}
    for start in range(0, len(digests), rows.CHUNK):
        some = query.where(table.digest_id.in_(digests[start : start + rows.CHUNK]))
        for digest, milestone, rule, planned, agency, reason in db.execute(some):
            found.setdefault(digest, []).append(Reminder(milestone, rule, planned, agency, reason, folded=False))
    return found


def still(db: Connection, digests: Collection[int]) -> bool:
    """Whether these issues, which had never left, have not been claimed since."""
    outbox = schema.outbox.c
    query = sa.select(outbox.digest_id).where(outbox.state.in_(NEVER_LEFT))
    return set(digests) <= set(db.execute(query).scalars())


def take_back(db: Connection, reasons: Mapping[int, str]) -> None:
    """Cancels issues ({digest: reason}) with the ledger of what they told: a newer issue is about to tell it."""
    if not reasons:
        return
    gone = {"state": "cancelled", "owner": "", "lease_until": None, "next_try": None}
    cancelled = sa.update(schema.outbox).where(schema.outbox.c.digest_id == sa.bindparam("digest"))
    cancelled = cancelled.values(**gone, reply=sa.bindparam("reason"))
    db.execute(cancelled, [{"digest": digest, "reason": reason} for digest, reason in reasons.items()])
    told = sa.delete(schema.ledger).where(schema.ledger.c.digest_id == sa.bindparam("digest"))
    db.execute(told, [{"digest": digest} for digest in reasons])


def link(db: Connection, newer: Mapping[int, int]) -> None:
    """Notes which issue tells what another one was to tell: {superseded digest: its successor}."""
    if not newer:
        return
    pairs = [{"old": old, "new": new} for old, new in newer.items()]
    again = sa.update(answers.supersessions).where(answers.supersessions.c.by_digest_id == sa.bindparam("old"))
    db.execute(again.values(by_digest_id=sa.bindparam("new")), pairs)
    db.execute(
        sa.insert(answers.supersessions), [{"digest_id": one["old"], "by_digest_id": one["new"]} for one in pairs]
    )


def merged(db: Connection, digest: int) -> tuple[int, ...]:
    """The numbers of the issues whose content this one tells, oldest first."""
    link, old = answers.supersessions.c, schema.digests.c
    query = sa.select(old.number).join(answers.supersessions, link.digest_id == old.id)
    return tuple(db.execute(query.where(link.by_digest_id == digest).order_by(old.number)).scalars())


def merged_on(db: Connection, recipient: str, day: date) -> tuple[int, ...]:
    """As `merged`, of the issue that a recipient got on a day; empty where it got none."""
    digest = schema.digests.c
    query = sa.select(sa.func.max(digest.id)).where(digest.recipient == recipient, digest.day == day)
    id = db.execute(query).scalar()
    return merged(db, id) if id is not None else ()


def successor(db: Connection, digest: int) -> int | None:
    """The number of the issue that tells what this one was to tell; None where it was not superseded."""
    link, newer = answers.supersessions.c, schema.digests.c
    query = sa.select(newer.number).join(answers.supersessions, link.by_digest_id == newer.id)
    number: int | None = db.execute(query.where(link.digest_id == digest)).scalar()
    return number


def _merged(db: Connection) -> dict[int, list[int]]:
    """The numbers of the issues that were superseded, by the digest that tells their content and has not left."""
    link, old, outbox = answers.supersessions.c, schema.digests.c, schema.outbox.c
    query = (
        sa.select(link.by_digest_id, old.number)
        .join_from(answers.supersessions, schema.digests, link.digest_id == old.id)
        .join(schema.outbox, outbox.digest_id == link.by_digest_id)
        .where(outbox.state.in_(NEVER_LEFT))
        .order_by(old.number)
    )
    found: dict[int, list[int]] = {}
    for digest, number in db.execute(query):
        found.setdefault(digest, []).append(number)
    return found


def _answers(db: Connection) -> Mapping[tuple[int, str], set[str]]:
    """The addresses by (message, outcome), of the messages that are ready or failed."""
    table, outbox = answers.receipts.c, schema.outbox.c
    query = (
        sa.select(table.outbox_id, table.outcome, table.address)
        .join_from(answers.receipts, schema.outbox)
        .where(outbox.state.in_(NEVER_LEFT))
    )
    found: dict[tuple[int, str], set[str]] = {}
    for row in db.execute(query):
        found.setdefault((row.outbox_id, row.outcome), set()).add(row.address)
    return found
