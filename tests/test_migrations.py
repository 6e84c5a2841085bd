"""The migrations make the very schema that the code expects, on both databases."""

import ast
import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from tracker import store
from tracker.errors import DatabaseError
from tracker.jobs.add import Wanted, add
from tracker.jobs.audit import verify
from tracker.jobs.decide import done, edit
from tracker.jobs.undo import undo
from tracker.store import migration, schema

VERSIONS = sorted((Path(__file__).parent.parent / "migrations" / "versions").glob("*.py"))


def schema_of(engine: sa.Engine) -> dict[str, list[str]]:
    """Every table and index with the parts of its CREATE statement, their white space and order set aside."""
    query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'alembic%'"
    with engine.connect() as db:
        return {name: sorted(" ".join(part.split()).rstrip(" )") for part in re.split(r",(?![^(]*\))", sql))
                for name, sql in db.exec_driver_sql(query)}  # fmt: skip


def test_upgrade_to_head_makes_the_schema_of_the_metadata(tmp_path: Path) -> None:
    migrated = store.connect(f"sqlite:///{tmp_path / 'migrated.db'}")
    created = sa.create_engine(f"sqlite:///{tmp_path / 'created.db'}")
    schema.metadata.create_all(created)
    assert schema_of(migrated) == schema_of(created)
    assert any("ck_milestones_status" in part for part in schema_of(migrated)["milestones"])


def test_nothing_is_left_to_migrate(engine: sa.Engine) -> None:
    with store.reading(engine) as db:
        assert migration.differences(db) == []
        assert migration.state(db) == "ours"
    assert store.current(engine) == migration.HEAD
    assert store.check(engine) == []


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("DROP TABLE scans", "scans"),
        ("DROP INDEX ix_milestones_due", "ix_milestones_due"),
        ("ALTER TABLE agencies ADD COLUMN phone TEXT", "phone"),
    ],
)
def test_check_tells_how_a_schema_differs(engine: sa.Engine, damage: str, told: str) -> None:
    with engine.begin() as db:
        db.exec_driver_sql(damage)
    assert any(told in line for line in store.check(engine))


def test_check_tells_of_a_check_constraint_that_is_gone(engine: sa.Engine) -> None:
    with engine.begin() as db:
        if db.dialect.name == "sqlite":
            db.exec_driver_sql("PRAGMA writable_schema = ON")
            db.exec_driver_sql("UPDATE sqlite_master SET sql = replace(sql, '''held'', ', '') WHERE name = 'outbox'")
        else:
            db.exec_driver_sql("ALTER TABLE outbox DROP CONSTRAINT ck_outbox_state")
    engine.dispose()
    assert any("ck_outbox_state" in line for line in store.check(engine))


def test_the_head_named_in_the_code_is_the_newest_revision_and_the_chain_has_no_gap() -> None:
    chain = []
    for file in VERSIONS:
        values = {node.targets[0].id: ast.literal_eval(node.value)
                  for node in ast.parse(file.read_text("utf-8")).body if isinstance(node, ast.Assign)}  # fmt: skip
        chain.append((values["down_revision"], values["revision"]))
        assert file.name.startswith(values["revision"] + "_")
    numbers = [f"{number:04}" for number in range(1, len(chain) + 1)]
    assert chain == list(zip([None, *numbers[:-1]], numbers, strict=True))
    assert numbers[-1] == migration.HEAD


def test_upgrading_twice_changes_nothing(engine: sa.Engine) -> None:
    store.upgrade(engine)
    assert store.current(engine) == migration.HEAD


def test_down_to_nothing_and_up_again(engine: sa.Engine) -> None:
    with engine.begin() as db:
        command.downgrade(migration.config(db), "base")
    store.upgrade(engine)
    assert store.check(engine) == []


def test_the_bytes_of_messages_survive_the_move_to_a_table_of_their_own_and_back(engine: sa.Engine) -> None:
    old = "SELECT rfc822 FROM outbox ORDER BY id"
    with engine.begin() as db:
        command.downgrade(migration.config(db), "0008")
        for number in (1, 2):
            db.execute(sa.text(
                "INSERT INTO digests (id, recipient, day, number, subject, text)"
                " VALUES (:n, '', '2018-09-03', :n, 'subject', 'text')"
            ), {"n": number})  # fmt: skip
            db.execute(sa.text(
                "INSERT INTO outbox (id, digest_id, channel, recipients, message_id, rfc822, state, attempts,"
                " possible_duplicate) VALUES (:n, :n, 'smtp', '[\"a@b.cn\"]', :m, :bytes, 'ready', 0, :no)"
            ), {"n": number, "m": f"<{number}@b.cn>", "bytes": b"\x00bytes %d" % number, "no": False})  # fmt: skip
    store.upgrade(engine)
    with store.reading(engine) as db:
        assert [store.outbox.show(db, id).rfc822 for id in (1, 2)] == [b"\x00bytes 1", b"\x00bytes 2"]
    assert store.check(engine) == []
    with engine.begin() as db:
        command.downgrade(migration.config(db), "0008")
        assert [bytes(found) for found in db.execute(sa.text(old)).scalars()] == [b"\x00bytes 1", b"\x00bytes 2"]


def test_what_was_written_before_there_was_a_chain_is_chained(engine: sa.Engine) -> None:
    day, now = date(2018, 9, 3), datetime(2018, 9, 3, 1, 30, tzinfo=UTC)
    words: dict[str, Any] = {"day": day, "by": "张三", "now": now}
    for title in "甲乙丙":
        add(engine, Wanted(title=title, due=date(2018, 11, 30), agencies=("市教育局",)), **words)
    edit(engine, 1, {"due": date(2018, 12, 15)}, reason="“调整”", **words | {"now": now + timedelta(seconds=1.5)})
    done(engine, [2, 3], **words)
    with engine.begin() as db:
        command.downgrade(migration.config(db), "0010")
        db.exec_driver_sql("UPDATE history SET id = id + 7 WHERE id > 4")  # a transaction was rolled back between
    store.upgrade(engine)
    assert store.check(engine) == []
    audit = verify(engine)
    assert (audit.faults, audit.head.length) == ((), 6)
    assert [one.milestone.id for one in undo(engine, 3, **words)] == [2, 3]
    assert [one.milestone.due for one in undo(engine, 1, **words)] == [date(2018, 11, 30)]
    assert (verify(engine).faults, verify(engine, head=audit.head.short).witnessed) == ((), 6)


def test_alembic_alone_finds_its_configuration_and_the_database(tmp_path: Path) -> None:
    for words in ("upgrade head", "check", "current"):
        done = subprocess.run(
            [sys.executable, "-m", "alembic", *words.split()], cwd=VERSIONS[0].parents[2], check=True,
            capture_output=True, text=True, env=os.environ | {"TRACKER_DATABASE": f"sqlite:///{tmp_path / 'x.db'}"},
        )  # fmt: skip
    assert done.stdout.strip() == f"{migration.HEAD} (head)"


@pytest.mark.slow
def test_an_empty_postgresql_database_says_what_to_run(postgresql: str) -> None:
    with pytest.raises(DatabaseError, match="tracker db upgrade"):
        store.connect(postgresql)
