"""Progress against targets: what was read of a quantity, beside the straight line from the first reading to the target.

The line is 序时进度: it leads from the first value on its day to the target on the last day. The last value is held
against the line on its own day: what was read in October is not behind because it is November.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from ..commitments import Target

REACHED: Final[dict[str, Callable[[float, float], bool]]] = {
    ">=": lambda value, goal: value >= goal,
    ">": lambda value, goal: value > goal,
    "<=": lambda value, goal: value <= goal,
    "<": lambda value, goal: value < goal,
    "=": lambda value, goal: value == goal,
    "~": lambda value, goal: value >= goal,
}


@dataclass(frozen=True, slots=True)
class Gauge:
    """One reading: the value of a target (its place among those of the milestone, from 1) on a day, and its source."""

    target: int
    day: date
    value: float
    source: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How a target stands by its readings; `line` is what the straight line asks on the day of the last one.

    None before there are two readings, after the last day, and where the line leads nowhere.
    """

    target: Target
    first: Gauge
    last: Gauge
    due: date | None
    line: float | None

    @property
    def met(self) -> bool:
        """Whether the last value is what was promised."""
        return REACHED[self.target.op](self.last.value, self.target.value)

    @property
    def behind(self) -> bool:
        """Whether the last value falls short of the line, on the side away from the target."""
        if self.line is None or self.met:
            return False
        rising = self.target.value >= self.first.value
        return self.last.value < self.line if rising else self.last.value > self.line


def progress(targets: Sequence[Target], gauges: Sequence[Gauge], due: date | None) -> Iterator[Progress]:
    """Each target of which something was read, in their order; of two readings of a day the later one counts."""
    for number, target in enumerate(targets, 1):
        by_day = {one.day: one for one in gauges if one.target == number}
        if by_day:
            first, last = by_day[min(by_day)], by_day[max(by_day)]
            yield Progress(target, first, last, due, _line(target, first, last.day, due))


def behind_since(targets: Sequence[Target], gauges: Sequence[Gauge], due: date | None) -> date | None:
    """The day of the reading by which a target is behind; None where none is."""
    return max((one.last.day for one in progress(targets, gauges, due) if one.behind), default=None)


def _line(target: Target, first: Gauge, day: date, due: date | None) -> float | None:
    if due is None or not first.day < day <= due:
        return None
    share = (day - first.day).days / (due - first.day).days
    return first.value + (target.value - first.value) * share
