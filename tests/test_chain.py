"""The chain of the history: whatever is done to an entry shows, and anybody can compute it."""

import hashlib
import json
import sqlite3
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from milestone_factory import milestone
from sqlalchemy.engine import Engine

from tracker import store
from tracker.jobs.audit import LOOKED_AT, verify
from tracker.milestones import Entry
from tracker.milestones.chain import GENESIS, Checking, Fault, link
from tracker.store import schema

DAY = date(2018, 11, 5)
NOW = datetime(2018, 11, 5, 1, 30, tzinfo=UTC)
TARGET = {"indicator": "改造", "op": ">=", "value": 50.0, "unit": "万平方米"}

words = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)
values = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words
changes = st.dictionaries(words, st.tuples(values | st.lists(values, max_size=2), values), max_size=3)
entries = st.builds(
    Entry,
    milestone=st.integers(1, 9),
    day=st.dates(),
    at=st.datetimes(timezones=st.just(UTC)),
    actor=words,
    action=st.sampled_from(["edited", "completed"]),
    changes=changes,
    along=changes,
    reason=words,
    note=words,
    evidence=words,
    undoes=st.none() | st.integers(1, 9),
)


def chained(given: Sequence[Entry]) -> list[Entry]:
    """The entries as they are stored, each a decision of its own."""
    found, former = [], GENESIS
    for id, entry in enumerate(given, 1):
        placed = replace(entry, id=id, decision=id)
        former = link(former, placed)
        found.append(replace(placed, hash=former))
    return found


def checked(given: Sequence[Entry]) -> list[Fault]:
    checking = Checking()
    found = [fault for entry in sorted(given, key=lambda one: one.id or 0) for fault in checking.faults(entry)]
    return [*found, *checking.rest()]


@given(st.lists(entries, max_size=12))
def test_what_was_written_is_sound(given: list[Entry]) -> None:
    assert checked(chained(given)) == []


OTHER = {
    "milestone": 77, "day": date(1999, 1, 1), "at": NOW + timedelta(microseconds=1), "actor": "谁", "action": "added",
    "changes": {"due": (None, "x")}, "along": {"due": (None, "x")}, "reason": "因为", "note": "注", "evidence": "据",
    "undoes": 77, "decision": 77, "hash": "f" * 64,
}  # fmt: skip


@given(st.lists(entries, min_size=1, max_size=9), st.data(), st.sampled_from([*OTHER]))
def test_a_field_that_was_changed_is_found_where_it_stands(given: list[Entry], data: st.DataObject, name: str) -> None:
    chain = chained(given)
    place = data.draw(st.integers(0, len(chain) - 1))
    chain[place] = replace(chain[place], **{name: OTHER[name]})
    assert [fault.entry for fault in checked(chain)] == [place + 1]


@given(st.lists(entries, min_size=2, max_size=9), st.data())
def test_an_entry_that_was_dropped_is_named(given: list[Entry], data: st.DataObject) -> None:
    chain = chained(given)
    gone = chain.pop(data.draw(st.integers(0, len(chain) - 2)))
    assert [(fault.kind, fault.entry) for fault in checked(chain)] == [("missing", gone.id)]


@given(st.lists(entries, min_size=1, max_size=9), entries, st.data())
def test_an_entry_that_was_put_in_is_named(given: list[Entry], new: Entry, data: st.DataObject) -> None:
    """There is room where a transaction was rolled back before there was a chain: such an id is nobody's."""
    place = data.draw(st.integers(0, len(given) - 1))
    chain, former = [], GENESIS
    for id, entry in enumerate(given, 1):
        placed = replace(entry, id=id if id <= place else id + 1, decision=id)
        former = link(former, placed)
        chain.append(replace(placed, hash=former))
    assert checked(chain) == []
    put_in = replace(new, id=place + 1, decision=1, hash="0f" * 32)
    assert [(fault.kind, fault.entry) for fault in checked([*chain, put_in])] == [("inserted", place + 1)]


@given(st.lists(entries, min_size=2, max_size=9), st.data(), st.booleans())
def test_two_entries_that_changed_places_are_found(given: list[Entry], data: st.DataObject, whole: bool) -> None:
    chain = chained(given)
    one, other = sorted(data.draw(st.lists(st.integers(0, len(chain) - 1), min_size=2, max_size=2, unique=True)))
    first, second = chain[one], chain[other]
    kept = (lambda entry: {"id": entry.id}) if whole else (lambda entry: {"id": entry.id, "hash": entry.hash})
    chain[one], chain[other] = replace(second, **kept(first)), replace(first, **kept(second))
    named = {fault.entry for fault in checked(chain)}
    assert {one + 1, other + 1} <= named


