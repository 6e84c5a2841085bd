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

from ..commitments import Target
from ..milestones import Deferral, Gauge, Schedule, Status
from ..milestones.progress import behind_since
from . import schema

TABLE = schema.milestones.c
OPEN = TABLE.status.in_((Status.OPEN, Status.CLAIMED))
PLAIN = (
    "id", "modified", "due", "precision", "closed_on", "tracked_from", "moved_on", "withdrawn", "answer", "answered_on",
    "forecast",
    "duty",
)  # fmt: skip
LISTS = ("decided", "remind", "acknowledged", "waits_for")
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
    query = (
        sa.select(
            *(TABLE[name] for name in PLAIN),
            *(sa.cast(TABLE[name], sa.Text) for name in LISTS),
            sa.cast(TABLE.asked, sa.Text),
            sa.cast(TABLE.gauges, sa.Text),
            sa.cast(TABLE.targets, sa.Text),
            TABLE.status,
            TABLE.stated["due"].as_string(),
            TABLE.stated["review"].as_string() != "[]",
        )
        .where(where)
        .order_by(TABLE.id)
    )
    return [_schedule(row, answering.get(row[0], ((), (), ()))) for row in _rows(db, query)]


def _schedule(row: Sequence[Any], answering: Answering) -> Schedule:
    *others, asked, gauges, targets, status, said, doubtful = row
    plain: dict[str, Any] = dict(zip(PLAIN, others, strict=False))
    decided, remind, acknowledged, waits_for = map(_values, others[len(PLAIN) :])
    stands, due = Status(status), plain["due"]
    settled = "due" in decided or stands not in (Status.OPEN, Status.CLAIMED)
    return Schedule(
        **plain,
        agencies=answering[0],
        lead=answering[1],
        support=answering[2],
        status=stands,
        decided=decided,
        remind=remind,
        acknowledged=tuple((name, date.fromisoformat(until)) for name, until in acknowledged),
        waits_for=waits_for,
        asked=None if asked is None else msgspec.json.decode(asked, type=Deferral),
        to_confirm=bool(doubtful) and not settled,
        behind_since=None if gauges == "[]" else _behind_since(targets, gauges, due),
        apart=said is not None and said != (due and due.isoformat()),
    )


def _behind_since(targets: str, gauges: str, due: date | None) -> date | None:
    return behind_since(
        msgspec.json.decode(targets, type=tuple[Target, ...]), msgspec.json.decode(gauges, type=tuple[Gauge, ...]), due
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
