"""What the scans of today and of the days to come tell of a milestone, while nothing else changes.

Each day is decided as its scan will decide it, with all else that the milestone's agencies are told. So a budget, a
cadence, what goes along with an urgent digest and the sheets that follow each other are foreseen. Pure: no clock, no
database.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from ..milestones import Milestone
from ..milestones.sameness import open_ids
from .deciding import Coming, Decided, Known, decide
from .holds import Hold
from .rules import Rules
from .rungs import DAY, Rung, planned_next, rungs
from .steps import before

LONGEST: Final = timedelta(days=21)  # for a day on which it can be told: a week, and the longest holiday after it

Key = tuple[str, Rung]


def foresee(
    milestone: Milestone, milestones: Sequence[Milestone], rules: Rules, today: date, known: Known
) -> list[tuple[str, Coming]]:
    """What is still owed of a milestone to each agency (its name) and what is planned, with the day that tells it.

    `milestones` are all of the day, itself among them, `known` is what the scan of `today` knows. What waits for no
    known day stands under its planned day, today at the earliest.
    """
    known = replace(known, open=open_ids(milestones))
    planned = planned_next(milestone, rules, today)
    last = planned[-1].planned if planned else today
    end = max(last, *(until for _, until in milestone.acknowledged), today) + LONGEST
    held: dict[Key, Hold] = {}
    found: list[tuple[str, Coming]] = []
    for day, decided in _days(_concerned(milestone, milestones), rules, today, end, known):
        for one in decided.withheld:
            if one.milestone == milestone.id and one.planned <= last:
                held[one.agency, Rung(one.rule, one.planned)] = Hold(one.reason, one.until)
        for each in decided.told:
            rung = Rung(each.rule, each.planned)
            if each.milestone == milestone.id and each.planned <= last:
                waited = Hold("day off", day) if day > max(rung.planned, today) else None
                found.append((each.agency, Coming(rung, day, held.pop((each.agency, rung), waited))))
        if day >= last and not held:
            break
    waiting = [(agency, Coming(rung, hold.until or max(rung.planned, today), hold))
               for (agency, rung), hold in held.items()]  # fmt: skip
    return [*found, *waiting]


def _concerned(milestone: Milestone, milestones: Sequence[Milestone]) -> list[Milestone]:
    """What the agencies of a milestone answer for, without the other agencies."""
    mine = set(milestone.agencies)
    own = ((one, tuple(name for name in one.agencies if name in mine)) for one in milestones)
    return [replace(one, agencies=names) for one, names in own if names and one.due and not one.closed]


def _days(
    milestones: Sequence[Milestone], rules: Rules, today: date, end: date, known: Known
) -> Iterator[tuple[date, Decided]]:
    """What is decided on each day that tells, until `end`; days on which nothing can be owed are passed over."""
    events = {day for one in milestones for day in _events(one, rules, today, end)}
    events |= {sheet.limit + DAY for sheet in known.sheets.values()}
    day, waits = today, True
    while day <= end:
        waits = waits or day in events
        if rules.tells_on(day):
            if waits:
                decided = decide(milestones, rules, day, known)
                known, waits = _after(known, decided, day), bool(decided.withheld)
                events |= {sheet.limit + DAY for sheet in decided.sheets}
                yield day, decided
            known = replace(known, last_telling=day)
        day += DAY
        if day.weekday() == 0:
            known = replace(known, spent={})


def _events(milestone: Milestone, rules: Rules, today: date, end: date) -> Iterator[date]:
    """The days from which something of a milestone can be owed that was not before."""
    last = milestone.due
    assert last is not None
    yield from (rung.planned for rung in rungs(milestone, rules, today, end))
    yield from (before(last, rule.before, rules.calendar) for rule in rules.sheets)
    yield last + DAY
    yield from (day for day in (milestone.moved_on, milestone.answered_on) if day)


def _after(known: Known, decided: Decided, day: date) -> Known:
    """What is known once this was told."""
    ledger = dict(known.decided)
    for one in decided.told:
        key = one.milestone, one.agency
        ledger[key] = max(ledger.get(key, date.min), one.planned)
    told = {(one.milestone, one.agency) for one in decided.told}
    spent = dict(known.spent)
    for agency in {agency for _, agency in told}:
        spent[agency] = spent.get(agency, 0) + 1
    return replace(
        known,
        decided=ledger,
        informed={**known.informed, **dict.fromkeys(told, day)},
        spent=spent,
        sheets={**known.sheets, **{(one.milestone, one.agency): one for one in decided.sheets}},
        refused=[one for one in known.refused if (one.milestone, one.agency) not in told],
    )
