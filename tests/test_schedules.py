"""Schedules say of a stored milestone what it says itself; a scan holds the words of few milestones at a time."""

import resource
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import fields, replace
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from milestone_factory import INGESTED, MODIFIED, SEED, milestone
from register import DAY, NOON, fill
from reminding import configured
from sqlalchemy.engine import Engine

from tracker import store
from tracker.commitments import extract
from tracker.digests import LINES_AT_MOST, compose, frames
from tracker.digests import fill as filled
from tracker.errors import TrackerError
from tracker.jobs import issuing, spool
from tracker.jobs.decide import acknowledge, cancel, done, edit, reopen
from tracker.jobs.life import Said, measure
from tracker.jobs.scan import scan
from tracker.jobs.spool import Spool
from tracker.milestones import Gauge, Milestone, Schedule
from tracker.milestones.drafts import from_commitment
from tracker.milestones.values import Tracked
from tracker.reminders import Known, Rules, due
from tracker.render import brief, message
from tracker.sources import read

RULES = Rules()
TODAY = date(2018, 11, 5)


def seen(one: Milestone | Schedule) -> dict[str, object]:
    """All that a schedule says."""
    return {name: getattr(one, name) for name in (*(field.name for field in fields(Schedule)), "closed", "settled")}


def test_a_schedule_says_what_its_milestone_says(engine: Engine) -> None:
    stated = [one for one in extract(read(str(SEED / "document.txt"))).commitments if one.due]
    doubts = cycle([(), ("usage differs",)])
    drafts = [from_commitment(replace(one, review=next(doubts)), document="", tracked_from=INGESTED) for one in stated]
    with store.writing(engine) as db:
        drafts = [replace(draft, document=None) for draft in drafts]
        ids = store.milestones.insert(db, drafts, new_uid=lambda: str(uuid4()), now=MODIFIED)
    given: dict[str, Any] = {"day": INGESTED, "by": "t", "now": MODIFIED}
    agencies = {"agencies": ("市财政局", "市教育局"), "lead": ("市教育局",), "support": ("市财政局",)}
    edit(engine, ids[0], agencies | {"due": date(2019, 1, 31)}, reason="put off", **given)
    edit(engine, ids[1], {"due": date(2019, 1, 31), "remind": (30, "3w")}, reason="looked at", **given)
    acknowledge(engine, ids[2:4], INGESTED + timedelta(days=30), agency="市财政局", **given)
    with store.reading(engine) as db:
        measured = next(
            one for one in store.milestones.all_milestones(db) if one.targets and one.due and not one.closed
        )
    for value, later in ((0, 0), (0, 1)):
        day = INGESTED + timedelta(days=later)
        measure(engine, measured.id, Gauge(1, day, value, "s"), Said(day=INGESTED, by="t", now=MODIFIED))
    done(engine, ids[4:6], **given)
    cancel(engine, ids[6:8], reason="not any more", **given)
    done(engine, ids[8:10], **given)
    reopen(engine, ids[8:10], **given)
    with store.reading(engine) as db:
        every = store.milestones.all_milestones(db)
        schedules = [*store.schedules.open_ones(db), *store.schedules.closed_since(db, INGESTED)]
        assert store.schedules.closed_since(db, INGESTED + timedelta(days=1)) == []
    assert [seen(one) for one in sorted(schedules, key=lambda one: one.id)] == [seen(one) for one in every]
    assert any(one.behind_since for one in schedules)
    assert {one.to_confirm for one in every} == {one.apart for one in every} == {True, False}


def test_every_field_that_is_tracked_is_a_schedules() -> None:
    assert {field.name for field in fields(Tracked)} < {field.name for field in fields(Schedule)}


def test_a_digest_with_lines_for_some_of_its_milestones_makes_the_same_message() -> None:
    late, near, far = date(2018, 9, 1), date(2018, 11, 30), date(2018, 12, 31)
    sizes = {late: LINES_AT_MOST - 100, near: LINES_AT_MOST, far: 200}
    numbers = iter(range(1, 10_000))
    every = {
        one.id: one for last, size in sizes.items() for one in (milestone(next(numbers), last) for _ in range(size))
    }
    given = ([*due(every.values(), RULES, TODAY, {})][:-50:2], every.values(), RULES, TODAY)
    for whole, frame in zip(
        compose(*given, office="督查室"), frames(*given, office="督查室", at_most=LINES_AT_MOST), strict=True
    ):
        part = filled(frame, every, RULES, Known())
        assert len(part.lines) < len(whole.lines) == part.total == whole.total == sum(sizes.values())
        assert brief(part) == brief(whole)
        assert message(part, every.values(), RULES) == message(whole, every.values(), RULES)


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes (RLIMIT_FSIZE)."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def outgoing(engine: Engine) -> list[tuple[str, bytes]]:
    with store.reading(engine) as db:
        return [(row.agency, store.outbox.show(db, row.id).rfc822) for row in store.outbox.listed(db)]


def test_what_is_read_and_written_some_at_a_time_is_the_same(
    tmp_path: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = []
    for at_once in (5000, 1):
        monkeypatch.setattr(issuing, "MILESTONES_AT_ONCE", at_once)
        monkeypatch.setattr(issuing, "DIGESTS_AT_ONCE", at_once)
        monkeypatch.setattr(spool, "IN_MEMORY", at_once)
        file = tmp_path / f"{at_once}.db"
        file.write_bytes(migrated.read_bytes())
        engine = store.connect(f"sqlite:///{file}")
        fill(engine, 30, 7, due=DAY + timedelta(days=30))
        with store.writing(engine) as db:
            db.exec_driver_sql("UPDATE milestones SET uid = 'u' || id")
        scan(engine, configured(tmp_path), today=DAY, now=NOON)
        sent.append(outgoing(engine))
        engine.dispose()
    assert len(sent[0]) == 8
    assert sent[0] == sent[1]


def test_a_disk_that_cannot_take_what_was_rendered_changes_nothing(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "IN_MEMORY", 1)
    fill(engine, 3, 3, due=DAY + timedelta(days=30))
    with files_of_at_most(4096), pytest.raises(TrackerError, match="no room in the folder for temporary files"):
        scan(engine, configured(tmp_path), today=DAY, now=NOON)
    assert outgoing(engine) == []
    assert len(scan(engine, configured(tmp_path), today=DAY, now=NOON).issued) == 4


def test_a_spool_gives_back_what_was_put_into_it() -> None:
    with closing(Spool()) as kept:
        slips = [kept.put(data) for data in (b"one", b"", b"three")]
        assert [kept.get(slip) for slip in reversed(slips)] == [b"three", b"", b"one"]
