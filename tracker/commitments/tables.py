"""Tables: a row is read by the words of its header; without a header its dates wait for a person."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from ..documents import Clause, Item, Section, TableRow
from ..documents.clauses import clauses
from ..timex import Parse, Reference
from .agencies import A_BODY, Bodies, names
from .building import Place, Reading, build
from .seeing import Seen, see, see_remark
from .segments import BARE_VERB
from .values import Commitment

COLUMNS = {
    "number": re.compile("序号|编号"),
    "when": re.compile("时限|期限|时间(?:节点|安排|要求|进度)?$|进度(?:安排|要求|计划|目标)|(?:计划|实施)进度"),
    "support": re.compile("配合|协办|参与|协助"),
    "lead": re.compile("牵头|主办|主管"),
    "body": re.compile("责任(?:单位|部门|主体)|负责(?:单位|部门)|承办|实施单位|落实单位"),
    "progress": re.compile("进展|(?:完成|落实|整改)情况"),
    "task": re.compile("任务|内容|事项|措施|项目|举措|目标|要求|工作"),
}
DUTIES = ("lead", "body", "support")
MERGED = 5  # characters: a task has more, a number or a code has fewer
UNREAD = "像是表格的一行，没有读懂它的列"

Header = dict[int, str]
Outcome = tuple[Seen, Commitment | None]


def from_rows(reading: Reading, item: Item, parses: list[Parse], reference: Reference) -> Iterator[Outcome]:
    """The mentions of an item's tables, each with the commitment that it became, or None."""
    header: Header = {}
    starts = [p.start for p in parses]
    above, bodies = item, Bodies()
    for row in item.rows:
        own_header = read_header(reading.text, row)
        header = own_header or header
        own = parses[bisect_left(starts, row.start) : bisect_left(starts, row.stop)]
        if joined := not own_header and joins_above(reading.text, row, header):
            row = TableRow(((row.start, row.start), *row.cells))
        several = header and len(row.cells) > len(header)
        for part, kinds in fitted(reading.text, row, header, [p.start for p in own]) if several else [(row, header)]:
            inside = [p for p in own if any(start <= p.start < stop for start, stop in part.cells)]
            own = [p for p in own if p not in inside]  # parts may share the cells before them
            task = next((at for i, at in enumerate(part.cells) if kinds.get(i) == "task" and at[0] < at[1]), None)
            if task is None:
                yield from ((unread(see_remark(p, reference, reading.source)), None) for p in inside)
            else:
                above = row_item(reading.text, above if joined else item, part, kinds, task)
                bodies = bodies_of(reading.text, part, kinds) or (bodies if joined else Bodies())
                yield from from_row(reading, above, part, kinds, inside, reference, bodies)


NUMBERED = re.compile("[0-9一二三四五六七八九十.．、（()）①-⑳-]{0,8}$")


def joins_above(text: str, row: TableRow, header: Header) -> bool:
    """Whether a row is a further task under the number above it, whose cell spans both and was copied once."""
    (start, stop), *rest = row.cells
    short = len(row.cells) < len(header) or row.cells[-1][0] == row.cells[-1][1]
    numbered = NUMBERED.match(text, start, stop) or stop - start < MERGED
    return header.get(0) == "number" and header.get(1) == "task" and bool(rest) and short and not numbered


def bodies_of(text: str, row: TableRow, header: Header) -> Bodies:
    """The bodies that a row's cells name."""
    cells = ((header.get(i, ""), names(text[a:b])) for i, (a, b) in enumerate(row.cells))
    return Bodies.of((kind, found) for kind, found in cells if kind in DUTIES)


