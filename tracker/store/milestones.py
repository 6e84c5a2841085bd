"""The milestones. Every question is answered with two or three queries, however many milestones there are."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..commitments import Commitment, Target
from ..milestones import Claim, Deferral, Draft, Entry, Gauge, Milestone, Slip, Status, replay
from ..milestones.agencies import renamed
from . import agencies, history, naming, schema
from . import rows as rows_of

TABLE = schema.milestones.c
PLAIN = (  # stored as they are
    "item",
    "item_title",
    "title",
    "kind",
    "due",
    "begin",
    "baseline_due",
    "precision",
    "recurrence",
    "rrule",
    "closed_on",
    "tracked_from",
    "moved_on",
    "withdrawn",
    "series",
    "occurrence",
    "grade",
    "forecast",
    "answer",
    "answered_on",
    "superseded_by",
    "ended_by",
    "duty",
)


def open_milestones(db: Connection) -> list[Milestone]:
    """Those neither completed nor cancelled, by id."""
    return _load(db, TABLE.status.in_((Status.OPEN, Status.CLAIMED)))


def all_milestones(db: Connection) -> list[Milestone]:
    """Every milestone, closed ones included, by id."""
    return _load(db, sa.true())


def of_agency(db: Connection, agency: int, closed_since: date) -> list[Milestone]:
    """Those of one agency (its id), or a group with it, that are open, or were closed on a day or later, by id; with
    them those that are one duty with such a one."""
    link, groups = schema.milestone_agencies.c, naming.agency_members.c
    within = sa.select(groups.group_id).where(groups.member_id == agency)
    answers = sa.or_(link.agency_id == agency, link.agency_id.in_(within))
    its = sa.select(link.milestone_id).where(answers)
    duties = sa.select(TABLE.duty).where(TABLE.id.in_(its), TABLE.duty.is_not(None))
    own = sa.or_(TABLE.id.in_(its), TABLE.duty.in_(duties))
    open_ones = TABLE.status.in_((Status.OPEN, Status.CLAIMED))
    return _load(db, sa.and_(own, sa.or_(open_ones, TABLE.closed_on >= closed_since)))


def by_ids(db: Connection, ids: Collection[int]) -> dict[int, Milestone]:
    """The milestones with these ids; unknown ids are left out."""
    return {milestone.id: milestone for milestone in _load(db, TABLE.id.in_(ids))}


def first_uid(db: Connection) -> str:
    """The uid of the first milestone that was ever stored, which tells one database from another; "" for none."""
    return db.execute(sa.select(TABLE.uid).order_by(TABLE.id).limit(1)).scalar() or ""


def every_id(db: Connection) -> list[int]:
    """The ids of all milestones, in order."""
    return list(db.execute(sa.select(TABLE.id).order_by(TABLE.id)).scalars())


def open_ids(db: Connection) -> frozenset[int]:
    """The ids of those neither completed nor cancelled."""
    return frozenset(db.execute(sa.select(TABLE.id).where(TABLE.status.in_((Status.OPEN, Status.CLAIMED)))).scalars())


def by_uid(db: Connection, beginning: str) -> list[tuple[int, str, str]]:
    """The id, uid and title of each milestone whose uid begins so, by id."""
    query = sa.select(TABLE.id, TABLE.uid, TABLE.title).where(TABLE.uid.startswith(beginning, autoescape=True))
    return [(row.id, row.uid, row.title) for row in db.execute(query.order_by(TABLE.id))]


def of_document(db: Connection, key: str) -> list[Milestone]:
    """Every milestone of a document, by id."""
    return of_documents(db, [key])


def of_documents(db: Connection, keys: Collection[str]) -> list[Milestone]:
    """Every milestone of some documents, by id."""
    return _load(db, _in_documents(keys))


def in_series(db: Connection, keys: Collection[str] | None = None) -> list[Milestone]:
    """Every occurrence of every series, or of those of the documents with these keys, by id."""
    some = sa.true() if keys is None else _in_documents(keys)
    return _load(db, sa.and_(TABLE.series.is_not(None), some))


def of_duties(db: Connection, duties: Collection[int] | None = None) -> list[Milestone]:
    """The milestones that are one duty with others, of some duties or of all, by id."""
    return _load(db, TABLE.duty.is_not(None) if duties is None else TABLE.duty.in_(duties))


def as_of(db: Connection, day: date) -> list[Milestone]:
    """The table as it stood on `day`, closed ones included, by id: only milestones with later entries are replayed.

    An agency that was known by another name then has the one that it has now.
    """
    entry = schema.history.c
    later = sa.select(entry.milestone_id).where(entry.day > day)
    entries: dict[int, list[Entry]] = defaultdict(list)
    for one in history.load(db, entry.milestone_id.in_(later)):
        entries[one.milestone].append(one)
    found = (
        replay(milestone, entries[milestone.id], day) if milestone.id in entries else milestone
        for milestone in all_milestones(db)
    )
    names = agencies.names(db)
    return [renamed(milestone, names) for milestone in found if milestone is not None]


def insert(db: Connection, drafts: Sequence[Draft], *, new_uid: Callable[[], str], now: datetime) -> list[int]:
    """Stores drafts and returns their ids, in the same order. A draft with an occurrence but no series heads its own.

    Agencies nobody named before are added; `document` must be stored already.
    """
    if not drafts:
        return []
    documents = _documents(db, {draft.document for draft in drafts if draft.document is not None})
    rows = []
    for draft in drafts:
        document, reading = documents[draft.document] if draft.document is not None else (None, None)
        fresh = {"uid": new_uid(), "sequence": 0, "modified": now, "document_id": document, "reading_id": reading}
        rows.append(_columns(draft) | fresh)
    ids = rows_of.insert(db, schema.milestones, rows, key=("uid",))
    drafted = list(zip(ids, drafts, strict=True))
    heads = [{"head": id} for id, draft in drafted if draft.series is None and draft.occurrence is not None]
    if heads:
        this: sa.BindParameter[int] = sa.bindparam("head")
        db.execute(sa.update(schema.milestones).where(TABLE.id == this).values(series=this), heads)
    _insert_agencies(db, drafted)
    return ids


def save(db: Connection, milestones: Sequence[Milestone], *, readings: Mapping[str, int] | None = None) -> None:
    """Writes the current state of stored milestones; `readings` are the texts that `stated` points into by the keys of
    documents, where they changed: a withdrawn one stands in the text that had it last."""
    if not milestones:
        return
    new = readings or {}
    rows = [
        _columns(one)
        | {"this": one.id, "sequence": one.sequence, "modified": one.modified}
        | {"reading": None if one.withdrawn else new.get(one.document or "")}
        for one in milestones
    ]
    fields: dict[str, Any] = {name: sa.bindparam(name) for name in rows[0] if name not in ("this", "reading")}
    fields["reading_id"] = sa.func.coalesce(sa.bindparam("reading", type_=sa.Integer), TABLE.reading_id)
    db.execute(sa.update(schema.milestones).where(TABLE.id == sa.bindparam("this")).values(fields), rows)
    mine = schema.milestone_agencies.c.milestone_id == sa.bindparam("this")
    db.execute(sa.delete(schema.milestone_agencies).where(mine), [{"this": one.id} for one in milestones])
    _insert_agencies(db, [(one.id, one) for one in milestones])


def _insert_agencies(db: Connection, milestones: Iterable[tuple[int, Draft]]) -> None:
    listed = [(id, one) for id, one in milestones if one.agencies]
    ids = agencies.resolve(db, (name for _, one in listed for name in one.agencies))
    rows: dict[tuple[int, int], dict[str, Any]] = {}
    for id, one in listed:
        for position, name in enumerate(one.agencies):
            flags = {"position": position, "lead": name in one.lead, "support": name in one.support}
            # A name and its alias are one agency: the first mention counts.
            rows.setdefault((id, ids[name]), {"milestone_id": id, "agency_id": ids[name], **flags})
    if rows:
        db.execute(sa.insert(schema.milestone_agencies), list(rows.values()))


def _documents(db: Connection, keys: Collection[str]) -> dict[str, tuple[int, int | None]]:
    """For each key the document's id and that of its latest reading."""
    query = (
        sa.select(schema.documents.c.key, schema.documents.c.id, sa.func.max(schema.readings.c.id))
        .outerjoin_from(schema.documents, schema.readings)
        .where(schema.documents.c.key.in_(keys))
        .group_by(schema.documents.c.key, schema.documents.c.id)
    )
    return {key: (document, reading) for key, document, reading in db.execute(query)}


