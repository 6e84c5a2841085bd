"""What milestones hold under the names of agencies, which may come to be called otherwise: acknowledgements (签收), and
claims (申请办结)."""

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..milestones import Claim
from ..milestones.agencies import latest, under
from . import schema


def rename(db: Connection, former: str, name: str) -> None:
    """Lets what one name acknowledged and claimed hold under another; until the later day where both did."""
    table = schema.milestones.c
    held = [sa.cast(column, sa.String) != "[]" for column in (table.acknowledged, table.claims)]
    query = sa.select(table.id, table.acknowledged, table.claims).where(sa.or_(*held))
    changed: list[dict[str, Any]] = []
    for id, pauses, said in db.execute(query):
        claims = msgspec.convert(said, tuple[Claim, ...])
        if former in {*(one for one, _ in pauses), *(one.agency for one in claims)}:
            own = latest((name if one == former else one, until) for one, until in pauses)
            kept = msgspec.to_builtins(under({former: (name,)}, claims))
            changed.append({"this": id, "pauses": [list(pause) for pause in own], "said": kept})
    if changed:
        new = {
            name: sa.bindparam(given, type_=sa.JSON) for name, given in (("acknowledged", "pauses"), ("claims", "said"))
        }
        db.execute(sa.update(schema.milestones).where(table.id == sa.bindparam("this")).values(new), changed)
