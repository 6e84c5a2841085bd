"""The office is never left to guess from silence whether the tracker is alive."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from tracker import store
from tracker.config import Config, load
from tracker.jobs import look
from tracker.jobs.add import Wanted, add
from tracker.jobs.concerns import unknown_years
from tracker.jobs.scan import scan
from tracker.store import schema
from tracker.workdays import Calendar

MONDAY = date(2018, 9, 3)
MAIL = '[office]\nemail = "office@example.org"\n[mail]\nhost = "127.0.0.1"\nsecurity = "none"\n'
Configured = Callable[..., Config]


@pytest.fixture
def db(tmp_path: Path, migrated: Path) -> Iterator[Engine]:
    (tmp_path / "tracker.db").write_bytes(migrated.read_bytes())
    engine = store.connect(f"sqlite:///{tmp_path / 'tracker.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def configured(tmp_path: Path) -> Configured:
    def make(text: str = "", mail: str = MAIL) -> Config:
        (tmp_path / "mine.toml").write_text(mail + text, encoding="utf-8")
        return load(str(tmp_path / "mine.toml"), {"HOME": str(tmp_path)})

    return make


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)


def track(db: Engine, due: date, since: date = MONDAY, agency: str = "甲局") -> int:
    found = add(db, Wanted(title="完成改造", due=due, agencies=(agency,)), day=since, by="t", now=at(since)).id
    with store.writing(db) as open_db:
        store.agencies.set_many(open_db, {agency: {"email": "a@example.org"}})
    return found


def leave(db: Engine, state: str = "sent") -> None:
    """What waits in the outbox has left."""
    with store.writing(db) as open_db:
        open_db.execute(schema.outbox.update().where(schema.outbox.c.state == "ready").values(state=state))


def scanned(db: Engine, config: Config, *days: date) -> dict[date, str]:
    """The office's digest of each day that brought one."""
    for day in days:
        scan(db, config, today=day, now=at(day))
    with store.reading(db) as open_db:
        rows = open_db.execute(schema.digests.select().where(schema.digests.c.recipient == "")).all()
    return {row.day: row.text.replace("\n", "") for row in rows if row.day in days}


def days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=n) for n in range(count)]


def test_each_week_begins_with_a_word_to_the_office_however_quiet_it_is(db: Engine, configured: Configured) -> None:
    track(db, date(2018, 12, 24))
    found = scanned(db, configured(), *days(MONDAY, 43))
    # 24 September and the week from 1 October are holidays: the first working day after them speaks
    spoken = [(9, 10), (9, 17), (9, 25), (10, 8), (10, 15)]
    assert [(day.month, day.day) for day in found] == spoken
    first = found[date(2018, 9, 10)]
    assert "【系统正常】上次核对2018-09-09。在办1项，本周没有到期事项。" in first
    assert "完成改造" not in first, "a quiet week is told in a few lines"
    assert "系统正常" in found[date(2018, 9, 25)]
    assert "系统正常" in found[date(2018, 10, 8)]


def test_where_there_is_more_to_tell_the_word_stands_in_the_digest_of_that_day(
    db: Engine, configured: Configured
) -> None:
    track(db, date(2018, 9, 14))
    config = configured()
    found = scanned(db, config, *days(MONDAY, 10))
    assert "系统正常" not in found[MONDAY], "the first scan of all: nothing was to be heard before"
    assert "【系统正常】上次核对2018-09-09。在办1项，本周到期1项。" in found[date(2018, 9, 10)]
    leave(db)
    found = scanned(db, config, date(2018, 9, 13))
    assert "系统正常" not in found[date(2018, 9, 13)]
    assert "完成改造" in found[date(2018, 9, 13)]


@pytest.mark.parametrize("state", ["ready", "failed"])
def test_the_word_of_a_digest_that_never_left_stands_in_the_one_that_supersedes_it(
    db: Engine, configured: Configured, state: str
) -> None:
    track(db, date(2018, 9, 14))
    config = configured()
    scanned(db, config, *days(MONDAY, 7))
    leave(db)
    assert list(scanned(db, config, *days(date(2018, 9, 10), 3))) == [date(2018, 9, 10)], "none for the word alone"
    leave(db, state)
    thursday, friday = date(2018, 9, 13), date(2018, 9, 14)
    shown, _ = look.digest(db, config, None, today=thursday)
    assert "【系统正常】上次核对2018-09-12。在办1项，本周到期1项。" in scanned(db, config, thursday)[thursday]
    assert shown.assurance == "系统正常：上次核对2018-09-12。在办1项，本周到期1项。"
    leave(db)
    assert "系统正常" not in scanned(db, config, friday)[friday]


def test_what_was_not_normal_is_said_by_the_one_that_supersedes_it_too(db: Engine, configured: Configured) -> None:
    track(db, date(2018, 9, 19))
    config, wednesday = configured(), date(2018, 9, 12)
    scanned(db, config, *days(MONDAY, 3), date(2018, 9, 11))
    found = scanned(db, config, wednesday)[wednesday]
    assert "【系统曾中断】上次核对2018-09-05，此后3个工作日未核对，现已恢复。" in found