def fitted(text: str, row: TableRow, header: Header, dated: list[int]) -> list[tuple[TableRow, Header]]:
    """A row with more cells than its header, told by what they hold: bodies one below the other are one list, and what
    follows a day and is no body is another task of the same bodies.

    Cells that several tabs set apart are no cells. The kinds are empty where a cell is of no kind.
    """
    cells = tuple((start, stop) for start, stop in row.cells if start < stop)
    if len(cells) <= len(header):
        return [(TableRow(cells), header)]
    task = next(i for i, kind in header.items() if kind == "task")
    duty = next((kind for kind in header.values() if kind in DUTIES), "other")
    parts = [[(cell, header[i]) for i, cell in enumerate(cells[: task + 1])]]
    for start, stop in cells[task + 1 :]:
        if any(start <= at < stop for at in dated):
            kind = "when"
        elif A_BODY.fullmatch(text, start, stop):
            kind = duty
        elif parts[-1][-1][1] == "when":
            kind = "task"
            parts.append([(cell, kind) for cell, kind in parts[0] if kind not in ("task", "when")])
        else:
            return [(TableRow(cells), {})]
        parts[-1].append(((start, stop), kind))
    return [(TableRow(tuple(cell for cell, _ in part)), dict(enumerate(kind for _, kind in part))) for part in parts]


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
    reading: Reading,
    item: Item,
    row: TableRow,
    header: Header,
    parses: list[Parse],
    reference: Reference,
    bodies: Bodies,
) -> Iterator[Outcome]:
    """A date in the task's cell is read with its words; one in any other cell governs the task, unless it is past."""
    text = reading.text
    start, stop = next(span for i, span in enumerate(row.cells) if header.get(i) == "task")
    whole = stop if "progress" in header.values() else row.stop  # what is promised may stand in the columns behind
    place = Place(item, "arrangement", start, stop, whole)
    dates = tuple((p.start, p.stop) for p in parses)
    said: set[tuple[date | None, str | None]] = set()  # once in the task's own words, again in its column
    done, steps = finished(text, row, header), steps_of(text, row, header)
    for parse in parses:
        column, (begin, end) = next((i, span) for i, span in enumerate(row.cells) if parse.start < span[1])
        step = step_at(text, steps.get(column, []), parse)
        if step:
            seen = see(text, parse, step, Section("arrangement", begin, end, ()), reference, reading.source)
        elif header.get(column) in ("when", *DUTIES):  # where a cell is missing, the day stands in another's column
            seen = see_remark(parse, reference, reading.source)
        else:
            section = Section("progress" if header.get(column) == "progress" else "arrangement", begin, end, ())
            seen = see(text, parse, Clause(begin, end, 0), section, reference, reading.source)
        if header.get(column) != "progress" and "progress" in header.values():
            keep_year(seen, reference)
        if seen.governs and (number_of(text, step) if step else "") in done:
            seen.role, seen.reason = "past", "its column of progress says that it is done"
        where = Place(item, "arrangement", step.start, step.stop, step.stop) if step else place
        found = build(reading, where, seen, bodies, dates=dates) if seen.governs else None
        again = found and not step and (found.due, found.recurrence) in said
        yield seen, None if again else found
        said |= {(found.due, found.recurrence)} if found else set()


DONE = re.compile("(?:已经?|均已|已?全部)?(?:完成|办结|销号|落实|整改到位|完成整改|建成)(?:到位|整改)?(?=[。，；,;]|$)")
NUMBER = re.compile("[①-⑳]|[（(]?[0-9]{1,2}[）).．、]")


def number_of(text: str, step: Clause) -> str:
    """The list number before a step, "" where it has none."""
    found = [m[0] for m in NUMBER.finditer(text, max(0, step.start - 4), step.start) if m.end() == step.start]
    return found[-1] if found else ""


def steps_of(text: str, row: TableRow, header: Header) -> dict[int, list[Clause]]:
    """The clauses of each cell of deadlines."""
    return {i: list(clauses(text, *span, 0)) for i, span in enumerate(row.cells) if header.get(i) == "when"}


def step_at(text: str, steps: list[Clause], parse: Parse) -> Clause | None:
    """The clause that says what is due on a day: ①2月上旬前，完成招标。; None where its cell names a day alone."""
    at = bisect_right(steps, parse.start, key=lambda one: one.start) - 1
    if at < 0 or not (len(steps) > 1 or text.startswith(("，", "："), parse.stop)):
        return None
    step = steps[at]
    told = text[step.start : parse.start] + text[parse.stop : step.stop].lstrip("，：")
    return step if len(told) > 2 and not BARE_VERB.fullmatch(told) else None


def finished(text: str, row: TableRow, header: Header) -> set[str]:
    """The numbers of the steps that a row's columns of progress say are done, "" where its first word is that."""
    found = set()
    for start, stop in (span for i, span in enumerate(row.cells) if header.get(i) == "progress"):
        for step in clauses(text, start, stop, 0):
            number = number_of(text, step)
            if DONE.match(text, step.start, step.stop) and (number or step.start == start):
                found.add(number)
    return found


def keep_year(seen: Seen, reference: Reference) -> None:
    """Reads a day without a year beside a report of progress as one of the year reported on, though it is over."""
    if not seen.parse.yearless or not seen.governs:
        return
    mention = seen.parse.read(reference)
    if mention.timex.end != seen.mention.timex.end and mention.timex.end:
        seen.mention, seen.review = mention, f"{mention.quote} of {mention.timex.end.year} lies before the document"
