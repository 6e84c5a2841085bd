"""Holds: why something that is owed waits, and until when."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple

from ..milestones import Scheduled, Status
from .owing import Reminder
from .rules import Cadence, Rules
from .rungs import ANSWERED, INTAKE, MOVED, is_first_overdue

Reason = Literal[
    "day off", "claimed", "waiting", "acknowledged", "inhibited", "no address", "cadence", "budget", "closed"
]
WEEK = timedelta(days=7)


class Hold(NamedTuple):
    """Why something waits, and until when."""

    reason: Reason
    until: date | None


def stopped(milestone: Scheduled, open_ones: Collection[int]) -> Hold | None:
    """Why nobody is reminded of a milestone whose turn it is not: the office's, or that of what it waits for."""
    if milestone.status is Status.CLAIMED:
        return Hold("claimed", None)
    return Hold("waiting", None) if any(id in open_ones for id in milestone.waits_for) else None


def paused(milestone: Scheduled, agency: str, rules: Rules, today: date, group: Sequence[Reminder]) -> Hold | None:
    """Until when an acknowledgement keeps the reminders of a milestone back; None where it does not."""
    until = milestone.paused(agency, today)
    assert milestone.due is not None
    if until is None or any(one.rule in (INTAKE, MOVED, ANSWERED) for one in group):
        return None
    told = any(is_first_overdue(one.rule, milestone.due, rules) for one in group)
    return None if told else Hold("acknowledged", until)


def is_urgent(milestone: Scheduled, group: Sequence[Reminder], rules: Rules, today: date) -> bool:
    """Whether the reminders of a milestone go out whatever the cadence and the budget."""
    last = milestone.due
    assert last is not None
    return last == today or any(
        one.rule in (MOVED, ANSWERED)
        or (one.rule == INTAKE and last < one.planned)
        or is_first_overdue(one.rule, last, rules)
        for one in group
    )


def cadence_until(
    cadence: Cadence, milestone: Scheduled, rules: Rules, today: date, last_telling: date | None
) -> date | None:
    """Until when the cadence keeps what is not urgent of a milestone; None where it does not."""
    last = milestone.due
    assert last is not None
    if cadence == "immediate":
        return last if last > today else None
    first = first_telling(today, rules)
    made_up = last_telling is not None and last_telling < first <= today  # nobody scanned on the first day
    return first_telling(today + WEEK, rules) if cadence == "weekly" and today != first and not made_up else None


def first_telling(day: date, rules: Rules) -> date:
    """The first day of the week of `day` on which digests go out; a day of a later week where none is."""
    return rules.told(day - timedelta(days=day.weekday()))
