"""The same commitment said twice: what is suggested, confirmed, told once, and closed as a whole."""

import random
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from cli_program import Program
from milestone_factory import commitment, milestone, seed

from tracker.commitments import Target
from tracker.milestones import Milestone, Status
from tracker.milestones.sameness import RAREST, WINDOW, as_one, near, suggestions

YEAR_END = date(2018, 12, 31)
UNION = "在各区县（市）全面推开县域医共体建设"
SIGNED = Target("重点人群签约服务人数", ">=", 80, "万人")


def said(id: int, words: str = UNION, item: str | None = None, **fields: Any) -> Milestone:
    due = fields.setdefault("due", YEAR_END)
    item = item or str(100 + id)
    given = {"quote": f"年底前，{words}", "timex": "年底前", "due": due, "item": item}
    given |= {name: fields[name] for name in ("targets", "agencies") if name in fields}
    return milestone(id, item=item, item_title=None, stated=commitment(**given), **fields)


def ids(milestones: list[Milestone], apart: tuple[int, ...] = ()) -> list[list[int]]:
    return [[one.id for one in each.milestones] for each in suggestions(milestones, apart)]


def test_the_seed_has_exactly_three_duties_that_are_said_more_than_once() -> None:
    found = suggestions(seed())
    assert [([one.item for one in each.milestones], each.milestones[0].title) for each in found] == [
        (["102", "103", "104"], UNION),
        (["102", "103"], "全市重点人群签约服务人数在80万以上"),
        (["102", "104"], "完成2018年十大改善医疗服务项目的各项指标任务"),
    ]
    assert [each.targets for each in found] == [0, 1, 0]


CASES: dict[str, tuple[list[Milestone], list[list[int]]]] = {
    "the same words": ([said(1), said(2)], [[1, 2]]),
    "nearly the same words": ([said(1), said(2, "在全市各区县（市）全面推开县域医共体建设")], [[1, 2]]),
    "another district": ([said(1, "完成海曙区老旧小区改造年度任务"), said(2, "完成江北区老旧小区改造年度任务")], []),
    "other words": ([said(1), said(2, "完成年度医疗服务改善项目的各项指标任务")], []),
    "another day": ([said(1), said(2, due=date(2018, 11, 30))], []),
    "another figure": ([said(1, "重点人群签约服务人数达到80万以上"), said(2, "重点人群签约服务人数达到90万以上")], []),
    "another quantity": ([said(1, targets=(SIGNED,)), said(2, targets=(replace(SIGNED, value=90),))], []),
    "the same quantity in another unit": (
        [said(1, targets=(SIGNED,)), said(2, targets=(replace(SIGNED, value=800_000, unit="人"),))], [[1, 2]],
    ),
    "no agency in common": ([said(1), said(2, agencies=("市卫生计生委",))], []),
    "an agency in common": ([said(1), said(2, agencies=("市住建委", "市卫生计生委"))], [[1, 2]]),
    "one item says it twice": ([said(1, item="97"), said(2, item="97")], []),
    "words that say nothing of their own": ([said(1, "完成任务"), said(2, "完成任务")], []),
    "one is closed": ([said(1), said(2, status=Status.COMPLETED, closed_on=YEAR_END)], []),
    "one is withdrawn": ([said(1), said(2, withdrawn=True)], []),
    "they are one duty": ([said(1, duty=1), said(2, duty=1)], []),
    "another one says what a duty says": ([said(1, duty=1), said(2, duty=1), said(3)], [[1, 2, 3]]),
}  # fmt: skip


@pytest.mark.parametrize(("milestones", "expected"), CASES.values(), ids=CASES)
def test_what_is_suggested(milestones: list[Milestone], expected: list[list[int]]) -> None:
    assert ids(milestones) == expected


def test_what_a_person_set_apart_is_not_suggested_again() -> None:
    assert ids([said(1), said(2), said(3)], (2,)) == [[1, 3]]


def many(number: int) -> list[Milestone]:
    """As many milestones of one day, every tenth said twice with a word more."""
    chance = random.Random(7)
    words = [chr(0x4E00 + n) for n in range(2000)]
    texts = ["".join(chance.choices(words, k=24)) for _ in range(number)]
    again = [said(number + n, f"{text}等") for n, text in enumerate(texts) if n % 10 == 0]
    return [*(said(n, text) for n, text in enumerate(texts)), *again]


def test_what_is_said_again_is_found_among_very_many() -> None:
    some = many(2000)
    assert len(suggestions(some)) == 200


