"""Delivering: the outbox is emptied message by message: claim, send, mark, each on its own. Twice at once sends once.

What is decided here is the policy; what became of a message is the delivery's to say:

    sent        noted with the server's reply, and with the recipients that the server refused
    deferred    tried again after `[delivery] retry_minutes`; where no message would go out, the rest is left alone
    rejected    failed, with the server's reply: `tracker outbox retry` after the cause is removed
    doubtful    the line broke before the answer: the claim runs out, and the same bytes go out again (可能重复)
"""

import os
import socket
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Final
from uuid import uuid4

from sqlalchemy.engine import Connection, Engine

from .. import store
from ..config import Config, is_address
from ..delivery import Channel, Console, Deferred, Doubtful, Outcome, Sender, Sent, Server
from ..errors import ConfigError, DatabaseError, UsageError
from ..render.mail import POLICY
from ..store.notices import REFUSED
from ..store.outbox import OutboxRow
from .addressing import refuse_missing_sender
from .recheck import recheck

ANSWER_SECONDS: Final = 600  # RFC 5321 §4.5.3.2.6: how long a server may think about a whole message
MARKING_TRIES: Final = 3  # a message that was sent and is not noted as sent goes out twice


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of one message. `next_try` is None unless it is tried again at a known time.

    `printed` says that it went to the console, and not to a mail server.
    """

    id: int
    agency: str
    subject: str
    reply: str
    attempts: int
    possible_duplicate: bool
    next_try: datetime | None = None
    printed: bool = False


@dataclass(slots=True)
class DeliveryReport:
    """What a run did.

    `refused` are sent, but not to every recipient; `cancelled` told nothing but what was closed since the scan, or are
    for an agency that has lost its address;
    `stopped_by` says in words why messages that could have been tried were left, empty where none was.
    """

    sent: list[Delivered] = field(default_factory=list)
    refused: list[Delivered] = field(default_factory=list)
    deferred: list[Delivered] = field(default_factory=list)
    failed: list[Delivered] = field(default_factory=list)
    doubtful: list[Delivered] = field(default_factory=list)
    cancelled: list[Delivered] = field(default_factory=list)
    stopped_by: str = ""

    @property
    def complete(self) -> bool:
        """Whether everything that was tried arrived with everybody."""
        return not (self.refused or self.deferred or self.failed or self.doubtful or self.stopped_by)


def deliver(
    engine: Engine,
    config: Config,
    *,
    clock: Callable[[], datetime],
    out: Callable[[str], object],
    stop: Callable[[], bool] = lambda: False,
) -> DeliveryReport:
    """Send what is to be sent now. `clock` gives the instant, `out` shows a text on the console.

    Once `stop` is true the message under way is finished and no other begun. Raises ConfigError, DatabaseError.
    """
    refuse_missing_sender(config)
    _refuse_missing_password(config)
    owner = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
    channels: dict[str, Channel] = {"console": Console(out)}
    if config.channel == "smtp":
        channels["smtp"] = Sender(server(config))
    report = DeliveryReport()
    try:
        while not stop():
            with store.writing(engine) as db:
                row = store.outbox.claim(db, owner, clock(), config.delivery.lease_seconds, channels)
            if row is None:
                report.stopped_by = _left(engine, channels, clock())
                break
            row = recheck(engine, row, config, clock())
            if row.state == "cancelled":
                report.cancelled.append(_noted(row, row.reply))
                continue
            outcome = _send(channels[row.channel], row, config)
            _settle(engine, config, row, outcome, owner, clock, report)
            if isinstance(outcome, Deferred) and not outcome.reachable:
                report.stopped_by = outcome.reply
                break
    finally:
        for channel in channels.values():
            channel.close()
    return report


def server(config: Config) -> Server:
    """The configured mail server. Its last answer is waited for well within the claim, which must outlast it."""
    mail = config.mail
    within = config.delivery.lease_seconds - 5 * mail.timeout_seconds
    return Server(
        host=mail.host,
        port=mail.port,
        security=mail.security,
        user=mail.user,
        password=mail.password.reveal,
        timeout=mail.timeout_seconds,
        answer_timeout=max(mail.timeout_seconds, min(ANSWER_SECONDS, within)),
    )


def test_mail(config: Config, address: str, *, now: datetime) -> Outcome:
    """Send one short message to `address`, past the outbox. Raises UsageError, ConfigError."""
    if not is_address(address):
        raise UsageError(f"{address!r} is not an e-mail address such as ducha@example.org")
    if config.channel != "smtp":
        raise ConfigError(f"{config.file}: [mail] host: no mail server is named, so there is nothing to test")
    refuse_missing_sender(config)
    _refuse_missing_password(config)
    message = EmailMessage(policy=POLICY)
    message["From"] = config.sender
    message["To"] = address
    message["Subject"] = f"【测试】{config.office.name}的提醒邮件可以送达"
    message["Date"] = now.astimezone(config.zone)
    message["Message-ID"] = make_msgid("test", domain=config.sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"这是{config.office.name}的督查提醒系统发出的测试邮件，无须回复。\n", cte="base64")
    with Sender(server(config)) as line:
        return line.send(message.as_bytes(), config.sender, [address])


def _refuse_missing_password(config: Config) -> None:
    """Raises ConfigError before anything is claimed where the login cannot work."""
    if config.channel == "smtp" and config.mail.user and not config.mail.password.reveal():
        raise ConfigError(
            f"{config.file}: [mail] user: {config.mail.user} needs a password; "
            "set password_file or TRACKER_MAIL_PASSWORD"
        )


def _left(engine: Engine, channels: Collection[str], now: datetime) -> str:
    """Why messages are left that could go out by now, "" where none is: only a mail server can be missing."""
    with store.reading(engine) as db:
        rows = store.outbox.listed(db, ("ready", "unknown"))
    left = any(row.channel not in channels and (row.next_try is None or row.next_try <= now) for row in rows)
    return "no mail server is configured any more ([mail] host)" if left else ""


def _send(channel: Channel, row: OutboxRow, config: Config) -> Outcome:
    """Send the bytes as they were frozen; where mail is redirected, that holds for what was frozen before, too."""
    patient = row.attempts < len(config.delivery.retry_minutes)
    redirected = row.channel == "smtp" and config.delivery.redirect_to
    recipients = (config.delivery.redirect_to,) if redirected else row.recipients
    return channel.send(row.rfc822, config.sender, recipients, patient=patient)


def _settle(
    engine: Engine,
    config: Config,
    row: OutboxRow,
    outcome: Outcome,
    owner: str,
    clock: Callable[[], datetime],
    report: DeliveryReport,
) -> None:
    """Note in the outbox and in the report what became of a message."""
    now = clock()
    next_try = now + _pause(config, row, outcome) if isinstance(outcome, Deferred) else None
    reply = outcome.reply
    if isinstance(outcome, Sent) and outcome.refused:
        reply += REFUSED + "; ".join(f"{address}: {words}" for address, words in outcome.refused.items())
    done = _noted(row, reply, next_try)
    if isinstance(outcome, Sent):
        _mark(engine, lambda db: store.outbox.mark_sent(db, row.id, owner, reply, now))
        (report.refused if outcome.refused else report.sent).append(done)
    elif isinstance(outcome, Doubtful) and row.attempts <= len(config.delivery.retry_minutes):
        report.doubtful.append(done)  # left as it is: only when the claim has run out may it be sent again
    elif next_try is not None:
        _mark(engine, lambda db: store.outbox.mark_deferred(db, row.id, owner, reply, next_try))
        report.deferred.append(done)
    else:
        _mark(engine, lambda db: store.outbox.mark_failed(db, row.id, owner, reply, now))
        report.failed.append(done)


def _noted(row: OutboxRow, reply: str, next_try: datetime | None = None) -> Delivered:
    printed = row.channel == "console"
    return Delivered(row.id, row.agency, row.subject, reply, row.attempts, row.possible_duplicate, next_try, printed)


def _pause(config: Config, row: OutboxRow, outcome: Deferred) -> timedelta:
    """How long to leave a message alone; the shortest pause where the server is at fault and not the message."""
    pauses = config.delivery.retry_minutes
    return timedelta(minutes=pauses[min(row.attempts, len(pauses)) - 1] if outcome.reachable else pauses[0])


def _mark(engine: Engine, note: Callable[[Connection], bool]) -> None:
    """Note an outcome, trying again where the database is busy: what was sent must be known to be."""
    for attempt in range(MARKING_TRIES):
        try:
            with store.writing(engine) as db:
                note(db)
        except DatabaseError:
            if attempt == MARKING_TRIES - 1:
                raise
        else:
            return
