"""The rules a second time, from docs/reminders.md and without the tracker's own: when a milestone is to be told."""

from collections.abc import Iterator
from datetime import date, timedelta

from chinese_calendar import is_workday

from tracker.milestones import Milestone

ONE = timedelta(days=1)

# The rules of today: days before the last day by how exactly it is worded, a day and some working days after it, then
# every Monday, of which more than so many days after it only the first of each month counts.
BEFORE = {
    "day": [30, 7, 1, 0], "dekad": [30, 7, 1, 0], "month": [60, 30, 7], "quarter": [90, 30, 7], "half": [90, 30, 7],
    "year": [180, 90, 30, 7], "plan": [180, 90, 30, 7],
}  # fmt: skip
AFTER, WORKED_AFTER, REPEATED_ON, MONTHLY_AFTER = 1, 4, 0, 90


def planned(one: Milestone, until: date) -> Iterator[date]:
    """The days from the beginning of tracking on which a milestone that nobody closes is to be told."""
    due, begin = one.due, one.tracked_from
    assert due is not None
    steps = BEFORE[one.precision or "day"]
    if begin >= due - timedelta(days=max(steps)):
        yield begin
    yield from (day for days in steps if (day := due - timedelta(days=days)) >= begin)
    if due >= until:
        return
    worked = days_worked(due, WORKED_AFTER)
    yield from (day for day in (due + timedelta(days=AFTER), worked) if day >= begin)
    day = max(worked, begin) + ONE
    while day <= until:
        monthly = (day - due).days > MONTHLY_AFTER
        if day.weekday() == REPEATED_ON and (day.day <= 7 or not monthly):
            yield day
        day += ONE


def days_worked(day: date, number: int) -> date:
    """So many working days after `day`."""
    for _ in range(number):
        day += ONE
        while not is_workday(day):
            day += ONE
    return day


def first_worked(day: date) -> date:
    """The first working day of a week, or after it where it has none."""
    day -= day.weekday() * ONE
    while not is_workday(day):
        day += ONE
    return day
