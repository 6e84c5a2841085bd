"""A table of the grammar at work: which of its rows fits at a place of a text."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from ..prefixes import LENGTH, Prefix, first_characters, prefixes
from .fragments import FRAGMENTS
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


@cache
def compiled(row: Row) -> re.Pattern[str]:
    """A row's pattern, a group around each fragment that is a parameter."""
    return re.compile(expanded(row.pattern))


class Table:
    """A table of rows; only those are tried whose first characters can be those that stand there."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self.prefixes: tuple[frozenset[Prefix], ...] = tuple(prefixes(expanded(row.pattern)) for row in rows)
        self._first = first_characters(frozenset().union(*self.prefixes))
        self._beginning = lru_cache(OFTEN)(self._rows_beginning)
        self._alike = cache(self._rows_alike)

    def match(self, text: str, at: int) -> tuple[Fitted, int] | None:
        """The first row that fits at an offset, and where it stops."""
        beginning = text[at : at + LENGTH]
        if self._first is not None and beginning[:1] not in self._first:
            return None
        for row in self._beginning(beginning):
            if m := compiled(row).match(text, at):
                return fitted(row, m.groups()), m.end()
        return None

    def _rows_beginning(self, words: str) -> tuple[Row, ...]:
        """The rows that can fit where these words begin a text."""
        return tuple(row for row, found in self._alike(words[:1]) if any(begins(words, prefix) for prefix in found))

    def _rows_alike(self, first: str) -> list[tuple[Row, list[Prefix]]]:
        """The rows that can begin with a character, each with the prefixes that do."""
        both = zip(self.rows, self.prefixes, strict=True)
        listed = [(row, [prefix for prefix in found if not prefix or first in prefix[0]]) for row, found in both]
        return [(row, found) for row, found in listed if found]


def begins(words: str, prefix: Prefix) -> bool:
    """Whether words begin with a prefix."""
    return len(words) >= len(prefix) and all(c in some for c, some in zip(words, prefix, strict=False))
