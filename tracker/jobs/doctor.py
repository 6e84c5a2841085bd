"""The doctor: what is not in order, each finding with what to do."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Final

from sqlalchemy.engine import Connection, Engine

from .. import store
from ..bodies import Register, seek
from ..config import Config
from ..milestones import Milestone
from ..milestones.agencies import of_members
from ..store.claims import CLOCKS_APART, claim_holds
from ..store.outbox import OutboxRow
from .addressing import reached, recipients
from .agencies import named_by_milestones
from .audit import glance
from .chat import faults
from .concerns import REACH
from .disputes import disputed
from .outbox import reason

IDS_AT_MOST: Final = 20  # in one finding
AHEAD: Final = timedelta(minutes=5)  # by so much the clocks of two machines may differ
NOTICE_BY: Final = (12, 15)  # month and day: the holiday notice of the next year has come earlier in the last ten years
MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should know; a fault needs doing something about."""

    words: str
    fault: bool = True


def examine(engine: Engine, config: Config, *, today: date, now: datetime) -> list[Finding]:
    """What is not in order on `today`. Reads the whole database once."""
    found = [Finding(f"database: {fault}") for fault in store.check(engine)]
    found += [Finding(fault) for fault in faults(engine, config)]
    found += about_disk(engine, config)
    found += about_holidays(config, today)
    with store.reading(engine) as db:
        found += about_sending(db, config)
        found += about_addresses(db)
        found += about_scans(db, config, today)
        found += about_clock(db, config, today, now)
        found += about_suspended(db, config)
        found += about_outbox(db, config, today, now)
        found += about_documents(db)
        found += about_milestones(db, today)
        found += about_history(db)
        found += about_agencies(db, today)
    return found


def about_disk(engine: Engine, config: Config) -> Iterator[Finding]:
    """Whether the database still has room; that of a server's is for its own administrator to watch."""
    free, least = store.free_space(engine), config.watch.disk_free_mb
    if free is not None and free < least * MEGABYTE:
        yield Finding(
            f"the disk of the database has {free // MEGABYTE} MB left, less than [watch] disk_free_mb = {least}: "
            "make room before it is full, when nothing can be decided or noted any more"
        )


def about_holidays(config: Config, today: date) -> Iterator[Finding]:
    """Years within reach whose days off nobody knows: a fault once the notice must have been published."""
    for year in range(today.year, (today + REACH).year + 1):
        if not config.calendar.is_known(year):
            yield Finding(
                f"the holidays of {year} are not known, and the plain week stands in: when the notice is published, "
                "write its days under [workdays] or update chinesecalendar, then start `tracker run` again",
                fault=(today.year, today.month, today.day) >= (year - 1, *NOTICE_BY),
            )


def about_sending(db: Connection, config: Config) -> Iterator[Finding]:
    """Mail server, office, and the agencies that nobody reaches."""
    if config.channel == "console":
        yield Finding("[mail] host is empty: digests are printed on the console", fault=False)
        return
    if config.delivery.redirect_to:
        yield Finding(f"[delivery] redirect_to: every mail goes to {config.delivery.redirect_to}", fault=False)
    open_ones = of_members(store.open_milestones(db), store.agencies.members(db))
    people = recipients({agency.name: agency for agency in store.agencies.listed(db)}, config)
    if not reached(people[""], config):
        yield Finding("[office] email is empty: the office's digest reaches nobody")
    for name, person in people.items():
        waiting = sum(name in one.agencies for one in open_ones)
        if name and waiting and not reached(person, config):
            some = "1 open milestone" if waiting == 1 else f"{waiting} open milestones"
            yield Finding(f"{name} has no address and {some}: tracker agencies set {name} --email …")


def about_addresses(db: Connection) -> Iterator[Finding]:
    """Addresses to which nothing can go: the name may be mistyped."""
    named = named_by_milestones(db)
    if idle := [agency.name for agency in store.agencies.listed(db) if agency.email and agency.name not in named]:
        names = "、".join(idle[:IDS_AT_MOST]) + (" …" if len(idle) > IDS_AT_MOST else "")
        yield Finding(f"no milestone names {names}, with an address: tracker agencies alias NAME AGENCY", fault=False)


