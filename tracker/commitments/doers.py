"""Doers: who answers for each clause: whom its item's remarks name, else whom its sentences have as their subject."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

from ..documents import Clause, Item, Remark
from ..documents.healing import DATE_LINE
from .agencies import A_BODY, Bodies, names, read_remark
from .subjects import acting, subject

BRACKETS = "（(〔［["
PHASE = re.compile("[（(][^（()）]{0,20}[0-9]{1,4}[年月][^（()）]{0,20}[）)]$")  # 动员部署（2023年5月上旬）

SALUTATION = re.compile("(?:^|\n)([\u4e00-\u9fff（）〔〕“”、，；]{4,200})：")
SIGNED = re.compile(f"^[^\n。；：]{{0,40}}{DATE_LINE.pattern}$", re.MULTILINE)
ASKS = re.compile(
    "(?<![申邀聘提报])请(?!示)|你们|你[市县区局委办厅单公]|报送|上报|报(?:至|到)?[\u4e00-\u9fff]{2,14}(?:办|局|委|厅|室|处|组)"
)
OUTCOMES = re.compile("目标(?:任务)?[是为]?$")  # what is listed below are results, of the whole place
TITLE = re.compile("(?:计划|方案|要点|通知|意见|办法|清单|公示|公告|报告|规划)$")  # a line that names the document


@dataclass(frozen=True, slots=True)
class Named:
    """The bodies that an item's remarks name; where several brackets each close a passage, also each passage's own."""

    bodies: Bodies
    passages: tuple[tuple[int, Bodies], ...]  # where each stops, in order
    stop: int  # where what they are named for does

    def at(self, offset: int) -> Bodies:
        """The bodies named for what stops at an offset."""
        if offset > self.stop:
            return Bodies()
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
        return replace(above, stop=item.stop)
    if not own:
        return Named(Bodies.union(bodies for _, bodies in naming(text, item.inherited)), (), item.stop)
    passages: list[tuple[int, Bodies]] = []
    for remark, bodies in own if all(text[r.start] in BRACKETS for r, _ in own) else ():
        if passages and not text[passages[-1][0] : remark.start].strip(" 。；\n"):
            bodies = Bodies.union((passages.pop()[1], bodies))
        passages.append((remark.stop, bodies))
    stop = closing(text, item, passages[-1][0]) if passages else item.stop
    return Named(Bodies.union(bodies for _, bodies in own), tuple(passages), stop)


def closing(text: str, item: Item, bracket: int) -> int:
    """Where an item's words to everybody begin, in a paragraph below its last bracket: 各地各部门要…; else its stop."""
    below = text.find("\n", bracket, item.stop)
    clauses = (clause for section in item.sections for clause in section.clauses if -1 < below < clause.start)
    return next((one.start for one in clauses if subject(text[one.start : one.stop]).of_all), item.stop)


def naming(text: str, remarks: Iterable[Remark]) -> Iterator[tuple[Remark, Bodies]]:
    """Those remarks that name bodies."""
    for remark in remarks:
        if bodies := read_remark(text[remark.start : remark.stop]):
            yield remark, bodies


def head(text: str, items: Sequence[Item]) -> Bodies:
    """The bodies that a document names once for all, in the label lines at its beginning; none where others follow."""
    found = [own for item in items if (own := list(naming(text, item.remarks)))]
    if len(found) != 1 or "。" in text[: found[0][0][0].start]:
        return Bodies()
    return Bodies.union(bodies for remark, bodies in found[0] if text[remark.start] not in BRACKETS)


@dataclass(frozen=True, slots=True)
class Addressees:
    """Those whom the salutation of a notice names, and where the notice ends: at its signature."""

    bodies: Bodies
    stop: int

    def asked(self, clause: str, at: int, spoken_of: Bodies) -> Bodies:
        """Who is asked by a clause without a subject: `spoken_of` where those are many, or where nobody is asked."""
        return spoken_of if spoken_of.of_all or at > self.stop or not ASKS.search(clause) else self.bodies or spoken_of


def addressees(text: str) -> Addressees:
    """Those whom a document addresses before its first sentence: 各县（区）人民政府，市政府各部门：."""
    greeted = SALUTATION.search(text, 0, text.find("。") + 1)
    listed = names(greeted[1]) if greeted else []
    known = [bool(A_BODY.fullmatch(name)) for name in listed]
    if not greeted or not (all(known) or (any(known) and greeted[1][0] == "各")):
        return Addressees(Bodies(), 0)
    signed = SIGNED.search(text, greeted.end())
    return Addressees(Bodies(tuple(listed)), signed.start() if signed else len(text))


def acting_in(text: str, clauses: Iterable[Clause]) -> Bodies:
    """All whom the sentences of a phase name."""
    return Bodies.union(subject(text[one.start : one.stop]) for one in clauses)


def doers_of_phase(text: str, item: Item, start: int, stop: int) -> Bodies:
    """Those who act in an item whose heading between two offsets is a phase: 重点检查阶段（2010年3月—7月）."""
    if not PHASE.search(text[start:stop]):
        return Bodies()
    return acting_in(text, (clause for section in item.sections for clause in section.clauses))


def doers_by_clause(
    text: str, item: Item, found: Named, before: Bodies, head: Bodies, addressed: Addressees
) -> dict[Clause, Bodies]:
    """Who answers for each clause: whom the item's remarks name, else its subject, else that of the clause before.

    `before` is the group that the item before spoke of ("各地"): it is meant until another subject stands. A phase
    ("动员部署（2023年5月上旬）") is that of all whom its sentences name. `head` answers for what nobody is named for,
    those `addressed` for what is asked of nobody else.
    """
    doers: dict[Clause, Bodies] = {}
    current = before
    for section in item.sections:
        for n, clause in enumerate(section.clauses):
            if bodies := found.at(clause.stop):
                doers[clause] = bodies
                continue
            words = text[clause.start : clause.stop]
            if TITLE.search(words) and text[clause.stop : clause.stop + 1] in ("\n", ""):
                doers[clause] = current or head
            elif PHASE.search(words):
                rest = acting_in(text, section.clauses[n + 1 :])
                doers[clause] = rest or current or head
            else:
                current = Bodies() if SIGNED.search(words) or OUTCOMES.search(words) else subject(words) or current
                doers[clause] = acting(words) or addressed.asked(words, clause.start, current) or head
    return doers
