"""Time expressions: every row of the grammar by its own examples, and the sixty expressions that people agreed on."""

import json
import sys
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.timex import Reference, find_timexes, reader, scan
from tracker.timex.fragments import FRAGMENTS
from tracker.timex.grammar import BOUNDS, LINKS, PARTS, PERIODS, Row
from tracker.timex.numerals import number

REFERENCE = date(2018, 8, 15)
ROWS = (*PERIODS, *PARTS, *BOUNDS, *LINKS)
EXAMPLES = [(row, words, meaning) for row in ROWS for words, meaning in row.examples.items()]
EXPRESSIONS = [json.loads(line) for line in Path(__file__).with_name("data").joinpath("expressions.jsonl").open("rb")]


def marked(words: str) -> tuple[str, str]:
    """The words, and the expression that 【】 marks in them; without, all of them are the expression."""
    before, _, rest = words.partition("【")
    quote, _, after = rest.partition("】")
    return (before + quote + after, quote) if rest else (words, words)


@pytest.mark.parametrize(("row", "words", "meaning"), EXAMPLES, ids=[words for _, words, _ in EXAMPLES])
def test_a_row_reads_its_example(row: Row, words: str, meaning: str) -> None:
    text, quote = marked(words)
    (mention,) = find_timexes(text, REFERENCE)
    t = mention.timex
    assert mention.quote == quote
    assert f"{t.value} {t.mod or '-'} {t.begin or '-'}..{t.end or '-'}" == meaning
    assert row.name in mention.rows


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_every_row_has_an_example(row: Row) -> None:
    assert row.examples


@pytest.mark.parametrize("case", EXPRESSIONS, ids=[case["text"] for case in EXPRESSIONS])
def test_an_expression_is_read_as_people_read_it(case: dict[str, object]) -> None:
    (mention,) = find_timexes(str(case["text"]), date.fromisoformat(str(case["reference"])))
    t = mention.timex
    assert mention.quote == case["text"]
    assert (t.type, t.value, t.mod) == (case["type"], case["value"], case["mod"])
    assert str(t.end) == case["end"]
    assert [str(day) for day in t.ends] == (case.get("ends") or [])


@pytest.mark.parametrize(
    "words", ["2月30日", "2018年2月29日", "4月31日前", "2018年9月31日", "2018年13月底前", "12月45日", "2020年至2018年"]
)
def test_what_cannot_be_is_a_problem_and_never_a_date(words: str) -> None:
    (mention,) = find_timexes(words, REFERENCE)
    assert mention.problem
    assert mention.timex.end is None


def test_a_missing_year_is_the_references_and_said_so() -> None:
    reference = Reference(date(2018, 12, 20), 2019, "the heading “2019年工作要点”")
    (mention,) = find_timexes("11月底", reference)
    assert mention.timex.end == date(2019, 11, 30)
    assert mention.assumed == ("year 2019 from the heading “2019年工作要点”",)


def test_a_stated_year_assumes_nothing() -> None:
    (mention,) = find_timexes("2019年6月底", REFERENCE)
    assert mention.assumed == ()
    assert mention.year == 2019


def test_a_recurrence_is_first_due_on_or_after_the_reference() -> None:
    (before,) = find_timexes("每月15日前", REFERENCE)
    (after,) = find_timexes("每月14日前", REFERENCE)
    assert (before.timex.end, after.timex.end) == (date(2018, 8, 15), date(2018, 9, 14))


def test_mentions_stand_where_they_say() -> None:
    text = "到2020年，建成3个园；2018年底完成方案，11月底前报送。"
    mentions = find_timexes(text, REFERENCE)
    assert [m.quote for m in mentions] == ["2020年", "2018年底", "11月底前"]
    assert all(text[m.start : m.stop] == m.quote for m in mentions)


def test_a_number_is_never_entered_in_its_middle() -> None:
    assert find_timexes("12018年底", REFERENCE) == []
    assert [m.quote for m in find_timexes("2.2018年底前完成", REFERENCE)] == ["2018年底前"]


ALPHABET = (
    "0123456789０１２年月日号底末前后至到、和或每季度上下半旬初中内一二三四五十〇零两百本今明次周期间起以之“”—-. "
)


@given(st.text(alphabet=ALPHABET, max_size=60))
def test_no_place_is_passed_over_where_an_expression_fits(text: str) -> None:
    places = {place.start() for place in reader.beginnings().finditer(text)}
    fitting = {at for at in range(len(text)) if reader.expression_at(text, at)}
    assert {at for at in fitting if not reader.INSIDE_A_NUMBER.match(text, at)} <= places


def test_without_pythons_own_parser_every_place_is_tried_and_the_same_found(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "到2020年，建成3个园；一季度末、春节前完成方案，目前11月底前报送。"
    expected = find_timexes(text, REFERENCE)
    monkeypatch.delattr("re._parser")
    monkeypatch.setitem(sys.modules, "re._parser", None)
    for made_once in (reader.tables, reader.beginnings):
        monkeypatch.setattr(reader, made_once.__name__, cache(made_once.__wrapped__))
    assert {place.start() for place in reader.beginnings().finditer(text)} > {text.index("到"), text.index("园")}
    assert find_timexes(text, REFERENCE) == expected


@given(st.text(alphabet=ALPHABET, max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    stop = 0
    for mention in find_timexes(text, REFERENCE):
        assert stop <= mention.start < mention.stop
        assert text[mention.start : mention.stop] == mention.quote
        stop = mention.stop
        t = mention.timex
        assert mention.problem or t.begin is None or t.end is None or t.begin <= t.end


def test_scanning_knows_what_a_year_is_missing_from() -> None:
    assert [parse.yearless for parse in scan("11月底，2018年底，今年底，三季度，3年内，每年")] == [
        True, False, False, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "value"),
    [("半", 0.5), ("两", 2), ("十", 10), ("二十一", 21), ("三百六十五", 365), ("二〇一八", 2018), ("１２", 12)],
)
def test_numbers_are_read_in_every_script(words: str, value: float) -> None:
    assert number(words) == value


def test_every_fragment_is_used() -> None:
    patterns = "".join(row.pattern for row in ROWS)
    assert [key for key in FRAGMENTS if f"{{{key}" not in patterns] == []


def test_a_month_with_a_year_of_its_own_is_no_part_of_a_yearly_one() -> None:
    assert [m.quote for m in find_timexes("每年6月、12年6月", date(2018, 8, 15))] == ["每年6月", "12年6月"]
