"""Whether a milestone is what its history makes of it: the fold of all its entries, from nothing on."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import msgspec

from .agencies import latest, renamed
from .reconcile import SCHEDULE, WORDING
from .recording import KEPT, NOTHING, RECORDED
from .replay import STATED, with_values
from .values import Entry, Milestone

Called = Callable[[str, Sequence[str]], str]  # what an agency of a name is called now, one of several being likely


@dataclass(slots=True)
class Told:
    """What the entries of a milestone say of it: the last value of each field, and when it was changed last."""

    state: dict[str, Any] = field(default_factory=dict)
    at: datetime | None = None

    def add(self, entry: Entry) -> None:
        """Goes on with the next entry."""
        self.state |= {name: after for name, (_, after) in (entry.changes | entry.along).items()}
        if entry.action != "remarked":  # of which a milestone keeps nothing
            self.at = entry.at


def differing(milestone: Milestone, told: Told, called: Called) -> list[str]:
    """The fields of a milestone that are not what its history says; [] where all are.

    Entries from before the chain do not say what the program keeps of a milestone: that is not compared then.
    """
    try:
        expected = with_values(milestone, told.state)
    except (msgspec.ValidationError, ValueError, TypeError):
        return ["history"]
    named = {name for part in ("agencies", "lead", "support") for name in getattr(expected, part)}
    named |= {name for name, _ in expected.acknowledged} | {claim.agency for claim in expected.claims}
    expected = renamed(expected, {name: called(name, milestone.agencies) for name in named})
    expected = replace(expected, acknowledged=latest(expected.acknowledged), modified=told.at or milestone.modified)
    found = replace(milestone, acknowledged=latest(milestone.acknowledged))
    return [
        *_unlike(expected, found, (*RECORDED, *KEPT, "modified")),
        *_untold(milestone, told),
        *_unsaid(expected, found),
    ]


def _unlike(expected: Any, found: Any, names: Iterable[str]) -> list[str]:
    return [name for name in names if getattr(expected, name) != getattr(found, name)]


def _untold(milestone: Milestone, told: Told) -> list[str]:
    """Fields that say something of which no entry ever said anything."""
    return [name for name in RECORDED if name not in told.state and getattr(milestone, name) not in NOTHING]


def _unsaid(expected: Milestone, found: Milestone) -> list[str]:
    """What the document says, as far as entries tell it."""
    if expected.stated is None or found.stated is None:
        return []
    return [STATED + name for name in _unlike(expected.stated, found.stated, SCHEDULE + WORDING)]
