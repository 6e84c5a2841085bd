"""Publishing a calendar to a CalDAV server: only what changed is put or deleted, and nothing over another's change.

What was put is written down at once, each entry by itself: a run that was cut off goes on where it ended.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal
from urllib.parse import unquote

from sqlalchemy.engine import Engine

from .. import ics, store
from ..config import Config
from ..delivery.caldav import Account, Calendar, Changed, Refused
from ..errors import ConfigError, TrackerError, UsageError
from ..store.publications import Publication
from . import look
from .calendars import Whose, whose

Action = Literal["create", "update", "delete", "restore", "examine", "forget"]


@dataclass(frozen=True, slots=True)
class Target:
    """A calendar on a server, and what is to stand in it."""

    url: str
    of: Whose
    as_todo: bool = False

    @property
    def holds(self) -> str:
        """Whose calendar it is, for the book: another one is not put into its place."""
        return f"{self.of.who if self.of.names or self.of.item else 'office'} {'VTODO' if self.as_todo else 'VEVENT'}"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. `data` is what should be there, None for nothing; `was` what we put there last."""

    action: Action
    uid: str
    data: bytes | None
    was: Publication | None
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """An entry that was left as it is, and why."""

    uid: str
    summary: str
    words: str
    theirs: bool = False  # somebody else has changed it


@dataclass(slots=True)
class PublishReport:
    """What became of each entry of a calendar. `stopped_by` is what ended the run before its end."""

    url: str
    who: str
    made: bool = False
    done: list[Step] = field(default_factory=list)
    unchanged: int = 0
    troubles: list[Trouble] = field(default_factory=list)
    stopped_by: TrackerError | None = None

    def count(self, action: str) -> int:
        """How many entries that was done to."""
        return sum(step.action == action for step in self.done)


def targets(
    engine: Engine, config: Config, url: str | None, agency: str | None, item: str | None, *, as_todo: bool = False
) -> list[Target]:
    """The calendars that are meant: the one at `url`, else those of [caldav]. Raises UsageError, ConfigError."""
    of = whose(engine, config, agency, item)
    if url is not None:
        return [Target(_slashed(url), of, as_todo)]
    if item is not None:
        raise UsageError("where is the calendar of an item? name its URL")
    by_agency = {look.answering(engine, name)[0]: place for name, place in config.caldav.to.items()}
    if of.names:
        if of.names[0] not in by_agency:
            raise ConfigError(f"[caldav.to] names no calendar of {of.names[0]}: add one, or name the URL")
        return [Target(_slashed(by_agency[of.names[0]]), of, as_todo)]
    found = [Target(_slashed(config.caldav.url), of, as_todo)] if config.caldav.url else []
    found += [Target(_slashed(place), whose(engine, config, name, None), as_todo) for name, place in by_agency.items()]
    if not found:
        raise ConfigError("no calendar server is configured: set [caldav] url, or name the URL")
    return found


def publish(
    engine: Engine,
    config: Config,
    target: Target,
    *,
    today: date,
    clock: Callable[[], datetime],
    dry_run: bool = False,
    overwrite: bool = False,
) -> PublishReport:
    """Makes the calendar on the server what it should be on `today`; `dry_run` only says what would be done.

    An entry that somebody else changed stays as it is and is reported, unless `overwrite`. Raises UsageError where
    another calendar was published there. A server that stops the run is in the report: what was done is recorded.
    """
    milestones = [placed.milestone for placed in look.milestones(engine, config, today=today)]
    wanted = ics.resources(milestones, mine=target.of, today=today, rules=config.rules, as_todo=target.as_todo)
    with store.reading(engine) as db:
        known = store.publications.of_collection(db, target.url)
        held = store.publications.holds(db, target.url)
    if held not in (None, target.holds):
        raise UsageError(f"{target.url} holds the calendar of {held}, not of {target.holds}: name another URL")
    report = PublishReport(target.url, target.of.who)
    caldav = config.caldav
    account = Account(target.url, caldav.user, caldav.password.reveal, caldav.timeout_seconds)
    try:
        with Calendar(account) as server:
            there = server.listing()
            if there is None:
                report.made = True
                if not dry_run:
                    server.make(target.of.title, "VTODO" if target.as_todo else "VEVENT")
            plan = steps(wanted, known, there or {}, server.place)
            report.unchanged = len(wanted) - sum(step.data is not None for step in plan)
            run = _Run(engine, target, clock, server, report, dry_run, overwrite)
            for step in plan:
                run.take(step)
    except TrackerError as error:
        report.stopped_by = error
    return report


