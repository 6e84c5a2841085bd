"""A series of milestones as one recurring event, with exceptions for the occurrences that are not as the rule says.

The rule shows what is still to come; each stored occurrence that is closed or was changed is an exception of its own
(RECURRENCE-ID), and one that is gone, of others, or was never tracked is left out (EXDATE).
"""

from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import takewhile
from typing import Any, Final

from icalendar import Component

from ..milestones import Milestone, Status, occurrences
from ..milestones.occurrences import Rule
from .entries import Form, entry, lines, origin, written

EVERY: Final = {
    "DAILY": "每日",
    "WEEKLY": "每周",
    "MONTHLY": "每月",
    "QUARTERLY": "每季度",
    "HALF-YEARLY": "每半年",
    "YEARLY": "每年",
}
SHORTEST_MONTH: Final = 28

Test = Callable[[Milestone], bool]


@dataclass(frozen=True, slots=True)
class Placed:
    """The stored occurrences of a series on the last days that its rule gives; `untracked` days have none."""

    members: dict[date, Milestone]
    untracked: tuple[date, ...]


def recurring(members: Sequence[Milestone], form: Form, *, mine: Test, gone: Test) -> tuple[list[Component], set[int]]:
    """The event of a series and its exceptions, with the ids of all milestones that these account for.

    `members` are all stored occurrences, whosever they are. Nothing where no occurrence is left to show, and no ids of
    milestones that the rule has no place for, as the document may have changed it: those stand by themselves.
    """
    ordered = sorted(members, key=lambda one: one.occurrence or date.min)
    head, newest = next((one for one in ordered if one.heads_series), None), ordered[-1]
    first_due, rule = occurrences.plan(head) if head else (None, None)
    if head is None or first_due is None or rule is None:
        return [], set()
    placed = _placed(ordered, first_due, rule)
    covered = {one.id for one in placed.members.values()}
    shown = {day: one for day, one in placed.members.items() if one.due is not None and mine(one) and not gone(one)}
    goes_on = occurrences.goes_on(head, newest) and mine(newest)
    if not shown and not (goes_on and _has_more(first_due, rule, newest)):
        return [], covered
    sequence = 2 * sum(one.sequence for one in ordered) + sum(map(gone, ordered))
    found = [_exception(one, day, head, sequence, form) for day, one in shown.items() if not _alike(one, day, newest)]
    plain = {day: one for day, one in shown.items() if _alike(one, day, newest)}
    start = occurrences.shift(first_due, rule, 0)
    model = replace(
        newest,
        uid=head.uid,
        title=_base(newest),
        due=start,
        status=Status.OPEN,
        closed_on=None,
        sequence=sequence,
        modified=max(one.modified for one in ordered),
    )
    event = _event(model, start, list(plain.values()), form)
    event.add("rrule", recur(first_due, rule, None if goes_on else max(placed.members)))
    left_out = sorted({*placed.untracked, *placed.members} - set(shown))
    if left_out:
        event.add("exdate", left_out)
    return [event, *found], covered


def recur(first_due: date, rule: Rule, last: date | None = None) -> dict[str, Any]:
    """RFC 5545's form of a rule; `last` ends it. A short month's last day stands in for one that it does not have."""
    parts: dict[str, Any] = {"FREQ": "DAILY", "INTERVAL": rule.days}
    if rule.days and rule.days % 7 == 0:
        parts = {"FREQ": "WEEKLY", "INTERVAL": rule.days // 7}
    elif not rule.days:
        yearly = rule.months % 12 == 0
        parts = {"FREQ": "YEARLY", "INTERVAL": rule.months // 12} if yearly else {"FREQ": "MONTHLY"}
        parts = parts | ({"BYMONTH": first_due.month} if yearly else {"INTERVAL": rule.months})
        parts |= _day_of_month(first_due, rule)
    if parts["INTERVAL"] == 1:
        del parts["INTERVAL"]
    until = min(filter(None, (rule.until, last)), default=None)
    if until is not None:
        parts["UNTIL"] = until
    elif rule.count is not None:
        parts["COUNT"] = rule.count
    return parts


def _day_of_month(first_due: date, rule: Rule) -> dict[str, Any]:
    """BYMONTHDAY, never 31: that skips the months that have no such day."""
    day = rule.month_day
    if day is None:
        at_end = first_due.day == monthrange(first_due.year, first_due.month)[1]
        day = -1 if at_end else first_due.day
    if day < 0 or day > 30:
        return {"BYMONTHDAY": -1}
    if day > SHORTEST_MONTH:
        return {"BYMONTHDAY": list(range(SHORTEST_MONTH, day + 1)), "BYSETPOS": -1}
    return {"BYMONTHDAY": day}


def _placed(ordered: Sequence[Milestone], first_due: date, rule: Rule) -> Placed:
    known = {one.occurrence: one for one in ordered if one.occurrence is not None}
    newest = max(known)
    periods = list(takewhile(lambda period: period.begin <= newest, occurrences.occurrences(first_due, rule)))
    return Placed(
        {period.due: known[period.begin] for period in periods if period.begin in known},
        tuple(period.due for period in periods if period.begin not in known),
    )


def _has_more(first_due: date, rule: Rule, newest: Milestone) -> bool:
    """Whether the rule has an occurrence after the newest one that is stored."""
    later = (one for one in occurrences.occurrences(first_due, rule) if one.begin > (newest.occurrence or date.min))
    return next(later, None) is not None


def _alike(one: Milestone, day: date, newest: Milestone) -> bool:
    """Whether an occurrence is just what the recurring event says of its day."""
    return one.status is Status.OPEN and one.due == day and _words(one) == _words(newest)


def _words(one: Milestone) -> tuple[Any, ...]:
    return _base(one), one.quote, one.agencies, one.lead, one.support, one.remind, one.withdrawn


def _base(one: Milestone) -> str:
    """The title without the period that an occurrence has at its end."""
    return (one.title.rpartition("（")[0] if one.title.endswith("）") else "") or one.title


def _exception(one: Milestone, day: date, head: Milestone, sequence: int, form: Form) -> Component:
    """The occurrence whose last day was `day` as it is now."""
    assert one.due is not None
    found = entry(replace(one, sequence=sequence), one.due, form)
    found["uid"] = head.uid
    found.add("recurrence-id", day)
    return found


def _event(model: Milestone, start: date, plain: Sequence[Milestone], form: Form) -> Component:
    """The recurring event itself; `plain` are the stored occurrences that it speaks for."""
    said = model.stated or model
    description = lines(
        ("周期", EVERY.get(said.recurrence or "", "")),
        *origin(model),
        ("注意", "原文已无此项，待确认" if model.withdrawn else ""),
        ("编号", "、".join(str(one.id) for one in plain)),
    )
    wording = f"（{model.timex}）" if model.timex else ""
    return written(model, start, form, f"{model.title}{wording}", description)
