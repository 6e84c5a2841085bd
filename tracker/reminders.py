"""What is owed: which rung of a milestone's ladder falls on which day, and which of them an agency must be told.

A milestone's rungs are days computed from its current due day (the last day that its words allow):

    lead-N      N days before it, for each N of the ladder of its precision (a due day without one goes by "day")
    overdue-K   K days after it, for each K of `Rules.overdue`, then on every `Rules.overdue_weekday` until closed, one
                weekday for all, so that an agency's repeats share one digest a week; K is at least 1: the last day
                itself is never overdue; the first day of tracking is no repeat, as nothing was told before it
    intake      the day on which tracking began, for a milestone that was then already overdue or within its first lead
    moved       the first day on which a scan knew of another due day, for an agency that was told of the milestone

A rung is owed to an agency on `today` when `tracked_from <= planned <= today` and `planned` is later than the latest
planned day that the ledger holds for (milestone, agency). Everything else follows from that one comparison:

    a second scan             owes nothing, whether it runs the same day or the next
    days without a scan       owe all their rungs at once; the newest is told, the older ones are folded into it
    a past document           tells each milestone once (intake); no rung before `tracked_from` ever fires
    a changed due day         is told by the next scan (moved), and owes the rungs of the new day after what was told
    a reopened milestone      owes what fell while it was closed, told once
    an agency added later     is told once where the milestone stands
    a recurring commitment    each occurrence is a milestone of its own and climbs its own ladder

Closed, cancelled and undated milestones owe nothing. One that an agency claims to have finished is owed until the
office closes it; a withdrawn one until the office cancels it. Pure: no clock, no database.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from .errors import ConfigError
from .milestones import Milestone, Status
from .workdays import is_workday, next_workday

INTAKE: Final = "intake"
MOVED: Final = "moved"
OVERDUE: Final = "overdue-"
OWING: Final = frozenset({Status.OPEN, Status.CLAIMED})
DAY: Final = timedelta(days=1)
DAYS_A_WEEK: Final = 7

DEFAULT_LEAD: Final[Mapping[str, tuple[int, ...]]] = MappingProxyType(
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The table [reminders] of the configuration. Raises ConfigError where a number makes no sense.

    `lead` maps each precision to its ladder. `overdue_weekday` is ISO 8601's, 1 Monday to 7 Sunday, and 0 means no
    repeats after the days of `overdue`. All other numbers are days.
    """

    lead: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: DEFAULT_LEAD)
    overdue: tuple[int, ...] = (1, 4)
    overdue_weekday: int = 1
    due_soon_days: int = 30
    completed_days: int = 14
    working_days_only: bool = True

    def __post_init__(self) -> None:
        if any(days < 0 for ladder in self.lead.values() for days in ladder):
            raise ConfigError("reminders.lead: days before the last day cannot be negative")
        if any(days < 1 for days in self.overdue):
            raise ConfigError("reminders.overdue: the first day after the last day is 1")
        if not 0 <= self.overdue_weekday <= DAYS_A_WEEK:
            raise ConfigError("reminders.overdue_weekday: 1 is Monday, 7 is Sunday, 0 is never")
        if min(self.due_soon_days, self.completed_days) < 0:
            raise ConfigError("reminders: a number of days cannot be negative")

    def ladder(self, milestone: Milestone) -> tuple[int, ...]:
        """Days before the last day on which `milestone` is reminded of."""
        return self.lead.get(milestone.precision or "day", ())

    def first_lead(self, milestone: Milestone) -> int:
        """How many days before the last day its ladder begins; 0 where it has none."""
        return max(self.ladder(milestone), default=0)


@dataclass(frozen=True, slots=True)
class Rung:
    """One day on which a milestone is to be told, whoever is told."""

    rule: str
    planned: date

    @property
    def told(self) -> date:
        """The day on which it is told where offices are reminded on working days only."""
        return next_workday(self.planned)


@dataclass(frozen=True, slots=True)
class Reminder:
    """One (milestone, rule, planned day, agency) that is owed: the unique key of the ledger.

    `reason` says in Chinese why, `folded` that a newer rung of the same milestone tells the agency instead.
    """

    milestone: int
    rule: str
    planned: date
    agency: str
    reason: str
    folded: bool


def due(
    milestones: Iterable[Milestone], rules: Rules, today: date, decided: Mapping[tuple[int, str], date]
) -> list[Reminder]:
    """Every reminder owed on `today`, by milestone in the order given, then agency, then planned day.

    `decided` maps (milestone id, agency name) to the latest planned day in the ledger. Empty where offices are reminded
    on working days only and `today` is none: what falls on such days is owed on the next working day. Of each
    (milestone, agency) exactly one reminder, the newest, is not folded. A milestone without agencies owes nobody:
    the office's digest names it.
    """
    if rules.working_days_only and not is_workday(today):
        return []
    return [
        reminder
        for milestone in milestones
        if milestone.status in OWING and milestone.due is not None
        for agency in milestone.agencies
        for reminder in _owed(milestone, rules, today, agency, decided.get((milestone.id, agency)))
    ]


