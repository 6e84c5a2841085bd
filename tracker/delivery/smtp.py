"""SMTP: one connection for many messages, and a precise answer to what became of each.

The steps are taken one by one rather than by `smtplib.sendmail`, since only the step at which a line breaks tells a
message that was certainly not taken from one that may have been. The words before the message go out together where
the server takes that (PIPELINING, RFC 2920): two round trips a message instead of four and more.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from .values import Deferred, Doubtful, Outcome, Rejected, Sent, Server

CLOSING: Final = 421  # RFC 5321: the server closes the connection
TOO_LARGE: Final = 552
OF_AN_ADDRESS: Final = frozenset({550, 551, 552, 553, 554, 556})  # other 5xx at RCPT speak of the session
# RFC 3463 §3.8: a policy of the server. One that relays for nobody refuses everybody, and no address is to blame.
POLICY_SAID: Final = re.compile(rb"\b5\.7\.\d|\brelay|\bauthenticat", re.IGNORECASE)
ADDRESS: Final = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")


@dataclass(frozen=True, slots=True)
class Closed:
    """The server closed the line before anything was sent."""

    reply: str


@dataclass(frozen=True, slots=True)
class Answers:
    """What the server said of the recipients that it did not take: never will, or not this time."""

    refused: dict[str, str]
    put_off: dict[str, str]

    @property
    def of_nobody(self) -> Deferred | Rejected:
        """The outcome where it took none of them."""
        said = "; ".join(f"{address}: {words}" for address, words in (self.refused | self.put_off).items())
        return Deferred(said, refused=self.refused) if self.put_off else Rejected(said, self.refused)


class Sender:
    """A connection to `server`, opened when the first message is sent and again when the server has closed it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None
        self._unread = 0  # answers to what was sent that are still to come

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye, if anybody is there."""
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except OSError:
                self._smtp.close()
            self._smtp = None

    def send(self, message: bytes, sender: str, recipients: Sequence[str]) -> Outcome:
        """Send one message: bytes as frozen, envelope addresses bare. Raises nothing that the network can cause."""
        refusal = _unusable(sender, recipients)
        if refusal is not None:
            return refusal
        reused = self._smtp is not None
        outcome = self._connected() or self._transaction(message, sender, recipients)
        if isinstance(outcome, Closed) and reused:  # an idle line, or one that has carried enough: once more
            outcome = self._connected() or self._transaction(message, sender, recipients)
        if isinstance(outcome, Closed):
            return Deferred(f"{self._server.name} closed the connection: {outcome.reply}", reachable=False)
        return outcome

    def check(self) -> Deferred | None:
        """Connect and log in without sending; None where that works."""
        return self._connected()

    def _connected(self) -> Deferred | None:
        """Make sure that there is a line, or say why there is none."""
        if self._smtp is not None:
            return None
        server = self._server
        for name, value in (("user", server.user), ("password", server.password() if server.user else "")):
            if not value.isascii():  # smtplib would break off in the middle of the login
                return Deferred(f"[mail] {name} holds characters outside ASCII, which no login takes", reachable=False)
        try:
            self._smtp = _open(server)
        except OSError as error:  # those of ssl and smtplib are OSErrors, too
            return Deferred(f"{server.name}: {_explained(error, server)}", reachable=False)
        return None

    def _transaction(self, message: bytes, sender: str, recipients: Sequence[str]) -> Outcome | Closed:
        """One message over an open line."""
        smtp = self._smtp
        assert smtp is not None
        body = " BODY=8BITMIME" if not message.isascii() and smtp.has_extn("8bitmime") else ""
        addresses = [f"RCPT TO:<{address}>" for address in recipients]
        replies = self._ask([f"MAIL FROM:<{sender}>{body}", *addresses, "DATA"])
        try:
            code, said = next(replies)
        except OSError as error:
            self._drop()
            return Closed(_words(error))
        if code != 250:
            self._reset(code)
            return Closed(_reply(code, said)) if code == CLOSING else _refused_sender(code, said)
        try:
            answers = self._recipients(recipients, replies)
            if isinstance(answers, Deferred):
                return answers
            if len(answers.refused) + len(answers.put_off) == len(recipients):
                self._reset()
                return answers.of_nobody
            code, said = next(replies)
            if code != 354:
                self._reset(code)
                return _refused(code, said)
            smtp.send(_stuffed(message) + b".\r\n")
        except OSError as error:  # not all was handed over, so the final dot was not: certainly not taken
            self._drop()
            return Deferred(f"{self._server.name}: the line broke before the message was complete: {_words(error)}")
        return self._finish(answers)

    def _ask(self, commands: Sequence[str]) -> Iterator[tuple[int, bytes]]:
        """The reply to each command. One is sent when its reply is wanted, or all of them with the first."""
        smtp = self._smtp
        assert smtp is not None
        together = smtp.has_extn("pipelining")
        if together:
            smtp.send("".join(f"{command}\r\n" for command in commands))
            self._unread = len(commands)
        for command in commands:
            if not together:
                smtp.putcmd(command)
                self._unread = 1
            reply = smtp.getreply()
            self._unread -= 1
            yield reply

    def _recipients(self, recipients: Sequence[str], replies: Iterator[tuple[int, bytes]]) -> Answers | Deferred:
        """What the server said of each recipient that it did not take."""
        refused: dict[str, str] = {}
        put_off: dict[str, str] = {}
        for address, (code, said) in zip(recipients, replies, strict=False):
            if code == CLOSING:
                self._drop()
                return Deferred(_reply(code, said), refused=refused)
            if code not in (250, 251):
                (refused if _is_for_good(code, said) else put_off)[address] = _reply(code, said)
        return Answers(refused, put_off)

    def _finish(self, answers: Answers) -> Outcome:
        """Wait for the answer to the final dot: a broken line leaves the message in doubt now."""
        smtp = self._smtp
        assert smtp is not None
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(self._server.answer_timeout)
            code, said = smtp.getreply()
            if smtp.sock is not None:
                smtp.sock.settimeout(self._server.timeout)
        except OSError as error:
            self._drop()
            return Doubtful(f"{self._server.name}: the line broke before the answer: {_words(error)}")
        if code < 200:  # no answer at all, but something unintelligible
            self._drop()
            return Doubtful(f"{self._server.name}: an unintelligible answer: {_reply(code, said)}")
        if code < 300:
            return Sent(_reply(code, said), answers.refused, answers.put_off)
        self._reset(code)
        return _refused(code, said)

    def _reset(self, code: int = 0) -> None:
        """Make the line fit for the next message, or give it up."""
        try:
            if self._smtp is None or code == CLOSING or not self._is_at_rest() or self._smtp.rset()[0] != 250:
                self._drop()
        except OSError:
            self._drop()

    def _is_at_rest(self) -> bool:
        """Read what is still to come. A server that now waits for a message, though nobody is to get it, gets none."""
        code = 0
        while self._unread and self._smtp is not None:
            code, _ = self._smtp.getreply()
            self._unread -= 1
        return code != 354

    def _drop(self) -> None:
        self._unread = 0
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def _open(server: Server) -> smtplib.SMTP:
    """A line to the server, encrypted and logged in as wanted. The certificate is verified."""
    smtp: smtplib.SMTP
    if server.security == "tls":
        context = ssl.create_default_context()
        smtp = smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
    try:
        if smtp.sock is not None:  # else the final dot, sent by itself, waits 40 ms for a receipt
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        smtp.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo()
        if server.user:
            smtp.login(server.user, server.password())
    except BaseException:
        smtp.close()
        raise
    return smtp


def _explained(error: Exception, server: Server) -> str:
    """Why there is no line, and what to do where that is known."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"the login of {server.user} was refused: {_reply(error.smtp_code, error.smtp_error)}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f'no encrypted line ({error.reason}); does security = "{server.security}" fit the port?'
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return f"{error}; does [mail] security or user fit this server?"
    if isinstance(error, smtplib.SMTPResponseException):
        return _reply(error.smtp_code, error.smtp_error)
    return f"no connection: {_words(error)}"


