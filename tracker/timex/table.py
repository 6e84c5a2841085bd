"""A table of the grammar at work: which of its rows fits at a place of a text."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from ..prefixes import LENGTH, Known, Prefix, first_characters, inner, prefixes
from .fragments import FRAGMENTS
from .grammar import HEAD, Row

FRAGMENT = re.compile(r"\{([A-Za-z])(\d?)\}")  # {m} is the pattern of {M} without its parameter
OFTEN = 1 << 14  # words so many of which are remembered; a document has some hundred different ones


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A row and the parameters that its fragments give: one value for the same words, wherever they stand."""

    row: Row
    found: dict[str, Any]

    @property
    def meaning(self) -> Callable[..., Any]:
        """What the row means."""
        return self.row.meaning


@lru_cache(OFTEN)
def fitted(row: Row, words: tuple[str | None, ...]) -> Fitted:
    """The row with the values of the words that stand for its fragments."""
    found = {key: FRAGMENTS[key[0]].value(word) for key, word in zip(keys(row), words, strict=True) if word}
    return Fitted(row, found)


def keys(row: Row) -> list[str]:
    """The parameters of a row's pattern, in order; one may stand in several alternatives."""
    return [m[1] + m[2] for m in FRAGMENT.finditer(row.pattern) if m[1].isupper()]


def expanded(pattern: str) -> str:
    """A row's pattern with its fragments written out, each in a group if it is a parameter."""
    return FRAGMENT.sub(lambda m: ("(?:" if m[1].islower() else "(") + FRAGMENTS[m[1].upper()].pattern + ")", pattern)


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern, a group around each fragment that is a parameter."""
    return re.compile(expanded(pattern))


@cache
def behind_year(row: Row) -> re.Pattern[str] | None:
    """What a row's pattern has behind HEAD, which is the same for many; None where it does not begin with it."""
    rest = row.pattern.removeprefix(HEAD)
    return compiled(rest) if rest != row.pattern else None


SIGNS = {name: chr(0xE000 + i) for i, name in enumerate(FRAGMENTS)}  # that stand for the fragments


@cache
def fragment_prefixes() -> Known:
    """The prefixes of each fragment, by the sign that stands for it."""
    return {sign: inner(FRAGMENTS[name].pattern) for name, sign in SIGNS.items()}


def row_prefixes(row: Row) -> frozenset[Prefix]:
    """The prefixes of a row's pattern."""
    return prefixes(FRAGMENT.sub(lambda m: f"({SIGNS[m[1].upper()]})", row.pattern), known=fragment_prefixes())


class Table:
    """A table of rows; only those are tried whose first characters can be those that stand there."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = [(row, [*row_prefixes(row)]) for row in rows]
        self.prefixes = {prefix for _, several in self._rows for prefix in several}
        self._first = first_characters(self.prefixes)
        self._beginning = lru_cache(OFTEN)(self._rows_beginning)

    def match(self, text: str, at: int) -> tuple[Fitted, int] | None:
        """The first row that fits at an offset, and where it stops."""
        if self._first is not None and text[at : at + 1] not in self._first:
            return None
        year: re.Match[str] | None = None
        for row, _ in self.rows_at(text, at):
            if rest := behind_year(row):
                year = year or compiled(HEAD).match(text, at)
                if year and (m := rest.match(text, year.end())):
                    return fitted(row, year.groups() + m.groups()), m.end()
            elif m := compiled(row.pattern).match(text, at):
                return fitted(row, m.groups()), m.end()
        return None

    def rows_at(self, text: str, at: int) -> list[tuple[Row, list[Prefix]]]:
        """The rows that can fit at an offset, each with those of its prefixes that stand there."""
        return self._beginning(text[at : at + LENGTH])

    def _rows_beginning(self, words: str) -> list[tuple[Row, list[Prefix]]]:
        """The rows that can fit where these words begin a text, each with those of its prefixes that do."""
        if not words:
            return self._rows
        at, last = len(words) - 1, words[-1]
        found = [
            (row, [prefix for prefix in several if len(prefix) <= at or last in prefix[at]])
            for row, several in self._beginning(words[:-1])
        ]
        return [(row, several) for row, several in found if several]
