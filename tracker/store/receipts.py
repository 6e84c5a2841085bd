"""Receipts: what became of a message with single recipients, where that is not the same for all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from . import answers

Fate = Literal["taken", "refused", "delayed", "bounced"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One recipient's answer. `report` is the SHA-256 of the bounce that brought it, "" for the server's own answer."""

    address: str
    outcome: Fate
    reply: str
    at: datetime
    report: str = ""


def note(
    db: Connection, message: int, outcome: Fate, replies: Mapping[str, str], at: datetime, report: str = ""
) -> int:
    """Notes an outcome for each address with the words that came with it; returns how many were not known before."""
    if not replies:
        return 0
    known = {(one.address, one.outcome, one.report) for one in of_message(db, message)}
    new = [
        {"outbox_id": message, "address": address, "outcome": outcome, "reply": reply, "at": at, "report": report}
        for address, reply in replies.items()
        if (address, outcome, report) not in known
    ]
    if new:
        db.execute(sa.insert(answers.receipts), new)
    return len(new)


def of_message(db: Connection, message: int) -> list[Receipt]:
    """What single recipients of a message answered, oldest first; empty where it was the same for all."""
    table = answers.receipts.c
    query = sa.select(table.address, table.outcome, table.reply, table.at, table.report)
    query = query.where(table.outbox_id == message).order_by(table.id)
    return [Receipt(**row._mapping) for row in db.execute(query)]
