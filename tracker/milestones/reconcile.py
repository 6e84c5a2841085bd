"""What a reading of a document changes: its commitments beside the milestones that earlier readings left.

Compared is what the document says now with what it said last (`Milestone.stated`), never with what a person decided.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..commitments import Commitment
from . import occurrences
from .values import Milestone

SAME_ITEM = 60.0  # similarity (0-100) at which two sentences of one item are taken for the same obligation, reworded
ANYWHERE = 85.0  # the same where they stand in different items
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
Pair = tuple[int, Milestone]  # the place of a commitment in the reading, and the milestone that it is
Placed = tuple[int, Commitment]


def reconcile(
    commitments: Sequence[Commitment], known: Sequence[Milestone], pairs: Sequence[Pair] | None = None
) -> list[Change]:
    """The changes that a reading brings, in the document's order, withdrawals last.

    `known` are the document's milestones that it states itself, of a recurring one only the first; `pairs` is their
    `match` with the commitments, made here where it is not given.
    """
    pairs = match(commitments, known) if pairs is None else pairs
    kept = dict(pairs)
    found: list[Change] = []
    for place, commitment in enumerate(commitments):
        milestone = kept.get(place)
        change = Added(commitment) if milestone is None else compare(commitment, milestone)
        if change is not None:
            found.append(change)
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


def match(commitments: Sequence[Commitment], known: Sequence[Milestone]) -> list[Pair]:
    """Which commitment is which known milestone: each at most once.

    By identity first, exactly and in linear time; the fuzzy comparison sees only what is left, which is nothing where
    a document is read again. An item is known by its title and who answers for it; its number is trusted last, since
    pilots are renumbered.
    """
    left, there, pairs = list(enumerate(commitments)), [one for one in known if one.stated], list[Pair]()
    keys: tuple[Callable[[Commitment], Hashable], ...] = (
        lambda said: (said.item, said.item_title, said.agencies, said.quote, said.timex, said.due),
        lambda said: (said.item_title, said.agencies, said.quote, said.timex, said.due),
        lambda said: (said.item_title, said.quote, said.timex, said.due),
        lambda said: (said.item_title, said.agencies, said.quote, said.timex),
        lambda said: (
            (said.item_title, said.quote, said.timex) if said.item_title else (said.item, said.quote, said.timex)
        ),
        lambda said: (said.item, said.agencies, said.quote, said.timex),
        lambda said: (said.quote, said.timex, said.due),
        lambda said: (said.quote, said.timex),
        lambda said: (said.item, undated(said)),
        lambda said: (said.item_title, undated(said)),
    )
    for key in keys:
        pairs += _take(left, there, _equal(left, there, key))
    for item in (lambda said: said.item_title, lambda said: said.item):
        pairs += _take(left, there, _similar_within(left, there, item))
    return pairs + _take(left, there, _similar(left, there, ANYWHERE))


def restated(commitment: Commitment, milestone: Milestone) -> Commitment:
    """What `milestone.stated` becomes: the commitment, but for a series that a later document restates its own days."""
    if milestone.stated is None or not _next_in_series(commitment, milestone.stated):
        return commitment
    return replace(commitment, due=milestone.stated.due, begin=milestone.stated.begin)


def undated(said: Commitment) -> str:
    """The sentence without the words of its date: what stays when a day is moved."""
    return said.quote.replace(said.timex, "", 1) if said.timex else said.quote


def _next_in_series(commitment: Commitment, stated: Commitment) -> bool:
    """每年 read in a later year's document means its own year: the same series, not another day."""
    same = commitment.recurrence and (commitment.recurrence, commitment.rrule) == (stated.recurrence, stated.rrule)
    if not same or stated.due is None or commitment.due is None:
        return False
    return occurrences.belongs(commitment.due, stated.due, occurrences.Rule.of(stated.recurrence or "", stated.rrule))


def _take(left: list[Placed], there: list[Milestone], pairs: list[Pair]) -> list[Pair]:
    """Removes both sides of `pairs` from what is left to match, and returns the pairs."""
    if pairs:
        places, milestones = {place for place, _ in pairs}, {milestone.id for _, milestone in pairs}
        left[:] = [one for one in left if one[0] not in places]
        there[:] = [one for one in there if one.id not in milestones]
    return pairs


def _equal(left: Iterable[Placed], there: Iterable[Milestone], key: Callable[[Commitment], Hashable]) -> list[Pair]:
    """Pairs with equal keys; where several share one, in the order of the document."""
    queues: dict[Hashable, list[Milestone]] = defaultdict(list)
    for milestone in sorted(there, key=lambda one: (_stated(one).start, one.id), reverse=True):
        queues[key(_stated(milestone))].append(milestone)
    return [(place, queue.pop()) for place, one in left if (queue := queues.get(key(one)))]


def _similar_within(
    left: Sequence[Placed], there: Sequence[Milestone], item: Callable[[Commitment], str | None]
) -> list[Pair]:
    """The most similar pairs of each item; None is no item."""
    items: dict[str, tuple[list[Placed], list[Milestone]]] = defaultdict(lambda: ([], []))
    for place, commitment in left:
        if (name := item(commitment)) is not None:
            items[name][0].append((place, commitment))
    for milestone in there:
        if (name := item(_stated(milestone))) is not None:
            items[name][1].append(milestone)
    return [pair for placed, milestones in items.values() for pair in _similar(placed, milestones, SAME_ITEM)]


def _similar(left: Sequence[Placed], there: Sequence[Milestone], floor: float) -> list[Pair]:
    """The most similar pairs first, each side once; equal similarity goes by the order of the document."""
    if not left or not there:
        return []
    from rapidfuzz import fuzz, process  # only a reading of a changed document compares texts

    texts = [undated(_stated(milestone)) for milestone in there]
    scored: list[tuple[float, int, int]] = []
    for place, commitment in left:
        found: list[tuple[Any, float, int]] = process.extract(
            undated(commitment), texts, scorer=fuzz.ratio, score_cutoff=floor, limit=5
        )
        scored += [(-score, place, index) for _, score, index in found]
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, place, index in sorted(scored):
        if place not in pairs and index not in taken:
            pairs[place] = index
            taken.add(index)
    return [(place, there[index]) for place, index in pairs.items()]


def _stated(milestone: Milestone) -> Commitment:
    assert milestone.stated is not None  # `match` leaves out those that the document does not state
    return milestone.stated
