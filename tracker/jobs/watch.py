"""Telling others that the tracker is alive: a URL that is asked for, and a file of figures for Prometheus."""

import contextlib
import os
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from sqlalchemy.engine import Connection, Engine

from .. import store
from ..config import Config
from ..delivery import ping
from ..errors import TrackerError, UnreadableFile
from ..milestones import Standing, standing
from ..render import Metric, metrics_text
from ..store.outbox import STATES
from .concerns import REACH


def ask(config: Config) -> None:
    """Ask for the configured URL, if there is one. Raises TrackerError, which names its host alone."""
    url = config.watch.ping_url.reveal()
    if url and (failure := ping(url)):
        raise TrackerError(f"[watch] ping_url: {failure}")


def write_metrics(engine: Engine, config: Config, *, today: date, now: datetime) -> None:
    """Write the configured file of figures, if there is one, whole. Raises UnreadableFile, DatabaseError."""
    path = config.watch.metrics_file
    if not path:
        return
    with store.reading(engine) as db:
        text = metrics_text(figures(db, config, today=today, now=now))
    try:
        _replace(Path(path), text)
    except OSError as error:
        raise UnreadableFile(f"[watch] metrics_file: {path} cannot be written: {error.strerror}") from None


def figures(db: Connection, config: Config, *, today: date, now: datetime) -> Iterator[Metric]:
    """The figures, by a number of queries that does not depend on how much there is."""
    beat = store.vitals.heartbeat(db)
    since = store.vitals.unsent_since(db)
    rules, standings = config.rules, Counter[str]()
    for group in store.vitals.groups(db):
        how = standing(group, today, due_soon_days=rules.due_soon_days, first_lead=rules.first_lead(group))
        standings[how] += group.count
    outbox = store.outbox.counts(db)
    suspended = sum(len(agency.suspended) for agency in store.agencies.listed(db))
    unknown = [year for year in (today.year, (today + REACH).year) if not config.calendar.is_known(year)]
    yield Metric(
        "tracker_last_scan_timestamp_seconds",
        "When the last scan completed; 0 before the first.",
        [({}, beat.at.timestamp() if beat else 0)],
    )
    yield Metric(
        "tracker_milestones",
        "Milestones by standing.",
        [({"standing": str(name)}, standings[name]) for name in Standing],
    )
    yield Metric(
        "tracker_outbox_messages", "Messages by state.", [({"state": name}, outbox.get(name, 0)) for name in STATES]
    )
    yield Metric(
        "tracker_outbox_oldest_unsent_seconds",
        "Age of the oldest message that waits to be sent; 0 where none waits.",
        [({}, max((now - since).total_seconds(), 0) if since else 0)],
    )
    yield Metric(
        "tracker_unknown_holiday_year",
        "The first year within 60 days whose holiday notice is not known; 0 where all are.",
        [({}, unknown[0] if unknown else 0)],
    )
    yield Metric("tracker_suspended_addresses", "Addresses that nothing is sent to any more.", [({}, suspended)])
    yield Metric("tracker_metrics_timestamp_seconds", "When these figures were taken.", [({}, now.timestamp())])


def _replace(path: Path, text: str) -> None:
    """A reader sees the former file or the new one, never a part; the collector passes over names without .prom."""
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            file.write(text)
            file.flush()
            os.chmod(file.name, 0o644)
            os.replace(file.name, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(file.name)
            raise
