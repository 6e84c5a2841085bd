"""Layouts: tables however they were copied, label lines beside a task, duties without a day."""

from datetime import date

import pytest
from test_commitments import read

TABLE = """序号\t重点任务\t牵头单位\t配合单位\t完成时限
1\t完成方案\t市发改委\t市财政局、市教育局\t2018年11月底
2\t2019年3月底前开展试点\t市教育局\t\t长期坚持
"""


@pytest.mark.parametrize("separator", ["\t", " | ", "    "], ids=["tabs", "pipes", "wide blanks"])
def test_a_table_is_read_by_its_header(separator: str) -> None:
    filled = TABLE if separator == "\t" else TABLE.replace("\t\t", "\t无\t")
    found = read(filled.replace("\t", separator)).commitments
    assert [(c.item, c.quote, str(c.due), c.lead) for c in found] == [
        ("1", "完成方案", "2018-11-30", ("市发改委",)),
        ("2", "2019年3月底前开展试点", "2019-03-31", ("市教育局",)),
    ]
    assert found[0].support == ("市财政局", "市教育局")


def test_a_title_and_a_date_above_a_table_stay_lines_of_their_own() -> None:
    extraction = read(f"某市人民政府办公厅\n关于印发2018年任务分解表的通知\n2018年3月1日\n{TABLE}")
    assert [c.quote for c in extraction.commitments] == ["完成方案", "2019年3月底前开展试点"]
    assert [s.fate for s in extraction.sightings[:2]] == ["set-aside", "set-aside"]


@pytest.mark.parametrize("empty", ["—", "/", "无", "--"])
def test_an_empty_cell_names_nobody(empty: str) -> None:
    (first, *_) = read(TABLE.replace("市财政局、市教育局", empty)).commitments
    assert (first.agencies, first.support) == (("市发改委",), ())


STACKED = """2019年任务分解表
序号
工作任务
牵头单位
完成时限
1
制定细则
市发改委
6月底前
2
建成平台，网上可办率达到90%以上
市大数据局
2019年11月底前
3
推进诚信建设，
完善制度
市司法局
年底
4
推进法治
建设
市法院
明年3月
一、有关要求
各单位于每月5日前报送进展。
"""


def test_a_table_copied_one_cell_a_line_is_read_by_its_header_and_its_numbers() -> None:
    extraction = read(STACKED, date(2019, 3, 1))
    assert [(c.item, c.quote, str(c.due), c.lead) for c in extraction.commitments] == [
        ("1", "制定细则", "2019-06-30", ("市发改委",)),
        ("2", "建成平台，网上可办率达到90%以上", "2019-11-30", ("市大数据局",)),
        ("3", "推进诚信建设，完善制度", "2019-12-31", ("市司法局",)),
        ("一", "各单位于每月5日前报送进展", "2019-03-05", ()),
    ]
    assert [s.mention.quote for s in extraction.sightings if s.fate == "waiting"] == ["明年3月"]


SEVERAL_BODIES = """附件
序号
民生实事
责任单位
完成时限
1
建设湿地公园。
县水务局
县住建局
12月底前
2
新建人行天桥2座。
县住建局
9月投入使用
"""


def test_a_row_with_more_cells_is_told_by_what_they_hold() -> None:
    found = read(SEVERAL_BODIES).commitments
    assert [(c.quote.rstrip("。"), str(c.due), c.agencies) for c in found] == [
        ("建设湿地公园", "2018-12-31", ("县水务局", "县住建局")), ("新建人行天桥2座", "2018-09-30", ("县住建局",)),
    ]  # fmt: skip


SEVERAL_TASKS = """序号
民生实事
责任单位
完成时限
1
开工建设养老楼。
县民政局
10月底前动工
开工建设老年大学。
12月底前
2
建设湿地公园。
县住建局
9月投入使用
"""


def test_several_tasks_under_one_number_are_those_of_the_same_bodies() -> None:
    found = read(SEVERAL_TASKS).commitments
    assert [(c.item, c.quote.rstrip("。"), str(c.due), c.agencies) for c in found] == [
        ("1", "开工建设养老楼", "2018-10-31", ("县民政局",)), ("1", "开工建设老年大学", "2018-12-31", ("县民政局",)),
        ("2", "建设湿地公园", "2018-09-30", ("县住建局",)),
    ]  # fmt: skip


STEPS = """序号 | 工作事项 | 进度安排 | 进展情况
1 | 建设综合体。 | ①2月上旬前,完成招标。②3月底前,完成图纸。③12月底前,开工建设。 | ①已完成。2月8日招标。②在图审。
2 | 发展金融业。 | 5月底前,召开对接会。 | 已完成。
3 | 新建学校。 | 9月底前完成 | 正在招标
"""


