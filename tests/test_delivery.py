"""What becomes of a message: on a real server on loopback, whatever the server does."""

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult
from mail_server import HANG_UP, SILENCE, TAKE_BODY, MailServer, mail_server, scripted
from needed import missing

from tracker.delivery import Console, Deferred, Doubtful, Rejected, Sender, Sent, Server
from tracker.delivery.console import text_of

MESSAGE = (
    b"From: office@example.org\r\nTo: a@example.org\r\nSubject: =?utf-8?b?552j5p+l5o+Q6YaS?=\r\n"
    b'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n'
    + ".一行\r\n..二行\r\n\x1b[31m红[/]\u202e\r\n".encode()
)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


def sender(port: int, **more: object) -> Sender:
    options = {"security": "none", "timeout": 5, "answer_timeout": 5, **more}
    return Sender(Server(host="127.0.0.1", port=port, **options))  # type: ignore[arg-type]


def send(line: Sender, *recipients: str) -> object:
    return line.send(MESSAGE, "office@example.org", recipients or ("a@example.org",))


def test_the_bytes_arrive_as_they_were_frozen(server: MailServer) -> None:
    with sender(server.port) as line:
        assert send(line) == Sent("250 OK queued as 1")
    assert server.taken[0].content == MESSAGE
    assert server.taken[0].mail_from == "office@example.org"
    assert server.taken[0].rcpt_tos == ["a@example.org"]


def test_one_connection_carries_many_messages(server: MailServer) -> None:
    with sender(server.port) as line:
        assert all(isinstance(send(line), Sent) for _ in range(20))
    assert server.connections == 1
    assert len(server.taken) == 20


def test_a_refused_message_does_not_spoil_the_next(server: MailServer) -> None:
    server.answers = ["451 4.3.0 try again later", "554 5.7.1 spam", "250"]
    with sender(server.port) as line:
        assert send(line) == Deferred("451 4.3.0 try again later")
        assert send(line) == Rejected("554 5.7.1 spam")
        assert isinstance(send(line), Sent)
    assert server.connections == 1


def test_a_refused_recipient_does_not_keep_the_message_from_the_others(server: MailServer) -> None:
    server.refuse = {"gone@example.org": "550 5.1.1 no such user"}
    with sender(server.port) as line:
        outcome = send(line, "a@example.org", "gone@example.org")
        words = {"gone@example.org": "550 5.1.1 no such user"}
        assert outcome == Sent("250 OK queued as 1", refused=words)
        assert send(line, "gone@example.org") == Rejected("gone@example.org: 550 5.1.1 no such user", words)
    assert server.taken[0].rcpt_tos == ["a@example.org"]


def test_a_recipient_put_off_does_not_keep_the_message_from_the_others(server: MailServer) -> None:
    server.refuse = {"grey@example.org": "450 4.2.0 greylisted", "gone@example.org": "550 5.1.1 gone"}
    with sender(server.port) as line:
        outcome = send(line, "a@example.org", "grey@example.org")
        assert outcome == Sent("250 OK queued as 1", put_off={"grey@example.org": "450 4.2.0 greylisted"})
        assert send(line, "grey@example.org") == Deferred("grey@example.org: 450 4.2.0 greylisted")
        both = send(line, "grey@example.org", "gone@example.org")
    assert isinstance(both, Deferred)
    assert both.refused == {"gone@example.org": "550 5.1.1 gone"}


OF_WHOM = {  # what a server says at RCPT: whether it speaks of the address for good
    "550 no such user": True,
    "550 5.1.1 no such user": True,
    "552 5.2.2 mailbox full": True,
    "553 5.1.3 bad address": True,
    "554 5.7.1 relay access denied": False,
    "550 relaying denied": False,
    "530 5.7.0 must issue STARTTLS first": False,
    "550 5.7.26 authentication results do not pass": False,
    "503 bad sequence": False,
    "450 4.2.0 greylisted": False,
}


@pytest.mark.parametrize(("words", "for_good"), OF_WHOM.items(), ids=OF_WHOM)
def test_only_what_speaks_of_the_address_is_held_against_it(server: MailServer, words: str, for_good: bool) -> None:
    server.refuse = {"x@example.org": words}
    with sender(server.port) as line:
        outcome = send(line, "x@example.org", "a@example.org")
    assert isinstance(outcome, Sent)
    assert (outcome.refused if for_good else outcome.put_off) == {"x@example.org": words}


def test_a_refused_sender_concerns_every_message_and_rejects_none(server: MailServer) -> None:
    server.refuse_sender = "550 5.7.60 not your address"
    with sender(server.port) as line:
        outcome = send(line)
    assert outcome == Deferred("the sender was refused: 550 5.7.60 not your address", reachable=False)
    server.refuse_sender = "552 5.3.4 too large"
    with sender(server.port) as line:
        assert send(line) == Rejected("552 5.3.4 too large")


