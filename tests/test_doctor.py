"""The doctor: every thing that is not in order is found, with what to do; what goes its way is left alone."""

import ast
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cli_program import DAY, Program
from sqlalchemy.engine import Engine

from tracker import store
from tracker.config import Config, load
from tracker.jobs.add import Wanted, add
from tracker.jobs.agencies import set_addresses
from tracker.jobs.decide import edit
from tracker.jobs.doctor import Finding, about_history, examine
from tracker.jobs.scan import scan
from tracker.store import schema

MONDAY, TUESDAY, FRIDAY = date(2018, 9, 3), date(2018, 9, 4), date(2018, 9, 7)
NOW = datetime(2018, 9, 4, 0, 10, tzinfo=UTC)  # ten past eight on Tuesday in Shanghai
MINUTE = timedelta(minutes=1)
MAIL = '[office]\nemail = "office@example.org"\n[mail]\nhost = "127.0.0.1"\n'
ALIVE = "is `tracker run`, or cron's `tracker deliver`, alive"
Configured = Callable[..., Config]


@pytest.fixture
def configured(tmp_path: Path) -> Configured:
    def make(more: str = "", mail: str = MAIL) -> Config:
        (tmp_path / "mine.toml").write_text(mail + more, encoding="utf-8")
        return load(str(tmp_path / "mine.toml"), {"HOME": str(tmp_path)})

    return make


@pytest.fixture
def db(tmp_path: Path, migrated: Path, configured: Configured) -> Iterator[Engine]:
    """On Monday two messages were decided: the first to an agency, the second to the office; both were sent."""
    (tmp_path / "tracker.db").write_bytes(migrated.read_bytes())
    engine = store.connect(f"sqlite:///{tmp_path / 'tracker.db'}")
    add(engine, Wanted(title="完成改造", due=date(2018, 9, 10), agencies=("甲局",)), day=MONDAY, by="t", now=at(MONDAY))
    set_addresses(engine, {"甲局": {"email": "a@example.org"}})
    scan(engine, configured(), today=MONDAY, now=at(MONDAY))
    change(engine, schema.outbox, state="sent", sent_at=at(MONDAY))
    yield engine
    engine.dispose()


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 0, 30, tzinfo=UTC)


def change(engine: Engine, table: sa.Table, id: int = 0, **values: Any) -> None:
    with store.writing(engine) as db:
        db.execute(sa.update(table).where(table.c.id == id if id else sa.true()).values(values))


def examined(engine: Engine, config: Config, today: date = TUESDAY, now: datetime = NOW) -> list[Finding]:
    return examine(engine, config, today=today, now=now)


def test_where_everything_goes_its_way_nothing_is_found(db: Engine, configured: Configured) -> None:
    assert examined(db, configured()) == []


READY = {"state": "ready", "sent_at": None}
SENDING = {"state": "sending", "sent_at": None, "owner": "host:1"}
NOT_SENT = f"ready, and not sent at the delivery of 2018-09-03: {ALIVE}, and does the mail server answer"

