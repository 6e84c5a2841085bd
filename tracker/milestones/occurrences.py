"""The occurrences of a recurring commitment: when each period begins and ends, and its last day.

The first occurrence is the one that the document states. Later ones follow from its last day by whole periods; a last
day at the end of its month stays there. Periods are calendar ones where the recurrence is: the quarter, the half, the
year in which the last day falls.
"""

import calendar
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from .values import Draft, Status

UNITS = {
    "DAILY": (0, 1),
    "WEEKLY": (0, 7),
    "MONTHLY": (1, 0),
    "QUARTERLY": (3, 0),
    "HALF-YEARLY": (6, 0),
    "YEARLY": (12, 0),
}
ALIGNED = (1, 2, 3, 4, 6, 12)  # lengths in months that divide a year into calendar periods


@dataclass(frozen=True, slots=True)
class Rule:
    """Every `months` months, or every `days` days (the other is 0), until a day or a count of occurrences.

    `month_day` is BYMONTHDAY, -1 for the last; None where only the first day tells.
    """

    months: int
    days: int
    until: date | None = None
    count: int | None = None
    month_day: int | None = None

    @classmethod
    def of(cls, recurrence: str, rrule: str | None) -> "Rule":
        """The rule of a milestone: FREQ, INTERVAL, UNTIL and COUNT of `rrule`, else what `recurrence` says.

        Other BY… parts only repeat what the first last day says. Raises ValueError for a frequency below a day.
        """
        parts = dict(part.split("=", 1) for part in (rrule or "").removeprefix("RRULE:").split(";") if "=" in part)
        frequency = parts.get("FREQ", recurrence)
        if frequency not in UNITS:
            raise ValueError(f"no such recurrence: {frequency}")
        months, days = UNITS[frequency]
        interval = max(1, int(parts.get("INTERVAL", "1")))
        until = date.fromisoformat(parts["UNTIL"][:8]) if "UNTIL" in parts else None
        count, month_day = (int(parts[name]) if name in parts else None for name in ("COUNT", "BYMONTHDAY"))
        return cls(months * interval, days * interval, until, count, month_day)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One period of a series: its first and last day, and the last acceptable day, which may lie before or after."""

    begin: date
    end: date
    due: date


def due_to_open(head: Draft, known: Collection[date], day: date) -> list[Occurrence]:
    """The occurrences to open on `day`: whose period has begun, that are not `known` (by the first day of the period).

    `head` is the first milestone of the series. Left out are periods that had ended before it was tracked: they are
    history, and nobody was told of them.
    """
    found: list[Occurrence] = []
    first_due, rule = plan(head)
    if first_due is None or rule is None:
        return found
    for index, occurrence in enumerate(occurrences(first_due, rule)):
        if occurrence.begin > day:
            break
        if index and occurrence.end >= head.tracked_from and occurrence.begin not in known:
            found.append(occurrence)
    return found


def goes_on(head: Draft, newest: Draft) -> bool:
    """Whether a series opens more: not once the document has withdrawn it, or its first or newest was cancelled."""
    return not head.withdrawn and Status.CANCELLED not in (head.status, newest.status)


def plan(head: Draft) -> tuple[date | None, Rule | None]:
    """The first last day and the rule of a series; a correction of the first occurrence moves no other."""
    said = head.stated or head
    first_due = said.due if head.stated else head.baseline_due
    return first_due, Rule.of(said.recurrence, said.rrule) if said.recurrence else None


def occurrences(first_due: date, rule: Rule) -> Iterator[Occurrence]:
    """Every occurrence from the first on, without end unless the rule has one or the calendar ends."""
    index = 0
    while rule.count is None or index < rule.count:
        try:
            due = shift(first_due, rule, index)
            begin, following = _begin(first_due, rule, index), _begin(first_due, rule, index + 1)
        except (ValueError, OverflowError):
            return
        if rule.until is not None and due > rule.until:
            return
        yield Occurrence(begin, following - timedelta(days=1), due)
        index += 1


def first(first_due: date, rule: Rule) -> Occurrence:
    """The occurrence that the document states."""
    begin = _begin(first_due, rule, 0)
    return Occurrence(begin, _begin(first_due, rule, 1) - timedelta(days=1), first_due)


def belongs(due: date, first_due: date, rule: Rule) -> bool:
    """Whether `due` is the last day of some occurrence of the series that begins with `first_due`."""
    if rule.days:
        return (due - first_due).days % rule.days == 0
    apart = (due.year - first_due.year) * 12 + due.month - first_due.month
    return apart % rule.months == 0 and shift(first_due, rule, apart // rule.months) == due


def shift(first_due: date, rule: Rule, index: int) -> date:
    """The last day of the occurrence `index` periods after the first.

    Without BYMONTHDAY the end of a month stays the end of a month.
    """
    if rule.days:
        return first_due + timedelta(days=rule.days * index)
    month = first_due.year * 12 + first_due.month - 1 + rule.months * index
    year, month = month // 12, month % 12 + 1
    length = calendar.monthrange(year, month)[1]
    if rule.month_day is None:
        at_end = first_due.day == calendar.monthrange(first_due.year, first_due.month)[1]
        return date(year, month, length if at_end else min(first_due.day, length))
    return date(year, month, length if rule.month_day < 0 else min(rule.month_day, length))


def label(occurrence: Occurrence, rule: Rule) -> str:
    """The period as people write it: 2019年, 2019年上半年, 2019年第1季度, 2019年3月, 3月4日当周."""
    begin, end = occurrence.begin, occurrence.end
    if rule.days:
        day = f"{begin.year}年{begin.month}月{begin.day}日"
        return day if rule.days == 1 else f"{day}当周" if rule.days == 7 else f"{day}起{rule.days}天"
    if rule.months == 12:
        return f"{begin.year}年"
    if rule.months == 6:
        return f"{begin.year}年{'上' if begin.month == 1 else '下'}半年"
    if rule.months == 3:
        return f"{begin.year}年第{begin.month // 3 + 1}季度"
    if rule.months == 1:
        return f"{begin.year}年{begin.month}月"
    if rule.months % 12 == 0:
        return f"{begin.year}—{end.year}年"
    return f"{begin.year}年{begin.month}月—{end.year}年{end.month}月"


def _begin(first_due: date, rule: Rule, index: int) -> date:
    """The first day of the period `index` periods after the first, whose calendar unit holds `first_due`."""
    if rule.days:
        whole_week = rule.days % 7 == 0
        last = first_due + timedelta(days=6 - first_due.weekday()) if whole_week else first_due
        return last + timedelta(days=1 - rule.days + rule.days * index)
    month = first_due.year * 12 + first_due.month - 1
    if rule.months in ALIGNED:
        month -= month % rule.months
    else:  # the last of the units holds the last day: every two years, due in 2019 -> 2018 and 2019
        unit = 12 if rule.months % 12 == 0 else 1
        month -= month % unit + rule.months - unit
    month += rule.months * index
    return date(month // 12, month % 12 + 1, 1)