def about_scans(db: Connection, config: Config, today: date) -> Iterator[Finding]:
    """Whether the scans run."""
    if ahead := store.ledger.scanned_ahead(db, today):
        yield Finding(
            f"the last scan was of {ahead}, a day to come: it counts for nothing until then; "
            "was the clock wrong, or --as-of mistyped?"
        )
    last, calendar = store.ledger.last_scan(db, today), config.calendar
    if last is None:
        yield Finding("no scan has run yet: tracker scan, or tracker run", fault=False)
        return
    missed = sum(calendar.is_workday(last[0] + timedelta(days=n)) for n in range(1, (today - last[0]).days))
    if missed:
        days = "1 working day was" if missed == 1 else f"{missed} working days were"
        yield Finding(f"the last scan was of {last[0]}: {days} missed; is `tracker run` alive?")


def about_clock(db: Connection, config: Config, today: date, now: datetime) -> Iterator[Finding]:
    """Entries that lie in the future: a clock was wrong, or is."""
    last = store.vitals.latest_instant(db)
    if last is not None and last > now + AHEAD:
        written, here = (f"{at.astimezone(config.zone):%Y-%m-%d %H:%M}" for at in (last, now))
        yield Finding(
            f"something was written at {written}, and the clock of this machine says {here} ({config.timezone}): "
            "one of the two is wrong; set the clock (timedatectl), then look at `tracker outbox list`"
        )
    if ahead := store.vitals.entered_ahead(db, today):
        some = "1 milestone has" if len(ahead) == 1 else f"{len(ahead)} milestones have"
        yield Finding(
            f"{some} entries of a day to come: {numbers(ahead)}; tracker show ID; "
            "was the clock wrong, or --as-of mistyped?",
            fault=False,
        )


def about_suspended(db: Connection, config: Config) -> Iterator[Finding]:
    """Addresses to which nothing goes, and bounces that nobody could tell from made-up ones."""
    off = store.suspensions.listed(db)
    for agency in store.agencies.listed(db) if off else ():
        for address in agency.suspended:
            since = off[address].since.astimezone(config.zone).date()
            field = next((name for name in ("head", "cc") if address in getattr(agency, name).casefold()), "email")
            yield Finding(
                f"{agency.name}: {address} is suspended since {since}: {off[address].reply}; "
                f"tracker agencies set {agency.name} --{field} … sets it right"
            )
    if config.mail.bounce and not config.mail.bounce_secret:
        yield Finding(
            "[mail] bounce is not signed: set bounce_secret_file or TRACKER_BOUNCE_SECRET, "
            "or bounces are known by the original's Message-ID alone",
            fault=False,
        )


def about_outbox(db: Connection, config: Config, today: date, now: datetime) -> Iterator[Finding]:
    """Messages that failed, are held, or are stuck; what is true of several is said once."""
    found: dict[Finding, list[OutboxRow]] = {}
    for row in store.outbox.listed(db, ("failed", "held", "unknown", "ready", "sending")):
        if finding := about_message(row, config, last_chance(config, today), now):
            found.setdefault(finding, []).append(row)
    for finding, rows in found.items():
        whom, words = f"{len(rows)} messages ({numbers([row.id for row in rows])})", finding.words
        if len(rows) == 1:
            whom = f"message {rows[0].id} to {rows[0].agency or 'the office'}"
            words = words.replace("outbox retry ID", f"outbox retry {rows[0].id}")
        yield replace(finding, words=f"{whom}: {words}")


def last_chance(config: Config, today: date) -> datetime:
    """When the delivery of the last working day before `today` began: what was ready then should have gone out."""
    working = config.reminders.working_days_only
    day = config.calendar.workdays_before(today, 1) if working else today - timedelta(days=1)
    return datetime.combine(day, config.schedule.deliver, config.zone)


def about_message(row: OutboxRow, config: Config, chance: datetime, now: datetime) -> Finding | None:
    """What a person should know of a message that was not sent; None while it goes its way."""
    if row.state == "failed":
        return Finding(f"failed: {row.reply}; mend the cause, then tracker outbox retry ID")
    if row.state == "held":
        return Finding("held by a person; tracker outbox retry ID releases it", fault=False)
    if row.state == "unknown":
        return Finding(reason(row, config), fault=config.delivery.unknown == "hold")
    if row.state == "sending":
        if claim_holds(row, now, config.delivery.lease_seconds):
            return None
        return Finding(
            f"claimed by {row.owner}, whose lease has run out: did that program die? The next delivery takes it over"
        )
    decided = datetime.combine(row.day, config.schedule.scan, config.zone)
    if row.next_try and row.next_try > now + timedelta(minutes=max(config.delivery.retry_minutes)) + CLOCKS_APART:
        until = f"{row.next_try.astimezone(config.zone):%Y-%m-%d %H:%M}"
        return Finding(
            f"put off until {until}, longer than any pause: was the clock wrong? tracker outbox retry ID sends it now"
        )
    if (row.next_try or decided) < chance:
        return Finding(
            f"ready, and not sent at the delivery of {chance:%Y-%m-%d}: is `tracker run`, or cron's `tracker deliver`, "
            "alive, and does the mail server answer (tracker doctor --mail ADDRESS)?"
        )
    if row.attempts and decided < chance:
        return Finding(f"not sent since {row.day}: {row.reply}; tracker doctor --mail ADDRESS tries the mail server")
    return None


