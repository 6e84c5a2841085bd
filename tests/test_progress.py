"""Progress against targets: readings beside the straight line from the first to the target."""

from datetime import date

import pytest
from cli_program import Program
from milestone_factory import milestone

from tracker.commitments import Target
from tracker.milestones import Gauge, progress
from tracker.reminders import Known, Rules, SheetRule, decide

FIRST, LAST = date(2018, 9, 1), date(2018, 11, 30)  # ninety days
SIX = Target("小区", ">=", 6, "个")
FEWER = Target("审批时限", "<=", 100, "工作日")

# readings by the days since the first; what the line asks on the last one's day, and how it stands
LINES = {
    "one reading has no line": (SIX, {0: 2}, None, ""),
    "on the line": (SIX, {0: 0, 45: 3}, 3, ""),
    "above it": (SIX, {0: 0, 45: 4}, 3, ""),
    "behind it": (SIX, {0: 0, 30: 1}, 2, "behind"),
    "from what there was": (SIX, {0: 3, 45: 4}, 4.5, "behind"),
    "met": (SIX, {0: 0, 45: 6}, 3, "met"),
    "more than promised": (SIX, {0: 0, 45: 7}, 3, "met"),
    "on the last day": (SIX, {0: 0, 90: 5}, 6, "behind"),
    "after the last day": (SIX, {0: 0, 91: 5}, None, ""),
    "what is to fall, and falls": (FEWER, {0: 190, 45: 140}, 145, ""),
    "what is to fall, too slowly": (FEWER, {0: 190, 45: 150}, 145, "behind"),
    "what has fallen": (FEWER, {0: 190, 45: 100}, 145, "met"),
    "only the last reading counts": (SIX, {0: 0, 30: 1, 60: 5}, 4, ""),
    "it got worse": (SIX, {0: 3, 30: 4, 60: 2}, 5, "behind"),
}


@pytest.mark.parametrize(("target", "values", "line", "how"), LINES.values(), ids=LINES)
def test_the_last_reading_is_held_against_the_straight_line(
    target: Target, values: dict[int, float], line: float | None, how: str
) -> None:
    gauges = [Gauge(1, date.fromordinal(FIRST.toordinal() + days), value, "s") for days, value in values.items()]
    (one,) = progress([target], gauges, LAST)
    assert one.line == line
    assert [name for name in ("met", "behind") if getattr(one, name)] == ([how] if how else [])


def test_each_target_has_its_own_readings_and_of_a_day_the_later_one_counts() -> None:
    gauges = [Gauge(2, FIRST, 190, "a"), Gauge(2, LAST, 150, "a"), Gauge(2, LAST, 90, "b")]
    (one,) = progress([SIX, FEWER], gauges, LAST)
    assert (one.target, one.last.value, one.met) == (FEWER, 90, True)
    assert list(progress([SIX], [], LAST)) == []


def test_what_is_behind_gets_a_yellow_sheet() -> None:
    rules = Rules(sheets=(SheetRule("blue", 5), SheetRule("yellow", 3)))
    gauges = (Gauge(1, FIRST, 0, "s"), Gauge(1, date(2018, 10, 1), 1, "s"))
    behind = milestone(targets=(SIX,), gauges=gauges)
    on_its_way = milestone(2, targets=(SIX,), gauges=(*gauges, Gauge(1, date(2018, 10, 8), 4, "s")))
    (sheet,) = decide([behind, on_its_way], rules, date(2018, 10, 9), Known()).sheets
    assert (sheet.milestone, sheet.colour) == (1, "yellow")


def test_readings_are_told_with_their_arithmetic_and_a_target_that_is_met_is_offered_for_closing(
    program: Program,
) -> None:
    for day, value in (("2018-09-10", "1"), ("2018-10-31", "2个")):
        told = program.ok("reading", "11", value, "--source", "住建委月报", "--as-of", day).out
    assert told == "11 小区 >= 6个: 2个 on 2018-10-31, the line asks 4.148个: behind: " + told.partition("behind: ")[2]
    program.ok("edit", "11", "--due", "2018-12-01", "--reason", "r", "--as-of", "2018-11-01")
    digest = program.ok("digest", "--agency", "市住建委", "--as-of", "2018-11-05").out.replace("\n          ", "")
    said = "小区落后于序时进度：2018-10-31为2个，应为4.11个（自2018-09-10的1个起按时序至2018-12-01的6个）"
    assert said in "".join(line.strip() for line in digest.splitlines())
    assert "behind" in program.ok("show", "11", "--as-of", "2018-11-05").out
    program.ok("reading", "11", "6", "--source", "验收", "--as-of", "2018-11-06")
    digest = program.ok("digest", "--agency", "市住建委", "--as-of", "2018-11-06").out
    assert "小区2018-11-06为6个，已达到目标，可申请办结" in digest
    assert "2个 on 2018-10-31" in program.ok("show", "11", "--as-of", "2018-11-05").out
    assert program("audit", "verify").code == 0
    program.ok("undo", "11", "--as-of", "2018-11-07")
    assert "2个 on 2018-10-31" in program.ok("show", "11", "--as-of", "2018-11-07").out


WRONG = {
    "no figure": (("11", "几个"), "is no value in 个"),
    "another unit": (("11", "5户"), "'5户' is no value in 个; write it such as 4个"),
    "no such target": (("11", "5", "--target", "2"), "has 1 targets, and no 2"),
    "which target": (("7", "5"), "which target? --target names one of 1: "),
    "nothing that could be read": (("3", "5"), "promises no quantity that could be read"),
    "a day to come": (("11", "5", "--on", "2018-12-01"), "cannot hold from a day to come"),
    "no such milestone": (("99", "5"), "no milestone has the id 99"),
}


@pytest.mark.parametrize(("arguments", "words"), WRONG.values(), ids=WRONG)
def test_a_reading_that_cannot_be_is_refused(program: Program, arguments: tuple[str, ...], words: str) -> None:
    answer = program("reading", *arguments, "--source", "s", "--as-of", "2018-11-05")
    assert answer.code == 2
    assert words in answer.said.replace("\n", " ")
