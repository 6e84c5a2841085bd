"""The ledger (台账) as a workbook (ECMA-376): one row a milestone, as offices keep it, to be printed and sent back."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any, Final

from ..milestones import Standing, Status
from ..milestones.remarks import LedgerRow
from ..milestones.standing import standing
from ..reminders import Rules
from .columns import CHINESE, EDITABLE, STATUSES, cell_text, cells
from .wrapping import width

SHEET: Final = "台账"
FONT: Final = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "text_wrap": True}
# column: width in characters; the first ten are printed, the last one is hidden
COLUMNS: Final = {
    "序号": 5, "试点": 16, "事项": 28, "牵头单位": 13, "配合单位": 13, "时限": 11, "进展": 20, "状态": 10, "亮灯": 5,
    "原文": 42, "办结日期": 11, "办结情况": 15, "备注": 24, "佐证": 24, "原文时限": 14, "剩余天数": 9, "目标": 26,
    "来源": 24, "编号": 6, "指纹": 12,
}  # fmt: skip
PRINTED: Final = 10
LINE, HIGHEST = 13.5, 409.0  # points; the second is Excel's limit
OPEN_TO_EDIT: Final = frozenset(CHINESE[field] for field in EDITABLE if field in CHINESE)
CENTRED: Final = frozenset({"序号", "时限", "状态", "亮灯", "办结日期", "剩余天数", "编号"})
COLOURS: Final = {
    Standing.OVERDUE: "#F8D7DA", Standing.DUE_SOON: "#FFF3CD", Standing.UPCOMING: "#DFF0D8",
    Standing.UNDATED: "#E9ECEF", Standing.CLOSED: "#E9ECEF",
}  # fmt: skip
COLOURED: Final = frozenset({"时限", "亮灯", "状态"})
HEAD, HEAD_TO_EDIT = "#D9E2EC", "#FFE8A3"
EXPLAINED: Final = (
    ("本表", "{title}，{day} 导出，共 {count} 项。"),
    ("可填写", "表头为黄色的列可以直接修改：{editable}。其余各列仅供查阅，修改无效。"),
    ("状态", "从下拉列表中选择：在办、已办结、已撤销。填“已办结”时请填办结日期；填“已撤销”时请在备注中写明理由。"),
    ("日期", "按日期填写，如 2018-12-03、2018/12/3 或 2018年12月3日；不要填公式。"),
    ("亮灯", "红：已逾期；黄：临近期限；绿：未到期；灰：未明确期限；空：已办结或已撤销。"),
    ("报回", "保存后交回{office}，由 tracker import 读入。请保留编号、原文和隐藏的指纹列；可以筛选，不要错行。"),
)  # fmt: skip


def workbook(rows: Iterable[LedgerRow], rules: Rules, today: date, title: str, office: str = "督查室") -> bytes:
    """The milestones as they stand on `today`, by id, as an .xlsx file: the same state, the same bytes.

    Dates are dates, and text is text whatever it begins with: no cell can act as a formula. Only what people may write
    in is unlocked; no password protects the rest.
    """
    from xlsxwriter import Workbook

    out = BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title, "created": datetime(today.year, today.month, today.day, tzinfo=UTC)})
    sheet = book.add_worksheet(SHEET)
    formats = _Formats(book)
    for column, (name, wide) in enumerate(COLUMNS.items()):
        sheet.set_column(column, column, wide, None, {"hidden": name == "指纹"})
        sheet.write_string(0, column, name, formats.head(name))
    ordered = sorted(rows, key=lambda row: row.milestone.id)
    for number, row in enumerate(ordered, 1):
        one = row.milestone
        how = standing(one, today, due_soon_days=rules.due_soon_days, first_lead=rules.first_lead(one))
        found = cells(number, row, how, today)
        sheet.set_row(number, _height(found))
        for column, (name, value) in enumerate(found.items()):
            _write(sheet, number, column, value, formats.cell(name, how))
    _validate(sheet, ordered)
    _set_up(sheet, len(ordered), title, today)
    _explain(book, title, office, today, len(ordered))
    book.close()
    return out.getvalue()


class _Formats:
    """The formats of the cells, each made once: a workbook keeps all that it is given."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.made: dict[tuple[str, str, bool, bool], Any] = {}

    def head(self, name: str) -> Any:
        colour = HEAD_TO_EDIT if name in OPEN_TO_EDIT else HEAD
        return self.book.add_format(FONT | {"bold": True, "bg_color": colour, "border": 1, "align": "center"})

    def cell(self, name: str, how: Standing) -> Any:
        colour = COLOURS[how] if name in COLOURED else ""
        key = (colour, "date" if name in ("时限", "办结日期") else "", name in OPEN_TO_EDIT, name in CENTRED)
        if key not in self.made:
            extra: dict[str, Any] = {"border": 1, "locked": name not in OPEN_TO_EDIT}
            extra |= {"bg_color": colour} if colour else {}
            extra |= {"num_format": "yyyy-mm-dd"} if key[1] else {}
            extra |= {"align": "center"} if name in CENTRED else {}
            self.made[key] = self.book.add_format(FONT | extra)
        return self.made[key]


