"""A real `tracker run` goes on by itself after its servers were out of reach, and says each thing once."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cable import cable
from mail_server import MAIL, MailServer, mail_server
from postgres_server import own_postgresql
from sqlalchemy.engine import Engine

from tracker import store
from tracker.jobs.add import Wanted, add
from tracker.jobs.agencies import set_addresses
from tracker.jobs.outbox import hold, retry
from tracker.store.outbox import OutboxRow

ROOT = Path(__file__).parent.parent
# The program as it is, but for what is counted in minutes: that is counted in seconds.
HASTY = """
import sys
from datetime import timedelta
from msgspec.structs import replace
from tracker import scheduler
from tracker.config import load
scheduler.AGAIN = timedelta(seconds=1)
config = load(sys.argv[1], {"HOME": sys.argv[2]}, sys.argv[3])
hasty = replace(
    config,
    schedule=replace(config.schedule, deliver_every_minutes=1 / 60),
    delivery=replace(config.delivery, retry_minutes=(1 / 60,), lease_seconds=4),
)
sys.exit(scheduler.run(hasty))
"""
# Neither midnight nor the minute before it, when nothing is delivered, comes while a test runs.
SETTINGS = (
    f'timezone = "Etc/GMT{time.gmtime().tm_hour - 12:+d}"\n'
    + """
[schedule]
scan = "00:00"
deliver = "00:00"
deliver_until = "23:59"
[reminders]
working_days_only = false
"""
)
PATIENCE = 60  # seconds


class Running:
    """A daemon in a process of its own, and its log."""

    def __init__(self, folder: Path, url: str) -> None:
        self._log = folder / "log"
        words = [sys.executable, "-c", HASTY, str(folder / "run.toml"), str(folder), url]
        environ = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(folder)}
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(words, cwd=folder, env=environ, stdout=log, stderr=log)

    @property
    def said(self) -> list[str]:
        """What was logged, without the times."""
        return [line.partition(" ")[2] for line in self._log.read_text("utf-8").splitlines()]

    def count(self, words: str) -> int:
        return sum(words in line for line in self.said)

    def until(self, true: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not true():
            assert self.process.poll() is None, self.said
            assert time.monotonic() < end, self.said
            time.sleep(0.05)


@contextmanager
def running(folder: Path, url: str, mail_port: int) -> Iterator[Running]:
    """A daemon that ends well when it is told to."""
    (folder / "run.toml").write_text(SETTINGS + MAIL.format(port=mail_port), encoding="utf-8")
    daemon = Running(folder, url)
    try:
        yield daemon
        daemon.process.terminate()
        assert daemon.process.wait(PATIENCE) == 0, daemon.said
    finally:
        daemon.process.kill()
        daemon.process.wait()


def said_twice(lines: list[str]) -> list[str]:
    """The complaints that were made again although what they are about had not worked meanwhile."""
    found, made = [], set[str]()
    for line in lines:
        job = re.sub(r"^\w+ (\w+): .*", r"\1", line)
        if line.endswith("works again"):
            made = {one for one in made if not one.startswith(f"ERROR {job}:")}
        elif line.startswith("ERROR "):
            found += [line] if line in made else []
            made.add(line)
    return found


def track(engine: Engine, number: int) -> None:
    day = date(2026, 1, 5)
    now = datetime(2026, 1, 5, tzinfo=UTC)
    agencies = [f"第{n}局" for n in range(number)]
    for name in agencies:
        add(engine, Wanted(title="任务", due=day + timedelta(days=7), agencies=(name,)), day=day, by="t", now=now)
    set_addresses(engine, {name: {"email": f"a{n}@example.org"} for n, name in enumerate(agencies)})


def rows(engine: Engine) -> list[OutboxRow]:
    with store.reading(engine) as db:
        return store.outbox.listed(db)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


def test_a_mail_server_out_of_reach_is_said_once_each_time_and_used_when_it_is_back(
    tmp_path: Path, migrated: Path, server: MailServer
) -> None:
    (tmp_path / "tracker.db").write_bytes(migrated.read_bytes())
    url = f"sqlite:///{tmp_path / 'tracker.db'}"
    engine = store.connect(url)
    track(engine, 3)
    out_of_reach = "what could not be sent is tried again"
    with cable(server.port) as line:
        line.pull()
        with running(tmp_path, url, line.port) as daemon:
            daemon.until(lambda: daemon.count(out_of_reach) == 1)
            hold(engine, rows(engine)[-1].id)
            time.sleep(3)  # further deliveries in vain
            line.put_back()
            daemon.until(lambda: len(server.taken) == 3 and daemon.count("deliver: works again") == 1)
            line.pull()
            retry(engine, rows(engine)[-1].id, now=datetime(2026, 1, 5, tzinfo=UTC))
            daemon.until(lambda: daemon.count(out_of_reach) == 2)
            line.put_back()
            daemon.until(lambda: len(server.taken) == 4 and daemon.count("deliver: works again") == 2)
    assert said_twice(daemon.said) == []
    assert daemon.count("ERROR ") == 2
    assert [row.state for row in rows(engine)] == ["sent"] * 4
    assert not any(row.possible_duplicate for row in rows(engine))
    engine.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["restarted", "out of reach"])
def test_a_postgresql_that_was_away_is_said_once_each_time_and_used_when_it_is_back(
    tmp_path: Path, server: MailServer, fault: str
) -> None:
    """Once while messages leave, once while the daemon has nothing to do."""
    server.delay = 0.3
    with own_postgresql() as (direct, restart):
        store.upgrade(upgrading := store.connect(direct, upgrading=True))
        upgrading.dispose()
        engine = store.connect(direct)
        track(engine, 6)
        socket = Path(str(engine.url.query["host"])) / ".s.PGSQL.5432"
        with cable(socket) as line:

            def away() -> None:
                if fault == "restarted":
                    restart()
                else:
                    line.pull()
                    time.sleep(3)
                    line.put_back()

            url = f"postgresql+psycopg://tracker@127.0.0.1:{line.port}/postgres"
            with running(tmp_path, url, server.port) as daemon:
                daemon.until(lambda: server.started == 2)
                hold(engine, rows(engine)[-1].id)
                away()
                daemon.until(lambda: {row.state for row in rows(engine)[:-1]} == {"sent"})
                away()
                retry(engine, rows(engine)[-1].id, now=datetime(2026, 1, 5, tzinfo=UTC))
                daemon.until(lambda: rows(engine)[-1].state == "sent")
                daemon.until(lambda: daemon.count("scan: works again") == daemon.count("ERROR scan: "))
        assert said_twice(daemon.said) == []
        if fault == "out of reach":
            assert daemon.count("ERROR scan: ") == daemon.count("scan: works again") == 2
        for row in rows(engine):
            assert len(server.to(row.recipients[0])) == 1 or row.possible_duplicate
        engine.dispose()
