"""Reading a document into the database: read what is known, decide what changes, write it; all or nothing."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.engine import Connection, Engine

from .. import store
from ..commitments import Commitment, Extraction, Sighting
from ..digests import MentionCounts
from ..documents import Source
from ..errors import Problem
from ..milestones import Action, Added, Change, Draft, Entry, Milestone, Restored, Withdrawn
from ..milestones.agencies import renamed
from ..milestones.drafts import from_commitment
from ..milestones.reconcile import Pair, can_withdraw, compare, is_kept, match, reconcile, restated
from ..milestones.recording import added, follow, recorded
from ..store.documents import StoredDocument
from .coverage import Gaps, gaps
from .occurrences import open_due
from .recalling import Recalled, recall

ACTIONS: dict[str, Action] = {
    "Moved": "moved",
    "Reworded": "reworded",
    "Restored": "restored",
    "Withdrawn": "withdrawn",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a reading changed, or (`dry_run`) would change.

    `new` says that the document was not known, `same_text` that this very text was read before with the same title and
    date. `added` holds the ids of the Added among `changes`, in their order, and `opened` those of later occurrences
    of series; both are empty on a dry run. `review` lists commitments that a person should look at, `waiting` the date
    expressions that are no milestone until a person decides; `gaps` is what nobody will be reminded of.
    """

    key: str
    title: str
    new: bool
    same_text: bool
    changes: tuple[Change, ...]
    counts: MentionCounts
    review: tuple[Commitment, ...]
    waiting: tuple[Sighting, ...]
    problems: tuple[Problem, ...]
    dry_run: bool
    gaps: Gaps
    added: tuple[int, ...] = ()
    opened: tuple[int, ...] = ()

    @property
    def to_look_at(self) -> bool:
        """Whether a person should look at something now."""
        kept = any(map(is_kept, self.changes))
        return bool(kept or self.review or self.waiting or self.problems or not self.counts.all)

    @property
    def unchanged(self) -> bool:
        """Whether the database holds just what it held before."""
        return self.same_text and not self.changes and not self.opened


@dataclass(frozen=True, slots=True)
class _Known:
    """What earlier readings and people left of a document."""

    document: StoredDocument | None
    milestones: tuple[Milestone, ...]
    recalled: Recalled

    def stated(self) -> list[Milestone]:
        """Those that the extraction states itself: of a series the first, and none that a person made of a sighting."""
        made = self.recalled.promoted
        return [one for one in self.milestones if one.stated and one.id not in made and one.series in (None, one.id)]

    def members(self, head: Milestone) -> list[Milestone]:
        """The open later occurrences of a series."""
        return [one for one in self.milestones if one.series == head.id != one.id and not one.closed]


def ingest(
    engine: Engine,
    source: Source,
    extraction: Extraction,
    *,
    today: date,
    now: datetime,
    actor: str,
    dry_run: bool = False,
    new_uid: Callable[[], str] = lambda: str(uuid4()),
) -> Report:
    """Stores what was read from `source` and reconciles it with what is known, in one transaction.

    Entries hold from the publication date, but not from a day after `today` (a month stands for its last day, which
    may be still to come); withdrawals and restorations hold from `today`, tracking begins on `today`, and occurrences
    of series are opened up to `today`. The document is known again by `source.key`. A dry run writes nothing. Raises
    DatabaseError, and leaves the former state then.
    """
    with (store.reading if dry_run else store.writing)(engine) as db:
        known = _read(db, source, extraction)
        extraction = known.recalled.extraction
        names = dict.fromkeys(name for one in extraction.commitments for name in one.agencies)
        pairs = match(extraction.commitments, known.stated())
        changes = reconcile(extraction.commitments, known.stated(), pairs) + _promoted_changes(known)
        report = _report(known, source, extraction, changes, dry_run)
        if dry_run:
            return report
        reading = _write_document(db, known, source, extraction, report, now)
        next_scan = store.ledger.next_scan(db, today, now)
        called = store.recognition.identify(db, names, source.issuer, source.published, today)
        writer = _Writer(min(source.published, today), today, now, actor, next_scan=next_scan, called=called)
        ids = writer.add(db, source.key, changes, today, new_uid)
        store.milestones.save(db, _moved_along(extraction, pairs, changes, reading is not None), reading=reading)
        writer.amend(db, known, changes, reading)
        opened = open_due(db, day=today, now=now, actor=actor, new_uid=new_uid)
        found = gaps(source.text, store.milestones.of_document(db, source.key))
        return replace(report, added=tuple(ids), opened=tuple(opened), gaps=found)


