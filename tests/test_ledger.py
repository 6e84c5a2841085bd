"""The ledger as a workbook: read back by another library, every cell is what it says."""

from datetime import date, datetime
from io import BytesIO

import openpyxl
from milestone_factory import milestone
from python_calamine import CalamineWorkbook

from tracker.milestones import Milestone, Status
from tracker.milestones.remarks import LedgerRow, Remarks, mark
from tracker.reminders import Rules
from tracker.render.ledger import COLUMNS, PRINTED, workbook

TODAY = date(2018, 11, 5)


NOTHING = Remarks()


def ledger(*milestones: Milestone, remarks: Remarks = NOTHING) -> bytes:
    made = [LedgerRow(one, remarks, mark(one, [], TODAY, "0" * 8)) for one in milestones]
    return workbook(made, Rules(), TODAY, "台账")


def rows(data: bytes) -> list[dict[str, object]]:
    head, *found = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python()
    assert list(head) == list(COLUMNS)
    return [dict(zip(head, row, strict=True)) for row in found]


def test_a_row_has_the_milestone_as_the_office_keeps_it() -> None:
    (row,) = rows(ledger(milestone(11, due=date(2018, 11, 30))))
    assert (row["序号"], row["编号"], row["剩余天数"]) == (1, 11, 25)
    assert row["时限"] == date(2018, 11, 30)
    assert (row["状态"], row["亮灯"]) == ("在办", "黄")


def test_lights_follow_the_standing() -> None:
    days = [date(2018, 11, 4), date(2018, 11, 30), date(2019, 12, 31), None]
    found = rows(ledger(*(milestone(n, due=day) for n, day in enumerate(days, 1))))
    assert [row["亮灯"] for row in found] == ["红", "黄", "绿", "灰"]


def test_a_closed_one_says_when() -> None:
    done = milestone(1, status=Status.COMPLETED, closed_on=date(2018, 11, 2))
    (row,) = rows(ledger(done))
    assert (row["状态"], row["亮灯"], row["剩余天数"]) == ("已办结", "", "")
    assert row["办结日期"] in (date(2018, 11, 2), datetime(2018, 11, 2))  # noqa: DTZ001


def test_no_cell_can_act_as_a_formula() -> None:
    (row,) = rows(ledger(milestone(1, title='=HYPERLINK("http://x","y")')))
    assert row["事项"] == '=HYPERLINK("http://x","y")'


def test_the_same_state_gives_the_same_bytes() -> None:
    first, second = (ledger(milestone(1), milestone(2)) for _ in range(2))
    assert first == second


def test_the_first_columns_are_those_that_offices_print() -> None:
    assert "、".join(list(COLUMNS)[:PRINTED]) == "序号、试点、事项、牵头单位、配合单位、时限、进展、状态、亮灯、原文"


ENDINGS = {date(2018, 11, 30): "按期办结", date(2018, 12, 3): "逾期办结（3天）"}


def test_late_stays_late() -> None:
    closed = [milestone(n, status=Status.COMPLETED, closed_on=day) for n, day in enumerate(ENDINGS, 1)]
    assert [row["办结情况"] for row in rows(ledger(*closed))] == list(ENDINGS.values())


def test_it_is_filtered_frozen_locked_and_printed_on_a4_with_its_head_on_every_page() -> None:
    book = openpyxl.load_workbook(BytesIO(ledger(milestone(1), remarks=Remarks("过半", "备注", "佐证"))))
    sheet = book["台账"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("D2", "A1:T2", "$1:$1")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (
        "landscape",
        9,
        0,
    )
    assert "&P" in sheet.oddFooter.center.text
    unlocked = [head.value for head, cell in zip(sheet[1], sheet[2], strict=True) if not cell.protection.locked]
    assert unlocked == ["事项", "牵头单位", "配合单位", "时限", "进展", "状态", "办结日期", "备注", "佐证"]
    assert sheet.protection.sheet
    assert sheet.column_dimensions["T"].hidden
    assert (sheet["G2"].value, sheet["M2"].value, sheet["N2"].value) == ("过半", "备注", "佐证")
    choices = {str(each.sqref): each.formula1 for each in sheet.data_validations.dataValidation if each.type == "list"}
    assert choices == {"H2": '"在办,已办结,已撤销"'}
