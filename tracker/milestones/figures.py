"""Figures of milestones: how many stand how, in all and for each agency, and how many are due in which month."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from .undoing import live
from .values import Entry, Milestone, Standing, Status

Placed: TypeAlias = tuple[Milestone, Standing]
COUNTED: Final = (Standing.OVERDUE, Standing.DUE_SOON, Standing.UPCOMING, Standing.CLOSED)  # what has a month
GAP_AT_MOST: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How the milestones of an agency stand; `agency` is None for all of them, each counted once.

    `open` has all that are not closed, the overdue ones included; `days_late` is the mean of those that were done late,
    None without any; `slips` is how often a last day was moved to a later one.
    """

    agency: str | None
    open: int
    overdue: int
    due_soon: int
    undated: int
    done_on_time: int
    done_late: int
    days_late: float | None
    slips: int


@dataclass(frozen=True, slots=True)
class Month:
    """What is due in a month, of which `first` is the first day: how many stand how; of closed ones only completed."""

    first: date
    counts: Mapping[Standing, int]

    @property
    def total(self) -> int:
        """All that is due in the month."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class PileUp:
    """A year of which December has at least half of what is due, and three at least."""

    year: int
    december: int
    total: int


def figures(placed: Sequence[Placed], slips: Mapping[int, int]) -> list[Figures]:
    """The figures of all, then of each agency by name; `slips` are counted by the ids of the milestones."""
    agencies = sorted({agency for one, _ in placed for agency in one.agencies})
    return [_figures(None, placed, slips)] + [
        _figures(agency, [each for each in placed if agency in each[0].agencies], slips) for agency in agencies
    ]


def _figures(agency: str | None, placed: Sequence[Placed], slips: Mapping[int, int]) -> Figures:
    late = [days_late(one) for one, _ in placed if one.status is Status.COMPLETED]
    over = [days for days in late if days]
    stands = [how for _, how in placed]
    return Figures(
        agency=agency,
        open=len(stands) - stands.count(Standing.CLOSED),
        overdue=stands.count(Standing.OVERDUE),
        due_soon=stands.count(Standing.DUE_SOON),
        undated=stands.count(Standing.UNDATED),
        done_on_time=len(late) - len(over),
        done_late=len(over),
        days_late=round(sum(over) / len(over), 1) if over else None,
        slips=sum(slips.get(one.id, 0) for one, _ in placed),
    )


def days_late(milestone: Milestone) -> int:
    """How many days after its last day a completed milestone was completed; 0 in time, or without a last day."""
    if milestone.closed_on is None or milestone.due is None:
        return 0
    return max((milestone.closed_on - milestone.due).days, 0)


def slips(entries: Sequence[Entry]) -> int:
    """How often the entries of a milestone move its last day to a later one; what was undone counts for nothing."""
    moves = (entry.changes["due"] for entry in live(entries) if "due" in entry.changes)
    return sum(bool(before and after and after > before) for before, after in moves)


def months(placed: Iterable[Placed]) -> list[Month]:
    """Every month from the first to the last in which something is due, empty ones included; cancelled ones not."""
    counts: dict[date, dict[Standing, int]] = {}
    for one, how in placed:
        if one.due is not None and one.status is not Status.CANCELLED:
            month = counts.setdefault(one.due.replace(day=1), dict.fromkeys(COUNTED, 0))
            month[how] += 1
    if not counts:
        return []
    every = [min(counts)]
    while every[-1] < max(counts):
        every.append(date(every[-1].year + every[-1].month // 12, every[-1].month % 12 + 1, 1))
    return [Month(first, counts.get(first, dict.fromkeys(COUNTED, 0))) for first in every]


def shown(found: Sequence[Month], today: date) -> list[Month | None]:
    """The months as they are drawn: where more than GAP_AT_MOST in a row are empty, None stands for them."""
    drawn: list[Month | None] = []
    gap: list[Month] = []
    for month in found:
        if month.total or month.first == today.replace(day=1):
            drawn += gap if len(gap) <= GAP_AT_MOST else [None]
            drawn.append(month)
            gap = []
        else:
            gap.append(month)
    return drawn


def pile_ups(found: Iterable[Month]) -> list[PileUp]:
    """The years at the end of which what is due piles up."""
    years: dict[int, list[Month]] = {}
    for month in found:
        years.setdefault(month.first.year, []).append(month)
    ends = [PileUp(year, sum(m.total for m in of if m.first.month == 12), sum(m.total for m in of))
            for year, of in years.items()]  # fmt: skip
    return [one for one in ends if one.december >= 3 and 2 * one.december >= one.total]
