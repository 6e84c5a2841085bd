"""What the matches of a pattern can begin with: so that a scanner tries it only where it can fit.

Python's own parser of patterns is asked, which is no public interface: where it does not answer, every character may
begin a match, and the scanner is slower and finds the same.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

Characters = frozenset[str]
Prefix = tuple[Characters, ...]  # what each of the first characters can be; anything may follow
ANY: Characters = frozenset()
ANYTHING: frozenset[Prefix] = frozenset({()})
LENGTH = 3  # so many characters tell a date from a list number, a percentage or a count
MANY = 256  # a set of more characters than these is taken for any


def prefixes(pattern: str) -> frozenset[Prefix]:
    """The prefixes, of LENGTH characters at most, of what a pattern matches and then looks ahead for."""
    try:
        from re import _parser  # type: ignore[attr-defined]
    except ImportError:
        return ANYTHING
    found = _of_sequence(list(_parser.parse(pattern)), last=True)
    return frozenset(prefix[: prefix.index(ANY)] if ANY in prefix else prefix for prefix in found)


def first_characters(found: Iterable[Prefix]) -> Characters | None:
    """The characters that prefixes begin with; None where it may be any."""
    return None if () in found else frozenset().union(*(prefix[0] for prefix in found))


class Places:
    """Where in a text one of several prefixes stands, save inside a run of characters of one of the `kinds`."""

    def __init__(self, found: frozenset[Prefix], kinds: Iterable[Characters] = ()) -> None:
        characters = first_characters(found)
        seconds = first_characters({prefix[1:] for prefix in found if prefix})
        first = _one_of(characters) if characters else "(?s:.)"
        second = f"(?={_one_of(seconds)})" if seconds else ""
        runs = "|".join(f"(?<={_one_of(kind)}){_one_of(kind)}*" for kind in kinds)
        self._begun = re.compile(f"{first}{second}(?:{runs})?")
        self._with_rest: dict[str, Callable[[str, int], re.Match[str] | None]] = {}
        if characters is not None:
            for group, rest in _by_first(found):
                self._with_rest |= dict.fromkeys(group, re.compile(f"(?s:.){rest}").match)

    def within(self, text: str) -> Iterator[int]:
        """The offsets, in order."""
        for m in self._begun.finditer(text):
            at = m.start()
            with_rest = self._with_rest.get(text[at])
            if with_rest is None or with_rest(text, at):
                yield at


def _by_first(found: Iterable[Prefix]) -> list[tuple[list[str], str]]:
    """The first characters of prefixes, those together after which the same may follow, and a pattern of that."""
    rests: dict[str, set[Prefix]] = defaultdict(set)
    for prefix in found:
        for character in prefix[0]:
            rests[character].add(prefix[1:])
    groups: dict[frozenset[Prefix], list[str]] = defaultdict(list)
    for character, rest in rests.items():
        groups[ANYTHING if () in rest else frozenset(rest)].append(character)
    return [(group, "" if rest == ANYTHING else _pattern(rest)) for rest, group in groups.items()]


def _pattern(found: Iterable[Prefix]) -> str:
    return f"(?:{'|'.join(_one_of(group) + rest for group, rest in _by_first(found))})"


def _one_of(characters: Iterable[str]) -> str:
    return f"[{re.escape(''.join(sorted(characters)))}]"


def _of_sequence(parsed: list[Any], *, last: bool) -> set[Prefix]:
    """The prefixes of a parsed pattern; `last` where nothing follows it, so that what it looks ahead for follows."""
    growing: set[Prefix] = {()}
    grown: set[Prefix] = set()
    for i, (code, argument) in enumerate(parsed):
        more = _of_instruction(str(code), argument, last=last and i == len(parsed) - 1)
        joined = {(prefix + rest)[:LENGTH] for prefix in growing for rest in more}
        growing = {prefix for prefix in joined if len(prefix) < LENGTH}
        grown |= joined - growing
    return grown | growing


def _of_instruction(code: str, argument: Any, *, last: bool) -> set[Prefix]:
    """As `_of_sequence`, of one instruction."""
    if code == "LITERAL":
        return {(frozenset(chr(argument)),)}
    if code == "IN":
        return {(_listed(argument),)}
    if code == "SUBPATTERN":
        return _of_sequence(list(argument[-1]), last=last)
    if code == "ASSERT" and last and argument[0] == 1:
        return _of_sequence(list(argument[1]), last=True)
    if code in ("ASSERT", "ASSERT_NOT", "AT"):
        return {()}
    if code == "MAX_REPEAT":
        least, most, repeated = argument
        return _repeated(_of_sequence(list(repeated), last=False), least, min(most, least + LENGTH))
    if code == "BRANCH":
        return set().union(*(_of_sequence(list(branch), last=last) for branch in argument[1]))
    return {(ANY,)}


def _repeated(once: set[Prefix], least: int, most: int) -> set[Prefix]:
    found: set[Prefix] = set()
    so_far: set[Prefix] = {()}
    for times in range(most + 1):
        if times >= least:
            found |= so_far
        so_far = {(prefix + rest)[:LENGTH] for prefix in so_far for rest in once}
    return found


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
