"""The daemon: a clock that wakes `jobs.scan` and `jobs.deliver`. What is owed is the ledger's to know, never its own.

So nothing is lost with this process: a scan that was missed is made up for by the next one, and a run that fails is
tried again. One line an event goes to the log.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Final, Literal

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.engine import Engine

from . import logs, store
from .config import Config, make_data_folder
from .errors import TrackerError
from .jobs.chat import send_chats
from .jobs.deliver import deliver
from .jobs.loglines import log_each, scanned
from .jobs.scan import scan
from .jobs.watch import ask, write_metrics
from .logs import about

log = logging.getLogger("tracker")

AGAIN: Final = timedelta(minutes=5)  # how often the scan of the day is looked for: tomorrow would be too late
LOOK_SECONDS: Final = 20  # between two looks at the clock
JUMP: Final = timedelta(seconds=30)  # a clock that is set right by less disturbs nothing


def utc_now() -> datetime:
    """The instant."""
    return datetime.now(UTC)


class Daemon:
    """What is woken, and what is remembered between two awakenings: only what was logged last."""

    def __init__(
        self, engine: Engine, config: Config, out: Callable[[str], object], clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._engine = engine
        self._config = config
        self._out = out
        self._clock = clock
        self._scanning = threading.Lock()
        self._sending = threading.Lock()
        self._said: dict[str, set[str]] = {}
        self.stopping = threading.Event()

    def begin(self) -> bool:
        """Scan if today's scan is due and has not happened, then deliver. False where the scan failed."""
        done = self.scan_if_due()
        self.deliver()
        return done

    def scan_if_due(self) -> bool:
        """Scan if the time of today's scan has passed without one, and none is under way. False where that failed."""
        if not self._scanning.acquire(blocking=False):
            return True
        try:
            return not self.scan_is_due() or self.scan()
        finally:
            self._scanning.release()

    def scan_is_due(self) -> bool:
        """Whether the time of today's scan has passed without one."""
        now = self._local()
        if now.time() < self._config.schedule.scan:
            return False
        try:
            with store.reading(self._engine) as db:
                last = store.ledger.last_scan(db, now.date())
        except TrackerError:
            return True  # the scan itself will say what is wrong
        if last is None or last[0] < now.date():
            return True
        self._works("scan")
        return False

    def scan(self) -> bool:
        """Scan for today. False where that failed."""

        def once() -> str:
            report = scan(self._engine, self._config, today=self._local().date(), now=self._clock())
            for one in report.issued:
                log.info("issued: %s", one.subject, extra=about("issued", one.digest))
            return scanned(report)

        done = self._guarded("scan", once)
        if done:
            self._guarded("ping", lambda: ask(self._config))
        self._write_metrics()
        return done

    def deliver(self) -> bool:
        """Deliver, if this is a time for it and no delivery is under way. False where that failed."""
        now = self._local()
        schedule = self._config.schedule
        off = self._config.reminders.working_days_only and not self._config.calendar.is_workday(now.date())
        if off or not schedule.deliver <= now.time() < schedule.deliver_until:
            return True
        if not self._sending.acquire(blocking=False):
            return True
        try:
            return self._guarded("deliver", self._deliver)
        finally:
            self._sending.release()
            self._write_metrics()

    def _deliver(self) -> str:
        report = deliver(self._engine, self._config, clock=self._clock, out=self._out, stop=self.stopping.is_set)
        log_each(report, self._config.zone)
        chats = send_chats(self._engine, self._config, clock=self._clock, stop=self.stopping.is_set)
        for one in (*chats.sent, *chats.troubles):
            level = logging.INFO if one in chats.sent else logging.WARNING
            log.log(level, "%s: %s: %s", *astuple(one), extra=about("chat"))
        if report.stopped_by:
            raise TrackerError(f"{report.stopped_by}; what could not be sent is tried again")
        return f"deliver: {len(report.sent) + len(report.refused)} sent" if report.sent or report.refused else ""

    def _write_metrics(self) -> None:
        now = self._clock()
        today = now.astimezone(self._config.zone).date()
        self._guarded("metrics", lambda: write_metrics(self._engine, self._config, today=today, now=now))

    def _guarded(self, name: str, work: Callable[[], str | None]) -> bool:
        """Do the work and log what came of it. A failure ends nothing, and is logged when it is news."""
        try:
            said = work()
        except TrackerError as error:
            self._failed(name, str(error), None)
            return False
        except Exception as error:  # a fault of ours must not stop the reminders of tomorrow
            self._failed(name, f"{type(error).__name__}: {error}", error)
            return False
        self._works(name)
        if said:
            log.info("%s", said, extra=about(name))
        return True

    def _works(self, name: str) -> None:
        """Log that what had failed works, once; its next failure is news again."""
        if self._said.pop(name, None):
            log.info("%s: works again", name, extra=about(name))

    def _failed(self, name: str, words: str, error: Exception | None) -> None:
        """Log what is wrong, each thing once until the work succeeds again."""
        said = self._said.setdefault(name, set())
        if words not in said:
            log.error("%s: %s", name, " ".join(words.split()), exc_info=error, extra=about(name))
        said.add(words)

    def _local(self) -> datetime:
        return self._clock().astimezone(self._config.zone)


