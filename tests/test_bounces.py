"""Bounces: what comes back suspends the address that fails, once, and only where it is ours."""

import mailbox
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from imap_server import imap_server
from mail_server import MAIL, MailServer, mail_server
from sqlalchemy.engine import Engine

from tracker import store
from tracker.config import Config, load
from tracker.errors import ConfigError, UnreadableFile, UsageError
from tracker.jobs.add import Wanted, add
from tracker.jobs.agencies import set_addresses
from tracker.jobs.bounces import Read, read_bounces
from tracker.jobs.deliver import deliver
from tracker.jobs.scan import scan

DAY = date(2018, 9, 3)
NOON = datetime(2018, 9, 3, 4, tzinfo=UTC)
SECRET = "correct horse battery staple"
BOUNCING = MAIL + 'bounce = "bounces@office.example"\n'
REPORT = """\
From: MAILER-DAEMON@mx.example.net
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {address}
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b
Content-Type: {original}

Message-ID: {message_id}
Subject: x

--b--
"""


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def configured(tmp_path: Path, server: MailServer) -> Callable[..., Config]:
    def make(secret: str = SECRET) -> Config:
        file = tmp_path / "bounces.toml"
        file.write_text(BOUNCING.format(port=server.port), encoding="utf-8")
        return load(str(file), {"HOME": str(tmp_path), "TRACKER_BOUNCE_SECRET": secret})

    return make


def sent_to(engine: Engine, config: Config, *emails: str) -> None:
    add(engine, Wanted(title="任务", due=DAY + timedelta(days=7), agencies=("甲局",)), day=DAY, by="t", now=NOON)
    set_addresses(engine, {"甲局": {"email": ",".join(emails)}})
    scan(engine, config, today=DAY, now=NOON)
    deliver(engine, config, clock=lambda: NOON, out=lambda _: None)


def returned(server: MailServer, **more: str) -> str:
    """A report on the first message that was sent, as an honest server makes it."""
    known = {
        "to": str(server.taken[0].mail_from),
        "address": "a@example.org",
        "action": "failed",
        "message_id": str(server.messages[0]["Message-ID"]),
        "original": "text/rfc822-headers",
    }
    return REPORT.format(**known | more)


def read(engine: Engine, config: Config, place: object, password: str = "") -> list[Read]:
    return list(read_bounces(engine, config, str(place), lambda: password, now=NOON))


def suspended(engine: Engine) -> list[str]:
    with store.reading(engine) as db:
        return list(store.suspensions.listed(db))


def state(engine: Engine) -> str:
    with store.reading(engine) as db:
        return store.outbox.listed(db)[0].state


REPORTS = {
    "the signed address": ({"message_id": "<else@x>"}, "suspended"),
    "the Message-ID of the header that came back": ({"to": "office@example.org"}, "suspended"),
    "the Message-ID of the whole": ({"to": "office@example.org", "original": "message/rfc822"}, "suspended"),
    "an address in capitals": ({"address": "A@Example.org"}, "suspended"),
    "a forwarded address, since it went to one": ({"address": "someone@else.example"}, "suspended"),
    "a delay": ({"action": "delayed"}, "noted"),
    "a delivery": ({"action": "delivered"}, "ignored"),
    "a forged signature": ({"to": "bounces+1.aaaaaaaaaaaaaaaa@office.example"}, "refused"),
    "another message's number": ({"to": "bounces+99.aaaaaaaaaaaaaaaa@office.example"}, "refused"),
    "no number": ({"to": "bounces+x@office.example"}, "refused"),
    "a stranger's message": ({"to": "office@example.org", "message_id": "<else@x>"}, "ignored"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "what"), REPORTS.values(), ids=REPORTS)
def test_a_report_is_matched_with_what_was_sent(
    engine: Engine, configured: Callable[..., Config], server: MailServer, tmp_path: Path,
    changes: dict[str, str], what: str,
) -> None:  # fmt: skip
    config = configured()
    sent_to(engine, config, "a@example.org")
    (tmp_path / "report").write_text(returned(server, **changes), encoding="utf-8")
    assert [one.what for one in read(engine, config, tmp_path / "report")] == [what]
    assert suspended(engine) == (["a@example.org"] if what == "suspended" else [])
    assert state(engine) == ("failed" if what == "suspended" else "sent")
    again = [one.what for one in read(engine, config, tmp_path / "report")]
    assert again == [{"suspended": "known", "noted": "known"}.get(what, what)]


def test_a_full_mailbox_is_written_to_again(
    engine: Engine, configured: Callable[..., Config], server: MailServer, tmp_path: Path
) -> None:
    config = configured()
    sent_to(engine, config, "a@example.org")
    (tmp_path / "report").write_text(returned(server).replace("5.1.1", "5.2.2"), encoding="utf-8")
    assert [one.what for one in read(engine, config, tmp_path / "report")] == ["noted"]
    assert (suspended(engine), state(engine)) == ([], "failed")
    report = scan(engine, config, today=DAY + timedelta(days=1), now=NOON)
    assert [one.agency for one in report.issued] == ["甲局", ""]


