"""The chain of the history: no entry can be changed, dropped, inserted or moved without its showing.

Each entry stores a hash, the SHA-256 in hex of the former entry's hash (64 zeros before the first) and of its own
fields, as one text in UTF-8. The fields are a JSON object of the columns of the table `history` under their names:

    id, milestone_id, decision, undoes              integers
    day                                             "2018-11-05"
    at                                              "2018-11-05T01:30:00.000000Z", always UTC
    actor, action, reason, note, evidence           texts
    changes, along                                  {"due": ["2018-11-30", "2018-12-15"]}: before and after

without `hash` and without what is null, a number without a fraction written as an integer, the keys sorted, no blanks,
and no character escaped that need not be. So anybody can compute it from a copy of the table:

    text = former + json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    hashlib.sha256(text.encode()).hexdigest()

The ids rise in the order in which the entries were written. The form never changes: a column that is added later is
null, and so left out, in the entries before it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC
from hashlib import sha256
from typing import Any, Final, Literal

from .values import Entry

GENESIS: Final = "0" * 64
ENCODER: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=repr
)
SHOWN: Final = 20  # digits of the short form: 80 bits, which nobody can match by trying

Kind = Literal["changed", "missing", "inserted", "head", "length", "table"]


@dataclass(frozen=True, slots=True)
class Head:
    """Where the chain ends: how many entries there are, and the hash of the last one."""

    length: int = 0
    hash: str = GENESIS

    @property
    def short(self) -> str:
        """As many digits as a person copies, and a forger cannot match."""
        return self.hash[:SHOWN]


NO_HISTORY: Final = Head()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that is not as it was written: of an entry of the history, or of a field of a milestone."""

    kind: Kind
    words: str
    entry: int | None = None
    milestone: int | None = None
    field: str = ""


def link(former: str, entry: Entry) -> str:
    """The hash of an entry that has its id, after the one whose hash is `former`. Raises ValueError for NaN."""
    fields = {
        "id": entry.id,
        "milestone_id": entry.milestone,
        "decision": entry.decision,
        "undoes": entry.undoes,
        "day": entry.day.isoformat(),
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "actor": entry.actor,
        "action": entry.action,
        "reason": entry.reason,
        "note": entry.note,
        "evidence": entry.evidence,
        "changes": _plain(entry.changes),
        "along": _plain(entry.along),
    }
    own = {name: value for name, value in fields.items() if value is not None}
    return sha256(f"{former}{ENCODER.encode(own)}".encode()).hexdigest()


@dataclass(slots=True)
class Checking:
    """Goes along the chain. An entry that does not follow is judged by the next one, which may say what is wrong.

    `last` is the id of the last sound entry, at first of the one before those that are given, and `hash` its hash.
    `doubtful` are the entries since, `formers` the hashes that one after them may go on from.
    """

    last: int = 0
    hash: str = GENESIS
    doubtful: list[Entry] = field(default_factory=list)
    formers: list[str] = field(default_factory=list)

    def faults(self, entry: Entry) -> Iterator[Fault]:
        """What is wrong, as far as the next entry shows it; to be asked for each, in the order of their ids."""
        id, before = entry.id or 0, (self.doubtful[-1].id if self.doubtful else self.last) or 0
        former = next((one for one in (self.hash, *self.formers) if link(one, entry) == entry.hash), None)
        if former is None and id == before + 1:
            self.formers += [entry.hash] if self.doubtful else [entry.hash, link(self.hash, entry)]
            self.doubtful.append(entry)
            return
        if former == self.hash:  # as if those since the last sound one had never been
            yield from (_fault(one, "inserted", f"was put in before entry {id}") for one in self.doubtful)
            self.doubtful.clear()
        yield from self.rest()
        if former is None:
            yield _gap(before + 1, id - 1)
        self.go_on(id, entry.hash)

    def unreadable(self, id: int, hash: str) -> Iterator[Fault]:
        """As `faults`, of an entry of which only the id and the hash can be read."""
        yield from self.rest()
        yield Fault(kind="changed", entry=id, words=f"entry {id} cannot be read, so it is not what was written")
        self.go_on(id, hash)

    def go_on(self, id: int, hash: str) -> None:
        """Takes an entry for sound: what follows goes on from it."""
        self.last, self.hash, self.formers = id, hash, []

    def rest(self) -> Iterator[Fault]:
        """What is wrong with the last ones: to be asked when there are no more entries."""
        for place, one in enumerate(self.doubtful):
            former = self.doubtful[place - 1].id
            follows = f"does not follow entry {former}: one of the two is not what was written"
            yield _fault(one, "changed", follows if place else "is not what was written: changed, or moved here")
        self.doubtful.clear()


def _fault(entry: Entry, kind: Kind, what: str) -> Fault:
    about = f"milestone {entry.milestone}, {entry.action} on {entry.day} by {entry.actor}"
    return Fault(kind=kind, entry=entry.id, milestone=entry.milestone, words=f"entry {entry.id} ({about}) {what}")


def _gap(first: int, last: int) -> Fault:
    gone = f"entry {first} is" if first == last else f"entries {first} to {last} are"
    return Fault(kind="missing", entry=first, words=f"{gone} missing, or entry {last + 1}, which follows, was changed")


def _plain(value: Any) -> Any:
    """A JSON value without floats that are whole: not every program that writes JSON tells them from integers."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
