"""What agencies ask and claim, and what the office answers: closing in two steps, deferrals, waiting, forecasts.

As in `decide`: each is one transaction, all of it or nothing; UsageError for what the state of a milestone forbids.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.engine import Connection, Engine

from .. import store
from ..errors import UsageError
from ..milestones import Action, Claim, Gauge, Milestone, life
from ..milestones.agencies import of_members
from ..store.files import File
from .changing import Decision, all_of, change


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody says: from which day on, when and by whom, why, and what proves it."""

    day: date
    by: str
    now: datetime
    reason: str = ""
    note: str = ""
    evidence: str = ""
    files: tuple[File, ...] = ()

    def decided(self, action: Action) -> Decision:
        """Said as a decision."""
        return Decision(
            action, self.day, self.now, self.by, self.reason, self.note, self.evidence, files=self.files
        )  # fmt: skip


def claim(engine: Engine, ids: Sequence[int], agency: str | None, said: Said) -> list[Milestone]:
    """An agency says that it has finished (申请办结); None is whoever alone must say so."""
    told = _as_told(engine, ids)
    name = _own_name(engine, agency) if agency is not None else None
    decision = said.decided("claimed")

    def how(one: Milestone) -> Milestone:
        return life.claimed(one, Claim(name or _alone(told[one.id]), said.day, said.note, decision.proof), told[one.id])

    return change(engine, ids, how, decision)


def verify(engine: Engine, ids: Sequence[int], grade: str | None, said: Said) -> list[Milestone]:
    """The office confirms what was claimed (销号), with a grade or without."""
    told = _as_told(engine, ids)
    return change(engine, ids, lambda one: life.verified(one, grade, told[one.id]), said.decided("verified"))


def give_back(engine: Engine, ids: Sequence[int], said: Said) -> list[Milestone]:
    """The office does not confirm what was claimed (退回); the next digest tells the agencies why."""
    day = _known_from(engine, said)
    return change(engine, ids, lambda one: life.returned(one, said.reason, day), said.decided("returned"))


def defer(engine: Engine, ids: Sequence[int], to: date, said: Said, *, late: bool = False) -> list[Milestone]:
    """Another last day is asked for (延期)."""
    return change(
        engine, ids, lambda one: life.deferral_asked(one, to, said.reason, said.day, late=late),
        said.decided("deferral_asked"),
    )  # fmt: skip


def approve(engine: Engine, ids: Sequence[int], said: Said) -> list[Milestone]:
    """The office moves the last day to the one that was asked for."""
    return change(engine, ids, lambda one: life.deferral_approved(one, said.day), said.decided("deferral_approved"))


def refuse(engine: Engine, ids: Sequence[int], said: Said) -> list[Milestone]:
    """The last day stays; the next digest tells the agencies why."""
    day = _known_from(engine, said)
    return change(
        engine, ids, lambda one: life.deferral_refused(one, said.reason, day), said.decided("deferral_refused")
    )


def block(engine: Engine, ids: Sequence[int], by: Sequence[int], said: Said) -> list[Milestone]:
    """Milestones wait until others are closed; for nothing where none is named. UsageError for a circle of them."""
    with store.writing(engine) as db:
        blockers = all_of(db, by) if by else []
        _refuse_circle(db, ids, blockers)
        return change(db, ids, lambda one: life.waiting(one, blockers), said.decided("blocked"))


def supersede(engine: Engine, ids: Sequence[int], successor: int, said: Said) -> list[Milestone]:
    """Another milestone, which must be there and not be cancelled, takes their place."""
    with store.writing(engine) as db:
        (newer,) = all_of(db, [successor])
        if newer.closed:
            raise UsageError(f"milestone {newer.id} is {newer.status}: it cannot take the place of others")
        return change(
            db, ids, lambda one: life.cancelled(one, said.day, superseded_by=newer.id), said.decided("superseded")
        )


def forecast(engine: Engine, ids: Sequence[int], day: date | None, said: Said) -> list[Milestone]:
    """An agency says when it expects to finish; None takes that back."""
    return change(engine, ids, lambda one: life.expected(one, day), said.decided("forecast"))


def evidence(engine: Engine, prefix: str) -> File:
    """The file of evidence whose hash begins so. Raises UsageError."""
    with store.reading(engine) as db:
        return store.files.get(db, prefix)


def measure(engine: Engine, id: int, gauge: Gauge, said: Said) -> Milestone:
    """What was read of a target. Of the same target and day the later reading takes the place of the former.

    Raises UsageError for a target that the milestone has not.
    """

    def how(one: Milestone) -> Milestone:
        life.refuse_closed(one)
        if not 1 <= gauge.target <= len(one.targets):
            raise UsageError(f"milestone {id} has {len(one.targets)} targets, and no {gauge.target}")
        others = [old for old in one.gauges if (old.target, old.day) != (gauge.target, gauge.day)]
        return replace(one, gauges=tuple(sorted([*others, gauge], key=lambda each: (each.target, each.day))))

    return change(engine, [id], how, said.decided("measured"))[0]


def _as_told(engine: Engine, ids: Sequence[int]) -> dict[int, Milestone]:
    with store.reading(engine) as db:
        return {one.id: one for one in of_members(all_of(db, ids), store.agencies.members(db))}


def _own_name(engine: Engine, agency: str) -> str:
    with store.reading(engine) as db:
        return store.agencies.find(db, agency).name


def _alone(told: Milestone) -> str:
    """The one agency that must say that a milestone is finished."""
    wanted = told.lead or told.agencies
    if len(wanted) != 1:
        raise UsageError(
            f"milestone {told.id}: which agency claims it? --agency names one of {'、'.join(told.agencies)}"
            if wanted
            else f"milestone {told.id} names no agency that could claim it"
        )
    return wanted[0]


def _known_from(engine: Engine, said: Said) -> date:
    """The first day whose scan can tell what is said now."""
    with store.reading(engine) as db:
        return store.ledger.next_scan(db, said.day, said.now)


def _refuse_circle(db: Connection, ids: Sequence[int], blockers: Sequence[Milestone]) -> None:
    wanted, seen = list(blockers), set(ids)
    while wanted:
        one = wanted.pop()
        if one.id in seen & set(ids):
            raise UsageError(f"milestone {one.id} would wait for itself; nothing was changed")
        if one.id not in seen:
            seen.add(one.id)
            wanted += store.milestones.by_ids(db, one.waits_for).values() if one.waits_for else []