def planned_next(milestone: Milestone, rules: Rules, today: date) -> list[Rung]:
    """The coming rungs: all that the rules list, and the first repeat after them; empty where nothing is owed.

    Without the news that the due day was moved: whether that is owed depends on what was told.
    """
    if milestone.status not in OWING or milestone.due is None:
        return []
    after = max(today, milestone.tracked_from - DAY)
    listed = milestone.due + timedelta(days=max(rules.overdue, default=0))
    repeat = timedelta(days=DAYS_A_WEEK if rules.overdue_weekday else 0)
    return list(_rungs(milestone, rules, after, max(listed, after) + repeat))


def missed_days(last_telling: date | None, today: date, rules: Rules) -> tuple[date, ...]:
    """The days after the last scan that could tell and before `today` on which digests could have gone out."""
    if last_telling is None:
        return ()
    between = (last_telling + timedelta(days=n) for n in range(1, (today - last_telling).days))
    return tuple(day for day in between if not rules.working_days_only or is_workday(day))


def is_first_overdue(rule: str, rules: Rules) -> bool:
    """Whether `rule` tells an agency for the first time, intake aside, that a last day has passed."""
    if not rule.startswith(OVERDUE):
        return False
    days = int(rule.removeprefix(OVERDUE))
    return days == min(rules.overdue) if rules.overdue else days <= DAYS_A_WEEK


def _owed(milestone: Milestone, rules: Rules, today: date, agency: str, told: date | None) -> Iterator[Reminder]:
    after = milestone.tracked_from - DAY
    if told is not None and told > after:
        after = told
    rungs = list(_rungs(milestone, rules, after, today)) if after < today else []
    moved = milestone.moved_on
    if told is not None and moved is not None and after < moved <= today:
        rungs = sorted([*rungs, Rung(MOVED, moved)], key=lambda rung: rung.planned)
    for rung in rungs:
        reason = _reason(milestone, rung, rules)
        yield Reminder(milestone.id, rung.rule, rung.planned, agency, reason, rung is not rungs[-1])


def _rungs(milestone: Milestone, rules: Rules, after: date, until: date) -> Iterator[Rung]:
    """The rungs with `after < planned <= until`, oldest first; on one day, intake last. The due day must be set."""
    last = milestone.due
    assert last is not None
    start = milestone.tracked_from
    intake = after < start <= until and start >= last - timedelta(days=rules.first_lead(milestone))
    for rung in _ladder(milestone, rules, last, after, until):
        if intake and rung.planned > start:
            yield Rung(INTAKE, start)
            intake = False
        yield rung
    if intake:
        yield Rung(INTAKE, start)


def _ladder(milestone: Milestone, rules: Rules, last: date, after: date, until: date) -> Iterator[Rung]:
    """The rungs that follow from the due day `last`, in a window: no step is taken for the days between them."""
    if until >= last - timedelta(days=rules.first_lead(milestone)) and after < last:
        for days in sorted(set(rules.ladder(milestone)), reverse=True):
            if after < (planned := last - timedelta(days=days)) <= until:
                yield Rung(f"lead-{days}", planned)
    if until <= last:
        return
    for days in sorted(set(rules.overdue)):
        if after < (planned := last + timedelta(days=days)) <= until:
            yield Rung(f"{OVERDUE}{days}", planned)
    if not rules.overdue_weekday:
        return
    told = max(after, milestone.tracked_from)  # what was never told is not repeated
    passed = max((told - last).days, max(rules.overdue, default=0))
    wait = (rules.overdue_weekday - (last.isoweekday() + passed)) % DAYS_A_WEEK or DAYS_A_WEEK
    for days in range(passed + wait, (until - last).days + 1, DAYS_A_WEEK):
        yield Rung(f"{OVERDUE}{days}", last + timedelta(days=days))


def _reason(milestone: Milestone, rung: Rung, rules: Rules) -> str:
    """Why this rung fires, in the words of the office."""
    assert milestone.due is not None
    if rung.rule == INTAKE:
        passed = (rung.planned - milestone.due).days
        return f"立项时已逾期{passed}天" if passed > 0 else f"立项时距到期日{-passed}天，已在首个提醒期内"
    if rung.rule == MOVED:
        return f"到期日改为{milestone.due}"
    kind, days = rung.rule.split("-")
    if kind == "overdue":
        return f"逾期第{days}天" if int(days) in rules.overdue else "逾期每周提醒"
    return f"到期日前{days}天" if days != "0" else "到期日当天"
