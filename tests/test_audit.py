"""The audit: a milestone that its history does not explain is found, and the command says what is wrong."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cli_program import DAY, Program
from sqlalchemy.engine import Engine

from tracker import store
from tracker.jobs.audit import verify
from tracker.milestones.chain import Fault
from tracker.store import schema

STATED = sa.func.json_set(schema.milestones.c.stated, "$.quote", "别的话")
BEHIND: dict[str, Any] = {
    "item": "1", "item_title": "别的", "title": "别的", "kind": "window", "due": date(2030, 1, 1),
    "begin": date(2001, 1, 1), "baseline_due": date(2030, 1, 1), "precision": "plan", "recurrence": "DAILY",
    "rrule": "FREQ=DAILY", "targets": [], "status": "completed", "closed_on": date(2018, 9, 1),
    "tracked_from": date(2030, 1, 1), "moved_on": date(2030, 1, 1), "withdrawn": True, "decided": ["title"],
    "sequence": 7, "modified": None, "series": 1, "occurrence": date(2030, 1, 1), "remind": [5],
    "acknowledged": [["", "2030-01-01"]], "document_id": None, "stated": STATED,
    "claims": [{"agency": "别的", "day": "2030-01-01", "note": "", "evidence": ""}], "grade": "优秀",
    "asked": {"to": "2030-01-01", "reason": "", "day": "2018-09-01", "late": False},
    "slips": [{"was": "2018-09-01", "now": "2030-01-01", "day": "2018-09-01", "late": False}],
    "forecast": date(2030, 1, 1), "waits_for": [8], "answer": "别的", "answered_on": date(2030, 1, 1),
    "superseded_by": 8, "ended_by": "x", "duty": 8,
    "gauges": [{"target": 1, "day": "2018-09-01", "value": 1.0, "source": "x"}],
}  # fmt: skip
UNKNOWN = {"id", "uid", "reading_id"}  # what no entry says of a milestone
TOLD_AS = {"document_id": "document", "stated": "stated.quote"}


@pytest.fixture
def seed(seeded: Path, tmp_path: Path) -> Iterator[Engine]:
    """The seed document in its database."""
    path = tmp_path / "tracker.db"
    path.write_bytes(seeded.read_bytes())
    engine = store.connect(f"sqlite:///{path}")
    yield engine
    engine.dispose()


def altered(engine: Engine, statement: str | sa.Executable, *given: Any) -> list[Fault]:
    """What the audit finds after something was done behind the history's back; what it said of the milestones."""
    with store.writing(engine) as db:
        db.execute(sa.text(statement) if isinstance(statement, str) else statement)
    return [*verify(engine).faults]


def test_every_column_of_a_milestone_is_known_here() -> None:
    assert {*BEHIND, *UNKNOWN} == set(schema.milestones.c.keys())


@pytest.mark.parametrize("column", BEHIND)
def test_a_field_that_was_changed_past_the_history_is_named(seed: Engine, column: str) -> None:
    value = BEHIND[column]
    if column == "modified":
        value = sa.literal("2001-01-01 00:00:00.000000")
    found = altered(seed, sa.update(schema.milestones).where(schema.milestones.c.id == 7).values({column: value}))
    name = TOLD_AS.get(column, column)
    assert [(fault.kind, fault.milestone, fault.field) for fault in found] == [("table", 7, name)]
    assert found[0].words == f"milestone 7: its {name} is not what the history says"


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE milestone_agencies SET lead = 0 WHERE milestone_id = 7", [(7, "lead")]),
        ("DELETE FROM milestone_agencies WHERE milestone_id = 7", [(7, "agencies"), (7, "lead")]),
        ("UPDATE milestones SET due = 'soon' WHERE id = 7", [(7, "")]),
        ("UPDATE milestones SET targets = '{' WHERE id = 7", [(7, "")]),
        ("UPDATE agencies SET name = '市别的局' WHERE name = '市人防办'", [(1, "agencies"), (1, "lead")]),
    ],
)
def test_other_things_that_were_done_past_the_history_are_found(
    seed: Engine, statement: str, told: list[tuple[int, str]]
) -> None:
    found = altered(seed, statement)
    assert {fault.kind for fault in found} == {"table"}
    assert [(fault.milestone, fault.field) for fault in found][: len(told)] == told


def test_milestones_that_came_or_went_past_the_history_are_found(seed: Engine, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "tracker.db")) as db, db:
        names = [row[1] for row in db.execute("PRAGMA table_info(milestones)") if row[1] not in ("id", "uid")]
        listed = ", ".join(names)
        db.execute(f"INSERT INTO milestones (id, uid, {listed}) SELECT 99, 'x', {listed} FROM milestones WHERE id = 11")
        db.execute("DELETE FROM milestones WHERE id = 8")
    assert [fault.words for fault in verify(seed).faults] == [
        "milestone 99: has no history: it was put into the table past it",
        "milestone 8: has a history, and is not in the table any more",
    ]


# The command


