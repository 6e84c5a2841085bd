"""Which milestones are meant: the filters that `list` and `export` share, their order, and how many."""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from .names import agency_named, agency_option
from .session import Session

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.engine import Engine

    from ..jobs.look import Placed

STANDINGS = ["overdue", "due_soon", "upcoming", "undated", "closed"]
STATUSES = ["open", "claimed", "completed", "cancelled"]
CLOSED = ("completed", "cancelled")


@dataclass(frozen=True)
class Filters:
    """The options of a call as they were typed; a milestone must fulfil all of them."""

    everything: bool = False
    agency: str | None = None
    document: str | None = None
    item: str | None = None
    standing: str | None = None
    overdue: bool = False
    status: str | None = None
    due_before: str | None = None
    due_after: str | None = None
    search: str | None = None
    look: bool = False
    no_agency: bool = False
    withdrawn: bool = False
    sort: str = "due"
    limit: int | None = None


OPTIONS = [
    click.option("--all", "everything", is_flag=True, help="Closed and cancelled ones too; `export` has them anyway."),
    agency_option("Only this agency's; part of its name will do."),
    click.option("--document", metavar="KEY", help="Only this document's."),
    click.option("--item", "--pilot", "item", metavar="NUMBER", help="Only this item's, or this pilot's."),
    click.option("--standing", type=click.Choice(STANDINGS), help="Only those that stand so."),
    click.option("--overdue", is_flag=True, help="Only those that are overdue."),
    click.option("--status", type=click.Choice(STATUSES), help="Only those with this status, closed ones too."),
    click.option("--due-before", metavar="DATE", help="Only those due on that day or earlier: 月底, 2018-11-30."),
    click.option("--due-after", metavar="DATE", help="Only those due on that day or later."),
    click.option("--search", "--text", "search", metavar="WORDS", help="Only those with these words in the title, "
                 "the quote or the item's title."),
    click.option("--look", is_flag=True, help="Only those whose day a person should look at (edit --due confirms it)."),
    click.option("--no-agency", is_flag=True, help="Only those that name no agency."),
    click.option("--withdrawn", is_flag=True, help="Only those that their document no longer has."),
    click.option("--sort", type=click.Choice(["due", "agency", "item", "id"]), default="due", show_default=True),
    click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N of them."),
]  # fmt: skip


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the filters, which the command gets together as `filters`."""

    @wraps(command)
    def collected(*args: Any, **given: Any) -> Any:
        filters = Filters(**{field.name: given.pop(field.name) for field in fields(Filters)})
        return command(*args, filters=filters, **given)

    for option in reversed(OPTIONS):
        collected = option(collected)
    return collected


def selected(session: Session, engine: "Engine", filters: Filters) -> "tuple[list[Placed], int]":
    """The milestones that fulfil the filters, in their order, and how many more there are beyond the limit.

    Raises UsageError for an agency, a document or a day that cannot be meant.
    """
    from ..jobs import look

    names = look.answering(engine, agency_named(engine, filters.agency)) if filters.agency else []
    if filters.document is not None:
        look.document(engine, filters.document)  # a key that nobody knows is a mistake, and not an empty list
    first, last = span(session, filters)
    found = [
        p for p in look.milestones(engine, session.config, today=session.today)
        if fits(p, filters)
        and (not names or not set(names).isdisjoint(p.milestone.agencies))
        and (first is None or (p.milestone.due is not None and p.milestone.due >= first))
        and (last is None or (p.milestone.due is not None and p.milestone.due <= last))
    ]  # fmt: skip
    found.sort(key=lambda p: (ORDERS[filters.sort](p), p.milestone.due is None, p.milestone.due, p.milestone.id))
    shown = found[: filters.limit]
    return shown, len(found) - len(shown)


def span(session: Session, filters: Filters) -> "tuple[date | None, date | None]":
    """The first and the last due day that are wanted."""
    from .dates import read_day

    given = (("--due-after", filters.due_after), ("--due-before", filters.due_before))
    first, last = (read_day(words, session.today, option) if words else None for option, words in given)
    if first is not None and last is not None and first > last:
        raise UsageError(f"no day is both {first} or later and {last} or earlier")
    return first, last


def fits(placed: "Placed", filters: Filters) -> bool:
    """Whether a milestone fulfils the filters, its days and agencies apart."""
    m = placed.milestone
    closed_too = filters.everything or filters.standing == "closed" or filters.status in CLOSED
    words = filters.search.casefold() if filters.search else ""
    return (
        (closed_too or not m.closed)
        and filters.document in (None, m.document)
        and filters.item in (None, m.item)
        and filters.standing in (None, placed.standing)
        and filters.status in (None, m.status)
        and not (filters.overdue and placed.standing != "overdue")
        and not (filters.look and not m.to_confirm)
        and not (filters.no_agency and m.agencies)
        and not (filters.withdrawn and not m.withdrawn)
        and any(words in text.casefold() for text in (m.title, m.quote, m.item_title or ""))
    )


def natural(words: str) -> list[tuple[int, str]]:
    """What sorts 9 before 10, and both before words."""
    return [(int(part), "") if part.isdecimal() else (10**9, part) for part in re.findall(r"\d+|\D+", words)]


# What goes before the due day; GB 18030 has the usual characters in the order of their sounds.
ORDERS: "dict[str, Callable[[Placed], Any]]" = {
    "due": lambda p: (),
    "agency": lambda p: (not p.milestone.agencies, [name.encode("gb18030") for name in p.milestone.agencies[:1]]),
    "item": lambda p: (p.milestone.item is None, natural(p.milestone.item or "")),
    "id": lambda p: p.milestone.id,
}
