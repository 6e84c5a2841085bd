"""Quantities that a commitment promises: rows with examples, read into indicator, comparator, value, unit and base."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from ..prefixes import places, prefixes
from ..timex.numerals import number
from .values import Comparator, Target

COUNTED = (
    "微克/立方米|毫克/升|平方米|平方公里|公里|千米|立方米|千瓦时|千瓦|兆瓦|吉瓦|公顷|公斤|千克|吨标准煤|吨|亩|元|人次|人|户|套|辆|家|件|张|个(?!月|季度|星期)"
    "|座|条|场|所|台|株|棵|头|只|册|名|位|项|处|支|种|门|部|艘|架|次|米"
)
MEASURE = (
    f"(?:个?工作日|%|％|‰|个百分点|(?:百万|千万|万亿|万|亿|千(?!瓦|米|克)|百)?(?:{COUNTED})"
    "|万亿|[万亿]|小时|分钟|天|倍)"
)
ARABIC = "[0-9０-９]{1,3}(?:,[0-9]{3})+|[0-9０-９]+(?:[.．][0-9０-９]+)?"
HAN = "[一二两三四五六七八九十]{1,3}"


@dataclass(frozen=True, slots=True)
class Row:
    """One way to state a quantity; {Q} is the number and its unit, {H} with a number in Han, {R} a range, {V} a number
    in Han that has its unit in other words, {P} a pure number. `unit` is that unit; `value` is the number where the words have none, and
    a number that they have is taken so many times.
    """

    op: Comparator
    pattern: str
    examples: tuple[str, ...]
    unit: str = ""
    value: float = 1


AT_LEAST = "不低于|不少于|不小于|不得低于|不得少于|大于|超过|高于|突破|至少|最少"
REACH = "达到|达|提高到|提高至|提升到|提升至|覆盖|扩大到|增加到|增加至|升至|实现|完成|稳定在|保持在"
AT_MOST = (
    "不超过|不高于|不大于|不多于|不得超过|不得高于|控制在|压减至|压减到|压缩至|压缩到|缩短至|缩短到|降至|降到|降低到|降低至"
    "|下降到|下降至|减少到|减少至|减至|限于"
)
OVER = "(?:以上|及以上|之上)?"
ROWS = (
    Row("=", f"(?:{REACH}|{AT_MOST}|在)?{{R}}(?:之间|以内|区间)?", (
        "建立1—2个考场 >= 1 个 <= 2 个", "新增学位10万—12万个 >= 10 万个 <= 12 万个", "增速保持在5%至6%之间 >= 5 % <= 6 %")),
    Row("~", f"(?:{REACH}|控制在|在)?{{Q}}(?:左右|上下)", ("涨幅控制在4%左右 ~ 4 %",)),
    Row("~", "(?:大约|预计约|约){Q}", ("投资约3亿元 ~ 3 亿元",)),
    Row("<=", f"(?:{AT_MOST})(?:到)?{{Q}}(?:以内|以下|之内|内)?", (
        "审批压减至100个工作日以内 <= 100 工作日", "登记失业率控制在4.6%以内 <= 4.6 %", "差错率降低至2‰以下 <= 2 ‰")),
    Row("<=", f"(?<=指数)(?:{AT_MOST})(?:到)?{{P}}(?:以内|以下|之内|内)?", ("居民消费价格指数控制在103.5以内 <= 103.5 ",)),
    Row(">=", f"(?:{AT_LEAST}){{Q}}{OVER}", (
        "新增改造不低于50万平方米 >= 50 万平方米", "每场不少于2辆 >= 2 辆", "消除至少75% >= 75 %", "总值突破1.2万亿元 >= 1.2 万亿元")),
    Row(">=", f"(?:{REACH}|在|至|占|为)?{{Q}}(?:以上|及以上|之上)", (
        "就诊率达到90%以上 >= 90 %", "签约人数在80万以上 >= 80 万", "种植1,200株以上 >= 1200 株")),
    Row("<=", "{Q}(?:以内|以下|之内)", ("审批时间5天以内 <= 5 天",)),
    Row(">=", f"(?:{REACH}){{Q}}", ("诊疗人次占比达70% >= 70 %", "覆盖80%的三级公立医院 >= 80 %")),
    Row(">=", "(?:至少|不少于|不低于)[^，,；;。0-9]{0,6}?{H}", ("领导每半年至少开展一次 >= 1 次",)),
    Row("=", "{Q}", ("建成3个产业园 >= 3 个", "国内生产总值增长7.5% = 7.5 %")),
    Row(">=", f"(?:{REACH})?百分之{{V}}{OVER}", ("覆盖面达到百分之九十以上 >= 90 %",), "%"),
    Row(">=", f"(?:{REACH}|占)?{{V}}成(?:以上|及以上|左右)", ("九成以上群众满意 >= 90 %",), "%", 10),
    Row(">=", "一半以上|半数以上|过半|超过?(?:一半|半数)", ("年底前要清偿一半以上 >= 50 %", "入园企业过半 >= 50 %"), "%", 50),
    Row(">=", "三分之二(?:以上)?", ("三分之二以上的村达标 >= 66.67 %",), "%", 66.67),
    Row(">=", "三分之一(?:以上)?", ("压缩三分之一以上 >= 33.33 %",), "%", 33.33),
    Row(">=", "全覆盖(?!式|的)", ("医疗机构全覆盖 >= 100 %", "实现社区矫正全覆盖 >= 100 %"), "%", 100),
    Row(">=", "翻一番", ("生产总值翻一番 >= 2 倍",), "倍", 2),
    Row(">=", "翻两番", ("居民收入翻两番 >= 4 倍",), "倍", 4),
)  # fmt: skip
# Where "=" means just that; a bare count is a floor.
MEASURED = ("%", "‰", "个百分点", "元", "万元", "亿元", "万亿元", "倍")


@cache
def compiled() -> re.Pattern[str]:
    """The rows as one pattern; the group r<i> tells the row, v<i> and u<i> its value and unit, l<i> a range's least."""
    branches = []
    for i, row in enumerate(ROWS):
        unit = f"(?P<u{i}>{MEASURE})"
        written = {
            "{Q}": f"(?P<v{i}>{ARABIC}){unit}",
            "{H}": f"(?P<v{i}>{HAN}){unit}",
            "{R}": f"(?P<l{i}>{ARABIC})(?:{MEASURE})?(?:[-－—–~～]|至|到)(?P<v{i}>{ARABIC}){unit}",
            "{V}": f"(?P<v{i}>{HAN})",
            "{P}": f"(?P<v{i}>{ARABIC})(?!{MEASURE})",
        }
        pattern = row.pattern
        for name, quantity in written.items():
            pattern = pattern.replace(name, quantity)
        branches.append(f"(?P<r{i}>{pattern})")
    return re.compile(f"(?<![0-9０-９.．,第A-Za-z])(?!(?<=前)[0-9０-９])(?:{'|'.join(branches)})")


