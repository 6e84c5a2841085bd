"""The append-only history of the milestones."""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..milestones import Entry
from . import schema

CHANGES = dict[str, tuple[Any, Any]]


def append(db: Connection, entries: Sequence[Entry]) -> None:
    """Adds entries, in this order. `changes` holds JSON values: days as ISO dates, lists of names."""
    rows = [
        {
            "milestone_id": entry.milestone,
            "day": entry.day,
            "at": entry.at,
            "actor": entry.actor,
            "action": entry.action,
            "changes": msgspec.to_builtins(entry.changes),
            "reason": entry.reason,
            "note": entry.note,
            "evidence": entry.evidence,
        }
        for entry in entries
    ]
    if rows:
        db.execute(sa.insert(schema.history), rows)


def of_milestones(db: Connection, milestones: Collection[int]) -> list[Entry]:
    """Every entry of several milestones, in the order in which they were written."""
    return load(db, schema.history.c.milestone_id.in_(milestones)) if milestones else []


def of_milestone(db: Connection, milestone: int) -> list[Entry]:
    """Every entry of a milestone, in the order in which they were written."""
    return load(db, schema.history.c.milestone_id == milestone)


def every(db: Connection) -> list[Entry]:
    """The whole history, in the order in which it was written."""
    return load(db, sa.true())


def load(db: Connection, where: sa.ColumnElement[bool]) -> list[Entry]:
    """The entries that fulfil a condition, in the order in which they were written."""
    query = sa.select(schema.history).where(where).order_by(schema.history.c.id)
    return [
        Entry(
            id=row.id,
            milestone=row.milestone_id,
            day=row.day,
            at=row.at,
            actor=row.actor,
            action=row.action,
            changes=msgspec.convert(row.changes, CHANGES),
            reason=row.reason,
            note=row.note,
            evidence=row.evidence,
        )
        for row in db.execute(query)
    ]