def test_a_failure_that_a_lost_digest_was_to_name_is_named_by_the_next_one(db: Engine, configured: Configured) -> None:
    for due in (17, 18, 19):
        track(db, date(2018, 9, due))
    track(db, date(2018, 9, 28), agency="乙局")
    config, monday = configured(), date(2018, 9, 10)
    scanned(db, config, *days(MONDAY, 7))
    with store.writing(db) as open_db:
        waiting = schema.outbox.update().where(schema.outbox.c.state == "ready")
        open_db.execute(waiting.values(state="failed", failed_at=at(date(2018, 9, 9)), reply="550 no"))
    found = scanned(db, config, *days(monday, 2))
    leave(db)
    found |= scanned(db, config, date(2018, 9, 12))
    told = {day.day: ("系统有异常" in text, "乙局第1期未能送达" in text) for day, text in found.items()}
    assert told == {10: (True, True), 11: (True, True), 12: (False, False)}


def test_after_days_without_a_scan_it_does_not_say_that_all_was_well(db: Engine, configured: Configured) -> None:
    track(db, date(2018, 12, 24))
    found = scanned(db, configured(), *days(MONDAY, 3), date(2018, 9, 11))
    assert "【系统曾中断】上次核对2018-09-05，此后3个工作日未核对，现已恢复。" in found[date(2018, 9, 11)]
    assert "系统正常" not in found[date(2018, 9, 11)]


def test_a_message_that_did_not_arrive_is_not_called_normal(db: Engine, configured: Configured) -> None:
    track(db, date(2018, 9, 14))
    config = configured()
    scanned(db, config, *days(MONDAY, 7))
    with store.writing(db) as open_db:
        waiting = schema.outbox.update().where(schema.outbox.c.state == "ready")
        open_db.execute(waiting.values(state="failed", failed_at=at(date(2018, 9, 9)), reply="550 no"))
    found = scanned(db, config, date(2018, 9, 10))[date(2018, 9, 10)]
    assert "【系统有异常】上次核对2018-09-09，有提醒未能送达。" in found


@pytest.mark.parametrize(
    ("text", "mail"),
    [("[watch]\nweekly = false\n", MAIL), ("", MAIL.replace("office@example.org", ""))],
    ids=["switched off", "no address"],
)
def test_it_can_be_switched_off_and_needs_an_address(db: Engine, configured: Configured, text: str, mail: str) -> None:
    track(db, date(2018, 12, 24))
    sender = mail.replace("[mail]\n", '[mail]\nfrom = "f@example.org"\n')
    assert scanned(db, configured(text, sender), *days(MONDAY, 15)) == {}


def test_an_empty_database_says_nothing(db: Engine, configured: Configured) -> None:
    assert scanned(db, configured(), *days(MONDAY, 15)) == {}


def test_what_digest_shows_is_what_the_scan_of_a_quiet_week_sends(db: Engine, configured: Configured) -> None:
    track(db, date(2018, 12, 24))
    config = configured()
    scanned(db, config, *days(MONDAY, 7))
    shown, _ = look.digest(db, config, None, today=date(2018, 9, 10))
    assert shown.assurance in scanned(db, config, date(2018, 9, 10))[date(2018, 9, 10)].replace("】", "：")
    assert shown.sections == ()


def test_every_digest_says_when_the_scan_behind_it_ran_and_the_one_before(db: Engine, configured: Configured) -> None:
    track(db, date(2018, 9, 10))
    found = scanned(db, configured(), MONDAY, date(2018, 9, 4), date(2018, 9, 5), date(2018, 9, 10))
    assert "本次核对：2018-09-03（首次核对）。" in found[MONDAY]
    assert "本次核对：2018-09-10；上次核对：2018-09-05。" in found[date(2018, 9, 10)]


@pytest.mark.parametrize(
    ("due", "today", "years"),
    [
        (date(2051, 1, 10), date(2050, 11, 10), []),
        (date(2051, 1, 10), date(2050, 11, 11), [2051]),  # sixty days before
        (date(2050, 11, 30), date(2050, 12, 1), [2051]),  # overdue: repeated in the new year
        (date(2051, 6, 30), date(2050, 12, 1), []),
        (None, date(2050, 12, 1), []),
    ],
)
def test_a_year_of_which_nobody_knows_the_holidays_is_named_once_its_days_are_within_reach(
    db: Engine, due: date | None, today: date, years: list[int]
) -> None:
    add(db, Wanted(title="完成改造", due=due, agencies=("甲局",)), day=MONDAY, by="t", now=at(MONDAY))
    with store.reading(db) as open_db:
        found = store.open_milestones(open_db)
    assert unknown_years(found, Calendar(holidays=frozenset({date(2050, 10, 1)})), today) == years


def test_the_office_reads_of_an_unknown_year_until_it_is_told(db: Engine, configured: Configured) -> None:
    today = date(2050, 9, 5)
    track(db, today, since=today)
    assert "2050年放假安排尚未录入" in scanned(db, configured(), today)[today]
    known = configured("[workdays]\nholidays = [2050-01-01]\n")
    tomorrow = today + timedelta(days=1)
    assert "放假安排" not in scanned(db, known, tomorrow)[tomorrow]
