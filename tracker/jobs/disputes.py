"""Which milestones wait for the office because the document states another day than the one it had decided."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from sqlalchemy.engine import Connection

from .. import store
from ..milestones import Entry, Milestone, Scheduled
from ..milestones.disputes import can_be_disputed, is_disputed


def disputed(db: Connection, milestones: Iterable[Scheduled], today: date) -> list[Milestone]:
    """Those of `milestones` whose day is disputed on `today`; a few queries, and none where no day differs."""
    some = [milestone for milestone in milestones if can_be_disputed(milestone)]
    short = [milestone.id for milestone in some if not isinstance(milestone, Milestone)]
    found = [one for one in some if isinstance(one, Milestone)]
    found += store.milestones.by_ids(db, short).values() if short else []
    entries: dict[int, list[Entry]] = defaultdict(list)
    for entry in store.history.of_milestones(db, [milestone.id for milestone in found]):
        if entry.day <= today:
            entries[entry.milestone].append(entry)
    return [milestone for milestone in found if is_disputed(milestone, entries[milestone.id])]
