"""Disputes: a day that a person decided, and another one that the document has stated since."""

from collections.abc import Sequence

from .undoing import live
from .values import Entry, Scheduled


def can_be_disputed(milestone: Scheduled) -> bool:
    """Whether a person's day is tracked while the document states another."""
    return milestone.apart and "due" in milestone.decided and not milestone.closed


def is_disputed(milestone: Scheduled, entries: Sequence[Entry]) -> bool:
    """Whether the document changed its day after a person had last decided one, by all entries of the milestone."""
    told = [entry for entry in live(entries) if "stated.due" in entry.changes or _decides(entry)]
    return can_be_disputed(milestone) and bool(told) and not _decides(told[-1])


def _decides(entry: Entry) -> bool:
    return entry.action == "edited" and "due" in entry.changes
