"""What will be told of a milestone, as things stand in the database."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.engine import Connection

from .. import store
from ..config import Config
from ..milestones import Milestone
from ..milestones.agencies import of_members
from ..milestones.sameness import as_one
from ..reminders import Coming, Known, foresee
from . import superseding
from .circumstances import circumstances

NOBODY = ""


def foreseen(
    db: Connection, milestone: Milestone, milestones: Sequence[Milestone], config: Config, today: date
) -> tuple[tuple[str, Coming], ...]:
    """What every agency will be told, from what the scan of `today` has not told yet; a group's members in its place.

    `milestones` are all of that day; what is told of a duty is told of each of its milestones. Under no name where
    nobody answers for the milestone: no budget holds that.
    """
    rules, groups = config.rules, store.agencies.members(db)
    every = as_one(of_members(milestones, groups))
    told = next(one for one in every if milestone.id in (one.id, *one.beside))
    telling = store.ledger.last_telling(db, today, rules.calendar)
    if not told.agencies:
        nobodys = replace(told, agencies=(NOBODY,))
        heard = Known(decided={(told.id, NOBODY): telling[0]} if telling else {})
        return tuple(foresee(nobodys, [nobodys], replace(rules, weekly_budget=0), today, heard))
    known = circumstances(
        db,
        config,
        store.agencies.listed(db),
        today=today,
        told_by=today,
        last_telling=telling and telling[0],
        untold=superseding.read(db, config.channel, today),
    )
    return tuple(foresee(told, every, rules, today, known))
