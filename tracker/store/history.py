"""The append-only history of the milestones, and its chain."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..milestones import Action, Entry
from ..milestones.chain import GENESIS, Head, link
from . import rows, schema

AT_ONCE = 1000  # entries that are read in one go
CHANGES = dict[str, tuple[Any, Any]]
PLAIN = ("day", "at", "actor", "action", "reason", "note", "evidence", "undoes", "id", "decision", "hash")


def append(db: Connection, entries: Sequence[Entry]) -> None:
    """Adds entries, in this order, to the end of the chain, as one decision. `changes` and `along` hold JSON values.

    `db` is that of `writing`: nobody else can write meanwhile, so the end is still the end.
    """
    if not entries:
        return
    last, former = end(db)
    new = []
    for id, entry in enumerate(entries, last + 1):
        values = {name: msgspec.to_builtins(getattr(entry, name)) for name in ("changes", "along")}
        stored = replace(entry, **values, id=id, decision=last + 1)
        former = link(former, stored)
        own = {name: getattr(stored, name) for name in PLAIN}
        new.append(own | values | {"milestone_id": entry.milestone, "hash": former})
    db.execute(sa.insert(schema.history), new)


def end(db: Connection) -> tuple[int, str]:
    """The id and the hash of the last entry."""
    table = schema.history.c
    row = db.execute(sa.select(table.id, table.hash).order_by(table.id.desc()).limit(1)).first()
    return (row.id, row.hash) if row else (0, GENESIS)


def head(db: Connection) -> Head:
    """Where the chain ends, and how many entries there are."""
    number = db.execute(sa.select(sa.func.count()).select_from(schema.history)).scalar_one()
    return Head(number, end(db)[1])


def of_milestones(db: Connection, milestones: Collection[int]) -> list[Entry]:
    """Every entry of several milestones, in the order in which they were written."""
    return load(db, schema.history.c.milestone_id.in_(milestones)) if milestones else []


def of_milestone(db: Connection, milestone: int) -> list[Entry]:
    """Every entry of a milestone, in the order in which they were written."""
    return load(db, schema.history.c.milestone_id == milestone)


def every(db: Connection) -> list[Entry]:
    """The whole history, in the order in which it was written."""
    return load(db, sa.true())


def of_decision(db: Connection, decision: int) -> list[Entry]:
    """The entries of one decision, which stand together and begin with the one that gives it its number."""
    table = schema.history.c
    return load(db, sa.and_(table.id >= decision, table.decision == decision))


def last_decision(db: Connection, actor: str) -> int | None:
    """The last decision of an actor that was not undone and that undoes nothing; None where there is none."""
    table, undoing = schema.history.c, schema.history.alias().c.undoes
    undone = sa.select(undoing).where(undoing.is_not(None))
    own = table.actor == actor, table.undoes.is_(None), table.decision.not_in(undone)
    found: int | None = db.execute(sa.select(table.decision).where(*own).order_by(table.id.desc()).limit(1)).scalar()
    return found


def tail(db: Connection, number: int) -> tuple[tuple[int, str], list[Entry]]:
    """The last entries, and the id and the hash of the one before them."""
    table = schema.history.c
    query = sa.select(table.id, table.hash).order_by(table.id.desc()).offset(number).limit(1)
    before = db.execute(query).first()
    former = (before.id, before.hash) if before else (0, GENESIS)
    return former, load(db, table.id > former[0])


def in_order(db: Connection) -> Iterator[tuple[int, str, Entry | None]]:
    """Every entry with its id and its hash, by id; None for one that cannot be read. Some are in memory at a time."""
    table, after = schema.history.c, sa.true()
    query = sa.select(table.id, table.hash).order_by(table.id).limit(AT_ONCE)
    while found := db.execute(query.where(after)).all():
        hashes = {row.id: str(row.hash) for row in found}
        entries, _ = rows.readable([*hashes], lambda ids: load(db, table.id.between(ids[0], ids[-1])))
        known = {entry.id: entry for entry in entries}
        yield from ((id, hash, known.get(id)) for id, hash in hashes.items())
        after = table.id > found[-1].id


def with_actions(db: Connection, actions: Collection[str]) -> list[int]:
    """The milestones that have an entry of one of these actions."""
    table = schema.history.c
    found = sa.select(table.milestone_id).where(table.action.in_(sorted(actions))).distinct()
    return list(db.execute(found).scalars())


def last_of(db: Connection, action: Action, among: Collection[Action]) -> set[int]:
    """The milestones whose last entry of the actions `among` is `action`."""
    table = schema.history.c
    last = sa.select(sa.func.max(table.id)).where(table.action.in_(among)).group_by(table.milestone_id)
    found = sa.select(table.milestone_id).where(table.id.in_(last), table.action == action)
    return set(db.execute(found).scalars())


def load(db: Connection, where: sa.ColumnElement[bool]) -> list[Entry]:
    """The entries that fulfil a condition, in the order in which they were written."""
    query = sa.select(schema.history).where(where).order_by(schema.history.c.id)
    return [
        Entry(
            milestone=row.milestone_id,
            changes=msgspec.convert(row.changes, CHANGES),
            along=msgspec.convert(row.along, CHANGES),
            **{name: getattr(row, name) for name in PLAIN},
        )
        for row in db.execute(query)
    ]
