"""Composing digests from the reminders that are owed: of all recipients, or of one agency."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from ..milestones import Milestone
from ..reminders import INTAKE, Known, Reminder, Role, Rules, Sheet
from .lines import EVERYONE, Fresh, Placed, count, place, sections, sheets_of
from .values import AgencyCount, Digest, MentionCounts, Overview

NOTHING: Final = Known()


def compose(
    reminders: Iterable[Reminder],
    milestones: Iterable[Milestone],
    rules: Rules,
    today: date,
    *,
    office: str,
    missed_days: Collection[date] = (),
    last_scan: date | None = None,
    without_address: Collection[str] = (),
    unconfirmed: Sequence[str] = (),
    mentions: MentionCounts | None = None,
    remarks: Sequence[str] = (),
    undelivered: Sequence[str] = (),
    office_always: bool = False,
    known: Known = NOTHING,
    sheets: Sequence[Sheet] = (),
    assurance: str = "",
) -> list[Digest]:
    """One digest for each agency that has a reminder to be told, by name, and last the office's own.

    `reminders` are those of `reminders.due`, folded ones included. `milestones` are all that may be shown: the open
    ones and those completed within `rules.completed_days`; others are passed over. A milestone of several agencies
    appears in the digest of each. The office's digest is composed when any agency's is, or if `office_always`; also for
    an `assurance` alone, and then it has no lines, only its counts.
    `missed_days` are the days on which digests could have gone out but no scan ran. `without_address` are the agencies
    that no message reaches: their digests are composed all the same, and the office is told how many milestones wait.
    `known` has the agencies' cadences and the sheets of earlier issues, `sheets` are those that these issues bring.
    """
    known = _with(known, sheets)
    fresh: dict[str, dict[int, list[Reminder]]] = defaultdict(lambda: defaultdict(list))
    for reminder in reminders:
        fresh[reminder.agency][reminder.milestone].append(reminder)
    placed = [place(milestone, rules, today) for milestone in milestones]
    by_agency = _by_agency(placed)
    digests = [
        _digest(agency, by_agency.get(agency, []), fresh[agency], rules, today, office, missed_days, last_scan, known)
        for agency in sorted(fresh)
    ]
    quiet = not digests and not office_always
    if assurance or not quiet:
        overview = Overview(
            agencies=_rows(by_agency, fresh, rules, without_address),
            unassigned=sum(not each.milestone.agencies and each.milestone.due is not None for each in _open(placed)),
            unconfirmed=tuple(unconfirmed),
            mentions=mentions,
            remarks=tuple(remarks),
            undelivered=tuple(undelivered),
            to_confirm=tuple(each.milestone.id for each in _open(placed) if each.milestone.to_confirm),
            withdrawn=tuple(each.milestone.id for each in _open(placed) if each.milestone.withdrawn),
        )
        everything = _merged(fresh)
        digest = _digest(EVERYONE, placed, everything, rules, today, office, missed_days, last_scan, known)
        lines = () if quiet else digest.sections
        digests.append(replace(digest, overview=overview, assurance=assurance, sections=lines))
    return digests


def agency_digest(
    milestones: Iterable[Milestone],
    agency: str,
    rules: Rules,
    today: date,
    *,
    office: str,
    reminders: Iterable[Reminder],
    missed_days: Collection[date] = (),
    last_scan: date | None = None,
    known: Known = NOTHING,
    sheets: Sequence[Sheet] = (),
) -> Digest:
    """What `agency` is told by those of `reminders` that are its own. Composed also where there are none."""
    own = [milestone for milestone in milestones if agency in milestone.agencies]
    placed = [place(milestone, rules, today) for milestone in own]
    fresh: dict[int, list[Reminder]] = defaultdict(list)
    for reminder in reminders:
        if reminder.agency == agency:
            fresh[reminder.milestone].append(reminder)
    return _digest(agency, placed, fresh, rules, today, office, missed_days, last_scan, _with(known, sheets))


def _digest(
    recipient: str,
    placed: Sequence[Placed],
    fresh: Fresh,
    rules: Rules,
    today: date,
    office: str,
    missed_days: Collection[date],
    last_scan: date | None,
    known: Known,
) -> Digest:
    owed = [reminder for told in fresh.values() for reminder in told]
    return Digest(
        recipient=recipient,
        office=office,
        day=today,
        sections=sections(placed, fresh, rules, today, recipient, known),
        counts=count(placed, fresh, rules),
        backlog=bool(fresh) and all(any(each.rule == INTAKE for each in told) for told in fresh.values()),
        missed=_made_up(owed, rules, missed_days),
        last_scan=last_scan,
        to=_roles(placed, rules, recipient, known),
    )


def _with(known: Known, sheets: Sequence[Sheet]) -> Known:
    return replace(known, sheets={**known.sheets, **{(one.milestone, one.agency): one for one in sheets}})


def _roles(placed: Iterable[Placed], rules: Rules, recipient: str, known: Known) -> frozenset[Role]:
    """Who gets the digest of an agency because of the sheets that are in force."""
    if recipient == EVERYONE or not known.sheets:
        return frozenset()
    sheets = (sheet for each in placed for sheet in sheets_of(each.milestone, recipient, known))
    found = (rules.sheet(sheet.colour) for sheet in sheets)
    return frozenset(role for rule in found if rule is not None for role in rule.to)


def _made_up(owed: Iterable[Reminder], rules: Rules, missed_days: Collection[date]) -> tuple[date, ...]:
    """All the missed days where something was to be told on one of them, else none."""
    missed = frozenset(missed_days)
    if not missed:
        return ()
    telling = (rules.told(each.planned) for each in owed)
    return tuple(sorted(missed)) if any(day in missed for day in telling) else ()


def _by_agency(placed: Iterable[Placed]) -> dict[str, list[Placed]]:
    found: dict[str, list[Placed]] = defaultdict(list)
    for each in placed:
        for agency in each.milestone.agencies:
            found[agency].append(each)
    return found


def _open(placed: Iterable[Placed]) -> Iterable[Placed]:
    return (each for each in placed if not each.milestone.closed)


def _merged(fresh: dict[str, dict[int, list[Reminder]]]) -> dict[int, list[Reminder]]:
    """What is told to anyone, by milestone."""
    everything: dict[int, list[Reminder]] = defaultdict(list)
    for told in fresh.values():
        for milestone, reminders in told.items():
            everything[milestone] += reminders
    return everything


def _rows(
    by_agency: dict[str, list[Placed]],
    fresh: dict[str, dict[int, list[Reminder]]],
    rules: Rules,
    without_address: Collection[str],
) -> tuple[AgencyCount, ...]:
    silent = frozenset(without_address)
    rows = []
    for agency, placed in by_agency.items():
        told = fresh.get(agency, {})
        counts = count(placed, told, rules)
        if counts.owed or counts.completed or counts.undated or told:
            rows.append(AgencyCount(agency, counts, len(told), counts.owed if agency in silent else 0))
    return tuple(sorted(rows, key=lambda row: (-row.counts.overdue, -row.counts.due_soon, row.agency)))
