"""Ruled tables on a page: the cells between the rules, merged where a rule is missing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from .tables import Cell

NEAR: Final = 3.0  # points: rules that are drawn as one (of two cells, or a double one)
OPEN: Final = 6.0  # points: less than a line of text
RULES_AT_MOST: Final = 4000  # of a page; more are a drawing


class Boxed(Protocol):
    """Something with a place on the page."""

    @property
    def left(self) -> float: ...
    @property
    def top(self) -> float: ...
    @property
    def right(self) -> float: ...
    @property
    def bottom(self) -> float: ...


Piece = TypeVar("Piece", bound=Boxed)


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight rule: across the page at y = `at`, or upright at x = `at`, between `start` and `stop`."""

    upright: bool
    at: float
    start: float
    stop: float


@dataclass(frozen=True, slots=True)
class Grid:
    """The lines between the rows and columns of a table, and the rules that are there."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    rules: tuple[Rule, ...]

    def holds(self, piece: Boxed) -> bool:
        """Whether the middle of a piece lies within the table."""
        x, y = _middle(piece)
        return self.xs[0] < x < self.xs[-1] and self.ys[0] < y < self.ys[-1]

    def rows(self, pieces: Sequence[Piece], text: Callable[[list[Piece]], str]) -> Iterator[list[Cell]]:
        """The cells of each row; `text` makes a cell's text of its pieces."""
        taken: dict[tuple[int, int], tuple[int, int]] = {}
        for row in range(len(self.ys) - 1):
            for column in range(len(self.xs) - 1):
                if (row, column) not in taken:
                    wide, high = self._span(row, column)
                    taken |= {(row + i, column + j): (row, column) for i in range(high) for j in range(wide)}
        within: dict[tuple[int, int], list[Piece]] = {}
        for piece in pieces:
            x, y = _middle(piece)
            place = (sum(line <= y for line in self.ys) - 1, sum(line <= x for line in self.xs) - 1)
            within.setdefault(taken[place], []).append(piece)
        for row in range(len(self.ys) - 1):
            yield [
                Cell(text(within.get((row, column), [])), *self._span(row, column)[::-1])
                for column in range(len(self.xs) - 1)
                if taken[row, column] == (row, column)
            ]

    def _span(self, row: int, column: int) -> tuple[int, int]:
        """How many columns and rows the cell takes that begins here."""
        x, y = (self.xs[column] + self.xs[column + 1]) / 2, (self.ys[row] + self.ys[row + 1]) / 2
        wide = high = 1
        while column + wide < len(self.xs) - 1 and not self._is_ruled(True, self.xs[column + wide], y):
            wide += 1
        while row + high < len(self.ys) - 1 and not self._is_ruled(False, self.ys[row + high], x):
            high += 1
        return wide, high

    def _is_ruled(self, upright: bool, at: float, through: float) -> bool:
        return any(
            rule.upright == upright and abs(rule.at - at) <= NEAR and rule.start <= through <= rule.stop
            for rule in self.rules
        )


def find(rules: Sequence[Rule]) -> list[Grid]:
    """The tables of at least two columns and two rows that the rules of a page make."""
    if not 5 <= len(rules) <= RULES_AT_MOST:
        return []
    grids = []
    for group in _connected(rules):
        xs, ys = _lines(group, upright=True), _lines(group, upright=False)
        if len(xs) > 2 and len(ys) > 2:
            grids.append(Grid(xs, _with_ends(xs, ys, group), tuple(group)))
    return grids


def _connected(rules: Sequence[Rule]) -> list[list[Rule]]:
    """The rules that touch, from top to bottom of the page: those of one table."""
    groups: list[tuple[float, list[Rule]]] = []  # the lowest point of each
    for rule in sorted(rules, key=lambda one: one.start if one.upright else one.at):
        top, bottom = (rule.start, rule.stop) if rule.upright else (rule.at, rule.at)
        if groups and top <= groups[-1][0] + NEAR:
            groups[-1] = (max(groups[-1][0], bottom), [*groups[-1][1], rule])
        else:
            groups.append((bottom, [rule]))
    return [group for _, group in groups]


def _lines(rules: Sequence[Rule], *, upright: bool) -> tuple[float, ...]:
    """Where the rules of one direction stand, those that are near each other once."""
    found: list[float] = []
    for at in sorted(rule.at for rule in rules if rule.upright == upright):
        if not found or at - found[-1] > NEAR:
            found.append(at)
    return tuple(found)


def _with_ends(xs: Sequence[float], ys: tuple[float, ...], rules: Sequence[Rule]) -> tuple[float, ...]:
    """`ys`, with where both sides of the table end beyond them: a row that a page breaks has no rule there."""
    sides = [[rule for rule in rules if rule.upright and abs(rule.at - x) <= NEAR] for x in (xs[0], xs[-1])]
    top = max(min(rule.start for rule in side) for side in sides)
    bottom = min(max(rule.stop for rule in side) for side in sides)
    return (
        *([top] if top < ys[0] - OPEN else []),
        *ys,
        *([bottom] if bottom > ys[-1] + OPEN else []),
    )


def _middle(piece: Boxed) -> tuple[float, float]:
    return (piece.left + piece.right) / 2, (piece.top + piece.bottom) / 2
