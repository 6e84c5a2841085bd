"""Bounces: what comes back is matched with what was sent; an address that fails is suspended as one refused at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy.engine import Connection, Engine

from .. import store
from ..config import Config
from ..delivery import reports
from ..delivery.mailboxes import messages
from ..delivery.reports import Recipient, Report
from ..store.outbox import OutboxRow
from ..store.receipts import Fate
from .envelopes import claimed, is_signed

What = Literal["suspended", "noted", "known", "ignored", "refused"]
OUTCOMES: Final[dict[str, Fate]] = {"failed": "bounced", "delayed": "delayed"}


@dataclass(frozen=True, slots=True)
class Read:
    """What was made of one message, `what` in one word and `words` in full."""

    name: str
    what: What
    words: str


def read_bounces(
    engine: Engine, config: Config, place: str, password: Callable[[], str], *, now: datetime
) -> Iterator[Read]:
    """Read the messages of a place (`mailboxes.messages`), each in a transaction; the same one twice changes nothing.

    Raises UsageError, UnreadableFile, ConfigError, DatabaseError.
    """
    for name, data, done in messages(place, password):
        report = reports.read(data)
        if report is None:
            yield Read(name, "ignored", "no delivery report")
            continue
        with store.writing(engine) as db:
            found = list(_read(db, config, report, now))
        if all(what != "refused" for what, _ in found):
            done()
        yield from (Read(name, what, words) for what, words in found)


def _read(db: Connection, config: Config, report: Report, now: datetime) -> Iterator[tuple[What, str]]:
    row = _message(db, config, report)
    if isinstance(row, str):
        yield "refused", row
        return
    if row is None:
        yield "ignored", "it speaks of no message of ours"
        return
    for one in report.recipients:
        yield _noted(db, row, report, one, now)
    _fail_where_nobody_has_it(db, row, now)


def _message(db: Connection, config: Config, report: Report) -> OutboxRow | str | None:
    """The message that a report speaks of; a text where its signature is wrong; None for one of nobody's."""
    for address in report.to:
        if config.mail.bounce and (ours := claimed(config, address)) is not None:
            row = store.outbox.known(db, id=ours[0])
            if row is None or not is_signed(config, row, ours[1]):
                return f"{address}: the signature is not ours: somebody made it up, or the secret was changed"
            return row
    return store.outbox.known(db, message_id=report.message_id) if report.message_id else None


def _noted(db: Connection, row: OutboxRow, report: Report, one: Recipient, now: datetime) -> tuple[What, str]:
    sent = {address.lower(): address for address in row.recipients}
    address = next((sent[each.lower()] for each in one.addresses if each.lower() in sent), None)
    if address is None and len(sent) == 1:
        address = row.recipients[0]  # it was forwarded there
    whom = f"message {row.id} to {row.agency or 'the office'}"
    if address is None:
        return "ignored", f"{whom} did not go to {one.addresses[0]}"
    outcome = OUTCOMES.get(one.action)
    if outcome is None:
        return "ignored", f"{whom}, {address}: {one.action}"
    if not store.receipts.note(db, row.id, outcome, {address: one.words}, now, report.sha256):
        return "known", f"{whom}, {address}: read before"
    if outcome == "delayed" or one.mailbox_full or not row.agency:
        return "noted", f"{whom}, {address}: {outcome}: {one.words}"
    store.suspensions.suspend(db, {address: one.words}, now)
    return "suspended", f"{whom}, {address}: {outcome}, nothing goes there any more: {one.words}"


def _fail_where_nobody_has_it(db: Connection, row: OutboxRow, now: datetime) -> None:
    """A message that came back from everybody failed, and what it told is owed again."""
    answers = store.receipts.of_message(db, row.id)
    lost = {one.address: one.reply for one in answers if one.outcome in ("bounced", "refused")}
    if row.state == "sent" and any(one.outcome == "bounced" for one in answers) and set(row.recipients) <= set(lost):
        reply = "; ".join(f"{address}: {words}" for address, words in lost.items())
        store.outbox.mark_returned(db, row.id, f"came back: {reply}", now)
