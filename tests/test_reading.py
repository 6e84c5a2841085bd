"""What officials write, and what becomes of it: each row is a sentence that was once read wrong, or could be."""

from datetime import date

import pytest
from test_commitments import read

PUBLISHED = date(2018, 8, 31)

# text: the (last day, quote) of each commitment
PROMISES = {
    "1.任务。10月底前印发实施方案。": [("2018-10-31", "10月底前印发实施方案")],
    "1.任务。年底前，已立项项目全部开工。": [("2018-12-31", "年底前，已立项项目全部开工")],
    "1.任务。11月底前了解掌握基本情况。": [("2018-11-30", "11月底前了解掌握基本情况")],
    "1.任务。2018年底前出台关于支持企业的政策。": [("2018-12-31", "2018年底前出台关于支持企业的政策")],
    "1.任务。到2020年形成全面覆盖的网络。": [("2020-12-31", "到2020年形成全面覆盖的网络")],
    "1.任务。第四季度开工建设。": [("2018-12-31", "第四季度开工建设")],
    "1.任务。全年新增就业10万人。": [("2018-12-31", "全年新增就业10万人")],
    "1.任务。2018年6月底前完成方案制定。": [("2018-06-30", "2018年6月底前完成方案制定")],
    "1.任务。完成2018年改造任务5万户。": [("2018-12-31", "完成2018年改造任务5万户")],
    "9.改造\n牵头单位：市住建委\n主要进展情况：已完成初验。2019年6月底前完成验收。": [
        ("2019-06-30", "2019年6月底前完成验收")],
    "9.改造\n牵头单位：市住建委\n主要进展情况：已开工。\n下步安排：12月底前完成。": [("2018-12-31", "12月底前完成")],
    "1.落实2016年国务院文件精神，12月底前出台细则。": [("2018-12-31", "12月底前出台细则")],
    "1.推进2025年规划编制，2月底前完成初稿。": [("2019-02-28", "2月底前完成初稿")],
    "1.任务。对照2020年目标，11月底前完成评估。": [("2018-11-30", "11月底前完成评估")],
    "1.任务。启动2022年亚运会筹备工作，年底前完成方案。": [("2018-12-31", "年底前完成方案")],
    "八、建立检查制度，力争11月上旬试运行，到2028年压减30%以上。": [
        ("2018-11-10", "建立检查制度，力争11月上旬试运行"), ("2028-12-31", "到2028年压减30%以上")],
    "1.任务。每年6月、12月底前报送。": [
        ("2019-06-30", "每年6月、12月底前报送"), ("2018-12-31", "每年6月、12月底前报送")],
    "1.任务。每季度末月25日前公示。": [("2018-09-25", "每季度末月25日前公示")],
    "1.任务。普惠小微贷款余额较年初增长15%以上。": [],
    "1.任务。每月25日前报送当月工作情况。": [("2018-09-25", "每月25日前报送当月工作情况")],
    "关于印发2019年工作要点的通知\n一、2019年工作目标\n1.11月底前完成方案。": [("2019-11-30", "11月底前完成方案")],
    "关于推进改革的通知\n（2018年8月31日）\n1.任务。市教育局10月底前完成方案。": [
        ("2018-10-31", "市教育局10月底前完成方案")],
    "通知\n各单位：\n请于11月底前报送总结。\n宁波市人民政府\n2018年8月20日": [("2018-11-30", "请于11月底前报送总结")],
    "### 修订作业要点\n2019/01~2019/12\n### 建立机制\n2020年": [
        ("2019-12-31", "修订作业要点"), ("2020-12-31", "建立机制")],
    "1.加快推进（2018年底前完成）。": [("2018-12-31", "加快推进")],
    "1.完成方案。（11月底前）": [("2018-11-30", "完成方案")],
    "1.完成方案\n完成时限：11月底\n2.开展试点\n完成时限：12月底": [
        ("2018-11-30", "完成方案"), ("2018-12-31", "开展试点")],
    "1.11月底前完成方案\n责任单位：市局\n2.开展试点。": [("2018-11-30", "11月底前完成方案")],
    "一、以下任务均于年底前完成\n1.制定方案。\n2.组织实施，10月底前见效。\n二、明年6月底前完成的任务\n3.推广经验。": [
        ("2018-12-31", "制定方案"), ("2018-10-31", "组织实施，10月底前见效"), ("2019-06-30", "推广经验")],
    "10月底前完成：\n1.制定方案\n2.组织实施\n11月底前完成：\n1.开展验收": [
        ("2018-10-31", "制定方案"), ("2018-10-31", "组织实施"), ("2018-11-30", "开展验收")],
    "一、年底前完成机构改革\n1.制定方案。\n2.转隶人员。": [("2018-12-31", "年底前完成机构改革")],
    "1.推进改革。（1）制定方案；（2）开展试点；（3）全面推开。（市府办负责，11月底前完成）": [
        ("2018-11-30", "推进改革")],
    "1.修订章程，完善制度，11月底前完成；组织培训，年底前全部完成。": [
        ("2018-11-30", "修订章程，完善制度，11月底前完成"), ("2018-12-31", "组织培训，年底前全部完成")],
    "（三）总结验收阶段（2019年7月—12月）。12月20日前形成报告。": [
        ("2019-12-31", "总结验收阶段（2019年7月—12月）"), ("2019-12-20", "12月20日前形成报告")],
    "继续返还经费，对困难企业加倍返还，政策执行至2019年12月31日。": [
        ("2019-12-31", "继续返还经费，对困难企业加倍返还，政策执行至2019年12月31日")],
    "1.任务。本方案印发后15日内，各单位要成立专班。": [("2018-09-15", "本方案印发后15日内，各单位要成立专班")],
    "1.任务。全面推行告知承诺，2个工作日内办结。": [("None", "2个工作日内办结")],
    "各县根据本要点，编制事项目录，通过网站于10月31日前向社会公开。": [
        ("2018-10-31", "各县根据本要点，编制事项目录，通过网站于10月31日前向社会公开")],
    "物流企业要逐年提高比重，到2023年底，车辆电动化率达到50%。": [("2023-12-31", "到2023年底，车辆电动化率达到50%")],
    "第八条省应急厅应当于2019年6月底前公布目录。": [("2019-06-30", "省应急厅应当于2019年6月底前公布目录")],
    "1.推开。第一步，打好基础。总结经验（10月底前完成）。第二步，扩大范围。查漏补缺（年底前完成）。": [
        ("2018-10-31", "打好基础"), ("2018-12-31", "扩大范围")],
    "发布日期：2018-08-20\n发文时间：2018-08-15": [],
    "1.任务。请于5个工作日内反馈意见。": [("2018-09-07", "请于5个工作日内反馈意见")],
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), PROMISES.items())
def test_a_promise_is_found_with_its_last_day(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(str(c.due), c.quote) for c in read(text).commitments] == expected


