"""What the parts, bounds and links of the grammar mean: each takes Spans and returns one."""

from dataclasses import replace
from datetime import timedelta
from math import ceil

from ..workdays import add_workdays
from .spans import MONTHS, PRECISIONS, UNITS, Anchor, Span, months_on, units_on

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


def first_half(span: Span, at: Anchor) -> Span:
    """上半月, of a month."""
    return replace(span, mod="START", end=span.begin and span.begin.replace(day=15), precision="dekad")


def second_half(span: Span, at: Anchor) -> Span:
    """下半月, of a month."""
    return replace(span, mod="END", begin=span.begin and span.begin.replace(day=16), precision="dekad")


def clock(span: Span, at: Anchor) -> Span:
    """24时, 下午5时: the day is the same."""
    return span


def midnight(span: Span, at: Anchor) -> Span:
    """0时 before 前: the day before is the last."""
    return before(span, at)


def last_dekad(span: Span, at: Anchor) -> Span:
    """下旬."""
    if span.begin is None:
        return span
    return replace(span, mod="END", begin=span.begin.replace(day=21), precision="dekad")


# BOUNDS ----------------------------------------------------------------------------------------------------------


def by(span: Span, at: Anchor) -> Span:
    """前: after a stated day or 底 it includes that day; after a bare month, year or festival it excludes it.

    A half or a quarter that opens its year is included, too: 上半年前 means by the end of June, not of December before.
    """
    if span.mod in ("END", "START", "MID", "BEFORE") or span.length:
        return span
    opens = span.precision in ("half", "quarter") and span.begin and span.begin.month == 1
    if span.precision == "day" or opens:
        return replace(span, mod="ON_OR_BEFORE", begin=None)
    return before(span, at)


def before(span: Span, at: Anchor) -> Span:
    """前 that excludes what it follows."""
    end = span.begin - timedelta(days=1) if span.begin else None
    return replace(span, mod="BEFORE", begin=None, end=end)


def days_before(span: Span, at: Anchor, N: float) -> Span:
    """前三天: so many days before the last one."""
    end = span.end - timedelta(days=ceil(N)) if span.end else None
    return replace(span, mod="BEFORE", begin=None, end=end, precision="day")


def until(span: Span, at: Anchor) -> Span:
    """止: the day itself is the last."""
    return span


def from_then(span: Span, at: Anchor) -> Span:
    """起, 以来, 以后: a start without an end; `end` stays the last day of the start's own unit; a length has none."""
    return span if span.length else replace(span, mod=span.mod or "START", open_start=True)


def within(span: Span, at: Anchor) -> Span:
    """内: a length counts from the reference, whose own day is left out; a period stays what it is."""
    if span.length is None:
        return span
    count, unit = span.length
    if unit == "工作日":
        end = add_workdays(at.start, ceil(count))
    elif UNITS[unit] in MONTHS:
        months = count * MONTHS[UNITS[unit]]
        end = months_on(at.start, int(months)) + timedelta(days=round(30 * (months % 1)))
    else:
        end = units_on(at.start, ceil(count), UNITS[unit])
    return replace(span, begin=at.start, end=end, precision=PRECISIONS[UNITS[unit]])


def at_most(span: Span, at: Anchor) -> Span:
    """以内: as 内, and the length is a limit."""
    return replace(within(span, at), mod=span.mod or ("EQUAL_OR_LESS" if span.length else None))


def about(span: Span, at: Anchor) -> Span:
    """左右: a length counts from the reference, as with 内."""
    return replace(within(span, at), mod="APPROX")


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
    """、 before a shared 底前: every one is due; what recurs is first due on the earliest."""
    end = min(s.end for s in (first, second) if s.end) if first.every and first.end and second.end else second.end
    return replace(second, value=f"{first.value}|{second.value}", end=end)
