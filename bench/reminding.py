"""Scanning and delivering: what they take beside the least that anybody could, in turns within one run.

A scan with nothing to say against SQLite alone reading the same rows; one with everything due against rendering the
same messages alone; a delivery against a bare loop of smtplib over one connection.
"""

import multiprocessing
import resource
import shutil
import smtplib
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import register
import sqlalchemy as sa
from measuring import interleaved, middle, seconds, show, spread
from register import DAY, NOON

from tracker import store
from tracker.config import Config, load
from tracker.jobs import issuing
from tracker.jobs.deliver import deliver
from tracker.jobs.scan import scan
from tracker.store import schema

SINK = Path(__file__).with_name("smtp_sink.py")
SETTINGS = """
[office]
email = "office@example.org"
[mail]
host = "127.0.0.1"
port = {port}
security = "none"
"""
SAME_ROWS = (
    "SELECT m.*, d.key, d.title FROM milestones m LEFT JOIN documents d ON d.id = m.document_id"
    " WHERE m.status IN ('open', 'claimed') ORDER BY m.id",
    "SELECT l.milestone_id, a.name, l.lead, l.support FROM milestone_agencies l JOIN agencies a ON a.id = l.agency_id"
    " ORDER BY l.milestone_id, l.position",
    "SELECT milestone_id, agency_id, max(planned) FROM ledger GROUP BY milestone_id, agency_id",
    "SELECT * FROM agencies",
)
SIZES = (3_000, 14_000, 60_000)  # the least digest that there is has some 14,000 bytes
LETTER = b"Message-ID: <%d@bench.example.org>\r\nSubject: digest\r\n\r\n" + b"0123456789" * 7 + b"\r\n"


def run(*, quick: bool) -> None:
    """The scans, then the deliveries."""
    milestones, agencies, digests, rounds = (200, 20, 50, 1) if quick else (100_000, 2_000, 10_000, 3)
    with tempfile.TemporaryDirectory() as folder:
        scans(Path(folder), milestones, agencies, rounds)
        deliveries(Path(folder), digests, rounds)


def scans(folder: Path, milestones: int, agencies: int, rounds: int) -> None:
    """Both kinds of scan, each side in a process of its own, on a copy of one database each."""
    fresh, told = folder / "fresh.db", folder / "told.db"
    apart(filled, fresh, milestones, agencies)
    shutil.copy(fresh, told)
    apart(scanned, told, 0)
    apart(delivered_all, told)
    peaks: dict[str, float] = {}

    def side(name: str, work: Callable[..., Any], *arguments: Any) -> Callable[[], float]:
        def call() -> float:
            taken, peak = apart(work, *arguments)
            peaks[name] = max(peaks.get(name, 0), peak)
            return float(taken)

        return call

    quiet = interleaved(
        [side("SQLite alone", read_alone, told), side("scan, nothing to say", scanned_again, folder, told)], rounds
    )
    loud = interleaved(
        [side("rendering alone", rendered_alone, fresh), side("scan, everything due", scanned_anew, folder, fresh)],
        1 if rounds == 1 else 2,
    )
    rows = []
    for alone, ours in (quiet, loud):
        for taken in (alone, ours):
            name = list(peaks)[len(rows)]
            rows.append([name, f"{middle(taken):.2f}", spread(taken), f"{middle(taken) / middle(alone):.2f}",
                         f"{min(taken) / min(alone):.2f}", f"{peaks[name]:,.0f}"])  # fmt: skip
    columns = ["", "s", "least–most", "ratio", "of the least", "most memory, MB"]
    show(f"{milestones:,} milestones, {agencies:,} agencies", columns, rows)


def apart(work: Callable[..., Any], *arguments: Any) -> Any:
    """What `work` answers in a new process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        return process.submit(work, *arguments).result()


def peak() -> float:
    """The most memory that this process has taken, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def configured(folder: Path, port: int = 25) -> Config:
    """A configuration with a mail server on loopback."""
    file = folder / "bench.toml"
    file.write_text(SETTINGS.format(port=port), encoding="utf-8")
    return load(str(file), {"HOME": str(folder)})


def filled(database: Path, milestones: int, agencies: int) -> None:
    """A database in which all is due in thirty days."""
    engine = store.connect(f"sqlite:///{database}")
    register.fill(engine, milestones, agencies, due=DAY + timedelta(days=30))
    engine.dispose()


def scanned(database: Path, later: int) -> tuple[float, float]:
    """The seconds of a scan so many days after the first, and the most memory."""
    engine = store.connect(f"sqlite:///{database}")
    config = configured(database.parent)
    days = timedelta(days=later)
    taken = seconds(lambda: scan(engine, config, today=DAY + days, now=NOON + days))
    engine.dispose()
    return taken, peak()


