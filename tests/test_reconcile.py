"""What a reading changes, what a milestone is on a day, what a series opens: pure functions, tables of cases."""

import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from typing import Any

import pytest
from milestone_factory import commitment, milestone

from tracker.commitments import Commitment, Target
from tracker.milestones import (
    Added,
    Entry,
    Milestone,
    Moved,
    Restored,
    Reworded,
    Standing,
    Status,
    Withdrawn,
    days_left,
    occurrences,
    reconcile,
    replay,
    standing,
)
from tracker.milestones.matching import match
from tracker.milestones.occurrences import Rule
from tracker.milestones.recording import follow, recorded
from tracker.milestones.titles import title

NOV, DEC = date(2018, 11, 30), date(2018, 12, 31)
LEAD = {"day": (30, 7, 1, 0), "month": (60, 30, 7), "dekad": (7, 1)}


def said(quote: str, timex: str = "11月底", due: date | None = NOV, **fields: Any) -> Commitment:
    return commitment(**{"item": "97", "quote": quote, "timex": timex, "due": due, "agencies": ("市住建委",)} | fields)


def known(id: int, stated: Commitment, **fields: Any) -> Milestone:
    same = {name: getattr(stated, name) for name in ("item", "item_title", "due", "agencies", "recurrence", "rrule")}
    return milestone(id, **({"stated": stated, "baseline_due": stated.due} | same | fields))


A = said("11月底完成6个小区的改造任务")
B = said("2018年12月底前，进一步完善工程建设项目审批制度框架和管理系统", "2018年12月底前", DEC)
C = said("每年新增老旧住宅小区改造不低于50万平方米", "每年", DEC, recurrence="YEARLY", rrule="FREQ=YEARLY")


def kinds(new: list[Commitment], old: list[Milestone]) -> list[tuple[str, int | str]]:
    return [
        (type(one).__name__, one.commitment.quote if isinstance(one, Added) else one.milestone.id)
        for one in reconcile(new, old)
    ]


TARGET = Target("改造小区", "=", 6.0, "个", "2017年")
RENUMBERED = replace(A, item="98")
OTHER = said("成立领导小组，印发实施方案，建立联席会议制度", "9月底", date(2018, 9, 30))
CASES: dict[str, tuple[list[Commitment], list[Milestone], list[tuple[str, int | str]]]] = {
    "the same again changes nothing": ([A, B], [known(1, A), known(2, B)], []),
    "the same in another order changes nothing": ([B, A], [known(1, A), known(2, B)], []),
    "another place in the text changes nothing": ([replace(A, start=90, stop=99)], [known(1, A)], []),
    "a first reading adds everything": ([A, B], [], [("Added", A.quote), ("Added", B.quote)]),
    "a new sentence is added": ([A, OTHER], [known(1, A)], [("Added", OTHER.quote)]),
    "a sentence that is gone is withdrawn": ([A], [known(1, A), known(2, B)], [("Withdrawn", 2)]),
    "another date in the same sentence is a move": (
        [said("12月底完成6个小区的改造任务", "12月底", DEC)],
        [known(1, A)],
        [("Moved", 1)],
    ),
    "the same words read as another day are a move": ([replace(A, due=DEC)], [known(1, A)], [("Moved", 1)]),
    "other words for the same day are a rewording": (
        [said("11月底全面完成6个小区的改造任务")],
        [known(1, A)],
        [("Reworded", 1)],
    ),
    "what older releases did not know of a target is no change": (
        [replace(A, targets=(TARGET,))],
        [known(1, replace(A, targets=(replace(TARGET, base=""),)))],
        [],
    ),
    "another number is a rewording": (
        [replace(A, targets=(TARGET,))],
        [known(1, replace(A, targets=(replace(TARGET, value=5.0),)))],
        [("Reworded", 1)],
    ),
    "another agency is a rewording": ([replace(A, agencies=("市规划局",))], [known(1, A)], [("Reworded", 1)]),
    "a renumbered item keeps its milestone": ([RENUMBERED], [known(1, A)], [("Reworded", 1)]),
    "a sentence that has nothing in common is another obligation": (
        [OTHER],
        [known(1, A)],
        [("Added", OTHER.quote), ("Withdrawn", 1)],
    ),
    "what was withdrawn before is not withdrawn again": ([], [known(1, A, withdrawn=True)], []),
    "what was withdrawn comes back": ([A], [known(1, A, withdrawn=True)], [("Restored", 1)]),
    "what is done is not withdrawn": ([], [known(1, A, status=Status.COMPLETED, closed_on=NOV)], []),
    "a series is withdrawn though its first occurrence is done": (
        [],
        [known(1, C, status=Status.COMPLETED, closed_on=NOV, series=1)],
        [("Withdrawn", 1)],
    ),
    "a person's date is no difference": ([A], [known(1, A, due=DEC, decided=("due",))], []),
    "a milestone added by hand is left alone": ([], [milestone(1, stated=None)], []),
    "the same sentence twice is two obligations": ([A, A], [known(1, A)], [("Added", A.quote)]),
    "one of two equal sentences is withdrawn": ([A], [known(1, A), known(2, A)], [("Withdrawn", 2)]),
    "each date of a list keeps its milestone": (
        [
            said("4月10日、7月10日前报送", "4月10日", date(2018, 4, 10)),
            said("4月10日、7月10日前报送", "7月10日前", NOV),
        ],
        [
            known(1, said("4月10日、7月10日前报送", "7月10日前", NOV)),
            known(2, said("4月10日、7月10日前报送", "4月10日", date(2018, 4, 10))),
        ],
        [],
    ),
    "every year, read in the next year's document, is the same series": (
        [replace(C, due=date(2019, 12, 31))],
        [known(1, C, series=1)],
        [],
    ),
    "every year by another day is a move": ([replace(C, due=NOV)], [known(1, C, series=1)], [("Moved", 1)]),
}


