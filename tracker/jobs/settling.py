"""Settling: what follows from what became of a message, in the outbox and in the report of the run.

sent        noted with the server's reply
put off     some recipients took it, others not this time: it is tried again with those
refused     an address that the server never will take is suspended: nothing goes there any more
deferred    tried again after `[delivery] retry_minutes`, until the next issue to the same recipient supersedes it;
            where no message would go out, the rest is left alone
rejected    failed, with the server's reply; where every address was refused, what it told stays owed
doubtful    the line broke before the answer: the same bytes go out again when the claim has run out (可能重复), or
            the message waits for a person, as `[delivery] unknown` says
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy.engine import Connection, Engine

from .. import store
from ..config import Config
from ..delivery import Deferred, Doubtful, Outcome, Rejected, Sent
from ..errors import DatabaseError
from ..render import digest_id
from ..store.notices import REFUSED
from ..store.outbox import OutboxRow
from .ahead import Ahead

MARKING_PAUSES: Final = (1.0, 4.0, 15.0)  # seconds; a message that was sent and is not noted as sent goes out twice
JITTER: Final = 0.2  # by which a pause may be shorter

log = logging.getLogger("tracker")

Note = Callable[[Connection], object]
Claim = Callable[[Connection], OutboxRow | None]


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of one message. `next_try` is None unless it is tried again at a known time.

    `printed` says that it went to the console, and not to a mail server. `digest` is its id in logs.
    """

    id: int
    agency: str
    subject: str
    reply: str
    attempts: int
    possible_duplicate: bool
    next_try: datetime | None = None
    printed: bool = False
    digest: str = ""


@dataclass(slots=True)
class DeliveryReport:
    """What a run did.

    `refused` are sent, but not to every recipient; `cancelled` told nothing but what was closed since the scan, or are
    for an agency that has lost its address; `suspended` maps the addresses to which nothing goes any more to what the
    server said; `stopped_by` says in words why messages that could have been tried were left, empty where none was.
    """

    sent: list[Delivered] = field(default_factory=list)
    refused: list[Delivered] = field(default_factory=list)
    deferred: list[Delivered] = field(default_factory=list)
    failed: list[Delivered] = field(default_factory=list)
    doubtful: list[Delivered] = field(default_factory=list)
    cancelled: list[Delivered] = field(default_factory=list)
    suspended: dict[str, str] = field(default_factory=dict)
    stopped_by: str = ""

    @property
    def complete(self) -> bool:
        """Whether everything that was tried arrived with everybody."""
        return not (self.refused or self.deferred or self.failed or self.doubtful or self.stopped_by)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the delivery: `suspended` are the addresses to which nothing goes, with what was said of them.

    `db` is the connection by which messages are claimed and marked.
    """

    engine: Engine
    db: Connection
    config: Config
    owner: str
    clock: Callable[[], datetime]
    suspended: dict[str, str]
    ahead: Ahead
    report: DeliveryReport


@dataclass(frozen=True, slots=True)
class Way:
    """Whom a message still goes to, who `taken` it already, and whom it cannot reach, with the words of the refusal."""

    recipients: tuple[str, ...]
    taken: frozenset[str]
    suspended: dict[str, str]

    @property
    def words(self) -> str:
        """Why nobody is left."""
        return "; ".join(f"{address} is suspended: {reply}" for address, reply in self.suspended.items())


def way(run: Run, row: OutboxRow) -> Way:
    """Where mail is redirected, that holds for what was frozen before, too. The office's address is never suspended."""
    if row.channel == "smtp" and run.config.delivery.redirect_to:
        return Way((run.config.delivery.redirect_to,), frozenset(), {})
    taken: frozenset[str] = frozenset()
    if row.attempts > 1:
        with store.reading(run.engine) as db:
            answers = store.receipts.of_message(db, row.id)
        taken = frozenset(one.address for one in answers if one.outcome == "taken")
    wanted = [address for address in row.recipients if address not in taken]
    off = {address: run.suspended[address.lower()] for address in wanted if address.lower() in run.suspended}
    if not row.agency:
        off = {}
    return Way(tuple(address for address in wanted if address not in off), taken, off)


def settle(run: Run, row: OutboxRow, whom: Way, outcome: Outcome, *, further: bool) -> OutboxRow | None:
    """Note in the outbox and in the report what became of a message.

    Where it goes `further`, the next one that was read is claimed in the same transaction, and returned.
    """
    now, tried = run.clock(), row.attempts
    patient = tried < len(run.config.delivery.retry_minutes)
    refused = {} if isinstance(outcome, Doubtful) else outcome.refused
    _suspend(run, row, refused, now)
    if isinstance(outcome, Deferred) and outcome.reachable and whom.taken and not patient:
        outcome = Sent("the others have it", put_off=dict.fromkeys(whom.recipients, outcome.reply))
    if isinstance(outcome, Sent):
        if outcome.put_off and patient:
            note = _put_off(run, row, whom, outcome, now)
        else:
            note = _sent(run, row, outcome, whom.suspended | refused | outcome.put_off, now)
    elif isinstance(outcome, Deferred):
        note = _deferred(run, row, outcome, now)
    elif isinstance(outcome, Doubtful) and tried <= len(run.config.delivery.retry_minutes):
        note = _doubtful(run, row, outcome)
    else:
        note = _failed(run, row, outcome, whom.suspended | refused, now)
    return _mark(run, row, note, run.ahead.claim if further else None)


