"""Which milestones wait for the office because the document states another day than the one it had decided."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy.engine import Connection

from .. import store
from ..milestones import Entry, Milestone, Scheduled
from ..milestones.disputes import can_be_disputed, is_disputed


def disputed(db: Connection, milestones: Iterable[Scheduled]) -> list[Milestone]:
    """Those of `milestones` whose day is disputed; a few queries, and none where no day differs."""
    ids = [milestone.id for milestone in milestones if can_be_disputed(milestone)]
    found = [*store.milestones.by_ids(db, ids).values()] if ids else []
    entries: dict[int, list[Entry]] = defaultdict(list)
    for entry in store.history.of_milestones(db, [milestone.id for milestone in found]):
        entries[entry.milestone].append(entry)
    return [milestone for milestone in found if is_disputed(milestone, entries[milestone.id])]
