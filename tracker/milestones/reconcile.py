"""What a reading of a document changes: its commitments beside the milestones that earlier readings left.

Compared is what the document says now with what it said last (`Milestone.stated`), never with what a person decided.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..commitments import Commitment
from . import occurrences
from .matching import Pair, match
from .values import Milestone

SCHEDULE = ("due", "recurrence", "rrule")
WORDING = (
    "item",
    "item_title",
    "quote",
    "timex",
    "begin",
    "precision",
    "kind",
    "agencies",
    "lead",
    "support",
    "targets",
)


@dataclass(frozen=True, slots=True)
class Added:
    """The document states an obligation that is not known."""

    commitment: Commitment


@dataclass(frozen=True, slots=True)
class Moved:
    """The document states another day or recurrence for a known obligation; its wording may differ too."""

    milestone: Milestone
    commitment: Commitment
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reworded:
    """The document states a known obligation in other words, or for other agencies; the days are the same."""

    milestone: Milestone
    commitment: Commitment
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The document no longer has an obligation that is still open: the office decides what becomes of it."""

    milestone: Milestone


@dataclass(frozen=True, slots=True)
class Restored:
    """The document has an obligation again that had been withdrawn; `fields` differ from what it said before."""

    milestone: Milestone
    commitment: Commitment
    fields: tuple[str, ...]


Change = Added | Moved | Reworded | Withdrawn | Restored


def reconcile(
    commitments: Sequence[Commitment], known: Sequence[Milestone], pairs: Sequence[Pair] | None = None
) -> list[Change]:
    """The changes that a reading brings, in the document's order, withdrawals last.

    `known` are the document's milestones that it states itself, of a recurring one only the first; `pairs` is their
    `match` with the commitments, made here where it is not given.
    """
    pairs = match(commitments, known) if pairs is None else pairs
    kept: dict[int, list[Milestone]] = defaultdict(list)
    for place, milestone in pairs:
        kept[place].append(milestone)
    found: list[Change] = []
    for place, commitment in enumerate(commitments):
        if place not in kept:
            found.append(Added(commitment))
        found += filter(None, (compare(commitment, milestone) for milestone in kept.get(place, ())))
    seen = {milestone.id for _, milestone in pairs}
    return found + [Withdrawn(milestone) for milestone in known if milestone.id not in seen and can_withdraw(milestone)]


def can_withdraw(milestone: Milestone) -> bool:
    """Whether there is something to withdraw: it is open, or more of its series would follow."""
    return bool(milestone.stated) and not milestone.withdrawn and (not milestone.closed or milestone.heads_series)


def compare(commitment: Commitment, milestone: Milestone) -> Change | None:
    """What the document changed about one milestone; None where it says what it said."""
    stated = milestone.stated
    if stated is None:
        return None
    fields = tuple(name for name in SCHEDULE + WORDING if _told(commitment, name) != _told(stated, name))
    if _next_in_series(commitment, stated):
        fields = tuple(name for name in fields if name not in ("due", "begin"))
    if milestone.withdrawn:
        return Restored(milestone, commitment, fields)
    if not fields:
        return None
    kind = Reworded if set(fields).isdisjoint(SCHEDULE) else Moved
    return kind(milestone, commitment, fields)


def _told(said: Commitment, name: str) -> Any:
    """A field as people are told of it: of targets not what they are measured from, which the sentence says."""
    return [(t.indicator, t.op, t.value, t.unit) for t in said.targets] if name == "targets" else getattr(said, name)


def is_kept(change: Change) -> bool:
    """Whether the document gives another day that is not followed: the milestone is closed, or a person set its day."""
    if not isinstance(change, Moved | Restored) or "due" not in change.fields:
        return False
    return change.milestone.settled and change.commitment.due != change.milestone.due


def restated(commitment: Commitment, milestone: Milestone) -> Commitment:
    """What `milestone.stated` becomes: the commitment, but for a series that a later document restates its own days."""
    if milestone.stated is None or not _next_in_series(commitment, milestone.stated):
        return commitment
    return replace(commitment, due=milestone.stated.due, begin=milestone.stated.begin)


def _next_in_series(commitment: Commitment, stated: Commitment) -> bool:
    """每年 read in a later year's document means its own year: the same series, not another day."""
    same = commitment.recurrence and (commitment.recurrence, commitment.rrule) == (stated.recurrence, stated.rrule)
    if not same or stated.due is None or commitment.due is None:
        return False
    return occurrences.belongs(commitment.due, stated.due, occurrences.Rule.of(stated.recurrence or "", stated.rrule))
