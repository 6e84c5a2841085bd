"""What a ledger says beside the milestone itself: progress, note, evidence; and the mark that a row of it carries.

None of these has a column: they are the fold of the history, so that no ledger can forget one.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from .replay import replay, with_values
from .undoing import live
from .values import Entry, Milestone

REMARKS: Final = ("progress", "note", "evidence")
MARK: Final = re.compile(r"t([0-9a-f]{8})\.(\d{8})\.(\d{1,10})\.([0-9a-f]{10})")
COMPARED: Final = 200  # characters of the quote that the check covers


@dataclass(frozen=True, slots=True)
class Remarks:
    """The last words on progress (进展), the last note (备注) and evidence (佐证) of a milestone."""

    progress: str = ""
    note: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a row of a ledger comes from: `origin` tells databases apart, `day` is the business day of the export,
    `revision` the id of the milestone's newest entry then; `check` holds these together with its id and quote."""

    origin: str
    day: date
    revision: int
    check: str

    def __str__(self) -> str:
        return f"t{self.origin}.{self.day:%Y%m%d}.{self.revision}.{self.check}"

    @classmethod
    def parse(cls, text: str) -> "Mark":
        """The mark that is written so. Raises ValueError."""
        m = MARK.fullmatch(text.strip())
        if m is None:
            raise ValueError(f"{text!r} is no mark")
        return cls(m[1], date.fromisoformat(m[2]), int(m[3]), m[4])


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A milestone as a ledger has it; `days_late` is None unless it was completed."""

    milestone: Milestone
    remarks: Remarks
    mark: Mark


def origin(first_uid: str) -> str:
    """What tells a database from another: the uid of its first milestone, which no other has."""
    return hashlib.sha256(first_uid.encode()).hexdigest()[:8]


def mark(milestone: Milestone, entries: Sequence[Entry], day: date, home: str) -> Mark:
    """The mark of a milestone with these entries, in a ledger of `day` from the database `home`."""
    revision = max((entry.id or 0 for entry in entries), default=0)
    return Mark(home, day, revision, check(home, milestone.id, day, revision, milestone.quote))


def check(home: str, id: int, day: date, revision: int, quote: str) -> str:
    """What a mark must say of a row; of the quote only letters and figures count, as programs alter the rest."""
    words = "".join(filter(str.isalnum, quote))[:COMPARED]
    return hashlib.sha256(f"{home}|{id}|{day}|{revision}|{words}".encode()).hexdigest()[:10]


def remarks(entries: Iterable[Entry]) -> Remarks:
    """What the entries say last, in their order, without those that were undone. An entry's own note or evidence counts
    where it changes neither."""
    found = Remarks()
    for entry in live([*entries]):
        own = {name: words for name in ("note", "evidence") if (words := getattr(entry, name))}
        changed = {name: entry.changes[name][1] or "" for name in REMARKS if name in entry.changes}
        found = replace(found, **(own | changed))
    return found


def unsaid(decided: Sequence[Entry]) -> dict[str, tuple[Any, Any]]:
    """The remarks of the entries of one decision, which no milestone keeps, as another entry takes them back."""
    found: dict[str, tuple[Any, Any]] = {}
    for entry in decided:
        for name in REMARKS:
            if name in entry.changes:
                before, after = entry.changes[name]
                found[name] = (after, found[name][1] if name in found else before)
    return found


def as_marked(now: Milestone, entries: Sequence[Entry], mark: Mark) -> tuple[Milestone, Remarks]:
    """What the ledger said of a milestone: its state of the mark's day by the entries that were written then."""
    written = [entry for entry in entries if (entry.id or 0) <= mark.revision]
    then = now
    for entry in reversed(entries[len(written) :]):
        then = with_values(then, {field: before for field, (before, _) in entry.changes.items()})
    past = replay(then, written, mark.day) or then
    return past, remarks(entry for entry in written if entry.day <= mark.day)