def delivered_all(database: Path) -> None:
    """All of it was sent: what never left is told again."""
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("UPDATE outbox SET state = 'sent'")


def scanned_anew(folder: Path, fresh: Path) -> tuple[float, float]:
    """A scan that tells everything."""
    shutil.copy(fresh, folder / "scanned.db")
    return scanned(folder / "scanned.db", 0)


def scanned_again(folder: Path, told: Path) -> tuple[float, float]:
    """A scan of the day after everything was told."""
    shutil.copy(told, folder / "scanned.db")
    return scanned(folder / "scanned.db", 1)


def read_alone(database: Path) -> tuple[float, float]:
    """The seconds that the driver needs for the rows that a scan is about."""

    def read() -> None:
        for query in SAME_ROWS:
            db.execute(query).fetchall()

    with closing(sqlite3.connect(database)) as db:
        return seconds(read), peak()


def rendered_alone(database: Path) -> tuple[float, float]:
    """The seconds that rendering and serialising take within a scan, and nothing is kept of them."""
    engine = store.connect(f"sqlite:///{database}")
    config = configured(database.parent)
    taken = 0.0

    def timed(name: str) -> None:
        real = getattr(issuing, name)

        def measured(*arguments: Any, **options: Any) -> Any:
            nonlocal taken
            answer: list[Any] = []
            taken += seconds(lambda: answer.append(real(*arguments, **options)))
            return answer[0]

        setattr(issuing, name, measured)

    timed("message")
    timed("freeze")
    copied = database.with_name("rendered.db")
    shutil.copy(database, copied)
    engine = store.connect(f"sqlite:///{copied}")
    scan(engine, config, today=DAY, now=NOON)
    engine.dispose()
    return taken, peak()


def deliveries(folder: Path, digests: int, rounds: int) -> None:
    """Digests a second, outbox and all, against a loop that does nothing but send."""
    numbers = iter(range(1_000_000))
    scanned_once = folder / "digests.db"
    apart(filled, scanned_once, digests - 1, digests - 1)  # and one to the office
    apart(scanned, scanned_once, 0)
    for size in SIZES:
        letter = LETTER + b"\r\n".join([b"x" * 76] * (size // 78))

        def alone(port: int, letter: bytes = letter) -> float:
            return seconds(lambda: bare(port, letter, digests))

        def ours(port: int, letter: bytes = letter) -> float:
            database = folder / f"outbox-{next(numbers)}.db"
            shutil.copy(scanned_once, database)
            apart(cut_to_size, database, letter)
            taken = float(apart(delivered, database, port, digests))
            database.unlink()
            return taken

        with sink() as port:
            sides = [lambda: alone(port), lambda: ours(port)]
            loop, tracker = interleaved(sides, rounds)
        rows = [
            [name, f"{digests / middle(taken):,.0f}", spread(taken), f"{middle(loop) / middle(taken):.2f}",
             f"{min(loop) / min(taken):.2f}"]
            for name, taken in (("bare smtplib", loop), ("deliver", tracker))
        ]  # fmt: skip
        columns = ["", "messages/s", "s, least–most", "ratio", "of the least"]
        show(f"{digests:,} messages of {len(letter):,} bytes", columns, rows)


@contextmanager
def sink(*arguments: str) -> Any:
    """The port of a mail server in a process of its own."""
    process = subprocess.Popen([sys.executable, SINK, *arguments], stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


def bare(port: int, letter: bytes, count: int) -> None:
    """As simply as it can be done."""
    with smtplib.SMTP("127.0.0.1", port) as line:
        for number in range(count):
            line.sendmail("office@example.org", ["agency@example.org"], letter % number)


def cut_to_size(database: Path, letter: bytes) -> None:
    """Gives each message the same bytes but for a number."""
    engine = store.connect(f"sqlite:///{database}")
    table = schema.messages
    change = sa.update(table).where(table.c.outbox_id == sa.bindparam("message")).values(rfc822=sa.bindparam("bytes"))
    with store.writing(engine) as db:
        ids = list(db.execute(sa.select(table.c.outbox_id)).scalars())
        db.execute(change, [{"message": id, "bytes": letter % id} for id in ids])
    engine.dispose()


def delivered(database: Path, port: int, count: int) -> float:
    """The seconds that a whole delivery takes."""
    engine = store.connect(f"sqlite:///{database}")
    config = configured(database.parent, port)
    reports: list[Any] = []

    def clock() -> datetime:
        return NOON

    taken = seconds(lambda: reports.append(deliver(engine, config, clock=clock, out=print)))
    engine.dispose()
    if len(reports[0].sent) != count:
        raise RuntimeError(f"{len(reports[0].sent)} of {count} were sent: {reports[0].stopped_by}")
    return taken
