"""The same commitment said twice: which milestones may be one duty, and one that stands for all of it.

Suggested are milestones of different items that fall due on one day, promise the same quantities, name an agency in
common and say the same, one of them at most a little more. Texts are compared only where day, quantities and figures
are equal and a rare part of the words is shared, so the work grows with the milestones and not with their pairs.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from .matching import undated
from .values import Milestone, Schedule, Scheduled, Status

SIMILAR = 85.0  # of 100, at which two sentences without their dates say the same
SHORTEST = 8  # characters: less than this says nothing of its own
GRAM = 4  # characters of a part by which texts are brought together
RAREST = 3  # so many of the rarest parts of a text are looked up
WINDOW = 10  # where very many texts share a part each is compared with so many that stand next to it in order

FIGURES = re.compile(r"\d+(?:\.\d+)?")
PUNCTUATION = re.compile(r"[\s，、。；：,;:“”\"（）()《》]+")
Stored = TypeVar("Stored", Milestone, Schedule)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Milestones that may be one duty, by id. All fall due on `due`; `similarity` (0-100) is the least of two that were
    compared, `targets` is how many quantities all of them promise."""

    milestones: tuple[Milestone, ...]
    due: date
    similarity: float
    targets: int


def suggestions(milestones: Iterable[Milestone], apart: Collection[int] = ()) -> list[Suggestion]:
    """What may be one duty among open milestones and is not known to be, by the first id. `apart` are those of which a
    person said that they are duties of their own."""
    blocks: dict[Hashable, list[Milestone]] = defaultdict(list)
    for one in milestones:
        if not one.closed and not one.withdrawn and one.due and one.id not in apart:
            text = _text(one)
            if len(text) >= SHORTEST:
                blocks[one.due, tuple(FIGURES.findall(text)), _targets(one)].append(one)
    found = [one for some in blocks.values() if len(some) > 1 for one in _within(some)]
    return sorted(found, key=lambda one: one.milestones[0].id)


def as_one(milestones: Iterable[Stored]) -> list[Stored]:
    """The milestones, those of one duty as the one that stands for all of them, in the order of what is left.

    Only those stand together that are closed, claimed, asked and answered of, and waiting alike: what is so of one
    alone must be told of it. It is the one that falls due first, of those that the documents still have, with the
    agencies of all; `beside` has the ids of the others.
    """
    listed = list(milestones)
    alike: dict[Hashable, list[Stored]] = defaultdict(list)
    for one in listed:
        if one.duty is not None:
            asked = one.asked and (one.asked.to, one.asked.reason)
            claimed = one.status is Status.CLAIMED
            alike[one.duty, one.closed, claimed, asked, one.answer, one.waits_for].append(one)
    heads = {head.id: head for some in alike.values() for head in [_head(some)]}
    return [heads.get(one.id, one) for one in listed if one.duty is None or one.id in heads]


def open_ids(milestones: Iterable[Scheduled]) -> frozenset[int]:
    """The ids of those that are open, and of those for which they stand."""
    return frozenset(id for one in milestones if not one.closed for id in (one.id, *one.beside))


def standing_for(milestone: Milestone, head: Scheduled | None) -> Milestone:
    """A milestone as it stands for its duty, which was decided of `head`: itself where that is None."""
    if head is None:
        return milestone
    return replace(milestone, agencies=head.agencies, lead=head.lead, support=head.support, beside=head.beside)


def _head(some: Sequence[Stored]) -> Stored:
    head, *others = sorted(some, key=lambda one: (one.withdrawn, one.due is None, one.due, one.id))
    if not others:
        return head
    together: dict[str, Any] = {
        part: tuple(dict.fromkeys(name for one in (head, *others) for name in getattr(one, part)))
        for part in ("agencies", "lead", "support")
    }
    support = tuple(name for name in together["support"] if name not in together["lead"])
    return replace(head, beside=tuple(one.id for one in others), **(together | {"support": support}))