def test_what_came_back_from_everybody_is_told_when_there_is_an_address_again(
    engine: Engine, configured: Callable[..., Config], server: MailServer, tmp_path: Path
) -> None:
    config, tomorrow = configured(), DAY + timedelta(days=1)
    sent_to(engine, config, "a@example.org")
    (tmp_path / "report").write_text(returned(server), encoding="utf-8")
    read(engine, config, tmp_path / "report")
    assert scan(engine, config, today=tomorrow, now=NOON).unreachable == {"甲局": 1}
    set_addresses(engine, {"甲局": {"email": "b@example.org"}}, confirmed=True)
    assert suspended(engine) == []
    report = scan(engine, config, today=tomorrow, now=NOON)
    assert [one.agency for one in report.issued] == ["甲局", ""]
    deliver(engine, config, clock=lambda: NOON + timedelta(days=1), out=lambda _: None)
    part = server.to("b@example.org")[0].get_body(("plain",))
    assert part is not None
    assert "任务" in part.get_content()
    assert state(engine) == "cancelled"
    assert not scan(engine, config, today=tomorrow, now=NOON).issued


def test_one_of_two_that_comes_back_leaves_the_message_sent(
    engine: Engine, configured: Callable[..., Config], server: MailServer, tmp_path: Path
) -> None:
    config = configured()
    sent_to(engine, config, "a@example.org", "b@example.org")
    (tmp_path / "report").write_text(returned(server, address="other@x.example"), encoding="utf-8")
    assert [one.what for one in read(engine, config, tmp_path / "report")] == ["ignored"]
    (tmp_path / "report").write_text(returned(server), encoding="utf-8")
    assert [one.what for one in read(engine, config, tmp_path / "report")] == ["suspended"]
    assert state(engine) == "sent"


def test_without_a_secret_the_sender_is_plain_and_the_message_id_tells(
    engine: Engine, configured: Callable[..., Config], server: MailServer, tmp_path: Path
) -> None:
    config = configured("")
    sent_to(engine, config, "a@example.org")
    assert server.taken[0].mail_from == "bounces@office.example"
    (tmp_path / "report").write_text(returned(server), encoding="utf-8")
    assert [one.what for one in read(engine, config, tmp_path / "report")] == ["suspended"]


def test_the_secret_stands_in_no_database_and_in_no_message(
    engine: Engine, configured: Callable[..., Config], server: MailServer, tmp_path: Path
) -> None:
    config = configured()
    sent_to(engine, config, "a@example.org")
    assert str(server.taken[0].mail_from).startswith("bounces+1.")
    assert SECRET not in repr(config)
    assert all(SECRET.encode() not in bytes(envelope.content or b"") for envelope in server.taken)
    if engine.dialect.name == "sqlite":
        engine.dispose()
        assert SECRET.encode() not in (tmp_path / "tracker.db").read_bytes()


def test_a_mailbox_is_read_whole_and_what_is_no_report_is_left(
    engine: Engine, configured: Callable[..., Config], server: MailServer, tmp_path: Path
) -> None:
    config = configured()
    sent_to(engine, config, "a@example.org")
    letters = [b"Subject: hello\n\nno report\n", returned(server).encode()]
    mbox, maildir = mailbox.mbox(tmp_path / "mbox"), mailbox.Maildir(tmp_path / "maildir")
    for letter in letters:
        mbox.add(letter)
        maildir.add(letter)
    mbox.close()
    assert [one.what for one in read(engine, config, tmp_path / "mbox")] == ["ignored", "suspended"]
    assert sorted(one.what for one in read(engine, config, tmp_path / "maildir")) == ["ignored", "known"]
    with pytest.raises(UnreadableFile, match="no maildir"):
        read(engine, config, tmp_path)
    with pytest.raises(UnreadableFile, match="cannot be read"):
        read(engine, config, tmp_path / "nowhere")


def test_the_unread_messages_of_an_imap_folder_are_read_and_the_reports_marked(
    engine: Engine, configured: Callable[..., Config], server: MailServer
) -> None:
    config = configured()
    sent_to(engine, config, "a@example.org")
    forged = returned(server, to="bounces+1.aaaaaaaaaaaaaaaa@office.example")
    letters = [text.replace("\n", "\r\n").encode() for text in ("Subject: hello\n\nx\n", returned(server), forged)]
    with imap_server(letters, "open sesame") as imap:
        url = f"imap://office@127.0.0.1:{imap.port}/INBOX"
        assert [one.what for one in read(engine, config, url, "open sesame")] == ["ignored", "suspended", "refused"]
        assert imap.seen == {2}
        assert [one.what for one in read(engine, config, url, "open sesame")] == ["ignored", "refused"]
        for wrong, password, error in (
            (url, "guessed", ConfigError),
            (url.replace("INBOX", "Nowhere"), "open sesame", ConfigError),
            (url.replace("office@", "office:open@"), "", UsageError),
            (url.replace("office@", ""), "", UsageError),
        ):
            with pytest.raises(error):
                read(engine, config, wrong, password)
