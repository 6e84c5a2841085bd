"""The daemon: a clock that wakes `jobs.scan` and `jobs.deliver`. What is owed is the ledger's to know, never its own.

So nothing is lost with this process: a scan that was missed is made up for by the next one, and a run that fails is
tried again. One line an event goes to the log.
"""

import logging
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Final
from zoneinfo import ZoneInfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.engine import Engine

from . import store
from .config import Config, make_data_folder
from .errors import TrackerError
from .jobs.chat import send_chats
from .jobs.deliver import DeliveryReport, deliver
from .jobs.scan import ScanReport, scan

log = logging.getLogger("tracker")

AGAIN: Final = timedelta(minutes=5)  # after a scan that failed: tomorrow would be too late


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
        self._sending = threading.Lock()
        self._last_failure: dict[str, str] = {}
        self.stopping = threading.Event()

    def begin(self) -> bool:
        """Scan if today's scan is due and has not happened, then deliver. False where the scan failed."""
        done = not self.scan_is_due() or self.scan()
        self.deliver()
        return done

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
        return last is None or last[0] < now.date()

    def scan(self) -> bool:
        """Scan for today. False where that failed."""

        def once() -> str:
            return _told(scan(self._engine, self._config, today=self._local().date(), now=self._clock()))

        return self._guarded("scan", once)

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

    def _deliver(self) -> str:
        report = deliver(self._engine, self._config, clock=self._clock, out=self._out, stop=self.stopping.is_set)
        _log_each(report, self._config.zone)
        chats = send_chats(self._engine, self._config, clock=self._clock, stop=self.stopping.is_set)
        for one in (*chats.sent, *chats.troubles):
            log.log(logging.INFO if one in chats.sent else logging.WARNING, "%s: %s: %s", *astuple(one))
        if report.stopped_by:
            raise TrackerError(f"{report.stopped_by}; what could not be sent is tried again")
        return f"deliver: {len(report.sent) + len(report.refused)} sent" if report.sent or report.refused else ""

    def _guarded(self, name: str, work: Callable[[], str]) -> bool:
        """Do the work and log what came of it. A failure ends nothing, and is logged when it is news."""
        try:
            said = work()
        except TrackerError as error:
            self._failed(name, str(error), None)
            return False
        except Exception as error:  # a fault of ours must not stop the reminders of tomorrow
            self._failed(name, f"{type(error).__name__}: {error}", error)
            return False
        if self._last_failure.pop(name, None):
            log.info("%s: works again", name)
        if said:
            log.info("%s", said)
        return True

    def _failed(self, name: str, words: str, error: Exception | None) -> None:
        if self._last_failure.get(name) != words:
            log.error("%s: %s", name, " ".join(words.split()), exc_info=error)
        self._last_failure[name] = words

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

    def again() -> None:
        """Try the scan until it works: the next regular one is a day away."""
        when = datetime.now(config.zone) + AGAIN
        scheduler.add_job(scan_now, DateTrigger(when), id="scan-again", replace_existing=True)

    def scan_now() -> None:
        if not daemon.scan():
            again()

    def begin() -> None:
        if not daemon.begin():
            again()

    times = config.schedule
    first = datetime.now(config.zone).replace(
        hour=times.deliver.hour, minute=times.deliver.minute, second=0, microsecond=0
    )
    daily = CronTrigger(hour=times.scan.hour, minute=times.scan.minute, timezone=config.zone)
    often = IntervalTrigger(minutes=times.deliver_every_minutes, start_date=first, timezone=config.zone)
    scheduler.add_job(scan_now, daily, id="scan")
    scheduler.add_job(daemon.deliver, often, id="deliver")
    scheduler.add_job(begin, DateTrigger(datetime.now(config.zone)), id="begin")
    return scheduler


class Zoned(logging.Formatter):
    """Log lines with the time of the configured zone and its offset, whatever the machine's own zone is."""

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")
        self._zone = zone

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        """The instant of a record, ISO 8601."""
        return datetime.fromtimestamp(record.created, self._zone).isoformat(timespec="seconds")


def show(text: str) -> None:
    """Show a text on standard output, at once."""
    print(text, flush=True)


def run(config: Config, *, out: Callable[[str], object] = show) -> int:
    """Scan and deliver on schedule until SIGTERM or SIGINT; then the message under way is finished. Returns 0.

    `out` shows a message on the console where no mail server is configured. Raises ConfigError, DatabaseError at the
    start; later failures are logged. Must be called in the main thread.
    """
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(Zoned(config.zone))
    logging.basicConfig(level=logging.INFO, handlers=[lines])
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    make_data_folder(config)
    engine = store.connect(config.database.url)
    daemon = Daemon(engine, config, out)
    scheduler = schedule(daemon, config)

    def stop(number: int, _frame: FrameType | None) -> None:
        log.info("%s: stopping after the message under way", signal.Signals(number).name)
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
    )
    scheduler.start()
    engine.dispose()
    log.info("stopped")
    return 0


def _told(report: ScanReport) -> str:
    """A scan in one line."""
    words = [f"scan {report.day}: {len(report.issued)} digests, {report.reminders} reminders"]
    if report.ahead is not None:
        words.append(f"the last scan was of {report.ahead}, a day to come: it counts for nothing until then")
    if report.held_until is not None:
        words.append(f"a day off: {report.held} milestones wait for {report.held_until}")
    if report.missed:
        words.append(f"made up for {len(report.missed)} missed days")
    if report.unreachable:
        named = "、".join(f"{agency} ({count})" for agency, count in sorted(report.unreachable.items()))
        words.append(f"no address, milestones untold: {named}")
    if report.office_unreachable:
        words.append("the office has no address: [office] email is empty")
    return "; ".join(words)


def _log_each(report: DeliveryReport, zone: ZoneInfo) -> None:
    """One line for each message, but none for those that wait for the server: that is one event, and logged as one."""
    kinds = (
        (logging.INFO, "sent", report.sent),
        (logging.WARNING, "sent, but not to all", report.refused),
        (logging.WARNING, "put off", [one for one in report.deferred if one.reply != report.stopped_by]),
        (logging.ERROR, "failed", report.failed),
        (logging.WARNING, "in doubt", report.doubtful),
    )
    for address, words in report.suspended.items():
        log.error("suspended, nothing goes there any more: %s: %s", address, words)
    for level, kind, messages in kinds:
        for one in messages:
            later = f"; again at {one.next_try.astimezone(zone):%Y-%m-%d %H:%M}" if one.next_try else ""
            doubt = "; perhaps a duplicate" if one.possible_duplicate else ""
            log.log(level, "%s: %s (message %d): %s%s%s", kind, one.subject, one.id, one.reply, later, doubt)
