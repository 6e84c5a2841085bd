"""Whose calendar: an agency's, a pilot's, or the office's own, and what stands in it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.engine import Engine

from .. import ics, store
from ..config import Config
from ..errors import UsageError
from ..milestones import Milestone
from . import look


@dataclass(frozen=True, slots=True)
class Whose:
    """Which milestones: of an agency under all `names` it answers to (its own first), of an item; both may be empty.

    `ids`, where there are any, are those that are left of them by other filters.
    """

    office: str
    names: tuple[str, ...] = ()
    item: str = ""
    ids: frozenset[int] | None = None

    def __call__(self, milestone: Milestone) -> bool:
        """Whether a milestone is one of them."""
        own = not self.names or not set(self.names).isdisjoint(milestone.agencies)
        return own and (not self.item or milestone.item == self.item) and (self.ids is None or milestone.id in self.ids)

    @property
    def who(self) -> str:
        """The agency, the item or both; the office where it is neither."""
        words = [*self.names[:1], f"第{self.item}项" if self.item else ""]
        return "·".join(filter(None, words)) or self.office

    @property
    def title(self) -> str:
        """What the calendar is called."""
        return f"{self.who}·到期事项"


def whose(engine: Engine, config: Config, agency: str | None, item: str | None) -> Whose:
    """The milestones of an agency, of an item, of both, or all. Raises UsageError for a name or item nobody knows."""
    names = look.answering(engine, agency) if agency else []
    if item is not None:
        with store.reading(engine) as db:
            known = {one.item for one in store.milestones.all_milestones(db)}
        if item not in known:
            raise UsageError(f"no milestone is of item {item}; `tracker list --all` shows the items")
    return Whose(config.office.name, tuple(names), item or "")


def as_file(milestones: list[Milestone], of: Whose, config: Config, *, today: date, as_todo: bool) -> bytes:
    """The calendar as one file."""
    return ics.calendar(
        milestones,
        of.title,
        mine=of,
        today=today,
        rules=config.rules,
        as_todo=as_todo,
        office=config.office.name,
        office_email=config.office.email,
    )
