"""Quantities that a commitment promises: a table of rows with examples, read into indicator, comparator, value, unit."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from ..timex.numerals import number
from .values import Comparator, Target

MEASURE = (
    "(?:个?工作日|%|％|‰|个百分点|(?:万|亿)?(?:平方米|平方公里|公里|立方米|千瓦时|千瓦|吨|亩|元|人次|人|户|套|辆|家|件|张)"
    "|(?:万|亿)?个(?!月|季度|星期)|[万亿]|小时|分钟|天|所|座|条|场|次|名|项|处|台|支|种|门|部|倍|米)"
)
ARABIC = "[0-9０-９]+(?:[.．][0-9０-９]+)?"


@dataclass(frozen=True, slots=True)
class Row:
    """One way to state a quantity; {Q} is the number and its unit, {H} with a number in Han, {R} a range."""

    op: Comparator
    pattern: str
    examples: tuple[str, ...]


AT_LEAST = "不低于|不少于|不得低于|不得少于|大于|超过|高于|突破"
REACH = "达到|达|提高到|提高至|提升到|提升至|覆盖|扩大到|增加到|升至|实现"
AT_MOST = "不超过|不高于|不得超过|控制在|压减至|压缩至|压缩到|缩短至|缩短到|降至|降到|下降到|减少到|减至|限于"
ROWS = (
    Row("~", f"(?:{REACH}|控制在|在)?{{Q}}(?:左右|上下)", ("涨幅控制在4%左右 ~ 4 %",)),
    Row("~", "(?:大约|预计约|约){Q}", ("投资约3亿元 ~ 3 亿元",)),
    Row(
        "<=",
        f"(?:{AT_MOST})(?:到)?{{Q}}(?:以内|以下|之内|内)?",
        ("审批压减至100个工作日以内 <= 100 工作日", "登记失业率控制在4.6%以内 <= 4.6 %"),
    ),
    Row(">=", f"(?:{AT_LEAST}){{Q}}", ("新增改造不低于50万平方米 >= 50 万平方米", "每场不少于2辆 >= 2 辆")),
    Row(
        ">=",
        f"(?:{REACH}|在|至|占|为)?{{Q}}(?:以上|及以上|之上)",
        ("就诊率达到90%以上 >= 90 %", "签约人数在80万以上 >= 80 万"),
    ),
    Row("<=", "{Q}(?:以内|以下|之内)", ("审批时间5天以内 <= 5 天",)),
    Row(">=", f"(?:{REACH}){{Q}}", ("诊疗人次占比达70% >= 70 %", "覆盖80%的三级公立医院 >= 80 %")),
    Row(">=", "(?:至少|不少于|不低于)[^，,；;。0-9]{0,6}?{H}", ("领导每半年至少开展一次 >= 1 次",)),
    Row("=", "{R}", ("建立1—2个考场 >= 1 个 <= 2 个",)),
    Row("=", "{Q}", ("建成3个产业园 >= 3 个", "国内生产总值增长7.5% = 7.5 %")),
)
MEASURED = ("%", "‰", "个百分点", "元", "万元", "亿元", "倍")  # where "=" means just that; a bare count is a floor


@cache
def compiled() -> re.Pattern[str]:
    """The rows as one pattern; the group r<i> tells the row, v<i> and u<i> its value and unit, l<i> a range's least."""
    branches = []
    for i, row in enumerate(ROWS):
        unit = f"(?P<u{i}>{MEASURE})"
        quantities = {
            "{Q}": f"(?P<v{i}>{ARABIC}){unit}",
            "{H}": f"(?P<v{i}>[一二两三四五六七八九十]{{1,3}}){unit}",
            "{R}": f"(?P<l{i}>{ARABIC})(?:[-－—–~～]|至|到)(?P<v{i}>{ARABIC}){unit}",
        }
        pattern = row.pattern
        for name, quantity in quantities.items():
            pattern = pattern.replace(name, quantity)
        branches.append(f"(?P<r{i}>{pattern})")
    return re.compile(f"(?<![0-9０-９.．第前A-Za-z])(?:{'|'.join(branches)})")


NAME = re.compile("[“《][^”》]{0,200}[”》]")


@lru_cache(maxsize=16)  # several dates of one clause ask for the same quote
def find_targets(text: str, spans: tuple[tuple[int, int], ...] = ()) -> tuple[Target, ...]:
    """The targets that a clause states, in order; `spans` are parts of it that are dates and not to be read."""
    found = []
    covered = {at for start, stop in (*spans, *(m.span() for m in NAME.finditer(text))) for at in range(start, stop)}
    for m in compiled().finditer(text):
        i = int(str(m.lastgroup)[1:])
        value, unit = m[f"v{i}"], m[f"u{i}"].replace("％", "%")
        if not covered.isdisjoint(range(m.start(), m.end())) or qualifies(text, m, ROWS[i].op):
            continue
        unit = "工作日" if unit == "个工作日" else unit
        op: Comparator = ">=" if ROWS[i].op == "=" and unit not in MEASURED else ROWS[i].op
        if least := m.groupdict().get(f"l{i}"):
            found.append(Target(indicator(text, m), ">=", float(number(least)), unit))
            op = "<="
        found.append(Target(indicator(text, m), op, float(number(value)), unit))
    return tuple(found)


def qualifies(text: str, m: re.Match[str], op: Comparator) -> bool:
    """Whether a quantity only tells which thing is meant: 超过400万元的工程, 低于1万元的缴费."""
    before, after = text[max(0, m.start() - 3) : m.start()], text[m.end() : m.end() + 4]
    if re.search("低于|不满|不足|届满|每", before) and op == "=":
        return True
    return m[0].startswith(("超过", "高于", "大于")) and "的" in after


def indicator(text: str, m: re.Match[str]) -> str:
    """What a quantity measures: the words before it in its segment; for a bare count the counted thing after it."""
    begin = max(text.rfind(c, 0, m.start()) for c in "，,；;：") + 1
    before = re.sub("^(?:到|至|实现|力争|确保|其中|全面|基本)", "", text[begin : m.start()])
    if not m[0][0].isdigit() or m[0][-1] in "%％":
        return before
    counted = re.match("[^，,；;、。（(和的已将]{0,24}", text[m.end() :])
    return (counted[0] if counted else "") or before
