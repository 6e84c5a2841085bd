"""Readings into the database: read what is known, decide what changes, write it; all or nothing."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.engine import Connection, Engine

from .. import store
from ..commitments import Commitment, Extraction
from ..documents import Source
from ..milestones import Action, Added, Change, Entry, Milestone, Withdrawn
from ..milestones.agencies import renamed
from ..milestones.drafts import from_commitment
from ..milestones.reconcile import can_withdraw, compare, restated
from ..milestones.recording import added, follow, recorded
from .coverage import numbered
from .occurrences import open_due
from .plans import Known, Plan, Report, planned
from .reading import Reading
from .recalling import recall

ACTIONS: dict[str, Action] = {
    "Moved": "moved",
    "Reworded": "reworded",
    "Restored": "restored",
    "Withdrawn": "withdrawn",
}


def ingest(engine: Engine, source: Source, extraction: Extraction, **words: Any) -> Report:
    """Stores what was read from one document, as `ingest_all` does."""
    (report,) = ingest_all(engine, [Reading(source, extraction, numbered(source.text))], **words)
    return report


def ingest_all(
    engine: Engine,
    readings: Sequence[Reading],
    *,
    today: date,
    now: datetime,
    actor: str,
    dry_run: bool = False,
    new_uid: Callable[[], str] = lambda: str(uuid4()),
) -> list[Report]:
    """Stores what was read from documents and reconciles it with what is known, in one transaction.

    No two readings are of one document, which is known again by `source.key`. Entries hold from its publication date,
    but not from a day after `today` (a month stands for its last day, which may be still to come); withdrawals and
    restorations hold from `today`, tracking begins on `today`, and occurrences of its series are opened up to `today`.
    The number of queries grows neither with the documents nor with what is in them. A dry run writes nothing. Raises
    DatabaseError, and leaves the former state then.
    """
    with (store.reading if dry_run else store.writing)(engine) as db:
        known = _read(db, readings)
        plans = [planned(known[one.key], one, dry_run=dry_run) for one in readings]
        if dry_run:
            return [one.report for one in plans]
        texts = _write_documents(db, plans, now)
        next_scan = store.ledger.next_scan(db, today, now)
        writer = _Writer(today, now, actor, next_scan=next_scan, called=_called(db, plans, today))
        ids = writer.add(db, plans, new_uid)
        writer.amend(db, plans, texts)
        opened = open_due(db, day=today, now=now, actor=actor, documents=[*known], new_uid=new_uid)
        milestones = _by_document(db, [*known])
        return [one.done(ids[one.key], opened, milestones[one.key]) for one in plans]


def withdraw(engine: Engine, key: str, *, day: date, now: datetime, actor: str, reason: str = "") -> list[int]:
    """Withdraws a document from `day`: its open milestones are flagged for the office to decide; returns their ids.

    Reading the document again brings it back. Raises UsageError for an unknown key.
    """
    with store.writing(engine) as db:
        document = store.documents.get(db, key)
        writer = _Writer(day, now, actor, reason)
        found = [one for one in store.milestones.of_document(db, key) if can_withdraw(one)]
        changed = [writer.record(one, replace(one, withdrawn=True), "withdrawn", day) for one in found]
        store.documents.withdraw(db, document.id, day)
        store.milestones.save(db, [milestone for milestone, _ in changed])
        store.history.append(db, [entry for _, entry in changed])
        return [milestone.id for milestone in found]


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes entries of one instant and actor.

    That something is gone from a document, or back in it, holds from the day on which that was seen, `today`. `called`
    maps, by the keys of documents, the names that they write to those of the agencies.
    """

    today: date
    now: datetime
    actor: str
    reason: str = ""
    next_scan: date | None = None
    called: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def add(self, db: Connection, plans: Sequence[Plan], new_uid: Callable[[], str]) -> dict[str, list[int]]:
        """Stores a milestone for each Added, in their order; returns the ids by the keys of documents."""
        drafts = [
            (plan, renamed(from_commitment(one, document=plan.key, tracked_from=self.today), self.called[plan.key]))
            for plan in plans
            for one in plan.added
        ]
        ids = store.milestones.insert(db, [draft for _, draft in drafts], new_uid=new_uid, now=self.now)
        entries, found = [], defaultdict(list)
        for id, (plan, draft) in zip(ids, drafts, strict=True):
            day = plan.day(self.today)
            entries.append(added(id, draft, action="added", day=day, at=self.now, actor=self.actor))
            found[plan.key].append(id)
        store.history.append(db, entries)
        return found

    def amend(self, db: Connection, plans: Sequence[Plan], texts: Mapping[str, int]) -> None:
        """Stores what the other changes alter; `texts` are the new readings by the keys of documents."""
        changed = [one for plan in plans for change in plan.report.changes for one in self.amended(plan, change)]
        along = [one for plan in plans for one in plan.moved_along]
        store.milestones.save(db, [*along, *(milestone for milestone, _ in changed)], readings=texts)
        store.history.append(db, [entry for _, entry in changed])

    def record(self, before: Milestone, after: Milestone, action: Action, day: date) -> tuple[Milestone, Entry]:
        day = day if before.withdrawn == after.withdrawn else self.today
        words: dict[str, Any] = {"day": day, "at": self.now, "actor": self.actor, "reason": self.reason}
        return recorded(before, after, action=action, next_scan=self.next_scan, **words)

    def amended(self, plan: Plan, change: Change) -> list[tuple[Milestone, Entry]]:
        """The milestones that a change alters: the one itself, and the open later occurrences of its series."""
        if isinstance(change, Added):
            return []
        before, action, day = change.milestone, ACTIONS[type(change).__name__], plan.day(self.today)
        members = plan.known.members(before)
        if isinstance(change, Withdrawn):
            gone = [before, *(one for one in members if not one.withdrawn)]
            return [self.record(one, replace(one, withdrawn=True), action, day) for one in gone]
        found = [self.record(before, self.followed(plan, before, change.commitment, change.fields), action, day)]
        for member in members:  # a later occurrence keeps its own days
            if member.stated:
                said = replace(change.commitment, due=member.stated.due, begin=member.stated.begin)
                if (altered := compare(said, member)) and not isinstance(altered, Added | Withdrawn):
                    found.append(self.record(member, self.followed(plan, member, said, altered.fields), action, day))
        return found

    def followed(self, plan: Plan, milestone: Milestone, said: Commitment, fields: Collection[str]) -> Milestone:
        """The milestone as the document has it now, its agencies under their own names."""
        after = follow(milestone, renamed(said, self.called[plan.key]), fields)
        return replace(after, stated=restated(said, milestone))


