"""What is told on a day, and what is withheld from whom, why, and until when.

Of what is owed (`owing.due`) these are withheld, in this order; what is withheld stays owed:

    day off         everything, where digests go out on working days only
    claimed         of a milestone that waits for the office to look at what was claimed (办结申请)
    waiting         of one that waits for another, while that is open
    acknowledged    (签收) of one milestone, until the day that was named; never that its day moved, what tracking began
                    with, and the first time that it is overdue; a sheet is not followed by the next colour meanwhile
    inhibited       a sheet in whose place one of a higher colour goes
    no address      of an agency that no message reaches
    cadence         "weekly": until the first day of the week on which digests go out, or the first scan after it;
                    "immediate": what lies ahead, until the last day
    budget          until the next week, once the agency had so many digests in this one

The last two hold an agency's digest as a whole, and never where something urgent is in it: due today, newly overdue, a
day that moved, an answer of the office, a red sheet, what an issue told that every address refused (its turn had come,
and it brought nobody anything). So whatever goes out takes along all that is owed. Pure: no clock, no database.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from ..milestones import Scheduled, Status
from .holds import WEEK, Hold, Reason, cadence_until, first_telling, is_urgent, paused, stopped
from .owing import Reminder, due, folded
from .rules import Cadence, Colour, Rules
from .rungs import OWING, Rung, planned_next
from .sheets import ORDER, SHEET, Sheet, Turn, issue, turns


@dataclass(frozen=True, slots=True)
class Withheld:
    """A rung or a sheet that was owed and not told; `until` is the day on which it can be, None where none is known."""

    milestone: int
    rule: str
    planned: date
    agency: str
    reason: Reason
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What deciding depends on beside the milestones, by agency, or by (milestone id, agency).

    `decided` is the latest planned day in the ledger, `informed` the last day of telling, `sheets` the latest sheet,
    `numbers` the number of the next sheet of each colour, `spent` how many digests this week has brought so far;
    `last_telling` is the day of the last scan that could tell, `mute` are the agencies that no message reaches, `open`
    the ids of milestones that are open beside those that are decided about.
    `refused` is what issues were to tell that every address refused: it is in the ledger, and owed all the same.
    """

    decided: Mapping[tuple[int, str], date] = field(default_factory=dict)
    informed: Mapping[tuple[int, str], date] = field(default_factory=dict)
    sheets: Mapping[tuple[int, str], Sheet] = field(default_factory=dict)
    numbers: Mapping[Colour, int] = field(default_factory=dict)
    cadences: Mapping[str, Cadence] = field(default_factory=dict)
    spent: Mapping[str, int] = field(default_factory=dict)
    last_telling: date | None = None
    mute: Collection[str] = ()
    open: Collection[int] = ()
    refused: Sequence[Reminder] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What is told, what no message can tell (`silent`), what is withheld, and the sheets that are issued."""

    told: Sequence[Reminder]
    silent: Sequence[Reminder]
    withheld: Sequence[Withheld]
    sheets: Sequence[Sheet]


class Coming(NamedTuple):
    """A rung that is planned for an agency, the day on which it is told while nothing changes, and what holds it."""

    rung: Rung
    day: date
    hold: Hold | None


Key = tuple[int, str]


def decide(
    milestones: Sequence[Scheduled], rules: Rules, today: date, known: Known, closed: Iterable[Scheduled] = ()
) -> Decided:
    """What is told on `today`; `milestones` are the open ones, `closed` those of which what was owed is to be noted."""
    owed = _owed(milestones, rules, today, known)
    gone = list(_closed(closed, rules, today, known.decided))
    if not rules.tells_on(today):
        return Decided(
            told=(), silent=(), withheld=[*_held(owed, Hold("day off", rules.told(today))), *gone], sheets=()
        )
    by_id = {one.id: one for one in milestones}
    groups: dict[Key, list[Reminder]] = {}
    for reminder in owed:
        groups.setdefault((reminder.milestone, reminder.agency), []).append(reminder)
    open_ones = by_id.keys() | known.open
    pauses = {
        key: hold
        for key, group in groups.items()
        if (hold := stopped(by_id[key[0]], open_ones) or paused(by_id[key[0]], key[1], rules, today, group))
    }
    turned = [one for one in milestones if stopped(one, open_ones) is None]
    waiting = dict(_turns(turned, rules, today, known)) if rules.sheets else {}
    withheld = [one for key, found in waiting.items() for one in _not_issued(by_id[key[0]], key[1], found, today)]
    coming = {key: found[-1] for key, found in waiting.items() if not by_id[key[0]].paused(key[1], today)}
    held = _held_agencies(by_id, groups, pauses, coming, rules, today, known)
    holds = pauses | {key: held[key[1]] for key in groups if key not in pauses and key[1] in held}
    withheld += [one for key, hold in holds.items() for one in _held(groups[key], hold)]
    withheld += [
        Withheld(key[0], turn.rule, turn.since, key[1], *held[key[1]]) for key, turn in coming.items() if key[1] in held
    ]
    sheets = _issued({key: turn for key, turn in coming.items() if key[1] not in held}, by_id, rules, today, known)
    mute = set(known.mute)
    silent = [one for one in owed if one.agency in mute and (one.milestone, one.agency) not in pauses]
    told = [one for one in owed if (one.milestone, one.agency) not in holds]
    return Decided(told=_with_sheets(told, sheets), silent=silent, withheld=[*withheld, *gone], sheets=sheets)


def coming(milestone: Scheduled, agency: str, rules: Rules, today: date, cadence: Cadence | None) -> list[Coming]:
    """The planned rungs of an agency and the days on which they are told while nothing changes."""
    found = []
    for rung in planned_next(milestone, rules, today):
        day, hold = rules.told(rung.planned), None
        if day > rung.planned:
            hold = Hold("day off", day)
        alone = [Reminder(milestone.id, rung.rule, rung.planned, agency, "", False)]
        if (pause := paused(milestone, agency, rules, day, alone)) and pause.until:
            day, hold = rules.told(pause.until), pause
        if not is_urgent(milestone, alone, rules, day):
            until = cadence_until(cadence or rules.cadence, milestone, rules, day, None)
            if until and until > day:
                day, hold = rules.told(until), Hold("cadence", until)
        found.append(Coming(rung, day, hold))
    return found


def _owed(milestones: Sequence[Scheduled], rules: Rules, today: date, known: Known) -> list[Reminder]:
    """What is owed on any day, and what was refused of the milestones that still owe it to that agency."""
    owed = due(milestones, replace(rules, working_days_only=False), today, known.decided, known.informed)
    if not known.refused:
        return owed
    owing = {(one.id, agency) for one in milestones if one.status in OWING and one.due for agency in one.agencies}
    return folded([*(one for one in known.refused if (one.milestone, one.agency) in owing), *owed])


def _held(reminders: Iterable[Reminder], hold: Hold) -> Iterator[Withheld]:
    for one in reminders:
        yield Withheld(one.milestone, one.rule, one.planned, one.agency, *hold)


def _closed(closed: Iterable[Scheduled], rules: Rules, today: date, decided: Mapping[Key, date]) -> Iterator[Withheld]:
    """What was owed when a milestone was closed and had not been told."""
    every = replace(rules, working_days_only=False)
    for one in closed:
        if one.closed_on is not None:
            still_open = replace(one, status=Status.OPEN)
            yield from _held(due([still_open], every, min(today, one.closed_on), decided), Hold("closed", None))


def _turns(
    milestones: Iterable[Scheduled], rules: Rules, today: date, known: Known
) -> Iterator[tuple[Key, list[Turn]]]:
    mute = set(known.mute)
    for one in milestones:
        for agency in one.agencies:
            key = one.id, agency
            if agency not in mute and (found := turns(one, rules, today, known.sheets.get(key))):
                yield key, found


def _not_issued(milestone: Scheduled, agency: str, found: Sequence[Turn], today: date) -> Iterator[Withheld]:
    """The sheets that a higher one inhibits, and the one that an acknowledgement keeps back."""
    for turn in found:
        if turn.inhibited:
            yield Withheld(milestone.id, turn.rule, turn.since, agency, "inhibited")
        elif until := milestone.paused(agency, today):
            yield Withheld(milestone.id, turn.rule, turn.since, agency, "acknowledged", until)


def _held_agencies(
    by_id: Mapping[int, Scheduled],
    groups: Mapping[Key, Sequence[Reminder]],
    paused: Collection[Key],
    coming: Mapping[Key, Turn],
    rules: Rules,
    today: date,
    known: Known,
) -> dict[str, Hold]:
    """The agencies whose whole digest waits."""
    mute = set(known.mute)
    urgent = {key[1] for key, turn in coming.items() if turn.colour == "red"}
    refused = {(one.milestone, one.agency) for one in known.refused}
    ahead: dict[str, list[Scheduled]] = {}
    for key, group in groups.items():
        if key not in paused:
            ahead.setdefault(key[1], []).append(by_id[key[0]])
            if key in refused or is_urgent(by_id[key[0]], group, rules, today):
                urgent.add(key[1])
    for key in coming:
        ahead.setdefault(key[1], []).append(by_id[key[0]])
    found = {agency: Hold("no address", None) for agency in ahead if agency in mute}
    for agency, milestones in ahead.items():
        if agency not in urgent and agency not in mute and (hold := _hold(agency, milestones, rules, today, known)):
            found[agency] = hold
    return found


def _hold(agency: str, milestones: Sequence[Scheduled], rules: Rules, today: date, known: Known) -> Hold | None:
    """Why the digest of an agency with nothing urgent in it waits."""
    cadence = known.cadences.get(agency) or rules.cadence
    untils = [cadence_until(cadence, one, rules, today, known.last_telling) for one in milestones]
    waits = [until for until in untils if until is not None]
    if len(waits) == len(untils):
        return Hold("cadence", rules.told(min(waits)))
    if 0 < rules.weekly_budget <= known.spent.get(agency, 0):
        return Hold("budget", first_telling(today + WEEK, rules))
    return None


def _issued(
    coming: Mapping[Key, Turn], by_id: Mapping[int, Scheduled], rules: Rules, today: date, known: Known
) -> list[Sheet]:
    """The sheets, numbered on in the order of the milestones."""
    numbers = {colour: known.numbers.get(colour, 1) for colour in ORDER}
    found = []
    for (id, agency), turn in coming.items():
        last = by_id[id].due
        assert last is not None
        found.append(issue(id, agency, turn.colour, numbers[turn.colour], last, rules, today))
        numbers[turn.colour] += 1
    return found


def _with_sheets(told: Sequence[Reminder], sheets: Sequence[Sheet]) -> list[Reminder]:
    """A sheet is told as the newest reminder of its milestone; the rungs are folded into it."""
    carried = {(sheet.milestone, sheet.agency): sheet for sheet in sheets}
    folded = [replace(one, folded=True) if (one.milestone, one.agency) in carried else one for one in told]
    return [*folded, *(Reminder(one.milestone, f"{SHEET}{one.colour}", one.issued, one.agency, one.words, False)
                       for one in sheets)]  # fmt: skip
