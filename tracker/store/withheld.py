"""What was owed and not told on a day, with the reason: append-only, once for each reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from . import schema, telling

KEY = ("milestone_id", "agency_id", "rule", "planned", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A reminder that was owed to an agency (its name) on `day` and was not told; `until` is when it can be."""

    rule: str
    planned: date
    agency: str
    reason: str
    day: date
    until: date | None


def record(db: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Writes rows of the table; those whose key is there already are left as they are."""
    insert: Any
    if db.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # a tenth of a second, so only where it is used
    if rows:
        db.execute(insert(telling.withheld).on_conflict_do_nothing(index_elements=KEY), rows)


def of_milestone(db: Connection, milestone: int) -> list[Kept]:
    """Everything that was withheld of a milestone, oldest first."""
    table = telling.withheld.c
    query = (
        sa.select(table.rule, table.planned, schema.agencies.c.name, table.reason, table.day, table.until)
        .join_from(telling.withheld, schema.agencies)
        .where(table.milestone_id == milestone)
        .order_by(table.day, table.id)
    )
    return [
        Kept(rule=row.rule, planned=row.planned, agency=row.name, reason=row.reason, day=row.day, until=row.until)
        for row in db.execute(query)
    ]
