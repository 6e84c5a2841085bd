"""Undoing: a decision is reversed by another one, which says so; nothing is deleted."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from .replay import with_values
from .values import Action, Entry, Milestone

# What nobody decided: it came from a reading of a document, from its series, or it is the first entry of all.
NOT_DECIDED: Final[tuple[Action, ...]] = ("added", "opened", "moved", "reworded", "withdrawn", "restored")


def live(entries: Sequence[Entry]) -> list[Entry]:
    """The entries that were not undone, without those that undid others."""
    undone = {entry.undoes for entry in entries if entry.undoes is not None}
    return [entry for entry in entries if entry.undoes is None and entry.decision not in undone]


def restores(entry: Entry) -> bool:
    """Whether undoing it alters anything: a day that was told again as it was leaves nothing to restore."""
    return any(before != after for before, after in entry.changes.values())


def as_before(milestone: Milestone, decided: Sequence[Entry]) -> Milestone:
    """`milestone` with what the entries of one decision changed as they found it, and the rest as it is now.

    Of the fields that a person has set, those that this decision was the first to set are nobody's again.
    """
    state: dict[str, Any] = {}
    gained, lost = set[str](), set[str]()
    for entry in decided:
        for field, (before, _) in entry.changes.items():
            state.setdefault(field, before)
        was, is_ = (set(fields) for fields in entry.along.get("decided", ((), ())))
        gained, lost = gained | (is_ - was), lost | (was - is_)
    left = tuple(sorted({*milestone.decided, *lost} - gained))
    return replace(with_values(milestone, state), decided=left)


def overtaking(decided: Sequence[Entry], later: Iterable[Entry]) -> tuple[Entry, str] | None:
    """The last of the later entries that touches a field of a decision, with that field; None where none does."""
    touched = {(entry.milestone, field) for entry in decided for field in entry.changes}
    found = [(entry, field) for entry in later for field in entry.changes if (entry.milestone, field) in touched]
    return found[-1] if found else None