def test_numbers_are_written_as_any_program_writes_them() -> None:
    entry = Entry(milestone=1, day=DAY, at=NOW, actor="t", action="edited", changes={"targets": ([], [TARGET])}, id=1)
    whole = replace(entry, changes={"targets": ([], [TARGET | {"value": 50}])})
    assert link(GENESIS, entry) == link(GENESIS, whole)
    with pytest.raises(ValueError, match="JSON"):
        link(GENESIS, replace(entry, changes={"x": (None, float("nan"))}))


# In the database


def written(engine: Engine, count: int = 6) -> None:
    """A milestone that was added and then edited, each in a transaction of its own."""
    new = iter(range(count))
    with store.writing(engine) as db:
        (id,) = store.milestones.insert(db, [milestone(document=None)], new_uid=lambda: f"{next(new)}", now=NOW)
        first = {"title": (None, "完成改造"), "due": (None, "2018-11-30")}
        entry = Entry(milestone=id, day=DAY, at=NOW, actor="张三", action="added", changes=first)
        store.history.append(db, [replace(entry, along={"sequence": (None, 0)})])
    for number in range(1, count):
        with store.writing(engine) as db:
            change = {"targets": ([], [TARGET | {"value": 0.1 + number}]), "title": ("“旧”\n", f"新\t{number}\x7f")}
            at = NOW + timedelta(hours=number, microseconds=number)
            store.history.append(
                db, [Entry(milestone=id, day=DAY, at=at, actor="李四", action="edited", changes=change, note="é𠮷")]
            )


def broken(engine: Engine, **said: Any) -> list[Fault]:
    """What is wrong with the chain; the milestones of these tests are not what their entries say."""
    return [fault for fault in verify(engine, **said).faults if fault.kind != "table"]


def test_the_chain_is_the_same_on_every_database(engine: Engine) -> None:
    written(engine)
    with store.reading(engine) as db:
        head = store.history.head(db)
    assert (head.length, head.hash) == (6, HEAD)


HEAD = "218c507d93894cc9de1c3ca816a8a5541599370ea5f2079a2e30a67308e4bd43"


def test_the_chain_can_be_computed_from_the_table_by_anybody(engine: Engine) -> None:
    written(engine)
    former = "0" * 64
    with engine.connect() as db:
        for row in db.execute(sa.text("SELECT * FROM history ORDER BY id")).mappings():
            fields = {name: value for name, value in row.items() if value is not None and name != "hash"}
            for name in ("changes", "along"):
                fields[name] = json.loads(row[name]) if isinstance(row[name], str) else row[name]
                fields[name] = json.loads(json.dumps(fields[name]), parse_float=lambda text: _number(text))
            fields["day"] = str(row["day"])
            at = row["at"] if isinstance(row["at"], datetime) else datetime.fromisoformat(row["at"] + "+00:00")
            fields["at"] = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
            text = former + json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            former = hashlib.sha256(text.encode()).hexdigest()
            assert former == row["hash"]


def _number(text: str) -> float | int:
    return int(float(text)) if float(text).is_integer() else float(text)


STORED = {
    "id": 99, "milestone_id": None, "day": date(2018, 11, 6), "at": NOW - timedelta(microseconds=1), "actor": "王五",
    "action": "cancelled", "changes": {"title": ["旧", "新"]}, "reason": "x", "note": "x", "evidence": "x",
    "along": {"sequence": [0, 1]}, "decision": 2, "undoes": 1, "hash": "0" * 64,
}  # fmt: skip


@pytest.mark.parametrize("column", STORED)
@pytest.mark.parametrize("id", [1, 3, 6])
def test_a_change_of_any_column_of_the_table_is_found(engine: Engine, column: str, id: int) -> None:
    written(engine)
    assert broken(engine) == []
    with store.writing(engine) as db:
        value: Any = STORED[column]
        if column == "milestone_id":
            (value,) = store.milestones.insert(db, [milestone(document=None)], new_uid=lambda: "another", now=NOW)
        db.execute(sa.update(schema.history).where(schema.history.c.id == id).values({column: value}))
    assert id in [fault.entry for fault in broken(engine)]


