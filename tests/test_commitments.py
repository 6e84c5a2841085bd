"""Commitments: cues, agencies and targets by their own examples; layouts; and the account of every mention."""

import re
from calendar import monthrange
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.commitments import Commitment, Extraction, extract
from tracker.commitments.agencies import Bodies, names, read_remark
from tracker.commitments.cues import CUES, Cue, role_by_shape, role_of
from tracker.commitments.targets import ROWS, Row, find_targets
from tracker.documents import Source, heal
from tracker.documents.clauses import LONGEST
from tracker.timex import find_timexes

PUBLISHED = date(2018, 8, 31)


def source(text: str, published: date = PUBLISHED, title: str = "试点清单", as_stated: str = "") -> Source:
    return Source("doc", text, title, "", published, as_stated or published.isoformat(), "the test", True, "doc.txt")


def read(text: str, published: date = PUBLISHED, title: str = "试点清单") -> Extraction:
    return extract(source(text, published, title))


def only(text: str, published: date = PUBLISHED, title: str = "试点清单") -> Commitment:
    (commitment,) = read(text, published, title).commitments
    return commitment


EXAMPLES = [(cue, example) for cue in CUES for example in cue.examples]


@pytest.mark.parametrize(("cue", "example"), EXAMPLES, ids=[example for _, example in EXAMPLES])
def test_a_cue_is_shown_by_its_example(cue: Cue, example: str) -> None:
    before, quote, _ = re.split("[【】]", example)
    text = example.replace("【", "").replace("】", "")
    mention = next(m for m in find_timexes(text, PUBLISHED) if m.start == len(before))
    assert mention.quote == quote
    role, reason = role_of(example, mention, "arrangement", cue.tenses[-1])
    assert role == (role_by_shape(mention) if cue.role == "due" else cue.role)
    assert reason == f"cue {cue.pattern}"


TARGETS = [(row, example) for row in ROWS for example in row.examples]


@pytest.mark.parametrize(("row", "example"), TARGETS, ids=[example for _, example in TARGETS])
def test_a_quantity_is_read_as_its_example_says(row: Row, example: str) -> None:
    text, *expected = example.split(" ")
    found = [(target.op, f"{target.value:g}", target.unit) for target in find_targets(text)]
    assert [word for target in found for word in target] == expected


@pytest.mark.parametrize(
    "text",
    ["纳入第3个试点", "超过400万元的政府采购工程", "低于1万元的缴费", "落实“三个1公里”行动", "前50%的事项", "G98公路"],
)
def test_a_quantity_that_only_tells_what_is_meant_is_no_target(text: str) -> None:
    assert find_targets(text) == ()


