"""Ledgers (台账) as they go out: milestones on a day, with what was said of each and the mark that knows them again."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy.engine import Connection, Engine

from .. import store
from ..config import Config
from ..milestones import Entry
from ..milestones.remarks import LedgerRow, mark, origin, remarks
from .look import Placed, milestones


def rows(engine: Engine, placed: Sequence[Placed], today: date) -> list[LedgerRow]:
    """The rows of a ledger of `today` for milestones as they stood then."""
    with store.reading(engine) as db:
        home = origin(store.milestones.first_uid(db))
        entries = histories(db)
    return [
        LedgerRow(
            one.milestone,
            remarks(entry for entry in entries[one.milestone.id] if entry.day <= today),
            mark(one.milestone, entries[one.milestone.id], today, home),
        )
        for one in placed
    ]


def histories(db: Connection) -> dict[int, list[Entry]]:
    """Every entry of every milestone, by milestone, in the order in which they were written."""
    found: dict[int, list[Entry]] = defaultdict(list)
    for entry in store.history.every(db):
        found[entry.milestone].append(entry)
    return found


def of_day(engine: Engine, config: Config, names: Sequence[str], *, today: date) -> list[tuple[Placed, LedgerRow]]:
    """Every milestone of `today`, or those that the agencies `names` answer for, each with its row."""
    placed = [
        one
        for one in milestones(engine, config, today=today)
        if not names or not set(names).isdisjoint(one.milestone.agencies)
    ]
    return list(zip(placed, rows(engine, placed, today), strict=True))