def test_each_step_of_a_cell_of_deadlines_is_one_commitment_unless_it_is_done() -> None:
    extraction = read(STEPS, date(2018, 11, 20))
    assert [(c.item, c.quote, str(c.due)) for c in extraction.commitments] == [
        ("1", "3月底前,完成图纸", "2018-03-31"), ("1", "12月底前,开工建设", "2018-12-31"),
        ("3", "新建学校。", "2018-09-30"),
    ]  # fmt: skip
    done = [s.mention.quote for s in extraction.sightings if s.role == "past"]
    assert done == ["2月上旬前", "2月8日", "5月底前"]


MERGED = """序号 | 项目内容 | 进展情况 | 责任单位 |
3 | 实施公路大中修100公里。 | 完成50公里,剩余预计11月底前完成。 | 交通运输局 |
新增公交线路3条。 | 已新增2条,计划12月底前完成。 | ||
4 | 新建住房1700套。 | 计划12月底前完成。 | 住建局 |
"""


def test_a_row_whose_number_was_merged_with_the_one_above_stands_below_it() -> None:
    found = read(MERGED).commitments
    assert [(c.item, c.quote.rstrip("。"), str(c.due), c.agencies) for c in found] == [
        ("3", "实施公路大中修100公里", "2018-11-30", ("交通运输局",)),
        ("3", "新增公交线路3条", "2018-12-31", ("交通运输局",)),
        ("4", "新建住房1700套", "2018-12-31", ("住建局",)),
    ]  # fmt: skip


EMPTY_CELLS = """序号\t工作任务\t牵头单位\t配合单位\t完成时限\t备注
1\t制定细则\t\t市司法局\t6月30日\t
2\t建成平台\t市大数据局\t\t11月15日\t已立项
"""


@pytest.mark.parametrize("separator", ["\t", "|"])
def test_an_empty_cell_keeps_its_column(separator: str) -> None:
    found = read(EMPTY_CELLS.replace("\t", separator), date(2019, 3, 1)).commitments
    assert [(c.quote, str(c.due), c.lead, c.support) for c in found] == [
        ("制定细则", "2019-06-30", (), ("市司法局",)), ("建成平台", "2019-11-15", ("市大数据局",), ()),
    ]  # fmt: skip


def test_a_day_said_in_the_task_and_in_its_column_is_one_commitment() -> None:
    (commitment,) = read("任务\t牵头单位\t完成时限\n每季度通报进展\t市府办\t每季度末").commitments
    assert commitment.recurrence == "QUARTERLY"


# text: the duties without a day that are listed
LASTING = {
    "1.转变作风。\n责任单位：市府办\n整改时限：立行立改，长期坚持": ["立行立改，长期坚持"],
    "1.加强宣传。（责任单位：市委宣传部；完成时限：长期）": ["长期"],
    "1.加强宣传。（市委宣传部，持续推进）": ["持续推进"],
    "完成时限：，时限要求：持续推进": ["持续推进"],
    "1.加强宣传。【责任单位】市委宣传部【完成时限】常态化开展": ["常态化开展"],
    "任务\t牵头单位\t完成时限\n诚信建设\t市发改委\t持续推进\n修订章程\t市工会\t10月": ["持续推进"],
    "1.转变作风。\n整改时限：2018年12月底前，并长期坚持": [],
    "1.长期坚持正确导向，持续推进作风转变。": [],
}


@pytest.mark.parametrize(("text", "expected"), LASTING.items())
def test_a_duty_without_a_day_is_counted_and_set_aside(text: str, expected: list[str]) -> None:
    sightings = read(text).sightings
    assert [s.mention.quote for s in sightings if s.role == "undated"] == expected
    assert all(s.fate == "set-aside" and s.reason for s in sightings if s.role == "undated")


# a deadline as its cell has it: the words that wait for a person
UNREAD = {"按计划推进": ["按计划推进"], "已启动": ["已启动"], "2018年11月底": [], "长期": [], "—": [], "无": [], "": []}


@pytest.mark.parametrize(("cell", "expected"), UNREAD.items())
def test_a_deadline_in_a_table_that_is_not_understood_waits(cell: str, expected: list[str]) -> None:
    sightings = read(f"序号\t任务\t牵头单位\t完成时限\n1\t修订章程\t市工会\t{cell}").sightings
    assert [s.mention.quote for s in sightings if s.fate == "waiting"] == expected


def test_a_date_of_a_row_that_holds_two_tasks_is_seen_once() -> None:
    sightings = read("序号\t\t时限\n每季\t：\t1年\t，").sightings
    assert [s.mention.quote for s in sightings] == ["每季", "1年"]


def test_what_comes_next_is_a_part_of_its_own_behind_the_progress() -> None:
    text = "1.标准地试点（市国土局）\n进展：3月，印发《实施意见》。\n下一步：9月中旬完成指标体系，四季度实现全覆盖。"
    assert [str(c.due) for c in read(text).commitments] == ["2018-09-20", "2018-12-31"]