@pytest.mark.parametrize(
    ("column", "value"),
    [("day", "soon"), ("day", 5), ("at", "never"), ("changes", "{"), ("changes", "[1]"), ("along", "7"),
     ("milestone_id", "x"), ("actor", b"\xff"), ("hash", 7), ("decision", "y"), ("reason", 1.5)],
)  # fmt: skip
def test_what_cannot_even_be_read_is_found(tmp_path: Path, migrated: Path, column: str, value: object) -> None:
    path = tmp_path / "tracker.db"
    path.write_bytes(migrated.read_bytes())
    engine = store.connect(f"sqlite:///{path}")
    written(engine)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(f"UPDATE history SET {column} = ? WHERE id = 4", (value,))
    assert [fault.entry for fault in broken(engine)][:1] == [4]
    engine.dispose()


def test_the_last_entries_are_missed_by_who_knows_the_head(engine: Engine) -> None:
    written(engine)
    with store.reading(engine) as db:
        head = store.history.head(db)
    assert verify(engine, head=f"{head.short}。", length=6).witnessed == 6
    written_later = Entry(milestone=1, day=DAY, at=NOW, actor="t", action="edited", changes={})
    with store.writing(engine) as db:
        store.history.append(db, [written_later])
    assert verify(engine, head=head.short).witnessed == 6
    with store.writing(engine) as db:
        db.execute(sa.delete(schema.history).where(schema.history.c.id > 4))
    assert broken(engine) == []
    (gone,) = broken(engine, head=head.short)
    assert gone.words.startswith(f"no entry has the hash {head.short}")
    (short,) = broken(engine, length=6)
    assert short.words == "there were 6 entries, and 4 are left: those after them are gone"
    with store.writing(engine) as db:  # the forger writes on: as many entries, and a chain of their own
        store.history.append(db, [written_later, replace(written_later, note="forged")])
    (forged,) = broken(engine, head=head.hash, length=6)
    assert forged.words.startswith("entry number 6 has another hash")


def test_appending_asks_as_few_questions_of_a_long_history_as_of_a_short_one(engine: Engine) -> None:
    asked: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    written(engine, 2)
    entry = Entry(milestone=1, day=DAY, at=NOW, actor="t", action="edited", changes={})
    counts = []
    for number in (1, 900, 1, 900):
        with store.writing(engine) as db:
            asked.clear()
            store.history.append(db, [entry] * number)
            counts.append(len(asked))
    assert counts == [2, 2, 2, 2]
    assert verify(engine).head.length == 1804


def test_writers_at_once_make_one_chain(engine: Engine, url: str) -> None:
    written(engine, 1)
    entry = Entry(milestone=1, day=DAY, at=NOW, actor="t", action="edited", changes={})

    def write() -> None:
        own = store.connect(url)
        for _ in range(20):
            with store.writing(own) as db:
                store.history.append(db, [entry, entry])
        own.dispose()

    writers = [threading.Thread(target=write) for _ in range(4)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert broken(engine) == []
    assert verify(engine).head.length == 161


@pytest.mark.slow
def test_a_server_that_isolates_more_than_it_should_makes_one_chain_too(postgresql: str) -> None:
    address = sa.make_url(postgresql)
    options = f"{address.query['options']} -cdefault_transaction_isolation=serializable"
    strict = address.update_query_dict({"options": options}).render_as_string(hide_password=False)
    engine = store.connect(strict, upgrading=True)
    store.upgrade(engine)
    test_writers_at_once_make_one_chain(engine, strict)
    engine.dispose()


@pytest.mark.slow
def test_a_hundred_thousand_entries_are_verified_in_seconds(engine: Engine) -> None:
    written(engine, 1)
    change = {"due": ("2018-11-30", "2018-12-15"), "precision": ("month", "day")}
    entry = Entry(milestone=1, day=DAY, at=NOW, actor="张三", action="edited", changes=change, reason="上级文件调整")
    for _ in range(100):
        with store.writing(engine) as db:
            store.history.append(db, [entry] * LOOKED_AT)
    started = time.perf_counter()
    audit = verify(engine)
    taken = time.perf_counter() - started
    print(f"{audit.head.length} entries in {taken:.1f} s")
    assert audit.head.length == 100_001
    assert [fault.kind for fault in audit.faults] == ["table"] * len(audit.faults)
    assert taken < 30
