"""Rules: the table [reminders] of the configuration as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

from ..errors import ConfigError
from ..milestones import Dated
from ..workdays import PUBLISHED, Calendar
from .steps import Step, before, length, refuse_odd

DAYS_A_WEEK: Final = 7

Cadence = Literal["daily", "weekly", "immediate"]
Colour = Literal["blue", "yellow", "red"]
Role = Literal["contact", "head", "office"]

DEFAULT_LEAD: Final[Mapping[str, tuple[Step, ...]]] = MappingProxyType(
    {
        "day": (30, 7, 1, 0),
        "dekad": (30, 7, 1, 0),
        "month": (60, 30, 7),
        "quarter": (90, 30, 7),
        "half": (90, 30, 7),
        "year": (180, 90, 30, 7),
        "plan": (180, 90, 30, 7),
    }
)


@dataclass(frozen=True, slots=True)
class SheetRule:
    """One colour of 督办单: how long it leaves for an answer, and who gets the digest that holds it.

    `before` is how near the last day must be; it counts for the first colour only.
    """

    colour: Colour
    limit: Step
    to: tuple[Role, ...] = ("contact",)
    before: Step = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Raises ConfigError where a number makes no sense.

    `lead` maps each precision to its ladder. `overdue_weekday` is ISO 8601's, 1 Monday to 7 Sunday, and 0 means no
    repeats after the steps of `overdue`; more than `overdue_monthly_after` days after the last day only the first such
    weekday of a month repeats (0: every one does). `cadence` is that of agencies without one of their own,
    `weekly_budget` how many digests a week an agency gets (0: any number). `sheets` are the colours that are issued,
    in the order blue, yellow, red. All other numbers are days. `calendar` knows the working days.
    """

    lead: Mapping[str, tuple[Step, ...]] = field(default_factory=lambda: DEFAULT_LEAD)
    overdue: tuple[Step, ...] = (1, "4w")
    overdue_weekday: int = 1
    overdue_monthly_after: int = 90
    due_soon_days: int = 30
    completed_days: int = 14
    working_days_only: bool = True
    cadence: Cadence = "daily"
    weekly_budget: int = 0
    sheets: tuple[SheetRule, ...] = ()
    calendar: Calendar = PUBLISHED

    def __post_init__(self) -> None:
        for name, ladder in self.lead.items():
            refuse_odd(ladder, f"reminders.lead.{name}")
        refuse_odd(self.overdue, "reminders.overdue")
        if any(length(step) < 0 for ladder in self.lead.values() for step in ladder):
            raise ConfigError("reminders.lead: days before the last day cannot be negative")
        if any(length(step) < 1 for step in self.overdue):
            raise ConfigError("reminders.overdue: the first day after the last day is 1")
        if not 0 <= self.overdue_weekday <= DAYS_A_WEEK:
            raise ConfigError("reminders.overdue_weekday: 1 is Monday, 7 is Sunday, 0 is never")
        if min(self.due_soon_days, self.completed_days, self.overdue_monthly_after, self.weekly_budget) < 0:
            raise ConfigError("reminders: a number of days cannot be negative")

    def tells_on(self, day: date) -> bool:
        """Whether digests go out on `day`."""
        return not self.working_days_only or self.calendar.is_workday(day)

    def told(self, planned: date) -> date:
        """The day on which what is planned for `planned` is told."""
        return self.calendar.next_workday(planned) if self.working_days_only else planned

    def ladder(self, milestone: Dated) -> tuple[Step, ...]:
        """How long before the last day `milestone` is reminded of: its own ladder, else that of its precision."""
        return milestone.remind or self.lead.get(milestone.precision or "day", ())

    def lead_days(self, milestone: Dated) -> frozenset[int]:
        """The ladder of `milestone` in calendar days before its last day; empty where it has none."""
        last = milestone.due
        if last is None:
            return frozenset()
        ladder = self.ladder(milestone)
        return frozenset(
            step if isinstance(step, int) else (last - before(last, step, self.calendar)).days for step in ladder
        )

    def first_lead(self, milestone: Dated) -> int:
        """How many calendar days before the last day its ladder begins; 0 where it has none."""
        return max(self.lead_days(milestone), default=0)

    def sheet(self, colour: Colour) -> SheetRule | None:
        """The rule of a colour; None where it is not issued."""
        return next((rule for rule in self.sheets if rule.colour == colour), None)

    def is_repeat(self, rule: str) -> bool:
        """Whether an overdue rung is none of the listed ones."""
        return rule not in {f"overdue-{step}" for step in self.overdue}
