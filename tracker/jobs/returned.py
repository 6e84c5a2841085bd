"""Ledgers that come back: the rows of a grid as values, and what of it cannot be read, each with its cell."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from typing import Any, Final

from ..errors import Problem
from ..milestones import Entry, Status
from ..milestones.remarks import Mark
from ..render.columns import CHINESE, EDITABLE, ENGLISH, KEYS, STATUSES, cell_text
from ..render.table import is_formula
from ..sources.ledgers import Grid

DIALECTS: Final[tuple[Mapping[str, str], ...]] = (CHINESE, ENGLISH)
HEADS: Final = 20  # rows in which the head of the table is looked for: people put a title above it
DAY: Final = re.compile(r"(\d{4})\s*[年/.-]\s*(\d{1,2})\s*[月/.-]\s*(\d{1,2})\s*日?")
FIRST_DAY: Final = date(1899, 12, 30)  # the day of the number 0 (ECMA-376, 18.17.4.1)
NUMBERS: Final = range(36526, 73416)  # the days of the years 2000 to 2100
NAMES: Final = re.compile(r"[、,，;；\n]")
DAYS: Final = frozenset({"due", "closed_on"})
LISTS: Final = frozenset({"agencies", "lead", "support"})
WORDS: Final = {words: status for status, words in STATUSES.items()} | {str(status): status for status in Status} | {
    "未办结": Status.OPEN, "办理中": Status.OPEN, "进行中": Status.OPEN,
    "办结": Status.COMPLETED, "完成": Status.COMPLETED, "已完成": Status.COMPLETED, "已销号": Status.COMPLETED,
    "销号": Status.COMPLETED, "撤销": Status.CANCELLED, "已取消": Status.CANCELLED, "取消": Status.CANCELLED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """Where a grid has what: the row of the head, and the column of each field of its dialect."""

    grid: Grid
    head: int
    names: Mapping[str, str]
    columns: Mapping[str, int]

    def place(self, row: int, field: str | None = None) -> str:
        """A row, or the cell of a field in it, as a person finds it."""
        if field is None:
            return self.grid.place(row)
        where = self.grid.place(row, self.columns[field])
        return where if self.grid.form == "json" else f"{where} (row {self.grid.top + row + 1}, {self.names[field]})"


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """One row that came back: `said` has a value for each editable field that the dialect has."""

    row: int
    id: int
    mark: Mark
    quote: str
    said: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Edit:
    """What a row says otherwise than the ledger did when it was exported;
    `meanwhile` is why it cannot be written.

    `before` and `after` have the fields that differ from what the milestone is now, `said` all that the row says.
    """

    row: int
    id: int
    before: dict[str, Any]
    after: dict[str, Any]
    said: dict[str, Any]
    meanwhile: tuple[Entry, ...] = ()


def find_table(grids: Sequence[Grid]) -> tuple[Table | None, list[Problem]]:
    """The table among the grids, or why there is none."""
    best: tuple[int, Grid, int, Mapping[str, str]] | None = None
    for grid in grids:
        for row, cells in enumerate(grid.rows[:HEADS]):
            said = {str(cell).strip() for cell in cells if cell not in (None, "")}
            for names in DIALECTS:
                known = len(said & set(names.values()))
                if known >= 3 and (best is None or known > best[0]):
                    best = (known, grid, row, names)
    if best is None:
        return None, [Problem("the file", "", "has no head of a ledger (编号, 状态, …); export one and write in that")]
    _, grid, row, names = best
    heads: dict[str, list[int]] = {}
    for column, cell in enumerate(grid.rows[row]):
        heads.setdefault(str(cell if cell is not None else "").strip(), []).append(column)
    problems = [
        Problem(grid.place(row, heads[name][1]), name, "this column is there twice; keep one")
        for name in names.values()
        if len(heads.get(name, ())) > 1
    ]
    others = {head: places[0] for head, places in heads.items() if head and head not in names.values()}
    for name in names.values():
        if name not in heads:
            problems.append(Problem(grid.place(row), name, _missing(grid, row, name, others)))
    columns = {field: heads[name][0] for field, name in names.items() if name in heads}
    return Table(grid, row, names, columns), problems


def _missing(grid: Grid, row: int, name: str, others: Mapping[str, int]) -> str:
    alike = [head for head in others if name in head or head in name] or get_close_matches(name, others, 1, 0.5)
    renamed = f"; is it {alike[0]!r} in {grid.place(row, others[alike[0]])}?" if alike else ""
    return f"this column was deleted or renamed{renamed} Put it back, or export anew"


def read_rows(table: Table) -> tuple[list[ReturnedRow], list[Problem]]:
    """The rows below the head, blank ones left out, and what cannot be read in them."""
    rows, problems = [], []
    seen: dict[int, int] = {}
    for number in range(table.head + 1, len(table.grid.rows)):
        cells = table.grid.rows[number]
        raw = {field: cells[c] if c < len(cells) else None for field, c in table.columns.items()}
        if all(value in (None, "") or str(value).isspace() for value in raw.values()):
            continue
        found, wrong = _read_row(table, number, raw)
        problems += wrong
        if found is None:
            continue
        if found.id in seen:
            other = table.place(seen[found.id], "id")
            problems.append(Problem(table.place(number, "id"), str(found.id), f"this id stands in {other} already"))
        seen.setdefault(found.id, number)
        rows.append(found)
    return rows, problems


def _read_row(table: Table, number: int, raw: Mapping[str, Any]) -> tuple[ReturnedRow | None, list[Problem]]:
    problems = list(_formulas(table, number, raw))
    if problems:
        return None, problems
    id = _number(raw["id"])
    if id is None:
        words = "new matters are added with `tracker add`" if raw["id"] in (None, "") else "it is no id"
        reason = f"a row needs the id that it was exported with; {words}"
        return None, [Problem(table.place(number, "id"), _shown(raw["id"]), reason)]
    try:
        mark = Mark.parse(str(raw["mark"] or ""))
    except ValueError:
        reason = "this is no mark of an exported ledger; do not touch that column, export anew"
        return None, [Problem(table.place(number, "mark"), _shown(raw["mark"]), reason)]
    said = {}
    for field in EDITABLE:
        if field in table.columns:
            try:
                said[field] = canonical(field, _unquoted(raw[field], table.grid.form))
            except ValueError as error:
                problems.append(Problem(table.place(number, field), _shown(raw[field]), str(error)))
    row = ReturnedRow(number, id, mark, str(raw["quote"] or ""), said)
    return (None if problems else row), problems


def _formulas(table: Table, number: int, raw: Mapping[str, Any]) -> Iterator[Problem]:
    for field in (*KEYS, *EDITABLE):
        if field not in table.columns:
            continue
        typed = table.grid.form == "csv" and str(raw[field] or "").startswith("=")
        if typed or table.grid.address(number, table.columns[field]) in table.grid.formulas:
            words = _shown(raw[field]) if typed else ""
            yield Problem(table.place(number, field), words, "is a formula; write its value (paste as values)")


def canonical(field: str, value: Any) -> Any:
    """The value of a cell in the form in which cells are compared. Raises ValueError that says what can be written."""
    if field in DAYS:
        return _day(value)
    text = cell_text(_text(value))
    if field == "status":
        if text not in WORDS:
            raise ValueError("is no status; write 在办, 已办结 or 已撤销")
        return WORDS[text]
    if field in LISTS:
        return tuple(dict.fromkeys(name for part in NAMES.split(text) if (name := part.strip())))
    return text


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date) or value is None:
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        if value in NUMBERS:
            return FIRST_DAY + timedelta(int(value))
    elif not (text := unicodedata.normalize("NFKC", _text(value)).strip()):
        return None
    elif m := DAY.fullmatch(text):
        try:
            return date(*map(int, m.groups()))
        except ValueError:
            raise ValueError("there is no such day") from None
    raise ValueError("is no date; write 2018-12-03, 2018/12/3 or 2018年12月3日")


def _number(value: Any) -> int | None:
    text = _text(value).strip()
    return int(text) if re.fullmatch(r"[0-9]{1,10}", text) else None


def _text(value: Any) -> str:
    """A cell as people write it."""
    if isinstance(value, tuple | list):
        return "、".join(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.15g}"
    return "" if value is None else str(value)


def _unquoted(value: Any, form: str) -> Any:
    """Without the apostrophe that keeps a text of a CSV file from being taken for a formula."""
    if form == "csv" and isinstance(value, str) and value.startswith("'") and is_formula(value.lstrip("'")):
        return value[1:]
    return value


def _shown(value: Any) -> str:
    text = _text(value)
    return text if len(text) <= 40 else f"{text[:40]}…"