def test_a_day_that_progress_was_put_off_to_is_a_deadline() -> None:
    row = "问题\t整改措施\t责任单位\t时限\t进展\n滞后\t加快制定\t市人社局\t8月31日\t未完成，延期至10月15日"
    assert [str(c.due) for c in read(row).commitments] == ["2018-08-31", "2018-10-15"]


@pytest.mark.parametrize("head", ["整改", "验收", "备注"])
def test_a_day_to_come_in_a_column_without_a_name_is_no_past_fact(head: str) -> None:
    (found,) = read(f"序号\t任务\t{head}\t牵头单位\n1\t修订章程\t2018年12月15日\t市工会").commitments
    assert (found.quote, str(found.due), found.lead) == ("修订章程", "2018-12-15", ("市工会",))


def test_label_lines_without_numbers_belong_to_the_task_beside_them() -> None:
    energy, water = "责任单位：市能源局\n完成时限：年底\n", "责任单位：市水务局\n完成时限：10月\n"
    before = f"{energy}工作任务：建成中心。\n{water}工作任务：整治河道。"
    after = f"建成中心。\n{energy}整治河道。\n{water}"
    for text in (before, after):
        assert [(c.quote, str(c.due), c.agencies) for c in read(text).commitments] == [
            ("建成中心", "2018-12-31", ("市能源局",)), ("整治河道", "2018-10-31", ("市水务局",)),
        ]  # fmt: skip


# the lines of a list of problems: what is to be done, and by when
PROBLEMS = {
    "存在问题：清运不及时。\n整改措施：增配清运车辆。\n整改时限：11月底前\n责任单位：市城管局\n"
    "存在问题：台账不全。\n整改措施：补齐台账。\n整改时限：10月\n责任单位：市应急局": [
        ("增配清运车辆", "2018-11-30", ("市城管局",)), ("补齐台账", "2018-10-31", ("市应急局",))],
    "1.反馈问题：污水直排。\n整改措施：铺设管网。\n责任单位：甲区政府\n整改时限：2019年6月底前\n2.反馈问题：河道淤积。\n"
    "整改措施：清淤疏浚。\n责任单位：乙区政府\n整改时限：年底": [
        ("铺设管网", "2019-06-30", ("甲区政府",)), ("清淤疏浚", "2018-12-31", ("乙区政府",))],
    "问题一：资产闲置。整改措施：盘活处置资产。整改时限：年底前。责任单位：市财政局。": [
        ("盘活处置资产", "2018-12-31", ("市财政局",))],
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), PROBLEMS.items())
def test_what_is_due_of_a_problem_is_what_is_done_about_it(
    text: str, expected: list[tuple[str, str, tuple[str, ...]]]
) -> None:
    assert [(c.quote, str(c.due), c.agencies) for c in read(text).commitments] == expected


NOTICE = (
    "各市级机关单位财务部门： 为推进清算，现就有关问题通知如下： 一、请各单位于2018年底前完成清算。 "
    "二、资金应及时缴纳，各单位须于11月24日（星期六）12时前完成缴纳。"
    "    附件：统计表        2018年8月31日     （联系人：王某）"
)


def test_a_notice_copied_into_one_line_is_read_by_its_numbers_and_no_table() -> None:
    extraction = read(NOTICE)
    assert [(c.item, c.timex, c.agencies) for c in extraction.commitments] == [
        ("一", "2018年底前", ("各单位",)), ("二", "11月24日（星期六）12时前", ("各单位",))]  # fmt: skip
    assert [s.role for s in extraction.sightings if s.mention.quote == "2018年8月31日"] == ["past"]


def test_half_width_marks_are_read_as_full_width_ones_and_quoted_as_written() -> None:
    wide = "1.任务。各县（区）于9月底前上报；2019年目标是：税收增长8%；就业稳定。（市财政局负责，12月底前完成）"
    half = wide.translate(str.maketrans("，；：（）", ",;:()"))
    ours, theirs = read(wide), read(half)
    assert [(c.start, c.stop, c.due, len(c.agencies)) for c in ours.commitments] == [
        (c.start, c.stop, c.due, len(c.agencies)) for c in theirs.commitments
    ]
    assert all(c.quote == half[c.start : c.stop] for c in theirs.commitments)


# a clause: the quotes of its commitments
QUOTES = {
    "完成改造任务：一季度完成摸底，二季度改造500户。": ["一季度完成摸底", "二季度改造500户"],
    "2019年到2021年，跨境电商交易额每年实现倍增。": [
        "2019年到2021年，跨境电商交易额每年实现倍增", "跨境电商交易额每年实现倍增"],
    "今年主要预期目标是：税收增长8%；就业保持稳定。": ["税收增长8%", "就业保持稳定"],
}  # fmt: skip


@pytest.mark.parametrize(("text", "quotes"), QUOTES.items())
def test_a_quote_says_what_is_due(text: str, quotes: list[str]) -> None:
    assert [c.quote for c in read(f"1.任务。{text}", date(2019, 1, 10)).commitments] == quotes
