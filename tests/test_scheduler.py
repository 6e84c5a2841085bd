"""The daemon: wakes the jobs at their times, survives their failures, and stops between two messages."""

import logging
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
import time_machine
from mail_server import MailServer, mail_server, scripted
from sqlalchemy.engine import Engine

from tracker import store
from tracker.config import Config, load
from tracker.jobs.add import Wanted, add
from tracker.logs import Zoned
from tracker.scheduler import Daemon, schedule, utc_now
from tracker.store import schema

ROOT = Path(__file__).parent.parent
NOON = time_of_day(12)
MONDAY = datetime(2018, 9, 3, 2, tzinfo=UTC)  # 10 o'clock in Shanghai
SATURDAY = datetime(2018, 9, 8, 2, tzinfo=UTC)
MAIL = '[office]\nemail = "o@example.org"\n[mail]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def path(tmp_path: Path, migrated: Path) -> Path:
    """A migrated database file."""
    file = tmp_path / "tracker.db"
    file.write_bytes(migrated.read_bytes())
    return file


@pytest.fixture
def db(path: Path) -> Iterator[Engine]:
    engine = store.connect(f"sqlite:///{path}?timeout=0.2")
    yield engine
    engine.dispose()


def configured(tmp_path: Path, text: str = "") -> Config:
    file = tmp_path / "run.toml"
    file.write_text(text, encoding="utf-8")
    return load(str(file), {"HOME": str(tmp_path)}, f"sqlite:///{tmp_path / 'tracker.db'}")


def track(db: Engine, day: date, *agencies: str) -> None:
    for agency in agencies:
        wanted = Wanted(title=f"{agency}的任务", due=day + timedelta(days=7), agencies=(agency,))
        add(db, wanted, day=day, by="t", now=datetime(day.year, day.month, day.day, tzinfo=UTC))
    emails = {agency: {"email": f"a{number}@example.org"} for number, agency in enumerate(agencies)}
    with store.writing(db) as open_db:
        store.agencies.set_many(open_db, emails)


def daemon(db: Engine, config: Config, now: Callable[[], datetime], shown: list[str] | None = None) -> Daemon:
    return Daemon(db, config, (shown if shown is not None else []).append, now)


def scans(db: Engine) -> list[date]:
    with store.reading(db) as open_db:
        return list(open_db.execute(schema.scans.select()).scalars(1))


def test_at_a_start_the_scan_of_the_day_is_made_up_for_once(db: Engine, tmp_path: Path) -> None:
    track(db, MONDAY.date(), "甲局")
    shown: list[str] = []
    one = daemon(db, configured(tmp_path), lambda: MONDAY, shown)
    assert one.scan_is_due()
    assert one.begin()
    assert len(shown) == 2
    assert not one.scan_is_due()
    assert one.begin()
    assert scans(db) == [MONDAY.date()]


def test_a_scan_of_a_day_to_come_does_not_stand_for_that_of_today(db: Engine, tmp_path: Path) -> None:
    with store.writing(db) as open_db:
        store.ledger.record_scan(open_db, day=MONDAY.date() + timedelta(days=365), at=MONDAY, reminders=0, digests=0)
    assert daemon(db, configured(tmp_path), lambda: MONDAY).scan_is_due()


@pytest.mark.parametrize(("hour", "minute", "is_due"), [(0, 29, False), (0, 30, True), (15, 59, True), (16, 1, False)])
def test_the_scan_is_due_from_its_time_on_in_the_configured_zone(
    db: Engine, tmp_path: Path, hour: int, minute: int, is_due: bool
) -> None:
    now = MONDAY.replace(hour=hour, minute=minute)  # UTC: 16 o'clock is midnight in Shanghai
    assert daemon(db, configured(tmp_path), lambda: now).scan_is_due() == is_due


@pytest.mark.parametrize(
    ("now", "text", "sends"),
    [
        (MONDAY, "", True),
        (MONDAY.replace(hour=0, minute=59), "", False),
        (MONDAY.replace(hour=1, minute=0), "", True),
        (MONDAY.replace(hour=9, minute=59), "", True),
        (MONDAY.replace(hour=10, minute=0), "", False),
        (SATURDAY, "", False),
        (SATURDAY, "[reminders]\nworking_days_only = false\n", True),
        (datetime(2018, 9, 29, 2, tzinfo=UTC), "", True),  # a Saturday that is worked, 调休
        (datetime(2018, 10, 1, 2, tzinfo=UTC), "", False),  # a Monday that is not
    ],
)
def test_delivery_has_its_hours_and_its_days(db: Engine, tmp_path: Path, now: datetime, text: str, sends: bool) -> None:
    track(db, MONDAY.date(), "甲局")
    shown: list[str] = []
    config = configured(tmp_path, text)
    daemon(db, config, lambda: MONDAY).scan()
    assert daemon(db, config, lambda: now, shown).deliver()
    assert bool(shown) == sends


