"""Opening databases that are as they should be and as they should not; ledger, outbox, agencies, backup."""

import multiprocessing
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from milestone_factory import milestone
from sqlalchemy.engine import Connection, Engine

from tracker import store
from tracker.errors import DatabaseError, UsageError
from tracker.store import claims, issued, ledger, migration, outbox, schema
from tracker.store.digests import Issue
from tracker.store.ledger import Decided
from tracker.store.outbox import OutboxRow, Outgoing

NOW = datetime(2018, 11, 5, 1, tzinfo=UTC)
DAY = date(2018, 11, 5)


def insert_milestone(db: Connection, **fields: Any) -> int:
    (id,) = store.milestones.insert(
        db, [milestone(document=None, **fields)], new_uid=lambda: os.urandom(9).hex(), now=NOW
    )
    return id


def insert_messages(db: Connection, count: int, **fields: Any) -> list[int]:
    issues = [Issue(agency=None, recipient=f"机构{n}", day=DAY, number=1, subject="s", text="t") for n in range(count)]
    return outbox.insert(
        db,
        [
            Outgoing(
                digest=id, channel="smtp", recipients=("a@b.cn",), message_id=f"<{id}@b.cn>", rfc822=b"\x00x", **fields
            )
            for id in store.digests.insert(db, issues)
        ],
    )


# Opening


def test_first_use_creates_the_file_with_the_right_settings(tmp_path: Path) -> None:
    engine = store.connect(f"sqlite:///{tmp_path / '新 100%.db'}")
    with store.reading(engine) as db:
        found = [
            db.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "busy_timeout", "foreign_keys")
        ]
        assert found == ["wal", 15000, 1]
        assert migration.state(db) == "ours"


def test_a_database_in_memory_works() -> None:
    engine = store.connect("sqlite://")
    with store.writing(engine) as db:
        insert_milestone(db)
    with store.reading(engine) as db:
        assert len(store.open_milestones(db)) == 1


def not_a_database(path: Path) -> None:
    path.write_bytes("某某市人民政府".encode() * 99)


def another_programs(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("CREATE TABLE bookmarks (id INTEGER)")


def another_alembic(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("CREATE TABLE alembic_version (version_num TEXT)")
        db.execute("INSERT INTO alembic_version VALUES ('a1b2c3')")


def revision(number: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        store.connect(f"sqlite:///{path}").dispose()
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("UPDATE alembic_version SET version_num = ?", (number,))

    return make


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (not_a_database, "not a SQLite database"),
        (another_programs, "another program's"),
        (another_alembic, "another program's"),
        (revision("9999"), "newer tracker"),
        (revision("0000"), "run `tracker db upgrade`"),
        (Path.mkdir, "this is a folder"),
    ],
)
def test_a_file_that_is_not_ours_is_refused_and_left_as_it_is(
    tmp_path: Path, make: Callable[[Path], None], told: str
) -> None:
    path = tmp_path / "x.db"
    make(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(DatabaseError, match=told):
        store.connect(f"sqlite:///{path}")
    assert (path.read_bytes() if path.is_file() else b"") == before


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("sqlite:////nowhere/at/all/x.db", "does not exist; create it first"),
        ("tracker.db", "not a database URL"),
        ("mysql://localhost/x", "SQLite and PostgreSQL"),
        ("postgresql+psycopg://nobody:secret@127.0.0.1:9/x", "is it running"),
    ],
)
def test_an_address_that_leads_nowhere_is_explained(url: str, told: str) -> None:
    with pytest.raises(DatabaseError, match=told) as error:
        store.connect(url)
    assert "secret" not in str(error.value)
    assert error.value.exit_code == 4


def test_a_missing_database_is_not_created_by_a_reading_command(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="no such database"):
        store.connect(f"sqlite:///{tmp_path / 'x.db'}", create=False)
    assert list(tmp_path.iterdir()) == []


def test_without_its_driver_postgresql_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(DatabaseError, match=r"pip install 'tracker\[postgres\]'"):
        store.connect("postgresql://localhost/x")