# text: the agencies, those that lead, those that support
RESPONSIBLE = {
    "1.完成方案。责任单位：市发改委；时限：11月底前。": (("市发改委",), (), ()),
    "1.完成方案。【责任单位】市发改委【完成时限】11月底前": (("市发改委",), (), ()),
    "1.任务。市大数据局牵头，市公安局配合，11月底前完成归集。": (
        ("市大数据局", "市公安局"), ("市大数据局",), ("市公安局",)),
    "1.完成方案，11月底前上报。（市信访局）": (("市信访局",), (), ()),
    "1.任务。市教育局11月底前完成方案。": (("市教育局",), (), ()),
    "1.方案。责任单位：市发改委（牵头）、市财政局。11月底前完成。": (("市发改委", "市财政局"), ("市发改委",), ()),
    "1.任务。各县（市、区）人民政府11月底前完成。": (("各县（市、区）人民政府",), (), ()),
    "1.任务。责任单位：余姚、慈溪市人民政府。11月底前完成。": (("余姚市人民政府", "慈溪市人民政府"), (), ()),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), RESPONSIBLE.items())
def test_who_is_responsible_is_read_wherever_it_stands(text: str, expected: tuple[tuple[str, ...], ...]) -> None:
    (commitment,) = read(text).commitments
    agencies, lead, support = expected
    assert set(commitment.agencies) == set(agencies)
    assert (commitment.lead, commitment.support) == (lead, support)


# text: the words that wait for a person, and why
WAITING = {
    "1.任务。汛期前完成加固。": ("汛期前", "没有写明是哪一天"),
    "1.任务。年前完成销号。": ("年前", "没有写明是哪一天"),
    "1.任务。11月31日前完成。": ("11月31日前", "没有这一天"),
    "1.任务。2020年至2018年完成。": ("2020年至2018年", "起止颠倒"),
    "1\t完成方案\t市发改委\t2018年11月底": ("2018年11月底", "像是表格的一行，没有读懂它的列"),
}


@pytest.mark.parametrize(("text", "expected"), WAITING.items())
def test_what_cannot_be_read_waits_with_its_reason(text: str, expected: tuple[str, str]) -> None:
    extraction = read(text)
    assert extraction.commitments == ()
    assert [(s.mention.quote, s.reason) for s in extraction.sightings if s.fate == "waiting"] == [expected]


def test_a_deadline_before_the_document_is_tracked_and_looked_at() -> None:
    (commitment,) = read("1.任务。2018年6月底前完成方案制定。").commitments
    assert commitment.review == ("2018年6月底前 lies before the document",)


