"""Expressions of official prose, class by class, and what must not be read as time: tables that anybody can add to.

`data/readings.csv` has a line for each expression: its class, the text (the expression is all of it unless 【】 mark
it; of several the first counts), the day it is read on, and what is read: value and mod after TIMEX3, and the last day,
of which distributed dates have several. The value "review" stands for a day that nobody guesses. `data/not_time.csv`
has words that name no time, and why.
"""

import csv
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from tracker.timex import Timex, find_timexes

DATA = Path(__file__).with_name("data")


def lines(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


READINGS, NOT_TIME = lines("readings.csv"), lines("not_time.csv")
MARKED = re.compile("【(.*?)】")


def days(timex: Timex) -> str:
    return "|".join(str(day) for day in timex.ends or (timex.end,) if day)


@pytest.mark.parametrize("line", READINGS, ids=[line["text"] for line in READINGS])
def test_an_expression_is_read(line: dict[str, str]) -> None:
    text = re.sub("[【】]", "", line["text"])
    quotes = MARKED.findall(line["text"]) or [text]
    mentions = find_timexes(text, date.fromisoformat(line["reference"]))
    assert [mention.quote for mention in mentions] == quotes
    read = mentions[0].timex
    if line["value"] == "review":
        assert mentions[0].problem
    else:
        assert (read.value, read.mod or "", days(read)) == (line["value"], line["mod"], line["end"])


@pytest.mark.parametrize("line", NOT_TIME, ids=[line["text"] for line in NOT_TIME])
def test_what_looks_like_time_and_is_none_is_left_alone(line: dict[str, str]) -> None:
    assert find_timexes(line["text"], date(2018, 8, 15)) == []


def test_every_class_has_eight_expressions_and_there_are_sixty_negatives() -> None:
    assert min(Counter(line["class"] for line in READINGS).values()) >= 8
    assert len(NOT_TIME) >= 60


@pytest.mark.parametrize("table", [READINGS, NOT_TIME], ids=["readings", "not time"])
def test_no_two_differ_only_in_their_digits(table: list[dict[str, str]]) -> None:
    shapes = Counter(re.sub("[0-9０-９〇零○一二三四五六七八九十]+", "0", line["text"]) for line in table)
    assert [shape for shape, count in shapes.items() if count > 1] == []


def test_the_exercise_of_the_page_is_in_the_code() -> None:
    root = Path(__file__).parents[1]
    page = (root / "docs" / "adding-an-expression.md").read_text(encoding="utf-8")
    changed = re.findall(r"^\+\+\+ b/(.+)|^\+(.+)", page.partition("```diff\n")[2].partition("```")[0], re.MULTILINE)
    path = ""
    for file, line in changed:
        path = file or path
        assert not line or line in (root / path).read_text(encoding="utf-8").splitlines()
    assert len(changed) == 4
