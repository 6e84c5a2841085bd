"""Delivering: the outbox is emptied message by message: claim, send, mark. Twice at once sends once.

One transaction marks a message and claims the next: at most one is claimed at a time, and before its first byte leaves.

What became of a message is the delivery's to say, what follows from that is `settling`'s.
"""

import os
import socket
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Final
from uuid import uuid4

from sqlalchemy.engine import Connection, Engine

from .. import store
from ..config import Config, is_address
from ..delivery import Channel, Console, Deferred, Outcome, Rejected, Sender, Sent, Server
from ..errors import ConfigError, UsageError
from ..render.mail import POLICY
from ..store.outbox import OutboxRow, OutboxState
from .addressing import refuse_missing_sender
from .ahead import Ahead
from .envelopes import envelope_sender
from .recheck import recheck
from .settling import DeliveryReport, Run, Way, noted, settle, way

__all__ = ["DeliveryReport", "deliver", "server", "test_mail"]

ANSWER_SECONDS: Final = 600  # RFC 5321 §4.5.3.2.6: how long a server may think about a whole message


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
    channels: dict[str, Channel] = {"console": Console(out)}
    if config.channel == "smtp":
        channels["smtp"] = Sender(server(config))
    with store.keeping(engine) as db:
        run = _run(engine, db, config, clock, channels)
        try:
            _empty(run, channels, stop)
        finally:
            for channel in channels.values():
                channel.close()
    return run.report


def _empty(run: Run, channels: Mapping[str, Channel], stop: Callable[[], bool]) -> None:
    """Message by message, until none is left, none would go out, or `stop` is true. One that was claimed is sent."""
    row: OutboxRow | None = None
    while row is not None or not (run.report.stopped_by or stop()):
        row = row or _next(run)
        if row is None:
            run.report.stopped_by = _left(run)
            return
        row = _deliver(run, row, channels[row.channel], stop)


def _deliver(run: Run, row: OutboxRow, channel: Channel, stop: Callable[[], bool]) -> OutboxRow | None:
    """Send a message that was claimed, and note what became of it; returns the next one where that was claimed."""
    if row.id in run.ahead.outdated:
        row = recheck(run.engine, row, run.config, run.clock())
    if row.state == "cancelled":
        run.report.cancelled.append(noted(row, row.reply))
        return None
    whom = way(run, row)
    outcome = _send(channel, row, whom, run.config)
    if isinstance(outcome, Deferred) and not outcome.reachable:
        run.report.stopped_by = outcome.reply
    return settle(run, row, whom, outcome, further=not (run.report.stopped_by or stop()))


def _next(run: Run) -> OutboxRow | None:
    with store.writing(run.db) as db:
        return run.ahead.look(db)


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


def _run(
    engine: Engine, db: Connection, config: Config, clock: Callable[[], datetime], channels: Collection[str]
) -> Run:
    owner = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
    with store.reading(engine) as reading:
        suspended = {address: one.reply for address, one in store.suspensions.listed(reading).items()}
    return Run(engine, db, config, owner, clock, suspended, Ahead(config, owner, clock, channels), DeliveryReport())


def _left(run: Run) -> str:
    """Why messages are left that could go out by now, "" where none is: only a mail server can be missing."""
    states: list[OutboxState] = ["ready", "unknown"] if run.config.delivery.unknown == "resend" else ["ready"]
    with store.reading(run.engine) as db:
        rows = store.outbox.listed(db, states)
    now, channels = run.clock(), run.ahead.channels
    left = any(row.channel not in channels and (row.next_try is None or row.next_try <= now) for row in rows)
    return "no mail server is configured any more ([mail] host)" if left else ""


def _send(channel: Channel, row: OutboxRow, whom: Way, config: Config) -> Outcome:
    """Send the bytes as they were frozen to those who still want them."""
    if whom.recipients:
        return channel.send(row.rfc822, envelope_sender(config, row), whom.recipients)
    return Sent("the others have it", whom.suspended) if whom.taken else Rejected(whom.words, whom.suspended)
