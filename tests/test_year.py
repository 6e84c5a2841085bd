"""A year of the seed document, day by day through the real scan: every reminder that the rules owe, and none other.

What is owed is computed here a second time, from docs/reminders.md and without the tracker's own rules.
"""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from chinese_calendar import is_workday
from second_model import ONE, planned

from tracker import store
from tracker.config import load
from tracker.jobs.deliver import deliver
from tracker.jobs.scan import scan
from tracker.milestones import Milestone
from tracker.store import schema

FIRST, LAST = date(2018, 9, 1), date(2019, 8, 31)

Row = tuple[int, str, date, date]  # milestone, agency, planned, decided on


def weekly() -> Iterator[date]:
    """The first working day of each week after the first one: the office hears that the tracker is alive."""
    monday = FIRST + timedelta(days=7 - FIRST.weekday()) + timedelta(days=7)
    while monday <= LAST:
        yield from [day for n in range(7) if is_workday(day := monday + n * ONE) and day <= LAST][:1]
        monday += timedelta(days=7)


def model(milestones: list[Milestone]) -> set[Row]:
    """What the ledger has to hold after a year of daily scans: what falls on a day off is told on the next workday."""
    rows = set()
    for one in milestones:
        if one.due is None or one.closed:
            continue
        for day in planned(one, LAST):
            told = max(day, FIRST)
            while not is_workday(told):
                told += ONE
            rows |= {(one.id, agency, day, told) for agency in one.agencies if told <= LAST}
    return rows


def test_a_year_of_days_tells_what_the_rules_owe_and_nothing_else(seeded: Path, tmp_path: Path) -> None:
    shutil.copy(seeded, tmp_path / "tracker.db")
    (tmp_path / "year.toml").write_text("", encoding="utf-8")
    config = load(str(tmp_path / "year.toml"), {"HOME": str(tmp_path)})
    engine = store.connect(f"sqlite:///{tmp_path / 'tracker.db'}")
    shown: list[str] = []
    day = FIRST
    while day <= LAST:
        noon = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
        scan(engine, config, today=day, now=noon)
        deliver(engine, config, clock=lambda noon=noon: noon, out=shown.append)
        day += ONE
    ledger, digest = schema.ledger.c, schema.digests.c
    with store.reading(engine) as db:
        expected = model(store.milestones.all_milestones(db))
        query = sa.select(ledger.milestone_id, schema.agencies.c.name, ledger.planned, ledger.decided_on)
        found = {tuple(row) for row in db.execute(query.join_from(schema.ledger, schema.agencies))}
        issued = [tuple(row) for row in db.execute(sa.select(digest.recipient, digest.day))]
        states = store.outbox.counts(db)
    engine.dispose()
    assert (sorted(found - expected), sorted(expected - found)) == ([], [])
    told = {(agency, day) for _, agency, _, day in expected}
    assert sorted(issued) == sorted(told | {("", day) for day in {day for _, day in told} | set(weekly())})
    assert states == {"sent": len(issued)}
    assert len(shown) == len(issued)