def steps(
    wanted: Mapping[str, bytes],
    known: Mapping[str, Publication],
    there: Mapping[str, str],
    place: Callable[[str], str],
) -> list[Step]:
    """What is to be done, from what should be there, what we put, and the versions that are there by unquoted path."""
    found = []
    for uid, data in wanted.items():
        was = known.get(uid)
        version = there.get(unquote(was.href if was else place(uid)))
        if version is None:
            found.append(Step("restore" if was and there else "create", uid, data, None, ics.summary(data)))
        elif was is None or version != was.etag:
            found.append(Step("examine", uid, data, was, ics.summary(data)))
        elif was.sha256 != digest(data):
            found.append(Step("update", uid, data, was, ics.summary(data)))
    for uid, was in known.items():
        if uid not in wanted:
            version = there.get(unquote(was.href))
            gone: Action = "forget" if version is None else "delete" if version == was.etag else "examine"
            found.append(Step(gone, uid, None, was))
    return found


def digest(data: bytes) -> str:
    """The SHA-256 by which a later run knows what was put."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class _Run:
    """Takes steps: on the server, then in the book, each entry in a transaction of its own, then in the report."""

    engine: Engine
    target: Target
    clock: Callable[[], datetime]
    server: Calendar
    report: PublishReport
    dry_run: bool
    overwrite: bool

    def take(self, step: Step) -> None:
        """One step, or what becomes of it where the entry is not as it was."""
        if step.action == "examine":
            self.examine(step)
        elif step.action == "forget":
            self.forget(step.uid)
        else:
            try:
                self.do(step, step.was.etag if step.was else None)
            except Changed:
                self.examine(step)

    def do(self, step: Step, etag: str | None) -> None:
        """Puts or deletes that version of an entry (None: there is none). Raises Changed."""
        href = self.href(step)
        try:
            if self.dry_run:
                pass
            elif step.data is None:
                self.server.delete(href, etag or "")
                self.forget(step.uid)
            else:
                self.record(step.uid, href, self.server.put(href, step.data, etag), step.data)
        except Refused as error:
            self.leave(step, f"the server does not take it: {error}")
        else:
            self.report.done.append(step)

    def examine(self, step: Step) -> None:
        """An entry that has another version there: the same in other words is ours, another one is left and named."""
        href = self.href(step)
        found = self.server.get(href)
        theirs, version = found or (b"", None)
        apart = ics.differences(step.data, theirs) if found and step.data is not None else []
        if version is not None and step.data is not None and not apart:
            self.report.unchanged += 1
            self.record(step.uid, href, version, step.data)
        elif found and not self.overwrite:
            words = "; ".join(apart) or "it has no place in this calendar any more"
            named = replace(step, summary=step.summary or ics.summary(theirs))
            self.leave(named, f"somebody changed it on the server: {words}", theirs=True)
        else:
            action: Action = "delete" if step.data is None else "update" if found else "restore"
            try:
                self.do(replace(step, action=action), version)
            except Changed:
                self.leave(step, "it is being changed on the server right now", theirs=True)

    def href(self, step: Step) -> str:
        """Where the entry lies, or is to lie."""
        return step.was.href if step.was else self.server.place(step.uid)

    def leave(self, step: Step, words: str, *, theirs: bool = False) -> None:
        """Says that an entry was left as it is."""
        self.report.troubles.append(Trouble(step.uid, step.summary, words, theirs))

    def record(self, uid: str, href: str, etag: str, data: bytes) -> None:
        """Writes down an entry as it is there now."""
        put = Publication(href=href, etag=etag, sha256=digest(data))
        if not self.dry_run:
            with store.writing(self.engine) as db:
                store.publications.record(db, self.target.url, uid, put, holds=self.target.holds, at=self.clock())

    def forget(self, uid: str) -> None:
        """Writes down that an entry is not there any more."""
        if not self.dry_run:
            with store.writing(self.engine) as db:
                store.publications.forget(db, self.target.url, uid)


def _slashed(url: str) -> str:
    return url if url.endswith("/") else f"{url}/"
