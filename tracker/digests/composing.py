"""Composing digests from the reminders that are owed: of all recipients, or of one agency."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from ..milestones import Milestone, Scheduled, Status
from ..milestones.chain import NO_HISTORY, Head
from ..milestones.sameness import as_one
from ..reminders import INTAKE, Known, Reminder, Role, Rules, Sheet
from .lines import EVERYONE, Fresh, Placed, count, divided, is_news, line, ordered, place, sheets_of
from .values import AgencyCount, Digest, MentionCounts, Overview, Revisions, Section, SectionName

NOTHING: Final = Known()
ALWAYS: Final = 50  # milestones of a section that get a line however many stand before it: a body may show them


@dataclass(frozen=True, slots=True)
class Frame:
    """A digest whose lines are still to be written: its sections have only their counts.

    `rows` are the milestones that get a line, `fresh` is what is told of them, by milestone id.
    """

    digest: Digest
    rows: Mapping[SectionName, Sequence[Placed]]
    fresh: Fresh

    def numbered(self, numbers: Mapping[str, int], merged: Mapping[str, tuple[int, ...]]) -> "Frame":
        """Itself with its number and the numbers of the issues whose content it tells, both by recipient."""
        name = self.digest.recipient
        return replace(self, digest=replace(self.digest, number=numbers[name], merged=merged.get(name, ())))

    def amended(self, revisions: Mapping[str, Revisions]) -> "Frame":
        """Itself with what revised documents changed, by recipient."""
        return replace(self, digest=replace(self.digest, revisions=revisions.get(self.digest.recipient, Revisions())))

    @property
    def ids(self) -> list[int]:
        """The milestones that get a line, and those for which they stand."""
        placed = (each.milestone for those in self.rows.values() for each in those)
        return [id for one in placed for id in (one.id, *one.beside)]


def compose(
    reminders: Iterable[Reminder],
    milestones: Iterable[Milestone],
    rules: Rules,
    today: date,
    *,
    office: str,
    known: Known = NOTHING,
    sheets: Sequence[Sheet] = (),
    **about: Any,
) -> list[Digest]:
    """The digests of `frames`, with all their lines."""
    every, together = _as_one(milestones)
    found = frames(reminders, together, rules, today, office=office, known=known, sheets=sheets, **about)
    return [fill(frame, every, rules, with_sheets(known, sheets)) for frame in found]


def frames(
    reminders: Iterable[Reminder],
    milestones: Iterable[Scheduled],
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
    chain: Head = NO_HISTORY,
    office_always: bool = False,
    known: Known = NOTHING,
    sheets: Sequence[Sheet] = (),
    assurance: str = "",
    at_most: int | None = None,
) -> list[Frame]:
    """One digest for each agency that has a reminder to be told, by name, and last the office's own.

    `reminders` are those of `reminders.due`, folded ones included. `milestones` are all that may be shown: the open
    ones and those completed within `rules.completed_days`; others are passed over. A milestone of several agencies
    appears in the digest of each. The office's digest is composed when any agency's is, or if `office_always`; also for
    an `assurance` alone, and then it has no lines, only its counts.
    `missed_days` are the days on which digests could have gone out but no scan ran. `without_address` are the agencies
    that no message reaches: their digests are composed all the same, and the office is told how many milestones wait.
    `known` has the agencies' cadences and the sheets of earlier issues, `sheets` are those that these issues bring.
    No more than `at_most` milestones of a digest get a line, and those of each section that a body may show.
    """
    known = with_sheets(known, sheets)
    fresh: dict[str, dict[int, list[Reminder]]] = defaultdict(lambda: defaultdict(list))
    for reminder in reminders:
        fresh[reminder.agency][reminder.milestone].append(reminder)
    quiet = not fresh and not office_always
    if quiet and not assurance:
        return []
    placed = [place(milestone, rules, today) for milestone in milestones]
    by_agency = _by_agency(placed)
    common = (rules, today, office, missed_days, last_scan, known, at_most)
    found = [_frame(agency, by_agency.get(agency, []), fresh[agency], *common) for agency in sorted(fresh)]
    overview = Overview(
        agencies=_rows(by_agency, fresh, rules, without_address),
        unassigned=sum(not each.milestone.agencies and each.milestone.due is not None for each in _open(placed)),
        unconfirmed=tuple(unconfirmed),
        mentions=mentions,
        remarks=tuple(remarks),
        undelivered=tuple(undelivered),
        chain=chain,
        to_confirm=tuple(each.milestone.id for each in _open(placed) if each.milestone.to_confirm),
        to_verify=tuple(each.milestone.id for each in _open(placed) if each.milestone.status is Status.CLAIMED),
        expected_late=tuple(each.milestone.id for each in _open(placed) if each.milestone.expected_late),
        to_approve=tuple(each.milestone.id for each in _open(placed) if each.milestone.asked),
        withdrawn=tuple(each.milestone.id for each in _open(placed) if each.milestone.withdrawn),
    )
    own = _frame(EVERYONE, placed, _merged(fresh), *common)
    sections, rows = ((), {}) if quiet else (own.digest.sections, own.rows)
    told = replace(own.digest, overview=overview, assurance=assurance, sections=sections)
    return [*found, replace(own, digest=told, rows=rows)]


def fill(frame: Frame, milestones: Mapping[int, Milestone], rules: Rules, known: Known) -> Digest:
    """The digest with its lines; `milestones` has at least those of `frame.ids`, by id."""
    digest = frame.digest
    return replace(
        digest,
        sections=tuple(
            replace(section, lines=tuple(
                line(milestones[each.milestone.id], each.standing, frame.fresh.get(each.milestone.id, ()), rules,
                     digest.day, digest.recipient, digest.office, known,
                     [milestones[id] for id in each.milestone.beside if id in milestones])
                for each in frame.rows[section.name]
            ))
            for section in digest.sections
        ),
    )  # fmt: skip


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
    every, together = _as_one(milestones)
    placed = [place(milestone, rules, today) for milestone in together if agency in milestone.agencies]
    fresh: dict[int, list[Reminder]] = defaultdict(list)
    for reminder in reminders:
        if reminder.agency == agency:
            fresh[reminder.milestone].append(reminder)
    known = with_sheets(known, sheets)
    frame = _frame(agency, placed, fresh, rules, today, office, missed_days, last_scan, known, None)
    return fill(frame, every, rules, known)


def _as_one(milestones: Iterable[Milestone]) -> tuple[dict[int, Milestone], list[Milestone]]:
    """The milestones by id, each duty as that which stands for it; and without those for which others stand."""
    every = {milestone.id: milestone for milestone in milestones}
    together = as_one(every.values())
    return every | {one.id: one for one in together}, together


def with_sheets(known: Known, sheets: Sequence[Sheet]) -> Known:
    """What is known once these sheets are issued."""
    return replace(known, sheets={**known.sheets, **{(one.milestone, one.agency): one for one in sheets}})


def _frame(
    recipient: str,
    placed: Sequence[Placed],
    fresh: Fresh,
    rules: Rules,
    today: date,
    office: str,
    missed_days: Collection[date],
    last_scan: date | None,
    known: Known,
    at_most: int | None,
) -> Frame:
    owed = [reminder for told in fresh.values() for reminder in told]
    sections = divided(placed, fresh, rules)
    digest = Digest(
        recipient=recipient,
        office=office,
        day=today,
        sections=tuple(
            Section(name, len(those), sum(is_news(each, fresh) for each in those))
            for name, those in sections.items()
            if those
        ),
        counts=count(placed, sections),
        backlog=bool(fresh) and all(any(each.rule == INTAKE for each in told) for told in fresh.values()),
        missed=_made_up(owed, rules, missed_days),
        last_scan=last_scan,
        to=_roles(placed, rules, recipient, known),
        cadence=known.cadences.get(recipient),
    )
    return Frame(digest, dict(_first(sections, fresh, at_most)), fresh)


def _first(
    sections: Mapping[SectionName, Sequence[Placed]], fresh: Fresh, at_most: int | None
) -> Iterator[tuple[SectionName, Sequence[Placed]]]:
    """The milestones of each section that get a line, in order."""
    left = at_most
    for name, those in sections.items():
        rows = ordered(those, fresh)
        if left is not None:
            rows = rows[: max(left, ALWAYS)]
            left = max(left - len(those), 0)
        yield name, rows


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
        counts = count(placed, divided(placed, told, rules))
        if counts.owed or counts.completed or counts.undated or told:
            rows.append(AgencyCount(agency, counts, len(told), counts.owed if agency in silent else 0))
    return tuple(sorted(rows, key=lambda row: (-row.counts.overdue, -row.counts.due_soon, row.agency)))