def test_a_locked_database_can_be_read_and_says_so_when_written(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    store.connect(f"sqlite:///{path}").dispose()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    engine = store.connect(f"sqlite:///{path}?timeout=0.1")
    with store.reading(engine) as db:
        assert store.open_milestones(db) == []
    with pytest.raises(DatabaseError, match="another program has locked"), store.writing(engine):
        pass
    other.close()


@pytest.mark.parametrize("folder_too", [False, True])
def test_a_read_only_database_can_be_read_and_says_so_when_written(tmp_path: Path, folder_too: bool) -> None:
    path = tmp_path / "x.db"
    engine = store.connect(f"sqlite:///{path}")
    with store.writing(engine) as db:
        insert_milestone(db)
    engine.dispose()
    path.chmod(0o444)
    for folder in (tmp_path, *list(tmp_path.parents)[:-2]):
        folder.chmod(folder.stat().st_mode | 0o055)  # another user is to come this far
    tmp_path.chmod(0o555 if folder_too else 0o777)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)  # nothing is read-only for root
    try:
        engine = store.connect(f"sqlite:///{path}")
        with store.reading(engine) as db:
            assert len(store.open_milestones(db)) == 1
        with pytest.raises(DatabaseError, match="read-only; nothing was changed"), store.writing(engine) as db:
            insert_milestone(db)
        engine.dispose()
    finally:
        os.seteuid(user)
        tmp_path.chmod(0o755)


def test_a_failed_creation_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "migrations"
    broken.mkdir()
    (broken / "env.py").write_text(
        "import sqlite3\nraise sqlite3.OperationalError('database or disk is full')", "utf-8"
    )
    monkeypatch.setattr(migration, "folder", lambda: broken)
    with pytest.raises(DatabaseError, match="disk is full"):
        store.connect(f"sqlite:///{tmp_path / 'x.db'}")
    assert [path.name for path in tmp_path.iterdir() if path.suffix.startswith(".db")] == []


def test_what_fails_half_way_is_not_stored(engine: Engine) -> None:
    def work() -> None:
        with store.writing(engine) as db:
            insert_milestone(db)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        work()
    with store.reading(engine) as db:
        assert store.milestones.all_milestones(db) == []


def test_ids_are_never_used_again(engine: Engine) -> None:
    with store.writing(engine) as db:
        first = insert_milestone(db, agencies=())
        db.execute(sa.delete(schema.milestones))
        assert insert_milestone(db) > first


def test_a_reading_unit_of_work_sees_one_state(engine: Engine) -> None:
    with store.reading(engine) as db:
        before = store.open_milestones(db)
        with store.writing(engine) as other:
            insert_milestone(other)
        assert store.open_milestones(db) == before


# Several processes at once


def create_at_once(url: str, outcomes: Any) -> None:
    try:
        store.connect(url).dispose()
        outcomes.put("")
    except Exception as error:
        outcomes.put(repr(error))


def count_up(url: str, outcomes: Any) -> None:
    engine = store.connect(url)
    for _ in range(50):
        with store.writing(engine) as db:
            number = store.digests.next_numbers(db, [""])[""]
            store.digests.insert(db, [Issue(agency=None, recipient="", day=DAY, number=number, subject="", text="")])
    outcomes.put("")


def claim_all(url: str, outcomes: Any) -> None:
    engine, owner, claimed = store.connect(url), str(os.getpid()), []
    while True:
        with store.writing(engine) as db:
            seen = claims.sendable(db, NOW, 1, 600)
            row = seen and claims.claim(db, seen[0], owner, NOW, 600)
        if not row:
            break
        claimed.append(row.id)
        with store.writing(engine) as db:
            assert claims.mark_sent(db, row.id, owner, "250 ok", NOW)
    outcomes.put(claimed)


def at_once(work: Callable[[str, Any], None], url: str, processes: int = 4) -> list[Any]:
    """What `work` puts into its queue in each of several new processes."""
    context = multiprocessing.get_context("spawn")
    outcomes = context.Queue()
    started = [context.Process(target=work, args=(url, outcomes)) for _ in range(processes)]
    for process in started:
        process.start()
    found = [outcomes.get(timeout=60) for _ in started]
    for process in started:
        process.join(30)
    return found


def test_four_processes_creating_one_database_agree(tmp_path: Path) -> None:
    assert at_once(create_at_once, f"sqlite:///{tmp_path / 'x.db'}") == [""] * 4


def test_four_processes_deciding_at_once_lose_nothing(engine: Engine, url: str) -> None:
    assert at_once(count_up, url) == [""] * 4
    with store.reading(engine) as db:
        assert store.digests.next_numbers(db, [""]) == {"": 201}


def test_four_processes_claim_two_hundred_messages_once_each(engine: Engine, url: str) -> None:
    with store.writing(engine) as db:
        ids = insert_messages(db, 200)
    claimed = at_once(claim_all, url)
    assert sorted(id for ids in claimed for id in ids) == ids
    with store.reading(engine) as db:
        assert outbox.counts(db) == {"sent": 200}


