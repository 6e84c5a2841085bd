"""A milestone as of a day: the fold of the entries whose day is not later."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any, get_type_hints

import msgspec

from ..commitments import Commitment
from .values import Entry, Milestone

STATED = "stated."
Values = dict[str, Any]  # by field, as in an entry: a Milestone's, or `stated.` and a Commitment's
DECIDING = ("edited", "deferral_approved")  # what sets fields that a later reading leaves alone
# A change of these is news for a calendar (RFC 5545 SEQUENCE): the day, the recurrence, how it stands. What the
# document states gives a series its days, and a withdrawn series ends.
CALENDAR_FIELDS = frozenset({"due", "rrule", "recurrence", "status", "withdrawn"}) | {
    STATED + name for name in ("due", "rrule", "recurrence")
}
TYPES = get_type_hints(Milestone)
STATED_TYPES = {STATED + name: hint for name, hint in get_type_hints(Commitment).items()}


def replay(milestone: Milestone, entries: Sequence[Entry], day: date) -> Milestone | None:
    """`milestone` as of `day`, from its current state and all its entries in the order of their ids.

    The table as of a day is the fold of the entries whose `day` is not later, in the order in which they were written:
    a change dated back counts from its day on. None where the milestone was added later.
    """
    if entries and entries[0].day > day:
        return None
    state: Values = {}
    for entry in entries:  # what no entry had touched yet is what the first one that touches it found
        for field, (before, _) in (entry.changes | entry.along).items():
            state.setdefault(field, before)
    counted = [entry for entry in entries if entry.day <= day]
    for entry in counted:
        state |= {field: after for field, (_, after) in (entry.changes | entry.along).items()}
    past = replace(milestone, **_unrecorded(milestone, entries, counted, day))
    return replace(with_values(past, state), modified=counted[-1].at if counted else milestone.modified)


def raises_sequence(changes: dict[str, tuple[Any, Any]]) -> bool:
    """Whether a change of an existing milestone must raise the SEQUENCE of its calendar entry."""
    return any(before != after for name, (before, after) in changes.items() if name in CALENDAR_FIELDS)


def _unrecorded(milestone: Milestone, entries: Sequence[Entry], counted: Sequence[Entry], day: date) -> dict[str, Any]:
    """What entries from before the chain do not say, as well as it can be told from those that they do."""
    if len(counted) == len(entries):
        return {}
    touched = {field for entry in counted if entry.action in DECIDING for field in entry.changes}
    return {
        "decided": tuple(field for field in milestone.decided if field in touched),
        "moved_on": None if milestone.moved_on and milestone.moved_on > day else milestone.moved_on,
        "sequence": max(0, milestone.sequence - sum(raises_sequence(one.changes) for one in entries if one.day > day)),
    }


def with_values(milestone: Milestone, state: Mapping[str, Any]) -> Milestone:
    """`milestone` with fields set to the JSON values of entries, those of what the document says included."""
    known = {field.name for field in fields(Milestone)}
    own = {name: msgspec.convert(value, TYPES[name]) for name, value in state.items() if name in known}
    said = {
        name.removeprefix(STATED): msgspec.convert(value, STATED_TYPES[name])
        for name, value in state.items()
        if name in STATED_TYPES
    }
    if said and milestone.stated is not None:
        own["stated"] = replace(milestone.stated, **said)
    return replace(milestone, **own)
