"""Matching: which commitment of a reading is which milestone that earlier readings of the document left.

By identity first, exactly and in linear time; texts are compared only where something is left, which is nothing where a
document is read again. An item is known by its title, as it is or much like it, and by the sentences that it still has,
so that items may be renumbered, put in another order, renamed, merged and split; its number is trusted last.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..commitments import Commitment
from .values import Milestone

SAME_ITEM = 60.0  # similarity (0-100) at which two sentences of one item are taken for the same obligation, reworded
ANYWHERE = 85.0  # the same where they stand in items that have nothing to do with each other
SAME_TITLE = 70.0  # the same of two titles of an item
IN_TITLE = 80.0  # how much of a former title a new one must have in it to be that of a merged item

Pair = tuple[int, Milestone]  # the place of a commitment in the reading, and the milestone that it is
Placed = tuple[int, Commitment]
ItemKey = tuple[str | None, str | None]  # number and title

KEYS: tuple[Callable[[Commitment], Hashable], ...] = (
    lambda said: (said.item, said.item_title, said.agencies, said.quote, said.timex, said.due),
    lambda said: (said.item_title, said.agencies, said.quote, said.timex, said.due),
    lambda said: (said.item_title, said.quote, said.timex, said.due),
    lambda said: (said.item_title, said.agencies, said.quote, said.timex),
    lambda said: (said.item_title, said.quote, said.timex) if said.item_title else (said.item, said.quote, said.timex),
    lambda said: (said.item, said.agencies, said.quote, said.timex),
    lambda said: (said.quote, said.timex, said.due),
    lambda said: (said.quote, said.timex),
    lambda said: (said.item_title, undated(said)) if said.item_title else (said.item, undated(said)),
    lambda said: (said.item, undated(said)),
)


def match(commitments: Sequence[Commitment], known: Sequence[Milestone]) -> list[Pair]:
    """Which commitment is which known milestone: each milestone at most once, withdrawn ones last.

    A commitment is several milestones only where items that said the same were merged into one.
    """
    there = [one for one in known if one.stated]
    left, pairs = list(enumerate(_under_known_titles(commitments, there))), list[Pair]()
    for key in KEYS:
        if left and there:
            pairs += _take(left, there, _equal(left, there, key))
    if there:
        pairs += _merged(commitments, there, pairs)
        there = [one for one in there if one.id not in {milestone.id for _, milestone in pairs}]
    if left and there:
        pairs += _take(left, there, _similar(left, there, _linked(left, there, commitments, pairs), SAME_ITEM))
        every = {item_key(said): there for _, said in left}
        pairs += _take(left, there, _similar(left, there, every, ANYWHERE))
    return pairs


def undated(said: Commitment) -> str:
    """The sentence without the words of its date: what stays when a day is moved."""
    return said.quote.replace(said.timex, "", 1) if said.timex else said.quote


def item_key(said: Commitment) -> ItemKey:
    """By what an item is told from the others of its document."""
    return said.item, said.item_title


def _under_known_titles(commitments: Sequence[Commitment], there: Sequence[Milestone]) -> list[Commitment]:
    """The commitments, with a title that is new read as the one that is gone and whose sentences it has, or else is
    most like it."""
    old = [_stated(one) for one in there]
    titles, known = {said.item_title for said in commitments}, {said.item_title for said in old}
    added, gone = (sorted(filter(None, some)) for some in (titles - known, known - titles))
    if not added or not gone:
        return list(commitments)
    votes = _shared_sentences(commitments, old)
    scored = [(float(number), *pair) for pair, number in votes.items() if pair[0] in added and pair[1] in gone]
    scored += [(score / 1000, title, gone[at]) for title in added for score, at in _alike(title, gone, SAME_TITLE)]
    renamed: dict[str | None, str] = {}
    for _, title, former in sorted(scored, key=lambda one: (-one[0], one[1:])):
        if title not in renamed and former not in renamed.values():
            renamed[title] = former
    return [replace(said, item_title=renamed.get(said.item_title, said.item_title)) for said in commitments]


def _shared_sentences(new: Sequence[Commitment], old: Sequence[Commitment]) -> Mapping[tuple[str, str], int]:
    """How many sentences two titles share, new and old, of those that stand once on both sides."""
    now, then = _titles_of_single_sentences(new), _titles_of_single_sentences(old)
    return Counter((title, then[words]) for words, title in now.items() if words in then)


def _titles_of_single_sentences(commitments: Sequence[Commitment]) -> Mapping[tuple[str, str], str]:
    counted = Counter((said.quote, said.timex) for said in commitments)
    return {key: said.item_title or "" for said in commitments if counted[key := (said.quote, said.timex)] == 1}


def _take(left: list[Placed], there: list[Milestone], pairs: list[Pair]) -> list[Pair]:
    """Removes both sides of `pairs` from what is left to match, and returns the pairs."""
    if pairs:
        places, milestones = {place for place, _ in pairs}, {milestone.id for _, milestone in pairs}
        left[:] = [one for one in left if one[0] not in places]
        there[:] = [one for one in there if one.id not in milestones]
    return pairs


def _equal(left: Iterable[Placed], there: Iterable[Milestone], key: Callable[[Commitment], Hashable]) -> list[Pair]:
    """Pairs with equal keys; where several share one, in the order of the document, and what is withdrawn last."""
    queues: dict[Hashable, list[Milestone]] = defaultdict(list)
    ordered = sorted(there, key=lambda one: (one.withdrawn, _stated(one).start, one.id), reverse=True)
    for milestone in ordered:
        queues[key(_stated(milestone))].append(milestone)
    return [(place, queue.pop()) for place, one in left if (queue := queues.get(key(one)))]


def _merged(commitments: Sequence[Commitment], there: Sequence[Milestone], pairs: Sequence[Pair]) -> list[Pair]:
    """Milestones whose very sentence stands once in the item into which several were merged that said it.

    That they were merged is seen by the other sentences of the former item, or by its name in the new title: an item
    that is gone altogether is withdrawn, whatever others say.
    """
    titles = {said.item_title for said in commitments}
    known = {_stated(one).item_title for _, one in pairs}
    places = {_words(commitments[place]): place for place, _ in pairs}
    came = {(item_key(_stated(one)), item_key(commitments[place])) for place, one in pairs}
    found = []
    for one in there:
        said = _stated(one)
        if one.withdrawn or said.item_title in titles or (place := places.get(_words(said))) is None:
            continue
        new = commitments[place]
        named = new.item_title not in known and _contains(new.item_title, said.item_title)
        if (item_key(said), item_key(new)) in came or named:
            found.append((place, one))
    return found


def _words(said: Commitment) -> Hashable:
    return said.quote, said.timex, said.due, said.agencies


def _contains(title: str | None, former: str | None) -> bool:
    """Whether a title has most of a former one in it."""
    from rapidfuzz import fuzz

    return bool(title and former) and fuzz.partial_ratio(former or "", title or "") >= IN_TITLE


def _linked(
    left: Sequence[Placed], there: Sequence[Milestone], commitments: Sequence[Commitment], pairs: Sequence[Pair]
) -> Mapping[ItemKey, Sequence[Milestone]]:
    """For each item of the reading what is left of the items that it was: those of the same title, and those of which
    it has sentences; where it is neither, that of the same number."""
    by_item: dict[ItemKey, list[Milestone]] = defaultdict(list)
    for milestone in there:
        by_item[item_key(_stated(milestone))].append(milestone)
    was: dict[ItemKey, set[ItemKey]] = defaultdict(set)
    known_as = {place: item_key(said) for place, said in left}
    for place, milestone in pairs:
        was[item_key(commitments[place])].add(item_key(_stated(milestone)))
    titled: dict[str | None, list[ItemKey]] = defaultdict(list)
    numbered: dict[str | None, list[ItemKey]] = defaultdict(list)
    for key in by_item:
        numbered[key[0]].append(key)
        titled[key[1]].append(key)
    found: dict[ItemKey, list[Milestone]] = {}
    for place, key in known_as.items():
        former = was.get(item_key(commitments[place]), set()) | set(titled[key[1]] if key[1] else ())
        former = former or set(numbered[key[0]] if key[0] else ())
        found[key] = [one for each in sorted(former, key=str) for one in by_item.get(each, ())]
    return found


def _similar(
    left: Sequence[Placed],
    there: Sequence[Milestone],
    candidates: Mapping[ItemKey, Sequence[Milestone]],
    floor: float,
) -> list[Pair]:
    """The most similar pairs first, each side once; of equally similar ones those of the same day, then by order.

    `candidates` are, for each item of what is left, the milestones that it is compared with.
    """
    if not left or not there:
        return []
    texts = {key: [undated(_stated(one)) for one in those] for key, those in candidates.items()}
    scored: list[tuple[float, bool, int, int, Milestone]] = []
    for place, said in left:
        those = candidates[item_key(said)]
        for score, at in _alike(undated(said), texts[item_key(said)], floor):
            other_day = _stated(those[at]).due != said.due
            scored.append((-score, other_day, place, at, those[at]))
    pairs: dict[int, Milestone] = {}
    taken: set[int] = set()
    for _, _, place, _, milestone in sorted(scored, key=lambda one: one[:4]):
        if place not in pairs and milestone.id not in taken:
            pairs[place] = milestone
            taken.add(milestone.id)
    return list(pairs.items())


def _alike(text: str, texts: Sequence[str], floor: float) -> list[tuple[float, int]]:
    """The similarities of at most five of `texts`, each with its place."""
    from rapidfuzz import fuzz, process  # only a reading of a changed document compares texts

    found: list[tuple[Any, float, int]] = process.extract(text, texts, scorer=fuzz.ratio, score_cutoff=floor, limit=5)
    return [(score, place) for _, score, place in found]


def _stated(milestone: Milestone) -> Commitment:
    assert milestone.stated is not None  # `match` leaves out those that the document does not state
    return milestone.stated