# Ledger


def test_a_reminder_is_decided_once(engine: Engine) -> None:
    with store.writing(engine) as db:
        id, (agency,) = insert_milestone(db), store.agencies.resolve(db, ["市住建委"]).values()
        (digest,) = store.digests.insert(
            db, [Issue(agency=agency, recipient="市住建委", day=DAY, number=1, subject="", text="")]
        )
        rows = [
            Decided(
                milestone=id,
                rule=rule,
                planned=DAY + timedelta(n),
                agency=agency,
                decided_on=DAY,
                reason="r",
                digest=digest,
            )
            for n in range(400)
            for rule in ("lead", "overdue")
        ]
        assert ledger.record(db, rows[:600]) == 600
        assert ledger.record(db, rows) == 200
        assert ledger.record(db, []) == 0
        assert ledger.decided(db, DAY) == {(id, agency): (DAY + timedelta(399), DAY)}
        told = ledger.of_milestone(db, id)
    assert (len(told), told[0].agency, told[0].number, told[0].state) == (800, "市住建委", 1, "")
    assert [one.folded for one in told] == [True] * 799 + [False]


def test_the_last_scan_is_the_latest_day_scanned(engine: Engine) -> None:
    with store.writing(engine) as db:
        assert ledger.last_scan(db, DAY) is None
        for day in (DAY, DAY - timedelta(3)):
            ledger.record_scan(db, day=day, at=NOW, reminders=1, digests=1)
        assert ledger.last_scan(db, DAY) == (DAY, NOW)
        assert ledger.last_scan(db, DAY - timedelta(1)) == (DAY - timedelta(3), NOW)
        assert (ledger.scanned_ahead(db, DAY), ledger.scanned_ahead(db, DAY - timedelta(1))) == (None, DAY)


# Outbox


@pytest.fixture
def outgoing(engine: Engine) -> Engine:
    with store.writing(engine) as db:
        insert_messages(db, 2)
    return engine


def claim(engine: Engine, minutes: int = 0, owner: str = "a") -> OutboxRow | None:
    now = NOW + timedelta(minutes=minutes)
    with store.writing(engine) as db:
        seen = claims.sendable(db, now, 1, 600)
        return claims.claim(db, seen[0], owner, now, 600) if seen else None


def test_a_message_is_claimed_whole_and_only_once(outgoing: Engine) -> None:
    one, two, three = claim(outgoing), claim(outgoing, owner="b"), claim(outgoing)
    assert one is not None
    assert two is not None
    assert three is None
    assert (one.id, one.rfc822, one.recipients, one.message_id) == (1, b"\x00x", ("a@b.cn",), "<1@b.cn>")
    assert (one.agency, one.day, one.state, one.attempts, one.owner) == ("机构0", DAY, "sending", 1, "a")
    assert (two.id, two.lease_until) == (2, NOW + timedelta(minutes=10))


SINCE_IT_WAS_READ: dict[str, Callable[[Connection], object]] = {
    "claimed": lambda db: claims.claim(db, claims.sendable(db, NOW, 1, 600)[0], "b", NOW, 600),
    "tried": lambda db: (
        claims.claim(db, claims.sendable(db, NOW, 1, 600)[0], "b", NOW, 600),
        claims.mark_deferred(db, 1, "b", "451 busy", NOW),
    ),
    "held": lambda db: outbox.hold(db, 1),
    "cancelled": lambda db: issued.cancel(db, 1, "closed"),
}


@pytest.mark.parametrize("happened", SINCE_IT_WAS_READ.values(), ids=SINCE_IT_WAS_READ)
def test_a_message_that_changed_since_it_was_read_is_not_claimed(
    outgoing: Engine, happened: Callable[[Connection], object]
) -> None:
    with store.writing(outgoing) as db:
        first, second = claims.sendable(db, NOW, 9, 600)
        happened(db)
        assert claims.claim(db, first, "a", NOW, 600) is None
        claimed = claims.claim(db, second, "a", NOW, 600)
        assert claimed is not None
        assert claimed == outbox.show(db, second.id)


def test_a_lost_sender_leaves_a_message_that_is_sent_again_and_remembers_it(outgoing: Engine) -> None:
    claim(outgoing)
    claim(outgoing)
    assert claim(outgoing, 9, "b") is None
    again = claim(outgoing, 10, "b")
    assert again is not None
    assert (again.id, again.possible_duplicate, again.attempts, again.owner) == (1, True, 2, "b")
    with store.writing(outgoing) as db:
        assert outbox.counts(db) == {"sending": 1, "unknown": 1}
        assert not claims.mark_sent(db, 1, "a", "250 late", NOW)
        assert claims.mark_sent(db, 1, "b", "250 ok", NOW)
        sent = outbox.show(db, 1)
    assert (sent.state, sent.reply, sent.sent_at, sent.possible_duplicate) == ("sent", "250 ok", NOW, True)