def test_a_sound_history_says_how_long_it_is_and_where_it_ends(program: Program) -> None:
    answer = program.ok("audit", "verify")
    with closing(sqlite3.connect(program.database)) as db:
        (head,) = db.execute("SELECT hash FROM history ORDER BY id DESC LIMIT 1").fetchone()
    assert answer.out == f"39 entries, head {head}\nthe history is what was written\n"
    assert program.ok("audit", "verify", "--format", "jsonl").rows == [
        {"kind": "summary", "entries": 39, "head": head, "witnessed": None, "faults": 0}
    ]


def test_what_is_wrong_is_said_with_the_entry_and_ends_with_1(program: Program) -> None:
    with closing(sqlite3.connect(program.database)) as db, db:
        db.execute("UPDATE history SET reason = '补' WHERE id = 12")
        db.execute("DELETE FROM history WHERE id = 20")
        db.execute("UPDATE milestones SET due = '2030-01-01' WHERE id = 5")
    answer = program("audit", "verify")
    assert answer.code == 1
    assert answer.err.splitlines()[:2] == [
        "entry 12 (milestone 12, added on 2018-08-31 by t) is not what was written: changed, or moved here",
        "entry 20 is missing, or entry 21, which follows, was changed",
    ]
    assert "milestone 5: its due is not what the history says" in answer.err
    rows = program("audit", "verify", "--format", "jsonl").rows
    assert rows[0] == {
        "kind": "changed", "entry": 12, "milestone": 12, "field": "",
        "words": "entry 12 (milestone 12, added on 2018-08-31 by t) is not what was written: changed, or moved here",
    }  # fmt: skip
    assert (rows[-1]["kind"], rows[-1]["entries"], rows[-1]["faults"]) == ("summary", 38, len(rows) - 1)
    assert "the history was changed: entry 12" in program("doctor", *DAY).said


def test_a_digest_of_the_office_is_the_witness(program: Program) -> None:
    program.ok("scan", *DAY)
    with closing(sqlite3.connect(program.database)) as db:
        mails = [row[0] for row in db.execute("SELECT rfc822 FROM messages JOIN outbox ON outbox.id = outbox_id")]
    said = {}
    for mail in mails:
        message = message_from_bytes(mail, policy=default)
        for kind in ("plain", "html"):
            body = message.get_body((kind,))
            assert body is not None
            said[message["To"], kind] = body.get_content()
    (text,) = [one for one in said.values() if "留痕" in one and "<" not in one]
    (html,) = [one for one in said.values() if "留痕" in one and "<" in one]
    line = next(line for line in text.splitlines() if "留痕" in line)
    assert f"<div>{line}</div>" in html
    length, head = line.removeprefix("留痕：共").removesuffix("。").split("条，末条校验码 ")
    program.ok("done", "3", *DAY)
    answer = program.ok("audit", "verify", "--head", head, "--length", length)
    assert f"that head is the hash of entry number {length}, and 1 entry came after it" in answer.out
    assert program.ok("audit", "verify", "--head", head[:8].upper() + "…").out == answer.out
    with closing(sqlite3.connect(program.database)) as db, db:
        db.execute("DELETE FROM history WHERE id >= ?", (length,))
        db.execute("UPDATE milestones SET status = 'open', closed_on = NULL")
    gone = program("audit", "verify", "--head", head, "--length", length)
    assert (gone.code, f"there were {length} entries, and 38 are left: those after them are gone" in gone.err) == (
        1,
        True,
    )


@pytest.mark.parametrize("head", ["9f3c2a", "not a hash", "9f3c2a7e" * 9])
def test_a_head_that_is_none_is_refused(program: Program, head: str) -> None:
    answer = program("audit", "verify", "--head", head)
    assert (answer.code, "8 to 64 of the digits 0-9 and a-f" in answer.err) == (2, True)


# As of a past day


def test_the_table_and_the_digests_of_a_past_day_are_as_they_stood(program: Program) -> None:
    past = ("--as-of", "2018-12-10")
    before = {
        words: program.ok(*words, *past).out
        for words in [
            ("list", "--all", "--format", "jsonl"), ("show", "11"), ("why", "11"), ("export", "csv"),
            ("digest", "--agency", "市住建委"), ("digest",),
        ]
    }  # fmt: skip
    program.ok("done", "11", "3", "--as-of", "2018-12-20")
    program.ok("edit", "14", "--due", "2019-06-30", "--reason", "r", "--as-of", "2018-12-20")
    program.ok("edit", "15", "--lead", "市财政局", "--title", "别的", "--reason", "r", "--as-of", "2018-12-21")
    program.ok("ack", "16", "--until", "2019-02-01", "--as-of", "2018-12-21")
    program.ok("cancel", "17", "--reason", "r", "--as-of", "2018-12-21")
    program.ok("undo", "17", "--as-of", "2018-12-22")
    program.ok("scan", "--as-of", "2018-12-24")
    for words, out in before.items():
        now = program.ok(*words, *past).out
        assert trace(now) == trace(out), words


def trace(out: str) -> list[str]:
    """Without where the history ends, which digests and the marks of ledgers (the last column) say as of now."""
    return [re.sub(r",\d*[^,]*$", "", line) if line[:1].isdigit() else line for line in out.splitlines()
            if "留痕" not in line]  # fmt: skip
