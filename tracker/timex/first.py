"""The characters with which a pattern can begin: so that a scanner tries it only where it can fit.

Python's own parser of patterns is asked, which is no public interface: where it does not answer, every character may
begin one, and the scanner is slower and finds the same.
"""

import re
from typing import Any


def first_characters(pattern: str) -> frozenset[str] | None:
    """The characters that a match of `pattern` can begin with; None where it may be any, or is not known."""
    try:
        from re import _parser  # type: ignore[attr-defined]
    except ImportError:
        return None
    found, empty = _first(_parser.parse(pattern))
    return None if empty or found is None else frozenset(found)


def _first(parsed: Any) -> tuple[set[str] | None, bool]:
    """The first characters of a parsed pattern, and whether it can match nothing."""
    found: set[str] = set()
    for code, argument in parsed:
        more, empty = _first_of(str(code), argument)
        if more is None:
            return None, False
        found |= more
        if not empty:
            return found, False
    return found, True


def _first_of(code: str, argument: Any) -> tuple[set[str] | None, bool]:
    """As `_first`, of one instruction."""
    if code == "LITERAL":
        return {chr(argument)}, False
    if code == "IN":
        return _listed(argument), False
    if code in ("ASSERT", "ASSERT_NOT", "AT"):
        return set(), True
    if code == "SUBPATTERN":
        return _first(argument[-1])
    if code == "MAX_REPEAT":
        found, empty = _first(argument[2])
        return found, empty or argument[0] == 0
    if code == "BRANCH":
        parts = [_first(part) for part in argument[1]]
        if any(more is None for more, _ in parts):
            return None, False
        return set().union(*(more for more, _ in parts if more)), any(empty for _, empty in parts)
    return None, False


def _listed(members: Any) -> set[str] | None:
    """The characters of a set; None for one that is told by what it excludes."""
    found: set[str] = set()
    for code, argument in members:
        if str(code) == "LITERAL":
            found.add(chr(argument))
        elif str(code) == "RANGE":
            found |= {chr(c) for c in range(argument[0], argument[1] + 1)}
        else:
            return None
    return found


def one_of(characters: frozenset[str] | None) -> str:
    """A pattern for one of the characters; for any where they are not known."""
    return "(?s:.)" if characters is None else f"[{re.escape(''.join(sorted(characters)))}]"
