"""Kills processes that scan and deliver until thousands of digests have arrived, and counts what became of them.

python bench/kills.py [--digests N] [--postgres URL] [--daemons N --minutes M]

Every digest must have been decided once and have arrived; one that arrived twice must be marked (可能重复), the same
bytes both times, and there may be at most one of these a kill.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import doomed
import register
import sqlalchemy as sa
from measuring import show
from reminding import sink
from samples import ROOT
from sqlalchemy.engine import Engine

from tracker import store
from tracker.store import schema
from tracker.store.engine import parse

PROGRAM = Path(__file__).with_name("doomed.py")
LEASE = 5
DAYS_A_ROUND = 20  # the rungs of the one milestone that each agency has: a digest on each working day
SETTINGS = """
[office]
email = "office@example.org"
[database]
url = "{url}"
[mail]
host = "127.0.0.1"
port = {port}
security = "none"
timeout_seconds = 3
[delivery]
lease_seconds = {lease}
retry_minutes = [1]
[schedule]
scan = "00:00"
deliver = "00:00"
deliver_until = "23:59"
deliver_every_minutes = 1
[reminders]
working_days_only = false
[reminders.lead]
day = {lead}
"""


@dataclass
class Figures:
    """What became of it all. `steps` counts the kills by where they hit."""

    digests: int = 0
    sent: int = 0
    received: int = 0
    lost: int = 0
    twice_decided: int = 0
    resent: int = 0
    unmarked: int = 0
    altered: int = 0
    steps: Counter[str] = field(default_factory=Counter)

    @property
    def kills(self) -> int:
        return self.steps.total()

    @property
    def kept(self) -> bool:
        """Whether every promise was kept."""
        broken = self.lost or self.twice_decided or self.unmarked or self.altered or self.sent != self.digests
        return not broken and self.resent <= self.kills and self.received == self.digests


@dataclass
class World:
    """A database, a mail server that notes what it takes, and the processes that work on both."""

    folder: Path
    engine: Engine
    record: Path
    chance: random.Random
    figures: Figures = field(default_factory=Figures)

    def start(self, *words: str, die: str = "", after: int = 1) -> subprocess.Popen[bytes]:
        """The program in a process of its own, doomed or not."""
        doom = ["--die", f"{die}:{after}"] if die else []
        environ = os.environ | {"TRACKER_CONFIG": str(self.folder / "kills.toml"), "PYTHONPATH": str(ROOT)}
        environ.pop("TRACKER_DATABASE", None)
        log = (self.folder / "log").open("ab")
        command = [sys.executable, PROGRAM, *doom, "--days", str(self.folder / "days"), *words]
        return subprocess.Popen(command, env=environ, cwd=self.folder, stdout=log, stderr=log)

    def ended(self, process: subprocess.Popen[bytes], step: str, patience: float | None = None) -> bool:
        """Whether it ended by itself. Where it takes longer than `patience` seconds, it is killed."""
        try:
            code = process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        if code == -9:
            self.figures.steps[step] += 1
        elif code not in (0, 1):
            raise RuntimeError(f"the program ended with {code}: {(self.folder / 'log').read_text('utf-8')[-2000:]}")
        return code != -9

    def waiting(self) -> int:
        """How many messages were not sent yet."""
        table = schema.outbox
        with store.reading(self.engine) as db:
            return db.execute(sa.select(sa.func.count()).where(table.c.state != "sent")).scalar() or 0


@contextmanager
def world(folder: Path, url: str, *, agencies: int, begin: date, days: int, seed: int = 0) -> Iterator[World]:
    """A register in which each agency is owed one reminder a day, and the office what follows from it."""
    engine = store.connect(url, upgrading=True)
    store.upgrade(engine)
    register.fill(engine, agencies, agencies, due=begin + timedelta(days=days), tracked_from=begin)
    record = folder / "received"
    with sink(str(record)) as port:
        lead = [*range(days + 1)]
        (folder / "kills.toml").write_text(SETTINGS.format(url=url, port=port, lease=LEASE, lead=lead), "utf-8")
        (folder / "days").write_text("0", "utf-8")
        yield World(folder, engine, record, random.Random(seed))
    engine.dispose()


@contextmanager
def postgres(server: str) -> Iterator[str]:
    """The URL of a schema of its own on a PostgreSQL server."""
    parsed, name = parse(server), f"kills_{uuid4().hex}"
    admin = sa.create_engine(parsed)
    with admin.begin() as db:
        db.exec_driver_sql(f"CREATE SCHEMA {name}")
    try:
        yield parsed.update_query_dict({"options": f"-csearch_path={name}"}).render_as_string(hide_password=False)
    finally:
        with admin.begin() as db:
            db.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")
        admin.dispose()


def day_by_day(here: World, begin: date, days: int, *, scans: int, deliveries: int, reach: int) -> None:
    """Each day: `scans` scans that die, one that may live; `deliveries` that die within `reach` messages, two at a
    time; then two that may live until all is sent."""
    every = [begin + timedelta(days=number) for number in range(days)]
    for day in every:
        words = ("scan", "--as-of", day.isoformat())
        for _ in range(scans):
            step = here.chance.choice([*doomed.OF_A_SCAN, "any moment"])
            _one(here, step, 1, words)
        while not here.ended(here.start(*words), "any moment"):
            pass
        for _ in range(deliveries // 2):
            steps = [here.chance.choice([*doomed.OF_A_DELIVERY, "any moment"]) for _ in range(2)]
            several = doomed.TIMES_A_MESSAGE.get(steps[0], 1)
            pair = [here.start("deliver", die="" if step == "any moment" else step,
                               after=here.chance.randint(1, reach * several)) for step in steps]  # fmt: skip
            for process, step in zip(pair, steps, strict=True):
                here.ended(process, step, here.chance.uniform(0.3, 3) if step == "any moment" else None)
        while here.waiting():
            for process in [here.start("deliver"), here.start("deliver")]:
                here.ended(process, "any moment")
            if here.waiting():
                time.sleep(LEASE / 4)


def _one(here: World, step: str, after: int, words: Sequence[str]) -> None:
    anywhere = step == "any moment"
    process = here.start(*words, die="" if anywhere else step, after=after)
    here.ended(process, step, here.chance.uniform(0.3, 3) if anywhere else None)


def daemons(here: World, days: int, number: int, until: float, *, kill: bool = True) -> None:
    """So many `tracker run` at once, of which one is killed every second or so and started again; a simulated day ends
    when all that it decided is sent."""
    running = [here.start("run") for _ in range(number)]
    day, since = 0, time.monotonic()
    try:
        while time.monotonic() < until and day < days:
            time.sleep(here.chance.uniform(0.5, 2))
            if kill:
                which = here.chance.randrange(number)
                running[which].kill()
                here.ended(running[which], "any moment")
                step = here.chance.choice([*doomed.OF_A_DELIVERY, "any moment"])
                doom = {} if step == "any moment" else {"die": step, "after": here.chance.randint(1, 40)}
                running[which] = here.start("run", **doom)
            running = [_again(here, one) for one in running]
            if time.monotonic() - since > LEASE and not here.waiting() and _scanned(here, day):
                day, since = day + 1, time.monotonic()
                (here.folder / "days").write_text(str(day), "utf-8")
                if not kill:
                    break
    finally:
        for one in running:
            one.kill()
            here.ended(one, "any moment")
    while here.waiting():  # by a daemon: claims run out by the clock that they were made by
        last = here.start("run")
        with suppress(subprocess.TimeoutExpired):
            last.wait(2 * LEASE)
        last.terminate()
        last.wait()


def _again(here: World, process: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
    """The process, or another in its place where it has killed itself."""
    if process.poll() is None:
        return process
    here.ended(process, "a step of its own")
    return here.start("run")


def _scanned(here: World, day: int) -> bool:
    with store.reading(here.engine) as db:
        found = db.execute(sa.select(sa.func.max(schema.scans.c.day))).scalar()
    return found is not None and (found - today()).days >= day


def today() -> date:
    """The day in Shanghai."""
    return (datetime.now(UTC) + timedelta(hours=8)).date()


def examine(here: World, expected: set[tuple[int, str, date]]) -> Figures:
    """What the database says against what the server took; `expected` are the rungs (milestone, rule, day) owed."""
    arrivals: dict[str, set[str]] = defaultdict(set)
    times: Counter[str] = Counter()
    for line in here.record.read_text("utf-8").splitlines():
        _, identity, content = line.split("\t")
        arrivals[identity].add(content)
        times[identity] += 1
    with store.reading(here.engine) as db:
        rows = store.outbox.listed(db)
        issued = [tuple(one) for one in db.execute(sa.select(schema.digests.c.recipient, schema.digests.c.day))]
        told = [tuple(one) for one in db.execute(
            sa.select(schema.ledger.c.milestone_id, schema.ledger.c.rule, schema.ledger.c.planned)
        )]  # fmt: skip
    figures = here.figures
    figures.digests = len(rows)
    figures.sent = sum(row.state == "sent" for row in rows)
    figures.received = len(times)
    figures.lost = sum(row.message_id not in times for row in rows) + len(expected - set(told))
    figures.twice_decided = sum((Counter(issued) - Counter(set(issued))).values()) + len(told) - len(set(told))
    again = {row.message_id for row in rows if row.possible_duplicate}
    figures.resent = sum(count - 1 for count in times.values())
    figures.unmarked = sum(count - 1 for identity, count in times.items() if identity not in again)
    figures.altered = sum(len(contents) - 1 for contents in arrivals.values())
    return figures


def owed(here: World, begin: date, days: int) -> set[tuple[int, str, date]]:
    """What each agency is owed: a rung a day, counted down; the first day of tracking tells what begins then."""
    with store.reading(here.engine) as db:
        ids = [one.id for one in store.open_milestones(db)]
    last = begin + timedelta(days=DAYS_A_ROUND)
    every = [begin + timedelta(days=number) for number in range(days)]
    return {(id, f"lead-{(last - day).days}", day) for id in ids for day in every}


def tell(title: str, figures: Figures, seconds: float) -> None:
    """Prints what was found."""
    names = ("digests", "sent", "received", "kills", "lost", "twice_decided", "resent", "unmarked", "altered")
    found = [[name.replace("_", " "), f"{getattr(figures, name):,}"] for name in names]
    show(f"{title}: {seconds:,.0f} s, load {os.getloadavg()[0]:.1f}", ["", "number"], found)
    show("Kills by where they hit", ["", "kills"], [[name, f"{count}"] for name, count in figures.steps.most_common()])
    print("every promise was kept" if figures.kept else "A PROMISE WAS BROKEN")


def run(url: str, folder: Path, digests: int, scans: int = 4, deliveries: int = 8) -> Figures:
    """Scans and deliveries that are killed, over so many digests."""
    begin = date(2018, 9, 3)
    agencies = -(-digests // DAYS_A_ROUND)
    with world(folder, url, agencies=agencies, begin=begin, days=DAYS_A_ROUND) as here:
        days = DAYS_A_ROUND
        day_by_day(here, begin, days, scans=scans, deliveries=deliveries, reach=max(agencies // deliveries, 1))
        return examine(here, owed(here, begin, days))


def run_daemons(url: str, folder: Path, digests: int, number: int, minutes: float, *, kill: bool = True) -> Figures:
    """Daemons that are killed and started again."""
    begin = today()
    agencies = -(-digests // DAYS_A_ROUND)
    with world(folder, url, agencies=agencies, begin=begin, days=DAYS_A_ROUND) as here:
        daemons(here, DAYS_A_ROUND, number, time.monotonic() + minutes * 60, kill=kill)
        with store.reading(here.engine) as db:
            last = db.execute(sa.select(sa.func.max(schema.scans.c.day))).scalar()
        return examine(here, owed(here, begin, (last - begin).days + 1 if last else 0))


def main() -> None:
    """What was asked for, on SQLite or on PostgreSQL."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--digests", type=int, default=5_000)
    parser.add_argument("--postgres", metavar="URL", help="a PostgreSQL server; without it SQLite")
    parser.add_argument("--daemons", type=int, default=0, metavar="N", help="so many `tracker run` instead")
    parser.add_argument("--minutes", type=float, default=10)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.monotonic()
        place = postgres(given.postgres) if given.postgres else nullcontext()
        with place as url:
            where = url or f"sqlite:///{folder / 'tracker.db'}"
            kind = "PostgreSQL" if url else "SQLite"
            if given.daemons:
                figures = run_daemons(where, folder, given.digests, given.daemons, given.minutes)
                title = f"{given.daemons} daemons on {kind}"
            else:
                figures, title = run(where, folder, given.digests), f"Scans and deliveries on {kind}"
        tell(title, figures, time.monotonic() - began)
    sys.exit(0 if figures.kept else 1)


if __name__ == "__main__":
    main()
