"""The ledger as a workbook: read back by another library, every cell is what it says."""

from datetime import date, datetime
from io import BytesIO

from milestone_factory import milestone
from python_calamine import CalamineWorkbook

from tracker.milestones import Status
from tracker.reminders import Rules
from tracker.render.ledger import COLUMNS, workbook

TODAY = date(2018, 11, 5)


def rows(data: bytes) -> list[dict[str, object]]:
    head, *found = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python()
    assert list(head) == list(COLUMNS)
    return [dict(zip(head, row, strict=True)) for row in found]


def test_a_row_has_the_milestone_as_the_office_keeps_it() -> None:
    (row,) = rows(workbook([milestone(11, due=date(2018, 11, 30))], Rules(), TODAY, "台账"))
    assert (row["序号"], row["编号"], row["剩余天数"]) == (1, 11, 25)
    assert row["时限"] == date(2018, 11, 30)
    assert (row["状态"], row["亮灯"]) == ("在办", "黄")


def test_lights_follow_the_standing() -> None:
    days = [date(2018, 11, 4), date(2018, 11, 30), date(2019, 12, 31), None]
    found = rows(workbook([milestone(n, due=day) for n, day in enumerate(days, 1)], Rules(), TODAY, "台账"))
    assert [row["亮灯"] for row in found] == ["红", "黄", "绿", "灰"]


def test_a_closed_one_says_when() -> None:
    done = milestone(1, status=Status.COMPLETED, closed_on=date(2018, 11, 2))
    (row,) = rows(workbook([done], Rules(), TODAY, "台账"))
    assert (row["状态"], row["亮灯"], row["剩余天数"]) == ("已办结", "", "")
    assert row["办结日期"] in (date(2018, 11, 2), datetime(2018, 11, 2))  # noqa: DTZ001


def test_no_cell_can_act_as_a_formula() -> None:
    (row,) = rows(workbook([milestone(1, title='=HYPERLINK("http://x","y")')], Rules(), TODAY, "台账"))
    assert row["事项"] == '=HYPERLINK("http://x","y")'


def test_the_same_state_gives_the_same_bytes() -> None:
    first, second = (workbook([milestone(1), milestone(2)], Rules(), TODAY, "台账") for _ in range(2))
    assert first == second