@pytest.mark.parametrize("alike", [False, True], ids=["all different", "all but a word alike"])
def test_the_work_grows_with_the_milestones_and_not_with_their_pairs(alike: bool) -> None:
    words = "推进{}区老旧小区改造任务按期完成"
    texts = [words.format(chr(0x4E00 + n)) if alike else one.quote for n, one in enumerate(many(3000))]
    assert len(near(sorted(texts))) <= RAREST * WINDOW * len(texts)


def test_a_duty_stands_by_its_earliest_day_with_the_agencies_of_all() -> None:
    one = said(1, duty=1, lead=("市住建委",))
    two = said(2, duty=1, due=date(2018, 11, 30), agencies=("市卫生计生委",), lead=(), support=("市卫生计生委",))
    three = said(3, duty=1, status=Status.COMPLETED, closed_on=YEAR_END)
    head, closed, other = as_one([one, two, three, said(4)])
    assert (head.id, head.due, head.beside) == (2, date(2018, 11, 30), (1,))
    assert (head.agencies, head.lead, head.support) == (("市卫生计生委", "市住建委"), ("市住建委",), ("市卫生计生委",))
    assert (closed.id, closed.beside, other.id) == (3, (), 4)
    assert as_one([head, closed, other]) == [head, closed, other]


def test_the_one_that_its_document_still_has_stands_for_the_duty() -> None:
    (head,) = as_one([said(1, duty=1, withdrawn=True), said(2, duty=1)])
    assert head.id == 2


ON = ("--as-of", "2018-09-03")


@pytest.fixture
def confirmed(program: Program) -> Program:
    for duty in (("26", "30", "32"), ("27", "31"), ("28", "33")):
        program.ok("same", "confirm", *duty, *ON)
    return program


def test_the_office_confirms_what_is_suggested(program: Program) -> None:
    suggested = program.ok("same", "list", "--format", "jsonl").rows
    assert [row["ids"] for row in suggested] == [[26, 30, 32], [27, 31], [28, 33]]
    told = program.ok("same").out
    assert "all due 2018-12-31, the same words, the same 1 target" in told
    for row in suggested:
        program.ok("same", "confirm", *map(str, row["ids"]), *ON)
    assert program.ok("same", "list", "--format", "jsonl").rows == []
    assert [row["ids"] for row in program.ok("same", "list", "--confirmed", "--format", "jsonl").rows] == [
        [26, 30, 32], [27, 31], [28, 33],
    ]  # fmt: skip


def test_one_line_tells_of_a_duty_with_all_its_sources_and_the_counts_agree(confirmed: Program) -> None:
    of_agency = confirmed.ok("digest", "--agency", "市卫生计生委", "--as-of", "2018-12-03").out
    text = of_agency.replace("\n", "").replace(" ", "")
    assert "即将到期3项。本期提示3项" in text
    assert text.count("［提示］在各区县") == 1
    assert "第102项（编号26）、第103项（编号30）、第104项（编号32）" in text
    office = confirmed.ok("digest", "--as-of", "2018-12-03").out
    assert "市卫生计生委                  0        3        0        0        0" in office


def test_a_scan_tells_a_duty_once_and_a_split_milestone_for_itself(confirmed: Program) -> None:
    assert (
        "市卫生计生委 第1期: 【督查提醒·立项】市卫生计生委 临期3" in confirmed.ok("scan", "--as-of", "2018-12-03").out
    )
    assert confirmed("scan", "--as-of", "2018-12-03").out.strip() in ("", "2018-12-03: nothing new is owed")
    confirmed.ok("same", "split", "30", "--as-of", "2018-12-03")
    told = confirmed.ok("scan", "--as-of", "2018-12-04").out
    assert "市卫生计生委 第2期: 【督查提醒" in told
    assert "临期4" in told  # 26 with 32, and 30; 27 with 31; 28 with 33


def test_done_asks_for_all_of_a_duty(confirmed: Program) -> None:
    refused = confirmed("done", "26", "--as-of", "2018-12-03")
    assert refused.code == 2
    assert "26 is one duty with 30, 32: --all closes 30, 32 too, --only leaves them as they are" in refused.err
    assert confirmed("done", "26", "--all", "--only").code == 2
    assert confirmed.ok("done", "27", "--only", "--as-of", "2018-12-03").out.count("completed") == 1
    assert confirmed.ok("done", "26", "--all", "--as-of", "2018-12-03").out.count("completed") == 3
    assert confirmed.ok("done", "28", "33", "--as-of", "2018-12-03").out.count("completed") == 2
    assert confirmed.ok("done", "1", "--as-of", "2018-12-03").out.count("completed") == 1
    for id in ("26", "30", "32"):
        assert "completed" in confirmed.ok("show", id, "--as-of", "2018-12-03").out
    assert "近期完成3项" in confirmed.ok("digest", "--agency", "市卫生计生委", "--as-of", "2018-12-04").out