@pytest.mark.parametrize(("days", "next_one"), [(1, 2), (2, 1)])
def test_a_claim_holds_a_lease_and_a_day_at_most_whatever_the_clock_that_made_it(
    outgoing: Engine, days: int, next_one: int
) -> None:
    claim(outgoing, days * 24 * 60)
    found = claim(outgoing, 0, "b")
    assert found is not None
    assert (found.id, found.possible_duplicate) == (next_one, days > 1)


def test_what_may_have_arrived_stays_in_doubt_through_later_tries_and_what_was_sent_is_not_sent_again(
    outgoing: Engine,
) -> None:
    claim(outgoing)
    claim(outgoing)
    claim(outgoing, 10, "b")
    with store.writing(outgoing) as db:
        assert claims.mark_deferred(db, 1, "b", "451 busy", NOW + timedelta(minutes=11))
    assert claim(outgoing, 11, "c") is not None
    with store.writing(outgoing) as db:
        assert outbox.show(db, 1).possible_duplicate
        assert claims.mark_sent(db, 1, "c", "250 ok", NOW)
        with pytest.raises(UsageError, match="message 1 is sent"):
            outbox.retry(db, 1, NOW)


def test_a_refused_message_waits_for_its_next_try_or_for_a_person(outgoing: Engine) -> None:
    claim(outgoing)
    claim(outgoing)
    with store.writing(outgoing) as db:
        later = NOW + timedelta(minutes=5)
        assert claims.mark_deferred(db, 1, "a", "451 busy", later)
        assert claims.mark_failed(db, 2, "a", "550 no such user", NOW)
    assert claim(outgoing, 4) is None
    again = claim(outgoing, 5)
    assert again is not None
    assert (again.id, again.attempts, again.reply, again.possible_duplicate) == (1, 2, "451 busy", False)
    with store.writing(outgoing) as db:
        assert [row.reply for row in outbox.listed(db, ["failed"])] == ["550 no such user"]
        assert outbox.retry(db, 2, NOW).state == "ready"
    assert claim(outgoing) is not None


def test_a_held_message_stays_until_it_is_released(outgoing: Engine) -> None:
    with store.writing(outgoing) as db:
        assert outbox.hold(db, 1).state == "held"
    second = claim(outgoing)
    assert second is not None
    assert second.id == 2
    assert claim(outgoing) is None
    with store.writing(outgoing) as db:
        assert outbox.retry(db, 1, NOW).state == "ready"
        with pytest.raises(UsageError, match="message 2 is sending"):
            outbox.hold(db, 2)
        with pytest.raises(UsageError, match="no message 9"):
            outbox.show(db, 9)
        assert [(row.id, row.rfc822) for row in outbox.listed(db)] == [(1, b""), (2, b"")]


# Agencies


def test_agencies_are_known_by_name_and_alias(engine: Engine) -> None:
    with store.writing(engine) as db:
        ids = store.agencies.resolve(db, ["市住建委", "市规划局", "市住建委"])
        assert store.agencies.resolve(db, ["市规划局"]) == {"市规划局": ids["市规划局"]}
        store.agencies.set_addresses(db, "市住建委", {"email": "zj@nb.cn", "cc": "x@nb.cn"})
        store.agencies.add_alias(db, "住建委", "市住建委")
        found = store.agencies.find(db, "住建委")
        assert (found.id, found.name, found.email, found.cc, found.aliases) == (
            ids["市住建委"], "市住建委", "zj@nb.cn", "x@nb.cn", ("住建委",),
        )  # fmt: skip
        assert store.agencies.without_address(db, list(ids.values())) == ["市规划局"]
        assert store.agencies.set_many(db, {"住建委": {"email": "new@nb.cn"}, "市人防办": {"head": "h@nb.cn"}}) == 1
        assert [(one.name, one.email, one.cc) for one in store.agencies.listed(db)] == [
            ("市人防办", "", ""), ("市住建委", "new@nb.cn", "x@nb.cn"), ("市规划局", "", ""),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("alias", "name", "told"),
    [
        ("规划局", "住建", "did you mean 市住建委"),
        ("规划局", "市民政局", "agencies list"),
        ("市住建委", "市住建委", "own name"),
        ("建委", "市规划局", "another agency already"),
    ],
)
def test_an_alias_that_makes_no_sense_is_refused(engine: Engine, alias: str, name: str, told: str) -> None:
    with store.writing(engine) as db:
        store.agencies.resolve(db, ["市住建委", "市规划局"])
        store.agencies.add_alias(db, "建委", "市住建委")
        with pytest.raises(UsageError, match=told):
            store.agencies.add_alias(db, alias, name)