def _unusable(sender: str, recipients: Sequence[str]) -> Outcome | None:
    """Why an envelope cannot be used as it is."""
    if not ADDRESS.fullmatch(sender):
        return Deferred(f"the sender is not an e-mail address: {sender!r}", reachable=False)
    wrong = [address for address in recipients if not ADDRESS.fullmatch(address)]
    if wrong or not recipients:
        return Rejected(f"not an e-mail address: {', '.join(map(repr, wrong))}" if wrong else "it has no recipient")
    return None


def _refused_sender(code: int, said: bytes) -> Outcome:
    """A refusal of the sender concerns every message: none of them is given up for it. One that is too large is."""
    reply = _reply(code, said)
    return Rejected(reply) if code == TOO_LARGE else Deferred(f"the sender was refused: {reply}", reachable=False)


def _is_for_good(code: int, said: bytes) -> bool:
    """Whether a refusal at RCPT says that this address never will be taken."""
    return code in OF_AN_ADDRESS and POLICY_SAID.search(said) is None


def _refused(code: int, said: bytes) -> Outcome:
    reply = _reply(code, said)
    return Rejected(reply) if code >= 500 else Deferred(reply)


def _reply(code: int, said: bytes | str) -> str:
    """The server's answer on one line: "550 5.1.1 no such user"."""
    words = said.decode("utf-8", errors="replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(words.split())}"


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):  # smtplib wraps it
        return "no answer in time"
    return getattr(error, "strerror", None) or " ".join(str(error).split()) or type(error).__name__


def _stuffed(message: bytes) -> bytes:
    """The message as it goes over the line, without the final dot: CRLF line ends, leading dots doubled."""
    lines = [b"." + line if line.startswith(b".") else line for line in message.splitlines()]
    return b"\r\n".join(lines) + b"\r\n"
