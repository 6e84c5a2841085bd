"""What the periods of the grammar mean: one small function a meaning.

Each takes an Anchor and the fragments of its row, and returns a Span: Y year, R years from now, M
month (O where a number may be none), D day, C both in four digits, Q quarter, H half 1 or 2, N number, U unit, T
minutes or hours, P five-year plan, F festival, I days, V months, K quarters, W weeks from now, E day of the week 1-7.
A day that does not exist raises ValueError. What recurs is in `recurrences`.
"""

from dataclasses import replace
from datetime import date, timedelta

from ..workdays import festival
from .edges import before, first_half, second_half, within
from .spans import UNITS, Anchor, Span, month_end, months_on


def year_of(at: Anchor, Y: int | None, R: int | None) -> int:
    """The year that the words state, outright or as 今年, 明年; else the one that the reference supplies."""
    if Y is not None:
        return Y
    if R is not None:
        return at.relative_year(R)
    return at.year


def plan_begin(ordinal: int) -> int:
    """The first year of a five-year plan: the sixth began in 1981, each later one five years after the former."""
    return 1981 + 5 * (ordinal - 6)


def day(at: Anchor, Y: int | None = None, R: int | None = None, *, M: int, D: int) -> Span:
    """2018年11月30日, 10月15日."""
    d = date(year_of(at, Y, R), M, D)
    return Span(d.isoformat(), d, d, "day")


def day_range(at: Anchor, Y: int | None = None, R: int | None = None, *, M: int, D: int, D2: int) -> Span:
    """9月10-15日."""
    y = year_of(at, Y, R)
    begin, end = date(y, M, D), date(y, M, D2)
    return Span(f"{begin}/{end}", begin, end, "day")


def month(at: Anchor, Y: int | None = None, R: int | None = None, *, M: int) -> Span:
    """2018年12月, 明年6月, 11月."""
    y = year_of(at, Y, R)
    return Span(f"{y}-{M:02}", date(y, M, 1), month_end(y, M), "month")


def numeric_day(at: Anchor, Y: int, O: int, D: int) -> Span:  # noqa: E741 - the fragments are letters
    """2018/12/31."""
    return day(at, Y, M=O, D=D)


def compact_day(at: Anchor, Y: int, C: str) -> Span:
    """20181231."""
    return day(at, Y, M=int(C[:2]), D=int(C[2:]))


def numeric_month(at: Anchor, Y: int, O: int) -> Span:  # noqa: E741
    """2018.12, 2021/01."""
    return month(at, Y, M=O)


def quarter(at: Anchor, Y: int | None = None, R: int | None = None, *, Q: int) -> Span:
    """2018年第四季度, 三季度."""
    y = year_of(at, Y, R)
    return Span(f"{y}-Q{Q}", date(y, 3 * Q - 2, 1), month_end(y, 3 * Q), "quarter")


def first_quarters(at: Anchor, Y: int | None = None, R: int | None = None, *, Q: int) -> Span:
    """前三季度."""
    y = year_of(at, Y, R)
    return Span(f"{y}-01/{y}-{3 * Q:02}", date(y, 1, 1), month_end(y, 3 * Q), "quarter")


def quarters(at: Anchor, Y: int | None = None, R: int | None = None, *, Q: int, Q2: int) -> Span:
    """三四季度, 一至三季度."""
    first, last = quarter(at, Y, R, Q=Q), quarter(at, Y, R, Q=Q2)
    return Span(f"{first.value}/{last.value}", first.begin, last.end, "quarter")


def half(at: Anchor, Y: int | None = None, R: int | None = None, *, H: int) -> Span:
    """2019年上半年, 下半年."""
    y = year_of(at, Y, R)
    return Span(f"{y}-H{H}", date(y, 6 * H - 5, 1), month_end(y, 6 * H), "half")


def year(at: Anchor, Y: int | None = None, R: int | None = None) -> Span:
    """2020年, 今年, 本年度, and 年 before 底, 中, 内."""
    y = year_of(at, Y, R)
    return Span(str(y), date(y, 1, 1), date(y, 12, 31), "year")


def school_year(at: Anchor, Y: int, Y2: int | None = None) -> Span:
    """2018—2019学年: from September to August."""
    last = Y2 or Y + 1
    return Span(f"{Y}-09/{last}-08", date(Y, 9, 1), date(last, 8, 31), "year")


def unsaid(at: Anchor) -> Span:
    """汛期前, 每学期: no calendar says when."""
    raise ValueError("does not say which day")


def near_month(at: Anchor, V: int = 0) -> Span:
    """本月, 下月, and 月 before 底."""
    d = months_on(at.day.replace(day=1), V)
    return Span(f"{d:%Y-%m}", d, month_end(d.year, d.month), "month")