@pytest.mark.parametrize("address", ["张三@example.org", "a@example.org\r\nRCPT TO:<b@example.org>", "a b@c", "a", ""])
def test_an_impossible_address_is_rejected_before_it_reaches_the_server(server: MailServer, address: str) -> None:
    with sender(server.port) as line:
        assert send(line, address) == Rejected(f"not an e-mail address: {address!r}")
    assert server.connections == 0


def test_a_message_without_recipients_is_rejected(server: MailServer) -> None:
    with sender(server.port) as line:
        assert line.send(MESSAGE, "office@example.org", ()) == Rejected("it has no recipient")


GREETED = ["220 ready", "250 hello", "250 sender", "250 recipient"]


def outcome_of(*conversations: list[str], **more: object) -> object:
    with scripted(*conversations) as port, sender(port, timeout=1, answer_timeout=1, **more) as line:
        return send(line)


def test_a_line_that_breaks_after_the_message_leaves_it_in_doubt() -> None:
    outcome = outcome_of([*GREETED, "354 go ahead", TAKE_BODY, HANG_UP])
    assert isinstance(outcome, Doubtful)
    assert "the line broke before the answer" in outcome.reply


def test_a_server_that_falls_silent_after_the_message_leaves_it_in_doubt() -> None:
    outcome = outcome_of([*GREETED, "354 go ahead", TAKE_BODY, SILENCE])
    assert isinstance(outcome, Doubtful)
    assert "no answer in time" in outcome.reply


def test_an_unintelligible_answer_leaves_the_message_in_doubt() -> None:
    assert isinstance(outcome_of([*GREETED, "354 go ahead", TAKE_BODY, "what?"]), Doubtful)


TOGETHER = "250-hello\r\n250 PIPELINING"  # a server that hears several words before it answers (RFC 2920)


def test_the_words_before_a_message_are_sent_together_where_the_server_takes_that() -> None:
    heard = []

    def serve() -> None:
        line, _ = listener.accept()
        with line, line.makefile("rb") as reader:
            line.sendall(b"220 ready\r\n")
            reader.readline()
            line.sendall(TOGETHER.encode() + b"\r\n")
            heard.extend(reader.readline() for _ in range(4))  # would wait for ever for one that is not sent
            line.sendall(b"250 sender\r\n250 one\r\n550 5.1.1 no such user\r\n354 go ahead\r\n")
            while reader.readline() != b".\r\n":
                pass
            line.sendall(b"250 taken\r\n")
            reader.readline()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        with sender(listener.getsockname()[1]) as line:
            outcome = send(line, "a@example.org", "b@example.org")
        thread.join(5)
    assert outcome == Sent("250 taken", refused={"b@example.org": "550 5.1.1 no such user"})
    assert heard == [
        b"MAIL FROM:<office@example.org>\r\n",
        b"RCPT TO:<a@example.org>\r\n",
        b"RCPT TO:<b@example.org>\r\n",
        b"DATA\r\n",
    ]


GO_ON = ["250 sender", "250 recipient", "354 go ahead", TAKE_BODY, "250 taken"]
REFUSED_TOGETHER: dict[
    str, tuple[list[str], list[str], type]
] = {  # what it says, then to the next message, the outcome
    "the sender": (["550 not you", "503 no sender", "503 no sender", "250 reset"], GO_ON, Deferred),
    "the only recipient": (["250 sender", "550 5.1.1 gone", "554 no recipient", "250 reset"], GO_ON, Rejected),
    "the message": (["250 sender", "250 recipient", "452 no room", "250 reset"], GO_ON, Deferred),
    "the only recipient, yet it waits for a message": (["250 sender", "550 5.1.1 gone", "354 go on"], [], Rejected),
}


@pytest.mark.parametrize(("says", "then", "kind"), REFUSED_TOGETHER.values(), ids=REFUSED_TOGETHER)
def test_what_is_refused_to_words_sent_together_does_not_spoil_the_next(
    says: list[str], then: list[str], kind: type
) -> None:
    hello = ["220 ready", TOGETHER]
    with scripted([*hello, *says, *then], [*hello, *GO_ON]) as port, sender(port, timeout=2) as line:
        assert isinstance(send(line), kind)
        assert send(line) == Sent("250 taken")


def test_a_line_that_breaks_after_words_sent_together_is_worth_another_try() -> None:
    outcome = outcome_of(["220 ready", TOGETHER, "250 sender", HANG_UP])
    assert isinstance(outcome, Deferred)
    assert "broke before the message was complete" in outcome.reply


