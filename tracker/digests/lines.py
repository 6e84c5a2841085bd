"""Which section a milestone stands in on a day, and the line it is there."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from ..milestones import Milestone, Scheduled, Standing, Status
from ..milestones.standing import standing
from ..reminders import INTAKE, MOVED, Known, Reminder, Rules, Sheet, coming, in_force, is_first_overdue, stopped
from . import wording
from .values import TITLES, Counts, Line, SectionName

EVERYONE: Final = ""  # the office: its lines name every agency

Fresh = Mapping[int, Sequence[Reminder]]  # what is told in this issue, by milestone id


@dataclass(frozen=True, slots=True)
class Placed:
    """A milestone and where it stands on the day; `section` is None where no digest has a line for it."""

    milestone: Scheduled
    standing: Standing
    section: SectionName | None


def place(milestone: Scheduled, rules: Rules, today: date) -> Placed:
    """Where `milestone` stands on `today`; whether being overdue is news is for `sections` to say."""
    stands = standing(milestone, today, due_soon_days=rules.due_soon_days, first_lead=rules.first_lead(milestone))
    section: SectionName | None = None
    if stands is Standing.OVERDUE:
        section = "overdue"
    elif stands is Standing.DUE_SOON:
        section = "due_soon"
    elif stands is Standing.UPCOMING and _left(milestone, today) <= rules.first_lead(milestone):
        section = "later"
    elif milestone.status is Status.COMPLETED and milestone.closed_on and milestone.due:
        section = "completed" if 0 <= (today - milestone.closed_on).days <= rules.completed_days else None
    return Placed(milestone, stands, section)


def divided(placed: Iterable[Placed], fresh: Fresh, rules: Rules) -> dict[SectionName, list[Placed]]:
    """The sections in the order of the page, with those that stand in each; each milestone once, if at all."""
    found: dict[SectionName, list[Placed]] = {name: [] for name in TITLES}
    for each in placed:
        told = fresh.get(each.milestone.id, ())
        if section := _section(each, told):
            found["new_overdue" if is_new_overdue(each, told, rules) else section].append(each)
    return found


def count(placed: Iterable[Placed], sections: Mapping[SectionName, Sequence[Placed]]) -> Counts:
    """How many stand where; each milestone once."""
    found = {name: len(those) for name, those in sections.items()}
    found["overdue"] += found["new_overdue"]
    undated = sum(each.standing is Standing.UNDATED for each in placed)
    return Counts(**found, undated=undated)


def ordered(those: Iterable[Placed], fresh: Fresh) -> list[Placed]:
    """News first; then the longest overdue or the nearest, and of what is completed the nearest last day."""
    return sorted(those, key=lambda each: (not is_news(each, fresh), each.milestone.due, each.milestone.id))


def is_news(placed: Placed, fresh: Fresh) -> bool:
    """Whether this issue tells of the milestone, and the last one did not."""
    return any(not reminder.folded for reminder in fresh.get(placed.milestone.id, ()))


def is_new_overdue(placed: Placed, told: Collection[Reminder], rules: Rules) -> bool:
    """Whether this issue is the first that tells of the last day having passed."""
    last = placed.milestone.due
    return (
        placed.section == "overdue"
        and last is not None
        and any(one.rule in (INTAKE, MOVED) or is_first_overdue(one.rule, last, rules) for one in told)
    )


def sheets_of(milestone: Scheduled, recipient: str, known: Known) -> list[Sheet]:
    """The sheets of a milestone that are in force, of one agency or of all."""
    found = (in_force(milestone, known.sheets.get((milestone.id, one))) for one in _whose(milestone, recipient))
    return [sheet for sheet in found if sheet is not None]


def _whose(milestone: Scheduled, recipient: str) -> Sequence[str]:
    """The agencies of which a digest tells."""
    return milestone.agencies if recipient == EVERYONE else (recipient,)


def _section(placed: Placed, told: Collection[Reminder]) -> SectionName | None:
    """What is told always has a line: a day that was put off may lie beyond the first lead time."""
    return placed.section or ("later" if told else None)


def line(
    milestone: Milestone,
    stands: Standing,
    told: Sequence[Reminder],
    rules: Rules,
    today: date,
    recipient: str,
    office: str,
    known: Known,
    beside: Sequence[Milestone] = (),
) -> Line:
    """What `recipient` is told of a milestone, which must have a last day and is one duty with those `beside`."""
    assert milestone.due is not None
    still = stopped(milestone, known.open) is not None
    planned = () if still else coming(milestone, recipient, rules, today, known.cadences.get(recipient))
    when = wording.when(milestone, today, rules.calendar)
    newest = next((reminder for reminder in told if not reminder.folded), None)
    return Line(
        milestone=milestone.id,
        standing=stands,
        item=wording.item(milestone),
        title=milestone.title or milestone.quote,
        quote=milestone.quote,
        due=milestone.due,
        last_day=wording.last_day(milestone),
        days=_left(milestone, today),
        when=f"首次告知（{when}）" if newest and newest.rule == INTAKE and milestone.due < today else when,
        role=wording.roles(milestone) if recipient == EVERYONE else wording.role(milestone, recipient),
        targets=tuple(wording.target(target) for target in milestone.targets),
        document=wording.sources([milestone, *beside], office),
        assumed=wording.assumed(milestone),
        flags=wording.flags(milestone, office, known.open),
        news=newest is not None,
        reason=newest.reason if newest else "",
        next_told=min((one.day for one in planned), default=None),
        sheets=tuple(_sheet(sheet, milestone, recipient) for sheet in sheets_of(milestone, recipient, known)),
        acknowledged="" if milestone.closed else wording.acknowledged(milestone, _whose(milestone, recipient), today),
    )


def _sheet(sheet: Sheet, milestone: Milestone, recipient: str) -> str:
    """In the office's digest with the agency, where there are several."""
    several = recipient == EVERYONE and len(milestone.agencies) > 1
    return f"{sheet.words}（{sheet.agency}）" if several else sheet.words


def _left(milestone: Scheduled, today: date) -> int:
    assert milestone.due is not None
    return (milestone.due - today).days
