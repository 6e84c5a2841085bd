"""Workbooks (xlsx, xls): every sheet, a row a line; merged cells are filled, days written as 2018-12-31."""

import io
import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import python_calamine
from python_calamine import CalamineSheet, CalamineWorkbook

from ...errors import UnreadableFile
from . import tables
from .content import Content

CELLS_AT_MOST: Final = 2_000_000  # a hundred times the longest task table; each takes 100 bytes
DAYS: Final = re.compile("时限|期限|时间|日期")  # heads of columns in which a bare number is a day
FIRST_DAY: Final = date(1899, 12, 30)  # the day of the number 0 (ECMA-376, 18.17.4.1)
NUMBERS: Final = range(36526, 73416)  # the days of the years 2000 to 2100
UNNAMED: Final = re.compile(r"(?:Sheet|工作表)\d*", re.IGNORECASE)  # what programs call a sheet


def read(data: bytes) -> Content:
    """The text of a workbook. Raises UnreadableFile, without the file's name."""
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            sheets = [(name, list(_lines(workbook.get_sheet_by_name(name)))) for name in workbook.sheet_names]
    except python_calamine.PasswordError:
        raise UnreadableFile("is protected by a password; save it without one") from None
    except python_calamine.CalamineError as error:
        raise UnreadableFile(f"is damaged ({error}); save it anew") from None
    sheets = [(name, lines) for name, lines in sheets if lines]
    named = len(sheets) > 1
    text = [line for name, lines in sheets
            for line in ([name, ""] if named and not UNNAMED.fullmatch(name) else []) + lines + [""]]  # fmt: skip
    return Content("\n".join(text))


def _lines(sheet: CalamineSheet) -> Iterator[str]:
    if sheet.start is None:
        return iter(())
    if sheet.height * sheet.width > CELLS_AT_MOST:
        raise UnreadableFile(
            f"has a sheet of over {CELLS_AT_MOST:,} cells ({sheet.name}), which is the limit; split it"
        )
    top, left = sheet.start
    merged, covered = {}, set()
    for (first, west), (last, east) in sheet.merged_cell_ranges or ():
        high = range(max(first - top, 0), min(last - top + 1, sheet.height))
        wide = range(max(west - left, 0), min(east - left + 1, sheet.width))
        if high and wide:
            merged[high[0], wide[0]] = (len(high), len(wide))
            covered |= {(row, column) for row in high for column in wide}
    rows = sheet.to_python()
    days = {i for values in rows for i, value in enumerate(values) if _heads_days(value)}
    return tables.lines(
        [
            tables.Cell(_written(_day(value) if column in days else value), *merged.get((row, column), (1, 1)))
            for column, value in enumerate(values)
            if (row, column) in merged or (row, column) not in covered
        ]
        for row, values in enumerate(rows)
    )


def _heads_days(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 12 and bool(DAYS.search(value))


def _day(value: Any) -> Any:
    """The day that a bare number stands for where its cell has lost the format of a date."""
    return FIRST_DAY + timedelta(value) if isinstance(value, float) and value in NUMBERS else value


def _written(value: Any) -> str:
    """A cell as people write it."""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.15g}"
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value) if isinstance(value, time | timedelta) else str(value).strip()