def test_a_mail_server_that_is_down_is_logged_once_and_used_again_when_it_is_back(
    db: Engine, tmp_path: Path, server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "tracker")
    track(db, MONDAY.date(), "甲局")
    with scripted([]) as port:
        pass
    clock = [MONDAY]
    down = daemon(db, configured(tmp_path, MAIL.format(port=port)), lambda: clock[0])
    assert down.scan()
    for _ in range(3):
        assert not down.deliver()
        clock[0] += timedelta(minutes=5)
    errors = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(errors) == 1
    assert "no connection: Connection refused; what could not be sent is tried again" in errors[0]
    assert daemon(db, configured(tmp_path, MAIL.format(port=server.port)), lambda: clock[0]).deliver()
    assert len(server.taken) == 2


def test_a_locked_database_is_logged_once_and_used_again_when_it_is_free(
    db: Engine, path: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "tracker")
    track(db, MONDAY.date(), "甲局")
    one = daemon(db, configured(tmp_path), lambda: MONDAY)
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    assert not one.begin()
    assert not one.scan()
    lock.execute("ROLLBACK")
    assert one.scan()
    messages = [record.getMessage() for record in caplog.records]
    assert sum("scan: " in message and "locked the database" in message for message in messages) == 1
    assert "scan: works again" in messages


def test_the_log_has_the_time_of_the_configured_zone() -> None:
    record = logging.LogRecord("tracker", logging.INFO, "", 0, "started", None, None)
    record.created = datetime(2018, 11, 5, 0, 30, tzinfo=UTC).timestamp()
    assert Zoned(ZoneInfo("Asia/Shanghai")).format(record) == "2018-11-05T08:30:00+08:00 INFO started"


