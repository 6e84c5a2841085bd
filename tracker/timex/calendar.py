"""What the words of the grammar mean: one small function a meaning.

A PERIOD function takes an Anchor and the fragments of its row, and returns a Span: Y year, R years from now, M month,
D day, Q quarter, H half-year 1 or 2, N number, U unit, S unit of a SET, A unit of a rate, T minutes or hours, P
five-year plan, F festival, V months, K quarters, W weeks from now, E day of the week 1-7. PART, BOUND and LINK
functions take Spans and return one. A day that does not exist raises ValueError.
"""

from dataclasses import replace
from datetime import date, timedelta
from math import ceil

from ..workdays import add_workdays, festival
from .spans import MONTHS, Anchor, Span, month_end, months_on, units_on
from .values import Every, Precision, Unit

UNITS: dict[str, Unit] = {
    "年": "Y", "周年": "Y", "季度": "Q", "月": "M", "周": "W", "星期": "W",
    "天": "D", "日": "D", "自然日": "D", "工作日": "D",
}  # fmt: skip
PRECISIONS: dict[str, Precision] = {"Y": "year", "H": "half", "Q": "quarter", "M": "month", "W": "day", "D": "day"}


def year_of(at: Anchor, Y: int | None, R: int | None) -> int:
    """The year that the words state, outright or as 今年, 明年; else the one that the reference supplies."""
    if Y is not None:
        return Y
    if R is not None:
        return at.day.year + R
    return at.year


def plan_begin(ordinal: int) -> int:
    """The first year of a five-year plan: the sixth began in 1981, each later one five years after the former."""
    return 1981 + 5 * (ordinal - 6)


# PERIODS ---------------------------------------------------------------------------------------------------------


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


def quarter(at: Anchor, Y: int | None = None, R: int | None = None, *, Q: int) -> Span:
    """2018年第四季度, 三季度."""
    y = year_of(at, Y, R)
    return Span(f"{y}-Q{Q}", date(y, 3 * Q - 2, 1), month_end(y, 3 * Q), "quarter")


def half(at: Anchor, Y: int | None = None, R: int | None = None, *, H: int) -> Span:
    """2019年上半年, 下半年."""
    y = year_of(at, Y, R)
    return Span(f"{y}-H{H}", date(y, 6 * H - 5, 1), month_end(y, 6 * H), "half")


def year(at: Anchor, Y: int | None = None, R: int | None = None) -> Span:
    """2020年, 今年, 本年度, and 年 before 底, 中, 内."""
    y = year_of(at, Y, R)
    return Span(str(y), date(y, 1, 1), date(y, 12, 31), "year")


def near_month(at: Anchor, V: int = 0) -> Span:
    """本月, 下月, and 月 before 底."""
    d = months_on(at.day.replace(day=1), V)
    return Span(f"{d:%Y-%m}", d, month_end(d.year, d.month), "month")


def near_month_day(at: Anchor, V: int, D: int) -> Span:
    """本月15日, 次月10日."""
    d = months_on(at.day.replace(day=1), V).replace(day=D)
    return Span(d.isoformat(), d, d, "day")


