"""What is owed: which rungs of a milestone an agency must be told.

A rung is owed to an agency on `today` when `tracked_from <= planned <= today` and `planned` is later than the latest
planned day that the ledger holds for (milestone, agency). Everything else follows from that one comparison:

    a second scan             owes nothing, whether it runs the same day or the next
    days without a scan       owe all their rungs at once; the newest is told, the older ones are folded into it
    a past document           tells each milestone once (intake); no rung before `tracked_from` ever fires
    a changed due day         is told by the next scan (moved) to whoever was told before, not to whoever was first told
                              after it, and owes the rungs of the new day after what was told
    a reopened milestone      owes what fell while it was closed, told once
    what was withheld         stays owed until it is told
    an agency added later     is told once where the milestone stands
    a recurring commitment    each occurrence is a milestone of its own and climbs its own ladder

Closed, cancelled and undated milestones owe nothing. One that an agency claims to have finished is owed until the
office closes it; a withdrawn one until the office cancels it. Pure: no clock, no database.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from ..milestones import Scheduled
from .rules import Rules
from .rungs import ANSWERED, DAY, MOVED, OWING, Rung, reason, rungs

NEVER: Final[Mapping[tuple[int, str], date]] = MappingProxyType({})


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
    milestones: Iterable[Scheduled],
    rules: Rules,
    today: date,
    decided: Mapping[tuple[int, str], date],
    informed: Mapping[tuple[int, str], date] = NEVER,
) -> list[Reminder]:
    """Every reminder owed on `today`, by milestone in the order given, then agency, then planned day.

    `decided` maps (milestone id, agency name) to the latest planned day in the ledger, `informed` to the last day on
    which the agency was told of the milestone: to where its last day was moved by then is no news to it. Empty where
    offices are reminded on working days only and `today` is none: what falls on such days is owed on the next working
    day. Of each (milestone, agency) exactly one reminder, the newest, is not folded. A milestone without agencies owes
    nobody: the office's digest names it.
    """
    if not rules.tells_on(today):
        return []
    return [
        reminder
        for milestone in milestones
        if milestone.status in OWING and milestone.due is not None
        for agency in milestone.agencies
        for key in [(milestone.id, agency)]
        for reminder in _owed(milestone, rules, today, agency, decided.get(key), informed.get(key))
    ]


def folded(reminders: Sequence[Reminder]) -> list[Reminder]:
    """The reminders with the newest of each (milestone, agency) told and the others folded into it."""
    newest: dict[tuple[int, str], Reminder] = {}
    for one in reminders:
        latest = newest.get((one.milestone, one.agency))
        if latest is None or one.planned >= latest.planned:
            newest[one.milestone, one.agency] = one
    ordered = sorted(reminders, key=lambda one: (one.milestone, one.agency, one.planned))
    return [replace(one, folded=one is not newest[one.milestone, one.agency]) for one in ordered]


def missed_days(last_telling: date | None, today: date, rules: Rules) -> tuple[date, ...]:
    """The days after the last scan that could tell and before `today` on which digests could have gone out."""
    if last_telling is None:
        return ()
    between = (last_telling + timedelta(days=n) for n in range(1, (today - last_telling).days))
    return tuple(day for day in between if rules.tells_on(day))


def _owed(
    milestone: Scheduled, rules: Rules, today: date, agency: str, told: date | None, informed: date | None
) -> Iterator[Reminder]:
    since = milestone.tracked_from - DAY
    if told is not None and told > since:
        since = told
    found = list(rungs(milestone, rules, since, today)) if since < today else []
    moved = milestone.moved_on
    if told is not None and moved is not None and since < moved <= today and (informed is None or informed < moved):
        found = sorted([*found, Rung(MOVED, moved)], key=lambda rung: rung.planned)
    answered = milestone.answered_on
    if answered is not None and since < answered <= today:
        found = sorted([*found, Rung(ANSWERED, answered)], key=lambda rung: rung.planned)
    for rung in found:
        why = reason(milestone, rung, rules)
        yield Reminder(milestone.id, rung.rule, rung.planned, agency, why, rung is not found[-1])
