"""Undoing the last decision, by entries that reverse it: the history keeps both."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.engine import Connection, Engine

from .. import store
from ..errors import UsageError
from ..milestones import Entry, Milestone
from ..milestones.agencies import renamed
from ..milestones.recording import recorded
from ..milestones.remarks import unsaid
from ..milestones.undoing import NOT_DECIDED, as_before, live, overtaking, restores
from .fitting import fitting


@dataclass(frozen=True, slots=True)
class Undone:
    """A milestone as it is again, the entry that says so, and the last one that it reverses."""

    milestone: Milestone
    entry: Entry
    reverses: Entry


def undo(
    engine: Engine,
    id: int | None = None,
    *,
    day: date,
    by: str,
    now: datetime,
    reason: str = "",
) -> list[Undone]:
    """Reverses the last decision about a milestone, or (without an id) the last one that `by` made; returns what it
    alters, all of the milestones that were decided together.

    What was undone already is passed over, so that a second call reverses the decision before. Raises UsageError where
    there is nothing to undo, where a document or a series is behind it, and where a later entry touches the same
    fields.
    """
    with store.writing(engine) as db:
        decided = _of_milestone(db, id) if id is not None else _of_person(db, by)
        _refuse_overtaken(db, decided, day)
        undone = _reversed(db, decided, day, by, now, reason)
        store.milestones.save(db, [one.milestone for one in undone])
        store.history.append(db, [one.entry for one in undone])
        return undone


def _of_milestone(db: Connection, id: int) -> list[Entry]:
    """The last decision about a milestone."""
    entries = store.history.of_milestones(db, fitting([id]))
    if not entries:
        raise UsageError(f"no milestone has the id {id}; nothing was changed")
    left = live(entries)
    decided = [entry for entry in left if entry.action not in NOT_DECIDED and restores(entry)]
    if not decided:
        raise UsageError(f"nothing is left to undo of milestone {id}: {_origin(left[-1])}")
    return store.history.of_decision(db, decided[-1].decision or 0)


def _of_person(db: Connection, by: str) -> list[Entry]:
    """The last decision that a person made; raises UsageError where they read a document since, or added something."""
    decision = store.history.last_decision(db, by)
    if decision is None:
        raise UsageError(f"nothing that {by} decided is left to undo; --by NAME or the id of a milestone says what is")
    decided = store.history.of_decision(db, decision)
    if decided[0].action in NOT_DECIDED:
        raise UsageError(f"what {by} did last is not undone: {_origin(decided[-1])}; before that, name the milestone")
    return decided


def _origin(entry: Entry) -> str:
    """Why an entry is nothing to be undone."""
    id, when = entry.milestone, f"{entry.action} on {entry.day} by {entry.actor}"
    if entry.action == "opened":
        return f"its period began ({id} {when})"
    if entry.action == "added":
        return f"it was added ({id} {when}); `tracker cancel {id} --reason …` ends it"
    return f"a document says so ({id} {when}); read the one that is right, or `tracker edit {id}`"


def _refuse_overtaken(db: Connection, decided: Sequence[Entry], day: date) -> None:
    """Raises UsageError where something that was written since touches the same, or the decision is of a later day."""
    ids = {entry.milestone for entry in decided}
    last = max(entry.id or 0 for entry in decided)
    later = [entry for entry in live(store.history.of_milestones(db, ids)) if (entry.id or 0) > last]
    if found := overtaking(decided, later):
        entry, field = found
        since = f"{entry.action} on {entry.day} by {entry.actor}"
        raise UsageError(f"milestone {entry.milestone}: its {field} was changed since ({since}); nothing was undone")
    if (ahead := max(entry.day for entry in decided)) > day:
        raise UsageError(f"the decision holds from {ahead}: undo it on that day or later, not on {day}")


def _reversed(db: Connection, decided: Sequence[Entry], day: date, by: str, now: datetime, reason: str) -> list[Undone]:
    milestones, names = store.milestones.by_ids(db, {entry.milestone for entry in decided}), store.agencies.names(db)
    next_scan, undone = store.ledger.next_scan(db, day, now), []
    for id, before in milestones.items():
        own = [entry for entry in decided if entry.milestone == id]
        after = renamed(as_before(before, own), names)
        remarked = unsaid(own)
        if after == before and not remarked:
            raise UsageError(f"milestone {id}: there is nothing to restore: {own[-1].reason or own[-1].action}")
        milestone, entry = recorded(
            before,
            after,
            action="undone",
            day=day,
            at=now,
            actor=by,
            reason=reason,
            undoes=own[-1].decision,
            next_scan=next_scan,
        )
        undone.append(Undone(milestone, replace(entry, changes=entry.changes | remarked), own[-1]))
    return undone
