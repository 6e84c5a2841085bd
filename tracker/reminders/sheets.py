"""Sheets (督办单): numbered, each with a limit; 蓝 near the last day, 黄 when that lapsed or progress is behind, 红
after the last day.

The next colour is due when the former one of the same last day has lapsed: its limit is over, the milestone is not
closed, and the agency has not acknowledged it until a day to come. The highest colour that is due is issued, once; it
inhibits the lower ones. Another last day begins anew. What an agency claims to have finished gets no sheet.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from ..milestones import Scheduled, Status
from .rules import Colour, Rules
from .rungs import DAY
from .steps import after, before

COLOURS: Final[Mapping[Colour, str]] = {"blue": "蓝", "yellow": "黄", "red": "红"}
ORDER: Final[tuple[Colour, ...]] = tuple(COLOURS)
SHEET: Final = "sheet-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet that was issued to an agency for a milestone's last day `due`; numbered for its colour and year."""

    milestone: int
    agency: str
    colour: Colour
    number: int
    due: date
    issued: date
    limit: date

    @property
    def words(self) -> str:
        """ "红色督办单 红字〔2018〕第3号，限11月20日前反馈"."""
        name = COLOURS[self.colour]
        limit = self.limit
        return f"{name}色督办单 {name}字〔{self.issued.year}〕第{self.number}号，限{limit.month}月{limit.day}日前反馈"


@dataclass(frozen=True, slots=True)
class Turn:
    """A colour whose turn it is, from `since` on; `inhibited` where a higher one goes in its place."""

    colour: Colour
    since: date
    inhibited: bool

    @property
    def rule(self) -> str:
        """As the ledger names it."""
        return f"{SHEET}{self.colour}"


def in_force(milestone: Scheduled, sheet: Sheet | None) -> Sheet | None:
    """The sheet where it is of the present last day and the milestone is not closed."""
    return sheet if sheet is not None and sheet.due == milestone.due and not milestone.closed else None


def turns(milestone: Scheduled, rules: Rules, today: date, former: Sheet | None) -> list[Turn]:
    """The colours whose turn it is, the one to issue last; none while the former one's limit runs."""
    if milestone.status is not Status.OPEN or milestone.due is None:
        return []
    former = in_force(milestone, former)
    if former is not None and former.limit >= today:
        return []
    found = list(_due(milestone, milestone.due, rules, today, former))
    return [Turn(colour, since, colour != found[-1][0]) for colour, since in found]


def issue(milestone: int, agency: str, colour: Colour, number: int, due: date, rules: Rules, today: date) -> Sheet:
    """The sheet that is issued on `today`. The colour must be one of the rules'."""
    rule = rules.sheet(colour)
    assert rule is not None
    return Sheet(
        milestone=milestone,
        agency=agency,
        colour=colour,
        number=number,
        due=due,
        issued=today,
        limit=after(today, rule.limit, rules.calendar),
    )


def _due(
    milestone: Scheduled, last: date, rules: Rules, today: date, former: Sheet | None
) -> Iterator[tuple[Colour, date]]:
    """Each colour above the former one whose condition holds, and since when."""
    above = -1 if former is None else ORDER.index(former.colour)
    for rule in rules.sheets:
        if ORDER.index(rule.colour) <= above:
            continue
        if rule.colour == "blue" and (near := before(last, rule.before, rules.calendar)) <= today <= last:
            yield rule.colour, max(near, milestone.tracked_from)
        elif rule.colour == "yellow" and former is not None:
            yield rule.colour, former.limit + DAY
        elif rule.colour == "yellow" and milestone.behind_since is not None:
            yield rule.colour, max(milestone.behind_since, milestone.tracked_from)
        elif rule.colour == "red" and last < today:
            yield rule.colour, max(last + DAY, milestone.tracked_from, former.limit + DAY if former else date.min)