# What stands in the outbox on Tuesday: whether that is a fault, and how it is said; "" for nothing.
MESSAGES: dict[str, tuple[dict[str, Any], bool, str]] = {
    "failed": (
        {"state": "failed", "reply": "554 no"}, True, "failed: 554 no; mend the cause, then tracker outbox retry 1",
    ),
    "held": ({"state": "held"}, False, "held by a person; tracker outbox retry 1 releases it"),
    "claimed": ({**SENDING, "lease_until": NOW + MINUTE}, False, ""),
    "claimed, and the claim ran out": (
        {**SENDING, "lease_until": NOW - MINUTE}, True,
        "claimed by host:1, whose lease has run out: did that program die? The next delivery takes it over",
    ),
    "claimed by a clock that was wrong": (
        {**SENDING, "lease_until": NOW + timedelta(days=400)}, True, "claimed by host:1, whose lease has run out",
    ),
    "ready since yesterday morning": (READY, True, NOT_SENT),
    "to be tried again long ago": ({**READY, "attempts": 1, "next_try": NOW - timedelta(days=1)}, True, NOT_SENT),
    "to be tried again a while ago": (
        {**READY, "attempts": 3, "reply": "451 busy", "next_try": NOW - timedelta(hours=12)}, True,
        "not sent since 2018-09-03: 451 busy; tracker doctor --mail ADDRESS tries the mail server",
    ),
    "to be tried again": (
        {**READY, "attempts": 3, "reply": "451 busy", "next_try": NOW + 60 * MINUTE}, True, "not sent since 2018-09-03",
    ),
    "put off by a clock that was wrong": (
        {**READY, "attempts": 1, "next_try": NOW + timedelta(days=400)}, True,
        "put off until 2019-10-09 08:10, longer than any pause: was the clock wrong? tracker outbox retry 1 sends it",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("values", "fault", "words"), MESSAGES.values(), ids=MESSAGES)
def test_a_message_that_does_not_go_its_way_is_named(
    db: Engine, configured: Configured, values: dict[str, Any], fault: bool, words: str
) -> None:
    change(db, schema.outbox, 1, **values)
    found = examined(db, configured())
    assert [one.fault for one in found] == ([fault] if words else [])
    assert all(one.words.startswith("message 1 to 甲局: ") and words in one.words for one in found), found


@pytest.mark.parametrize(
    ("policy", "fault", "words"),
    [("resend", False, "it goes out again"), ("hold", True, "tracker outbox retry 1 resends it")],
)
def test_a_message_in_doubt_is_a_fault_where_it_waits_for_a_person(
    db: Engine, configured: Configured, policy: str, fault: bool, words: str
) -> None:
    change(db, schema.outbox, 1, state="unknown", sent_at=None)
    (found,) = examined(db, configured(f'[delivery]\nunknown = "{policy}"\n'))
    assert found == Finding(f"message 1 to 甲局: nobody knows whether it arrived; {words}", fault)


def test_what_is_true_of_several_messages_is_said_once(db: Engine, configured: Configured) -> None:
    change(db, schema.outbox, state="failed", reply="554 no")
    words = "2 messages (1, 2): failed: 554 no; mend the cause, then tracker outbox retry ID"
    assert examined(db, configured()) == [Finding(words)]


@pytest.mark.parametrize(
    ("schedule", "today", "stuck"),
    [
        ("08:30", FRIDAY, False),
        ("08:30", FRIDAY + timedelta(days=1), True),  # Friday's delivery should have sent it
        ("18:30", FRIDAY + timedelta(days=2), False),  # decided in the evening: Monday's will
        ("18:30", FRIDAY + timedelta(days=3), False),
        ("18:30", FRIDAY + timedelta(days=4), True),
    ],
)
def test_a_message_is_stuck_once_a_delivery_should_have_sent_it(
    db: Engine, configured: Configured, schedule: str, today: date, stuck: bool
) -> None:
    change(db, schema.digests, 1, day=FRIDAY)
    change(db, schema.outbox, 1, **READY)
    found = examined(db, configured(f'[schedule]\nscan = "{schedule}"\n'), today, at(today))
    assert any(ALIVE in one.words for one in found) == stuck


@pytest.mark.parametrize(
    ("table", "column"),
    [(schema.history, "at"), (schema.scans, "at"), (schema.outbox, "sent_at"), (schema.outbox, "failed_at")],
    ids=str,
)
def test_an_instant_that_lies_ahead_says_that_a_clock_is_wrong(
    db: Engine, configured: Configured, table: sa.Table, column: str
) -> None:
    change(db, table, **{column: NOW + 4 * MINUTE})
    assert not any("clock" in one.words for one in examined(db, configured()))
    change(db, table, **{column: NOW + 6 * MINUTE})
    (found,) = (one for one in examined(db, configured()) if "clock" in one.words)
    assert found.fault
    assert found.words.startswith(
        "something was written at 2018-09-04 08:16, and the clock of this machine says 2018-09-04 08:10 "
        "(Asia/Shanghai): one of the two is wrong; set the clock (timedatectl)"
    )


def test_another_zone_is_nothing_wrong(db: Engine, configured: Configured) -> None:
    assert examined(db, configured(mail=f'timezone = "Europe/Berlin"\n{MAIL}')) == []


def test_a_history_that_was_changed_is_a_fault(db: Engine, configured: Configured) -> None:
    change(db, schema.history, 1, note="x")
    (found,) = examined(db, configured())
    entry = "entry 1 (milestone 1, added on 2018-09-03 by t)"
    assert found == Finding(
        f"the history was changed: {entry} is not what was written: changed, or moved here: "
        "tracker audit verify says what; restore a backup"
    )
    with store.writing(db) as connection:
        connection.execute(sa.text("UPDATE history SET day = 'soon'"))
    assert any("the history was changed: some of the last entries cannot be read" in one.words for one in glances(db))


def glances(db: Engine) -> list[Finding]:
    with store.reading(db) as connection:
        return [*about_history(connection)]


def test_entries_of_a_day_to_come_are_named(db: Engine, configured: Configured) -> None:
    edit(db, 1, {"title": "完成"}, reason="r", day=date(2019, 9, 3), by="t", now=at(MONDAY))
    (found,) = examined(db, configured())
    assert found == Finding(
        "1 milestone has entries of a day to come: 1; tracker show ID; was the clock wrong, or --as-of mistyped?", False
    )
    change(db, schema.scans, 1, day=date(2019, 9, 3))
    assert any(
        one.fault and "the last scan was of 2019-09-03, a day to come" in one.words
        for one in examined(db, configured())
    )


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2050, 11, 1), []),
        (date(2050, 11, 2), [False]),  # sixty days before: not published yet, in most years
        (date(2050, 12, 14), [False]),
        (date(2050, 12, 15), [True]),
        (date(2051, 1, 1), [True]),
    ],
)
def test_the_next_year_is_named_before_it_begins_and_a_fault_once_its_notice_must_be_out(
    db: Engine, configured: Configured, today: date, expected: list[bool]
) -> None:
    config = configured("[workdays]\nholidays = [2050-01-01]\n")
    change(db, schema.scans, day=today)
    found = [one for one in examined(db, config, today, at(today)) if "holidays" in one.words]
    assert [one.fault for one in found] == expected
    assert all("of 2051 are not known" in one.words and "under [workdays]" in one.words for one in found)


