"""What people note of milestones: progress (进展), a note (备注), evidence (佐证). None of it decides anything."""

from collections.abc import Mapping
from datetime import date, datetime

from .. import store
from ..errors import UsageError
from ..milestones import Entry
from ..milestones.remarks import REMARKS, remarks
from .changing import Place
from .fitting import fitting, refuse_unfitting


def remark(place: Place, id: int, words: Mapping[str, str], *, day: date, by: str, now: datetime) -> Entry:
    """Notes new words for some of REMARKS, "" taking the former ones back. Raises UsageError."""
    if unknown := set(words) - set(REMARKS):
        raise UsageError(f"{', '.join(sorted(unknown))} cannot be noted; what can: {', '.join(REMARKS)}")
    with store.writing(place) as db:
        milestone = store.milestones.by_ids(db, fitting([id])).get(id)
        if milestone is None:
            raise UsageError(f"no milestone has the id {id}; nothing was changed")
        before = remarks(store.history.of_milestone(db, id))
        changes = {name: (getattr(before, name), new) for name, new in words.items() if getattr(before, name) != new}
        if not changes:
            raise UsageError(f"milestone {id} says so already; nothing was changed")
        entry = Entry(milestone=id, day=day, at=now, actor=by, action="remarked", changes=changes)
        refuse_unfitting(milestone, by, *words.values())
        store.history.append(db, [entry])
        return entry
