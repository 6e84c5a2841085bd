"""Amendments: what a revised document did to milestones, in the words in which offices speak of it.

The same for a reading that is about to be stored and for the entries that readings left in the history.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from .drafts import from_commitment
from .matching import undated
from .reconcile import Added, Change, Withdrawn
from .recording import RESPONSIBLE, follow
from .replay import Values, with_values
from .values import Action, Draft, Entry, Milestone


class Kind(StrEnum):
    """What was done, the gravest first: the order in which it is told."""

    EARLIER = "earlier"
    DATED = "dated"
    ADDED = "added"
    LATER = "later"
    UNDATED = "undated"
    RECURS = "recurs"
    REASSIGNED = "reassigned"
    REWORDED = "reworded"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"
    KEPT = "kept"
    PLACED = "placed"


ACTIONS: frozenset[Action] = frozenset({"added", "moved", "reworded", "withdrawn", "restored"})  # of documents


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """A milestone before and after a document was revised; `before` is None where it was not there.

    `kinds` is never empty. KEPT is what the document says now and a person had decided otherwise, or closed; PLACED
    another number or title of the item. `day` is the day from which it holds, `document` the key; `stored` is the id of
    one that is new.
    """

    before: Milestone | None
    after: Draft
    kinds: tuple[Kind, ...]
    day: date
    document: str | None
    stored: int | None = None

    @property
    def id(self) -> int | None:
        """The milestone's; None for one that is not stored."""
        return self.before.id if self.before else self.stored

    @property
    def agencies(self) -> tuple[str, ...]:
        """Whom it concerns: who answers for the milestone, and who did before."""
        former = self.before.agencies if self.before else ()
        return tuple(dict.fromkeys((*self.after.agencies, *former)))


def of_changes(changes: Sequence[Change], *, document: str, day: date) -> list[Amendment]:
    """What the changes of a reading do, in their order; what only stands elsewhere does nothing."""
    found = []
    for change in changes:
        before, after = _outcome(change, document, day)
        if kinds := kinds_of(before, after):
            found.append(Amendment(before=before, after=after, kinds=kinds, day=day, document=document))
    return found


def of_entries(milestone: Milestone, entries: Iterable[Entry]) -> Amendment | None:
    """What the readings that wrote `entries` did to a milestone altogether; None where that is nothing.

    `entries` are some of its ACTIONS, oldest first. What people decided in between is on both sides.
    """
    first: Values = {}
    last: Values = {}
    listed = list(entries)
    for entry in listed:
        for name, (was, now) in entry.changes.items():
            first.setdefault(name, was)
            last[name] = now
    new = listed[0].action == "added"
    after = with_values(milestone, last)
    before = None if new else with_values(milestone, first)
    kinds = kinds_of(before, after)
    if not kinds or (new and after.withdrawn):
        return None
    day = listed[-1].day
    return Amendment(before=before, after=after, kinds=kinds, day=day, document=milestone.document, stored=milestone.id)


def kinds_of(before: Milestone | None, after: Draft) -> tuple[Kind, ...]:
    """What was done, the gravest first."""
    if before is None:
        return (Kind.ADDED,)
    if after.withdrawn and not before.withdrawn:
        return (Kind.WITHDRAWN,)
    found = {
        Kind.RESTORED: before.withdrawn and not after.withdrawn,
        Kind.RECURS: (before.recurrence, before.rrule) != (after.recurrence, after.rrule),
        Kind.REASSIGNED: any(set(getattr(before, name)) != set(getattr(after, name)) for name in RESPONSIBLE),
        Kind.PLACED: (before.item, before.item_title) != (after.item, after.item_title),
        Kind.KEPT: _is_kept(before, after),
        Kind.REWORDED: _words(before) != _words(after),
    }
    if (moved := _moved(before.due, after.due)) is not None:
        found[moved] = True
    elif before.timex != after.timex and not found[Kind.KEPT]:  # other words for the same day
        found[Kind.REWORDED] = True
    return tuple(kind for kind in Kind if found.get(kind))


def _moved(was: date | None, now: date | None) -> Kind | None:
    if was == now:
        return None
    if was is None or now is None:
        return Kind.DATED if was is None else Kind.UNDATED
    return Kind.EARLIER if now < was else Kind.LATER


def _is_kept(before: Milestone, after: Draft) -> bool:
    """Whether the document says another day or other agencies, which are not followed."""
    was, now = before.stated, after.stated
    if was is None or now is None:
        return False
    day = was.due != now.due and before.due == after.due and before.settled and now.due != after.due
    decided = not RESPONSIBLE.isdisjoint(before.decided) or before.closed
    return day or (decided and set(was.agencies) != set(now.agencies) and before.agencies == after.agencies)


def _words(milestone: Draft) -> tuple[object, ...]:
    """What counts as its wording, without the words of its date."""
    said = milestone.stated
    if said is None:
        return ()
    return undated(said), [(t.indicator, t.op, t.value, t.unit) for t in said.targets], said.kind


def _outcome(change: Change, document: str, day: date) -> tuple[Milestone | None, Draft]:
    if isinstance(change, Added):
        return None, from_commitment(change.commitment, document=document, tracked_from=day)
    if isinstance(change, Withdrawn):
        return change.milestone, replace(change.milestone, withdrawn=True)
    return change.milestone, follow(change.milestone, change.commitment, change.fields)