def test_a_disk_with_little_room_is_a_fault(db: Engine, configured: Configured) -> None:
    (found,) = examined(db, configured("[watch]\ndisk_free_mb = 1_000_000_000\n"))
    assert found.fault
    assert "MB left, less than [watch] disk_free_mb = 1000000000: make room" in found.words
    assert examined(db, configured("[watch]\ndisk_free_mb = 0\n")) == []


def test_a_disk_that_nobody_can_write_to_is_looked_at_all_the_same(nobody: Program) -> None:
    answer = nobody("doctor", *DAY)
    assert "Traceback" not in answer.err
    assert answer.code in (0, 1)
    assert "MB left" not in answer.out


def no_address(db: Engine) -> None:
    change(db, schema.agencies, email="")


def suspended(db: Engine) -> None:
    with store.writing(db) as open_db:
        store.suspensions.suspend(open_db, {"a@example.org": "550 5.1.1 no such user"}, at(MONDAY))


def suspended_head(db: Engine) -> None:
    change(db, schema.agencies, head="h@example.org")
    with store.writing(db) as open_db:
        store.suspensions.suspend(open_db, {"h@example.org": "550 5.1.1 no such user"}, at(MONDAY))


def missed(db: Engine) -> None:
    change(db, schema.scans, day=MONDAY - timedelta(days=5), at=at(MONDAY))