def test_claim_and_verify_ask_for_all_of_a_duty(confirmed: Program) -> None:
    refused = confirmed("claim", "26", "--as-of", "2018-12-03")
    assert (refused.code, "--all claims 30, 32 too" in refused.err) == (2, True)
    assert confirmed.ok("claim", "26", "--all", "--as-of", "2018-12-03").out.count("to be verified") == 3
    refused = confirmed("verify", "30", "--as-of", "2018-12-03")
    assert (refused.code, "--all closes 26, 32 too" in refused.err) == (2, True)
    assert confirmed.ok("verify", "30", "--only", "--as-of", "2018-12-03").out.count("completed") == 1
    assert confirmed.ok("verify", "26", "--all", "--as-of", "2018-12-03").out.count("completed") == 2


def test_what_is_claimed_or_asked_of_one_of_a_duty_is_told_of_it_and_the_others_are_reminded_of(
    confirmed: Program,
) -> None:
    confirmed.ok("claim", "26", "--only", "--as-of", "2018-12-03")
    confirmed.ok("defer", "33", "--to", "2019-03-01", "--reason", "资金未到位", "--only", "--as-of", "2018-12-03")
    office = confirmed.ok("digest", "--as-of", "2018-12-04").out
    assert "1项已申请办结、待核实（编号26）" in office
    assert "1项已申请延期、待审批（编号33）" in office
    told = {row["state"] for row in confirmed.ok("why", "30", "--reminders", "--format", "jsonl", *ON).rows}
    assert "claimed" not in told
    assert "［提示］在各区县" in confirmed.ok("digest", "--agency", "市卫生计生委", "--as-of", "2018-12-04").out


def test_what_waits_for_one_of_a_duty_waits(confirmed: Program) -> None:
    confirmed.ok("block", "1", "--for", "30", *ON)
    rows = confirmed.ok("why", "1", "--reminders", "--format", "jsonl", "--as-of", "2018-12-03").rows
    assert {row["reason"] for row in rows} == {"waiting"}


def test_a_deferral_of_one_of_a_duty_asks_for_all_and_the_answer_for_what_was_asked(confirmed: Program) -> None:
    day, words = ("--as-of", "2018-12-03"), ("--to", "2019-03-01", "--reason", "资金未到位")
    assert "--all defers 30, 32 too" in confirmed("defer", "26", *words, *day).err
    confirmed.ok("defer", "26", "30", *words, "--only", *day)
    assert "--all puts off 30 too" in confirmed("approve", "26", *day).err
    assert confirmed.ok("approve", "26", "--all", *day).out.count("slip 1") == 2
    confirmed.ok("defer", "32", *words, "--only", *day)
    confirmed.ok("refuse", "32", "--reason", "理由不足", *day)


REFUSED: dict[str, tuple[tuple[str, ...], str]] = {
    "one alone": (("confirm", "26"), "two milestones at least"),
    "an unknown id": (("confirm", "26", "999"), "no milestone has the id 999"),
    "what is one already": (("confirm", "26", "32"), "one duty already"),
    "a closed one": (("confirm", "1", "2"), "completed"),
}


@pytest.mark.parametrize(("words", "told"), REFUSED.values(), ids=REFUSED)
def test_a_refused_answer_says_why_and_changes_nothing(confirmed: Program, words: tuple[str, ...], told: str) -> None:
    confirmed.ok("done", "1", *ON)
    before = confirmed.ok("list", "--all", "--format", "jsonl").out
    answer = confirmed("same", *words, *ON)
    assert answer.code == 2
    assert told in answer.err
    assert confirmed.ok("list", "--all", "--format", "jsonl").out == before


def test_splitting_the_first_leaves_the_others_one_and_is_remembered(confirmed: Program) -> None:
    confirmed.ok("same", "split", "26", *ON)
    assert confirmed("same", "split", "26", *ON).code == 2
    rows = confirmed.ok("same", "list", "--confirmed", "--format", "jsonl").rows
    assert [row["ids"] for row in rows] == [[27, 31], [28, 33], [30, 32]]
    assert confirmed.ok("same", "list", "--format", "jsonl").rows == []
    confirmed.ok("same", "split", "31", *ON)
    assert "[27" not in str(confirmed.ok("same", "list", "--confirmed", "--format", "jsonl").rows)


def test_the_table_of_an_earlier_day_knows_no_later_duty(confirmed: Program) -> None:
    before = confirmed.ok("digest", "--agency", "市卫生计生委", "--as-of", "2018-09-02").out
    assert "第103项（编号30）" not in before


def test_the_end_of_a_duty_is_seen_by_why(confirmed: Program) -> None:
    for id in ("26", "30"):
        assert "planned" in confirmed.ok("why", id, "--reminders", "--as-of", "2018-10-08").out
