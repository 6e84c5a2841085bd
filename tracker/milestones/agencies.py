"""Agencies of milestones: under the names that they are known by, and groups as those whom they stand for."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from ..commitments import Commitment
from .values import Claim, Draft, Milestone, Schedule, Tracked

Named = TypeVar("Named", bound=Tracked | Commitment)
Stored = TypeVar("Stored", Milestone, Schedule)
Day = TypeVar("Day", date, str)  # or its ISO form


def renamed(draft: Named, names: Mapping[str, str]) -> Named:
    """`draft` with its agencies under other names; those that `names` does not have keep theirs."""
    return _each(draft, {one: (name,) for one, name in names.items()})


def of_members(milestones: Iterable[Stored], members: Mapping[str, tuple[str, ...]]) -> list[Stored]:
    """The milestones as they are told: where a group has members, each of them answers in its place."""
    return [_each(one, members) for one in milestones]


def latest(pauses: Iterable[tuple[str, Day]]) -> tuple[tuple[str, Day], ...]:
    """One for each agency: agencies that turned out to be one may both have acknowledged."""
    found: dict[str, Day] = {}
    for name, until in pauses:
        found[name] = max(until, found.get(name, until))
    return tuple(found.items())


def under(names: Mapping[str, tuple[str, ...]], claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Claims under other names, the last one of each: agencies that turned out to be one may both have claimed."""
    found: dict[str, Claim] = {}
    for claim in claims:
        for name in names.get(claim.agency, (claim.agency,)):
            if name not in found or claim.day >= found[name].day:
                found[name] = replace(claim, agency=name)
    return tuple(found.values())


def _each(draft: Named, names: Mapping[str, tuple[str, ...]]) -> Named:
    """With what they acknowledged and claimed, which holds for each of those who answer in their place."""
    pauses = draft.acknowledged if isinstance(draft, Tracked) else ()
    claims = draft.claims if isinstance(draft, Draft) else ()
    spoken = (*(name for name, _ in pauses), *(claim.agency for claim in claims))
    if names.keys().isdisjoint((*draft.agencies, *spoken)):
        return draft
    changed: dict[str, Any] = {
        part: tuple(dict.fromkeys(name for one in getattr(draft, part) for name in names.get(one, (one,))))
        for part in ("agencies", "lead", "support")
    }
    if pauses:
        changed["acknowledged"] = tuple((name, until) for one, until in pauses for name in names.get(one, (one,)))
    if claims:
        changed["claims"] = under(names, claims)
    return replace(draft, **changed)