@pytest.mark.parametrize(
    ("text", "months", "look"),
    [
        ("1.任务。6、9、12月底前报送进展。", [6, 9, 12], False),
        ("1. 6、9、12月底前报送进展。", [6, 9, 12], False),
        ("2．6、9、12月底前报送进展。", [6, 9, 12], False),
        ("（1）6、12月底前报送进展。", [6, 12], False),
        ("1.任务。6、12月底前报送进展。", [12], True),
        ("1.任务。6，12月底前报送进展。", [12], True),
        ("六、十二月底前报送进展。", [12], True),
        ("五、任务。\n六、十二月底前报送进展。", [12], False),
        ("1、6月底前完成立项。2、9月底前完成验收。", [6, 9], False),
        ("1、6、9、12月底前报送进展。", [1, 6, 9, 12], True),
        ("1.任务。2018年1、6、12月底前报送进展。", [1, 6, 12], False),
        ("1.任务。12、6月底前报送进展。", [6], False),
        ("增长1.6、9.2个百分点，9月底前完成核算。", [9], False),
    ],
)
def test_a_month_that_may_be_a_list_number_is_not_lost(text: str, months: list[int], look: bool) -> None:
    found = read(text).commitments
    assert [c.due.month for c in found if c.due] == months
    assert any("list number" in words for c in found for words in c.review) == look


def test_distributed_days_take_their_targets_in_turn() -> None:
    found = read("1.任务。2018年、2019年底前分别完成50%、80%。").commitments
    assert [(str(c.due), [t.value for t in c.targets]) for c in found] == [("2018-12-31", [50]), ("2019-12-31", [80])]


def test_a_bracket_with_two_days_dates_its_item_twice() -> None:
    found = read("1.完成改造。（市住建委负责，2018年、2019年底前完成）").commitments
    assert [(str(c.due), c.quote) for c in found] == [("2018-12-31", "完成改造"), ("2019-12-31", "完成改造")]


def test_bodies_named_by_a_heading_answer_for_what_stands_below() -> None:
    text = "一、开办企业\n牵头单位：市市场监管局。\n1.11月底前优化系统。\n2.年底前推开。\n责任单位：市公安局"
    assert [c.agencies for c in read(text).commitments] == [("市市场监管局",), ("市公安局",)]


def test_a_deadline_that_heads_a_list_governs_its_items() -> None:
    found = read("今年的主要目标是：\n新增就业900万人；价格涨幅控制在4%左右。").commitments
    assert [(str(c.due), c.quote) for c in found] == [
        ("2018-12-31", "新增就业900万人"), ("2018-12-31", "价格涨幅控制在4%左右"),
    ]  # fmt: skip


def test_a_stated_start_is_the_first_period_of_a_recurrence() -> None:
    (commitment,) = read("1.任务。自2021年起，每年对公交班线进行改造。").commitments
    assert (str(commitment.begin), str(commitment.due), commitment.recurrence) == ("2021-01-01", "2021-12-31", "YEARLY")
    assert commitment.year_from == "explicit"


@pytest.mark.parametrize(
    ("published", "text", "due"),
    [
        (date(2018, 4, 15), "1.任务。3月底前完成方案。", "2018-03-31"),
        (date(2018, 4, 15), "1.任务。1月底前完成方案。", "2018-01-31"),
        (date(2018, 12, 20), "1.任务。8月底前完成方案。", "2019-08-31"),
    ],
    ids=["a plan published late", "as late as a quarter", "long before means next year"],
)
def test_a_month_before_the_document_is_looked_at(published: date, text: str, due: str) -> None:
    (commitment,) = read(text, published).commitments
    assert str(commitment.due) == due
    assert commitment.review


def test_a_past_month_after_the_document_is_last_years() -> None:
    (sighting,) = read("1.试点\n主要进展情况：11月完成了调查。", date(2018, 3, 1)).sightings
    assert (sighting.role, str(sighting.mention.timex.end)) == ("past", "2017-11-30")


def test_a_title_with_two_years_says_none() -> None:
    (commitment,) = read("1.任务。11月底前完成方案。", title="行动计划（2019—2021年）").commitments
    assert str(commitment.due) == "2018-11-30"


def test_what_is_foreseen_is_of_low_confidence() -> None:
    (commitment,) = read("1.任务。预计2019年6月底前建成。").commitments
    assert commitment.confidence == "low"


RULES = {
    "每月": "FREQ=MONTHLY;BYMONTHDAY=-1",
    "每月30日前": "FREQ=MONTHLY;BYMONTHDAY=30",
    "每月31日前": "FREQ=MONTHLY;BYMONTHDAY=-1",
    "每年12月底前": "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1",
    "每年2月28日前": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28",
    "每季度": "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1",
    "每季度末月25日前": "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=25",
    "每两年": "FREQ=YEARLY;INTERVAL=2;BYMONTH=12;BYMONTHDAY=-1",
    "每周": "FREQ=WEEKLY",
}


@pytest.mark.parametrize(("words", "rule"), RULES.items())
def test_a_recurrence_has_its_rule(words: str, rule: str) -> None:
    (commitment,) = read(f"1.任务。{words}报送进展。").commitments
    assert commitment.rrule == rule


def test_text_that_runs_on_without_any_mark_is_read_piece_by_piece() -> None:
    text = "1.任务。" + "完成一项工作" * 300 + "，11月底前完成"
    assert str(read(text).commitments[-1].due) == "2018-11-30"