def _read(db: Connection, readings: Sequence[Reading]) -> dict[str, Known]:
    keys = [one.key for one in readings]
    documents, milestones = store.documents.by_keys(db, keys), _by_document(db, keys)
    decided = store.sightings.judged(db, [one.id for one in documents.values()])
    found = {}
    for one in readings:
        document = documents.get(one.key)
        recalled = recall(decided.get(document.id, ()) if document else (), one.source.text, one.extraction)
        found[one.key] = Known(document, tuple(milestones[one.key]), recalled)
    return found


def _called(db: Connection, plans: Sequence[Plan], today: date) -> dict[str, dict[str, str]]:
    """For each document, by its key, the agencies that its names mean; those that are new are stored."""
    named = [
        (plan.reading.source, [name for one in plan.reading.extraction.commitments for name in one.agencies])
        for plan in plans
    ]
    return dict(zip([plan.key for plan in plans], store.recognition.identify(db, named, today), strict=True))


def _by_document(db: Connection, keys: Collection[str]) -> dict[str | None, list[Milestone]]:
    found = defaultdict(list)
    for one in store.milestones.of_documents(db, keys):
        found[one.document].append(one)
    return found


def _write_documents(db: Connection, plans: Sequence[Plan], now: datetime) -> dict[str, int]:
    """Stores the documents and, unless their text is the same, the readings, whose ids are returned by key."""
    about = {one.key: (one.reading.source, one.reading.fingerprint, one.reading.given) for one in plans}
    known = {one.key: one.known.document for one in plans if one.known.document}
    new = [key for key in about if key not in known]
    ids = dict(zip(new, store.documents.insert(db, [about[key] for key in new]), strict=True))
    store.documents.update(db, {document.id: about[key] for key, document in known.items()})
    ids |= {key: document.id for key, document in known.items()}
    fresh = [one for one in plans if not one.report.same_text]
    texts = {ids[one.key]: (one.reading.source, one.reading.extraction.problems) for one in fresh}
    readings = store.documents.insert_readings(db, texts, now)
    store.sightings.insert(db, {readings[ids[one.key]]: one.seen() for one in fresh})
    store.sightings.replace(db, {known[one.key].reading: one.seen() for one in plans if one.report.same_text})
    return {one.key: readings[ids[one.key]] for one in fresh}