def numbers(ids: Sequence[int]) -> str:
    """The first of many ids."""
    return ", ".join(map(str, ids[:IDS_AT_MOST])) + (" …" if len(ids) > IDS_AT_MOST else "")


def about_documents(db: Connection) -> Iterator[Finding]:
    """Documents and dates that wait for a person."""
    for document in store.documents.listed(db):
        if not document.confirmed and document.withdrawn_on is None:
            yield Finding(
                f"{document.key}: its date {document.published_as} was inferred; ingest it again with --published"
            )
    if waiting := store.sightings.waiting(db):
        some = "1 date waits" if len(waiting) == 1 else f"{len(waiting)} dates wait"
        keys = "、".join(dict.fromkeys(one.document for one in waiting))
        yield Finding(f"{some} for a decision ({keys}): tracker review")


def about_history(db: Connection) -> Iterator[Finding]:
    """Whether the last entries of the history are what was written; `tracker audit verify` looks at all of them."""
    if faults := glance(db):
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        yield Finding(
            f"the history was changed: {faults[0].words}{more}: tracker audit verify says what; restore a backup"
        )


def about_milestones(db: Connection, today: date) -> Iterator[Finding]:
    """Open milestones that wait for a person, by their ids."""
    every = store.open_milestones(db)
    for found, one, several, remedy in (
        ([m for m in every if m.to_confirm], "waits for a look at its day", "wait for a look at their days",
         "tracker review, tracker why ID; tracker add --document KEY --due DATE adds another"),
        (disputed(db, every, today), "has another day in the document now", "have other days in the document now",
         "tracker show ID, then tracker edit ID --due DATE"),
        ([m for m in every if not m.agencies], "names no agency", "name no agency",
         "tracker list --no-agency, then tracker edit ID --agency NAME"),
        ([m for m in every if m.withdrawn], "was withdrawn by its document", "were withdrawn by their documents",
         "tracker list --withdrawn, then tracker cancel ID, or read the document again"),
    ):  # fmt: skip
        if found:
            some = f"1 open milestone {one}" if len(found) == 1 else f"{len(found)} open milestones {several}"
            yield Finding(f"{some}: {numbers([m.id for m in found])}; {remedy}")


def about_agencies(db: Connection, today: date) -> Iterator[Finding]:
    """Agencies that may be one, and milestones without an agency whose sentence names one: a person decides."""
    register = store.recognition.register(db)
    for one, other in register.doubts(today):
        yield Finding(f"{one} may be {other}: if so, tracker agencies alias {one} {other}", fault=False)
    nobody = [milestone for milestone in store.open_milestones(db) if not milestone.agencies]
    for milestone, names in named_in(nobody, register):
        yield Finding(
            f"{milestone.id} names no agency, but its words have {'、'.join(names)}: "
            f"tracker edit {milestone.id} --agency {names[0]} --reason …",
            fault=False,
        )


def named_in(milestones: Sequence[Milestone], register: Register) -> Iterator[tuple[Milestone, list[str]]]:
    """Those milestones whose sentence has the name of an agency, with those agencies."""
    names = [name for name in (*register.called, *register.full) if len(name) > 2]
    text = "\n".join(milestone.quote.replace("\n", " ") for milestone in milestones)
    starts = list(accumulate((len(milestone.quote) + 1 for milestone in milestones), initial=0))
    found: dict[int, dict[str, None]] = {}
    for at, name in seek(text, names) if milestones else ():
        agency = register.called.get(name) or register.full[name]
        found.setdefault(bisect_right(starts, at) - 1, {})[agency] = None
    for n, agencies in found.items():
        yield milestones[n], list(agencies)
