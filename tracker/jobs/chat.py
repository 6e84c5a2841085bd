"""Chats: after the mail of a digest was taken, its short text goes to the chats of its recipient. An extra: the ledger
counts as told only what the channel of record took, and nothing here holds a mail back.

Each chat of a digest is claimed, sent and marked as a mail is. What is refused for now is tried again after the pauses
of `[delivery] retry_minutes`, until the next issue takes its place.
"""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from sqlalchemy.engine import Connection, Engine

from .. import store
from ..config import Config
from ..config.chats import OFFICE
from ..delivery import Deferred, Doubtful, Outcome, Sent
from ..delivery.chats import Chat, parts, sending
from ..errors import ConfigError, UsageError
from ..store.chats import ChatRow

FRESH: Final = timedelta(days=10)  # the longest holiday: what was mailed before is no news any more
TRYING_OUT: Final = "not sent: [delivery] redirect_to is set"
UNSET: Final = "no address: neither the environment nor [chat] urls_file has this name"


@dataclass(frozen=True, slots=True)
class Chatted:
    """What became of one short text: `words` names it, `outcome` says it."""

    words: str
    outcome: str
    reply: str


@dataclass(slots=True)
class ChatReport:
    """What a run did."""

    sent: list[Chatted] = field(default_factory=list)
    troubles: list[Chatted] = field(default_factory=list)


def send_chats(
    engine: Engine, config: Config, *, clock: Callable[[], datetime], stop: Callable[[], bool] = lambda: False
) -> ChatReport:
    """Send the short texts of what was mailed. Raises DatabaseError; what is wrong with a chat is in the report."""
    report = ChatReport()
    if not config.chat.to:
        return report
    owner = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
    trying = bool(config.delivery.redirect_to)
    with store.writing(engine) as db:
        since = clock() - FRESH
        if trying:
            store.chats.add(db, _targets(db, config), since, state="cancelled", reply=TRYING_OUT)
        else:
            store.chats.add(db, _targets(db, config), since)
    while not (trying or stop()):
        with store.writing(engine) as db:
            row = store.chats.claim(db, owner, clock(), config.delivery.lease_seconds)
        if row is None:
            break
        outcome = _sent(engine, config, row, owner)
        _settle(engine, config, row, owner, outcome, clock(), report)
    return report


def test_chat(config: Config, name: str) -> Outcome:
    """Send one short message to the chat of that name. Raises UsageError, ConfigError."""
    url = config.chat.urls.reveal(name)
    if not url:
        raise UsageError(f"{name}: {UNSET}")
    return sending.send(url, f"这是{config.office.name}的督查提醒系统发出的测试消息。", config.chat.timeout_seconds)


def listed(engine: Engine) -> list[ChatRow]:
    """The short texts that were to be sent, oldest first."""
    with store.reading(engine) as db:
        return store.chats.listed(db)


def retry(engine: Engine, id: int, *, now: datetime) -> ChatRow:
    """Makes a failed, cancelled or waiting one ready to be sent at once. Raises UsageError for others."""
    with store.writing(engine) as db:
        return store.chats.retry(db, id, now)


def faults(engine: Engine, config: Config) -> list[str]:
    """What a person should mend: names without an address or a service, agencies nobody knows, what failed."""
    found = []
    with store.reading(engine) as db:
        known = store.agencies.known(db)
        rows = store.chats.listed(db)
    for agency, names in config.chat.to.items():
        if agency != OFFICE and agency not in known:
            found.append(f"[chat.to] {agency}: no milestone names it")
        for name in names:
            address = _address(config, name)
            if isinstance(address, Deferred):
                found.append(f"[chat.to] {agency}: {name}: {address.reply}")
    failed = (row for row in rows if row.state == "failed")
    found += [f"{_words(row)} failed: {row.reply}; mend the cause, then tracker chat retry {row.id}" for row in failed]
    return found


def _targets(db: Connection, config: Config) -> dict[str, tuple[str, ...]]:
    """The names of the addresses by recipient, as digests name it; an alias stands for its agency."""
    own_names = {OFFICE: "", **store.agencies.names(db)}
    return {own_names.get(agency, agency): names for agency, names in config.chat.to.items()}


def _address(config: Config, name: str) -> tuple[str, Chat] | Deferred:
    """The address of that name and the service that it belongs to."""
    try:
        url = config.chat.urls.reveal(name)
    except ConfigError as error:
        return Deferred(str(error))
    if not url:
        return Deferred(UNSET)
    chat = sending.kind(url)
    return Deferred(chat) if isinstance(chat, str) else (url, chat)


def _sent(engine: Engine, config: Config, row: ChatRow, owner: str) -> Outcome:
    """Send the parts that have not been taken yet, each noted when it is; the outcome of the last one tried."""
    address = _address(config, row.target)
    if isinstance(address, Deferred):
        return address
    url, chat = address
    outcome: Outcome = Sent("")
    texts = parts(row.brief, chat)
    first = row.parts_sent if row.service == chat.name else 0
    for number, text in enumerate(texts[first:], first + 1):
        outcome = sending.send(url, text, config.chat.timeout_seconds)
        if not isinstance(outcome, Sent):
            break
        with store.writing(engine) as db:
            store.chats.mark(db, row.id, owner, service=chat.name, parts_sent=number)
    return outcome


def _settle(
    engine: Engine, config: Config, row: ChatRow, owner: str, outcome: Outcome, now: datetime, report: ChatReport
) -> None:
    """Note in the database and in the report what became of a short text."""
    values: dict[str, Any] = {"owner": "", "lease_until": None, "next_try": None, "reply": outcome.reply}
    if isinstance(outcome, Sent):
        report.sent.append(Chatted(_words(row), "sent", outcome.reply))
        values |= {"state": "sent", "sent_at": now}
    elif isinstance(outcome, Deferred):
        pauses = config.delivery.retry_minutes
        again = now + timedelta(minutes=pauses[min(row.attempts, len(pauses)) - 1])
        report.troubles.append(Chatted(_words(row), f"put off until {again:%Y-%m-%d %H:%M}Z", outcome.reply))
        values |= {"state": "ready", "next_try": again}
    elif isinstance(outcome, Doubtful) and not row.possible_duplicate:
        report.troubles.append(Chatted(_words(row), "in doubt, is sent once more", outcome.reply))
        values = {"reply": outcome.reply}  # only when the claim has run out may it be sent again
    else:
        report.troubles.append(Chatted(_words(row), "failed", outcome.reply))
        values |= {"state": "failed"}
    with store.writing(engine) as db:
        store.chats.mark(db, row.id, owner, **values)


def _words(row: ChatRow) -> str:
    return f"chat message {row.id} ({row.agency or 'the office'} 第{row.number}期 to {row.target})"
