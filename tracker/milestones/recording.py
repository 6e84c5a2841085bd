"""Changing a milestone and writing down what changed: the two never come apart."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import msgspec

from ..commitments import Commitment
from . import occurrences
from .reconcile import SCHEDULE, WORDING, restated
from .replay import STATED, raises_sequence
from .titles import title
from .values import Action, Draft, Entry, Milestone

RECORDED = (
    *("item", "item_title", "title", "kind", "due", "begin", "baseline_due", "precision", "recurrence", "rrule"),
    *("agencies", "lead", "support", "targets", "status", "closed_on", "withdrawn"),
    *("remind", "acknowledged", "claims", "grade", "asked", "slips", "forecast", "waits_for", "answer", "answered_on"),
    *("superseded_by", "ended_by", "duty", "gauges"),
)
KEPT = ("decided", "moved_on", "sequence", "tracked_from", "document", "series", "occurrence")  # by the program
READ = ("section", "year_from", "assumed", "rows", "extent", "confidence", "review")  # of a commitment
SAID = ("due", "quote", "timex")  # of what the document says, noted with the first entry
NOTHING = (None, (), False, "")  # what a field says of which the first entry says nothing
FOLLOWED = ("due", "begin", "precision", "kind", "recurrence", "rrule", "agencies", "lead", "support", "targets")
RESPONSIBLE = frozenset({"agencies", "lead", "support"})


def added(
    id: int, draft: Draft, *, action: Action, day: date, at: datetime, actor: str, reason: str = "", note: str = ""
) -> Entry:
    """The first entry of a milestone: every field that says something, from nothing."""
    found = {name: getattr(draft, name) for name in RECORDED}
    changes = {name: (None, msgspec.to_builtins(value)) for name, value in found.items() if value not in NOTHING}
    heads = draft.series is None and draft.occurrence is not None
    kept = {name: getattr(draft, name, 0) for name in KEPT} | ({"series": id} if heads else {})
    kept |= {STATED + name: getattr(draft.stated, name) for name in SAID if draft.stated}
    return Entry(
        milestone=id,
        day=day,
        at=at,
        actor=actor,
        action=action,
        changes=changes,
        reason=reason,
        note=note,
        along={name: (None, msgspec.to_builtins(value)) for name, value in kept.items()},
    )


def recorded(
    before: Milestone,
    after: Milestone,
    *,
    action: Action,
    day: date,
    at: datetime,
    actor: str,
    reason: str = "",
    note: str = "",
    evidence: str = "",
    confirmed: Collection[str] = (),
    next_scan: date | None = None,
    undoes: int | None = None,
) -> tuple[Milestone, Entry]:
    """`after` as it is to be stored, its calendar entry revised where that matters, and the entry that says so.

    Fields that a person `confirmed` as they are stand in the entry with the same value before and after. `next_scan` is
    the first day on which a scan can know of it (default: `day`), `undoes` the decision that it reverses.
    """
    same = {name: msgspec.to_builtins(getattr(before, name)) for name in confirmed}
    changes = {name: (value, value) for name, value in same.items()} | differences(before, after)
    stored = replace(after, modified=at, sequence=before.sequence + raises_sequence(changes))
    if before.due != after.due:
        stored = replace(stored, moved_on=next_scan or day)
    entry = Entry(
        milestone=before.id,
        day=day,
        at=at,
        actor=actor,
        action=action,
        changes=changes,
        reason=reason,
        note=note,
        evidence=evidence,
        along=_kept(before, stored),
        undoes=undoes,
    )
    return stored, entry


def differences(before: Milestone, after: Milestone) -> dict[str, tuple[Any, Any]]:
    """The fields that differ, with their JSON values before and after; `stated.` opens those of the document."""
    changes = _differing(before, after, RECORDED)
    if before.stated and after.stated:
        said = _differing(before.stated, after.stated, SCHEDULE + WORDING)
        changes |= {STATED + name: change for name, change in said.items()}
    return changes


def _kept(before: Milestone, after: Milestone) -> dict[str, tuple[Any, Any]]:
    """What the program keeps that differs, and how it read what the document says."""
    found = _differing(before, after, KEPT)
    if before.stated and after.stated:
        read = _differing(before.stated, after.stated, READ)
        found |= {STATED + name: change for name, change in read.items()}
    return found


def _differing(before: Any, after: Any, names: Iterable[str]) -> dict[str, tuple[Any, Any]]:
    """Those of the fields that differ, with their JSON values before and after."""
    values = ((name, getattr(before, name), getattr(after, name)) for name in names)
    return {name: (msgspec.to_builtins(was), msgspec.to_builtins(is_)) for name, was, is_ in values if was != is_}


def follow(milestone: Milestone, commitment: Commitment, fields: Collection[str]) -> Milestone:
    """`milestone` after the document changed `fields` of it: what a person decided stays, and what is closed stays.

    A closed milestone only notes what the document says now: whether it was done in time is judged by its own day.
    """
    after = replace(milestone, stated=restated(commitment, milestone), withdrawn=False)
    if milestone.closed:
        return after
    free = [name for name in FOLLOWED if name in fields and name not in milestone.decided]
    if not RESPONSIBLE.isdisjoint(milestone.decided):
        free = [name for name in free if name not in RESPONSIBLE]
    if "due" in milestone.decided:  # the words that give these give another day
        free = [name for name in free if name not in ("begin", "precision")]
    changed: dict[str, Any] = {name: getattr(commitment, name) for name in free}
    changed |= {name: getattr(commitment, name) for name in ("item", "item_title") if name in fields}
    if "quote" in fields and "title" not in milestone.decided:
        changed["title"] = title(commitment.quote, commitment.timex)
    after = replace(after, **changed)
    if after.due is not None and after.baseline_due is None:
        after = replace(after, baseline_due=after.due)
    return _in_series(milestone, after)


def _in_series(before: Milestone, after: Milestone) -> Milestone:
    """A milestone that the document makes recurring heads a series; one of a series keeps its period in its title."""
    first_due, rule = occurrences.plan(after)
    if first_due is None or rule is None:
        return after
    if before.series is None:
        period = occurrences.first(first_due, rule)
        return replace(
            after, series=after.id, occurrence=period.begin, title=f"{after.title}（{occurrences.label(period, rule)}）"
        )
    if after.title != before.title and before.title.endswith("）"):
        return replace(after, title=f"{after.title}（{before.title[:-1].rpartition('（')[2]}）")
    return after