def noted(row: OutboxRow, reply: str, next_try: datetime | None = None) -> Delivered:
    """What became of a message, for the report."""
    printed = row.channel == "console"
    return Delivered(
        row.id,
        row.agency,
        row.subject,
        reply,
        row.attempts,
        row.possible_duplicate,
        next_try,
        printed,
        digest_id(row.message_id),
    )


def _sent(run: Run, row: OutboxRow, outcome: Sent, missed: dict[str, str], now: datetime) -> Note:
    reply = outcome.reply
    if missed:
        reply += REFUSED + "; ".join(f"{address}: {words}" for address, words in missed.items())

    def note(db: Connection) -> None:
        store.receipts.note(db, row.id, "refused", missed, now)
        store.claims.mark_sent(db, row.id, run.owner, reply, now)

    (run.report.refused if missed else run.report.sent).append(noted(row, reply))
    return note


def _put_off(run: Run, row: OutboxRow, whom: Way, outcome: Sent, now: datetime) -> Note:
    """Some have it; it is tried again with those who did not take it this time."""
    missed = outcome.refused | outcome.put_off
    taken = {address: outcome.reply for address in whom.recipients if address not in missed}
    reply = "; ".join(f"{address}: {words}" for address, words in missed.items())
    next_try = now + _pause(run.config, row, Deferred(reply))

    def note(db: Connection) -> None:
        store.receipts.note(db, row.id, "taken", taken, now)
        store.receipts.note(db, row.id, "refused", outcome.refused, now)
        store.claims.mark_deferred(db, row.id, run.owner, reply, next_try)

    run.report.deferred.append(noted(row, reply, next_try))
    return note


def _deferred(run: Run, row: OutboxRow, outcome: Deferred, now: datetime) -> Note:
    next_try = now + _pause(run.config, row, outcome)
    run.report.deferred.append(noted(row, outcome.reply, next_try))
    return lambda db: store.claims.mark_deferred(db, row.id, run.owner, outcome.reply, next_try)


def _doubtful(run: Run, row: OutboxRow, outcome: Doubtful) -> Note:
    hold = run.config.delivery.unknown == "hold"
    run.report.doubtful.append(noted(row, outcome.reply))
    return lambda db: store.claims.mark_doubtful(db, row.id, run.owner, outcome.reply, hold=hold)


def _failed(run: Run, row: OutboxRow, outcome: Rejected | Doubtful, refused: dict[str, str], now: datetime) -> Note:
    def note(db: Connection) -> None:
        store.receipts.note(db, row.id, "refused", refused, now)
        doubt = isinstance(outcome, Doubtful)
        store.claims.mark_failed(db, row.id, run.owner, outcome.reply, now, perhaps_arrived=doubt)

    run.report.failed.append(noted(row, outcome.reply))
    return note


def _suspend(run: Run, row: OutboxRow, refused: dict[str, str], now: datetime) -> None:
    """Nothing goes to an address any more that was refused for good; the office's own must go on being tried."""
    new = {address: words for address, words in refused.items() if address.lower() not in run.suspended}
    if not new or not row.agency or run.config.delivery.redirect_to:
        return
    _mark(run, row, lambda db: store.suspensions.suspend(db, new, now))
    run.suspended.update({address.lower(): words for address, words in new.items()})
    run.report.suspended.update(new)


def _pause(config: Config, row: OutboxRow, outcome: Deferred) -> timedelta:
    """How long to leave a message alone; the shortest pause where the server is at fault and not the message.

    It is shorter by up to a fifth, by the message and the attempt, so that not all come back at once.
    """
    pauses = config.delivery.retry_minutes
    minutes = pauses[min(row.attempts, len(pauses)) - 1] if outcome.reachable else pauses[0]
    by_lot = sha256(f"{row.message_id} {row.attempts}".encode()).digest()[0] / 255
    return timedelta(minutes=minutes * (1 - JITTER * by_lot))


def _mark(run: Run, row: OutboxRow, note: Note, claim: Claim | None = None) -> OutboxRow | None:
    """Note an outcome, trying again where the database is busy or away: what was sent must be known to be."""
    for pause in MARKING_PAUSES:
        try:
            return _marked(run.db, note, claim)
        except DatabaseError:
            time.sleep(pause)
    try:
        return _marked(run.db, note, claim)
    except DatabaseError as error:
        log.error("what became of message %d could not be noted, so it is in doubt: %s", row.id, error)
        raise


def _marked(db: Connection, note: Note, claim: Claim | None) -> OutboxRow | None:
    with store.writing(db):
        note(db)
        return claim(db) if claim else None