PEOPLE: dict[str, tuple[Callable[[Engine], None], str]] = {
    "an agency without an address": (
        no_address, "甲局 has no address and 1 open milestone: tracker agencies set 甲局 --email …",
    ),
    "a suspended address": (
        suspended,
        "甲局: a@example.org is suspended since 2018-09-03: 550 5.1.1 no such user; "
        "tracker agencies set 甲局 --email … sets it right",
    ),
    "a suspended address of the head": (
        suspended_head,
        "甲局: h@example.org is suspended since 2018-09-03: 550 5.1.1 no such user; "
        "tracker agencies set 甲局 --head … sets it right",
    ),
    "no scan since": (missed, "the last scan was of 2018-08-29: 3 working days were missed; is `tracker run` alive?"),
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "words"), PEOPLE.values(), ids=PEOPLE)
def test_what_waits_for_a_person_is_said_with_what_to_do(
    db: Engine, configured: Configured, spoil: Callable[[Engine], None], words: str
) -> None:
    spoil(db)
    assert Finding(words) in examined(db, configured())


def test_an_office_without_an_address_is_named(db: Engine, configured: Configured) -> None:
    config = configured(mail='[mail]\nhost = "127.0.0.1"\nfrom = "f@example.org"\n')
    assert examined(db, config) == [Finding("[office] email is empty: the office's digest reaches nobody")]


def test_a_schema_that_is_behind_is_named_with_the_command_that_upgrades_it(program: Program) -> None:
    with closing(sqlite3.connect(program.database)) as db, db:
        db.execute("UPDATE alembic_version SET version_num = '0007'")
    answer = program("doctor", *DAY)
    assert answer.code == 4
    assert "tracker db upgrade" in answer.err


def test_figures_that_cannot_be_written_are_a_fault_among_others(program: Program) -> None:
    (program.folder / "config.toml").write_text('[watch]\nmetrics_file = "nowhere/tracker.prom"\n', encoding="utf-8")
    program("scan", *DAY)
    answer = program("doctor", *DAY)
    assert answer.code == 1
    assert "tracker.prom cannot be written" in answer.said
    assert answer.out.splitlines()[-1] == "1 fault"


ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "running.md").read_text(encoding="utf-8").partition("## Monitoring\n")[2].partition("\n## ")[0]


def test_every_line_that_the_doctor_can_say_is_explained_and_no_other() -> None:
    source = "".join((ROOT / "tracker" / "jobs" / f"{name}.py").read_text("utf-8") for name in ("doctor", "chat"))
    table = PAGE.partition("| it says | because | then |")[2].partition("\n\n")[0]
    explained = re.findall(r"^\| `(.+?)` \|", table, flags=re.MULTILINE)
    elsewhere = {"cannot be written": "watch", "nobody knows whether it arrived": "outbox"}
    for words in explained:
        place = elsewhere.get(words)
        assert words in ((ROOT / "tracker" / "jobs" / f"{place}.py").read_text("utf-8") if place else source), words
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    said = [said_by(call.args[0]) for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Finding"]
    assert len(said) > 20
    assert [words for words in said if len(words) > 5 and not any(one in words for one in explained)] == []


def said_by(words: ast.expr) -> str:
    """The text of an f-string, without what is filled in."""
    parts = words.values if isinstance(words, ast.JoinedStr) else [words]
    return "".join(part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str))


def test_the_figures_and_events_of_the_page_are_those_of_the_program() -> None:
    files = {path.name: path.read_text("utf-8") for path in (ROOT / "tracker").rglob("*.py")}
    figures = re.findall(r'Metric\(\s*"(\w+)"', files["watch.py"])
    assert sorted(re.findall(r"^\| `(tracker_\w+)` \|", PAGE, flags=re.MULTILINE)) == sorted(figures)
    logged = files["scheduler.py"] + files["loglines.py"]
    events = re.findall(r'(?:about|_guarded)\("(\w+)"', logged) + re.findall(r'logging\.[A-Z]+, "(\w+)"', logged)
    told = PAGE.partition("an `event`: ")[2].partition(".")[0]
    assert sorted(re.findall(r"`(\w+)`", told)) == sorted(set(events))
