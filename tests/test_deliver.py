"""Delivering: every message leaves once, whatever the server, the other sender, or the power does."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from mail_server import HANG_UP, MAIL, TAKE_BODY, MailServer, mail_server, scripted
from sqlalchemy.engine import Engine

from tracker import store
from tracker.config import Config, load
from tracker.delivery import Deferred, Rejected, Sent
from tracker.errors import ConfigError, UsageError
from tracker.jobs import ahead
from tracker.jobs import deliver as delivering
from tracker.jobs.add import Wanted, add
from tracker.jobs.decide import done
from tracker.jobs.deliver import DeliveryReport, deliver
from tracker.jobs.outbox import hold, retry
from tracker.jobs.scan import scan
from tracker.store.outbox import OutboxRow

DAY = date(2018, 9, 3)
NOON = datetime(2018, 9, 3, 4, tzinfo=UTC)
PATIENT = (
    MAIL
    + """[delivery]
lease_seconds = 60
retry_minutes = [5, 30, 120]
"""
)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


def configured(tmp_path: Path, text: str) -> Config:
    file = tmp_path / "deliver.toml"
    file.write_text(text, encoding="utf-8")
    return load(str(file), {"HOME": str(tmp_path)})


@pytest.fixture
def mailing(tmp_path: Path, server: MailServer) -> Config:
    return configured(tmp_path, PATIENT.format(port=server.port))


def issue(engine: Engine, config: Config, *agencies: str) -> None:
    """Puts a digest for each agency and one for the office into the outbox."""
    for agency in agencies:
        wanted = Wanted(title=f"{agency}的任务", due=DAY + timedelta(days=7), agencies=(agency,))
        add(engine, wanted, day=DAY, by="t", now=NOON)
    with store.writing(engine) as db:
        store.agencies.set_many(db, {name: {"email": f"a{n}@example.org"} for n, name in enumerate(agencies)})
    scan(engine, config, today=DAY, now=NOON)


def run(engine: Engine, config: Config, now: datetime = NOON, **more: Any) -> DeliveryReport:
    return deliver(engine, config, clock=lambda: now, out=lambda _text: None, **more)


def rows(engine: Engine) -> list[OutboxRow]:
    with store.reading(engine) as db:
        return store.outbox.listed(db)


def states(engine: Engine) -> list[str]:
    return [row.state for row in rows(engine)]


def test_every_message_is_sent_once(engine: Engine, mailing: Config, server: MailServer) -> None:
    issue(engine, mailing, "甲局", "乙局")
    report = run(engine, mailing)
    assert report.complete
    assert [done.agency for done in report.sent] == ["乙局", "甲局", ""]
    assert states(engine) == ["sent"] * 3
    assert {row.reply for row in rows(engine)} == {f"250 OK queued as {n}" for n in (1, 2, 3)}
    assert run(engine, mailing).sent == []
    assert len(server.taken) == 3
    assert server.connections == 1


def test_a_temporary_failure_is_tried_again_after_longer_and_longer_pauses_each_shortened_by_lot(
    engine: Engine, mailing: Config, server: MailServer
) -> None:
    issue(engine, mailing, "甲局")
    server.refuse = {"a0@example.org": "451 4.7.1 later"}
    now, pauses = NOON, []
    for _ in range(4):
        (done,) = run(engine, mailing, now).deferred
        assert done.next_try is not None
        pauses.append((done.next_try - now) / timedelta(minutes=1))
        assert not run(engine, mailing, done.next_try - timedelta(seconds=1)).deferred
        now = done.next_try
    shares = [pause / full for pause, full in zip(pauses, (5, 30, 120, 120), strict=True)]
    assert all(0.8 <= share <= 1 for share in shares)
    assert len(set(shares)) > 1  # the lot is the message's and the attempt's, and the same whenever it is drawn
    row = rows(engine)[0]
    assert (row.state, row.attempts, row.next_try) == ("ready", 4, now)
    assert "451 4.7.1 later" in row.reply
    server.refuse = {}
    assert len(run(engine, mailing, now).sent) == 1


def test_a_permanent_failure_keeps_what_the_server_said(engine: Engine, mailing: Config, server: MailServer) -> None:
    issue(engine, mailing, "甲局")
    server.refuse = {"a0@example.org": "550 5.1.1 no such user"}
    report = run(engine, mailing)
    assert [done.agency for done in report.failed] == ["甲局"]
    assert not report.complete
    assert states(engine) == ["failed", "sent"]
    assert rows(engine)[0].reply == "a0@example.org: 550 5.1.1 no such user"
    server.refuse = {}
    assert not run(engine, mailing, NOON + timedelta(days=9)).sent
    retry(engine, rows(engine)[0].id, now=NOON)
    assert len(run(engine, mailing).sent) == 1


def test_a_failure_is_named_in_the_next_digest_of_the_office(
    engine: Engine, mailing: Config, server: MailServer
) -> None:
    issue(engine, mailing, "甲局", "乙局")
    server.refuse = {"a0@example.org": "550 5.1.1 no such user"}
    run(engine, mailing)
    wanted = Wanted(title="又一项", due=date(2018, 9, 11), agencies=("乙局",))
    add(engine, wanted, day=date(2018, 9, 4), by="t", now=NOON + timedelta(days=1))
    scan(engine, mailing, today=date(2018, 9, 4), now=NOON + timedelta(days=1))
    run(engine, mailing, NOON + timedelta(days=1))
    part = server.to("office@example.org")[-1].get_body(("plain",))
    assert part is not None
    text = part.get_content().replace("\n", "").replace(" ", "")
    assert "甲局第1期未能送达" in text


def test_a_failure_is_named_in_the_next_digest_of_the_office_and_once(
    engine: Engine, mailing: Config, server: MailServer
) -> None:
    issue(engine, mailing, "甲局", "乙局")
    server.refuse = {"a0@example.org": "550 5.1.1 no such user"}
    run(engine, mailing, NOON + timedelta(hours=1))

    def told(due: date, on: date) -> str:
        """What the office is told on a day on which 乙局 has something new."""
        at = NOON + (on - DAY)
        add(engine, Wanted(title="又一项", due=due, agencies=("乙局",)), day=on, by="t", now=at)
        scan(engine, mailing, today=on, now=at)
        with store.reading(engine) as db:
            query = "SELECT text FROM digests WHERE recipient = '' ORDER BY number DESC"
            return str(db.exec_driver_sql(query).scalar()).replace("\n", "")

    scan(engine, mailing, today=date(2018, 9, 4), now=NOON + timedelta(days=1))  # tells nothing
    first = told(date(2018, 9, 12), date(2018, 9, 5))
    run(engine, mailing, NOON + timedelta(days=2))
    second = told(date(2018, 9, 13), date(2018, 9, 6))
    assert "甲局第1期未能送达" in first
    assert "甲局第1期未能送达" not in second
    assert "甲局的地址a0@example.org自2018-09-03起停用" in first
    assert "甲局的地址a0@example.org自2018-09-03起停用" in second


def test_a_recipient_that_is_refused_gets_no_further_message_and_the_others_do(
    engine: Engine, mailing: Config, server: MailServer
) -> None:
    issue(engine, mailing, "甲局")
    with store.writing(engine) as db:
        store.agencies.set_addresses(db, "甲局", {"cc": "Gone@example.org"})
    wanted = Wanted(title="又一项", due=DAY + timedelta(days=7), agencies=("甲局",))
    server.refuse = {"Gone@example.org": "550 5.1.1 gone"}
    report = run(engine, mailing)
    assert [done.reply for done in report.refused] == ["250 OK queued as 1; refused: Gone@example.org: 550 5.1.1 gone"]
    assert report.suspended == {"Gone@example.org": "550 5.1.1 gone"}
    assert not report.complete
    add(engine, wanted, day=DAY, by="t", now=NOON)
    scan(engine, mailing, today=DAY, now=NOON)
    server.refuse = {}
    assert run(engine, mailing).complete
    assert not server.to("Gone@example.org")
    assert len(server.to("a0@example.org")) == 2
    with store.reading(engine) as db:
        (one,) = store.notices.undelivered(db, None)
        assert (one.agency, one.how, one.reply) == ("甲局", "partly", "Gone@example.org: 550 5.1.1 gone")


def test_a_recipient_that_is_put_off_is_tried_again_alone_until_the_last_pause(
    engine: Engine, mailing: Config, server: MailServer
) -> None:
    issue(engine, mailing, "甲局")
    with store.writing(engine) as db:
        store.agencies.set_addresses(db, "甲局", {"cc": "copy@example.org"})
    server.refuse = {"copy@example.org": "451 4.7.1 later"}
    now, reports = NOON, []
    for pause in mailing.delivery.retry_minutes:
        reports.append(run(engine, mailing, now))
        now += timedelta(minutes=pause)
    assert [len(report.deferred) for report in reports] == [1, 1, 0]
    assert [one.agency for one in reports[-1].refused] == ["甲局"]
    assert len(server.to("a0@example.org")) == 1


def test_a_database_that_is_busy_for_a_moment_sends_nothing_twice(
    engine: Engine, mailing: Config, server: MailServer
) -> None:
    issue(engine, mailing, "甲局")
    busy = [True]

    def fail(_db: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith("UPDATE outbox") and "sent_at" in statement and busy and busy.pop():
            raise sa.exc.OperationalError(statement, {}, Exception("database is locked"))

    sa.event.listen(engine, "before_cursor_execute", fail)
    assert len(run(engine, mailing).sent) == 2
    assert not busy
    assert states(engine) == ["sent"] * 2


def test_a_server_that_is_down_is_asked_once_and_everything_waits(
    engine: Engine, mailing: Config, tmp_path: Path
) -> None:
    with scripted([]) as port:
        pass
    down = configured(tmp_path, PATIENT.format(port=port))
    issue(engine, down, "甲局", "乙局")
    report = run(engine, down)
    assert len(report.deferred) == 1
    assert "Connection refused" in report.stopped_by
    assert states(engine) == ["ready"] * 3
    for minutes in (5, 10, 15):  # however long it was down, nothing waits longer for it than the shortest pause
        run(engine, down, NOON + timedelta(minutes=minutes))
    assert len(run(engine, mailing, NOON + timedelta(minutes=20)).sent) == 3


def test_a_line_that_breaks_before_the_answer_leads_to_the_same_bytes_again(
    engine: Engine, mailing: Config, server: MailServer, tmp_path: Path
) -> None:
    issue(engine, mailing, "甲局")
    talk = ["220 ready", "250 hello", "250 sender", "250 recipient", "354 go ahead", TAKE_BODY]
    with scripted([*talk, HANG_UP], [*talk, "250 taken"]) as port:
        breaking = configured(tmp_path, PATIENT.format(port=port))
        report = run(engine, breaking)
    assert [done.agency for done in report.doubtful] == ["甲局"]
    assert states(engine) == ["sending", "sent"]
    assert not run(engine, mailing, NOON + timedelta(seconds=59)).sent
    (again,) = run(engine, mailing, NOON + timedelta(seconds=61)).sent
    assert again.possible_duplicate
    with store.reading(engine) as db:
        row = store.outbox.show(db, again.id)
        assert [one.how for one in store.notices.undelivered(db, None)] == ["twice"]
    assert (row.state, row.possible_duplicate, row.attempts) == ("sent", True, 2)
    assert server.taken[0].content == row.rfc822
    assert server.messages[0]["Message-ID"] == row.message_id


def test_a_line_that_always_breaks_is_given_up_for_a_person_to_look(
    engine: Engine, mailing: Config, tmp_path: Path
) -> None:
    issue(engine, mailing, "甲局")
    talk = ["220 ready", "250 hello", "250 sender", "250 recipient", "354 go ahead", TAKE_BODY, HANG_UP]
    with scripted(talk) as port:
        breaking = configured(tmp_path, PATIENT.format(port=port))
        for minute in range(9):
            run(engine, breaking, NOON + timedelta(minutes=2 * minute))
    assert states(engine) == ["failed", "failed"]
    assert rows(engine)[0].attempts == 4


def test_what_was_closed_after_the_scan_is_told_to_nobody(engine: Engine, mailing: Config, server: MailServer) -> None:
    ids = [
        add(engine, Wanted(title=title, due=DAY + timedelta(days=7), agencies=agencies), day=DAY, by="t", now=NOON).id
        for title, agencies in (("甲任务", ("甲局",)), ("乙任务", ("乙局",)), ("共同任务", ("乙局", "丙局")))
    ]
    with store.writing(engine) as db:
        emails = {name: {"email": f"{n}@example.org"} for n, name in enumerate(("甲局", "乙局", "丙局"))}
        store.agencies.set_many(db, emails)
    scan(engine, mailing, today=DAY, now=NOON)
    done(engine, ids[:2], day=DAY, by="t", now=NOON)
    report = run(engine, mailing)
    assert [one.agency for one in report.cancelled] == ["甲局"]
    assert report.complete
    assert not server.to("0@example.org")
    (mail,) = server.to("1@example.org")
    part = mail.get_body(("plain",))
    assert part is not None
    told, _, completed = part.get_content().partition("、近期完成")
    assert "共同任务" in told
    assert "乙任务" not in told
    assert "乙任务" in completed
    with store.reading(engine) as db:
        row = next(row for row in store.outbox.listed(db) if row.agency == "乙局")
        frozen = store.outbox.show(db, row.id).rfc822
    assert [each.content for each in server.taken if each.rcpt_tos == ["1@example.org"]] == [frozen]
    assert (row.subject, row.message_id, row.number) == (str(mail["Subject"]), mail["Message-ID"], 1)
    assert sorted(states(engine)) == ["cancelled", "sent", "sent", "sent"]


def test_a_message_that_was_tried_is_never_changed(engine: Engine, mailing: Config, server: MailServer) -> None:
    issue(engine, mailing, "甲局")
    server.refuse = {"a0@example.org": "451 later"}
    (put_off,) = run(engine, mailing).deferred
    with store.reading(engine) as db:
        frozen = store.outbox.show(db, put_off.id).rfc822
        ids = [milestone.id for milestone in store.open_milestones(db)]
    done(engine, ids, day=DAY, by="t", now=NOON)
    server.refuse = {}
    assert put_off.next_try is not None
    run(engine, mailing, put_off.next_try)
    assert server.taken[-1].content == frozen


def test_redirection_names_a_few_of_many_addresses(engine: Engine, tmp_path: Path, server: MailServer) -> None:
    config = configured(tmp_path, PATIENT.format(port=server.port) + 'redirect_to = "try@example.org"\n')
    emails = [f"{'x' * 50}{number}@example.org" for number in range(40)]
    add(engine, Wanted(title="任务", due=DAY, agencies=("甲局",)), day=DAY, by="t", now=NOON)
    with store.writing(engine) as db:
        store.agencies.set_addresses(db, "甲局", {"email": ",".join(emails)})
    scan(engine, config, today=DAY, now=NOON)
    run(engine, config)
    meant = str(server.messages[0]["X-Redirected-From"]).strip()
    assert meant == f"{', '.join(emails[:5])} and 35 more"
    content = server.taken[0].content
    assert isinstance(content, bytes)
    assert max(map(len, content.split(b"\r\n"))) <= 78


class Watched(list[Any]):
    """What a server takes; `look` is called between a message and its answer."""

    def __init__(self, look: Callable[[], object]) -> None:
        self._look = look

    def append(self, envelope: Any) -> None:
        super().append(envelope)
        self._look()


def test_one_message_is_claimed_at_a_time(engine: Engine, mailing: Config, server: MailServer) -> None:
    issue(engine, mailing, "甲局", "乙局", "丙局")
    seen: list[list[str]] = []
    server.taken = Watched(lambda: seen.append(states(engine)))
    run(engine, mailing)
    assert seen == [["sent"] * number + ["sending"] + ["ready"] * (3 - number) for number in range(4)]


@pytest.mark.parametrize("seconds", [0.0, 60.0])
def test_what_others_do_while_messages_leave_counts(
    engine: Engine, mailing: Config, server: MailServer, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    """A message that is held, and one that another sender takes, however long what was read is believed."""
    monkeypatch.setattr(ahead, "SECONDS", seconds)
    issue(engine, mailing, "甲局", "乙局", "丙局")
    third = rows(engine)[2].id

    def others() -> None:
        if len(server.taken) == 1:
            hold(engine, third)
            with store.writing(engine) as db:
                (second, *_) = store.claims.sendable(db, NOON, 1, 600)
                assert store.claims.claim(db, second, "another", NOON, 60)

    server.taken = Watched(others)
    assert len(run(engine, mailing).sent) == 2
    assert states(engine) == ["sent", "sending", "held", "sent"]


def test_what_was_closed_a_second_ago_is_told_to_nobody(
    engine: Engine, mailing: Config, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "SECONDS", 0.0)
    issue(engine, mailing, "甲局", "乙局")
    with store.reading(engine) as db:
        ids = {one.agencies[0]: one.id for one in store.open_milestones(db)}
    closing = [lambda: done(engine, [ids["甲局"]], day=DAY, by="t", now=NOON)]
    server.taken = Watched(lambda: closing and closing.pop()())
    report = run(engine, mailing)
    assert [one.agency for one in report.cancelled] == ["甲局"]
    assert not server.to("a0@example.org")


def test_an_outbox_that_cannot_be_read_on_leaves_no_doubt_about_what_was_sent(
    engine: Engine, mailing: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "AT_ONCE", 1)
    issue(engine, mailing, "甲局", "乙局")
    with store.writing(engine) as db:
        db.execute(sa.text("UPDATE outbox SET recipients = '5' WHERE id = (SELECT max(id) FROM outbox)"))
    with pytest.raises(TypeError):
        run(engine, mailing)
    with store.reading(engine) as db:
        assert store.outbox.counts(db) == {"sent": 2, "ready": 1}


def test_it_stops_between_two_messages(engine: Engine, mailing: Config, server: MailServer) -> None:
    issue(engine, mailing, "甲局", "乙局")
    report = run(engine, mailing, stop=lambda: len(server.taken) == 1)
    assert len(report.sent) == 1
    assert states(engine) == ["sent", "ready", "ready"]


def test_the_console_is_shown_each_message_once(engine: Engine, tmp_path: Path) -> None:
    config = configured(tmp_path, "")
    issue(engine, config, "甲局")
    shown: list[str] = []
    report = deliver(engine, config, clock=lambda: NOON, out=shown.append)
    assert len(report.sent) == len(shown) == 2
    assert "甲局的任务" in shown[0]
    assert "\x1b" not in shown[0]
    assert not deliver(engine, config, clock=lambda: NOON, out=shown.append).sent


def test_mail_whose_server_was_taken_out_of_the_configuration_waits(
    engine: Engine, mailing: Config, tmp_path: Path
) -> None:
    issue(engine, mailing, "甲局")
    report = run(engine, configured(tmp_path, ""))
    assert "no mail server is configured any more" in report.stopped_by
    assert states(engine) == ["ready"] * 2


@pytest.mark.parametrize("secret", ["", 'password_file = "nowhere"'])
def test_a_login_without_a_password_is_refused_before_anything_is_claimed(
    engine: Engine, mailing: Config, tmp_path: Path, secret: str
) -> None:
    issue(engine, mailing, "甲局")
    text = PATIENT.format(port=1).replace("[mail]", f'[mail]\nuser = "office"\n{secret}')
    with pytest.raises(ConfigError, match="password"):
        run(engine, configured(tmp_path, text))
    assert {row.attempts for row in rows(engine)} == {0}


SENDER = """
import sys
from datetime import UTC, datetime
from tracker import store
from tracker.config import load
from tracker.jobs.deliver import deliver
config = load(sys.argv[1], {"HOME": sys.argv[2]})
engine = store.connect(sys.argv[3])
report = deliver(engine, config, clock=lambda: datetime.now(UTC), out=print)
print(len(report.sent))
"""


def test_two_processes_at_once_send_each_message_once(
    engine: Engine, url: str, mailing: Config, server: MailServer, tmp_path: Path
) -> None:
    issue(engine, mailing, *(f"第{n}局" for n in range(30)))
    server.delay = 0.02
    words = [sys.executable, "-c", SENDER, str(tmp_path / "deliver.toml"), str(tmp_path), url]
    root = Path(__file__).parent.parent
    both = [subprocess.Popen(words, cwd=root, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    shares = [int(one.communicate(timeout=60)[0]) for one in both]
    assert sum(shares) == len(server.taken) == 31
    assert min(shares) > 0
    assert len({message["Message-ID"] for message in server.messages}) == 31
    assert set(states(engine)) == {"sent"}


def test_a_sender_that_is_killed_loses_nothing_and_repeats_at_most_the_message_under_way(
    engine: Engine, url: str, mailing: Config, server: MailServer, tmp_path: Path
) -> None:
    issue(engine, mailing, *(f"第{n}局" for n in range(4)))
    server.delay = 0.5
    words = [sys.executable, "-c", SENDER, str(tmp_path / "deliver.toml"), str(tmp_path), url]
    killed = subprocess.Popen(words, cwd=Path(__file__).parent.parent, stdout=subprocess.PIPE)
    while server.started < 2:
        time.sleep(0.02)
    killed.kill()
    killed.communicate()
    assert sorted(states(engine)) == ["ready", "ready", "ready", "sending", "sent"]
    server.delay = 0
    lease = next(row.lease_until for row in rows(engine) if row.lease_until)
    repeated = [one for one in run(engine, mailing, lease).sent if one.possible_duplicate]
    assert len(repeated) == 1
    assert set(states(engine)) == {"sent"}
    assert len({message["Message-ID"] for message in server.messages}) == 5
    assert len(server.taken) <= 6


def test_a_test_message_goes_past_the_outbox(mailing: Config, server: MailServer, tmp_path: Path) -> None:
    assert isinstance(delivering.test_mail(mailing, "a@example.org", now=NOON), Sent)
    assert str(server.messages[0]["Subject"]) == "【测试】督查室的提醒邮件可以送达"
    server.refuse = {"b@example.org": "550 no"}
    assert isinstance(delivering.test_mail(mailing, "b@example.org", now=NOON), Rejected)
    with pytest.raises(UsageError, match="is not an e-mail address"):
        delivering.test_mail(mailing, "b", now=NOON)
    with pytest.raises(ConfigError, match="no mail server is named"):
        delivering.test_mail(configured(tmp_path, ""), "b@example.org", now=NOON)
    unreachable = configured(tmp_path, PATIENT.format(port=1))
    assert isinstance(delivering.test_mail(unreachable, "b@example.org", now=NOON), Deferred)


def test_the_lease_outlasts_the_last_answer(tmp_path: Path) -> None:
    def waits(text: str) -> float:
        return delivering.server(configured(tmp_path, text)).answer_timeout

    assert waits("") == 600
    assert waits("[delivery]\nlease_seconds = 400\n") == 100
    assert waits("[delivery]\nlease_seconds = 30\n") == 60