def withdraw(engine: Engine, key: str, *, day: date, now: datetime, actor: str, reason: str = "") -> list[int]:
    """Withdraws a document from `day`: its open milestones are flagged for the office to decide; returns their ids.

    Reading the document again brings it back. Raises UsageError for an unknown key.
    """
    with store.writing(engine) as db:
        document = store.documents.get(db, key)
        writer = _Writer(day, day, now, actor, reason)
        found = [one for one in store.milestones.of_document(db, key) if can_withdraw(one)]
        changed = [writer.record(one, replace(one, withdrawn=True), "withdrawn") for one in found]
        store.documents.withdraw(db, document.id, day)
        store.milestones.save(db, [milestone for milestone, _ in changed])
        store.history.append(db, [entry for _, entry in changed])
        return [milestone.id for milestone in found]


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes entries of one instant and actor, which hold from `day`.

    That something is gone from a document, or back in it, holds from the day on which that was seen, `today`. `called`
    maps the names that the document writes to those of the agencies.
    """

    day: date
    today: date
    now: datetime
    actor: str
    reason: str = ""
    next_scan: date | None = None
    called: Mapping[str, str] = field(default_factory=dict)

    def add(
        self, db: Connection, key: str, changes: Sequence[Change], tracked_from: date, new_uid: Callable[[], str]
    ) -> list[int]:
        """Stores a milestone for each Added, in their order; returns the ids."""
        new = [change.commitment for change in changes if isinstance(change, Added)]
        drafts = [renamed(from_commitment(one, document=key, tracked_from=tracked_from), self.called) for one in new]
        ids = store.milestones.insert(db, drafts, new_uid=new_uid, now=self.now)
        entries = [
            added(id, draft, action="added", day=self.day, at=self.now, actor=self.actor)
            for id, draft in zip(ids, drafts, strict=True)
        ]
        store.history.append(db, entries)
        return ids

    def amend(self, db: Connection, known: _Known, changes: Sequence[Change], reading: int | None) -> None:
        """Stores what the other changes alter."""
        changed = [one for change in changes for one in self.amended(known, change)]
        store.milestones.save(db, [milestone for milestone, _ in changed], reading=reading)
        store.history.append(db, [entry for _, entry in changed])

    def record(self, before: Milestone, after: Milestone, action: Action) -> tuple[Milestone, Entry]:
        day = self.day if before.withdrawn == after.withdrawn else self.today
        words: dict[str, Any] = {"day": day, "at": self.now, "actor": self.actor, "reason": self.reason}
        return recorded(before, after, action=action, next_scan=self.next_scan, **words)

    def amended(self, known: _Known, change: Change) -> list[tuple[Milestone, Entry]]:
        """The milestones that a change alters: the one itself, and the open later occurrences of its series."""
        if isinstance(change, Added):
            return []
        before, action = change.milestone, ACTIONS[type(change).__name__]
        members = known.members(before)
        if isinstance(change, Withdrawn):
            gone = [before, *(one for one in members if not one.withdrawn)]
            return [self.record(one, replace(one, withdrawn=True), action) for one in gone]
        found = [self.record(before, self.followed(before, change.commitment, change.fields), action)]
        for member in members:  # a later occurrence keeps its own days
            if member.stated:
                said = replace(change.commitment, due=member.stated.due, begin=member.stated.begin)
                if (altered := compare(said, member)) and not isinstance(altered, Added | Withdrawn):
                    found.append(self.record(member, self.followed(member, said, altered.fields), action))
        return found

    def followed(self, milestone: Milestone, said: Commitment, fields: Collection[str]) -> Milestone:
        """The milestone as the document has it now, its agencies under their own names."""
        after = follow(milestone, renamed(said, self.called), fields)
        return replace(after, stated=restated(said, milestone))


def _read(db: Connection, source: Source, extraction: Extraction) -> _Known:
    document = store.documents.find(db, source.key)
    milestones = store.milestones.of_document(db, source.key) if document else ()
    recalled = recall(db, document.id if document else None, source.text, extraction)
    return _Known(document, tuple(milestones), recalled)


def _promoted_changes(known: _Known) -> list[Change]:
    """A milestone that a person made of a sighting is withdrawn and restored with that sighting."""
    found: list[Change] = []
    for milestone in known.milestones:
        if milestone.id in known.recalled.promoted and milestone.stated:
            seen = milestone.id in known.recalled.milestones
            if not seen and can_withdraw(milestone):
                found.append(Withdrawn(milestone))
            elif seen and milestone.withdrawn:
                found.append(Restored(milestone, milestone.stated, ()))
    return found


def _report(known: _Known, source: Source, extraction: Extraction, changes: Sequence[Change], dry_run: bool) -> Report:
    fates = [sighting.fate for sighting in extraction.sightings]
    waiting = [sighting for sighting in extraction.sightings if sighting.fate == "waiting"]
    document = known.document
    drafts: list[Draft] = [
        from_commitment(one.commitment, document=source.key, tracked_from=source.published)
        for one in changes
        if isinstance(one, Added)
    ]
    return Report(
        key=source.key,
        title=source.title,
        new=document is None,
        same_text=document is not None
        and (document.sha256, document.title, document.published) == (_sha256(source), source.title, source.published),
        changes=tuple(changes),
        counts=MentionCounts(fates.count("tracked"), fates.count("set-aside"), len(waiting)),
        review=tuple(one for one in extraction.commitments if one.review),
        waiting=tuple(waiting),
        problems=extraction.problems,
        dry_run=dry_run,
        gaps=gaps(source.text, [*known.milestones, *drafts]),
    )


def _write_document(
    db: Connection, known: _Known, source: Source, extraction: Extraction, report: Report, now: datetime
) -> int | None:
    """Stores the document and, unless its text is the same, the reading, whose id is returned."""
    if known.document is not None and report.same_text:
        store.documents.update(db, known.document.id, source)
        store.sightings.replace(db, known.document.reading, extraction.sightings, known.recalled.milestones)
        return None
    if known.document is None:
        document = store.documents.insert(db, source)
    else:
        document = known.document.id
        store.documents.update(db, document, source)
    reading = store.documents.insert_reading(db, document, source, _sha256(source), extraction.problems, now)
    store.sightings.insert(db, reading, extraction.sightings, known.recalled.milestones)
    return reading


def _moved_along(
    extraction: Extraction, pairs: Sequence[Pair], changes: Sequence[Change], new_text: bool
) -> list[Milestone]:
    """Unchanged milestones whose sentence stands elsewhere in the text now: no news, but their provenance follows."""
    altered = {change.milestone.id for change in changes if not isinstance(change, Added)}
    found = []
    for place, milestone in pairs:
        stated = restated(extraction.commitments[place], milestone)
        if milestone.id not in altered and (new_text or stated != milestone.stated):
            found.append(replace(milestone, stated=stated))
    return found


def _sha256(source: Source) -> str:
    return hashlib.sha256(source.text.encode("utf-8", "surrogatepass")).hexdigest()
