"""The ledger: which reminders were decided, each once; and the scans that decided them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..workdays import Calendar
from . import schema

CHUNK = 5000  # rows that are written in one go
KEY = ("milestone_id", "rule", "planned", "agency_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A reminder that is owed and told in a digest. (milestone, rule, planned, agency) is unique for ever."""

    milestone: int
    rule: str
    planned: date
    agency: int
    decided_on: date
    reason: str
    digest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A decided reminder as a person reads it: to whom, in which issue, and what became of the message.

    `state` is the outbox's, "" where the digest was not put there; `sent_at` is None until it was sent. `folded` says
    that a newer rung of the milestone was told in its place, in the same issue.
    """

    rule: str
    planned: date
    agency: str
    decided_on: date
    reason: str
    number: int
    state: str
    sent_at: datetime | None
    folded: bool


def decided(db: Connection, told_by: date) -> dict[tuple[int, int], tuple[date, date]]:
    """For each (milestone id, agency id) the latest planned day of what was decided by `told_by`, and when it last was.

    What a scan of a day to come decided (a clock that jumped, a mistyped day) silences nobody.
    """
    table = schema.ledger.c
    query = (
        sa.select(table.milestone_id, table.agency_id, sa.func.max(table.planned), sa.func.max(table.decided_on))
        .where(table.decided_on <= told_by)
        .group_by(table.milestone_id, table.agency_id)
    )
    return {(milestone, agency): (planned, day) for milestone, agency, planned, day in db.execute(query)}


def record(db: Connection, rows: Iterable[Decided]) -> int:
    """Writes the rows and returns how many were new.

    One whose key is there already is left as it is, unless a scan of a later day wrote it: then this one counts.
    """
    insert: Any
    if db.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # a tenth of a second, so only where it is used
    statement = insert(schema.ledger)
    statement = statement.on_conflict_do_update(
        index_elements=KEY,
        set_={name: statement.excluded[name] for name in ("decided_on", "reason", "digest_id")},
        where=schema.ledger.c.decided_on > statement.excluded.decided_on,
    )
    statement = statement.returning(schema.ledger.c.id)
    left, new = iter(rows), 0
    while some := [_columns(row) for row in islice(left, CHUNK)]:
        new += len(db.execute(statement, some).all())
    return new


def of_milestone(db: Connection, milestone: int) -> list[Told]:
    """Every reminder decided for a milestone, oldest first."""
    query = (
        sa.select(
            schema.ledger.c.rule,
            schema.ledger.c.planned,
            schema.agencies.c.name,
            schema.ledger.c.decided_on,
            schema.ledger.c.reason,
            schema.ledger.c.digest_id,
            schema.digests.c.number,
            schema.outbox.c.state,
            schema.outbox.c.sent_at,
        )
        .join_from(schema.ledger, schema.agencies)
        .join(schema.digests, schema.digests.c.id == schema.ledger.c.digest_id)
        .outerjoin(schema.outbox, schema.outbox.c.digest_id == schema.digests.c.id)
        .where(schema.ledger.c.milestone_id == milestone)
        .order_by(schema.ledger.c.planned, schema.ledger.c.id)
    )
    found = db.execute(query).all()
    newest = {row.digest_id: row for row in found}
    return [
        Told(
            rule=row.rule,
            planned=row.planned,
            agency=row.name,
            decided_on=row.decided_on,
            reason=row.reason,
            number=row.number,
            state=row.state or "",
            sent_at=row.sent_at,
            folded=row is not newest[row.digest_id],
        )
        for row in found
    ]


def last_scan(db: Connection, today: date) -> tuple[date, datetime] | None:
    """The latest day scanned that is not after `today`, and the instant of that scan; None before the first."""
    table = schema.scans.c
    query = sa.select(table.day, table.at).where(table.day <= today)
    row = db.execute(query.order_by(table.day.desc(), table.id.desc()).limit(1)).first()
    return (row.day, row.at) if row else None


def last_telling(db: Connection, today: date, calendar: Calendar) -> tuple[date, datetime] | None:
    """As `last_scan`, of the scans that could tell: those of working days, and others that told something."""
    table = schema.scans.c
    query = sa.select(table.day, table.at, table.digests).where(table.day <= today)
    scans = db.execute(query.order_by(table.day.desc(), table.id.desc()))
    return next(((row.day, row.at) for row in scans if row.digests or calendar.is_workday(row.day)), None)


def scanned(db: Connection, first: date, last: date) -> list[date]:
    """The days from `first` to `last` that were scanned, in order."""
    day = schema.scans.c.day
    return list(db.execute(sa.select(day).where(day.between(first, last)).distinct().order_by(day)).scalars())


def next_scan(db: Connection, day: date, now: datetime) -> date:
    """The first day, not before `day`, whose scan can know of what is written `now`: a later one than was scanned."""
    last = last_scan(db, max(day, now.date()))
    return max(day, last[0] + timedelta(days=1)) if last else day


def scanned_ahead(db: Connection, today: date) -> date | None:
    """The latest day scanned where it is still to come: the clock was wrong, or the day of a scan was mistyped."""
    day = schema.scans.c.day
    found: date | None = db.execute(sa.select(sa.func.max(day)).where(day > today)).scalar()
    return found


def record_scan(db: Connection, *, day: date, at: datetime, reminders: int, digests: int) -> None:
    """Notes a completed scan: the heartbeat, and what tells a missed day."""
    db.execute(sa.insert(schema.scans).values(day=day, at=at, reminders=reminders, digests=digests))


def _columns(row: Decided) -> dict[str, object]:
    return {
        "milestone_id": row.milestone,
        "rule": row.rule,
        "planned": row.planned,
        "agency_id": row.agency,
        "decided_on": row.decided_on,
        "reason": row.reason,
        "digest_id": row.digest,
    }