@pytest.mark.parametrize(("new", "old", "expected"), CASES.values(), ids=CASES)
def test_reconcile(new: list[Commitment], old: list[Milestone], expected: list[tuple[str, int | str]]) -> None:
    assert kinds(new, old) == expected


def test_two_swapped_items_keep_their_milestones_by_title() -> None:
    old = [said(f"11月底完成{name}的年度工作", item=str(n), item_title=name) for n, name in enumerate(("改造", "审批"))]
    new = [replace(one, item=str(1 - n), quote=one.quote.replace("完成", "完成好")) for n, one in enumerate(old)]
    pairs = match(new, [known(n, one) for n, one in enumerate(old)])
    assert [(new[place].item_title, one.item_title) for place, one in pairs] == [("改造", "改造"), ("审批", "审批")]


SAME = "2018年12月底前完成试点任务"
OLD_ESTATE = said(SAME, "2018年12月底前", DEC, item="1", item_title="老旧小区", agencies=("市住建委",))
CARE = said(SAME, "2018年12月底前", DEC, item="2", item_title="医养结合", agencies=("市卫健委",))


@pytest.mark.parametrize("titled", [True, False], ids=["by their titles", "by who answers for them"])
def test_equal_sentences_of_renumbered_items_are_told_apart(titled: bool) -> None:
    one, two = (each if titled else replace(each, item_title=None) for each in (OLD_ESTATE, CARE))
    old = [known(1, one, due=NOV, decided=("due",)), known(2, two)]
    swapped = [replace(two, item="1"), replace(one, item="2")]
    assert [(milestone.id, swapped[place].agencies) for place, milestone in match(swapped, old)] == [
        (2, ("市卫健委",)), (1, ("市住建委",)),
    ]  # fmt: skip
    left = match([replace(two, item="1")], old)
    assert [milestone.id for _, milestone in left] == [2]


def test_reading_a_large_document_again_compares_nothing_fuzzily(monkeypatch: pytest.MonkeyPatch) -> None:
    said_again = [said(f"11月底完成第{n}项任务", item=str(n % 50)) for n in range(3000)]
    monkeypatch.setitem(sys.modules, "rapidfuzz", None)  # importing it would raise
    assert reconcile(said_again, [known(n, one) for n, one in enumerate(said_again)]) == []


def test_a_move_changes_the_day_but_never_the_baseline() -> None:
    (change,) = reconcile([replace(A, due=DEC)], [known(1, A)])
    assert isinstance(change, Moved)
    after = follow(change.milestone, change.commitment, change.fields)
    assert (after.due, after.baseline_due, after.stated) == (DEC, NOV, change.commitment)


