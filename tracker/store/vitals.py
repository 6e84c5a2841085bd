"""The signs of life: when scans ran, what waits to be sent and since when, how many milestones stand where."""

import json
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..milestones import Status
from . import schema

WAITING = ("ready", "sending", "unknown")


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A completed scan: its business day, its instant, and what it decided."""

    day: date
    at: datetime
    reminders: int
    digests: int


@dataclass(frozen=True, slots=True)
class Group:
    """How many milestones have a status, a due day, a precision and a ladder in common."""

    status: str
    due: date | None
    precision: str | None
    remind: tuple[int | str, ...]
    count: int

    @property
    def closed(self) -> bool:
        """Whether these are completed or cancelled."""
        return self.status in (Status.COMPLETED, Status.CANCELLED)


def heartbeat(db: Connection) -> Heartbeat | None:
    """The scan that completed last, whatever its day; None before the first."""
    table = schema.scans.c
    query = sa.select(table.day, table.at, table.reminders, table.digests).order_by(table.id.desc()).limit(1)
    row = db.execute(query).first()
    return Heartbeat(*row) if row else None


def unsent_since(db: Connection) -> datetime | None:
    """When the oldest message that still waits to be sent was decided; None where none waits."""
    scans, digest = schema.scans.c, schema.digests.c
    query = (
        sa.select(sa.func.min(scans.at))
        .select_from(schema.outbox.join(schema.digests).join(schema.scans, scans.day == digest.day))
        .where(schema.outbox.c.state.in_(WAITING), scans.digests > 0)
    )
    found: datetime | None = db.execute(query).scalar()
    return found


def latest_instant(db: Connection) -> datetime | None:
    """The latest instant that anything in the database happened at; None where nothing did."""
    columns = (schema.history.c.at, schema.scans.c.at, schema.outbox.c.sent_at, schema.outbox.c.failed_at)
    found = [db.execute(sa.select(sa.func.max(column))).scalar() for column in columns]
    return max((at for at in found if at is not None), default=None)


def entered_ahead(db: Connection, today: date) -> list[int]:
    """The milestones with an entry in their history whose day is after `today`."""
    table = schema.history.c
    query = sa.select(table.milestone_id).where(table.day > today).distinct().order_by(table.milestone_id)
    return list(db.execute(query).scalars())


def groups(db: Connection) -> list[Group]:
    """Every milestone, counted by what decides how it stands: as many rows as there are different ones."""
    table = schema.milestones.c
    key = (table.status, table.due, table.precision, sa.cast(table.remind, sa.Text))
    found = db.execute(sa.select(*key, sa.func.count()).group_by(*key))
    return [
        Group(status, due, precision, tuple(json.loads(own)), count) for status, due, precision, own, count in found
    ]