def _text(milestone: Milestone) -> str:
    said = milestone.stated
    return PUNCTUATION.sub("", undated(said) if said else milestone.title)


def _targets(milestone: Milestone) -> Hashable:
    measured = ((target.op, *target.measured) for target in milestone.targets)
    return tuple(sorted((op, float(amount), unit) for op, amount, unit in measured))


def _within(block: Sequence[Milestone]) -> Iterator[Suggestion]:
    """The suggestions among milestones of one day with the same quantities and figures."""
    by_text: dict[str, list[Milestone]] = defaultdict(list)
    for one in block:
        by_text[_text(one)].append(one)
    texts = sorted(by_text)
    alike = [(score, pair) for pair in near(texts) if (score := _similarity(*pair)) >= SIMILAR]
    for group, least in _joined(texts, alike):
        for some in _answering_together([one for text in group for one in by_text[text]]):
            items = {(one.document, one.item, one.item_title) for one in some}
            if len(items) > 1 and len({one.duty or -one.id for one in some}) > 1:
                targets = len(some[0].targets)
                due = some[0].due
                assert due is not None
                yield Suggestion(tuple(sorted(some, key=lambda one: one.id)), due, least, targets)


def near(texts: Sequence[str]) -> set[tuple[str, str]]:
    """Pairs of texts, given in order, that share one of their rarest parts; at most RAREST * WINDOW for each text."""
    grams = {text: {text[at : at + GRAM] for at in range(max(len(text) - GRAM + 1, 1))} for text in texts}
    common = Counter(gram for some in grams.values() for gram in some)
    shared: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        several = sorted((gram for gram in grams[text] if common[gram] > 1), key=lambda gram: (common[gram], gram))
        for gram in several[:RAREST]:
            shared[gram].append(text)
    return {(one, other) for some in shared.values() for at, one in enumerate(some)
            for other in some[at + 1 : at + 1 + WINDOW]}  # fmt: skip


def _similarity(one: str, other: str) -> float:
    """0-100; 0 where each says something that the other does not, as two districts that do the same."""
    from rapidfuzz import fuzz  # only who looks for suggestions compares texts
    from rapidfuzz.distance import LCSseq

    score = fuzz.ratio(one, other, score_cutoff=SIMILAR)
    return score if score and LCSseq.similarity(one, other) == min(len(one), len(other)) else 0.0


def _joined(texts: Sequence[str], alike: Sequence[tuple[float, tuple[str, str]]]) -> Iterator[tuple[list[str], float]]:
    """The texts in groups that hang together, each with the least similarity in it (100 where it is one text)."""
    root: dict[str, str] = {text: text for text in texts}
    least: dict[str, float] = dict.fromkeys(texts, 100.0)
    for score, (one, other) in sorted(alike, reverse=True):
        first, second = _root(root, one), _root(root, other)
        if first != second:
            root[second] = first
            least[first] = min(least[first], least[second], score)
    groups: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        groups[_root(root, text)].append(text)
    for name, group in groups.items():
        yield group, least[name]


def _root(root: dict[str, str], text: str) -> str:
    while root[text] != text:
        root[text] = root[root[text]]
        text = root[text]
    return text


def _answering_together(milestones: Sequence[Milestone]) -> Iterator[list[Milestone]]:
    """The milestones in groups in which each names an agency that another one names; those of nobody together."""
    by_agency: dict[str, list[Milestone]] = defaultdict(list)
    for one in milestones:
        for name in one.agencies or ("",):
            by_agency[name].append(one)
    left = {one.id: one for one in milestones}
    while left:
        _, first = left.popitem()
        group, waiting = [first], [first]
        while waiting:
            for name in waiting.pop().agencies or ("",):
                for other in by_agency.pop(name, ()):
                    if left.pop(other.id, None):
                        group.append(other)
                        waiting.append(other)
        yield group
