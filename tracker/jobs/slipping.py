"""Which milestones were put off by a document without an approval."""

from collections import defaultdict
from datetime import date

from sqlalchemy.engine import Connection

from .. import store
from ..milestones import Entry
from ..milestones.slips import BY_DOCUMENT, Slip, silent


def silently(db: Connection, *, today: date = date.max) -> dict[int, tuple[Slip, ...]]:
    """The slips that stand by `today`, by the ids of the milestones."""
    moved = store.history.with_actions(db, BY_DOCUMENT)
    entries: dict[int, list[Entry]] = defaultdict(list)
    for entry in store.history.of_milestones(db, moved):
        if entry.day <= today:
            entries[entry.milestone].append(entry)
    found = {id: silent(some) for id, some in entries.items()}
    return {id: slips for id, slips in found.items() if slips}
