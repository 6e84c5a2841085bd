"""What people decide about milestones: closing, reopening, cancelling, correcting. Each decision is one transaction.

All ids are checked before anything is written: all of a decision is stored, or nothing. `day` is the business day from
which it holds, `now` the instant (UTC), `by` who decides. Every function raises UsageError for an unknown id and for
what the status does not allow, DatabaseError for the database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy.engine import Engine

from .. import store
from ..errors import UsageError
from ..milestones import Draft, Milestone, life
from ..store.files import File
from .changing import Decision, Place, change

EDITABLE = ("title", "due", "begin", "precision", "agencies", "lead", "support", "remind")
RESPONSIBLE = ("agencies", "lead", "support")
AnyDraft = TypeVar("AnyDraft", bound=Draft)


def done(
    engine: Place,
    ids: Sequence[int],
    *,
    day: date,
    by: str,
    now: datetime,
    reason: str = "",
    note: str = "",
    evidence: str = "",
    files: tuple[File, ...] = (),
    as_claimed: bool = False,
) -> list[Milestone]:
    """Completes milestones (销号) on `day`, or with `as_claimed` what was claimed as of its claim: late stays late.

    Of a series this closes the one occurrence.
    """
    decision = Decision("completed", day, now, by, reason, note, evidence, files=files)
    return change(engine, ids, lambda one: life.completed(one, day, as_claimed=as_claimed), decision)


def cancel(
    engine: Place,
    ids: Sequence[int],
    *,
    reason: str,
    day: date,
    by: str,
    now: datetime,
    document: str | None = None,
) -> list[Milestone]:
    """Cancels milestones that need not be met any more, because of a document (its key) or without one.

    A series whose newest occurrence is cancelled opens no more.
    """
    decision = Decision("cancelled", day, now, by, reason)
    return change(engine, ids, lambda one: life.cancelled(one, day, ended_by=document), decision)


def reopen(
    engine: Place, ids: Sequence[int], *, day: date, by: str, now: datetime, reason: str = ""
) -> list[Milestone]:
    """Opens completed or cancelled milestones again."""
    return change(engine, ids, life.reopened, Decision("reopened", day, now, by, reason))


def acknowledge(
    engine: Engine,
    ids: Sequence[int],
    until: date | None,
    *,
    agency: str | None = None,
    day: date,
    by: str,
    now: datetime,
    reason: str = "",
) -> list[Milestone]:
    """Pauses the reminders of milestones (签收) until a day, for one agency or (None) for all; None takes that back."""
    name = _own_name(engine, agency) if agency is not None else ""
    if until is not None and until <= day:
        raise UsageError(f"an acknowledgement until {until} pauses nothing on {day}: name a later day")

    def pause(milestone: Milestone) -> Milestone:
        life.refuse_closed(milestone)
        left = tuple(one for one in milestone.acknowledged if one[1] > day and name not in ("", one[0]))
        if until is None and left == milestone.acknowledged:
            raise UsageError(f"milestone {milestone.id}: nothing was acknowledged, so there is nothing to take back")
        return replace(milestone, acknowledged=(*left, (name, until)) if until else left)

    return change(engine, ids, pause, Decision("acknowledged", day, now, by, reason))


def edit(
    engine: Place, id: int, changes: Mapping[str, Any], *, reason: str, day: date, by: str, now: datetime
) -> Milestone:
    """Corrects a milestone: `changes` maps some of EDITABLE to new values. A later reading leaves these fields alone.

    The baseline due day is never changed, but set where none was recorded. The new leading or supporting agencies take
    the place of the former ones among `agencies`; where `agencies` is given alone, who is left keeps its part.
    The day that it has already confirms it, where the document leaves a doubt or says another.
    """
    refuse_unknown(changes)

    def correct(milestone: Milestone) -> Milestone:
        after = with_fields(milestone, changes)
        altered = {name for name in EDITABLE if getattr(after, name) != getattr(milestone, name)}
        if not altered and not ("due" in changes and (milestone.to_confirm or milestone.apart)):
            raise UsageError(f"milestone {id} says so already; nothing was changed")
        return replace(after, decided=tuple(sorted({*milestone.decided, *altered, *changes})))

    return change(engine, [id], correct, Decision("edited", day, now, by, reason, confirmed=tuple(changes)))[0]


def refuse_unknown(changes: Mapping[str, Any]) -> None:
    """Raises UsageError for a field that nobody can set."""
    unknown = sorted(set(changes) - set(EDITABLE))
    if unknown:
        raise UsageError(f"{', '.join(unknown)} cannot be edited; what can: {', '.join(EDITABLE)}")


def with_fields(draft: AnyDraft, changes: Mapping[str, Any]) -> AnyDraft:
    """`draft` with the fields that a person gives, and with what follows from them. Raises UsageError."""
    given: dict[str, Any] = _of_another_day(draft, changes) | dict(changes)
    given |= {name: tuple(dict.fromkeys(given[name])) for name in RESPONSIBLE if name in given}
    after = replace(draft, **(given | _responsible(draft, given)))
    if not after.title.strip():
        raise UsageError("a milestone needs a title")
    if after.begin is not None and after.due is not None and after.begin > after.due:
        raise UsageError(f"it would begin on {after.begin}, after its last day {after.due}")
    if after.due is not None:
        after = replace(after, baseline_due=after.baseline_due or after.due, precision=after.precision or "day")
    return after


def _of_another_day(draft: Draft, changes: Mapping[str, Any]) -> dict[str, Any]:
    """What follows from another last day: it is exact, and a first day that the words gave cannot lie after it."""
    due = changes.get("due")
    if due is None or due == draft.due:
        return {}
    return {"precision": "day"} | ({"begin": None} if draft.begin and draft.begin > due else {})


def _responsible(draft: Draft, given: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Lead and support are always among the agencies."""
    if not any(name in given for name in RESPONSIBLE):
        return {}
    replaced = {name for part in ("lead", "support") if part in given for name in getattr(draft, part)}
    agencies = given.get("agencies", tuple(name for name in draft.agencies if name not in replaced))
    lead = given.get("lead", draft.lead if "agencies" not in given else _among(draft.lead, agencies))
    support = given.get("support", draft.support if "agencies" not in given else _among(draft.support, agencies))
    listed = (*agencies, *lead, *support) if "agencies" in given else (*lead, *agencies, *support)
    return {"agencies": tuple(dict.fromkeys(listed)), "lead": lead, "support": support}


def _among(names: Sequence[str], agencies: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name in agencies)


def _own_name(engine: Engine, agency: str) -> str:
    with store.reading(engine) as db:
        return store.agencies.find(db, agency).name