def schedule(daemon: Daemon, config: Config) -> BlockingScheduler:
    """The scheduler, not yet started. Nothing is stored: at a start everything is computed anew."""
    scheduler = BlockingScheduler(
        timezone=config.zone,
        executors={"default": ThreadPoolExecutor(2)},
        # Whatever was missed (a suspended machine) runs once, however late; the library's own default is to drop it.
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    arm(scheduler, daemon, config)
    return scheduler


def arm(scheduler: BlockingScheduler, daemon: Daemon, config: Config) -> None:
    """Plan every awakening from the clock as it stands, in the place of those that were planned before.

    The scan of the day is looked for at its time, at once, and every few minutes besides: so it is made up for where it
    failed, where the clock was moved over its time, and on a day that has no such time (summer time begins).
    """
    times, now = config.schedule, datetime.now(config.zone)
    first = now.replace(hour=times.deliver.hour, minute=times.deliver.minute, second=0, microsecond=0)
    daily = CronTrigger(hour=times.scan.hour, minute=times.scan.minute, timezone=config.zone)
    often = IntervalTrigger(minutes=times.deliver_every_minutes, start_date=first, timezone=config.zone)
    again = IntervalTrigger(seconds=int(AGAIN.total_seconds()), start_date=now + AGAIN, timezone=config.zone)
    for name, work, trigger in (
        ("scan", daemon.scan_if_due, daily),
        ("scan-again", daemon.scan_if_due, again),
        ("deliver", daemon.deliver, often),
        ("begin", daemon.begin, DateTrigger(now)),
    ):
        scheduler.add_job(work, trigger, id=name, replace_existing=True)


class Jumps:
    """Notices a wall clock that was set, or stood still with its machine, by one that only counts seconds."""

    def __init__(self) -> None:
        self._offset = self._measured()

    def since(self) -> timedelta:
        """By how much the wall clock has jumped since this was asked last; negative where it was put back."""
        before, self._offset = self._offset, self._measured()
        return timedelta(seconds=round(self._offset - before))

    def _measured(self) -> float:
        return utc_now().timestamp() - time.monotonic()


def watch_clock(scheduler: BlockingScheduler, daemon: Daemon, config: Config, look: float = LOOK_SECONDS) -> None:
    """Until the daemon stops: where the clock has jumped, plan anew.

    The scheduler sleeps by a count of seconds that it reckoned from the wall clock of former times.
    """
    jumps = Jumps()
    while not daemon.stopping.wait(look):
        jump = jumps.since()
        if abs(jump) >= JUMP:
            way = "forward" if jump > timedelta(0) else "back"
            log.warning(
                "clock: it went %s by %s (it was set, or the machine slept): planned anew",
                way,
                abs(jump),
                extra=about("clock"),
            )
            arm(scheduler, daemon, config)


def show(text: str) -> None:
    """Show a text on standard output, at once."""
    print(text, flush=True)


def run(config: Config, *, out: Callable[[str], object] = show, form: Literal["plain", "json"] | None = None) -> int:
    """Scan and deliver on schedule until SIGTERM or SIGINT; then the message under way is finished. Returns 0.

    `out` shows a message on the console where no mail server is configured; `form` is that of the log, in the place of
    the configured one. Raises ConfigError, DatabaseError at the start; later failures are logged. Must be called in the
    main thread.
    """
    logs.start(config, form or config.log.format)
    make_data_folder(config)
    engine = store.connect(config.database.url)
    daemon = Daemon(engine, config, out)
    scheduler = schedule(daemon, config)

    def stop(number: int, _frame: FrameType | None) -> None:
        name = signal.Signals(number).name
        log.info("%s: stopping after the message under way", name, extra=about("stopping"))
        signal.signal(number, signal.SIG_DFL)  # whoever insists is obeyed
        daemon.stopping.set()
        # Not from here: the handler interrupts the very loop that the shutdown waits for.
        threading.Thread(target=scheduler.shutdown, name="shutdown").start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    times = config.schedule
    log.info(
        "started: scan at %s, delivery %s to %s every %d minutes (%s), %s",
        times.scan.isoformat("minutes"),
        times.deliver.isoformat("minutes"),
        times.deliver_until.isoformat("minutes"),
        times.deliver_every_minutes,
        config.timezone,
        f"mail by {config.mail.host}" if config.channel == "smtp" else "digests on the console",
        extra=about("started"),
    )
    threading.Thread(target=watch_clock, args=(scheduler, daemon, config), name="clock", daemon=True).start()
    scheduler.start()
    engine.dispose()
    log.info("stopped", extra=about("stopped"))
    return 0
