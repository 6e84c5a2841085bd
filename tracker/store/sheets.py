"""The sheets (督办单) that were issued."""

from collections.abc import Mapping, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..reminders import Colour, Sheet
from . import schema, telling


def latest(db: Connection, issued_by: date) -> dict[tuple[int, str], Sheet]:
    """Of each (milestone id, agency name) the sheet that was issued last, by a day."""
    table = telling.sheets.c
    query = (
        sa.select(telling.sheets, schema.agencies.c.name)
        .join_from(telling.sheets, schema.agencies)
        .where(table.issued <= issued_by)
        .order_by(table.issued, table.id)
    )
    return {
        (row.milestone_id, row.name): Sheet(
            milestone=row.milestone_id,
            agency=row.name,
            colour=row.colour,
            number=row.number,
            due=row.due,
            issued=row.issued,
            limit=row.limit_day,
        )
        for row in db.execute(query)
    }


def next_numbers(db: Connection, year: int, issued_by: date = date.max) -> dict[Colour, int]:
    """The number of the next sheet of each colour that has some in `year`, issued by a day."""
    table = telling.sheets.c
    query = sa.select(table.colour, sa.func.max(table.number)).where(table.year == year, table.issued <= issued_by)
    return {colour: number + 1 for colour, number in db.execute(query.group_by(table.colour))}


def insert(db: Connection, sheets: Sequence[Sheet], agencies: Mapping[str, int], digests: Mapping[str, int]) -> None:
    """Stores sheets; `agencies` and `digests` are the ids of each agency and of the digest that carries its sheets."""
    rows = [
        {
            "milestone_id": one.milestone,
            "agency_id": agencies[one.agency],
            "colour": one.colour,
            "year": one.issued.year,
            "number": one.number,
            "due": one.due,
            "issued": one.issued,
            "limit_day": one.limit,
            "digest_id": digests[one.agency],
        }
        for one in sheets
    ]
    if rows:
        db.execute(sa.insert(telling.sheets), rows)