def test_an_agency_that_turns_out_to_be_another_is_merged_with_its_ledger(engine: Engine) -> None:
    with store.writing(engine) as db:
        both = insert_milestone(db, agencies=("市住建委", "市住房城乡建设委"), lead=())
        one = insert_milestone(db, agencies=("市住房城乡建设委",), lead=("市住房城乡建设委",))
        ids = store.agencies.resolve(db, ["市住建委", "市住房城乡建设委"])
        for id in ids.values():
            (digest,) = store.digests.insert(
                db, [Issue(agency=id, recipient=str(id), day=DAY, number=1, subject="", text="")]
            )
            ledger.record(
                db,
                [Decided(milestone=both, rule="r", planned=DAY, agency=id, decided_on=DAY, reason="", digest=digest)],
            )
        store.agencies.set_addresses(db, "市住房城乡建设委", {"email": "zj@nb.cn"})
        merged = store.agencies.add_alias(db, "市住房城乡建设委", "市住建委")
        found = store.milestones.by_ids(db, [both, one])
        assert (merged.email, merged.aliases) == ("zj@nb.cn", ("市住房城乡建设委",))
        assert [found[id].agencies for id in (both, one)] == [("市住建委",), ("市住建委",)]
        assert found[one].lead == ("市住建委",)
        assert ledger.decided(db, DAY) == {(both, merged.id): (DAY, DAY)}
        assert [agency.name for agency in store.agencies.listed(db)] == ["市住建委"]
        assert ("市住房城乡建设委", "市住建委") in store.agencies.names(db).items()
        assert store.agencies.resolve(db, ["市住房城乡建设委"]) == {"市住房城乡建设委": merged.id}


# Backup


def test_a_backup_is_a_whole_database_taken_while_others_write(engine: Engine, tmp_path: Path) -> None:
    if engine.dialect.name != "sqlite":
        with pytest.raises(DatabaseError, match="pg_dump"):
            store.backup(engine, tmp_path / "copy.db")
        return
    with store.writing(engine) as db:
        insert_milestone(db)
    with store.writing(engine) as db:
        insert_milestone(db)
        store.backup(engine, tmp_path / "copy.db")
    copy = store.connect(f"sqlite:///{tmp_path / 'copy.db'}", create=False)
    with store.reading(copy) as db:
        assert len(store.open_milestones(db)) == 1
    assert store.check(copy) == []
    with pytest.raises(UsageError, match="exists already"):
        store.backup(engine, tmp_path / "copy.db")
    with pytest.raises(UsageError, match="does not exist"):
        store.backup(engine, tmp_path / "nowhere" / "copy.db")


def test_damage_is_found(tmp_path: Path) -> None:
    engine = store.connect(f"sqlite:///{tmp_path / 'x.db'}")
    with engine.connect() as db:
        db.connection.driver_connection.execute("PRAGMA foreign_keys = OFF")  # type: ignore[union-attr]
        db.exec_driver_sql("INSERT INTO aliases VALUES ('x', 77)")
        db.commit()
    assert store.check(engine) == ["aliases: row 1 refers to a row of agencies that is not there"]


def test_reading_needs_no_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    store.connect(url).dispose()
    code = (
        "import sys; from tracker import store; engine = store.connect(sys.argv[1])\n"
        "with store.reading(engine) as db: store.open_milestones(db)\n"
        "assert 'alembic' not in sys.modules and 'sqlalchemy.orm' not in sys.modules, 'too much was loaded'"
    )
    subprocess.run([sys.executable, "-c", code, url], check=True, cwd=Path(__file__).parent.parent)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_three_thousand_milestones_are_read_in_a_second(engine: Engine) -> None:
    with store.writing(engine) as db:
        drafts = [milestone(document=None)] * 3000
        numbers = iter(range(3000))
        store.milestones.insert(db, drafts, new_uid=lambda: f"{next(numbers)}", now=NOW)
    started = time.perf_counter()
    with store.reading(engine) as db:
        assert len(store.open_milestones(db)) == 3000
    assert time.perf_counter() - started < 2