def test_a_fault_of_ours_does_not_stop_the_daemon(db: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    track(db, MONDAY.date(), "甲局")

    def out(_text: str) -> None:
        raise ZeroDivisionError("a fault")

    one = Daemon(db, configured(tmp_path), out, lambda: MONDAY)
    assert one.scan()
    assert not one.deliver()
    assert "deliver: ZeroDivisionError: a fault" in caplog.text
    assert "Traceback" in caplog.text


def test_the_schedule_forgets_no_run_and_repeats_none(db: Engine, tmp_path: Path) -> None:
    config = configured(tmp_path, '[schedule]\nscan = "07:15"\ndeliver_every_minutes = 10\n')
    scheduler = schedule(daemon(db, config, lambda: MONDAY), config)
    jobs: dict[str, Any] = {job.id: job for job in scheduler.get_jobs()}
    assert set(jobs) == {"scan", "scan-again", "deliver", "begin"}
    noon = datetime(2018, 9, 3, 12, tzinfo=config.zone)
    assert jobs["scan"].trigger.get_next_fire_time(None, noon) == datetime(2018, 9, 4, 7, 15, tzinfo=config.zone)
    assert jobs["deliver"].trigger.interval == timedelta(minutes=10)
    assert jobs["deliver"].trigger.start_date.strftime("%H:%M") == "09:00"
    assert scheduler.timezone == config.zone
    assert scheduler._job_defaults == {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}


BERLIN, SAO_PAULO = "Europe/Berlin", "America/Sao_Paulo"
CHANGES = [
    # zone, day, scan at, when it ran
    (BERLIN, "2019-03-31", "08:30", "08:30:00+02:00"),
    (BERLIN, "2019-03-31", "02:30", "03:00:00+02:00"),  # from 02:00 to 03:00 there is no time
    (BERLIN, "2019-03-31", "00:00", "00:00:00+01:00"),
    (BERLIN, "2019-10-27", "08:30", "08:30:00+01:00"),
    (BERLIN, "2019-10-27", "02:30", "02:30:00+02:00"),  # from 02:00 to 03:00 twice
    (BERLIN, "2019-10-27", "23:59", "23:59:00+01:00"),
    (SAO_PAULO, "2018-11-04", "00:00", "01:00:00-02:00"),  # the day begins at one o'clock
    (SAO_PAULO, "2018-02-17", "23:30", "23:30:00-02:00"),  # from 23:00 to midnight twice
]


@pytest.mark.parametrize(("zone", "day", "hour", "ran"), CHANGES)
def test_on_a_day_on_which_summer_time_begins_or_ends_the_scan_runs_once(
    db: Engine, tmp_path: Path, zone: str, day: str, hour: str, ran: str
) -> None:
    """The scheduler's own plans, with the clock set to one awakening after the other, from the day before on."""
    config = configured(tmp_path, f'timezone = "{zone}"\n[schedule]\nscan = "{hour}"\n')
    changing = date.fromisoformat(day)
    begin = datetime.combine(changing - timedelta(days=1), NOON, config.zone)
    end = datetime.combine(changing + timedelta(days=2), time_of_day(0), config.zone).astimezone(UTC)
    with time_machine.travel(begin, tick=False) as clock:
        jobs = {job.id: job for job in schedule(daemon(db, config, utc_now), config).get_jobs()}
        plan = {name: job.trigger.get_next_fire_time(None, begin) for name, job in jobs.items()}
        while plan:
            name = min(plan, key=lambda one: plan[one].astimezone(UTC))
            when = plan.pop(name)
            if when.astimezone(UTC) >= end:
                break
            clock.move_to(when)
            jobs[name].func()
            if then := jobs[name].trigger.get_next_fire_time(when, when):
                plan[name] = then
    with store.reading(db) as open_db:
        found = open_db.execute(sa.select(schema.scans.c.day, schema.scans.c.at)).all()
    assert [scanned for scanned, _ in found] == [changing + timedelta(days=n) for n in (-1, 0, 1)]
    assert found[1][1].astimezone(config.zone).isoformat() == f"{day}T{ran}"


RUN = """
import sys
from tracker.config import load
from tracker.scheduler import run
sys.exit(run(load(sys.argv[1], {"HOME": sys.argv[2]}, sys.argv[3])))
"""
# Neither midnight nor the minute before it, when nothing is delivered, comes while a test runs.
NOON_ZONE = f'timezone = "Etc/GMT{time.gmtime().tm_hour - 12:+d}"\n'
ALWAYS = """
[schedule]
scan = "00:00"
deliver = "00:00"
deliver_until = "23:59"
[reminders]
working_days_only = false
"""


def start(tmp_path: Path) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", RUN, "run.toml", str(tmp_path), f"sqlite:///{tmp_path / 'tracker.db'}"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
    return subprocess.Popen(words, cwd=tmp_path, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def until(true: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_the_message_under_way_be_finished(
    db: Engine, tmp_path: Path, server: MailServer, number: signal.Signals
) -> None:
    configured(tmp_path, NOON_ZONE + MAIL.format(port=server.port) + ALWAYS)
    track(db, date(2026, 1, 5), *(f"第{n}局" for n in range(5)))
    server.delay = 1
    process = start(tmp_path)
    until(lambda: server.started == 1)
    process.send_signal(number)
    _, logged = process.communicate(timeout=20)
    assert process.returncode == 0, logged
    with store.reading(db) as open_db:
        states = [row.state for row in store.outbox.listed(open_db)]
    assert states == ["sent", "ready", "ready", "ready", "ready", "ready"]
    assert len(server.taken) == 1
    assert f"{number.name}: stopping after the message under way" in logged
    assert logged.rstrip().endswith("INFO stopped")
    server.delay = 0
    again = start(tmp_path)
    until(lambda: len(server.taken) == 6)
    again.terminate()
    _, logged = again.communicate(timeout=20)
    assert again.returncode == 0, logged
    assert len({message["Message-ID"] for message in server.messages}) == 6
    assert len(scans(db)) == 1, "the day was scanned already"


def test_an_idle_daemon_stops_at_once(db: Engine, tmp_path: Path) -> None:
    configured(tmp_path, NOON_ZONE + ALWAYS)
    process = start(tmp_path)
    until(lambda: len(scans(db)) == 1)
    begun = time.monotonic()
    process.terminate()
    shown, logged = process.communicate(timeout=20)
    assert process.returncode == 0, logged
    assert time.monotonic() - begun < 5
    assert shown == ""
    assert "0 digests, 0 reminders" in logged
