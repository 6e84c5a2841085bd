"""What the recurrences of the grammar mean: SETs, each first due in the period that holds the reference.

The fragments are those of `calendar`, and S unit of a SET, A unit of a rate.
"""

from datetime import date, timedelta

from ..workdays import festival
from .spans import MONTHS, PRECISIONS, Anchor, Span, month_end, months_on, units_on
from .values import Every, Unit


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


def every_month(at: Anchor) -> Span:
    """每月 before 月底."""
    return every(at, "M")


def every_year_month(at: Anchor, M: int, D: int | None = None) -> Span:
    """每年12月, 每年3月15日."""
    y = at.period_day.year + at.shift
    begin, end = (date(y, M, 1), month_end(y, M)) if D is None else (date(y, M, D), date(y, M, D))
    value = f"XXXX-{M:02}" + (f"-{D:02}" if D else "")
    return Span(value, begin, end, "day" if D else "month", type="SET", every=Every("Y"))


def every_year_quarter(at: Anchor, Q: int) -> Span:
    """每年一季度."""
    y = at.period_day.year + at.shift
    return Span(f"XXXX-Q{Q}", date(y, 3 * Q - 2, 1), month_end(y, 3 * Q), "quarter", type="SET", every=Every("Y"))


def every_year_half(at: Anchor, H: int) -> Span:
    """每年上半年."""
    y = at.period_day.year + at.shift
    return Span(f"XXXX-H{H}", date(y, 6 * H - 5, 1), month_end(y, 6 * H), "half", type="SET", every=Every("Y"))


def every_year_before_festival(at: Anchor, F: str) -> Span:
    """每年国庆节前."""
    eve = festival(F, at.period_day.year + at.shift) - timedelta(days=1)
    return Span(f"XXXX-{eve:%m-%d}", None, eve, "day", mod="BEFORE", type="SET", every=Every("Y"))


def every_week_day(at: Anchor, E: int) -> Span:
    """每周五."""
    d = occurrence_begin(at, Every("W")) + timedelta(days=E - 1)
    return Span("P1W", d, d, "day", type="SET", every=Every("W"))


def every_quarter_first_month(at: Anchor, D: int) -> Span:
    """每季度首月10日."""
    d = occurrence_begin(at, Every("Q")).replace(day=D)
    return Span("P3M", d, d, "day", type="SET", every=Every("Q"))


def every_quarter_last_month(at: Anchor, D: int) -> Span:
    """每季度末月25日."""
    d = months_on(occurrence_begin(at, Every("Q")), 2).replace(day=D)
    return Span("P3M", d, d, "day", type="SET", every=Every("Q"))


def every_month_day(at: Anchor, D: int) -> Span:
    """每月10日; a month without that day is due on its last."""
    first = months_on(at.period_day.replace(day=1), at.shift)
    d = min(first + timedelta(days=D - 1), month_end(first.year, first.month))
    return Span(f"XXXX-XX-{D:02}", d, d, "day", type="SET", every=Every("M"))


def rate(at: Anchor, A: Unit) -> Span:
    """年均, 月度: says how often, not when."""
    return Span("P3M" if A == "Q" else f"P1{A}", None, None, None, type="SET", every=Every(A))


def occurrence_begin(at: Anchor, step: Every) -> date:
    """The first day of the period of a SET that holds the reference, shifted by whole steps."""
    d = at.period_day
    if step.unit in MONTHS:
        months = MONTHS[step.unit]
        begin = date(d.year, (d.month - 1) // months * months + 1, 1)
    else:
        begin = d - timedelta(days=d.weekday() if step.unit == "W" else 0)
    return units_on(begin, step.count * at.shift, step.unit)
