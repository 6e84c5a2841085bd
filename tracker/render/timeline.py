"""The timeline: what is due in which month, and how it stands, in lines for a terminal."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from ..milestones import Standing
from ..milestones.figures import COUNTED, Month, Placed, months, shown
from .wrapping import pad, width

MARKS: Final = {Standing.OVERDUE: "#", Standing.DUE_SOON: "*", Standing.UPCOMING: "=", Standing.CLOSED: "."}
HEAD: Final = 14  # columns before a bar: the month and the number
AHEAD: Final = 12  # months that the table of agencies shows
NAME: Final = 16

Segments = list[tuple[Standing | None, str]]  # a line in pieces, each with the standing whose colour it has


def bars(found: Sequence[Month], today: date, columns: int) -> list[Segments]:
    """A line a month: its number and a bar, overdue first. A mark stands for one, or for more where room is short."""
    most = max((month.total for month in found), default=0)
    room = columns - HEAD - len(" < today")
    scale = max(1, -(-most // room))
    lines: list[Segments] = []
    for month in shown(found, today):
        if month is None:
            lines.append([(None, "   :")])
            continue
        line: Segments = [(None, f"{month.first:%Y-%m}{month.total or '–':>5}  ")]
        line += [(how, MARKS[how] * -(-month.counts[how] // scale)) for how in COUNTED if month.counts[how]]
        lines.append(line + [(None, " < today")] * (month.first == today.replace(day=1)))
    if scale > 1:
        lines.append([(None, f"each mark stands for up to {scale}")])
    return lines


def grid(placed: Sequence[Placed], today: date, columns: int) -> list[Segments]:
    """A line an agency: what is overdue, what is due in each of the coming months, what is due later."""
    ahead = min(AHEAD, (columns - NAME - 14) // 4)
    heads = [_later(today, n) for n in range(ahead)]
    lines: list[Segments] = [
        [(None, pad("", NAME) + f"{'late':>6}" + "".join(f"{first.month:>4}" for first in heads) + f"{'later':>7}")]
    ]
    for agency in sorted({agency for one, _ in placed for agency in one.agencies}):
        own = months([each for each in placed if agency in each[0].agencies and not each[0].closed])
        late = sum(month.counts[Standing.OVERDUE] for month in own)
        due = {month.first: month.total - month.counts[Standing.OVERDUE] for month in own}
        soon = {month.first for month in own if month.counts[Standing.DUE_SOON]}
        rest = sum(number for first, number in due.items() if first > heads[-1])
        line: Segments = [(None, pad(_cut(agency), NAME)), (Standing.OVERDUE if late else None, f"{late or '–':>6}")]
        line += [(Standing.DUE_SOON if first in soon else None, f"{due.get(first, 0) or '–':>4}") for first in heads]
        lines.append([*line, (None, f"{rest or '–':>7}")])
    return lines


def _later(day: date, count: int) -> date:
    month = day.year * 12 + day.month - 1 + count
    return date(month // 12, month % 12 + 1, 1)


def _cut(name: str) -> str:
    """A name that its column holds; what is longer ends with an ellipsis of two columns."""
    if width(name) <= NAME - 1:
        return name
    while width(name) > NAME - 3:
        name = name[:-1]
    return f"{name}.."
