"""The last look before a message leaves: at what was closed, reopened, merged, moved or redirected since the scan."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from mail_server import MAIL, MailServer, mail_server
from sqlalchemy.engine import Engine

from tracker import store
from tracker.config import Config, load
from tracker.jobs import recheck as rechecking
from tracker.jobs.add import Wanted, add
from tracker.jobs.decide import done, reopen
from tracker.jobs.deliver import DeliveryReport, deliver
from tracker.jobs.scan import ScanReport, scan
from tracker.milestones import Status
from tracker.store.outbox import OutboxRow

DAY = date(2018, 9, 3)
NOON = datetime(2018, 9, 3, 4, tzinfo=UTC)
TRY = '[delivery]\nredirect_to = "try@example.org"\n'
Mailing = Callable[[str], Config]


@pytest.fixture
def server() -> Any:
    with mail_server() as running:
        yield running


@pytest.fixture
def mailing(tmp_path: Path, server: MailServer) -> Mailing:
    """A configuration with the server, and what is added to it."""

    def make(more: str = "") -> Config:
        file = tmp_path / "recheck.toml"
        file.write_text(MAIL.format(port=server.port) + more, encoding="utf-8")
        return load(str(file), {"HOME": str(tmp_path)})

    return make


def track(engine: Engine, title: str, *agencies: str) -> int:
    wanted = Wanted(title=title, due=DAY + timedelta(days=7), agencies=agencies)
    return add(engine, wanted, day=DAY, by="t", now=NOON).id


def address(engine: Engine, name: str, email: str, **more: str) -> None:
    with store.writing(engine) as db:
        store.agencies.set_addresses(db, name, {"email": email, **more})


def scan_again(engine: Engine, config: Config, days: int = 0) -> ScanReport:
    return scan(engine, config, today=DAY + timedelta(days=days), now=NOON + timedelta(days=days))


def run(engine: Engine, config: Config, now: datetime = NOON) -> DeliveryReport:
    return deliver(engine, config, clock=lambda: now, out=lambda _text: None)


def rows(engine: Engine) -> list[OutboxRow]:
    with store.reading(engine) as db:
        return [store.outbox.show(db, row.id) for row in store.outbox.listed(db)]


def told(engine: Engine, milestone: int) -> list[tuple[str, int, str]]:
    with store.reading(engine) as db:
        return [(one.agency, one.number, one.state) for one in store.ledger.of_milestone(db, milestone)]


def body(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_an_agency_that_was_merged_away_is_written_to_under_its_name_of_now(
    engine: Engine, mailing: Mailing, server: MailServer
) -> None:
    config = mailing("")
    first = track(engine, "甲任务", "甲局")
    track(engine, "另一项", "甲局")
    track(engine, "乙任务", "乙局")
    address(engine, "甲局", "a@example.org")
    address(engine, "乙局", "b@example.org")
    scan_again(engine, config)
    with store.writing(engine) as db:
        store.agencies.add_alias(db, "甲局", "乙局")
    done(engine, [first], day=DAY, by="t", now=NOON)
    assert len(run(engine, config).sent) == 3
    mails = server.to("b@example.org")
    assert len(mails) == 2
    assert all(str(mail["To"]) == "乙局 <b@example.org>" for mail in mails)
    assert any("另一项" in body(mail) for mail in mails)
    assert not server.to("a@example.org")


def test_a_message_that_cannot_be_looked_at_leaves_as_it_was_frozen(
    engine: Engine, mailing: Mailing, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = mailing("")
    first = track(engine, "甲任务", "甲局")
    track(engine, "另一项", "甲局")
    address(engine, "甲局", "a@example.org")
    scan_again(engine, config)
    frozen = [row.rfc822 for row in rows(engine)]
    done(engine, [first], day=DAY, by="t", now=NOON)

    def fail(*_given: object, **_more: object) -> None:
        raise KeyError("甲局")

    monkeypatch.setattr(rechecking, "agency_digest", fail)
    assert len(run(engine, config).sent) == 2
    assert [envelope.content for envelope in server.taken] == frozen


@pytest.mark.parametrize("others", [(), ("另一项",)], ids=["cancelled", "frozen anew"])
def test_what_was_dropped_and_is_reopened_is_owed_again(
    engine: Engine, mailing: Mailing, server: MailServer, others: tuple[str, ...]
) -> None:
    config = mailing("")
    first = track(engine, "甲任务", "甲局")
    for title in others:
        track(engine, title, "甲局")
    address(engine, "甲局", "a@example.org")
    scan_again(engine, config)
    done(engine, [first], day=DAY, by="t", now=NOON)
    run(engine, config)
    assert told(engine, first) == []
    reopen(engine, [first], reason="误报", day=DAY, by="t", now=NOON)
    scan_again(engine, config, 1)
    run(engine, config, NOON + timedelta(days=1))
    assert set(told(engine, first)) == {("甲局", 2, "sent")}
    assert "甲任务" in body(server.to("a@example.org")[-1])


def test_what_is_frozen_anew_still_makes_up_for_the_days_before_a_scanned_day_off(
    engine: Engine, mailing: Mailing, server: MailServer
) -> None:
    config, sunday, monday = mailing(""), 13, 14
    first = track(engine, "甲任务", "甲局")
    track(engine, "另一项", "甲局")
    address(engine, "甲局", "a@example.org")
    for days in (0, sunday, monday):
        scan_again(engine, config, days)
    done(engine, [first], day=DAY, by="t", now=NOON)
    run(engine, config, NOON + timedelta(days=monday))
    mail = server.to("a@example.org")[-1]
    assert "补发" in str(mail["Subject"])
    assert "2018-09-03 办结" in body(mail)
    assert "上次核对：2018-09-16" in body(mail)
    assert "逾期每周提醒" in body(mail)  # the newest of the rungs that it folds


def test_what_an_agency_claims_to_have_done_since_the_scan_is_still_told(
    engine: Engine, mailing: Mailing, server: MailServer
) -> None:
    config, claimed = mailing(""), track(engine, "甲任务", "甲局")
    address(engine, "甲局", "a@example.org")
    scan_again(engine, config)
    with store.writing(engine) as db:
        store.milestones.save(db, [replace(store.milestones.by_ids(db, [claimed])[claimed], status=Status.CLAIMED)])
    assert run(engine, config).cancelled == []
    assert "甲任务" in body(server.to("a@example.org")[0])


def test_an_address_that_changed_after_the_scan_is_written_to(
    engine: Engine, mailing: Mailing, server: MailServer
) -> None:
    config = mailing("")
    track(engine, "甲任务", "甲局")
    address(engine, "甲局", "old@example.org")
    scan_again(engine, config)
    address(engine, "甲局", "new@example.org", cc="copy@example.org")
    assert run(engine, config).complete
    (mail,) = server.to("new@example.org")
    assert (str(mail["To"]), str(mail["Cc"])) == ("甲局 <new@example.org>", "copy@example.org")
    assert not server.to("old@example.org")
    row = rows(engine)[0]
    assert row.recipients == ("new@example.org", "copy@example.org")
    assert server.taken[0].content == row.rfc822


def test_an_agency_that_lost_its_address_is_owed_until_it_has_one(
    engine: Engine, mailing: Mailing, server: MailServer
) -> None:
    config = mailing("")
    first = track(engine, "甲任务", "甲局")
    address(engine, "甲局", "a@example.org")
    scan_again(engine, config)
    address(engine, "甲局", "", cc="copy@example.org")
    report = run(engine, config)
    assert [(one.agency, one.reply) for one in report.cancelled] == [("甲局", rechecking.UNREACHED)]
    assert [envelope.rcpt_tos for envelope in server.taken] == [["office@example.org"]]
    assert told(engine, first) == []
    assert scan_again(engine, config, 1).unreachable == {"甲局": 1}
    address(engine, "甲局", "a@example.org", cc="")
    scan_again(engine, config, 2)
    run(engine, config, NOON + timedelta(days=2))
    assert "甲任务" in body(server.to("a@example.org")[0])


def test_redirection_holds_for_what_was_frozen_before(engine: Engine, mailing: Mailing, server: MailServer) -> None:
    for agency in ("甲局", "乙局"):
        track(engine, f"{agency}的任务", agency)
        address(engine, agency, "agency@example.org", cc="copy@example.org")
    scan_again(engine, mailing(""))
    server.refuse = {"agency@example.org": "451 later"}
    run(engine, mailing("[delivery]\nretry_minutes = [5, 5]\n"))
    assert len(run(engine, mailing(TRY), NOON + timedelta(minutes=5)).sent) == 2
    copies = [["copy@example.org"]] * 2
    assert [envelope.rcpt_tos for envelope in server.taken] == [
        *copies, ["office@example.org"], *[["try@example.org"]] * 2
    ]  # fmt: skip


def test_what_was_frozen_while_mail_was_redirected_reaches_no_agency(
    engine: Engine, mailing: Mailing, server: MailServer
) -> None:
    closed = track(engine, "甲任务", "甲局")
    track(engine, "另一项", "甲局")
    address(engine, "甲局", "a@example.org")
    scan_again(engine, mailing(TRY))
    done(engine, [closed], day=DAY, by="t", now=NOON)
    run(engine, mailing(""))
    assert [envelope.rcpt_tos for envelope in server.taken] == [["try@example.org"]] * 2


def test_mail_that_waits_for_a_server_does_not_hold_up_the_console(
    engine: Engine, mailing: Mailing, tmp_path: Path
) -> None:
    track(engine, "甲任务", "甲局")
    address(engine, "甲局", "a@example.org")
    scan_again(engine, mailing(""))
    (tmp_path / "console.toml").write_text("", encoding="utf-8")
    config = load(str(tmp_path / "console.toml"), {"HOME": str(tmp_path)})
    track(engine, "乙任务", "乙局")
    scan_again(engine, config)
    report = run(engine, config)
    assert [one.agency for one in report.sent] == ["乙局", ""]
    assert "no mail server is configured any more" in report.stopped_by
    assert [(row.state, row.attempts) for row in rows(engine)] == [("ready", 0)] * 2 + [("sent", 1)] * 2
    assert len(run(engine, mailing("")).sent) == 2


def test_only_what_the_agency_has_is_read_and_only_where_something_changed(
    engine: Engine, mailing: Mailing, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = mailing("")
    ids = [track(engine, f"{agency}的{n}", agency) for agency in ("甲局", "乙局") for n in range(3)]
    for agency in ("甲局", "乙局"):
        address(engine, agency, "a@example.org")
    scan_again(engine, config)
    done(engine, ids[:1], day=DAY, by="t", now=NOON)
    shown: list[list[str]] = []
    compose = rechecking.agency_digest

    def seen(milestones: Any, *given: Any, **more: Any) -> Any:
        with engine.connect() as other:  # nobody else is kept from writing while a message is rendered
            other.execute(sa.text("UPDATE scans SET reminders = reminders"))
            other.commit()
        shown.append([milestone.title for milestone in milestones])
        return compose(milestones, *given, **more)

    monkeypatch.setattr(rechecking, "agency_digest", seen)
    assert len(run(engine, config).sent) == 3
    assert shown == [["甲局的0", "甲局的1", "甲局的2"]]


def test_the_bytes_are_read_as_one_mail(engine: Engine, mailing: Mailing) -> None:
    track(engine, "甲任务", "甲局")
    address(engine, "甲局", "a@example.org")
    scan_again(engine, mailing(TRY))
    mail = message_from_bytes(rows(engine)[0].rfc822, policy=default)
    assert (mail["X-Redirected-From"], mail.defects) == ("a@example.org", [])
