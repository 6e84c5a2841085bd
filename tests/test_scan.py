"""Scanning: what is owed is decided once, told to whom it reaches, and frozen; all of it or nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from tracker import store
from tracker.config import Config, load
from tracker.errors import ConfigError
from tracker.jobs import look
from tracker.jobs import scan as scanning
from tracker.jobs.add import Wanted, add
from tracker.jobs.decide import acknowledge, done, edit
from tracker.jobs.doctor import about_scans
from tracker.jobs.scan import ScanReport, scan
from tracker.render import message
from tracker.store.issued import cancel
from tracker.store.outbox import OutboxRow

MONDAY = date(2018, 9, 3)
MAIL = '[office]\nemail = "office@example.org"\n[mail]\nhost = "127.0.0.1"\nsecurity = "none"\n'
Track = Callable[..., int]


@pytest.fixture
def configured(tmp_path: Path) -> Callable[..., Config]:
    """A configuration of the given text, whatever stands around the tests."""

    def make(text: str = MAIL) -> Config:
        file = tmp_path / "scan.toml"
        file.write_text(text, encoding="utf-8")
        return load(str(file), {"HOME": str(tmp_path)})

    return make


@pytest.fixture
def track(engine: Engine) -> Track:
    """Adds a milestone that is tracked from a day on; returns its id."""

    def make(due: date, *agencies: str, since: date = MONDAY, title: str = "完成老旧小区改造", hour: int = 7) -> int:
        wanted = Wanted(title=title, due=due, agencies=agencies)
        return add(engine, wanted, day=since, by="t", now=at(since, hour)).id

    return make


def at(day: date, hour: int = 8) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def address(engine: Engine, **emails: str) -> None:
    with store.writing(engine) as db:
        store.agencies.set_many(db, {name: {"email": email} for name, email in emails.items()})


def leave(engine: Engine) -> None:
    """What waits in the outbox is sent: what never left would be told again by the next issue."""
    with store.writing(engine) as db:
        for row in store.claims.sendable(db, at(date(2030, 1, 1)), 1000, 600):
            assert store.claims.claim(db, row, "t", at(date(2030, 1, 1)), 60)
            store.claims.mark_sent(db, row.id, "t", "250 OK", at(MONDAY))


def scan_on(engine: Engine, config: Config, day: date, hour: int = 8) -> ScanReport:
    return scan(engine, config, today=day, now=at(day, hour))


def outbox(engine: Engine) -> list[OutboxRow]:
    with store.reading(engine) as db:
        return [store.outbox.show(db, row.id) for row in store.outbox.listed(db)]


def parsed(row: OutboxRow) -> EmailMessage:
    message = message_from_bytes(row.rfc822, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def body(row: OutboxRow) -> str:
    part = parsed(row).get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def counts(engine: Engine) -> dict[str, int]:
    tables = ("ledger", "digests", "outbox", "scans", "milestones", "history")
    with store.reading(engine) as db:
        return {name: db.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar_one() for name in tables}


def test_each_agency_and_the_office_get_one_message(engine: Engine, configured: Any, track: Track) -> None:
    track(MONDAY + timedelta(days=7), "市住建委", "市财政局")
    track(MONDAY + timedelta(days=30), "市住建委", title="完成电梯加装")
    address(engine, 市住建委="zjw@example.org", 市财政局="czj@example.org")
    report = scan_on(engine, configured(), MONDAY)
    assert [(one.agency, one.number, one.told) for one in report.issued] == [
        ("市住建委", 1, 2),
        ("市财政局", 1, 1),
        ("", 1, 2),
    ]
    assert [row.recipients for row in outbox(engine)] == [
        ("zjw@example.org",), ("czj@example.org",), ("office@example.org",)
    ]  # fmt: skip
    assert not report.office_unreachable
    mail = parsed(outbox(engine)[0])
    assert mail["To"] == "市住建委 <zjw@example.org>"
    assert mail["From"] == "督查室 <office@example.org>"
    assert "完成电梯加装" in body(outbox(engine)[0])
    assert "完成电梯加装" not in body(outbox(engine)[1])


def test_a_second_scan_of_the_day_writes_only_that_it_ran(engine: Engine, configured: Any, track: Track) -> None:
    track(MONDAY + timedelta(days=7), "市住建委")
    track(MONDAY + timedelta(days=7), "无地址局")
    track(MONDAY + timedelta(days=7), title="无人负责")
    address(engine, 市住建委="zjw@example.org")
    scan_on(engine, configured(), MONDAY)
    before = counts(engine)
    report = scan_on(engine, configured(), MONDAY, hour=9)
    assert not report.issued
    assert counts(engine) == before | {"scans": before["scans"] + 1}


def test_the_office_tells_its_own_days_off_and_its_own_working_weekends(
    engine: Engine, configured: Any, track: Track
) -> None:
    config = configured(MAIL + "[workdays]\nholidays = [2018-09-03]\nworking = [2018-09-08]\n")
    due = MONDAY + timedelta(days=7)
    milestone = track(due, "市住建委")
    address(engine, 市住建委="zjw@example.org")
    held = scan_on(engine, config, MONDAY)
    assert (held.issued, held.held, held.held_until) == ((), 1, date(2018, 9, 4))
    assert len(scan_on(engine, config, date(2018, 9, 8)).issued) == 2, "a Saturday that is worked"
    with store.reading(engine) as db:
        assert store.milestones.by_ids(db, [milestone])[milestone].due == due, "the last day never moves"


def test_the_first_scan_of_what_is_long_past_is_one_backlog_digest(
    engine: Engine, configured: Any, track: Track
) -> None:
    track(date(2017, 12, 31), "市住建委")
    track(date(2016, 12, 31), "市住建委", title="更早的任务")
    address(engine, 市住建委="zjw@example.org")
    report = scan_on(engine, configured(), MONDAY)
    assert [one.told for one in report.issued] == [2, 2]
    assert report.reminders == 2
    assert "积压" in report.issued[0].subject
    assert not scan_on(engine, configured(), MONDAY + timedelta(days=1)).issued


def test_on_a_day_off_what_is_owed_waits_for_the_next_working_day(
    engine: Engine, configured: Any, track: Track
) -> None:
    saturday, friday = date(2018, 9, 8), date(2018, 9, 7)
    track(saturday + timedelta(days=7), "市住建委")
    address(engine, 市住建委="zjw@example.org")
    scan_on(engine, configured(), MONDAY)
    scan_on(engine, configured(), friday)
    leave(engine)
    held = scan_on(engine, configured(), saturday)
    assert (held.issued, held.held, held.held_until) == ((), 1, date(2018, 9, 10))
    scan_on(engine, configured(), saturday + timedelta(days=1))
    told = scan_on(engine, configured(), date(2018, 9, 10))
    assert (told.reminders, told.held, told.held_until, told.missed) == (1, 0, None, ())


def test_a_forced_scan_tells_on_a_day_off(engine: Engine, configured: Any, track: Track) -> None:
    saturday = date(2018, 9, 8)
    track(saturday + timedelta(days=7), "市住建委", since=saturday)
    address(engine, 市住建委="zjw@example.org")
    report = scan(engine, configured(), today=saturday, now=at(saturday), force=True)
    assert len(report.issued) == 2
    assert report.held_until is None


def test_days_without_a_scan_are_made_up_for_in_one_digest(engine: Engine, configured: Any, track: Track) -> None:
    track(date(2018, 9, 5) + timedelta(days=7), "市住建委", since=date(2018, 8, 1))
    track(date(2018, 9, 6) + timedelta(days=7), "市住建委", since=date(2018, 8, 1), title="另一项")
    address(engine, 市住建委="zjw@example.org")
    scan_on(engine, configured(), MONDAY)
    report = scan_on(engine, configured(), date(2018, 9, 7))
    assert report.missed == (date(2018, 9, 4), date(2018, 9, 5), date(2018, 9, 6))
    assert [one.told for one in report.issued] == [2, 2]
    assert "补发" in report.issued[0].subject
    assert "补发】2018-09-04至2018-09-06" in body(outbox(engine)[-1])


def test_the_digest_that_is_shown_is_the_one_that_is_sent_before_the_scan_and_after(
    engine: Engine, configured: Any, track: Track
) -> None:
    track(date(2018, 9, 12), "市住建委", since=date(2018, 8, 1))
    track(date(2018, 9, 13), "市住建委", since=date(2018, 8, 1), title="另一项")
    track(date(2018, 9, 13), "无地址局", since=date(2018, 8, 1), title="第三项")
    address(engine, 市住建委="zjw@example.org")
    config, friday = configured(), date(2018, 9, 7)

    def texts() -> list[str]:
        found = [look.digest(engine, config, whom, today=friday) for whom in ("市住建委", None)]
        return [message(one, every, config.rules, office_email=config.office.email).text for one, every in found]

    scan_on(engine, config, MONDAY)
    leave(engine)
    before = texts()
    scan_on(engine, config, friday)
    sent = [body(row).replace("\r", "").replace("第2期 · ", "") for row in outbox(engine)[-2:]]
    assert "补发" in sent[0]
    assert [text.strip() for text in before] == [text.strip() for text in sent]
    assert texts() == before


def test_scans_of_days_off_make_up_for_nothing(engine: Engine, configured: Any, track: Track) -> None:
    track(date(2018, 9, 27), "市住建委", since=date(2018, 8, 1))
    address(engine, 市住建委="zjw@example.org")
    for day in (date(2018, 9, 17), date(2018, 9, 24), date(2018, 10, 1)):  # the latter two are holidays
        scan_on(engine, configured(), day)
    report = scan_on(engine, configured(), date(2018, 10, 8))
    assert (report.missed[0], report.missed[-1], len(report.missed)) == (date(2018, 9, 18), date(2018, 9, 30), 10)
    assert all("补发" in one.subject for one in report.issued)
    assert "上次核对：2018-10-01" in body(outbox(engine)[-1])


def test_the_office_hears_of_what_fell_between_the_last_working_day_scanned_and_a_scanned_day_off(
    engine: Engine, configured: Any, track: Track
) -> None:
    track(date(2018, 9, 21), "无地址局", since=date(2018, 8, 1))
    scan_on(engine, configured(), date(2018, 9, 13))
    assert not scan_on(engine, configured(), date(2018, 9, 15)).issued  # a Saturday; nobody scanned on Friday
    assert [one.agency for one in scan_on(engine, configured(), date(2018, 9, 17)).issued] == [""]


def test_a_forced_scan_of_a_day_off_makes_up_for_the_days_before_it(
    engine: Engine, configured: Any, track: Track
) -> None:
    track(date(2018, 9, 14), "市住建委", since=date(2018, 8, 1))
    track(date(2018, 9, 17), "市住建委", since=date(2018, 8, 1), title="另一项")
    scan_on(engine, configured(""), date(2018, 9, 13))
    sunday, monday = date(2018, 9, 16), date(2018, 9, 17)
    report = scan(engine, configured(""), today=sunday, now=at(sunday), force=True)
    assert report.missed == (date(2018, 9, 14),)
    assert scan_on(engine, configured(""), monday).missed == ()


def test_an_agency_without_an_address_stays_owed_until_it_has_one(
    engine: Engine, configured: Any, track: Track
) -> None:
    track(MONDAY + timedelta(days=7), "无地址局")
    track(MONDAY + timedelta(days=7), "市住建委")
    address(engine, 市住建委="zjw@example.org", 无地址局="not an address")
    report = scan_on(engine, configured(), MONDAY)
    assert report.unreachable == {"无地址局": 1}
    assert [one.agency for one in report.issued] == ["市住建委", ""]
    assert "无地址局（1项）" in body(outbox(engine)[-1])
    address(engine, 无地址局="now@example.org")
    later = scan_on(engine, configured(), MONDAY + timedelta(days=1))
    assert [one.agency for one in later.issued] == ["无地址局", ""]
    assert later.unreachable == {}


@pytest.mark.parametrize("agencies", [("无地址局",), ()])
def test_what_nobody_can_be_told_the_office_hears_once_a_rung(
    engine: Engine, configured: Any, track: Track, agencies: tuple[str, ...]
) -> None:
    track(MONDAY + timedelta(days=7), *agencies)
    issued = [
        day
        for day in (MONDAY + timedelta(days=n) for n in range(12))
        for hour in (8, 9)
        if scan_on(engine, configured(), day, hour).issued
    ]
    # The rungs: 7 days before, the day before (a Sunday: told on Monday with the last day itself), the day after,
    # four days after.
    assert issued == [MONDAY, date(2018, 9, 10), date(2018, 9, 11), date(2018, 9, 14)]
    track(date(2018, 9, 16), *agencies, since=date(2018, 9, 14), title="当天新增", hour=10)
    assert len(scan_on(engine, configured(), date(2018, 9, 14), hour=11).issued) == 1


def test_the_console_reaches_everybody(engine: Engine, configured: Any, track: Track) -> None:
    track(MONDAY + timedelta(days=7), "无地址局")
    report = scan_on(engine, configured(""), MONDAY)
    assert [one.agency for one in report.issued] == ["无地址局", ""]
    assert {row.channel for row in outbox(engine)} == {"console"}
    assert not report.unreachable


def test_an_office_without_an_address_is_said(engine: Engine, configured: Any, track: Track) -> None:
    track(MONDAY + timedelta(days=7), "市住建委")
    address(engine, 市住建委="zjw@example.org")
    config = configured('[mail]\nhost = "127.0.0.1"\nfrom = "ducha@example.org"\n')
    report = scan_on(engine, config, MONDAY)
    assert report.office_unreachable
    assert [one.agency for one in report.issued] == ["市住建委"]


def test_mail_without_a_sender_is_refused_before_anything_is_written(
    engine: Engine, configured: Any, track: Track
) -> None:
    track(MONDAY + timedelta(days=7), "市住建委")
    before = counts(engine)
    with pytest.raises(ConfigError, match=r"\[mail\] from: mail needs a sender"):
        scan_on(engine, configured('[mail]\nhost = "127.0.0.1"\n'), MONDAY)
    assert counts(engine) == before


def test_redirection_sends_everything_to_one_address_and_says_whose_it_was(
    engine: Engine, configured: Any, track: Track
) -> None:
    track(MONDAY + timedelta(days=7), "市住建委", "无地址局")
    address(engine, 市住建委="zjw@example.org,second@example.org")
    with store.writing(engine) as db:
        store.agencies.set_addresses(db, "市住建委", {"cc": "cc@example.org"})
    scan_on(engine, configured(MAIL + '[delivery]\nredirect_to = "try@example.org"\n'), MONDAY)
    rows = outbox(engine)
    assert {row.recipients for row in rows} == {("try@example.org",)}
    first, second, office = map(parsed, rows)
    assert str(first["Subject"]).startswith("[试运行→市住建委] 【督查提醒")
    assert first["X-Redirected-From"] == "zjw@example.org, second@example.org, cc@example.org"
    assert second["X-Redirected-From"] == "nobody"
    assert str(office["Subject"]).startswith("[试运行→督查室]")
    assert all("example.org" not in str(mail["Cc"] or "") for mail in (first, second, office))
    assert first["To"] == "市住建委 <try@example.org>"


def test_several_addresses_and_copies_are_all_written_to(engine: Engine, configured: Any, track: Track) -> None:
    track(MONDAY + timedelta(days=7), "市住建委")
    address(engine, 市住建委="a@example.org；b@example.org")
    with store.writing(engine) as db:
        store.agencies.set_addresses(db, "市住建委", {"cc": "张三 <c@example.org>, a@example.org"})
    scan_on(engine, configured(), MONDAY)
    row = outbox(engine)[0]
    assert row.recipients == ("a@example.org", "b@example.org", "c@example.org")
    assert parsed(row)["Cc"] == "c@example.org, a@example.org"


def test_the_frozen_message_keeps_the_rules_of_digest_mail(engine: Engine, configured: Any, track: Track) -> None:
    track(MONDAY + timedelta(days=7), "市住建委")
    address(engine, 市住建委="zjw@example.org")
    scan_on(engine, configured(), MONDAY)
    row = outbox(engine)[0]
    mail = parsed(row)
    assert mail["Message-ID"] == row.message_id
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Reply-To"] == "督查室 <office@example.org>"
    assert str(mail["Date"]) == "Mon, 03 Sep 2018 16:00:00 +0800"
    assert mail["List-Id"]
    assert mail["References"]
    assert row.rfc822.isascii()


def test_issues_are_numbered_for_each_recipient(engine: Engine, configured: Any, track: Track) -> None:
    track(MONDAY + timedelta(days=7), "甲局")
    track(date(2018, 9, 4) + timedelta(days=7), "乙局", since=date(2018, 8, 1))
    config = configured("")
    first = scan_on(engine, config, MONDAY)
    second = scan_on(engine, config, date(2018, 9, 4))
    assert [(one.agency, one.number) for one in first.issued] == [("乙局", 1), ("甲局", 1), ("", 1)]
    assert [(one.agency, one.number) for one in second.issued] == [("乙局", 2), ("", 2)]


def test_what_was_closed_is_told_no_more(engine: Engine, configured: Any, track: Track) -> None:
    id = track(MONDAY + timedelta(days=7), "甲局")
    scan_on(engine, configured(""), MONDAY)
    done(engine, [id], day=date(2018, 9, 4), by="t", now=at(date(2018, 9, 4)))
    assert not any(scan_on(engine, configured(""), MONDAY + timedelta(days=n)).issued for n in range(1, 30))


def test_what_was_completed_lately_stands_in_the_next_digest(engine: Engine, configured: Any, track: Track) -> None:
    first, tuesday = track(date(2018, 9, 20), "甲局", title="完成的一项"), date(2018, 9, 4)
    track(date(2018, 9, 20), "甲局", title="另一项")
    scan_on(engine, configured(""), MONDAY)
    done(engine, [first], day=tuesday, by="t", now=at(tuesday))
    scan_on(engine, configured(""), date(2018, 9, 13))
    assert "2018-09-04 办结" in body(outbox(engine)[-2])


@pytest.mark.parametrize(
    ("hour", "told_on"), [(7, date(2018, 9, 10)), (10, date(2018, 9, 11))], ids=["before", "after"]
)
@pytest.mark.parametrize("due", [date(2018, 9, 12), date(2018, 9, 5), date(2019, 6, 30)])
def test_another_due_day_is_told_by_the_first_scan_after_the_change(
    engine: Engine, configured: Any, track: Track, hour: int, told_on: date, due: date
) -> None:
    id, changed = track(date(2018, 9, 17), "甲局"), date(2018, 9, 10)
    scan_on(engine, configured(""), MONDAY)

    def correct() -> None:
        edit(engine, id, {"due": due}, reason="调整", day=changed, by="t", now=at(changed, hour))

    if hour < 8:
        correct()
    before = scan_on(engine, configured(""), changed)
    if hour > 8:
        correct()
        assert before.issued
        assert scan_on(engine, configured(""), changed, 11).issued == ()
    report = scan_on(engine, configured(""), told_on) if told_on > changed else before
    assert [(one.agency, one.told) for one in report.issued] == [("甲局", 1), ("", 1)]
    (mail, _) = outbox(engine)[-2:]
    assert f"到期日改为{due}" in body(mail)
    assert str(due) in body(mail)


def test_an_occurrence_opens_with_its_period(engine: Engine, configured: Any) -> None:
    wanted = Wanted(title="报告进展", due=date(2018, 9, 30), agencies=("甲局",), recurrence="QUARTERLY")
    first = add(engine, wanted, day=MONDAY, by="t", now=at(MONDAY))
    assert scan_on(engine, configured(""), MONDAY).opened == ()
    report = scan_on(engine, configured(""), date(2018, 10, 8))
    assert len(report.opened) == 1
    with store.reading(engine) as db:
        opened = store.milestones.by_ids(db, report.opened)[report.opened[0]]
    assert (opened.series, opened.due) == (first.id, date(2018, 12, 31))


def test_a_failure_on_the_way_leaves_nothing_behind(engine: Engine, configured: Any, track: Track) -> None:
    track(MONDAY + timedelta(days=7), "市住建委")
    before = counts(engine)

    def fail(_db: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith("INSERT INTO outbox"):
            raise RuntimeError("the power fails")

    sa.event.listen(engine, "before_cursor_execute", fail)
    with pytest.raises(RuntimeError):
        scan_on(engine, configured(""), MONDAY)
    sa.event.remove(engine, "before_cursor_execute", fail)
    assert counts(engine) == before
    assert len(scan_on(engine, configured(""), MONDAY).issued) == 2


def test_a_scan_of_a_day_to_come_silences_nobody(engine: Engine, configured: Any, track: Track) -> None:
    track(date(2018, 9, 28), "甲局")
    config, mistyped = configured(""), date(2019, 9, 3)
    scan_on(engine, config, MONDAY)
    leave(engine)
    scan_on(engine, config, mistyped)
    days = [MONDAY + timedelta(days=n) for n in range(1, 30)]
    reports = {day: scan_on(engine, config, day) for day in days}
    assert {report.ahead for report in reports.values()} == {mistyped}
    # 7 days before, 1 day before, the last day, the day after (told the next day that is worked)
    assert [day for day, report in reports.items() if any(one.agency for one in report.issued)] == [
        date(2018, 9, 21), date(2018, 9, 27), date(2018, 9, 28), date(2018, 9, 29)
    ]  # fmt: skip
    with store.reading(engine) as db:
        (said, *_) = about_scans(db, config, days[-1])
    assert said.fault
    assert said.words.startswith("the last scan was of 2019-09-03, a day to come")


def test_a_scan_of_an_earlier_day_tells_nothing_again(engine: Engine, configured: Any, track: Track) -> None:
    track(MONDAY + timedelta(days=7), "甲局")
    config, tuesday = configured(""), MONDAY + timedelta(days=1)
    assert len(scan_on(engine, config, tuesday).issued) == 2
    for hour in (8, -7):  # half of the latter day is still the former one in Greenwich
        now = at(tuesday, 0) + timedelta(hours=hour)
        assert scan(engine, config, today=MONDAY, now=now).issued == ()


def test_what_changes_while_the_mails_are_rendered_is_not_overlooked(
    engine: Engine, configured: Any, track: Track, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [track(MONDAY + timedelta(days=7), "甲局"), track(MONDAY + timedelta(days=7), "乙局")]
    render = scanning.rendered

    def interrupted(*args: Any) -> Any:
        if ids:
            done(engine, [ids.pop()], day=MONDAY, by="t", now=at(MONDAY))
        return render(*args)

    monkeypatch.setattr(scanning, "rendered", interrupted)
    assert scan_on(engine, configured(""), MONDAY).issued == ()
    assert counts(engine)["ledger"] == 0


def test_two_scans_at_once_decide_once(engine: Engine, configured: Any, track: Track) -> None:
    for number in range(10):
        track(MONDAY + timedelta(days=7), f"第{number}局")
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: scan_on(engine, configured(""), MONDAY), range(4)))
    assert sorted(len(report.issued) for report in reports) == [0, 0, 0, 11]
    assert counts(engine)["ledger"] == sum(report.reminders for report in reports)
    assert counts(engine)["outbox"] == 11


def test_the_number_of_queries_does_not_grow(engine: Engine, configured: Any, track: Track) -> None:
    seen: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    totals = []
    for number, day in ((1, MONDAY), (1, date(2018, 9, 4)), (40, date(2018, 9, 5))):
        for place in range(number):
            track(day + timedelta(days=7), f"{number}号第{place}局", since=day)
        seen.clear()
        assert len(scan_on(engine, configured(""), day).issued) == number + 1
        totals.append(len(seen))
    assert totals[1] == totals[2]


def remembered(engine: Engine) -> list[tuple[str, str, date | None]]:
    with store.reading(engine) as db:
        ids = [one.id for one in store.milestones.all_milestones(db)]
        kept = [one for id in ids for one in store.withheld.of_milestone(db, id)]
    return [(one.rule, one.reason, one.until) for one in kept]


def test_what_was_held_is_recorded_once_with_its_reason(engine: Engine, configured: Any, track: Track) -> None:
    saturday = date(2018, 9, 8)
    id = track(saturday + timedelta(days=7), "市住建委", since=date(2018, 8, 31))
    config = configured("[watch]\nweekly = false\n")
    scan_on(engine, config, date(2018, 9, 7))
    acknowledge(engine, [id], date(2018, 9, 12), agency="市住建委", day=date(2018, 9, 7), by="t", now=at(saturday))
    for day in (saturday, saturday, saturday + timedelta(days=1), date(2018, 9, 10), date(2018, 9, 11)):
        assert scan_on(engine, config, day).issued == ()
    assert remembered(engine) == [
        ("lead-7", "day off", date(2018, 9, 10)),
        ("lead-7", "acknowledged", date(2018, 9, 12)),
    ]
    assert scan_on(engine, config, date(2018, 9, 11)).withheld == {"acknowledged": 1}
    assert len(scan_on(engine, config, date(2018, 9, 12)).issued) == 2
    assert scan_on(engine, config, date(2018, 9, 12), 10).issued == ()


def test_a_weekly_agency_hears_on_the_first_working_day_and_at_once_of_what_is_due(
    engine: Engine, configured: Any, track: Track
) -> None:
    track(date(2018, 9, 19), "市住建委", since=date(2018, 8, 1))
    config, tuesday = configured(""), date(2018, 9, 11)
    scan_on(engine, config, tuesday)
    with store.writing(engine) as db:
        store.agencies.set_many(db, {"市住建委": {"cadence": "weekly"}})
    told = [day.day for n in range(1, 12) if scan_on(engine, config, day := tuesday + timedelta(days=n)).issued]
    assert told == [17, 19, 20]  # a Monday, the last day, the day after


def test_over_the_budget_an_agency_waits_for_the_next_week(engine: Engine, configured: Any, track: Track) -> None:
    for n in range(3):
        track(date(2018, 9, 17) + timedelta(days=n), "市住建委", since=date(2018, 8, 1), title=f"第{n}项")
    config = configured("[reminders]\nweekly_budget = 1\n")
    reports = {n: scan_on(engine, config, date(2018, 9, 10) + timedelta(days=n)) for n in range(8)}
    assert [n for n, report in reports.items() if report.issued] == [0, 7]
    assert reports[1].withheld == {"budget": 1}
    assert reports[7].issued[0].told == 3


def test_over_the_budget_nothing_is_lost_of_an_issue_that_never_left(
    engine: Engine, configured: Any, track: Track
) -> None:
    for n in range(2):
        track(date(2018, 9, 17) + timedelta(days=n), "市住建委", since=date(2018, 8, 1), title=f"第{n}项")
    config = configured("[reminders]\nweekly_budget = 1\n")
    monday, tuesday = (scan_on(engine, config, date(2018, 9, 10 + n)) for n in range(2))
    assert [one.told for one in monday.issued] == [2, 2]  # 30 days and 7 days before
    before = [(row.id, row.state) for row in outbox(engine)]
    assert (tuesday.issued, tuesday.withheld) == ((), {"budget": 1})
    assert [(row.id, row.state) for row in outbox(engine)] == before
    next_monday = scan_on(engine, config, date(2018, 9, 17))
    assert [(one.agency, one.told) for one in next_monday.issued] == [("市住建委", 2), ("", 2)]
    rows = outbox(engine)
    assert [row.state for row in rows] == ["cancelled", "cancelled", "ready", "ready"]
    assert "【并入】第1期未能发出，内容并入本期。" in body(rows[2])
    with store.reading(engine) as db:
        told = [store.ledger.of_milestone(db, one.id) for one in store.open_milestones(db)]
    assert [[(one.rule, one.number) for one in each] for each in told] == [
        [("lead-30", 2), ("lead-7", 2), ("lead-1", 2), ("lead-0", 2)],
        [("lead-30", 2), ("lead-7", 2), ("lead-1", 2)],
    ]


def give_up(engine: Engine, day: date, *, refused: bool) -> None:
    """What waits for agencies failed: every address was refused, or the message as a whole."""
    with store.writing(engine) as db:
        for row in store.claims.sendable(db, at(day, 9), 1000, 60):
            assert store.claims.claim(db, row, "t", at(day, 9), 60)
            if row.agency:
                each = dict.fromkeys(row.recipients if refused else (), "550 no")
                store.receipts.note(db, row.id, "refused", each, at(day, 9))
                store.claims.mark_failed(db, row.id, "t", "550 no", at(day, 9))
            else:
                store.claims.mark_sent(db, row.id, "t", "250 OK", at(day, 9))


@pytest.mark.parametrize(("refused", "told"), [(True, [11, 12, 17]), (False, [11, 17])], ids=["refused", "failed"])
def test_an_issue_that_brought_nobody_anything_is_not_of_the_weekly_budget(
    engine: Engine, configured: Any, track: Track, refused: bool, told: list[int]
) -> None:
    """What every address refused is told again at once, what failed otherwise by the next issue; each counts once."""
    for n in range(4):
        track(date(2018, 9, 17) + timedelta(days=n), "市住建委", since=date(2018, 8, 1), title=f"第{n}项")
    config = configured(f"[reminders]\nweekly_budget = {1 + refused}\n[watch]\nweekly = false\n")
    monday = date(2018, 9, 10)
    scan_on(engine, config, monday)
    give_up(engine, monday, refused=refused)
    found = []
    for day in (monday + timedelta(days=n) for n in range(1, 8)):
        found += [day.day] if scan_on(engine, config, day).issued else []
        leave(engine)
    assert found == told


SHEETS = MAIL + '[reminders.sheets.red]\nlimit = 5\n[reminders.sheets.blue]\nlimit = "1w"\n'


def test_a_red_sheet_is_numbered_stands_in_both_digests_and_goes_to_the_head_and_the_office(
    engine: Engine, configured: Any, track: Track
) -> None:
    for n, name in enumerate(("市住建委", "市财政局")):
        track(MONDAY - timedelta(days=n), name, title=f"第{n}项")
    with store.writing(engine) as db:
        addresses = {"email": "a@example.org", "head": "head@example.org"}
        store.agencies.set_many(db, {"市住建委": addresses, "市财政局": addresses})
    config, wednesday = configured(SHEETS), MONDAY + timedelta(days=2)
    for n in range(3):  # the blue sheet of what is due on Monday lapses on Tuesday
        scan_on(engine, config, MONDAY + timedelta(days=n))
    every = [row for row in outbox(engine) if "红色督办单" in body(row)]
    rows = [row for row in every if row.agency]
    assert {row.recipients for row in every if not row.agency} == {("office@example.org",)}
    assert [(row.agency, row.recipients) for row in rows] == [
        ("市财政局", ("a@example.org", "head@example.org", "office@example.org")),
        ("市住建委", ("a@example.org", "head@example.org", "office@example.org")),
    ]
    assert "【红色督办单 红字〔2018〕第1号，限9月8日前反馈】" in body(rows[0])
    assert "【红色督办单 红字〔2018〕第2号，限9月10日前反馈】" in body(rows[1])
    assert scan_on(engine, config, wednesday, 10).issued == ()


def test_a_digest_with_a_sheet_is_shown_as_it_is_sent(engine: Engine, configured: Any, track: Track) -> None:
    track(MONDAY + timedelta(days=7), "市住建委")
    config = configured(SHEETS.replace(MAIL, ""))
    shown, every = look.digest(engine, config, "市住建委", today=MONDAY)
    before = message(shown, every, config.rules).text
    scan_on(engine, config, MONDAY)
    assert "蓝字〔2018〕第1号" in before
    assert body(outbox(engine)[0]).replace("\r", "").replace("第1期 · ", "").strip() == before.strip()


def test_a_sheet_of_what_was_closed_before_it_left_is_taken_back(engine: Engine, configured: Any, track: Track) -> None:
    id = track(MONDAY - timedelta(days=7), "市住建委")
    address(engine, 市住建委="a@example.org")
    scan_on(engine, configured(SHEETS), MONDAY)
    done(engine, [id], day=MONDAY, by="t", now=at(MONDAY))
    with store.writing(engine) as db:
        (row, _) = store.outbox.listed(db)
        cancel(db, row.digest, "closed")
        assert store.sheets.latest(db, MONDAY) == {}
    scan_on(engine, configured(SHEETS), MONDAY + timedelta(days=1))
    assert remembered(engine) == [("intake", "closed", None)]


def test_closing_ends_an_acknowledgement(engine: Engine, track: Track) -> None:
    id = track(date(2018, 9, 28), "甲局")
    acknowledge(engine, [id], date(2018, 9, 20), day=MONDAY, by="t", now=at(MONDAY))
    (closed,) = done(engine, [id], day=MONDAY, by="t", now=at(MONDAY))
    assert closed.acknowledged == ()
    with store.reading(engine) as db:
        entries = store.history.of_milestone(db, id)
    assert [entry.action for entry in entries] == ["added", "acknowledged", "completed"]
    assert entries[1].changes == {"acknowledged": ([], [["", "2018-09-20"]])}
