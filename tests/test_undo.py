"""Undoing: the last decision is reversed by another entry, with all that was decided with it."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from cli_program import DAY, Program
from sqlalchemy.engine import Engine

from tracker import store
from tracker.commitments import extract
from tracker.documents import Source
from tracker.errors import UsageError
from tracker.jobs import decide
from tracker.jobs.add import Wanted, add
from tracker.jobs.agencies import add_alias
from tracker.jobs.audit import verify
from tracker.jobs.ingest import ingest
from tracker.jobs.remarking import remark
from tracker.jobs.undo import undo
from tracker.milestones import Milestone
from tracker.milestones.remarks import Remarks, remarks

MONDAY = date(2018, 9, 3)
NOW = datetime(2018, 9, 3, 1, tzinfo=UTC)
BY = {"day": MONDAY, "by": "张三", "now": NOW}
PLAN = "91.试点一\n牵头单位：市教育局\n下步改革安排：2018年{}底前完成改造任务，形成经验。\n"


def read(engine: Engine, month: str, day: date = MONDAY, now: datetime = NOW) -> None:
    """A document that says until when."""
    text = PLAN.format(month)
    source = Source(
        key="d", title="任务清单", issuer="宁波市", published=day, published_as=f"{day}",
        published_from="", text=text, confirmed=True, file_name="d.txt",
    )  # fmt: skip
    ingest(engine, source, extract(source), today=day, now=now, actor="t")


def made(engine: Engine, number: int = 3) -> list[int]:
    return [
        add(engine, Wanted(title=f"事项{n}", due=date(2018, 11, 30), agencies=("市住建委", "市教育局")), **BY).id
        for n in range(1, number + 1)
    ]


def known(engine: Engine, id: int) -> Milestone:
    with store.reading(engine) as db:
        return store.milestones.by_ids(db, [id])[id]


def plain(milestone: Milestone) -> Milestone:
    """Without what tells a reversed decision from one that was never made."""
    return replace(milestone, sequence=0, modified=NOW, moved_on=None)


Step = Callable[[Engine], object]
STEPS: dict[str, tuple[Step | None, Step, int]] = {
    "completed": (None, lambda e: decide.done(e, [1], note="n", **BY), 2),
    "cancelled": (None, lambda e: decide.cancel(e, [1], reason="r", **BY), 2),
    "reopened": (lambda e: decide.done(e, [1], **BY), lambda e: decide.reopen(e, [1], **BY), 2),
    "acknowledged": (None, lambda e: decide.acknowledge(e, [1], date(2018, 10, 1), agency="市住建委", **BY), 0),
    "taken back": (
        lambda e: decide.acknowledge(e, [1], date(2018, 10, 1), **BY),
        lambda e: decide.acknowledge(e, [1], None, **BY), 0,
    ),
    "completed while acknowledged": (
        lambda e: decide.acknowledge(e, [1], date(2018, 10, 1), **BY), lambda e: decide.done(e, [1], **BY), 2,
    ),
    "moved by hand": (None, lambda e: decide.edit(e, 1, {"due": date(2018, 12, 15)}, reason="r", **BY), 2),
    "moved by hand again": (
        lambda e: decide.edit(e, 1, {"due": date(2018, 12, 15)}, reason="r", **BY),
        lambda e: decide.edit(e, 1, {"due": None}, reason="r", **BY), 2,
    ),
    "other agencies": (None, lambda e: decide.edit(e, 1, {"lead": ("市规划局",)}, reason="r", **BY), 0),
    "a ladder of its own": (None, lambda e: decide.edit(e, 1, {"remind": (10, 3)}, reason="r", **BY), 0),
    "another title": (None, lambda e: decide.edit(e, 1, {"title": "新名"}, reason="r", **BY), 0),
}  # fmt: skip


@pytest.mark.parametrize("case", STEPS)
def test_what_was_decided_is_as_it_was_before(engine: Engine, case: str) -> None:
    first, step, raised = STEPS[case]
    made(engine)
    if first:
        first(engine)
    before = known(engine, 1)
    step(engine)
    assert plain(known(engine, 1)) != plain(before)
    (one,) = undo(engine, 1, day=MONDAY, by="李四", now=NOW, reason="误操作")
    after = known(engine, 1)
    assert one.milestone == after
    assert plain(after) == plain(before)
    assert after.sequence == before.sequence + raised
    with store.reading(engine) as db:
        last = store.history.of_milestone(db, 1)[-1]
    assert (last.action, last.actor, last.reason) == ("undone", "李四", "误操作")
    assert verify(engine).faults == ()


def test_what_was_decided_together_is_undone_together(engine: Engine) -> None:
    made(engine)
    decide.done(engine, [1], **BY)
    decide.done(engine, [2, 3], **BY)  # at the very same instant, and another decision
    assert [one.milestone.id for one in undo(engine, 3, **BY)] == [2, 3]
    assert [known(engine, id).closed for id in (1, 2, 3)] == [True, False, False]
    assert [one.milestone.id for one in undo(engine, **BY)] == [1]


def test_undoing_again_reverses_the_decision_before(engine: Engine) -> None:
    made(engine, 1)
    before = known(engine, 1)
    for due in (date(2018, 12, 1), date(2018, 12, 2)):
        decide.edit(engine, 1, {"due": due}, reason="r", **BY)
    decide.done(engine, [1], **BY)
    for _ in range(3):
        undo(engine, **BY)
    assert plain(known(engine, 1)) == plain(before)
    assert known(engine, 1).sequence == 6
    with pytest.raises(UsageError, match=r"what 张三 did last is not undone: it was added .*`tracker cancel 1"):
        undo(engine, **BY)


def test_who_names_no_milestone_undoes_what_they_did_themselves(engine: Engine) -> None:
    made(engine)
    decide.done(engine, [1], **BY)
    decide.done(engine, [2], day=MONDAY, by="李四", now=NOW)
    with pytest.raises(UsageError, match=r"nothing that 王五 decided is left to undo; --by NAME"):
        undo(engine, day=MONDAY, by="王五", now=NOW)
    assert [one.milestone.id for one in undo(engine, **BY)] == [1]


def test_of_decisions_that_touch_different_fields_each_can_be_undone(engine: Engine) -> None:
    made(engine, 1)
    decide.edit(engine, 1, {"title": "新名"}, reason="r", **BY)
    decide.edit(engine, 1, {"due": date(2018, 12, 15)}, reason="r", day=MONDAY, by="李四", now=NOW)
    undo(engine, **BY)
    now = known(engine, 1)
    assert (now.title, now.due, now.decided) == ("事项1", date(2018, 12, 15), ("due",))


def test_a_later_word_on_the_same_field_is_not_overridden(engine: Engine) -> None:
    made(engine, 1)
    decide.edit(engine, 1, {"due": date(2018, 12, 15)}, reason="r", **BY)
    decide.edit(engine, 1, {"due": date(2018, 12, 20)}, reason="r", day=MONDAY, by="李四", now=NOW)
    told = "milestone 1: its due was changed since \\(edited on 2018-09-03 by 李四\\); nothing was undone"
    with pytest.raises(UsageError, match=told):
        undo(engine, **BY)
    undo(engine, 1, **BY)
    undo(engine, 1, **BY)
    assert known(engine, 1).due == date(2018, 11, 30)


def test_what_a_document_says_is_not_undone(engine: Engine) -> None:
    read(engine, "11月")
    read(engine, "12月")
    with pytest.raises(UsageError, match=r"nothing is left to undo of milestone 1: a document says so \(1 moved on"):
        undo(engine, 1, **BY)
    decide.edit(engine, 1, {"title": "新名"}, reason="r", **BY)
    read(engine, "10月")
    undo(engine, 1, **BY)  # the document changed other fields
    assert (known(engine, 1).title, known(engine, 1).due) == ("完成改造任务，形成经验", date(2018, 10, 31))
    with pytest.raises(UsageError, match="no milestone has the id 99"):
        undo(engine, 99, **BY)


def test_a_day_that_nobody_decides_any_more_follows_the_document_again(engine: Engine) -> None:
    read(engine, "11月")
    decide.edit(engine, 1, {"due": date(2018, 12, 15)}, reason="r", **BY)
    undo(engine, 1, **BY)
    assert known(engine, 1).decided == ()
    read(engine, "12月")
    assert known(engine, 1).due == date(2018, 12, 31)


def test_a_name_that_turned_out_to_be_an_alias_is_no_decision_to_undo(engine: Engine) -> None:
    made(engine, 1)
    add_alias(engine, "市教育局", "市住建委", **BY)
    with pytest.raises(UsageError, match="milestone 1: there is nothing to restore: 市教育局即市住建委"):
        undo(engine, 1, **BY)


def test_a_remark_is_undone_and_no_audit_finds_fault_with_it(engine: Engine) -> None:
    made(engine, 1)
    for hour, words in enumerate(("完成一半", "全部完成")):
        remark(engine, 1, {"progress": words}, day=MONDAY, by="张三", now=NOW + timedelta(hours=hour))
        assert verify(engine).faults == ()
    undo(engine, 1, **BY | {"now": NOW + timedelta(hours=3)})
    with store.reading(engine) as db:
        assert remarks(store.history.of_milestone(db, 1)).progress == "完成一半"
    assert verify(engine).faults == ()
    undo(engine, 1, **BY | {"now": NOW + timedelta(hours=4)})
    with store.reading(engine) as db:
        assert remarks(store.history.of_milestone(db, 1)).progress == ""
    assert verify(engine).faults == ()


def test_the_note_of_a_decision_that_was_undone_is_no_remark_any_more(engine: Engine) -> None:
    made(engine, 1)
    decide.done(engine, [1], note="完工", evidence="见报告", **BY)
    undo(engine, 1, **BY)
    with store.reading(engine) as db:
        assert remarks(store.history.of_milestone(db, 1)) == Remarks()


def test_nothing_is_undone_before_it_holds(engine: Engine) -> None:
    made(engine, 1)
    decide.done(engine, [1], **BY)
    with pytest.raises(UsageError, match="the decision holds from 2018-09-03: undo it on that day or later"):
        undo(engine, 1, day=MONDAY - timedelta(days=1), by="张三", now=NOW)


def test_a_dispute_that_an_undone_word_had_settled_is_one_again(program: Program) -> None:
    first, second = (program.pilot(f"2018年{month}月底前完成改造任务。", f"{month}.txt") for month in (11, 12))
    program.ok("ingest", first, "--as", "a", "--published", "2018-08-31")
    rows = program.ok("list", "--document", "a", "--format", "jsonl", *DAY).rows
    id = str(rows[0]["id"])

    def noticed() -> bool:
        return f"in the document now: {id};" in program("doctor", *DAY).said

    program.ok("edit", id, "--due", "2018-12-15", "--reason", "r", *DAY)
    program("ingest", second, "--as", "a", "--published", "2018-09-01")
    assert noticed()
    program.ok("edit", id, "--due", "2018-12-20", "--reason", "r", *DAY)
    assert not noticed()
    program.ok("undo", id, *DAY)
    assert noticed()


def test_the_command_says_what_is_undone_and_a_dry_run_only_says_it(program: Program) -> None:
    program.ok("done", "3", "4-5", "--by", "张三", *DAY)
    trial = program.ok("undo", "4", "--dry-run", *DAY)
    assert [line.split(" undone ")[0] for line in trial.out.splitlines()] == ["3", "4", "5"]
    assert "4 undone (completed 2018-11-05, 张三): status: completed → open; closed_on: 2018-11-05 → –" in trial.said
    assert trial.err == "dry run: nothing is stored\n"
    assert len(program.ok("list", "--format", "jsonl", *DAY).rows) == 36
    assert program.ok("undo", "4", "--reason", "误操作", *DAY).out == trial.out
    assert len(program.ok("list", "--format", "jsonl", *DAY).rows) == 39
    assert "误操作" in program.ok("show", "4", *DAY).out
    answer = program("undo", "4", *DAY)
    assert (answer.code, answer.out) == (2, "")
    assert "nothing is left to undo of milestone 4" in answer.said


def test_whatever_is_decided_and_undone_the_table_of_each_day_is_the_replay_of_its_history(engine: Engine) -> None:
    lot = random.Random(7)
    made(engine, 4)
    read(engine, "11月")
    seen: dict[date, list[Milestone]] = {}
    for number in range(1, 81):
        day, now = MONDAY + timedelta(days=number // 2), NOW + timedelta(hours=12 * number)
        before = {one.id: one.sequence for one in table(engine)}
        with suppress(UsageError):
            something(engine, lot, day, now)
        seen[day] = table(engine)
        assert all(one.sequence >= before[one.id] for one in seen[day])
    assert verify(engine).faults == ()
    with store.reading(engine) as db:
        entries = store.history.load(db, sa.true())
        for day, milestones in seen.items():
            assert store.as_of(db, day) == milestones
    actions = {entry.action for entry in entries}
    assert {"undone", "completed", "reopened", "cancelled", "acknowledged", "edited", "moved"} <= actions


def something(engine: Engine, lot: random.Random, day: date, now: datetime) -> None:
    """What somebody may do, and may be refused."""
    words: dict[str, Any] = {"day": day, "by": lot.choice("甲乙"), "now": now}
    ids, other = lot.sample(range(1, 6), lot.randint(1, 2)), day + timedelta(days=lot.randint(1, 60))
    renamed = {"title": f"名{lot.random()}", "lead": ("市规划局",)}
    steps: list[Callable[[], object]] = [
        lambda: decide.done(engine, ids, **words),
        lambda: decide.reopen(engine, ids, **words),
        lambda: decide.cancel(engine, ids, reason="r", **words),
        lambda: decide.acknowledge(engine, ids, other, agency=lot.choice(["市住建委", None]), **words),
        lambda: decide.edit(engine, ids[0], {"due": other}, reason="r", **words),
        lambda: decide.edit(engine, ids[0], renamed, reason="r", **words),
        lambda: read(engine, lot.choice(["10月", "11月", "12月"]), day, now),
        lambda: undo(engine, ids[0], **words),
        lambda: undo(engine, **words),
    ]
    (step,) = lot.choices(steps, weights=[1, 3, 1, 2, 2, 2, 2, 2, 1])
    step()


def table(engine: Engine) -> list[Milestone]:
    with store.reading(engine) as db:
        return store.milestones.all_milestones(db)