@pytest.mark.parametrize("decided", [("due",), ("agencies",), ("lead",), ("title",)])
def test_what_a_person_decided_survives_a_reading(decided: tuple[str, ...]) -> None:
    before = known(
        1, A, decided=decided, due=date(2018, 12, 15), agencies=("市规划局",), lead=("市规划局",), title="改造"
    )
    now = said("12月底全面完成6个小区的改造任务", "12月底", DEC, agencies=("市城管局",), lead=("市城管局",))
    now = replace(now, support=("市财政局",))
    (change,) = reconcile([now], [before])
    assert isinstance(change, Moved)
    after = follow(before, change.commitment, change.fields)
    for name in decided:
        assert getattr(after, name) == getattr(before, name)
    assert (after.due == DEC) == ("due" not in decided)
    followed = {getattr(after, name) == getattr(now, name) for name in ("agencies", "lead", "support")}
    assert followed == {not {"agencies", "lead"} & {*decided}}  # who answers is decided as a whole
    assert after.status == before.status
    assert after.stated == now


def test_a_closed_milestone_keeps_the_day_it_is_judged_by() -> None:
    before = known(1, A, status=Status.COMPLETED, closed_on=DEC)
    after = follow(before, replace(A, due=DEC), ("due",))
    assert (after.due, after.stated) == (NOV, replace(A, due=DEC))


def test_all_kinds_of_change_carry_what_they_change() -> None:
    (one,) = reconcile([replace(A, agencies=("市规划局",), lead=("市规划局",))], [known(1, A)])
    assert isinstance(one, Reworded)
    assert one.fields == ("agencies", "lead")
    (two,) = reconcile([replace(A, due=DEC)], [known(1, A, withdrawn=True)])
    assert isinstance(two, Restored)
    assert two.fields == ("due",)
    assert isinstance(reconcile([], [known(1, A)])[0], Withdrawn)


@pytest.mark.parametrize(
    ("fields", "today", "expected"),
    [
        ({}, NOV, Standing.DUE_SOON),
        ({}, NOV + timedelta(1), Standing.OVERDUE),
        ({}, NOV - timedelta(30), Standing.DUE_SOON),
        ({}, NOV - timedelta(31), Standing.UPCOMING),  # its ladder begins at 60, but soon is 30 days
        ({"precision": "dekad"}, NOV - timedelta(7), Standing.DUE_SOON),
        ({"precision": "dekad"}, NOV - timedelta(8), Standing.UPCOMING),  # nothing announces it yet
        ({"precision": None}, NOV - timedelta(30), Standing.DUE_SOON),
        ({"due": None}, NOV, Standing.UNDATED),
        ({"status": Status.CLAIMED}, NOV + timedelta(1), Standing.OVERDUE),
        ({"status": Status.COMPLETED}, NOV + timedelta(1), Standing.CLOSED),
        ({"status": Status.CANCELLED, "due": None}, NOV, Standing.CLOSED),
    ],
)
def test_standing(fields: dict[str, Any], today: date, expected: Standing) -> None:
    one = replace(milestone(), **fields)
    first = max(LEAD[one.precision or "day"])
    assert standing(one, today, due_soon_days=30, first_lead=first) == expected


def test_days_left_are_zero_on_the_last_day() -> None:
    assert [days_left(milestone(), NOV + timedelta(n)) for n in (-1, 0, 1)] == [1, 0, -1]
    assert days_left(milestone(due=None), NOV) is None


