"""Targets: what a change is measured from, amounts that compare, and quantities that promise nothing."""

import pytest
from test_commitments import read

from tracker.commitments import Target
from tracker.commitments.targets import find_targets

# text: comparator, value, unit and base of each target
BASES = {
    "主城区空气优良天数比2017年提高10个百分点": [("=", 10, "个百分点", "2017年")],
    "海铁联运年均增长40%以上": [(">=", 40, "%", "年均")],
    "单位产值能耗较上年下降3.5%左右": [("~", 3.5, "%", "上年")],
    "居民人均可支配收入比2020年翻一番": [(">=", 2, "倍", "2020年")],
    "在2015年基础上削减污染物8.9%": [("=", 8.9, "%", "2015年")],
    "跨境电商交易额同比增长不低于三成，建成海外仓350个以上": [(">=", 350, "个", "")],
    "信访总量比去年同期减少20%以上，办结率达到95%": [(">=", 20, "%", "去年同期"), (">=", 95, "%", "")],
    "每年新增学位不少于1万个": [(">=", 1, "万个", "每年")],
    "审批时限比法定时限压缩一半以上": [(">=", 50, "%", "法定时限")],
    "森林覆盖率达到65%": [(">=", 65, "%", "")],
}


@pytest.mark.parametrize(("text", "expected"), BASES.items())
def test_a_change_says_what_it_is_measured_from(text: str, expected: list[tuple[str, float, str, str]]) -> None:
    assert [(t.op, t.value, t.unit, t.base) for t in find_targets(text)] == expected


# a sentence: the indicators of its targets with their values
INDICATORS = {
    "年底前实现全省综合结案率达100%": [("综合结案率", 100)],
    "年底全市高价值发明专利同比增长5%": [("高价值发明专利同比增长", 5)],
    "力争全年信贷增长1800亿元": [("信贷增长", 1800)],
    "2019年度全省开展对接活动不少于400场": [("对接活动", 400)],
    "肉牛贷款年末余额力争达到300亿元": [("肉牛贷款年末余额", 300)],
    "年底前完成80%的清理工作": [("清理工作", 80)],
    "11月底前完成60%的改造任务": [("改造任务", 60)],
    "到2020年，全县森林覆盖率达到65%": [("森林覆盖率", 65)],
    "年内建成3个产业园": [("产业园", 3)],
    "力争全年再贷款、再贴现投放量分别达到300亿元和100亿元": [("再贷款投放量", 300), ("再贴现投放量", 100)],
    "年底前城区和农村覆盖率分别达到90%、80%": [("城区覆盖率", 90), ("农村覆盖率", 80)],
    "到2020年，存款余额、贷款余额分别增长8%和9%": [("存款余额", 8), ("贷款余额", 9)],
    "年内甲线、乙线、丙线分别建成3公里、4公里和5公里": [("甲线", 3), ("乙线", 4), ("丙线", 5)],
}


@pytest.mark.parametrize(("text", "expected"), INDICATORS.items())
def test_an_indicator_has_no_words_of_time_before_it(text: str, expected: list[tuple[str, float]]) -> None:
    (commitment,) = read(f"1.任务。{text}。").commitments
    assert [(t.indicator, t.value) for t in commitment.targets] == expected


def test_a_rank_is_no_quantity() -> None:
    assert find_targets("确保进入全省前3名") == ()


NO_TARGETS = [
    "2017年全省散煤用量仍达300万吨",
    "基本实现服务区充电设施全覆盖",
    "开展全覆盖式排查",
    "一半以下",
    "对日处理20吨以上的设施开展监测",
    "打造“15分钟”生活圈",
    "第3条线路",
]


@pytest.mark.parametrize("text", NO_TARGETS)
def test_what_promises_no_quantity_has_no_target(text: str) -> None:
    assert find_targets(text) == ()


SAME = [
    ((50, "万平方米"), (50, "公顷")),
    ((0.5, "平方公里"), (500_000, "平方米")),
    ((1.5, "亿元"), (15_000, "万元")),
    ((3, "公里"), (3, "千米")),
    ((10, "兆瓦"), (1, "万千瓦")),
    ((200, "名"), (200, "人")),
    ((5, "‰"), (0.5, "%")),
    ((2, "小时"), (120, "分钟")),
    ((1.2, "万亿元"), (12_000, "亿元")),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_units_of_one_kind_compare(one: tuple[float, str], other: tuple[float, str]) -> None:
    assert Target("", "=", *one).measured == Target("", "=", *other).measured


def test_units_of_two_kinds_do_not_compare() -> None:
    units = ["%", "个百分点", "工作日", "天", "人次", "人", "吨", "吨标准煤", "千瓦", "千瓦时", "个"]
    assert len({Target("", "=", 1, unit).measured[1] for unit in units}) == len(units)


def test_value_and_unit_stay_as_the_document_writes_them() -> None:
    (commitment,) = read("1.任务。到2020年，新增绿地不低于50万平方米。").commitments
    (target,) = commitment.targets
    assert (target.indicator, target.op, target.value, target.unit) == ("新增绿地", ">=", 50, "万平方米")
    assert target.measured == (500_000, "平方米")


def test_what_a_row_promises_may_stand_in_any_of_its_columns() -> None:
    text = "序号\t检查事项\t检查时间\t抽查频次\n1\t秋粮收购检查\t10月-11月\t至少2次"
    (commitment,) = read(text).commitments
    assert [(t.op, t.value, t.unit) for t in commitment.targets] == [(">=", 2, "次")]
    assert commitment.extent == "秋粮收购检查10月-11月至少2次"
