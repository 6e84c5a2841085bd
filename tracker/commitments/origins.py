"""Origins: which date expression of a document a commitment hangs on."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence

from .values import Commitment

Place = tuple[str, str | None, int]  # the words of a date expression, its item, where it begins in the text as read


def origins(commitments: Iterable[Commitment], places: Sequence[Place]) -> list[int | None]:
    """For each commitment the index of its date expression among `places`, which are in the order of the text.

    It is the last place where its words stand before its sentence ends, in its item where they stand there: a date may
    open the sentence, govern several of its clauses, or stand in a heading. None where they stand nowhere.
    """
    anywhere, within = defaultdict[str, list[int]](list), defaultdict[tuple[str, str | None], list[int]](list)
    for index, (words, item, _) in enumerate(places):
        anywhere[words].append(index)
        within[words, item].append(index)
    found: list[int | None] = []
    for said in commitments:
        there = within.get((said.timex, said.item)) or anywhere.get(said.timex, [])
        before = bisect_left(there, said.stop, key=lambda index: places[index][2])
        found.append(there[max(before - 1, 0)] if there else None)
    return found
