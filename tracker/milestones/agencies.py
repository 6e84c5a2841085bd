"""Agencies of milestones: under the names that they are known by, and groups as those whom they stand for."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from ..commitments import Commitment
from .values import Milestone, Schedule, Tracked

Named = TypeVar("Named", bound=Tracked | Commitment)
Stored = TypeVar("Stored", Milestone, Schedule)


def renamed(draft: Named, names: Mapping[str, str]) -> Named:
    """`draft` with its agencies under other names; those that `names` does not have keep theirs."""
    return _each(draft, {one: (name,) for one, name in names.items()})


def of_members(milestones: Iterable[Stored], members: Mapping[str, tuple[str, ...]]) -> list[Stored]:
    """The milestones as they are told: where a group has members, each of them answers in its place."""
    return [_each(one, members) for one in milestones]


def _each(draft: Named, names: Mapping[str, tuple[str, ...]]) -> Named:
    """With what they acknowledged, which holds for each of those who answer in their place."""
    pauses = draft.acknowledged if isinstance(draft, Tracked) else ()
    if names.keys().isdisjoint(draft.agencies) and names.keys().isdisjoint(name for name, _ in pauses):
        return draft
    changed: dict[str, Any] = {
        part: tuple(dict.fromkeys(name for one in getattr(draft, part) for name in names.get(one, (one,))))
        for part in ("agencies", "lead", "support")
    }
    if pauses:
        changed["acknowledged"] = tuple((name, until) for one, until in pauses for name in names.get(one, (one,)))
    return replace(draft, **changed)
