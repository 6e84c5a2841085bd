"""The audit: whether the history is what was written, and the milestones what it makes of them. Nothing is written."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.engine import Connection, Engine

from .. import store
from ..bodies import full_name, place_of
from ..documents import simplified_name
from ..errors import UsageError
from ..milestones.auditing import Called, Told, differing
from ..milestones.chain import GENESIS, Checking, Fault, Head
from ..store.rows import UNREADABLE, readable

DIGITS: Final = 8  # of a hash, at least: fewer may be those of another entry, too
LOOKED_AT: Final = 1000  # entries that the doctor looks at


@dataclass(frozen=True, slots=True)
class Audit:
    """How long the chain is and where it ends, what is wrong, and which entry, counted from 1, has the head asked for.

    `witnessed` is None where no head was given, or none was found.
    """

    head: Head
    faults: tuple[Fault, ...]
    witnessed: int | None = None


@dataclass(slots=True)
class _Witness:
    """What a mail says of the history: its head, and how many entries there were; `places` are those with that head."""

    head: str
    length: int | None
    number: int = 0
    places: list[int] = field(default_factory=list)

    def see(self, hash: str) -> None:
        """Counts the next entry."""
        self.number += 1
        if self.head and hash.startswith(self.head):
            self.places.append(self.number)

    @property
    def place(self) -> int | None:
        """Which entry has the head."""
        return self.length if self.length in self.places else self.places[0] if self.places else None

    def faults(self) -> Iterator[Fault]:
        """What the history has no more that the mail says of it. Raises UsageError for a head that several have."""
        length, number = self.length, self.number
        if length is not None and number < length:
            words = f"there were {length} entries, and {number} are left: those after them are gone"
            yield Fault(kind="length", words=words)
        elif self.head and length is not None and length not in self.places:
            words = f"entry number {length} has another hash than {self.head}: it, or one before it, was changed"
            yield Fault(kind="head", words=words)
        elif self.head and not self.places:
            words = f"no entry has the hash {self.head}: the last ones are gone, or what stood before was changed"
            yield Fault(kind="head", words=words)
        elif length is None and len(self.places) > 1:
            raise UsageError(f"{len(self.places)} entries have a hash that begins so: give more of it, or --length")


def verify(engine: Engine, *, head: str = "", length: int | None = None) -> Audit:
    """Goes through the whole history and all milestones: seconds for a hundred thousand entries.

    `head` is the hash of some former last entry, or how it begins, and `length` how many entries there were then.
    Raises UsageError for a head that is none, or that several entries have.
    """
    witness, checking, last = _Witness(digits(head), length), Checking(), GENESIS
    told: dict[int, Told] = defaultdict(Told)
    faults: list[Fault] = []
    with store.reading(engine) as db:
        for id, last, entry in store.history.in_order(db):
            witness.see(last)
            faults += checking.unreadable(id, last) if entry is None else checking.faults(entry)
            if entry is not None:
                told[entry.milestone].add(entry)
        faults += [*checking.rest(), *_table(db, told), *witness.faults()]
    return Audit(Head(witness.number, last), tuple(faults), witness.place)


def glance(db: Connection) -> list[Fault]:
    """What is wrong with the last entries: a few, however long the history is."""
    try:
        (id, hash), entries = store.history.tail(db, LOOKED_AT)
    except UNREADABLE:
        return [Fault(kind="changed", words="some of the last entries cannot be read")]
    checking = Checking(id, hash)
    return [*(fault for entry in entries for fault in checking.faults(entry)), *checking.rest()]


def digits(head: str) -> str:
    """The digits of a hash as people copy it from a mail. Raises UsageError for what is none."""
    found = head.strip().rstrip(".…。，").lower()
    if head and not re.fullmatch(rf"[0-9a-f]{{{DIGITS},{len(GENESIS)}}}", found):
        raise UsageError(f"{head!r} is no hash: {DIGITS} to {len(GENESIS)} of the digits 0-9 and a-f")
    return found


def _table(db: Connection, told: Mapping[int, Told]) -> Iterator[Fault]:
    """Milestones that are not what their history makes of them."""
    known, called = store.milestones.every_id(db), _called(db)
    for start in range(0, len(known), LOOKED_AT):
        load = lambda ids: [*store.milestones.by_ids(db, ids).values()]  # noqa: E731
        milestones, unreadable = readable(known[start : start + LOOKED_AT], load)
        for id in unreadable:
            yield _unlike(id, "", "cannot be read: the table was changed")
        for one in milestones:
            if one.id not in told:
                yield _unlike(one.id, "", "has no history: it was put into the table past it")
                continue
            for name in differing(one, told[one.id], called):
                yield _unlike(one.id, name, f"its {name} is not what the history says")
    for id in sorted(told.keys() - set(known), key=str):
        yield _unlike(id, "", "has a history, and is not in the table any more")


def _unlike(milestone: int, name: str, what: str) -> Fault:
    return Fault(kind="table", milestone=milestone, field=name, words=f"milestone {milestone}: {what}")


def _is(name: str, full: str) -> bool:
    """Whether documents of the place call a body of this full name so."""
    return full_name(simplified_name(name), place_of(full)) == full


def _called(db: Connection) -> Called:
    """What the agency of a name is called now: entries keep the names of their time."""
    names, register = store.agencies.names(db), store.recognition.register(db)
    full: dict[str, list[str]] = defaultdict(list)
    for one, agency in register.full.items():
        full[agency].append(one)

    def called(name: str, likely: Sequence[str]) -> str:
        """One of the `likely` ones: under this name, an alias that people gave, or its full name by now."""
        if name in likely or name in names:
            return names.get(name, name)
        meant = (one for one in likely for long in full[one] if _is(name, long) and _is(one, long))
        return next(meant, name)

    return called