AGENCIES = [
    ("鄞州区、余姚市人民政府（鄞州区、余姚市红十字会）",
     ["鄞州区人民政府", "余姚市人民政府", "鄞州区红十字会", "余姚市红十字会"]),
    ("余姚市人民政府（余姚市科协）", ["余姚市人民政府", "余姚市科协"]),
    ("各区县（市）人民政府", ["各区县（市）人民政府"]),
    ("市发展和改革委员会、市住房和城乡建设局", ["市发展和改革委员会", "市住房和城乡建设局"]),
    ("市住建局、审批服务局", ["市住建局", "市审批服务局"]),
    ("市国资委等市级各有关部门", ["市国资委", "市级各有关部门"]),
    ("省金融监管局、江苏银保监局", ["省金融监管局", "江苏银保监局"]),
    ("市商务局、宁波银保监局、税务局", ["市商务局", "宁波银保监局", "市税务局"]),
    ("市财政局和市教育局", ["市财政局", "市教育局"]),
    ("各市、县人民政府", ["各市人民政府", "各县人民政府"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), AGENCIES, ids=[text for text, _ in AGENCIES])
def test_a_list_of_bodies_is_split_into_whole_names(text: str, expected: list[str]) -> None:
    assert names(text) == expected


REMARKS = [
    ("牵头单位：市住建委", Bodies(("市住建委",), ("市住建委",), ())),
    ("（办公室牵头，各处室按职责分工负责，完成时限：2023年底前）", Bodies(("办公室", "各处室"), ("办公室",), ())),
    ("(牵头单位:市教育局;配合单位:市财政局;完成时限:11月)",
     Bodies(("市教育局", "市财政局"), ("市教育局",), ("市财政局",))),
    ("牵头市领导：刘某；牵头单位：市市场监管局。", Bodies(("市市场监管局",), ("市市场监管局",), ())),
    ("〔责任部门：办公室、保障处，时限要求：6月底〕", Bodies(("办公室", "保障处"), (), ())),
]  # fmt: skip


@pytest.mark.parametrize(("text", "bodies"), REMARKS, ids=[text for text, _ in REMARKS])
def test_a_remark_says_who_leads_and_who_supports(text: str, bodies: Bodies) -> None:
    assert read_remark(text) == bodies


def test_a_deadline_carries_over_a_semicolon_and_not_over_a_full_stop() -> None:
    found = read("1.目标。到2020年，建成3个产业园；建成15个中心。建立机制。").commitments
    assert [(c.quote, c.due) for c in found] == [
        ("到2020年，建成3个产业园", date(2020, 12, 31)), ("建成15个中心", date(2020, 12, 31)),
    ]  # fmt: skip


def test_a_recurrence_after_a_subject_carries_over_nothing() -> None:
    found = read("1.目标。教育部门每年推出清单；第三方机构参与招投标。").commitments
    assert [c.quote for c in found] == ["教育部门每年推出清单"]


def test_a_second_deadline_after_a_comma_starts_a_second_commitment() -> None:
    found = read("1.任务。2018年至2020年，全市完成改造不低于650万平方米，到2025年底基本完成小区改造。").commitments
    assert [(c.quote, c.kind, c.due) for c in found] == [
        ("2018年至2020年，全市完成改造不低于650万平方米", "window", date(2020, 12, 31)),
        ("到2025年底基本完成小区改造", "deadline", date(2025, 12, 31)),
    ]  # fmt: skip


def test_a_clause_that_names_one_place_narrows_the_bodies() -> None:
    text = (
        "110.试点\n牵头单位：鄞州区、余姚市人民政府\n目标任务：到2022年，鄞州区建会率在95%以上；余姚市打造100个组织。"
    )
    assert [c.agencies for c in read(text).commitments] == [("鄞州区人民政府",), ("余姚市人民政府",)]


@pytest.mark.parametrize(
    ("text", "title", "published", "due", "found"),
    [
        ("1.任务。2019年完成方案，11月底前报送。", "清单", date(2018, 8, 31), date(2019, 11, 30), "explicit"),
        ("1.2019年重点任务\n11月底前完成方案。", "清单", date(2018, 8, 31), date(2019, 11, 30), "document"),
        ("1.任务。11月底前完成方案。", "2019年工作要点", date(2018, 12, 20), date(2019, 11, 30), "document"),
        ("1.任务。11月底前完成方案。", "清单", date(2018, 8, 31), date(2018, 11, 30), "document"),
        ("1.任务。1月底前完成方案。", "清单", date(2018, 12, 20), date(2019, 1, 31), "document"),
    ],
    ids=["the sentence", "the heading", "the document's title", "the document date", "a December plan's January"],
)
def test_a_missing_year_comes_from(text: str, title: str, published: date, due: date, found: str) -> None:
    commitment = read(text, published, title).commitments[-1]
    assert (commitment.due, commitment.year_from) == (due, found)
    assert found == "explicit" or commitment.assumed


LAYOUTS = [
    ("a bracket at the end of the item",
     "3.完善方案。加强宣传。（市住建委负责，11月底前完成）", "完善方案", "11月底前", "市住建委"),
    ("label lines after the task",
     "3.完善方案，加强宣传。\n牵头单位：市住建委\n完成时限：11月底前", "完善方案，加强宣传", "11月底前", "市住建委"),
    ("a date that opens its clause",
     "3.任务。\n推进建设，年底前，全面推开。\n责任单位：市住建委", "年底前，全面推开", "年底前", "市住建委"),
    ("a date whose object stands before",
     "3.任务。各县要编制规划，力争在12月底前完成。", "各县要编制规划，力争在12月底前完成", "12月底前", "各县"),
    ("a list number right before a year",
     "1.2018年底前完成方案。（市住建委负责）", "2018年底前完成方案", "2018年底前", "市住建委"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "quote", "timex", "agency"), [c[1:] for c in LAYOUTS], ids=[c[0] for c in LAYOUTS])
def test_a_deadline_governs_what_its_place_says(text: str, quote: str, timex: str, agency: str) -> None:
    commitment = only(text)
    assert (commitment.quote, commitment.timex, commitment.agencies) == (quote, timex, (agency,))


def test_distributed_days_are_one_commitment_each() -> None:
    found = read("1.任务。2018年、2019年底前分别完成改造。").commitments
    assert [c.due for c in found] == [date(2018, 12, 31), date(2019, 12, 31)]


PAST = [
    "截至7月份，全市已组建团队1456个。",
    "7月底完成了摸底调查。",
    "今年6月，入选国家试点城市。",
    "2017年全市经费达到人均60元。",
]


@pytest.mark.parametrize("text", PAST)
def test_what_has_happened_is_set_aside_with_its_reason(text: str) -> None:
    extraction = read(f"1.试点\n主要进展情况：{text}")
    assert extraction.commitments == ()
    assert [(s.fate, s.reason) for s in extraction.sightings] == [("set-aside", "已经发生")]


def test_a_promise_inside_a_report_of_progress_is_a_commitment() -> None:
    assert only("1.试点\n主要进展情况：已完成立项，将于11月底开工。").due == date(2018, 11, 30)


def test_a_day_that_does_not_exist_waits_for_a_person() -> None:
    extraction = read("1.任务。2019年2月30日前完成方案。")
    assert extraction.commitments == ()
    assert [s.fate for s in extraction.sightings] == ["waiting"]
    assert [p.words for p in extraction.problems] == ["2019年2月30日前"]


def test_a_bare_year_with_before_is_tracked_and_marked_for_confirmation() -> None:
    commitment = only("1.任务。2020年前建成示范区。")
    assert commitment.due == date(2019, 12, 31)
    assert commitment.review


def test_a_length_from_another_event_has_no_day() -> None:
    commitment = only("1.任务。自受理之日起15个工作日内办结申请。")
    assert (commitment.kind, commitment.due, commitment.confidence) == ("duration", None, "low")


CONDITIONAL = {
    "有下列情形之一的，政务部门应当自情形发生之日起10个工作日内更新目录": 0,
    "属于有条件共享的，其他政务部门应当自收到申请之日起7个工作日内答复": 0,
    "因故不能按期办结的，须在11月底前书面说明": 0,
    "对于已经建成的，原则上于2018年11月底前移交": 0,
    "加强部门之间的衔接，应当在11月底前移交": 0,
    "完善制度的建设，各单位应当在11月底前移交": 8,
}


@pytest.mark.parametrize(("clause", "start"), CONDITIONAL.items())
def test_the_condition_of_a_duty_belongs_to_its_quote(clause: str, start: int) -> None:
    assert only(f"1.任务。{clause}。").quote == clause[start:]


def test_a_length_from_the_day_of_issue_has_one() -> None:
    assert only("1.任务。各单位在本方案印发之日起1个月内要制定方案。").due == date(2018, 9, 30)


@pytest.mark.parametrize(
    ("title", "due"),
    [
        ("宁波市生态环境保护“十四五”规划", date(2025, 12, 31)),
        ("宁波市打赢蓝天保卫战三年行动方案（2018—2020年）", date(2020, 12, 31)),
    ],
)
def test_the_end_of_the_plan_is_the_documents_own(title: str, due: date) -> None:
    commitment = only("1.任务。到规划期末，基本消除劣五类水体。", title=title)
    assert (commitment.due, commitment.year_from) == (due, "document")


def test_the_end_of_a_plan_that_is_not_named_waits_for_a_person() -> None:
    extraction = read("1.任务。到规划期末，基本消除劣五类水体。")
    assert extraction.commitments == ()
    assert [sighting.fate for sighting in extraction.sightings] == ["waiting"]


def test_a_document_without_dates_promises_nothing() -> None:
    assert read("关于加强管理的通知\n各单位要提高认识。") == Extraction("doc", (), (), ())


CONDITIONS = (
    "一二1.、。；：，（）\n牵头单位市住建委目标任务完成建立到于年底前2018年11月30日每月2月30日3个90%以上将已《》“”至或"
)


@given(
    st.lists(st.sampled_from(re.findall("2018年|11月|每月|2月30日|90%以上|以上|[^ ]", CONDITIONS)), max_size=60).map(
        "".join
    )
)
def test_every_mention_is_accounted_for_once_and_every_quote_is_found_again(text: str) -> None:
    extraction = read(text)
    healed = heal(text)
    mentions = find_timexes(healed.text, PUBLISHED)
    assert [s.mention.quote for s in extraction.sightings] == [m.quote for m in mentions]
    assert all(s.reason for s in extraction.sightings if s.fate != "tracked")
    for c in extraction.commitments:
        raw = text[c.start : c.stop]
        assert [x for x in c.quote if x != "\n"] == [x for x in raw if x != "\n"]


def test_no_quote_is_longer_than_a_clause_however_many_brackets_follow_each_other() -> None:
    commitments = read("（市教育局负责，11月底前完成）" * 200).commitments
    assert len(commitments) == 200
    assert max(len(c.quote) for c in commitments) <= LONGEST


GOLD = Path(__file__).parent / "data" / "documents"


@pytest.mark.parametrize("path", sorted((GOLD / "docs").glob("*.txt")), ids=lambda p: p.stem)
def test_every_row_of_every_document_is_found_in_the_text_as_read(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    day = date(2023, 5, monthrange(2023, 5)[1])
    extraction = extract(source(text, day))
    assert extraction.sightings
    for c in extraction.commitments:
        assert heal(text[c.start : c.stop]).text == c.quote
    for s in extraction.sightings:
        assert heal(text[s.start : s.stop]).text == s.mention.quote
