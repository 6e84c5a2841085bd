"""The tables attached to a digest: every line of it, and the office's row for each agency; for a spreadsheet."""

import csv
import unicodedata
from collections.abc import Iterable
from io import StringIO
from typing import Final

from ..digests import LINES_AT_MOST, Digest
from .wrapping import printable

SIGNS: Final = frozenset("=+-@")  # what begins a formula, also in its full-width and small forms
BOM: Final = "\ufeff"  # without it Excel reads UTF-8 as the local code page

LINES_HEAD: Final = (
    "序号", "编号", "分类", "所属事项", "任务", "到期日", "原文时限", "剩余天数", "状态", "职责", "目标", "原文",
    "推定", "注意", "来源", "本期提示", "下次提醒", "督办单", "签收",
)  # fmt: skip
AGENCIES_HEAD: Final = (
    "单位",
    "逾期",
    "其中新逾期",
    "即将到期",
    "后续到期",
    "近期完成",
    "未定期限",
    "本期提示",
    "无地址待告",
)


def lines_table(digest: Digest) -> bytes:
    """Every line of `digest`, at most LINES_AT_MOST, as CSV: UTF-8 with a BOM, CRLF; no cell can act as a formula."""
    rows: list[tuple[object, ...]] = []
    for section in digest.sections:
        for line in section.lines:
            rows.append(
                (
                    len(rows) + 1, line.milestone, section.title, line.item, line.title, line.due, line.last_day,
                    line.days, line.when, line.role, "；".join(line.targets), line.quote, "；".join(line.assumed),
                    "；".join(line.flags), line.document, line.reason, line.next_told or "",
                    "；".join(line.sheets), line.acknowledged,
                )
            )  # fmt: skip
    return _csv(LINES_HEAD, rows[:LINES_AT_MOST])


def agencies_table(digest: Digest) -> bytes:
    """The office's row for each agency, as `lines_table` writes it; only the head for an agency's digest."""
    rows = digest.overview.agencies if digest.overview else ()
    counted = (
        (
            row.agency, row.counts.overdue, row.counts.new_overdue, row.counts.due_soon, row.counts.later,
            row.counts.completed, row.counts.undated, row.told, row.waiting,
        )
        for row in rows
    )  # fmt: skip
    return _csv(AGENCIES_HEAD, counted)


def _csv(head: Iterable[object], rows: Iterable[Iterable[object]]) -> bytes:
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return (BOM + out.getvalue()).encode()


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might calculate `text`: it begins with a sign of formulas, in any width.

    What does not show is passed over, since a spreadsheet drops some of it before it looks; a text that begins with a
    tab or a carriage return counts as one in any case.
    """
    first = next((char for char in text if unicodedata.category(char)[0] not in "CZ"), "")
    return unicodedata.normalize("NFKC", first)[:1] in SIGNS or text.startswith(("\t", "\r"))


def _cell(value: object) -> object:
    """Our own numbers stay numbers; a text that a spreadsheet would calculate gets an apostrophe before it."""
    if not isinstance(value, str):
        return value
    return "'" * is_formula(value) + printable(value)
