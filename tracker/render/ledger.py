"""The ledger (台账) as a workbook (ECMA-376): one row a milestone, as offices keep it, ready to be printed."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any, Final

from ..digests import wording
from ..milestones import Milestone, Standing, Status
from ..milestones.standing import days_left, standing
from ..reminders import Rules
from .wrapping import printable

# column: width in characters
COLUMNS: Final = {
    "序号": 5, "试点": 22, "事项": 34, "牵头单位": 16, "配合单位": 16, "时限": 11, "进展": 18, "状态": 10, "亮灯": 6,
    "原文": 46, "原文时限": 14, "剩余天数": 9, "办结日期": 11, "目标": 26, "来源": 24, "编号": 6,
}  # fmt: skip
LIGHTS: Final = {
    Standing.OVERDUE: ("红", "#F8D7DA"), Standing.DUE_SOON: ("黄", "#FFF3CD"), Standing.UPCOMING: ("绿", "#DFF0D8"),
    Standing.UNDATED: ("灰", "#E9ECEF"), Standing.CLOSED: ("", "#E9ECEF"),
}  # fmt: skip
STATUSES: Final = {
    Status.OPEN: "在办", Status.CLAIMED: "已申请办结", Status.COMPLETED: "已办结", Status.CANCELLED: "已撤销",
}  # fmt: skip


def workbook(milestones: Iterable[Milestone], rules: Rules, today: date, title: str) -> bytes:
    """The milestones as they stand on `today`, by id, as an .xlsx file: the same state, the same bytes.

    Dates are dates, and text is text whatever it begins with: no cell can act as a formula.
    """
    from xlsxwriter import Workbook

    out = BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title, "created": datetime(today.year, today.month, today.day, tzinfo=UTC)})
    sheet = book.add_worksheet("台账")
    head = book.add_format({"bold": True, "bg_color": "#D9E2EC", "border": 1, "valign": "vcenter", "text_wrap": True})
    formats = {
        (light, kind): book.add_format({"border": 1, "valign": "top", "text_wrap": True, "bg_color": colour} | extra)
        for light, colour in {**dict(LIGHTS.values()), "none": "#FFFFFF"}.items()
        for kind, extra in {"text": {}, "date": {"num_format": "yyyy-mm-dd", "align": "left"}}.items()
    }
    for column, (name, width) in enumerate(COLUMNS.items()):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, head)
    rows = sorted(milestones, key=lambda milestone: milestone.id)
    for number, milestone in enumerate(rows, 1):
        how = standing(milestone, today, due_soon_days=rules.due_soon_days, first_lead=rules.first_lead(milestone))
        light = LIGHTS[how][0]
        for column, (name, value) in enumerate(cells(number, milestone, light, today).items()):
            shade = light if name in ("亮灯", "时限") else "none"
            write(sheet, number, column, value, formats[shade, "date"], formats[shade, "text"])
    sheet.freeze_panes(1, 3)
    sheet.autofilter(0, 0, len(rows), len(COLUMNS) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer(f"&L{title.replace('&', '&&')}&C&P / &N&R{today}")
    book.close()
    return out.getvalue()


def cells(number: int, milestone: Milestone, light: str, today: date) -> dict[str, Any]:
    """The cells of a row, by column."""
    lead = milestone.lead or tuple(a for a in milestone.agencies if a not in milestone.support)
    left = None if milestone.closed else days_left(milestone, today)
    found = {
        "序号": number, "试点": wording.item(milestone), "事项": milestone.title, "牵头单位": "、".join(lead),
        "配合单位": "、".join(a for a in milestone.agencies if a not in lead), "时限": milestone.due, "进展": "",
        "状态": STATUSES[milestone.status], "亮灯": light, "原文": milestone.quote, "原文时限": milestone.timex,
        "剩余天数": left, "办结日期": milestone.closed_on, "目标": "；".join(map(wording.target, milestone.targets)),
        "来源": milestone.document_title or "", "编号": milestone.id,
    }  # fmt: skip
    return {name: found[name] for name in COLUMNS}


def write(sheet: Any, row: int, column: int, value: Any, as_date: Any, as_text: Any) -> None:
    """Writes a cell by the kind of its value."""
    if isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), as_date)  # noqa: DTZ001
    elif isinstance(value, int):
        sheet.write_number(row, column, value, as_text)
    else:
        sheet.write_string(row, column, printable(value or ""), as_text)
