"""Changing milestones as people decide: all of a decision in one transaction, with its history, or nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.engine import Connection, Engine

from .. import store
from ..errors import UsageError
from ..milestones import Action, Entry, Milestone
from ..milestones.recording import recorded
from ..store.files import File
from .fitting import fitting, refuse_unfitting

Place = Engine | Connection  # a connection within a unit of work: the decision is part of that unit


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided, from which day on, when and by whom, and why; `confirmed` are fields that stay as they are."""

    action: Action
    day: date
    at: datetime
    actor: str
    reason: str = ""
    note: str = ""
    evidence: str = ""
    confirmed: tuple[str, ...] = ()
    files: tuple[File, ...] = ()

    @property
    def proof(self) -> str:
        """The evidence in words, its files by their names."""
        return "；".join(part for part in (self.evidence, *(file.words for file in self.files)) if part)

    def recorded(self, before: Milestone, after: Milestone, next_scan: date) -> tuple[Milestone, Entry]:
        """The milestone as it is to be stored, and its entry, which names the files as evidence."""
        return recorded(
            before, after, action=self.action, day=self.day, at=self.at, actor=self.actor, reason=self.reason,
            note=self.note, evidence=self.proof, confirmed=self.confirmed, next_scan=next_scan,
        )  # fmt: skip


def change(
    engine: Place, ids: Sequence[int], how: Callable[[Milestone], Milestone], decision: Decision
) -> list[Milestone]:
    """Reads the milestones, decides for each, then writes all of them; returns them as they are now."""
    with store.writing(engine) as db:
        found = all_of(db, ids)
        next_scan = store.ledger.next_scan(db, decision.day, decision.at)
        written = [decision.recorded(one, how(one), next_scan) for one in found]
        for milestone, entry in written:
            refuse_unfitting(milestone, entry.actor, entry.reason, entry.note, entry.evidence)
        store.milestones.save(db, [milestone for milestone, _ in written])
        store.history.append(db, [entry for _, entry in written])
        store.files.keep(db, decision.files)
        now = store.milestones.by_ids(db, [one.id for one in found])
        return [now[one.id] for one in found]


def all_of(db: Connection, ids: Sequence[int]) -> list[Milestone]:
    """The milestones of these ids, each once, in order. Raises UsageError for an unknown id."""
    wanted = list(dict.fromkeys(ids))
    found = store.milestones.by_ids(db, fitting(wanted))
    missing = [str(id) for id in wanted if id not in found]
    if missing:
        raise UsageError(f"no milestone has the id {', '.join(missing)}; nothing was changed")
    return [found[id] for id in wanted]
