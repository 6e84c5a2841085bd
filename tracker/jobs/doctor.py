"""The doctor: what is not in order, each finding with what to do."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate

from sqlalchemy.engine import Connection, Engine

from .. import store
from ..bodies import Register, seek
from ..config import Config
from ..milestones import Milestone
from ..milestones.agencies import of_members
from .addressing import reached, recipients
from .agencies import named_by_milestones
from .chat import faults
from .disputes import disputed
from .outbox import reason

IDS_AT_MOST = 20  # in one finding
STUCK = timedelta(hours=24)  # a message that has waited so long will not go by itself


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should know; a fault needs doing something about."""

    words: str
    fault: bool = True


def examine(engine: Engine, config: Config, *, today: date, now: datetime) -> list[Finding]:
    """What is not in order on `today`. Reads the whole database once."""
    found = [Finding(f"database: {fault}") for fault in store.check(engine)]
    found += [Finding(fault) for fault in faults(engine, config)]
    with store.reading(engine) as db:
        found += about_sending(db, config)
        found += about_addresses(db)
        found += about_scans(db, config, today)
        found += about_suspended(db, config)
        found += about_outbox(db, config, today, now)
        found += about_documents(db)
        found += about_milestones(db)
        found += about_agencies(db, today)
    if not config.calendar.is_known(today.year):
        found.append(Finding(f"the holidays of {today.year} are not known: update chinesecalendar or fill [workdays]"))
    return found


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


def about_suspended(db: Connection, config: Config) -> Iterator[Finding]:
    """Addresses to which nothing goes, and bounces that nobody could tell from made-up ones."""
    off = store.suspensions.listed(db)
    for agency in store.agencies.listed(db) if off else ():
        for address in agency.suspended:
            since = off[address].since.astimezone(config.zone).date()
            yield Finding(
                f"{agency.name}: {address} is suspended since {since}: {off[address].reply}; "
                f"tracker agencies set {agency.name} --email … sets it right"
            )
    if config.mail.bounce and not config.mail.bounce_secret:
        yield Finding(
            "[mail] bounce is not signed: set bounce_secret_file or TRACKER_BOUNCE_SECRET, "
            "or bounces are known by the original's Message-ID alone",
            fault=False,
        )


def about_outbox(db: Connection, config: Config, today: date, now: datetime) -> Iterator[Finding]:
    """Messages that failed, are held, or are stuck."""
    for row in store.outbox.listed(db, ("failed", "held", "unknown", "ready", "sending")):
        whom = f"message {row.id} to {row.agency or 'the office'}"
        if row.state == "failed":
            yield Finding(f"{whom} failed: {row.reply}; mend the cause, then tracker outbox retry {row.id}")
        elif row.state == "held":
            yield Finding(f"{whom} is held; tracker outbox retry {row.id} releases it", fault=False)
        elif row.state == "unknown":
            yield Finding(f"{whom}: {reason(row, config)}", fault=config.delivery.unknown == "hold")
        elif row.state == "sending" and row.lease_until and row.lease_until <= now:
            yield Finding(
                f"{whom} was claimed by {row.owner}, whose lease has run out; the next delivery takes it over"
            )
        elif row.state == "ready" and row.day < today - STUCK:
            yield Finding(f"{whom} has waited since {row.day}; is `tracker run`, or cron's `tracker deliver`, alive?")
        elif row.attempts and row.next_try and row.next_try - now > STUCK:
            yield Finding(f"{whom} has waited through {row.attempts} attempts: {row.reply}")


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


def about_milestones(db: Connection) -> Iterator[Finding]:
    """Open milestones that wait for a person, by their ids."""
    every = store.open_milestones(db)
    for found, one, several, remedy in (
        ([m for m in every if m.to_confirm], "waits for a look at its day", "wait for a look at their days",
         "tracker review, tracker why ID; tracker add --document KEY --due DATE adds another"),
        (disputed(db, every), "has another day in the document now", "have other days in the document now",
         "tracker show ID, then tracker edit ID --due DATE"),
        ([m for m in every if not m.agencies], "names no agency", "name no agency",
         "tracker list --no-agency, then tracker edit ID --agency NAME"),
        ([m for m in every if m.withdrawn], "was withdrawn by its document", "were withdrawn by their documents",
         "tracker list --withdrawn, then tracker cancel ID, or read the document again"),
    ):  # fmt: skip
        if found:
            ids = ", ".join(str(m.id) for m in found[:IDS_AT_MOST]) + (" …" if len(found) > IDS_AT_MOST else "")
            some = f"1 open milestone {one}" if len(found) == 1 else f"{len(found)} open milestones {several}"
            yield Finding(f"{some}: {ids}; {remedy}")


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
