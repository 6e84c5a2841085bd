"""Acknowledgements (签收): milestones hold them under the names of agencies, which may come to be called otherwise."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from . import schema


def rename(db: Connection, former: str, name: str) -> None:
    """Lets what one name acknowledged hold under another; until the later day where both did."""
    table = schema.milestones.c
    rows = db.execute(sa.select(table.id, table.acknowledged).where(sa.cast(table.acknowledged, sa.String) != "[]"))
    changed = []
    for id, pauses in rows:
        if any(one == former for one, _ in pauses):
            held: dict[str, str] = {}
            for one, until in pauses:
                own = name if one == former else one
                held[own] = max(until, held.get(own, until))
            changed.append({"this": id, "pauses": [list(pause) for pause in held.items()]})
    if changed:
        pauses = sa.bindparam("pauses", type_=sa.JSON)
        db.execute(
            sa.update(schema.milestones).where(table.id == sa.bindparam("this")).values(acknowledged=pauses), changed
        )