@pytest.mark.parametrize("known", [3, 4])
def test_a_line_that_breaks_before_the_message_is_worth_another_try(known: int) -> None:
    outcome = outcome_of([*GREETED[:known], HANG_UP])
    assert isinstance(outcome, Deferred)
    assert "broke before the message was complete" in outcome.reply


def test_a_server_that_falls_silent_before_the_message_is_worth_another_try() -> None:
    outcome = outcome_of([*GREETED, SILENCE])
    assert isinstance(outcome, Deferred)
    assert "no answer in time" in outcome.reply


def test_a_line_that_the_server_closed_is_opened_again() -> None:
    whole = [*GREETED, "354 go ahead", TAKE_BODY, "250 taken"]
    conversations = [*whole, HANG_UP], [*whole, "421 enough for one line"], whole
    with scripted(*conversations) as port, sender(port, timeout=2) as line:
        assert [send(line) for _ in range(3)] == [Sent("250 taken")] * 3


def test_a_server_that_is_too_busy_is_worth_another_try_later() -> None:
    outcome = outcome_of(["220 ready", "250 hello", "421 4.3.2 too busy"])
    assert isinstance(outcome, Deferred)
    assert not outcome.reachable
    assert "421 4.3.2 too busy" in outcome.reply


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (["554 no service"], "554 no service"),
        ([HANG_UP], "no connection: Connection unexpectedly closed"),
        ([SILENCE], "no connection: no answer in time"),
    ],
)
def test_a_server_that_cannot_be_used_at_all_is_told_apart(script: list[str], words: str) -> None:
    outcome = outcome_of(script)
    assert isinstance(outcome, Deferred)
    assert not outcome.reachable
    assert words in outcome.reply


def test_no_server_at_all() -> None:
    with scripted([]) as port:
        pass
    outcome = send(sender(port))
    assert outcome == Deferred(f"127.0.0.1:{port}: no connection: Connection refused", reachable=False)
    unknown = Sender(Server(host="mail.invalid", port=25, security="none", timeout=5))
    assert isinstance(unknown.check(), Deferred)


def test_encryption_that_the_server_does_not_offer_is_said(server: MailServer) -> None:
    outcome = send(sender(server.port, security="starttls"))
    assert isinstance(outcome, Deferred)
    assert "does [mail] security or user fit this server?" in outcome.reply
    outcome = send(sender(server.port, security="tls"))
    assert isinstance(outcome, Deferred)
    assert 'does security = "tls" fit the port?' in outcome.reply


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that nobody but us trusts."""
    openssl = shutil.which("openssl") or missing("openssl")
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
         "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return folder / "cert.pem", context


def test_starttls_and_login_on_a_trusted_server(
    certificate: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    def authenticate(_server: object, _session: object, _envelope: object, _mechanism: str, data: object) -> AuthResult:
        return AuthResult(success=getattr(data, "password", b"") == b"right", handled=False)

    file, context = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with mail_server(tls_context=context, authenticator=authenticate, auth_required=True) as server:
        with sender(server.port, security="starttls", user="office", password=lambda: "right") as line:
            assert isinstance(send(line), Sent)
        outcome = send(sender(server.port, security="starttls", user="office", password=lambda: "wrong"))
    assert isinstance(outcome, Deferred)
    assert not outcome.reachable
    assert "the login of office was refused: 535" in outcome.reply


def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: tuple[Path, ssl.SSLContext]) -> None:
    with mail_server(tls_context=certificate[1]) as server:
        outcome = send(sender(server.port, security="starttls"))
    assert isinstance(outcome, Deferred)
    assert "its certificate is not trusted: self-signed certificate" in outcome.reply
    assert not server.taken


@pytest.mark.parametrize("name", ["user", "password"])
def test_a_login_outside_ascii_puts_everything_off_and_is_not_shown(server: MailServer, name: str) -> None:
    login = {"user": "office", "password": "secret"} | {name: "密码"}
    outcome = send(sender(server.port, user=login["user"], password=lambda: login["password"]))
    assert isinstance(outcome, Deferred)
    assert not outcome.reachable
    assert outcome.reply == f"[mail] {name} holds characters outside ASCII, which no login takes"


def test_a_password_is_not_shown() -> None:
    server = Server(host="h", port=25, security="none", password=lambda: "geheim")
    assert "password" not in repr(server)


def test_the_console_shows_the_text_and_nothing_that_a_terminal_obeys() -> None:
    shown: list[str] = []
    assert Console(shown.append).send(MESSAGE, "", ()) == Sent("shown on the console")
    assert shown == ["督查提醒\n\n.一行\n..二行\n[31m红[/]\n"]
    assert text_of(b"Subject: x\r\n\r\n") == "x\n"


def test_a_console_that_is_gone_defers() -> None:
    def out(_text: str) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    assert Console(out).send(MESSAGE, "", ()) == Deferred("the console cannot be written: Broken pipe", reachable=False)
