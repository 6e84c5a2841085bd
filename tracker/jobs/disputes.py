"""Which milestones wait for the office because the document states another day than the one it had decided."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy.engine import Connection

from .. import store
from ..milestones import Entry, Milestone
from ..milestones.disputes import can_be_disputed, is_disputed


def disputed(db: Connection, milestones: Iterable[Milestone]) -> list[Milestone]:
    """Those of `milestones` whose day is disputed; one query, and none where no day differs."""
    found = [milestone for milestone in milestones if can_be_disputed(milestone)]
    entries: dict[int, list[Entry]] = defaultdict(list)
    for entry in store.history.of_milestones(db, [milestone.id for milestone in found]):
        entries[entry.milestone].append(entry)
    return [milestone for milestone in found if is_disputed(milestone, entries[milestone.id])]