def near_quarter(at: Anchor, K: int) -> Span:
    """本季度, 下季度."""
    d = months_on(at.day.replace(day=1), 3 * K)
    return quarter(at, Y=d.year, Q=(d.month + 2) // 3)


def near_week(at: Anchor, W: int) -> Span:
    """本周, 下周: Monday to Sunday."""
    monday = at.day + timedelta(days=7 * W - at.day.weekday())
    return Span(f"{monday:%G-W%V}", monday, monday + timedelta(days=6), "day")


def near_week_day(at: Anchor, W: int, E: int) -> Span:
    """本周五, 下周一."""
    d = at.day + timedelta(days=7 * W - at.day.weekday() + E - 1)
    return Span(d.isoformat(), d, d, "day")


def five_year_plan(at: Anchor, P: int) -> Span:
    """“十三五”期间."""
    y = plan_begin(P)
    return Span(f"{y}/{y + 4}", date(y, 1, 1), date(y + 4, 12, 31), "plan")


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


def clock_length(at: Anchor, N: float, T: str) -> Span:
    """15分钟, 24小时."""
    return Span(f"PT{N:g}{'M' if T == '分钟' else 'H'}", None, None, None, type="DURATION")


def length_from_issue(at: Anchor, N: float, U: str) -> Span:
    """自印发之日起30日: counted from the day of issue, which is not counted itself."""
    return within(length(at, N, U), at)


def every(at: Anchor, S: Unit, N: int = 1) -> Span:
    """每年, 每季度, 每两年: first due at the end of the current period."""
    step = Every(S, N)
    begin = occurrence_begin(at, step)
    unit, times = ("M", MONTHS[S]) if S in "HQ" else (S, 1)
    end = units_on(begin, N, S) - timedelta(days=1)
    return Span(f"P{N * times}{unit}", begin, end, PRECISIONS[S], type="SET", every=step)


def every_year(at: Anchor) -> Span:
    """每年 before 年底."""
    return every(at, "Y")


def every_year_month(at: Anchor, M: int, D: int | None = None) -> Span:
    """每年12月, 每年3月15日."""
    y = at.day.year + at.shift
    begin, end = (date(y, M, 1), month_end(y, M)) if D is None else (date(y, M, D), date(y, M, D))
    value = f"XXXX-{M:02}" + (f"-{D:02}" if D else "")
    return Span(value, begin, end, "day" if D else "month", type="SET", every=Every("Y"))


def every_month_day(at: Anchor, D: int) -> Span:
    """每月10日; a month without that day is due on its last."""
    first = months_on(at.day.replace(day=1), at.shift)
    d = min(first + timedelta(days=D - 1), month_end(first.year, first.month))
    return Span(f"XXXX-XX-{D:02}", d, d, "day", type="SET", every=Every("M"))


def rate(at: Anchor, A: Unit) -> Span:
    """年均, 月度: says how often, not when."""
    return Span(f"P1{A}", None, None, None, type="SET", every=Every(A))


def occurrence_begin(at: Anchor, step: Every) -> date:
    """The first day of the period of a SET that holds the reference, shifted by whole steps."""
    d = at.day
    if step.unit in MONTHS:
        months = MONTHS[step.unit]
        begin = date(d.year, (d.month - 1) // months * months + 1, 1)
    else:
        begin = d - timedelta(days=d.weekday() if step.unit == "W" else 0)
    return units_on(begin, step.count * at.shift, step.unit)


# PARTS -----------------------------------------------------------------------------------------------------------


def last(span: Span, at: Anchor) -> Span:
    """底, 末: includes the last day."""
    return replace(span, mod="END", begin=None)


def first_dekad(span: Span, at: Anchor) -> Span:
    """上旬, and 初 of a month; 年初 is its first quarter."""
    if span.begin is None:
        return span
    if span.precision == "month":
        return replace(span, mod="START", end=span.begin.replace(day=10), precision="dekad")
    return replace(span, mod="START", end=months_on(span.begin, 3) - timedelta(days=1), precision="quarter")


def middle(span: Span, at: Anchor) -> Span:
    """中旬; 年中 is the end of the first half."""
    if span.begin is None:
        return span
    if span.precision == "month":
        return replace(
            span, mod="MID", begin=span.begin.replace(day=11), end=span.begin.replace(day=20), precision="dekad"
        )
    return replace(span, mod="MID", begin=None, end=months_on(span.begin, 6) - timedelta(days=1), precision="half")


def last_dekad(span: Span, at: Anchor) -> Span:
    """下旬."""
    if span.begin is None:
        return span
    return replace(span, mod="END", begin=span.begin.replace(day=21), precision="dekad")


# BOUNDS ----------------------------------------------------------------------------------------------------------


def by(span: Span, at: Anchor) -> Span:
    """前: after a stated day or 底 it includes that day; after a bare month, year or festival it excludes it."""
    if span.mod in ("END", "START", "MID") or span.length:
        return span
    if span.precision == "day":
        return replace(span, mod="ON_OR_BEFORE", begin=None)
    return before(span, at)


def before(span: Span, at: Anchor) -> Span:
    """前 that excludes what it follows."""
    end = span.begin - timedelta(days=1) if span.begin else None
    return replace(span, mod="BEFORE", begin=None, end=end)


def from_then(span: Span, at: Anchor) -> Span:
    """起, 以来, 以后: a start without an end; `end` stays the last day of the start's own unit."""
    return replace(span, mod=span.mod or "START", open_start=True)


def within(span: Span, at: Anchor) -> Span:
    """内: a length counts from the reference, whose own day is left out; a period stays what it is."""
    if span.length is None:
        return span
    count, unit = span.length
    if unit == "工作日":
        end = add_workdays(at.day, ceil(count))
    elif UNITS[unit] in MONTHS:
        end = months_on(at.day, round(count * MONTHS[UNITS[unit]]))
    else:
        end = units_on(at.day, ceil(count), UNITS[unit])
    return replace(span, begin=at.day, end=end, precision=PRECISIONS[UNITS[unit]])


def at_most(span: Span, at: Anchor) -> Span:
    """以内: as 内, and the length is a limit."""
    return replace(within(span, at), mod=span.mod or ("EQUAL_OR_LESS" if span.length else None))


def about(span: Span, at: Anchor) -> Span:
    """左右."""
    return replace(span, mod="APPROX")


# LINKS -----------------------------------------------------------------------------------------------------------


def through(first: Span, second: Span) -> Span:
    """至: from the first day of the one to the last day of the other."""
    value = f"{first.value}/{second.value}"
    return replace(second, value=value, begin=first.begin, mod=second.mod)


def either(first: Span, second: Span) -> Span:
    """或: the later alternative is the last acceptable day."""
    end = max((s.end for s in (first, second) if s.end), default=None)
    return replace(second, value=f"{first.value}/{second.value}", begin=None, end=end, mod=None)


def each(first: Span, second: Span) -> Span:
    """、 before a shared 底前: every one is due."""
    return replace(second, value=f"{first.value}|{second.value}")
