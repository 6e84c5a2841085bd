"""Schedules: of the milestones only what decides when whom is told. A scan reads those of all that is open."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..milestones import Schedule, Status
from . import schema

TABLE = schema.milestones.c
OPEN = TABLE.status.in_((Status.OPEN, Status.CLAIMED))
AT_ONCE = 5000  # rows that are fetched in one go

Answering = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]  # all agencies, those that lead, that support


def open_ones(db: Connection) -> list[Schedule]:
    """Those of the milestones that are neither completed nor cancelled, by id."""
    return _load(db, OPEN)


def closed_since(db: Connection, day: date) -> list[Schedule]:
    """Those of the milestones completed or cancelled on `day` or later, by id."""
    return _load(db, sa.and_(sa.not_(OPEN), TABLE.closed_on >= day))


def _load(db: Connection, where: sa.ColumnElement[bool]) -> list[Schedule]:
    answering = dict(_answering(db, where))
    query = sa.select(
        TABLE.id, TABLE.modified, TABLE.due, TABLE.precision, TABLE.status, TABLE.closed_on, TABLE.tracked_from,
        TABLE.moved_on, TABLE.withdrawn,
        *(sa.cast(column, sa.Text) for column in (TABLE.decided, TABLE.remind, TABLE.acknowledged)),
        TABLE.stated["due"].as_string(),
        TABLE.stated["review"].as_string() != "[]",
    ).where(where).order_by(TABLE.id)  # fmt: skip
    return [_schedule(row, answering.get(row[0], ((), (), ()))) for row in _rows(db, query)]


def _schedule(row: Sequence[Any], answering: Answering) -> Schedule:
    id, modified, due, precision, status, closed_on, tracked_from, moved_on, withdrawn, *texts, said, doubtful = row
    decided, remind, acknowledged = map(_values, texts)
    status = Status(status)
    settled = "due" in decided or status not in (Status.OPEN, Status.CLAIMED)
    return Schedule(
        id=id,
        modified=modified,
        due=due,
        precision=precision,
        agencies=answering[0],
        lead=answering[1],
        support=answering[2],
        status=status,
        closed_on=closed_on,
        tracked_from=tracked_from,
        moved_on=moved_on,
        withdrawn=withdrawn,
        decided=decided,
        remind=remind,
        acknowledged=tuple((name, date.fromisoformat(until)) for name, until in acknowledged),
        to_confirm=bool(doubtful) and not settled,
        apart=said is not None and said != (due and due.isoformat()),
    )


@lru_cache(1000)  # milestones have few different ones
def _values(text: str) -> tuple[Any, ...]:
    return tuple(msgspec.json.decode(text))


def _answering(db: Connection, where: sa.ColumnElement[bool]) -> Iterator[tuple[int, Answering]]:
    """For each milestone its agencies; milestones with the same ones share them."""
    link = schema.milestone_agencies.c
    query = (
        sa.select(link.milestone_id, schema.agencies.c.name, link.lead, link.support)
        .select_from(schema.milestones.join(schema.milestone_agencies).join(schema.agencies))
        .where(where)
        .order_by(link.milestone_id, link.position)
    )
    known: dict[tuple[tuple[str, bool, bool], ...], Answering] = {}
    for id, rows in groupby(_rows(db, query), itemgetter(0)):
        key = tuple((name, lead, support) for _, name, lead, support in rows)
        yield id, known.setdefault(key, (
            tuple(name for name, _, _ in key),
            tuple(name for name, lead, _ in key if lead),
            tuple(name for name, _, support in key if support),
        ))  # fmt: skip


def _rows(db: Connection, query: sa.Select[Any]) -> Iterator[Any]:
    for part in db.execute(query).partitions(AT_ONCE):
        yield from part
