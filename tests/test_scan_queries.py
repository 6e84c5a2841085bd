"""A scan asks the database the same few questions, however much there is; it writes 500 rows in a statement."""

from datetime import timedelta
from pathlib import Path

import pytest
import register
import sqlalchemy as sa
from reminding import configured
from sqlalchemy.engine import Engine

from tracker import store
from tracker.jobs.scan import scan
from tracker.store import schema


def test_the_number_of_queries_does_not_grow_with_the_rows(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    config = configured(tmp_path)
    counts = []
    for number in range(3):
        day = timedelta(days=2 * number)
        register.fill(
            engine, 20 * 3**number, 4 * 3**number, due=register.DAY + day + timedelta(days=30),
            tracked_from=register.DAY + day,
        )  # fmt: skip
        for later in (day, day + timedelta(days=1)):
            asked.clear()
            scan(engine, config, today=register.DAY + later, now=register.NOON + later)
            counts.append(len(asked))
        with store.writing(engine) as db:
            db.execute(sa.update(schema.outbox).values(state="sent"))  # else the next issue tells it all again
    telling, quiet = counts[::2], counts[1::2]
    assert len(set(telling)) == len(set(quiet)) == 1, counts
