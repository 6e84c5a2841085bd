"""Digests that were issued: numbered per recipient, 第N期."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from . import rows, schema

OFFICE = ""  # the recipient's name of the office's own digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One issued digest. `agency` is the agency's id, None for the office; `recipient` its name, "" for the office;
    `brief` the short text for chats, `heard` the id of the last history entry that it knew of."""

    agency: int | None
    recipient: str
    day: date
    number: int
    subject: str
    text: str
    brief: str = ""
    heard: int = 0


def next_numbers(db: Connection, recipients: Collection[str]) -> dict[str, int]:
    """The number of the next issue for each recipient; 1 for the first."""
    table = schema.digests.c
    query = sa.select(table.recipient, sa.func.max(table.number)).group_by(table.recipient)
    highest = {row[0]: row[1] for row in db.execute(query)}
    return {recipient: highest.get(recipient, 0) + 1 for recipient in recipients}


def spent(db: Connection, first: date, last: date, failed: Collection[int]) -> Counter[int]:
    """How many digests of these days each agency (its id) got or is to get, without those taken back or `failed`."""
    table, message = schema.digests.c, schema.outbox.c
    query = (
        sa.select(table.agency_id, table.id)
        .outerjoin_from(schema.digests, schema.outbox)
        .where(table.agency_id.is_not(None), table.day.between(first, last))
        .where(sa.func.coalesce(message.state, "") != "cancelled")
    )
    return Counter(agency for agency, id in db.execute(query) if id not in failed)


def insert(db: Connection, issues: Sequence[Issue]) -> list[int]:
    """Stores the issues and returns their ids, in the same order."""
    new = [
        {
            "agency_id": issue.agency,
            "recipient": issue.recipient,
            "day": issue.day,
            "number": issue.number,
            "subject": issue.subject,
            "text": issue.text,
            "brief": issue.brief,
            "heard": issue.heard,
        }
        for issue in issues
    ]
    return rows.insert(db, schema.digests, new, key=("recipient", "number"))
