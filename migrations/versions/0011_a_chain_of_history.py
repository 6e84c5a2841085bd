"""The entries of the history are chained by their hashes, know what was decided together, and what undoes what."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.engine import Connection

from tracker.milestones import Entry
from tracker.milestones.chain import GENESIS, link
from tracker.store import schema

revision = "0011"
down_revision = "0010"

COLUMNS = ("decision", "undoes", "along", "hash")
FIELDS = ("id", "day", "at", "actor", "action", "changes", "reason", "note", "evidence")
AT_ONCE = 1000


def upgrade() -> None:
    op.add_column("history", sa.Column("along", sa.JSON(), server_default="{}", nullable=False))
    op.add_column("history", sa.Column("decision", sa.Integer(), server_default="0", nullable=False))
    op.add_column("history", sa.Column("undoes", sa.Integer(), nullable=True))
    op.add_column("history", sa.Column("hash", sa.String(64), server_default="", nullable=False))
    chain(op.get_bind())


def chain(db: Connection) -> None:
    """Gives what is there already its place in the chain; what one actor did at one instant is one decision."""
    history = sa.table("history", *(sa.column(name) for name in ("id", "decision", "hash")))
    placed = sa.update(history).where(history.c.id == sa.bindparam("this"))
    placed = placed.values(decision=sa.bindparam("together"), hash=sa.bindparam("digest"))
    former, known, together = GENESIS, None, 0
    for rows in stored(db):
        links = []
        for row in rows:
            key = (row.at, row.actor, row.action)
            known, together = key, together if key == known else row.id
            own = {name: getattr(row, name) for name in FIELDS}
            former = link(former, Entry(milestone=row.milestone_id, decision=together, **own))
            links.append({"this": row.id, "together": together, "digest": former})
        db.execute(placed, links)


def stored(db: Connection) -> Iterator[list[Any]]:
    """The entries, some at a time, in the order in which they were written."""
    types = {"day": sa.Date, "at": schema.Instant, "changes": sa.JSON}
    columns = [sa.column(name, types.get(name)) for name in (*FIELDS, "milestone_id")]
    table = sa.table("history", *columns)
    last = 0
    while rows := db.execute(sa.select(*columns).where(table.c.id > last).order_by(table.c.id).limit(AT_ONCE)).all():
        yield list(rows)
        last = rows[-1].id


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("history", name)
    if op.get_bind().dialect.name == "postgresql":  # the program gives the ids since; its server did before
        op.execute("SELECT setval(pg_get_serial_sequence('history', 'id'), (SELECT max(id) + 1 FROM history), false)")
