"""Opening the occurrences of recurring commitments when their period begins."""

from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy.engine import Connection

from .. import store
from ..milestones import Draft, Milestone, occurrences
from ..milestones.drafts import from_occurrence
from ..milestones.recording import added


def open_due(
    db: Connection,
    *,
    day: date,
    now: datetime,
    actor: str,
    documents: Collection[str] | None = None,
    new_uid: Callable[[], str] = lambda: str(uuid4()),
) -> list[int]:
    """Opens every occurrence whose period has begun by `day`, whether or not the former one was closed; returns ids.

    `documents` are the keys of those whose series are meant, None for all.
    A series opens no more once the document has withdrawn it, or a person has cancelled its first or newest occurrence.
    """
    drafts = [draft for series in _series(db, documents) for draft in _due(series, day)]
    ids = store.milestones.insert(db, drafts, new_uid=new_uid, now=now)
    entries = [
        # It is open from the first day of its period, on whatever day that was noticed.
        added(id, draft, action="opened", day=draft.occurrence or day, at=now, actor=actor)
        for id, draft in zip(ids, drafts, strict=True)
    ]
    store.history.append(db, entries)
    return ids


def _series(db: Connection, documents: Collection[str] | None) -> list[list[Milestone]]:
    found: dict[int, list[Milestone]] = defaultdict(list)
    for milestone in store.milestones.in_series(db, documents):
        found[milestone.series or milestone.id].append(milestone)
    return [sorted(members, key=lambda one: one.occurrence or date.min) for members in found.values()]


def _due(members: list[Milestone], day: date) -> list[Draft]:
    head = next(member for member in members if member.heads_series)
    newest = members[-1]
    if not occurrences.goes_on(head, newest):
        return []
    known = {member.occurrence for member in members if member.occurrence}
    return [from_occurrence(head, newest, occurrence) for occurrence in occurrences.due_to_open(head, known, day)]
