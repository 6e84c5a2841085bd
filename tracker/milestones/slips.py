"""Slips: days that a document put off and nobody approved (静默推迟), by the history."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from .undoing import live
from .values import Entry

BY_DOCUMENT = frozenset({"moved", "restored"})


@dataclass(frozen=True, slots=True)
class Slip:
    """A day that was put off: from `was` to `now`, by a document that says so from `day` on."""

    was: date
    now: date
    day: date


def silent(entries: Sequence[Entry]) -> tuple[Slip, ...]:
    """The slips of a milestone that stand, oldest first, by all its entries.

    They lie beyond the first day, or the last one that a person decided (a correction, an approved deferral), which
    ends those before it; so does the document where it takes one back. What was undone counts for nothing.
    """
    found: list[Slip] = []
    approved: date | None = None
    for entry in live(entries):
        if "due" not in entry.changes:
            continue
        was, now = (date.fromisoformat(text) if text else None for text in entry.changes["due"])
        if entry.action not in BY_DOCUMENT:
            found, approved = [], now
            continue
        approved = approved or was
        if approved is not None and now is not None:
            found = [replace(one, now=min(one.now, now)) for one in found if one.was < now]
            latest = found[-1].now if found else approved
            if now > latest:
                found.append(Slip(latest, now, entry.day))
    return tuple(found)