def near_month_day(at: Anchor, V: int, D: int) -> Span:
    """本月15日, 次月10日."""
    d = months_on(at.day.replace(day=1), V).replace(day=D)
    return Span(d.isoformat(), d, d, "day")


def half_month(at: Anchor, H: int) -> Span:
    """下半月."""
    return (first_half if H == 1 else second_half)(near_month(at), at)


def near_dekad(at: Anchor) -> Span:
    """本旬, and 旬 before 末: days 1-10, 11-20 or 21 to the end of the month."""
    tens = min((at.day.day - 1) // 10, 2)
    begin = at.day.replace(day=10 * tens + 1)
    end = begin.replace(day=10 * tens + 10) if tens < 2 else month_end(begin.year, begin.month)
    return Span(f"{begin}/{end}", begin, end, "dekad")


def near_day(at: Anchor, I: int) -> Span:  # noqa: E741
    """明天, 即日."""
    d = at.day + timedelta(days=I)
    return Span(d.isoformat(), d, d, "day")


def near_quarter(at: Anchor, K: int = 0) -> Span:
    """本季度, 下季度."""
    d = months_on(at.day.replace(day=1), 3 * K)
    return quarter(at, Y=d.year, Q=(d.month + 2) // 3)


def coming_day(at: Anchor, D: int) -> Span:
    """20日: of the reference's month, or of the next where that has passed."""
    first = at.day.replace(day=1)
    d = first.replace(day=D)
    d = d if d >= at.day else months_on(first, 1).replace(day=D)
    return Span(d.isoformat(), d, d, "day")


def near_week(at: Anchor, W: int = 0) -> Span:
    """本周, 下周: Monday to Sunday."""
    monday = at.day + timedelta(days=7 * W - at.day.weekday())
    return Span(f"{monday:%G-W%V}", monday, monday + timedelta(days=6), "day")


def near_week_day(at: Anchor, E: int, W: int = 0) -> Span:
    """本周五, 下周一."""
    d = at.day + timedelta(days=7 * W - at.day.weekday() + E - 1)
    return Span(d.isoformat(), d, d, "day")


def five_year_plan(at: Anchor, P: int) -> Span:
    """“十三五”期间."""
    y = plan_begin(P)
    return Span(f"{y}/{y + 4}", date(y, 1, 1), date(y + 4, 12, 31), "plan")


def plan_period(at: Anchor) -> Span:
    """规划期 before 末, 内: of the plan that the document is."""
    begin, end = at.plan
    return Span(f"{begin.year}/{end.year}", begin, end, "plan")


def next_festival(at: Anchor, Y: int | None = None, R: int | None = None, *, F: str) -> Span:
    """春节, 国庆节: of the year stated, else the first one not before the reference."""
    if Y is not None or R is not None:
        d = festival(F, year_of(at, Y, R))
    else:
        d = next(d for y in (0, 1) if (d := festival(F, at.day.year + y)) >= at.day)
    return Span(d.isoformat(), d, d, "day")


def before_festival(at: Anchor, Y: int | None = None, R: int | None = None, *, F: str) -> Span:
    """春节前: excludes the festival."""
    return before(next_festival(at, Y, R, F=F), at)


def present(at: Anchor) -> Span:
    """目前, 当前."""
    return Span("PRESENT_REF", None, None, None)


def length(at: Anchor, N: float, U: str) -> Span:
    """3年, 20个工作日: a length whose start is not said."""
    count, unit = (6, "M") if N == 0.5 and UNITS[U] == "Y" else (N, UNITS[U])
    return Span(f"P{count:g}{unit}", None, None, None, type="DURATION", length=(N, U))


def years(at: Anchor, N: float) -> Span:
    """5年时间, 2年试点期间."""
    return length(at, N, "年")


def length_after(at: Anchor, N: float, U: str) -> Span:
    """一个月 after an event (批复后一个月内): a limit, whose start no calendar says."""
    return replace(length(at, N, U), mod="EQUAL_OR_LESS", length=None)


def length_and_a_half(at: Anchor, N: float, U: str) -> Span:
    """一个半月, 两年半."""
    return length(at, 12 * N + 6, "月") if U == "年" else length(at, N + 0.5, U)


def clock_length(at: Anchor, N: float, T: str) -> Span:
    """15分钟, 24小时."""
    return Span(f"PT{N:g}{'M' if T == '分钟' else 'H'}", None, None, None, type="DURATION")


def length_from_issue(at: Anchor, N: float, U: str) -> Span:
    """自印发之日起30日, 用5年时间: counted from the day of issue, which is not counted itself."""
    return within(length(at, N, U), at)
