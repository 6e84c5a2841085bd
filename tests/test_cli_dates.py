"""Dates as people type them: what is read is said again, and what is no date is never guessed."""

from datetime import date

import pytest
from cli_program import DAY, Program

MONDAY = "2018-11-05"

# words: the day that is meant on Monday, 2018-11-05
READ = {
    "2018-11-30": "2018-11-30",
    "2018-1-5": "2018-01-05",
    "２０１８-11-05": "2018-11-05",
    "20181105": "2018-11-05",
    "下周五": "2018-11-16",
    "本周五": "2018-11-09",
    "上周五": "2018-11-02",
    "月底": "2018-11-30",
    "年底": "2018-12-31",
    "明天": "2018-11-06",
    "昨天": "2018-11-04",
    "11月底": "2018-11-30",
    "2018年11月5日": "2018-11-05",
    "2018-11": "2018-11-30",
    "next friday": "2018-11-16",
    "this friday": "2018-11-09",
    "last friday": "2018-11-02",
    "yesterday": "2018-11-04",
    "tomorrow": "2018-11-06",
    "3 days ago": "2018-11-02",
    "3天后": "2018-11-08",
}
REFUSED = [
    "2018-11-31", "2018-13-01", "2018-02-29", "0000-01-01", "91", "2018", "11", "11-05", "11/5", "1-3",
    "12:30", "2月30日", "11月31日", "2018年13月", "每月", "this month", "next week", "下周八", "nonsense", "",
    "2200-01-01x", "2020-2022年", "2018年至2020年", "11月到12月", "从11月到12月", "三五年", "may", "  ",
]  # fmt: skip


@pytest.mark.parametrize("words", READ)
def test_a_day_is_read_and_said_again(program: Program, words: str):
    answer = program.ok("edit", "1", "--title", "t", "--due", words, "--reason", "r", "--as-of", MONDAY)
    assert f"due {READ[words]}" in answer.out
    echoed = f"--due {words} = {READ[words]} ({'一二三四五六日'[date.fromisoformat(READ[words]).weekday()]})"
    iso = words.isascii() and words[:4].isdigit() and words.count("-") == 2
    assert (echoed in answer.err) != (iso or words.startswith("２"))


@pytest.mark.parametrize("words", REFUSED)
def test_what_is_no_day_is_refused(program: Program, words: str):
    answer = program("edit", "1", "--due", words, "--reason", "r", "--as-of", MONDAY)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("tracker: ")
    assert len(answer.err.splitlines()) == 1


OPTIONS = [
    ("--as-of", ("list",)),
    ("--on", ("done", "12", *DAY)),
    ("--due", ("edit", "12", "--reason", "r", *DAY)),
    ("--begin", ("edit", "12", "--reason", "r", *DAY)),
    ("--due-before", ("list", *DAY)),
    ("--reference", ("timex", "11月底", *DAY)),
    ("--published", ("extract", "{pilot}", *DAY)),
    ("--published", ("ingest", "{pilot}", *DAY)),
]


@pytest.mark.parametrize(("option", "arguments"), OPTIONS)
def test_every_option_that_takes_a_day_reads_and_refuses_alike(
    program: Program, option: str, arguments: tuple[str, ...]
):
    called = [word.format(pilot=program.pilot("2018年11月底前完成评估。")) for word in arguments]
    good, bad = program(*called, option, "昨天"), program(*called, option, "2018-11-31")
    assert good.code == 0, good
    assert f"{option} 昨天 = " in good.err
    assert bad.code == 2, bad
    assert "2018-11-31" in bad.err
    assert "there is no such day" in bad.err


PUBLISHED = {"2018-08": "2018-08", "2018年8月": "2018-08", "20180815": "2018-08-15", "2018年8月15日": "2018-08-15"}


@pytest.mark.parametrize("words", PUBLISHED)
def test_a_publication_month_stays_a_month(empty: Program, words: str):
    answer = empty.ok("ingest", empty.pilot("11月底前完成评估。"), "--published", words, "--as-of", "2018-08-31")
    assert f"published {PUBLISHED[words]} (the option --published)" in answer.out


def test_a_publication_year_alone_is_not_enough(empty: Program):
    for words in ("2018", "2018年", "2018-13"):
        answer = empty("ingest", empty.pilot("11月底前完成评估。"), "--published", words)
        assert answer.code == 2, words
        assert not empty.database.exists()


def test_a_due_day_is_taken_away_with_none(program: Program):
    assert "due undated" in program.ok("edit", "1", "--due", "none", "--reason", "r", *DAY).out
