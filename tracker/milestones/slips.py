"""Slips: days that a document put off and nobody approved (静默推迟), by the history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .values import Entry

BY_DOCUMENT = frozenset({"moved", "restored"})


@dataclass(frozen=True, slots=True)
class Slip:
    """A day that was put off: from `was` to `now`, by a document that says so from `day` on."""

    was: date
    now: date
    day: date


def silent(entries: Iterable[Entry]) -> tuple[Slip, ...]:
    """The slips of a milestone that stand, oldest first, by all its entries.

    One ends where the document takes it back, or where a person decides the day (a correction, an approved deferral).
    """
    found: list[Slip] = []
    for entry in entries:
        if "due" not in entry.changes or entry.action in ("added", "opened"):
            continue
        was, now = (date.fromisoformat(text) if text else None for text in entry.changes["due"])
        if entry.action not in BY_DOCUMENT:
            found = []
        elif was and now and now > was:
            found.append(Slip(was, now, entry.day))
        elif now:
            found = [one for one in found if one.was < now]
    return tuple(found)
