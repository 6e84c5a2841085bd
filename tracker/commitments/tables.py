"""Tables: a row is read by the words of its header; without a header its dates wait for a person."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from ..documents import Clause, Item, Section, TableRow
from ..timex import Parse, Reference
from .agencies import A_BODY, Bodies, names
from .building import Place, Reading, build
from .references import default_reference
from .seeing import Seen, see, see_remark
from .values import Commitment

COLUMNS = {
    "number": re.compile("序号|编号"),
    "when": re.compile("时限|期限|时间(?:节点|安排|要求)?$"),
    "support": re.compile("配合|协办|参与|协助"),
    "lead": re.compile("牵头|主办|主管"),
    "body": re.compile("责任(?:单位|部门|主体)|负责(?:单位|部门)|承办|实施单位|落实单位"),
    "progress": re.compile("进展|(?:完成|落实|整改)情况"),
    "task": re.compile("任务|内容|事项|措施|项目|举措|目标|要求|工作"),
}
DUTIES = ("lead", "body", "support")
UNREAD = "像是表格的一行，没有读懂它的列"

Header = dict[int, str]
Outcome = tuple[Seen, Commitment | None]


def from_rows(reading: Reading, item: Item, parses: list[Parse]) -> Iterator[Outcome]:
    """The mentions of an item's tables, each with the commitment that it became, or None."""
    header: Header = {}
    starts = [p.start for p in parses]
    reference = default_reference(item, reading.source)
    for row in item.rows:
        header = read_header(reading.text, row) or header
        own = parses[bisect_left(starts, row.start) : bisect_left(starts, row.stop)]
        kinds = header
        if header and len(row.cells) > len(header):
            row, kinds = fitted(reading.text, row, header, [p.start for p in own])
        task = next((span for i, span in enumerate(row.cells) if kinds.get(i) == "task" and span[0] < span[1]), None)
        if task is None:
            yield from ((unread(see_remark(p, reference, reading.source)), None) for p in own)
        else:
            yield from from_row(reading, row_item(reading.text, item, row, kinds, task), row, kinds, own, reference)


def fitted(text: str, row: TableRow, header: Header, dated: list[int]) -> tuple[TableRow, Header]:
    """A row with more cells than its header, told by what they hold: bodies one below the other are one list.

    Cells that several tabs set apart are no cells. The kinds are empty where a cell is neither a body nor a day.
    """
    cells = tuple((start, stop) for start, stop in row.cells if start < stop)
    row = TableRow(cells)
    if len(cells) <= len(header):
        return row, header
    task = next(i for i, kind in header.items() if kind == "task")
    duty = next((kind for kind in header.values() if kind in DUTIES), "other")
    kinds = {i: header[i] for i in range(task + 1)}
    for i, (start, stop) in enumerate(cells[task + 1 :], task + 1):
        if any(start <= at < stop for at in dated):
            kinds[i] = "when"
        elif A_BODY.fullmatch(text, start, stop):
            kinds[i] = duty
        else:
            return row, {}
    return row, kinds


def unread(seen: Seen) -> Seen:
    """A mention that waits because its row was not understood."""
    seen.waits = UNREAD
    return seen


def read_header(text: str, row: TableRow) -> Header | None:
    """What each column of a header says; None where a row is no header: it names the task, and when or who."""
    found: Header = {}
    for i, (start, stop) in enumerate(row.cells):
        words = text[start:stop]
        kind = next((kind for kind, pattern in COLUMNS.items() if len(words) <= 12 and pattern.search(words)), "other")
        found[i] = kind if kind == "other" or kind not in found.values() else "other"
    kinds = set(found.values())
    if found.get(0) == "number" and found.get(1) == "other" and "task" not in kinds:
        found[1] = "task"  # 民生实事, 指标: whatever its name, what is numbered is the task
        kinds.add("task")
    return found if "task" in kinds and kinds & {"when", *DUTIES} else None


def row_item(text: str, item: Item, row: TableRow, header: Header, task: tuple[int, int]) -> Item:
    """The item that a row is: its number and its task."""
    number = next((text[a:b] for i, (a, b) in enumerate(row.cells) if header.get(i) == "number"), None)
    return replace(item, number=number or item.number, title=text[slice(*task)])


def from_row(
    reading: Reading, item: Item, row: TableRow, header: Header, parses: list[Parse], reference: Reference
) -> Iterator[Outcome]:
    """A date in the task's cell is read with its words; one in any other cell governs the task, unless it is past."""
    text = reading.text
    bodies = Bodies.of(
        (kind, names(text[a:b])) for i, (a, b) in enumerate(row.cells) if (kind := header.get(i, "")) in DUTIES
    )
    start, stop = next(span for i, span in enumerate(row.cells) if header.get(i) == "task")
    whole = stop if "progress" in header.values() else row.stop  # what is promised may stand in the columns behind
    place = Place(item, "arrangement", start, stop, whole)
    dates = tuple((p.start, p.stop) for p in parses)
    said: set[tuple[date | None, str | None]] = set()  # once in the task's own words, again in its column
    for parse in parses:
        column, (begin, end) = next((i, span) for i, span in enumerate(row.cells) if parse.start < span[1])
        if header.get(column) in ("when", *DUTIES):  # where a cell is missing, the day stands in another's column
            seen = see_remark(parse, reference, reading.source)
        else:
            section = Section("progress" if header.get(column) == "progress" else "arrangement", begin, end, ())
            seen = see(text, parse, Clause(begin, end, 0), section, reference, reading.source)
        found = build(reading, place, seen, bodies, dates=dates) if seen.governs else None
        again = found and (found.due, found.recurrence) in said
        yield seen, None if again else found
        said |= {(found.due, found.recurrence)} if found else set()
