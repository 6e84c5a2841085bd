"""One duty that several milestones state: what may be one, and what the office says of it. Each answer is recorded."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.engine import Connection, Engine

from .. import store
from ..errors import UsageError
from ..milestones import Action, Milestone
from ..milestones.recording import recorded
from ..milestones.sameness import Suggestion, suggestions
from .fitting import fitting, refuse_nul


def suggested(engine: Engine) -> list[Suggestion]:
    """What may be one duty, without those of which the office said that they are duties of their own."""
    with store.reading(engine) as db:
        return suggestions(store.open_milestones(db), store.history.last_of(db, "split", ("joined", "split")))


def duties(engine: Engine) -> list[list[Milestone]]:
    """The milestones of each duty that the office confirmed, by their ids."""
    found: dict[int, list[Milestone]] = defaultdict(list)
    with store.reading(engine) as db:
        for one in store.milestones.of_duties(db):
            assert one.duty is not None  # that is what was asked for
            found[one.duty].append(one)
    return [found[duty] for duty in sorted(found)]


def confirm(
    engine: Engine, ids: Sequence[int], *, day: date, by: str, now: datetime, reason: str = ""
) -> list[Milestone]:
    """Makes milestones one duty, with all that is one with any of them already; returns all of it.

    Raises UsageError for unknown ids, for less than two, for a closed one, and where they are one duty already.
    """
    refuse_nul([reason, by])
    with store.writing(engine) as db:
        named = _known(db, ids)
        if len(named) < 2:
            raise UsageError("a duty is said twice by two milestones at least: name their ids")
        for one in named:
            if one.closed:
                raise UsageError(
                    f"milestone {one.id} was {one.status} on {one.closed_on}: there is nothing to remind of"
                )
        every = _with_their_duties(db, named)
        duty = min(one.id for one in every)
        changed = [one for one in every if one.duty != duty]
        if not changed:
            raise UsageError(f"{', '.join(str(one.id) for one in named)} are one duty already; nothing was changed")
        _write(db, changed, duty, "joined", day=day, at=now, actor=by, reason=reason)
        return list(store.milestones.by_ids(db, [one.id for one in every]).values())


def split(engine: Engine, id: int, *, day: date, by: str, now: datetime, reason: str = "") -> list[Milestone]:
    """Makes a milestone a duty of its own, which is not suggested again; returns it and those that it leaves behind.

    Where only one is left of the duty, that is one of its own too. Raises UsageError for an unknown id, and for one of
    which that was said already.
    """
    refuse_nul([reason, by])
    with store.writing(engine) as db:
        (one,) = _known(db, [id])
        if one.duty is None and id in store.history.last_of(db, "split", ("joined", "split")):
            raise UsageError(f"milestone {id} is a duty of its own already; nothing was changed")
        left = [other for other in _with_their_duties(db, [one]) if other.id != id]
        words: dict[str, Any] = {"day": day, "at": now, "actor": by, "reason": reason}
        _write(db, [one], None, "split", **words)
        if len(left) == 1:
            _write(db, left, None, "split", **words)
        elif left and one.duty == id:
            _write(db, left, min(other.id for other in left), "joined", **words)
        return list(store.milestones.by_ids(db, [id, *(other.id for other in left)]).values())


def rest_of(engine: Engine, ids: Sequence[int]) -> list[Milestone]:
    """The open milestones that are one duty with some of those named, without those; unknown ids have none."""
    with store.reading(engine) as db:
        named = list(store.milestones.by_ids(db, fitting(ids)).values())
        return [one for one in _with_their_duties(db, named) if one.id not in ids and not one.closed]


def _known(db: Connection, ids: Sequence[int]) -> list[Milestone]:
    wanted = list(dict.fromkeys(ids))
    found = store.milestones.by_ids(db, fitting(wanted))
    missing = [str(id) for id in wanted if id not in found]
    if missing:
        raise UsageError(f"no milestone has the id {', '.join(missing)}; nothing was changed")
    return [found[id] for id in wanted]


def _with_their_duties(db: Connection, named: Sequence[Milestone]) -> list[Milestone]:
    """Those named, and all that are one duty with one of them, by id."""
    numbers = {one.duty for one in named if one.duty is not None}
    others = store.milestones.of_duties(db, numbers) if numbers else []
    return sorted({one.id: one for one in (*named, *others)}.values(), key=lambda one: one.id)


def _write(db: Connection, milestones: Sequence[Milestone], duty: int | None, action: Action, **words: Any) -> None:
    """Records it, also where the milestone was of no duty before: that a person said so must be known."""
    written = [
        recorded(one, replace(one, duty=duty), action=action, confirmed=("duty",), **words) for one in milestones
    ]
    store.milestones.save(db, [milestone for milestone, _ in written])
    store.history.append(db, [entry for _, entry in written])
