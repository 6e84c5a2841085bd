"""Doers: who answers for each clause: whom its item's remarks name, else whom its sentences have as their subject."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from ..documents import Clause, Item, Remark
from .agencies import Bodies, duties
from .subjects import acting, subject

BRACKETS = "（(〔［["
PHASE = re.compile("[（(][^（()）]{0,20}[0-9]{1,4}[年月][^（()）]{0,20}[）)]$")  # 动员部署（2023年5月上旬）

TITLE = re.compile("(?:计划|方案|要点|通知|意见|办法|清单|公示|公告|报告|规划)$")  # a line that names the document


@dataclass(frozen=True, slots=True)
class Named:
    """The bodies that an item's remarks name; where several brackets each close a passage, also each passage's own."""

    bodies: Bodies
    passages: tuple[tuple[int, Bodies], ...]  # where each stops, in order

    def at(self, offset: int) -> Bodies:
        """The bodies named for what stops at an offset."""
        if len(self.passages) < 2:
            return self.bodies
        return self.passages[min(bisect_left(self.passages, offset, key=itemgetter(0)), len(self.passages) - 1)][1]


def named(text: str, item: Item, above: Named | None = None) -> Named:
    """The bodies that the remarks of an item name, or those of the headings above it.

    Further label lines of one task (整改目标, 整改时限) are an item of their own; `above` are the bodies of those
    before.
    """
    own = list(naming(text, item.remarks))
    if not own and above and item.remarks and not item.headings:
        return above
    if not own:
        return Named(Bodies.union(bodies for _, bodies in naming(text, item.inherited)), ())
    passages: list[tuple[int, Bodies]] = []
    for remark, bodies in own if all(text[r.start] in BRACKETS for r, _ in own) else ():
        if passages and not text[passages[-1][0] : remark.start].strip(" 。；\n"):
            bodies = Bodies.union((passages.pop()[1], bodies))
        passages.append((remark.stop, bodies))
    return Named(Bodies.union(bodies for _, bodies in own), tuple(passages))


def naming(text: str, remarks: Iterable[Remark]) -> Iterator[tuple[Remark, Bodies]]:
    """Those remarks that name bodies."""
    for remark in remarks:
        if bodies := Bodies.of(duties(text[remark.start : remark.stop])):
            yield remark, bodies


def head(text: str, items: Sequence[Item]) -> Bodies:
    """The bodies that a document names once for all, in the label lines at its beginning; none where others follow."""
    found = [own for item in items if (own := list(naming(text, item.remarks)))]
    if len(found) != 1 or "。" in text[: found[0][0][0].start]:
        return Bodies()
    return Bodies.union(bodies for remark, bodies in found[0] if text[remark.start] not in BRACKETS)


def doers_by_clause(text: str, item: Item, found: Named, before: Bodies, head: Bodies) -> dict[Clause, Bodies]:
    """Who answers for each clause: whom the item's remarks name, else its subject, else that of the clause before.

    `before` is the group that the item before spoke of ("各地"): it is meant until another subject stands. A phase
    ("动员部署（2023年5月上旬）") is that of all whom its sentences name. `head` answers for what nobody is named for.
    """
    doers: dict[Clause, Bodies] = {}
    current = before
    for section in item.sections:
        for n, clause in enumerate(section.clauses):
            words = text[clause.start : clause.stop]
            if bodies := found.at(clause.stop):
                doers[clause] = bodies
            elif TITLE.search(words) and text[clause.stop : clause.stop + 1] in ("\n", ""):
                doers[clause] = current or head
            elif PHASE.search(words):
                rest = Bodies.union(subject(text[one.start : one.stop]) for one in section.clauses[n + 1 :])
                doers[clause] = rest or current or head
            else:
                current = subject(words) or current
                doers[clause] = acting(words) or current or head
    return doers
