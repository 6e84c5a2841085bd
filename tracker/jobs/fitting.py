"""What every database can keep: PostgreSQL refuses what SQLite takes, so it is refused before, and by name."""

from collections.abc import Iterable
from typing import Final

import sqlalchemy as sa

from ..errors import UsageError
from ..milestones import Draft
from ..store import schema

LARGEST_ID: Final = 2**31 - 1


def refuse_unfitting(draft: Draft, *words: str) -> None:
    """Raises UsageError for a milestone, or words of a decision about it, that cannot be kept."""
    for name in ("item", "rrule"):
        refuse_long(name, getattr(draft, name) or "", schema.milestones.c[name])
    refuse_names((*draft.agencies, *draft.lead, *draft.support))
    refuse_nul((draft.title, draft.item or "", draft.item_title or "", *words))


def refuse_names(names: Iterable[str]) -> None:
    """Raises UsageError for what cannot be the name of an agency."""
    for name in names:
        if not name.strip() or not name.isprintable():
            raise UsageError(f"{name!r} is no name of an agency")
        refuse_long("the name of an agency", name, schema.agencies.c.name)


def refuse_long(what: str, text: str, column: sa.Column[str]) -> None:
    """Raises UsageError for a text that is longer than its column."""
    longest = column.type.length if isinstance(column.type, sa.String) else None
    if longest is not None and len(text) > longest:
        raise UsageError(f"{what} can have {longest} characters, not {len(text)}: {text[:20]}…")


def refuse_nul(texts: Iterable[str]) -> None:
    """Raises UsageError for a text with a NUL."""
    for text in texts:
        if "\0" in text:
            raise UsageError(f"{text!r} has a NUL character")


def fitting(ids: Iterable[int]) -> list[int]:
    """The ids that something can have."""
    return [id for id in ids if 0 < id <= LARGEST_ID]