def _write(sheet: Any, row: int, column: int, value: Any, form: Any) -> None:
    """Writes a cell by the kind of its value."""
    if isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), form)  # noqa: DTZ001
    elif isinstance(value, int):
        sheet.write_number(row, column, value, form)
    elif text := cell_text(value or ""):
        sheet.write_string(row, column, text, form)
    else:
        sheet.write_blank(row, column, None, form)


def _height(row: Mapping[str, Any]) -> float:
    """How high a row must be for its longest cell: not every program finds that out by itself."""
    lines = max(
        sum(max(-(-width(line) // (COLUMNS[name] - 1)), 1) for line in str(value).splitlines())
        for name, value in row.items()
        if value and name != "指纹"
    )
    return min(LINE * lines + 5, HIGHEST)


def _validate(sheet: Any, rows: list[LedgerRow]) -> None:
    """What can be chosen in 状态 (what stands there already is a choice), and that dates are written as dates."""
    if not rows:
        return
    places = {name: column for column, name in enumerate(COLUMNS)}
    said = {row.milestone.status for row in rows}
    choices = [words for status, words in STATUSES.items() if status in said or status is not Status.CLAIMED]
    sheet.data_validation(1, places["状态"], len(rows), places["状态"], {
        "validate": "list", "source": choices, "error_title": "状态",
        "error_message": f"请从列表中选择：{'、'.join(choices)}",
    })  # fmt: skip
    for name in ("时限", "办结日期"):
        sheet.data_validation(1, places[name], len(rows), places[name], {
            "validate": "date", "criteria": ">=", "value": date(2000, 1, 1), "error_type": "warning",
            "error_title": name, "error_message": "请填日期，如 2018-12-03",
        })  # fmt: skip


def _set_up(sheet: Any, rows: int, title: str, today: date) -> None:
    """Filters, a frozen head, what is locked, and the printed page: landscape A4, as wide as it, the head repeated."""
    sheet.freeze_panes(1, 3)
    sheet.autofilter(0, 0, rows, len(COLUMNS) - 1)
    sheet.protect("", {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True})
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.5, right=0.5, top=0.9, bottom=0.7)
    sheet.print_area(0, 0, rows, PRINTED - 1)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_header(f"&C&16{title.replace('&', '&&')}")
    sheet.set_footer(f"&C第 &P 页，共 &N 页&R{today}")


def _explain(book: Any, title: str, office: str, today: date, count: int) -> None:
    """A second sheet that says how the first one is filled in and sent back."""
    sheet = book.add_worksheet("填写说明")
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, 90)
    bold, plain = book.add_format(FONT | {"bold": True}), book.add_format(FONT)
    known = {
        "title": title, "office": office, "day": today, "count": count,
        "editable": "、".join(name for name in COLUMNS if name in OPEN_TO_EDIT),
    }  # fmt: skip
    for row, (what, words) in enumerate(EXPLAINED):
        sheet.write_string(row, 0, what, bold)
        sheet.write_string(row, 1, cell_text(words.format(**known)), plain)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
