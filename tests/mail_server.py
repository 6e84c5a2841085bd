"""Real mail servers on loopback: a whole one that keeps what it takes, and one that follows a script to the letter."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

# An office that sends by this server, in config.toml; more keys of [mail] may follow.
MAIL = """
[office]
email = "office@example.org"
[mail]
host = "127.0.0.1"
port = {port}
security = "none"
timeout_seconds = 2
"""


@dataclass
class MailServer:
    """A whole server. `refuse` maps an address to the answer its RCPT gets; `answers` are given to the next messages
    instead of 250, first one first; `delay` is how long each message takes, in
    seconds, and `started` how many have arrived, taken or not."""

    port: int = 0
    taken: list[Envelope] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    refuse_sender: str = ""
    answers: list[str] = field(default_factory=list)
    delay: float = 0
    connections: int = 0
    started: int = 0

    @property
    def messages(self) -> list[EmailMessage]:
        """What was taken, parsed."""
        found = []
        for envelope in self.taken:
            content = envelope.content
            assert isinstance(content, bytes)
            message = message_from_bytes(content, policy=default)
            assert isinstance(message, EmailMessage)
            found.append(message)
        return found

    def to(self, address: str) -> list[EmailMessage]:
        """What was taken for one address."""
        pairs = zip(self.taken, self.messages, strict=True)
        return [message for envelope, message in pairs if address in envelope.rcpt_tos]

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuse_sender:
            return self.refuse_sender
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.started += 1
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.answers:
            answer = self.answers.pop(0)
            if not answer.startswith("250"):
                return answer
        self.taken.append(envelope)
        return f"250 OK queued as {len(self.taken)}"


class _Legible(Controller):
    def __init__(self, handler: MailServer, **options: Any) -> None:
        super().__init__(handler, hostname="127.0.0.1", port=0, **options)

    def _trigger_server(self) -> None:
        """The first connection is the controller's own; it asks for the port that was given, which is 0 here."""
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(**options: Any) -> Iterator[MailServer]:
    """A whole server on a free port of loopback; `options` are aiosmtpd's (tls_context, authenticator …)."""
    server = MailServer()
    controller = _Legible(server, **options)
    controller.start()
    server.port = controller.port
    try:
        yield server
    finally:
        controller.stop()


TAKE_BODY = "<body>"
HANG_UP = "<hang up>"
SILENCE = "<silence>"


@contextmanager
def scripted(*conversations: list[str]) -> Iterator[int]:
    """A server that answers each line with the next step of its script, one conversation a connection; yields its port.

    TAKE_BODY reads to the final dot, HANG_UP closes the line, SILENCE keeps it open without a word. The last
    conversation serves every further connection.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve() -> None:
        number = 0
        while not over.is_set():
            try:
                line, _ = listener.accept()
            except OSError:
                return
            with line:
                _converse(line, conversations[min(number, len(conversations) - 1)], over)
            number += 1

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def _converse(line: socket.socket, script: list[str], over: threading.Event) -> None:
    reader = line.makefile("rb")
    for number, step in enumerate(script):
        if step == TAKE_BODY:
            while reader.readline() not in {b".\r\n", b""}:
                pass
        elif step == HANG_UP:
            return
        elif step == SILENCE:
            over.wait(30)
            return
        else:
            line.sendall(step.encode() + b"\r\n")
            if script[number + 1 : number + 2] != [TAKE_BODY]:
                reader.readline()
