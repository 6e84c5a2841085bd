"""Remarks: a date in a label line or a bracket governs its item."""

import re
from collections.abc import Iterator

from ..documents import Clause, Item, Remark, Section
from ..documents.clauses import LONGEST
from ..documents.markers import ISSUE_LABEL, ISSUE_NUMBER
from .agencies import Bodies, read_remark
from .building import Place, Reading, Spans, build
from .doers import Named
from .seeing import Seen
from .values import Commitment

STEP = re.compile("第[一二三四五六七八九](?:步|阶段)[，,：:]?$")


def from_remarks(
    reading: Reading,
    item: Item,
    remarks: list[tuple[Remark, Seen]],
    found: Named,
    doers: dict[Clause, Bodies],
    dated: Spans,
) -> Iterator[Commitment]:
    """One commitment for each date in a label line or bracket, which governs the first sentence since the last one.

    `dated` are the clauses with dates of their own: their quantities are not its targets.
    """
    clauses = [(section, clause) for section in item.sections for clause in section.clauses]
    floor, last, at = item.start, remarks[0][0] if remarks else None, 0
    for remark, seen in remarks:
        if not seen.governs:
            continue
        if last and remark != last:
            floor, last = last.stop, remark
        while at < len(clauses) and clauses[at][1].start < floor:
            at += 1
        own = read_remark(reading.text[remark.start : remark.stop]) or found.at(remark.stop)
        at = last_step(reading.text, clauses, at, remark.start)
        if at < len(clauses) and PROBLEM.match(reading.text, clauses[at][0].start):
            own = own or doers[clauses[at][1]]
            section, start, stop = first_sentence(clauses, measure(clauses, at), item.stop)
        elif at < len(clauses) and clauses[at][1].start < remark.start:
            own = own or doers[clauses[at][1]]
            section, start, stop = first_sentence(clauses, at, remark.start + 1)
        else:
            section, start, stop = task_of(reading, item, clauses, at)
        stop = min(stop, start + LONGEST, remark.start if start < remark.start else stop)
        extent_stop = seen.mention.stop if seen.mention.stop - start <= 5 * LONGEST else stop
        place = Place(item, section.name, start, stop, extent_stop)
        for due in seen.mention.timex.ends or (None,):
            yield build(reading, place, seen, own, due, dates=dated)


NEAR = 40  # clauses
PROBLEM = re.compile(f"{ISSUE_LABEL.pattern}|{ISSUE_NUMBER}")


def measure(clauses: list[tuple[Section, Clause]], at: int) -> int:
    """The clause that says what is done about a problem, the first of its 整改措施; itself where none does."""
    behind = range(at, min(at + NEAR, len(clauses)))
    return next((i for i in behind if clauses[i][0].name == "arrangement"), at)


def last_step(text: str, clauses: list[tuple[Section, Clause]], at: int, stop: int) -> int:
    """The clause that begins the last step before an offset, where a passage tells several: 第二步，开展试点."""
    found = at
    for i in range(at, len(clauses)):
        start = clauses[i][1].start
        if start >= stop:
            break
        if STEP.search(text, max(0, start - 5), start):
            found = i
    return found


def from_lead(reading: Reading, item: Item, days: list[Seen], bodies: Bodies) -> Iterator[Commitment]:
    """The commitments of an item for the days of the line that sets them for its whole list."""
    clauses = [(section, clause) for section in item.sections for clause in section.clauses]
    section, start, stop = first_sentence(clauses, 0, item.stop) if clauses else task_of(reading, item, clauses, 0)
    for seen in days:
        for due in seen.mention.timex.ends or (None,):
            yield build(reading, Place(item, section.name, start, stop, stop), seen, bodies, due)


def task_of(reading: Reading, item: Item, clauses: list[tuple[Section, Clause]], at: int) -> tuple[Section, int, int]:
    """What label lines at an item's beginning speak of: its headline, or without a title the first sentence below."""
    if item.title is None and at < len(clauses):
        return first_sentence(clauses, at, item.stop)
    return item.sections[-1], *headline(reading.text, item)


def first_sentence(clauses: list[tuple[Section, Clause]], at: int, limit: int) -> tuple[Section, int, int]:
    """The section of a clause, where it starts, and where its sentence stops before an offset."""
    section, first = clauses[at]
    stop = first.stop
    while at < len(clauses) and clauses[at][0] is section and clauses[at][1].sentence == first.sentence:
        if clauses[at][1].stop > limit:
            break
        stop, at = clauses[at][1].stop, at + 1
    return section, first.start, stop


def headline(text: str, item: Item) -> tuple[int, int]:
    """The span of an item's first line without its number, at most as long as a clause."""
    stop = text.find("\n", item.start, item.stop)
    start = max(text.find(item.title, item.start) if item.title else item.start, item.start)
    return start, min(stop if stop > 0 else item.stop, start + LONGEST)