def _columns(draft: Draft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in PLAIN} | {
        "targets": msgspec.to_builtins(draft.targets),
        "status": draft.status.value,
        "decided": list(draft.decided),
        "remind": list(draft.remind),
        "acknowledged": msgspec.to_builtins(draft.acknowledged),
        "claims": msgspec.to_builtins(draft.claims),
        "gauges": msgspec.to_builtins(draft.gauges),
        "asked": None if draft.asked is None else msgspec.to_builtins(draft.asked),
        "slips": msgspec.to_builtins(draft.slips),
        "waits_for": list(draft.waits_for),
        "stated": None if draft.stated is None else msgspec.to_builtins(draft.stated),
    }


def _in_documents(keys: Collection[str]) -> sa.ColumnElement[bool]:
    """By their ids: a condition on the key, beyond an outer join, would be tried on every milestone."""
    document = schema.documents.c
    return TABLE.document_id.in_(sa.select(document.id).where(document.key.in_(keys)))


def _load(db: Connection, where: sa.ColumnElement[bool]) -> list[Milestone]:
    joined = schema.milestones.outerjoin(schema.documents)
    query = (
        sa.select(
            *(column for column in TABLE if column.name not in ("document_id", "reading_id")),
            schema.documents.c.key.label("document"),
            schema.documents.c.title.label("document_title"),
            sa.func.nullif(schema.documents.c.url, "").label("document_url"),
        )
        .select_from(joined)
        .where(where)
        .order_by(TABLE.id)
    )
    link = schema.milestone_agencies.c
    named = (
        sa.select(link.milestone_id, schema.agencies.c.name, link.lead, link.support)
        .select_from(joined.join(schema.milestone_agencies).join(schema.agencies))
        .where(where)
        .order_by(link.milestone_id, link.position)
    )
    responsible: dict[int, list[tuple[str, bool, bool]]] = defaultdict(list)
    for id, name, lead, support in db.execute(named):
        responsible[id].append((name, lead, support))
    return [_milestone(row, responsible.get(row.id, ())) for row in db.execute(query)]


def _milestone(row: Any, responsible: Sequence[tuple[str, bool, bool]]) -> Milestone:
    found = dict(row._mapping)
    return Milestone(
        **(
            found
            | {
                "agencies": tuple(name for name, _, _ in responsible),
                "lead": tuple(name for name, lead, _ in responsible if lead),
                "support": tuple(name for name, _, support in responsible if support),
                "targets": tuple(msgspec.convert(target, Target) for target in row.targets),
                "status": Status(row.status),
                "decided": tuple(row.decided),
                "remind": tuple(row.remind),
                "acknowledged": tuple((name, date.fromisoformat(until)) for name, until in row.acknowledged),
                "claims": msgspec.convert(row.claims, tuple[Claim, ...]),
                "gauges": msgspec.convert(row.gauges, tuple[Gauge, ...]),
                "asked": None if row.asked is None else msgspec.convert(row.asked, Deferral),
                "slips": msgspec.convert(row.slips, tuple[Slip, ...]),
                "waits_for": tuple(row.waits_for),
                "stated": None if row.stated is None else msgspec.convert(row.stated, Commitment),
            }
        )
    )