@cache
def beginnings() -> re.Pattern[str]:
    """Where a quantity can begin."""
    return places(prefixes(compiled().pattern, 2))


def quantities(text: str) -> Iterator[re.Match[str]]:
    """What fits a row, in order and without overlap."""
    stop = 0
    for place in beginnings().finditer(text):
        if place.start() >= stop and (m := compiled().match(text, place.start())):
            stop = m.end()
            yield m


NAME = re.compile("[“《][^”》]{0,200}[”》]")


@lru_cache(maxsize=16)  # several dates of one clause ask for the same quote
def find_targets(text: str, spans: tuple[tuple[int, int], ...] = ()) -> tuple[Target, ...]:
    """The targets that a clause states, in order; `spans` are parts of it that are dates and not to be read."""
    stated = list(quantities(text))
    if not stated:
        return ()
    found: list[Target] = []
    apart = deque[str]()
    covered = {at for start, stop in (*spans, *(m.span() for m in NAME.finditer(text))) for at in range(start, stop)}
    for m in stated:
        i = int(str(m.lastgroup)[1:])
        row, (value, unit) = ROWS[i], quantity(m, i)
        if not covered.isdisjoint(range(m.start(), m.end())) or qualifies(text, m, row.op):
            continue
        op: Comparator = ">=" if row.op == "=" and unit not in MEASURED else row.op
        what, against = indicator(text, m, spans), base(text, m)
        if shared := APART.fullmatch(what):  # 再贷款、再贴现投放量分别达到300亿元和100亿元
            apart = deque(each_whole(shared[1]))
        elif apart and text[m.start() - 1 : m.start()] in ("和", "、", "与"):
            what = apart[0]
        else:
            apart.clear()
        what = apart.popleft() if apart else what
        if least := group(m, f"l{i}"):
            found.append(Target(what, ">=", figure(least), unit, against))
            op = "<="
        found.append(Target(what, op, value, unit, against))
    return tuple(found)