FIRST_DUES = [
    ("2018-12-31", "YEARLY", "FREQ=YEARLY", "2019-12-31 2020-12-31", "2019年"),
    ("2018-12-31", "YEARLY", None, "2019-12-31 2020-12-31", "2019年"),
    ("2019-03-31", "YEARLY", "FREQ=YEARLY", "2020-03-31 2021-03-31", "2020年"),
    ("2019-02-28", "YEARLY", "FREQ=YEARLY", "2020-02-29 2021-02-28", "2020年"),
    ("2018-12-31", "HALF-YEARLY", "FREQ=MONTHLY;INTERVAL=6", "2019-06-30 2019-12-31", "2019年上半年"),
    ("2018-09-30", "QUARTERLY", "FREQ=MONTHLY;INTERVAL=3", "2018-12-31 2019-03-31", "2018年第4季度"),
    ("2018-10-10", "QUARTERLY", "FREQ=MONTHLY;INTERVAL=3", "2019-01-10 2019-04-10", "2019年第1季度"),
    ("2018-09-10", "MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=10", "2018-10-10 2018-11-10", "2018年10月"),
    ("2018-09-30", "MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=30", "2018-10-30 2018-11-30", "2018年10月"),
    ("2019-02-28", "MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=28", "2019-03-28 2019-04-28", "2019年3月"),
    ("2018-09-30", "MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=-1", "2018-10-31 2018-11-30", "2018年10月"),
    ("2019-02-28", "YEARLY", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28", "2020-02-28 2021-02-28", "2020年"),
    ("2018-08-31", "MONTHLY", "FREQ=MONTHLY", "2018-09-30 2018-10-31", "2018年9月"),
    ("2019-01-30", "MONTHLY", "FREQ=MONTHLY", "2019-02-28 2019-03-30", "2019年2月"),
    ("2018-09-07", "WEEKLY", "FREQ=WEEKLY", "2018-09-14 2018-09-21", "2018年9月10日当周"),
    ("2018-09-07", "DAILY", "FREQ=DAILY", "2018-09-08 2018-09-09", "2018年9月8日"),
    ("2019-12-31", "YEARLY", "FREQ=YEARLY;INTERVAL=2", "2021-12-31 2023-12-31", "2020—2021年"),
]


@pytest.mark.parametrize(("first", "recurrence", "rrule", "following", "label"), FIRST_DUES)
def test_later_last_days_follow_from_the_first(
    first: str, recurrence: str, rrule: str | None, following: str, label: str
) -> None:
    rule = Rule.of(recurrence, rrule)
    found = list(islice(occurrences.occurrences(date.fromisoformat(first), rule), 3))
    assert [str(one.due) for one in found] == [first, *following.split()]
    assert occurrences.label(found[1], rule) == label
    for former, later in pairwise(found):
        assert former.end + timedelta(1) == later.begin
        assert occurrences.belongs(later.due, found[0].due, rule)
    assert not occurrences.belongs(found[1].due - timedelta(1), found[0].due, rule) or rule.days == 1


def head(
    recurrence: str = "YEARLY", due: date = DEC, tracked_from: date = date(2018, 8, 31), **fields: Any
) -> Milestone:
    return known(1, said("每年改造", "每年", due, recurrence=recurrence, **fields), series=1, tracked_from=tracked_from)


@pytest.mark.parametrize(
    ("series", "opened_before", "day", "expected"),
    [
        (head(), {date(2018, 1, 1)}, date(2018, 12, 31), []),
        (head(), {date(2018, 1, 1)}, date(2019, 1, 1), ["2019-12-31"]),
        (head(), {date(2018, 1, 1), date(2019, 1, 1)}, date(2019, 5, 1), []),
        (head(), {date(2018, 1, 1)}, date(2021, 2, 1), ["2019-12-31", "2020-12-31", "2021-12-31"]),
        (head(tracked_from=date(2021, 2, 1)), {date(2018, 1, 1)}, date(2021, 2, 1), ["2021-12-31"]),
        (head("MONTHLY", date(2018, 9, 10)), set(), date(2018, 11, 1), ["2018-10-10", "2018-11-10"]),
        (head(rrule="FREQ=YEARLY;UNTIL=20191231"), set(), date(2022, 1, 1), ["2019-12-31"]),
        (head(rrule="FREQ=YEARLY;COUNT=2"), set(), date(2022, 1, 1), ["2019-12-31"]),
        (milestone(1), set(), date(2022, 1, 1), []),
    ],
)
def test_an_occurrence_opens_when_its_period_begins(
    series: Milestone, opened_before: set[date], day: date, expected: list[str]
) -> None:
    assert [str(one.due) for one in occurrences.due_to_open(series, opened_before, day)] == expected


def test_a_series_runs_to_the_end_of_the_calendar() -> None:
    assert list(occurrences.occurrences(date(9998, 12, 31), Rule.of("YEARLY", None)))[-1].due.year <= 9999


def entry(id: int, day: str, action: Any, **changes: tuple[Any, Any]) -> Entry:
    return Entry(
        id=id, milestone=1, day=date.fromisoformat(day), at=datetime(2019, 1, id, tzinfo=UTC), actor="a", action=action,
        changes={name.replace("__", "."): change for name, change in changes.items()},
    )  # fmt: skip


HISTORY = [
    entry(1, "2018-08-31", "added", due=(None, "2018-11-30"), title=(None, "改造"), agencies=(None, ["市住建委"])),
    entry(2, "2018-11-10", "edited", due=("2018-11-30", "2018-12-15"), agencies=(["市住建委"], ["市规划局"])),
    entry(3, "2018-11-20", "completed", status=("open", "completed"), closed_on=(None, "2018-11-20")),
    entry(4, "2018-11-01", "moved", due=("2018-12-15", "2018-12-31"), stated__quote=("11月底改造", "12月底改造")),
]
CURRENT = replace(
    known(1, said("12月底改造", "12月底", DEC), due=DEC, title="改造"),
    agencies=("市规划局",), lead=(), status=Status.COMPLETED, closed_on=date(2018, 11, 20), sequence=3,
    decided=("agencies", "due"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("day", "due", "status", "agency", "quote", "sequence", "decided"),
    [
        ("2018-08-31", NOV, "open", "市住建委", "11月底改造", 0, ()),
        ("2018-11-01", DEC, "open", "市住建委", "12月底改造", 1, ()),
        # Entry 4 holds from the 1st but was written after entry 2: what was written last counts.
        ("2018-11-10", DEC, "open", "市规划局", "12月底改造", 2, ("agencies", "due")),
        ("2018-11-20", DEC, "completed", "市规划局", "12月底改造", 3, ("agencies", "due")),
    ],
)
def test_a_milestone_as_of_a_day_is_the_fold_of_its_entries(
    day: str, due: date, status: str, agency: str, quote: str, sequence: int, decided: tuple[str, ...]
) -> None:
    past = replay(CURRENT, HISTORY, date.fromisoformat(day))
    assert past is not None
    assert (past.due, past.status, past.agencies, past.quote) == (due, status, (agency,), quote)
    assert (past.sequence, past.decided) == (sequence, decided)
    assert (past.closed_on is None) == (status == "open")


def test_a_milestone_added_later_is_not_in_the_table() -> None:
    assert replay(CURRENT, HISTORY, date(2018, 8, 30)) is None


def test_sequence_is_raised_by_days_and_status_and_by_nothing_else() -> None:
    before, words = milestone(), {"action": "edited", "day": NOV, "at": datetime(2019, 1, 1, tzinfo=UTC), "actor": "a"}
    for change, raised in [
        ({"due": DEC}, 1),
        ({"status": Status.CANCELLED}, 1),
        ({"title": "x"}, 0),
        ({"lead": ()}, 0),
    ]:
        after, written = recorded(before, replace(before, **change), **words)
        assert after.sequence == before.sequence + raised
        assert set(written.changes) == set(change)


@pytest.mark.parametrize(
    ("quote", "timex", "expected"),
    [
        (
            "2018年底完善人防工程产权制度改革方案，形成征求意见稿",
            "2018年底",
            "完善人防工程产权制度改革方案，形成征求意见稿",
        ),
        ("按照住建部要求于11月底完成列入试点计划的改造任务", "11月底", "按照住建部要求完成列入试点计划的改造任务"),
        ("到2025年底基本完成改造", "2025年底", "基本完成改造"),
        ("2018年12月底前，进一步完善审批制度框架", "2018年12月底前", "进一步完善审批制度框架"),
        ("力争2019年前建成", "2019年", "建成"),
        ("举办2018宁波市文化消费季活动", "2018", "举办2018宁波市文化消费季活动"),
        ("实施“十三五”高校改革试点", "十三五", "实施“十三五”高校改革试点"),
        ("确定试点区县（市）", "2018年底", "确定试点区县（市）"),
        ("2018年", "2018年", "2018年"),
        (
            "2018年底前，" + "完成一二三四五六七八九十" * 2 + "，" + "再做一二三四五六七八九十" * 3,
            "2018年底前",
            "完成一二三四五六七八九十" * 2,
        ),
        ("一二三四五六七八九十" * 5, "", "一二三四五六七八九十" * 3 + "一二三四五六七八九…"),
    ],
)
def test_a_title_is_the_sentence_without_its_date(quote: str, timex: str, expected: str) -> None:
    assert title(quote, timex) == expected
    assert len(expected) <= 40
