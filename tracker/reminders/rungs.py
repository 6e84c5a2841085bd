"""Rungs: the days of a milestone's ladder, which follow from its current due day.

    lead-N      N days before it (lead-3w: 3 working days), for each step of its ladder
    overdue-K   K days after it (overdue-4w: 4 working days), for each step of `Rules.overdue`, then on every
                `Rules.overdue_weekday` until closed, one weekday for all, so that an agency's repeats share one digest
                a week, and more than `Rules.overdue_monthly_after` days after it on the first such weekday of a month;
                K is at least 1: the last day itself is never overdue; the first day of tracking is no repeat, as
                nothing was told before it
    intake      the day on which tracking began, for a milestone that was then already overdue or within its first lead
    moved       the first day on which a scan knew of another due day, for an agency that was told of the milestone
    answered    the first day on which a scan knew of the office's answer: a claim returned, a deferral refused

Two steps that fall on one day are one rung.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import takewhile
from typing import Final

from ..milestones import Scheduled, Status
from ..workdays import Calendar
from .rules import DAYS_A_WEEK, Rules
from .steps import Step, after, before, words

INTAKE: Final = "intake"
MOVED: Final = "moved"
ANSWERED: Final = "answered"
LEAD: Final = "lead-"
OVERDUE: Final = "overdue-"
OWING: Final = frozenset({Status.OPEN, Status.CLAIMED})
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rung:
    """One day on which a milestone is to be told, whoever is told."""

    rule: str
    planned: date


def rungs(milestone: Scheduled, rules: Rules, since: date, until: date) -> Iterator[Rung]:
    """The rungs with `since < planned <= until`, oldest first; on one day, intake last. The due day must be set."""
    last = milestone.due
    assert last is not None
    start = milestone.tracked_from
    intake = since < start <= until and start >= last - timedelta(days=rules.first_lead(milestone))
    for rung in _ladder(milestone, rules, last, since, until):
        if intake and rung.planned > start:
            yield Rung(INTAKE, start)
            intake = False
        yield rung
    if intake:
        yield Rung(INTAKE, start)


def planned_next(milestone: Scheduled, rules: Rules, today: date) -> list[Rung]:
    """The coming rungs: all that the rules list, and the first repeat after them; empty where nothing is owed.

    Without the news that the due day was moved: whether that is owed depends on what was told.
    """
    last = milestone.due
    if milestone.status not in OWING or last is None:
        return []
    since = max(today, milestone.tracked_from - DAY)
    listed = _listed(last, rules.ladder(milestone), rules.overdue, rules.calendar)
    until = max(listed[-1].planned if listed else last, milestone.tracked_from)
    coming = list(rungs(milestone, rules, since, until)) if since < until else []
    repeat = next(_repeats(milestone, rules, last, since), None)
    return [*coming, *([repeat] if repeat else [])]


def is_first_overdue(rule: str, last: date, rules: Rules) -> bool:
    """Whether `rule` tells an agency for the first time, intake aside, that the last day `last` has passed."""
    if not rule.startswith(OVERDUE):
        return False
    if rules.overdue:
        return rule == next((rung.rule for rung in _listed(last, (), rules.overdue, rules.calendar)), "")
    return int(rule.removeprefix(OVERDUE)) <= DAYS_A_WEEK


def reason(milestone: Scheduled, rung: Rung, rules: Rules) -> str:
    """Why this rung fires, in the words of the office."""
    assert milestone.due is not None
    if rung.rule == INTAKE:
        passed = (rung.planned - milestone.due).days
        return f"立项时已逾期{passed}天" if passed > 0 else f"立项时距到期日{-passed}天，已在首个提醒期内"
    if rung.rule == MOVED:
        return f"到期日改为{milestone.due}"
    if rung.rule == ANSWERED:
        return milestone.answer
    kind, _, written = rung.rule.partition("-")
    step: Step = written if written.endswith("w") else int(written)
    if kind == "lead":
        return f"到期日前{words(step)}" if step != 0 else "到期日当天"
    if rules.is_repeat(rung.rule):
        return "逾期每月提醒" if _is_monthly((rung.planned - milestone.due).days, rules) else "逾期每周提醒"
    return f"逾期第{words(step)}"


def _ladder(milestone: Scheduled, rules: Rules, last: date, since: date, until: date) -> Iterator[Rung]:
    """The rungs that follow from the due day `last`, in a window: no step is taken for the days between them."""
    for rung in _listed(last, rules.ladder(milestone), rules.overdue, rules.calendar):
        if since < rung.planned <= until:
            yield rung
    if until > last:
        yield from takewhile(lambda rung: rung.planned <= until, _repeats(milestone, rules, last, since))


@lru_cache(10_000)  # milestones share their last days
def _listed(last: date, lead: tuple[Step, ...], overdue: tuple[Step, ...], calendar: Calendar) -> tuple[Rung, ...]:
    """The rungs that the rules list, oldest first; those beyond the calendar are none."""
    found: dict[date, Rung] = {}
    for prefix, steps, lies in ((LEAD, lead, before), (OVERDUE, overdue, after)):
        for step in steps:
            try:
                planned = lies(last, step, calendar)
            except OverflowError:
                continue
            found.setdefault(planned, Rung(f"{prefix}{step}", planned))
    return tuple(found[planned] for planned in sorted(found))


def _repeats(milestone: Scheduled, rules: Rules, last: date, since: date) -> Iterator[Rung]:
    """The repeats after `since` and after what the rules list, without end where they repeat."""
    if not rules.overdue_weekday:
        return
    told = max(since, milestone.tracked_from)  # what was never told is not repeated
    listed = _listed(last, (), rules.overdue, rules.calendar)
    passed = (max(told, listed[-1].planned if listed else last) - last).days
    days = passed + ((rules.overdue_weekday - (last.isoweekday() + passed)) % DAYS_A_WEEK or DAYS_A_WEEK)
    while days <= (date.max - last).days:
        planned = last + timedelta(days=days)
        if planned.day <= DAYS_A_WEEK or not _is_monthly(days, rules):
            yield Rung(f"{OVERDUE}{days}", planned)
        days += DAYS_A_WEEK


def _is_monthly(days: int, rules: Rules) -> bool:
    """Whether a repeat so many days after the last day is one of those that are told once a month."""
    return 0 < rules.overdue_monthly_after < days
