"""Figures of a day: what stands how, for each agency, groups counted for their members."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.engine import Engine

from .. import store
from ..config import Config
from ..milestones.agencies import of_members
from ..milestones.figures import Figures, Placed, figures, slips
from .ledgers import histories
from .look import milestones


@dataclass(frozen=True, slots=True)
class Day:
    """The milestones of a day with their standing, and their figures."""

    placed: tuple[Placed, ...]
    figures: tuple[Figures, ...]


def of_day(engine: Engine, config: Config, *, today: date, agency: str | None = None) -> Day:
    """The figures of `today`, or those of one agency. Raises UsageError for an agency that nobody named."""
    found = milestones(engine, config, today=today)
    with store.reading(engine) as db:
        members, entries = store.agencies.members(db), histories(db)
        name = store.agencies.find(db, agency).name if agency else None
    moved = {id: slips([entry for entry in own if entry.day <= today]) for id, own in entries.items()}
    told = of_members([one.milestone for one in found], members)
    placed = tuple(
        (milestone, one.standing)
        for milestone, one in zip(told, found, strict=True)
        if name is None or name in milestone.agencies
    )
    counted = figures(placed, moved)
    if name is not None:
        counted = [one for one in counted if one.agency == name] or [replace(counted[0], agency=name)]
    return Day(placed, tuple(counted))