def quantity(m: re.Match[str], i: int) -> tuple[float, str]:
    """The value and the unit of a quantity that fits row i."""
    row, words = ROWS[i], group(m, f"v{i}")
    unit = group(m, f"u{i}") or row.unit
    unit = "工作日" if unit == "个工作日" else unit.replace("％", "%")
    return figure(words) * row.value if words else row.value, unit


def group(m: re.Match[str], name: str) -> str | None:
    """The words of a group; None where its row has none."""
    return m[name] if name in m.re.groupindex else None


def figure(words: str) -> float:
    """The value of a number with separators of thousands, full-width points, or in Han."""
    return float(number(words.replace(",", "").replace("．", ".")))


APART = re.compile("([^，；]{2,60}?[、和与][^，；]{2,40}?)分别(?:增长|提高|下降|减少|压减|建成|新建|新增|改造|办理)?")
MEASURED_BY = re.compile(
    "(?:投放量|完成率|覆盖率|增长率|合格率|办结率|增速|增长|增加|提高|下降|余额|总量|数量|面积|比例|占比)$"
)


def each_whole(listed: str) -> list[str]:
    """The quantities of a list whose shared ending stands at the last: 再贷款投放量, 再贴现投放量."""
    parts = re.split("[、和与]", listed)
    tail = MEASURED_BY.search(parts[-1])
    return [part if not tail or MEASURED_BY.search(part) else part + tail[0] for part in parts]


CHANGE = "再|累计|平均|年均|分别|大幅|至少|翻|提高|增长|增加|提升|上升|下降|降低|减少|压减|压缩|缩短|高|低|多|少"
BASE = re.compile(
    f"(?:比|较|对比)(?P<than>[^，。；比较]{{1,12}}?)(?=(?:{CHANGE}))"
    "|在(?P<on>[^，。；在]{1,12}?)的?基础上|(?P<rate>年均|每年|逐年|同比|环比)"
)


def base(text: str, m: re.Match[str]) -> str:
    """What a change is measured from: 2017年, 上年, or 年均 for a rate a year; "" where the words name nothing."""
    found = [b for b in BASE.finditer(text, segment_start(text, m), m.end()) if b.start() < m.start()]
    return next((words for words in found[-1].groups() if words), "") if found else ""


def qualifies(text: str, m: re.Match[str], op: Comparator) -> bool:
    """Whether a quantity tells which thing is meant (超过400万元的工程, 低于1万元的缴费), how it stands (仍达300吨), whom it is for (对日处理20吨以上的设施), or only
    nearly all (基本实现全覆盖)."""
    before, after = text[max(0, m.start() - 4) : m.start()], text[m.end() : m.end() + 4]
    if re.search("(?:^|[，；])对[^，。；]{0,10}$", text[max(0, m.start() - 12) : m.start()]):
        return True
    if re.search("低于|不满|不足|届满|每", before[-3:]) and op == "=":
        return True
    if m[0] == "全覆盖" and "基本" in text[segment_start(text, m) : m.start()]:
        return True
    return bool(re.search("(?:仍|已|曾)[\u4e00-\u9fff]{0,3}$", before)) or (
        m[0].startswith(("超过", "高于", "大于")) and "的" in after
    )


def segment_start(text: str, m: re.Match[str]) -> int:
    """Where the segment of a quantity begins."""
    return max(text.rfind(c, 0, m.start()) for c in "，,；;：\t") + 1


LEADS = re.compile("(?:到|至|实现|力争|争取|确保|其中|全面|基本|做到|，)*")
WHERE = re.compile("(?:实现|做到)?全[省市县区州旗](?=[\\u4e00-\\u9fff]{3})(?:开展)?")
PARTS = re.compile("的([^，,；;。、（(和已将]{2,24})")  # 完成80%的清理工作


def indicator(text: str, m: re.Match[str], spans: tuple[tuple[int, int], ...]) -> str:
    """What a quantity measures: the words before it in its segment, without the date that opens it; for a bare count
    the counted thing after it, as for a share of what only a verb is before."""
    start = segment_start(text, m)
    start = next((stop for at, stop in spans if at < m.start() and LEADS.fullmatch(text, start, at)), start)
    opening = LEADS.match(text, start, m.start())
    start = opening.end() if opening else start
    if where := WHERE.match(text, start, m.start()):
        start = where.end()
    before = re.sub("力争$", "", text[start : m.start()])
    if before in ("", "完成") and (parts := PARTS.match(text, m.end())):
        return parts[1]
    if not m[0][0].isdigit() or m[0][-1] in "%％":
        return before
    counted = re.match("[^，,；;、。（(和的已将]{0,24}", text[m.end() :])
    return (counted[0] if counted else "") or before
