"""An agency that turns out to be another one, or is called otherwise: nothing of it is lost, nothing told twice."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from tracker import store
from tracker.config import Config, load
from tracker.jobs import audit, life, look
from tracker.jobs.add import Wanted, add
from tracker.jobs.agencies import add_alias, set_addresses, set_members
from tracker.jobs.decide import acknowledge
from tracker.jobs.life import Said
from tracker.jobs.scan import ScanReport, scan
from tracker.jobs.undo import undo

MONDAY = date(2018, 9, 3)
LAST = date(2018, 9, 28)
UNTIL = date(2018, 9, 25)
MAIL = (
    '[office]\nemail = "office@example.org"\n[mail]\nhost = "127.0.0.1"\nsecurity = "none"\n[watch]\nweekly = false\n'
)
Configured = Callable[..., Config]


@pytest.fixture
def configured(tmp_path: Path) -> Configured:
    def make(text: str = "") -> Config:
        (tmp_path / "mine.toml").write_text(MAIL + text, encoding="utf-8")
        return load(str(tmp_path / "mine.toml"), {"HOME": str(tmp_path)})

    return make


def at(day: date, hour: int = 8) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def track(engine: Engine, *agencies: str, due: date = LAST, title: str = "完成改造") -> int:
    wanted = Wanted(title=title, due=due, agencies=agencies)
    return add(engine, wanted, day=MONDAY, by="t", now=at(MONDAY, 7)).id


def merge(engine: Engine, former: str, name: str, day: date = MONDAY) -> None:
    add_alias(engine, former, name, day=day, by="t", now=at(day, 9))


def days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=n) for n in range(count)]


def scanned(engine: Engine, config: Config, *on: date) -> dict[date, ScanReport]:
    """What the scans of these days issued to agencies, each by the day; all of it is sent."""
    found = {}
    for day in on:
        report = scan(engine, config, today=day, now=at(day))
        if any(one.agency for one in report.issued):
            found[day] = report
        with store.writing(engine) as db:
            for row in store.claims.sendable(db, at(day, 9), 1000, 60):
                assert store.claims.claim(db, row, "t", at(day, 9), 60)
                store.claims.mark_sent(db, row.id, "t", "250 OK", at(day, 9))
    return found


def fail(engine: Engine, day: date, *addresses: str) -> None:
    """Every address of what waits is refused for good."""
    with store.writing(engine) as db:
        for row in store.claims.sendable(db, at(day, 9), 1000, 60):
            assert store.claims.claim(db, row, "t", at(day, 9), 60)
            store.receipts.note(db, row.id, "refused", dict.fromkeys(row.recipients, "550 no"), at(day, 9))
            store.claims.mark_failed(db, row.id, "t", "550 no", at(day, 9))
        store.suspensions.suspend(db, dict.fromkeys(addresses, "550 no"), at(day, 9))


def acknowledged(engine: Engine, id: int, day: date) -> list[tuple[str, date]]:
    return list(look.dossier(engine, CONFIG, id, today=day).placed.milestone.acknowledged)


CONFIG = load("", {"HOME": "/nowhere"})


def test_an_acknowledgement_goes_on_under_the_name_of_whom_it_was_merged_into(
    engine: Engine, configured: Configured
) -> None:
    config = configured()
    id = track(engine, "甲局")
    set_addresses(engine, {"甲局": {"email": "a@example.org"}, "乙局": {"email": "b@example.org"}})
    assert list(scanned(engine, config, MONDAY)) == [MONDAY]
    acknowledge(engine, [id], UNTIL, agency="甲局", day=MONDAY, by="t", now=at(MONDAY, 8))
    merge(engine, "甲局", "乙局")
    assert list(scanned(engine, config, *days(MONDAY + timedelta(days=1), 22))) == [UNTIL]
    assert acknowledged(engine, id, MONDAY) == [("乙局", UNTIL)]
    assert acknowledged(engine, id, UNTIL) == [("乙局", UNTIL)]


def test_of_two_acknowledgements_of_one_agency_the_later_day_holds(engine: Engine) -> None:
    id = track(engine, "甲局", "乙局")
    for name, until in (("甲局", UNTIL), ("乙局", date(2018, 9, 10))):
        acknowledge(engine, [id], until, agency=name, day=MONDAY, by="t", now=at(MONDAY, 8))
    merge(engine, "甲局", "乙局")
    assert acknowledged(engine, id, MONDAY) == [("乙局", UNTIL)]


def test_a_claim_goes_on_under_the_name_of_whom_its_agency_was_merged_into(engine: Engine) -> None:
    id = track(engine, "甲局", "丙局")
    set_addresses(engine, {"新甲局": {}, "新丙局": {}})
    for agency in ("甲局", "丙局"):
        life.claim(engine, [id], agency, Said(day=MONDAY, by="t", now=at(MONDAY, 8)))
        merge(engine, agency, f"新{agency}")
        assert audit.verify(engine).faults == ()
    milestone = look.dossier(engine, CONFIG, id, today=MONDAY).placed.milestone
    assert [claim.agency for claim in milestone.claims] == ["新甲局", "新丙局"]
    assert milestone.status == "claimed"
    life.verify(engine, [id], None, Said(day=UNTIL, by="t", now=at(UNTIL)))
    undo(engine, id, day=UNTIL, by="t", now=at(UNTIL, 9))
    assert audit.verify(engine).faults == ()


def test_who_claimed_under_its_former_name_need_not_claim_again(engine: Engine) -> None:
    id = track(engine, "甲局", "丙局")
    set_addresses(engine, {"乙局": {}})
    life.claim(engine, [id], "甲局", Said(day=MONDAY, by="t", now=at(MONDAY, 8)))
    merge(engine, "甲局", "乙局")
    (milestone,) = life.claim(engine, [id], "丙局", Said(day=MONDAY, by="t", now=at(MONDAY, 10)))
    assert milestone.status == "claimed"


def test_an_acknowledgement_of_a_group_holds_for_each_member(engine: Engine, configured: Configured) -> None:
    config = configured()
    id = track(engine, "各区县")
    set_members(engine, "各区县", ["丙区", "丁区"])
    set_addresses(engine, {"丙区": {"email": "c@example.org"}, "丁区": {"email": "d@example.org"}})
    scanned(engine, config, MONDAY)
    acknowledge(engine, [id], UNTIL, agency="各区县", day=MONDAY, by="t", now=at(MONDAY, 8))
    found = scanned(engine, config, *days(MONDAY + timedelta(days=1), 22))
    assert list(found) == [UNTIL]


def test_an_issue_that_was_refused_before_the_merger_is_told_once_after_it(
    engine: Engine, configured: Configured
) -> None:
    config, tuesday = configured(), MONDAY + timedelta(days=1)
    track(engine, "甲局")
    set_addresses(engine, {"甲局": {"email": "a@example.org"}, "乙局": {"email": "b@example.org"}})
    scan(engine, config, today=MONDAY, now=at(MONDAY))
    fail(engine, MONDAY, "a@example.org")
    merge(engine, "甲局", "乙局")
    assert list(scanned(engine, config, *days(tuesday, 10))) == [tuesday]


def test_an_issue_that_never_left_before_the_merger_is_told_by_the_next_one(
    engine: Engine, configured: Configured
) -> None:
    config, friday = configured(), date(2018, 9, 21)
    track(engine, "甲局")
    set_addresses(engine, {"甲局": {"email": "a@example.org"}, "乙局": {"email": "b@example.org"}})
    scan(engine, config, today=MONDAY, now=at(MONDAY))
    merge(engine, "甲局", "乙局")
    scan(engine, config, today=friday, now=at(friday))
    with store.reading(engine) as db:
        states = [(row.agency, row.state) for row in store.outbox.listed(db)]
    assert states == [("甲局", "cancelled"), ("", "cancelled"), ("乙局", "ready"), ("", "ready")]


@pytest.mark.parametrize(("former", "name"), [("甲局", "乙局"), ("乙局", "甲局")])
def test_what_reached_one_of_both_and_was_refused_by_the_other_is_not_told_again(
    engine: Engine, configured: Configured, former: str, name: str
) -> None:
    config, tuesday = configured(), MONDAY + timedelta(days=1)
    track(engine, "甲局", "乙局")
    set_addresses(engine, {"甲局": {"email": "a@example.org"}, "乙局": {"email": "b@example.org"}})
    scan(engine, config, today=MONDAY, now=at(MONDAY))
    with store.writing(engine) as db:
        for row in store.claims.sendable(db, at(MONDAY, 9), 1000, 60):
            assert store.claims.claim(db, row, "t", at(MONDAY, 9), 60)
            if row.agency == "乙局":
                store.receipts.note(db, row.id, "refused", {"b@example.org": "550 no"}, at(MONDAY, 9))
                store.claims.mark_failed(db, row.id, "t", "550 no", at(MONDAY, 9))
            else:
                store.claims.mark_sent(db, row.id, "t", "250 OK", at(MONDAY, 9))
    merge(engine, former, name)
    assert scanned(engine, config, *days(tuesday, 10)) == {}


def test_the_weekly_budget_counts_what_either_got(engine: Engine, configured: Configured) -> None:
    config = configured("[reminders]\nweekly_budget = 1\n")
    track(engine, "甲局")
    track(engine, "乙局", due=date(2018, 9, 12))
    set_addresses(engine, {"甲局": {"email": "a@example.org"}, "乙局": {"email": "b@example.org"}})
    scanned(engine, config, MONDAY)
    merge(engine, "甲局", "乙局")
    with store.reading(engine) as db:
        (agency,) = store.agencies.listed(db)
        assert store.digests.spent(db, MONDAY, MONDAY, ()) == {agency.id: 2}


@pytest.mark.parametrize(("own", "kept"), [("", "weekly"), ("daily", "daily")])
def test_a_cadence_is_inherited_where_there_is_none(engine: Engine, own: str, kept: str) -> None:
    set_addresses(engine, {"甲局": {"cadence": "weekly"}, "乙局": {"cadence": own}})
    merge(engine, "甲局", "乙局")
    assert [one.cadence for one in look.agencies(engine)] == [kept]


def test_a_sheet_is_issued_once_for_both_names(engine: Engine, configured: Configured) -> None:
    config = configured("[reminders.sheets.red]\nlimit = 5\n")
    id = track(engine, "甲局", due=date(2018, 9, 4))
    set_addresses(engine, {"甲局": {"email": "a@example.org"}, "乙局": {"email": "b@example.org"}})
    scanned(engine, config, *days(MONDAY, 3))
    merge(engine, "甲局", "乙局")
    scanned(engine, config, *days(date(2018, 9, 6), 20))
    told = [one for one in look.dossier(engine, config, id, today=LAST).told if one.rule.startswith("sheet")]
    assert [(one.rule, one.agency) for one in told] == [("sheet-red", "乙局")]
