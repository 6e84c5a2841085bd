"""Composing digests: from the reminders of a scan, or for one recipient on one day without any ledger."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from ..milestones import Milestone
from ..reminders import INTAKE, Reminder, Rules, Rung, due
from ..workdays import is_workday
from .lines import EVERYONE, Fresh, Placed, count, place, sections
from .values import AgencyCount, Digest, MentionCounts, Overview


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
    office_always: bool = False,
) -> list[Digest]:
    """One digest for each agency that has a reminder to be told, by name, and last the office's own.

    `reminders` are those of `reminders.due`, folded ones included. `milestones` are all that may be shown: the open
    ones and those completed within `rules.completed_days`; others are passed over. A milestone of several agencies
    appears in the digest of each. The office's digest is composed when any agency's is, or if `office_always`.
    `missed_days` are the days on which digests could have gone out but no scan ran. `without_address` are the agencies
    that no message reaches: their digests are composed all the same, and the office is told how many milestones wait.
    """
    fresh: dict[str, dict[int, list[Reminder]]] = defaultdict(lambda: defaultdict(list))
    for reminder in reminders:
        fresh[reminder.agency][reminder.milestone].append(reminder)
    placed = [place(milestone, rules, today) for milestone in milestones]
    by_agency = _by_agency(placed)
    digests = [
        _digest(agency, by_agency.get(agency, []), fresh[agency], rules, today, office, missed_days, last_scan)
        for agency in sorted(fresh)
    ]
    if digests or office_always:
        overview = Overview(
            agencies=_rows(by_agency, fresh, rules, without_address),
            unassigned=sum(not each.milestone.agencies and each.milestone.due is not None for each in _open(placed)),
            unconfirmed=tuple(unconfirmed),
            mentions=mentions,
            remarks=tuple(remarks),
            to_confirm=tuple(each.milestone.id for each in _open(placed) if each.milestone.to_confirm),
            withdrawn=tuple(each.milestone.id for each in _open(placed) if each.milestone.withdrawn),
        )
        everything = _merged(fresh)
        digest = _digest(EVERYONE, placed, everything, rules, today, office, missed_days, last_scan)
        digests.append(replace(digest, overview=overview))
    return digests


def agency_digest(
    milestones: Iterable[Milestone],
    agency: str,
    rules: Rules,
    today: date,
    *,
    office: str,
    reminders: Sequence[Reminder] | None = None,
    missed_days: Collection[date] = (),
    last_scan: date | None = None,
) -> Digest:
    """What `agency` is told by `reminders` alone.

    Without them what it would be told on `today` had every earlier day been scanned: without any ledger. Composed also
    where nothing is owed: then it has no sections.
    """
    own = [milestone for milestone in milestones if agency in milestone.agencies]
    placed = [place(milestone, rules, today) for milestone in own]
    fresh: dict[int, list[Reminder]] = defaultdict(list)
    for reminder in _of_the_day(own, rules, today) if reminders is None else reminders:
        if reminder.agency == agency:
            fresh[reminder.milestone].append(reminder)
    return _digest(agency, placed, fresh, rules, today, office, missed_days, last_scan)


def office_digest(
    milestones: Iterable[Milestone],
    rules: Rules,
    today: date,
    *,
    office: str,
    last_scan: date | None = None,
    without_address: Collection[str] = (),
    unconfirmed: Sequence[str] = (),
    mentions: MentionCounts | None = None,
    remarks: Sequence[str] = (),
) -> Digest:
    """What the office would be told on `today` had every earlier day been scanned: without any ledger."""
    everything = list(milestones)
    return compose(
        _of_the_day(everything, rules, today),
        everything,
        rules,
        today,
        office=office,
        last_scan=last_scan,
        without_address=without_address,
        unconfirmed=unconfirmed,
        mentions=mentions,
        remarks=remarks,
        office_always=True,
    )[-1]


def _of_the_day(milestones: Sequence[Milestone], rules: Rules, today: date) -> list[Reminder]:
    """The reminders that a scan of `today` owes where the scan of the sending day before it told all that it owed."""
    before = today - timedelta(days=1)
    while rules.working_days_only and not is_workday(before):
        before -= timedelta(days=1)
    told = {(milestone.id, agency): before for milestone in milestones for agency in milestone.agencies}
    return due(milestones, rules, today, told)


def _digest(
    recipient: str,
    placed: Sequence[Placed],
    fresh: Fresh,
    rules: Rules,
    today: date,
    office: str,
    missed_days: Collection[date],
    last_scan: date | None,
) -> Digest:
    owed = [reminder for told in fresh.values() for reminder in told]
    return Digest(
        recipient=recipient,
        office=office,
        day=today,
        sections=sections(placed, fresh, rules, today, recipient),
        counts=count(placed, fresh, rules),
        backlog=bool(fresh) and all(any(each.rule == INTAKE for each in told) for told in fresh.values()),
        missed=_made_up(owed, rules, missed_days),
        last_scan=last_scan,
    )


def _made_up(owed: Iterable[Reminder], rules: Rules, missed_days: Collection[date]) -> tuple[date, ...]:
    """All the missed days where something was to be told on one of them, else none."""
    missed = frozenset(missed_days)
    if not missed:
        return ()
    telling = (Rung(each.rule, each.planned).told if rules.working_days_only else each.planned for each in owed)
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
