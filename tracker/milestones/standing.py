"""How a milestone stands on a day: computed, never stored."""

from datetime import date
from typing import Protocol

from .values import Milestone, Standing


class Dated(Protocol):
    """What decides how a milestone stands."""

    @property
    def closed(self) -> bool: ...
    @property
    def due(self) -> date | None: ...
    @property
    def precision(self) -> str | None: ...
    @property
    def remind(self) -> tuple[int | str, ...]: ...


def standing(milestone: Dated, today: date, *, due_soon_days: int, first_lead: int) -> Standing:
    """How `milestone` stands on `today`.

    It is overdue only after its last day. It is due soon within `due_soon_days`, or within its longest lead time
    (`first_lead`, in days before the last day) where that is shorter: nobody is to read "soon" of what no reminder
    announces yet.
    """
    if milestone.closed:
        return Standing.CLOSED
    if milestone.due is None:
        return Standing.UNDATED
    left = (milestone.due - today).days
    if left < 0:
        return Standing.OVERDUE
    return Standing.DUE_SOON if left <= min(due_soon_days, first_lead) else Standing.UPCOMING


def days_left(milestone: Milestone, today: date) -> int | None:
    """Days from `today` to the last day: 0 on the day itself, negative after it, None without a last day."""
    return None if milestone.due is None else (milestone.due - today).days
