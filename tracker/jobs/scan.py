"""Scanning: deciding what is owed on a day, and putting it into the outbox. Read, decide, write."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy.engine import Connection, Engine

from .. import store
from ..config import Config
from ..digests import LINES_AT_MOST, Frame, frames, with_sheets
from ..milestones import Schedule, Status
from ..milestones.agencies import of_members
from ..milestones.sameness import as_one, open_ids
from ..reminders import Decided, Known, Reminder, Rules, decide, due, missed_days
from ..render import digest_id
from ..store.agencies import Agency
from ..store.issued import version
from ..store.waiting import Waiting
from . import superseding
from .addressing import Recipient, reached, recipients, refuse_missing_sender
from .amending import Since, revisions, since_last
from .assurance import Heard, assurance, heard
from .circumstances import circumstances
from .concerns import Concerns, concerns
from .issuing import Ready, rendered, write
from .occurrences import open_due
from .spool import Spool
from .superseding import Untold

TRIES = 3
OFFICE = ""  # the office's name as a recipient
EXPLAINED = ("acknowledged", "budget", "cadence")  # reasons of which a scan says how many milestones wait for them


@dataclass(frozen=True, slots=True)
class Issued:
    """A digest that was put into the outbox; `told` is how many milestones it tells anew, `digest` its id in logs."""

    agency: str
    number: int
    subject: str
    told: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanReport:
    """What a scan decided.

    On a day off nothing is told: `held` milestones wait for `held_until`, the next working day, None on others.
    `withheld` counts the milestones that wait for another reason, by that reason. `unreachable` maps each agency
    without an address to the number of its milestones that nobody was told of. `missed` are the days without a scan
    that this one made up for. `opened` are the ids of occurrences that began. `ahead` is the day of an earlier scan
    where that day is still to come; it counts for nothing until then.
    """

    day: date
    issued: tuple[Issued, ...]
    reminders: int
    opened: tuple[int, ...]
    missed: tuple[date, ...]
    unreachable: Mapping[str, int]
    office_unreachable: bool
    held: int = 0
    held_until: date | None = None
    withheld: Mapping[str, int] = field(default_factory=dict)
    ahead: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """All that a scan reads."""

    open: Sequence[Schedule]
    shown: Sequence[Schedule]
    beside: Known
    untold: Untold
    agencies: Mapping[str, Agency]
    numbers: Mapping[str, int]
    last: date | None
    last_telling: tuple[date, datetime] | None
    ahead: date | None
    concerns: Concerns
    heard: Heard
    since: Since


@dataclass(frozen=True, slots=True)
class _Decision:
    """What follows from what is known: pure, and worth nothing once the database has moved on."""

    known: _Known
    people: Mapping[str, Recipient]
    owed: Decided
    frames: Sequence[Frame]
    ready: Sequence[Ready]
    superseded: Sequence[Waiting]


def scan(engine: Engine, config: Config, *, today: date, now: datetime, force: bool = False) -> ScanReport:
    """Decide what is owed on `today` and freeze the digests, all or nothing. `now` is an aware instant.

    A second scan finds nothing owed and notes only that it ran. `force` tells on a day off, too. Raises ConfigError
    where mail has no sender, DatabaseError.
    """
    refuse_missing_sender(config)
    rules = replace(config.rules, working_days_only=config.rules.working_days_only and not force)
    with store.writing(engine) as db:
        opened = open_due(db, day=today, now=now, actor="scan")
    decision = _settled(engine, rules, config, today, now)
    known, owed, ready = decision.known, decision.owed, decision.ready
    office_waits = not reached(decision.people[OFFICE], config)
    waiting = Counter(reason for _, reason in {(one.milestone, one.reason) for one in owed.withheld})
    return ScanReport(
        day=today,
        issued=tuple(_issued(one) for one in ready),
        reminders=len(owed.told),
        opened=tuple(opened),
        missed=next((one.digest.missed for one in decision.frames if one.digest.missed), ()),
        unreachable=_count(owed.silent),
        office_unreachable=office_waits and any(frame.digest.recipient == OFFICE for frame in decision.frames),
        held=waiting["day off"],
        held_until=None if rules.tells_on(today) else rules.told(today),
        withheld={reason: number for reason, number in sorted(waiting.items()) if reason in EXPLAINED},
        ahead=known.ahead,
    )


def _settled(engine: Engine, rules: Rules, config: Config, today: date, now: datetime) -> _Decision:
    """Read and decide without a lock, since hundreds of mails take seconds to render; write only if nothing has changed
    meanwhile. Where something always does, decide under the lock, and let the others wait."""
    told_by = max(today, now.astimezone(config.zone).date())  # a scan of an earlier day tells nothing again
    for _ in range(TRIES):
        with closing(Spool()) as spool:
            with store.reading(engine) as db:
                seen = version(db)
                decision = _decided(db, _read(db, rules, config, today, told_by), spool, rules, config, today, now)
            with store.writing(engine) as db:
                if version(db) == seen and superseding.still_wait(db, decision.superseded):
                    _write(db, decision, spool, config, today, now)
                    return decision
    with closing(Spool()) as spool, store.writing(engine) as db:
        decision = _decided(db, _read(db, rules, config, today, told_by), spool, rules, config, today, now)
        _write(db, decision, spool, config, today, now)
    return decision


def _decided(
    db: Connection, known: _Known, spool: Spool, rules: Rules, config: Config, today: date, now: datetime
) -> _Decision:
    people = recipients(known.agencies, config)
    owed = decide(known.open, rules, today, known.beside, [one for one in known.shown if one.closed])
    if rules.tells_on(today):
        owed = known.untold.decided(owed, known.open, known.beside.mute)
    superseded = known.untold.of({one.agency for one in owed.told})
    weekly = config.watch.weekly and rules.tells_on(today) and reached(people[OFFICE], config)
    found = _framed(known, owed, superseded, rules, config, today, weekly=weekly)
    merged = superseding.merged(known.untold.of({frame.digest.recipient for frame in found}))
    amended = revisions(db, [frame.digest.recipient for frame in found], known.since)
    numbered = [frame.numbered(known.numbers, merged).amended(amended) for frame in found]
    beside = with_sheets(known.beside, owed.sheets)
    ready = rendered(db, numbered, known.shown, people, beside, rules, config, now, spool)
    superseded = known.untold.of({one.name for one in ready})
    return _Decision(known, people, owed, numbered, ready, superseded)


def _write(db: Connection, decision: _Decision, spool: Spool, config: Config, today: date, now: datetime) -> None:
    told, ready = decision.owed.told, decision.ready
    superseding.take_back(db, decision.superseded, decision.known.numbers)
    until = decision.known.since.until
    digests = write(db, ready, spool, decision.owed, decision.people, config.channel, today, heard=until)
    superseding.link(db, decision.superseded, digests)
    store.ledger.record_scan(db, day=today, at=now, reminders=len(told), digests=len(ready))


def _read(db: Connection, rules: Rules, config: Config, today: date, told_by: date) -> _Known:
    """The same few queries, however much there is. What was decided after `told_by` counts for nothing."""
    agencies = {agency.name: agency for agency in store.agencies.listed(db)}
    last, telling = store.ledger.last_scan(db, today), store.ledger.last_telling(db, today, rules.calendar)
    untold, groups = superseding.read(db, config.channel, today), store.agencies.members(db)
    open_ones = as_one(of_members(store.schedules.open_ones(db), groups))
    closed = as_one(of_members(store.schedules.closed_since(db, today - timedelta(days=rules.completed_days)), groups))
    return _Known(
        open=open_ones,
        shown=[*open_ones, *closed],
        beside=circumstances(
            db,
            config,
            [*agencies.values()],
            today=today,
            told_by=told_by,
            last_telling=telling and telling[0],
            untold=untold,
            open=open_ids(open_ones),
        ),
        untold=untold,
        agencies=agencies,
        numbers=store.digests.next_numbers(db, [*agencies, OFFICE]),
        last=last and last[0],
        last_telling=telling,
        ahead=store.ledger.scanned_ahead(db, today),
        concerns=concerns(db, open_ones, config, today),
        heard=heard(db, config.rules, today, today),
        since=since_last(db, told_by),
    )


def _nobodys(known: _Known, rules: Rules, today: date) -> list[Reminder]:
    """What is owed of milestones without an agency."""
    nobody = [replace(one, agencies=(OFFICE,)) for one in known.open if not one.agencies]
    return due(nobody, rules, today, {})


def _framed(
    known: _Known,
    owed: Decided,
    superseded: Sequence[Waiting],
    rules: Rules,
    config: Config,
    today: date,
    *,
    weekly: bool,
) -> list[Frame]:
    told = known.last_telling and known.last_telling[0]
    missed = missed_days(told, today, config.rules)
    unheard = _is_news((*owed.silent, *_nobodys(known, rules, today)), known, rules) or _is_asked(known, rules, today)
    news = unheard or bool(owed.told)
    return frames(
        owed.told,
        known.shown,
        rules,
        today,
        office=config.office.name,
        missed_days=missed,
        last_scan=known.last,
        without_address=known.beside.mute,
        unconfirmed=known.concerns.unconfirmed,
        mentions=known.concerns.mentions,
        remarks=known.concerns.remarks,
        undelivered=[*superseding.words(superseded), *known.concerns.undelivered],
        chain=known.concerns.chain,
        office_always=unheard,
        known=known.beside,
        sheets=owed.sheets,
        assurance=assurance(known.open, known.concerns, known.heard, config.rules, today, news=news) if weekly else "",
        at_most=LINES_AT_MOST,
    )


def _is_news(reminders: Iterable[Reminder], known: _Known, rules: Rules) -> bool:
    """Whether what no agency can be told became due, or was changed, after the last scan that could tell it.

    So the office hears once.
    """
    if known.last_telling is None:
        return any(True for _ in reminders)
    day, at = known.last_telling
    changed = {one.id for one in known.open if one.modified > at}
    return any(rules.told(one.planned) > day or one.milestone in changed for one in reminders)


def _is_asked(known: _Known, rules: Rules, today: date) -> bool:
    """Whether something was claimed, asked for or expected late after the last scan that could tell the office."""
    since = known.last_telling and known.last_telling[1]
    asking = (one for one in known.open if one.asked or one.expected_late or one.status is Status.CLAIMED)
    return rules.tells_on(today) and any(since is None or one.modified > since for one in asking)


def _issued(one: Ready) -> Issued:
    return Issued(one.name, one.number, one.subject, one.told, digest_id(one.message_id))


def _count(reminders: Sequence[Reminder]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in reminders:
        if not one.folded:
            found[one.agency] = found.get(one.agency, 0) + 1
    return found
