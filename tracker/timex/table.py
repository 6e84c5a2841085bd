"""A table of the grammar at work: which of its rows fits at a place of a text."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..prefixes import Prefix, first_characters, prefixes
from .fragments import DIGITS, FRAGMENTS
from .grammar import Row

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


class Branches:
    """Rows as one pattern, an empty group behind each, which tells that it is the one that fits."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.pattern = re.compile("|".join(f"(?:{expanded(row.pattern)})()" for row in rows))
        self.by_group: dict[int, tuple[Row, range]] = {}
        last = 0
        for row in rows:
            first, last = last + 1, last + len(keys(row)) + 1
            self.by_group[last] = row, range(first, last)


class Table:
    """A table of rows; only those that can begin with a character are tried where it stands."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self.prefixes: tuple[frozenset[Prefix], ...] = tuple(prefixes(expanded(row.pattern)) for row in rows)
        self._firsts = [first_characters(found) for found in self.prefixes]
        self._by_character: dict[str, Branches | None] = {}
        self._by_rows: dict[tuple[int, ...], Branches | None] = {(): None}

    def match(self, text: str, at: int) -> tuple[Fitted, int] | None:
        """The first row that fits at an offset, and where it stops."""
        character = text[at : at + 1]
        try:
            branches = self._by_character[character]
        except KeyError:
            branches = self._by_character[character] = self._beginning_with(character)
        if branches is None or (m := branches.pattern.match(text, at)) is None:
            return None
        row, groups = branches.by_group[m.lastindex or 0]
        return fitted(row, tuple([m[group] for group in groups])), m.end()

    def _beginning_with(self, character: str) -> Branches | None:
        alike = next((digits for digits in DIGITS if character in digits), {character})
        chosen = tuple(i for i, first in enumerate(self._firsts) if first is None or not first.isdisjoint(alike))
        if chosen not in self._by_rows:
            self._by_rows[chosen] = Branches([self.rows[i] for i in chosen])
        return self._by_rows[chosen]
