"""What deciding depends on beside the milestones, as the database has it."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import cast

from sqlalchemy.engine import Connection

from .. import store
from ..config import Config
from ..reminders import Cadence, Known
from ..store.agencies import Agency
from .addressing import silent
from .superseding import Untold


def circumstances(
    db: Connection,
    config: Config,
    agencies: Sequence[Agency],
    *,
    today: date,
    told_by: date,
    last_telling: date | None,
    untold: Untold,
    open: Collection[int] = (),
    numbered_by: date = date.max,
) -> Known:
    """The same few queries, however much there is. What was decided after `told_by` counts for nothing.

    `open` are the ids of all open milestones. `numbered_by` is the last day of those whose sheets the numbers go on
    from.
    """
    rules, names = config.rules, {agency.id: agency.name for agency in agencies}
    decided = store.ledger.decided(db, told_by)
    keys = {key: (key[0], names[key[1]]) for key in decided}
    monday = today - timedelta(days=today.weekday())
    spent = store.digests.spent(db, monday, min(today, told_by), untold.failed) if rules.weekly_budget else {}
    return Known(
        decided={keys[key]: planned for key, (planned, _) in decided.items()},
        informed={keys[key]: day for key, (_, day) in decided.items()},
        sheets=store.sheets.latest(db, told_by) if rules.sheets else {},
        numbers=store.sheets.next_numbers(db, today.year, numbered_by) if rules.sheets else {},
        cadences=cadences(agencies),
        spent={names[agency]: number for agency, number in spent.items()},
        last_telling=last_telling,
        mute=silent(config, agencies),
        refused=untold.refused,
        open=frozenset(open),
    )


def cadences(agencies: Sequence[Agency]) -> dict[str, Cadence]:
    """How often the agencies are told that have a cadence of their own."""
    return {agency.name: cast("Cadence", agency.cadence) for agency in agencies if agency.cadence}
