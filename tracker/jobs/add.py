"""What people add: a milestone by hand, and one made of a date expression that the extraction did not take for one."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.engine import Connection, Engine

from .. import store
from ..commitments import Commitment, Target
from ..documents import Item, heal, outline, simplified
from ..errors import UsageError
from ..milestones import Draft, Milestone, Status
from ..milestones.drafts import first_of_series
from ..milestones.recording import added
from ..milestones.titles import title as short
from ..store.sightings import StoredSighting
from ..timex import Precision
from .decide import RESPONSIBLE, refuse_unknown, with_fields
from .fitting import fitting, refuse_unfitting


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A milestone that a person asks for. `document` is the key of one that was read, None for none."""

    title: str
    due: date | None
    agencies: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    begin: date | None = None
    precision: Precision | None = None
    recurrence: str | None = None
    rrule: str | None = None
    targets: tuple[Target, ...] = ()
    document: str | None = None
    item: str | None = None
    item_title: str | None = None


@dataclass(frozen=True, slots=True)
class _Words:
    day: date
    by: str
    now: datetime
    reason: str
    note: str


def add(
    engine: Engine,
    wanted: Wanted,
    *,
    day: date,
    by: str,
    now: datetime,
    reason: str = "",
    note: str = "",
    new_uid: Callable[[], str] = lambda: str(uuid4()),
) -> Milestone:
    """Adds a milestone by hand; it is tracked from `day`, and a reading of its document never touches it.

    Raises UsageError for an unknown document or recurrence, DatabaseError.
    """
    with store.writing(engine) as db:
        if wanted.document is not None:
            store.documents.get(db, wanted.document)
        try:
            draft = first_of_series(_draft(wanted, day))
        except ValueError as error:
            raise UsageError(f"{error}; known are DAILY, WEEKLY, MONTHLY, QUARTERLY, HALF-YEARLY, YEARLY") from error
        return _insert(db, draft, _Words(day, by, now, reason, note), new_uid)


def promote(
    engine: Engine,
    sighting: int,
    changes: Mapping[str, Any] | None = None,
    *,
    day: date,
    by: str,
    now: datetime,
    reason: str = "",
    new_uid: Callable[[], str] = lambda: str(uuid4()),
) -> Milestone:
    """Makes a milestone of a date expression that was set aside or waits.

    `changes` maps some of `decide.EDITABLE` to values; the rest follows from the words (the last day that they allow)
    and from the item (the agencies of its other milestones). A reading that no longer has these words flags the
    milestone as withdrawn. Raises UsageError for an unknown sighting, or one that is tracked already.
    """
    given = dict(changes or {})
    refuse_unknown(given)
    if not fitting([sighting]):
        raise UsageError(f"no date expression has the id {sighting}")
    with store.writing(engine) as db:
        seen = store.sightings.get(db, sighting)
        if seen.fate == "tracked":
            of = f"milestone {seen.milestone}" if seen.milestone else "part of a tracked commitment"
            another = f"`tracker add --document {seen.document} --due DATE` adds another day of it"
            raise UsageError(f"this date expression is {of} already; {another}")
        draft = with_fields(_draft(_wanted(db, seen), day), given)
        draft = replace(draft, stated=_stated(draft, seen), decided=tuple(sorted(given)))
        milestone = _insert(db, draft, _Words(day, by, now, reason, ""), new_uid)
        store.sightings.promote(db, sighting, milestone.id)
        return milestone


def sibling(milestones: Iterable[Milestone], item: Item) -> Milestone | None:
    """The first of a document's milestones in an item: who answers for it answers for the whole item."""
    own = (item.number, item.title or "")
    return next(
        (one for one in milestones if item.number and (one.item, simplified(one.item_title or "")) == own), None
    )


def _wanted(db: Connection, seen: StoredSighting) -> Wanted:
    healed = heal(simplified(store.documents.text(db, seen.document)))
    item = outline(healed.text).item_at(healed.healed(seen.start))
    model = sibling(store.milestones.of_document(db, seen.document), item)
    return Wanted(
        title=short(seen.context, seen.quote),
        due=seen.due,
        begin=seen.begin if seen.role == "window" else None,
        precision=seen.precision,
        document=seen.document,
        item=seen.item,
        item_title=model.item_title if model else item.title,
        **{name: getattr(model, name) for name in RESPONSIBLE if model},
    )


def _draft(wanted: Wanted, day: date) -> Draft:
    draft = Draft(
        document=wanted.document,
        item=wanted.item,
        item_title=wanted.item_title,
        title=wanted.title,
        kind="recurrence" if wanted.recurrence else "window" if wanted.begin else "deadline",
        due=wanted.due,
        begin=wanted.begin,
        baseline_due=wanted.due,
        precision=wanted.precision,
        recurrence=wanted.recurrence,
        rrule=wanted.rrule,
        agencies=(),
        lead=(),
        support=(),
        targets=wanted.targets,
        status=Status.OPEN,
        closed_on=None,
        tracked_from=day,
        withdrawn=False,
        decided=(),
    )
    return with_fields(draft, {name: getattr(wanted, name) for name in RESPONSIBLE})


def _stated(draft: Draft, seen: StoredSighting) -> Commitment:
    """A sighting as a commitment: so its sentence and its words can be shown like any other's."""
    return Commitment(
        item=draft.item,
        item_title=draft.item_title,
        section="other",
        quote=seen.context,
        start=seen.start,
        stop=seen.stop,
        timex=seen.quote,
        due=seen.due,
        begin=draft.begin,
        precision=seen.precision,
        recurrence=None,
        rrule=None,
        year_from=None,
        assumed=(),
        rows=(),
        agencies=draft.agencies,
        lead=draft.lead,
        support=draft.support,
        extent=seen.context,
        targets=draft.targets,
        kind=draft.kind,
        confidence="low",
        review=(),
    )


def _insert(db: Connection, draft: Draft, words: _Words, new_uid: Callable[[], str]) -> Milestone:
    refuse_unfitting(draft, words.by, words.reason, words.note)
    (id,) = store.milestones.insert(db, [draft], new_uid=new_uid, now=words.now)
    entry = added(
        id, draft, action="added", day=words.day, at=words.now, actor=words.by, reason=words.reason, note=words.note
    )
    store.history.append(db, [entry])
    return store.milestones.by_ids(db, [id])[id]
