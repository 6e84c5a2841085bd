"""What the matches of a pattern can begin with: so that a scanner tries it only where it can fit.

Python's own parser of patterns is asked, which is no public interface: where it does not answer, every character may
begin a match, and the scanner is slower and finds the same.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

Characters = frozenset[str]
Prefix = tuple[Characters, ...]  # what each of the first characters can be; anything may follow
ANY: Characters = frozenset()
LENGTH = 3  # so many characters tell a date from a list number, a percentage or a count
MANY = 256  # a set of more characters than these is taken for any
Known = Mapping[str, Iterable[Prefix]]  # by the character that stands for a pattern
NOTHING: Known = MappingProxyType({})


def prefixes(pattern: str, length: int = LENGTH, known: Known = NOTHING) -> frozenset[Prefix]:
    """The prefixes, of `length` characters at most, of what a pattern matches and then looks ahead for."""
    found = _Look(length, known).at_sequence(_parsed(pattern), last=True)
    return frozenset(prefix[: prefix.index(ANY)] if ANY in prefix else prefix for prefix in found)


def inner(pattern: str) -> set[Prefix]:
    """The prefixes of a pattern that stands inside others, as they are known to them."""
    return _Look(LENGTH, NOTHING).at_sequence(_parsed(pattern), last=False)


def _parsed(pattern: str) -> list[Any]:
    try:
        from re import _parser  # type: ignore[attr-defined]
    except ImportError:
        return [("", None)]
    return list(_parser.parse(pattern))


def first_characters(found: Collection[Prefix]) -> Characters | None:
    """The characters that prefixes begin with; None where it may be any."""
    return None if () in found else frozenset().union(*(prefix[0] for prefix in found))


def places(found: Collection[Prefix], kinds: Iterable[Characters] = ()) -> re.Pattern[str]:
    """A pattern that fits wherever a prefix may stand, told by two characters.

    Inside a run of characters of one of the `kinds` it fits once, and takes in the rest of the run.
    """
    first, seconds = _one_of(first_characters(found)), first_characters({prefix[1:] for prefix in found if prefix})
    second = f"(?={_one_of(seconds)})" if seconds else ""
    runs = "|".join(f"(?<={_one_of(kind)}){_one_of(kind)}*" for kind in kinds)
    return re.compile(f"{first}{second}(?:{runs})?")


def guarded(pattern: str) -> str:
    """A pattern behind a look at its first character: a search passes over the others at once."""
    return f"(?={_one_of(first_characters(prefixes(pattern, 1)))})(?:{pattern})"


def _one_of(characters: Characters | None) -> str:
    return "(?s:.)" if characters is None else f"[{re.escape(''.join(sorted(characters)))}]"


@dataclass(frozen=True, slots=True)
class _Look:
    """A look at the beginning of parsed patterns, so many characters far."""

    length: int
    known: Known

    def at_sequence(self, parsed: list[Any], *, last: bool) -> set[Prefix]:
        """Its prefixes; `last` where nothing follows the pattern, so that what it looks ahead for follows."""
        growing: set[Prefix] = {()}
        grown: set[Prefix] = set()
        for i, (code, argument) in enumerate(parsed):
            if not growing:
                break
            more = self.at_instruction(str(code), argument, last=last and i == len(parsed) - 1)
            joined = self.joined(growing, more)
            growing = {prefix for prefix in joined if len(prefix) < self.length}
            grown |= joined - growing
        return grown | growing

    def at_instruction(self, code: str, argument: Any, *, last: bool) -> Iterable[Prefix]:
        """As `at_sequence`, of one instruction."""
        if code == "LITERAL":
            return self.known.get(chr(argument)) or {(frozenset(chr(argument)),)}
        if code == "IN":
            return {(_listed(argument),)}
        if code == "SUBPATTERN":
            return self.at_sequence(list(argument[-1]), last=last)
        if code == "ASSERT" and last and argument[0] == 1:
            return self.at_sequence(list(argument[1]), last=True)
        if code in ("ASSERT", "ASSERT_NOT", "AT"):
            return {()}
        if code == "MAX_REPEAT":
            least, most, repeated = argument
            return self.repeated(self.at_sequence(list(repeated), last=False), least, min(most, least + self.length))
        if code == "BRANCH":
            return set().union(*(self.at_sequence(list(branch), last=last) for branch in argument[1]))
        return {(ANY,)}

    def repeated(self, once: set[Prefix], least: int, most: int) -> set[Prefix]:
        """The prefixes of what is repeated."""
        found: set[Prefix] = set()
        so_far: set[Prefix] = {()}
        for times in range(most + 1):
            if times >= least:
                found |= so_far
            so_far = self.joined(so_far, once)
        return found

    def joined(self, former: Iterable[Prefix], latter: Iterable[Prefix]) -> set[Prefix]:
        """Every one of the former with every one of the latter behind it."""
        return {(prefix + rest)[: self.length] for prefix in former for rest in latter}


def _listed(members: Any) -> Characters:
    """The characters of a set; ANY for one of very many or one that is told by what it excludes."""
    found: set[str] = set()
    for code, argument in members:
        if str(code) == "LITERAL":
            found.add(chr(argument))
        elif str(code) == "RANGE" and argument[1] - argument[0] < MANY:
            found |= {chr(c) for c in range(argument[0], argument[1] + 1)}
        else:
            return ANY
    return frozenset(found)
