"""Reading documents into a database and deciding about what is there: what is stored, survives, is refused."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from milestone_factory import commitment
from sqlalchemy.engine import Engine

from tracker import store
from tracker.commitments import Commitment, Extraction, Sighting
from tracker.documents import Source
from tracker.errors import DatabaseError, Problem, UsageError
from tracker.jobs import add, agencies, decide
from tracker.jobs.ingest import Report, ingest, ingest_all, withdraw
from tracker.jobs.occurrences import open_due
from tracker.jobs.reading import Reading
from tracker.milestones import Added, Milestone, Moved, Status
from tracker.store import schema
from tracker.timex import Mention, Timex

PUBLISHED, TODAY = date(2018, 8, 31), date(2018, 9, 3)
NOW = datetime(2018, 9, 3, 1, tzinfo=UTC)
NOV, DEC = date(2018, 11, 30), date(2018, 12, 31)
WHO: dict[str, Any] = {"by": "王", "now": NOW}


def said(quote: str, timex: str, due: date | None, **fields: Any) -> Commitment:
    body = {"item": "97", "item_title": "老旧小区改造", "agencies": ("市住建委",), "lead": ("市住建委",)}
    return commitment(**body | {"quote": quote, "timex": timex, "due": due, "precision": "month"} | fields)


A = said("11月底完成6个小区的改造任务", "11月底", NOV)
B = said("2018年12月底前，完善审批制度框架", "2018年12月底前", DEC, item="98", agencies=("市住建委", "市规划局"))
C = said("每年改造不低于50万平方米", "每年", DEC, kind="recurrence", recurrence="YEARLY", rrule="FREQ=YEARLY")
D = said("在5年时间内建立长效机制", "5年时间内", None, kind="duration", precision=None)
ALL = (A, B, C, D)


TEXT = "97.老旧小区改造\n" + "".join(f"{one.quote}。\n" for one in ALL) + "7月底的事。\n9月28日召开现场会。\n"


def sighting(quote: str, fate: Any, context: str = "", due: date | None = None) -> Sighting:
    mention = Mention(quote, 0, len(quote), Timex("DATE", str(due), end=due, precision="day"))
    start = TEXT.index(context or f"{quote}的事")
    start = TEXT.index(quote, start)
    reason = "" if fate == "tracked" else "reason"
    return Sighting(mention, "past", "97", context or f"{quote}的事", start, start + len(quote), fate, reason)


SIGHTINGS = (
    *(sighting(one.timex, "tracked", one.quote) for one in ALL),
    sighting("7月底", "set-aside"),
    sighting("9月28日", "waiting", "9月28日召开现场会", date(2018, 9, 28)),
)


def source(text: str = "text", **fields: Any) -> Source:
    given = {
        "key": "ningbo", "text": text, "title": "改革试点任务清单", "issuer": "宁波市", "published": PUBLISHED,
        "published_as": "2018-08", "published_from": "document.toml", "confirmed": True, "file_name": "document.txt",
    }  # fmt: skip
    return Source(**given | fields)


def extraction(commitments: Sequence[Commitment] = ALL, sightings: Sequence[Sighting] = SIGHTINGS) -> Extraction:
    return Extraction("ningbo", tuple(commitments), tuple(sightings), (Problem("ningbo", "2月30日", "no such day"),))


@pytest.fixture
def read(engine: Engine) -> Callable[..., Report]:
    """Ingests commitments as of 2018-09-03; a text that differs makes a new reading."""

    def run(commitments: Sequence[Commitment] = ALL, text: str = "text", **words: Any) -> Report:
        found = extraction(commitments, words.pop("sightings", SIGHTINGS))
        about = {name: words.pop(name) for name in ("published", "title", "key") if name in words}
        when: dict[str, Any] = {"today": TODAY, "now": NOW, "actor": "tracker"}
        return ingest(engine, source(TEXT + text, **about), found, **when | words)

    return run


def everything(engine: Engine) -> list[Milestone]:
    with store.reading(engine) as db:
        return store.milestones.all_milestones(db)


def dump(engine: Engine) -> dict[str, list[Any]]:
    """Every row of every table."""
    with store.reading(engine) as db:
        return {table.name: db.execute(sa.select(table)).all() for table in schema.metadata.sorted_tables}


def get(engine: Engine, id: int) -> Milestone:
    with store.reading(engine) as db:
        return store.milestones.by_ids(db, [id])[id]


def history(engine: Engine, id: int) -> list[tuple[str, date, dict[str, Any]]]:
    with store.reading(engine) as db:
        return [(one.action, one.day, one.changes) for one in store.history.of_milestone(db, id)]


def test_a_first_reading_stores_every_commitment_as_the_document_states_it(
    engine: Engine, read: Callable[..., Report]
) -> None:
    report = read()
    a, b, c, d = everything(engine)
    assert report.added == (a.id, b.id, c.id, d.id) == (1, 2, 3, 4)
    assert [one.stated for one in (a, b, c, d)] == list(ALL)
    assert (a.due, a.baseline_due, a.title, a.agencies, a.lead) == (
        NOV,
        NOV,
        "完成6个小区的改造任务",
        ("市住建委",),
        ("市住建委",),
    )
    assert (b.agencies, b.lead, b.support) == (("市住建委", "市规划局"), ("市住建委",), ())
    assert (c.series, c.occurrence, c.title) == (c.id, date(2018, 1, 1), "改造不低于50万平方米（2018年）")
    assert (d.due, d.series) == (None, None)
    assert {one.tracked_from for one in (a, b, c, d)} == {TODAY}
    assert (a.document, a.document_title, a.status, a.sequence) == ("ningbo", "改革试点任务清单", Status.OPEN, 0)
    assert a.modified == NOW
    assert history(engine, a.id)[0][:2] == ("added", PUBLISHED)


def test_a_document_dated_by_its_month_is_in_the_table_on_the_day_it_is_read(
    engine: Engine, read: Callable[..., Report]
) -> None:
    read(today=date(2018, 8, 20))
    with store.reading(engine) as db:
        assert len(store.as_of(db, date(2018, 8, 20))) == len(ALL)
        assert store.as_of(db, date(2018, 8, 19)) == []


def test_every_date_expression_is_counted(read: Callable[..., Report]) -> None:
    report = read()
    assert (report.counts.tracked, report.counts.set_aside, report.counts.waiting) == (4, 1, 1)
    assert report.counts.all == len(SIGHTINGS)
    assert [one.mention.quote for one in report.waiting] == ["9月28日"]
    assert report.problems[0].words == "2月30日"


def test_the_same_document_again_changes_nothing(engine: Engine, read: Callable[..., Report]) -> None:
    read()
    before = dump(engine)
    report = read(now=datetime(2018, 9, 4, tzinfo=UTC))
    assert report.unchanged
    assert (report.new, report.same_text, report.changes) == (False, True, ())
    assert dump(engine) == before


def test_a_dry_run_tells_the_same_and_writes_nothing(engine: Engine, read: Callable[..., Report]) -> None:
    before = dump(engine)
    dry = read(dry_run=True)
    assert dump(engine) == before
    wet = read()
    assert (dry.changes, dry.counts, dry.new) == (wet.changes, wet.counts, wet.new)


def test_a_revised_document_is_a_new_reading_and_moves_withdraws_and_adds(
    engine: Engine, read: Callable[..., Report]
) -> None:
    read()
    moved = said("12月底完成6个小区的改造任务", "12月底", DEC)
    new = said("9月底成立领导小组", "9月底", date(2018, 9, 30))
    report = read([moved, C, D, new], "text 2", published=date(2018, 10, 8), today=date(2018, 10, 9))
    assert [type(one).__name__ for one in report.changes] == ["Moved", "Added", "Withdrawn"]
    assert (get(engine, 1).due, get(engine, 1).baseline_due, get(engine, 1).sequence) == (DEC, NOV, 1)
    assert (get(engine, 2).withdrawn, get(engine, 2).status) == (True, Status.OPEN)
    action, day, changes = history(engine, 1)[1]
    assert (action, day) == ("moved", date(2018, 10, 8))
    assert changes["due"] == ("2018-11-30", "2018-12-31")
    assert changes["stated.timex"] == ("11月底", "12月底")
    with store.reading(engine) as db:
        assert len(db.execute(sa.select(schema.readings)).all()) == 2
        assert store.documents.text(db, "ningbo") == f"{TEXT}text 2"


def test_old_new_old_ends_where_it_began_with_history(engine: Engine, read: Callable[..., Report]) -> None:
    read()
    before = everything(engine)
    read([replace(A, due=DEC), C, D], "text 2")
    read(ALL, "text")
    after = everything(engine)
    assert [replace(one, sequence=0, modified=NOW, moved_on=None) for one in after] == before
    assert [one.moved_on for one in after] == [TODAY, None, None, None]
    assert [action for action, _, _ in history(engine, 1)] == ["added", "moved", "moved"]
    assert [action for action, _, _ in history(engine, 2)] == ["added", "withdrawn", "restored"]


def test_a_sentence_that_stands_elsewhere_keeps_its_provenance_right(
    engine: Engine, read: Callable[..., Report]
) -> None:
    read()
    report = read([replace(one, start=70, stop=90) for one in ALL], "longer text")
    assert report.changes == ()
    assert not report.unchanged
    assert [one.stated.start for one in everything(engine) if one.stated] == [70] * 4
    with store.reading(engine) as db:
        assert set(db.execute(sa.select(schema.milestones.c.reading_id)).scalars()) == {2}
    assert [len(history(engine, id)) for id in (1, 2, 3, 4)] == [1] * 4


def test_what_people_decided_survives_a_revised_document(engine: Engine, read: Callable[..., Report]) -> None:
    read()
    decide.edit(engine, 1, {"due": date(2018, 12, 15)}, reason="延期批准", day=TODAY, **WHO)
    decide.done(engine, [2], day=TODAY, **WHO)
    by_hand = add.add(engine, add.Wanted(title="报送总结", due=DEC, document="ningbo"), day=TODAY, **WHO)
    report = read([said("11月20日前完成6个小区的改造任务", "11月20日前", date(2018, 11, 20)), C, D], "text 2")
    assert isinstance(report.changes[0], Moved)
    assert (get(engine, 1).due, get(engine, 1).baseline_due) == (date(2018, 12, 15), NOV)
    assert (get(engine, 2).status, get(engine, 2).withdrawn) == (Status.COMPLETED, False)
    assert get(engine, by_hand.id) == by_hand


def test_a_withdrawn_document_comes_back_when_it_is_read_again(engine: Engine, read: Callable[..., Report]) -> None:
    read()
    decide.done(engine, [2], day=TODAY, **WHO)
    assert withdraw(engine, "ningbo", day=TODAY, now=NOW, actor="王", reason="废止") == [1, 3, 4]
    with store.reading(engine) as db:
        assert store.documents.get(db, "ningbo").withdrawn_on == TODAY
        assert store.sightings.waiting(db) == []
    assert [one.withdrawn for one in everything(engine)] == [True, False, True, True]
    report = read()
    assert [type(one).__name__ for one in report.changes] == ["Restored"] * 3
    assert not any(one.withdrawn for one in everything(engine))
    with store.reading(engine) as db:
        assert store.documents.get(db, "ningbo").withdrawn_on is None


def test_what_is_gone_or_back_is_so_from_the_day_of_the_reading(engine: Engine, read: Callable[..., Report]) -> None:
    read()
    withdraw(engine, "ningbo", day=date(2018, 10, 8), now=NOW, actor="王")
    read([replace(A, due=DEC), B, C, D], "text 2", today=date(2018, 10, 10))
    read([B, C, D], "text 3", today=date(2018, 10, 12))

    def withdrawn(day: int) -> list[int]:
        with store.reading(engine) as db:
            return [one.id for one in store.as_of(db, date(2018, 10, day)) if one.withdrawn]

    found = {day: withdrawn(day) for day in range(7, 13)}
    assert found == {7: [], 8: [1, 2, 3, 4], 9: [1, 2, 3, 4], 10: [], 11: [], 12: [1]}


def test_the_next_occurrence_opens_when_its_period_begins_whether_or_not_the_former_was_closed(
    engine: Engine, read: Callable[..., Report]
) -> None:
    read()
    decide.edit(engine, 3, {"agencies": ["市城管局"]}, reason="职责调整", day=TODAY, **WHO)

    def scan(day: date) -> list[int]:
        with store.writing(engine) as db:
            return open_due(db, day=day, now=NOW, actor="tracker")

    assert scan(date(2018, 12, 31)) == []
    (second,) = scan(date(2019, 1, 3))
    assert scan(date(2019, 1, 4)) == []
    opened = get(engine, second)
    assert (opened.title, opened.due, opened.baseline_due) == (
        "改造不低于50万平方米（2019年）",
        date(2019, 12, 31),
        date(2019, 12, 31),
    )
    assert (opened.series, opened.occurrence, opened.agencies) == (3, date(2019, 1, 1), ("市城管局",))
    assert (opened.tracked_from, opened.quote) == (date(2019, 1, 1), C.quote)
    assert history(engine, second)[0][:2] == ("opened", date(2019, 1, 1))
    decide.done(engine, [second], day=date(2019, 6, 1), **WHO)
    assert get(engine, 3).status == Status.OPEN
    (third,) = scan(date(2020, 1, 1))
    decide.cancel(engine, [third], reason="任务调整", day=date(2020, 2, 1), **WHO)
    assert scan(date(2021, 1, 1)) == []


def test_a_document_read_years_later_opens_the_first_and_the_current_period(
    engine: Engine, read: Callable[..., Report]
) -> None:
    report = read([C], today=date(2021, 2, 1))
    assert [one.occurrence for one in everything(engine)] == [date(2018, 1, 1), date(2021, 1, 1)]
    assert report.opened == (2,)
    again = read([C], today=date(2021, 2, 1))
    assert again.unchanged


def test_a_rewording_reaches_the_open_occurrences_and_a_withdrawal_ends_the_series(
    engine: Engine, read: Callable[..., Report]
) -> None:
    read([C], today=date(2019, 2, 1))
    decide.done(engine, [1], day=date(2019, 2, 1), **WHO)
    report = read(
        [replace(C, quote="每年新增改造不低于60万平方米", due=date(2019, 12, 31))], "text 2", published=date(2019, 3, 1)
    )
    assert [type(one).__name__ for one in report.changes] == ["Reworded"]
    assert (get(engine, 2).quote, get(engine, 2).due) == ("每年新增改造不低于60万平方米", date(2019, 12, 31))
    assert get(engine, 2).title == "新增改造不低于60万平方米（2019年）"
    read([], "text 3", published=date(2019, 4, 1), today=date(2019, 4, 1))
    assert (get(engine, 1).status, get(engine, 2).withdrawn) == (Status.COMPLETED, True)
    assert read([], "text 3", published=date(2019, 4, 1), today=date(2020, 4, 1)).opened == ()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"agencies": ("局" * 201,)}, "200 characters, not 201"),
        ({"lead": ("甲\0局",)}, "no name of an agency"),
        ({"item": "9" * 51}, "item can have 50 characters"),
        ({"recurrence": "YEARLY", "rrule": "FREQ=YEARLY;COUNT=" + "0" * 90 + "9"}, "rrule can have 100 characters"),
        ({"title": "报送\0总结"}, "NUL"),
    ],
)
def test_what_not_every_database_can_keep_is_refused(
    engine: Engine, read: Callable[..., Report], fields: dict[str, Any], told: str
) -> None:
    read()
    before = dump(engine)
    with pytest.raises(UsageError, match=told):
        add.add(engine, add.Wanted(**{"title": "报送总结", "due": DEC} | fields), day=TODAY, **WHO)
    for name in fields.keys() & {*decide.EDITABLE}:
        with pytest.raises(UsageError, match=told):
            decide.edit(engine, 1, {name: fields[name]}, reason="更正", day=TODAY, **WHO)
    for call in (
        lambda: decide.done(engine, [2**31], day=TODAY, **WHO),
        lambda: decide.done(engine, [1], note="\0", day=TODAY, **WHO),
        lambda: add.promote(engine, 2**31, day=TODAY, **WHO),
        lambda: agencies.set_addresses(engine, {"局" * 201: {}}),
        lambda: agencies.add_alias(engine, "局" * 201, "市住建委", day=TODAY, **WHO),
    ):
        with pytest.raises(UsageError):
            call()
    assert dump(engine) == before


def test_an_agency_that_turns_out_to_be_another_keeps_its_parts_and_leaves_a_trace(
    engine: Engine, read: Callable[..., Report]
) -> None:
    read([replace(A, agencies=("市规划局", "市住建委", "规划处"), lead=("规划处",), support=("市住建委",)), B, C, D])
    later = NOW + timedelta(days=30)
    agencies.add_alias(engine, "规划处", "市规划局", day=date(2018, 10, 3), by="王", now=later)
    now = get(engine, 1)
    assert (now.agencies, now.lead, now.support) == (("市规划局", "市住建委"), ("市规划局",), ("市住建委",))
    assert (now.modified, get(engine, 2).modified) == (later, NOW)
    action, day, changes = history(engine, 1)[-1]
    assert (action, day, changes["lead"]) == ("edited", date(2018, 10, 3), (["规划处"], ["市规划局"]))
    assert len(history(engine, 2)) == 1
    with store.reading(engine) as db:
        (then, *_) = store.as_of(db, date(2018, 10, 2))
    assert (then.agencies, then.lead) == (("市规划局", "市住建委"), ("市规划局",))


def test_the_table_as_of_a_day(engine: Engine, read: Callable[..., Report]) -> None:
    read()
    decide.done(engine, [1], day=date(2018, 11, 20), **WHO)
    decide.edit(engine, 2, {"due": date(2019, 3, 31)}, reason="延期", day=date(2018, 12, 1), **WHO)
    add.add(engine, add.Wanted(title="报送总结", due=DEC), day=date(2018, 12, 5), **WHO)

    def table(day: date) -> list[tuple[int, str, date | None]]:
        with store.reading(engine) as db:
            return [(one.id, one.status.value, one.due) for one in store.as_of(db, day)]

    assert table(date(2018, 8, 30)) == []
    undated, yearly = (4, "open", None), (3, "open", DEC)
    assert table(date(2018, 11, 19)) == [(1, "open", NOV), (2, "open", DEC), yearly, undated]
    assert table(date(2018, 11, 20)) == [(1, "completed", NOV), (2, "open", DEC), yearly, undated]
    later = [(1, "completed", NOV), (2, "open", date(2019, 3, 31)), yearly, undated]
    assert table(date(2018, 12, 4)) == later
    assert table(date(2018, 12, 5)) == [*later, (5, "open", DEC)]


def test_closing_reopening_and_correcting_are_written_down(engine: Engine, read: Callable[..., Report]) -> None:
    read()
    (closed,) = decide.done(engine, [1], day=date(2018, 11, 20), note="已验收", evidence="验收单.pdf", **WHO)
    assert (closed.status, closed.closed_on, closed.sequence) == (Status.COMPLETED, date(2018, 11, 20), 1)
    (opened,) = decide.reopen(engine, [1], day=date(2018, 11, 22), reason="抽查不合格", **WHO)
    assert (opened.status, opened.closed_on, opened.sequence) == (Status.OPEN, None, 2)
    edited = decide.edit(engine, 1, {"title": "改造6个小区"}, reason="更正", day=date(2018, 11, 23), **WHO)
    assert (edited.title, edited.decided, edited.sequence) == ("改造6个小区", ("title",), 2)
    with store.reading(engine) as db:
        _, one, two, three = store.history.of_milestone(db, 1)
    assert (one.actor, one.note, one.evidence, one.at) == ("王", "已验收", "验收单.pdf", NOW)
    assert one.changes == {"status": ("open", "completed"), "closed_on": (None, "2018-11-20")}
    assert (two.action, two.reason) == ("reopened", "抽查不合格")
    assert three.changes == {"title": ("完成6个小区的改造任务", "改造6个小区")}


AGENCIES = [
    # agencies, lead, support before; the edit; the same after
    ("甲", "甲", "", {"lead": ["乙"]}, "乙", "乙", ""),
    ("甲 丙", "甲", "", {"lead": ["丙"]}, "丙", "丙", ""),
    ("甲 丙", "甲", "", {"lead": ["乙"]}, "乙 丙", "乙", ""),
    ("甲 丙", "甲", "丙", {"agencies": ["甲", "乙"]}, "甲 乙", "甲", ""),
    ("甲 丙", "甲", "丙", {"support": ["乙"]}, "甲 乙", "甲", "乙"),
    ("甲", "甲", "", {"agencies": ["乙"], "lead": ["丙"]}, "乙 丙", "丙", ""),
    ("甲", "甲", "", {"agencies": []}, "", "", ""),
]


@pytest.mark.parametrize(("agencies", "lead", "support", "change", "then", "leads", "supports"), AGENCIES)
def test_lead_and_support_are_always_among_the_agencies(
    engine: Engine, read: Callable[..., Report], agencies: str, lead: str, support: str, change: dict[str, Any],
    then: str, leads: str, supports: str,
) -> None:  # fmt: skip
    read([replace(A, agencies=tuple(agencies.split()), lead=tuple(lead.split()), support=tuple(support.split()))])
    after = decide.edit(engine, 1, change, reason="更正", day=TODAY, **WHO)
    assert (set(after.agencies), after.lead, after.support) == (
        set(then.split()),
        tuple(leads.split()),
        tuple(supports.split()),
    )
    assert set(change) <= set(after.decided)


def test_a_day_for_an_undated_duty_becomes_its_baseline(engine: Engine, read: Callable[..., Report]) -> None:
    read()
    after = decide.edit(engine, 4, {"due": DEC}, reason="会议明确", day=TODAY, **WHO)
    assert (after.due, after.baseline_due, after.precision) == (DEC, DEC, "day")
    after = decide.edit(engine, 4, {"due": NOV}, reason="提前", day=TODAY, **WHO)
    assert (after.due, after.baseline_due, after.sequence) == (NOV, DEC, 2)


REFUSALS: dict[str, tuple[Callable[[Engine], object], str]] = {
    "an unknown id": (lambda e: decide.done(e, [1, 77, 78], day=TODAY, **WHO), "id 77, 78"),
    "done twice": (lambda e: decide.done(e, [1, 2], day=TODAY, **WHO), "milestone 2 was completed on 2018-09-01"),
    "cancelling what is done": (lambda e: decide.cancel(e, [2], reason="x", day=TODAY, **WHO), "2018-09-01"),
    "reopening what is open": (lambda e: decide.reopen(e, [1], day=TODAY, **WHO), "nothing to reopen"),
    "an unknown field": (lambda e: decide.edit(e, 1, {"status": 1}, reason="x", day=TODAY, **WHO), "status"),
    "an edit without effect": (
        lambda e: decide.edit(e, 1, {"due": NOV}, reason="x", day=TODAY, **WHO),
        "says so already",
    ),
    "an empty title": (lambda e: decide.edit(e, 1, {"title": " "}, reason="x", day=TODAY, **WHO), "needs a title"),
    "an end before the beginning": (
        lambda e: decide.edit(e, 1, {"begin": DEC}, reason="x", day=TODAY, **WHO),
        "after its last day",
    ),
    "adding to an unknown document": (
        lambda e: add.add(e, add.Wanted(title="x", due=DEC, document="nb"), day=TODAY, **WHO),
        "no document is called nb",
    ),
    "an unknown recurrence": (
        lambda e: add.add(e, add.Wanted(title="x", due=DEC, recurrence="HOURLY"), day=TODAY, **WHO),
        "HOURLY",
    ),
    "promoting an unknown sighting": (lambda e: add.promote(e, 99, day=TODAY, **WHO), "99"),
    "promoting what is tracked": (lambda e: add.promote(e, 1, day=TODAY, **WHO), "already"),
    "withdrawing an unknown document": (lambda e: withdraw(e, "x", day=TODAY, now=NOW, actor="王"), "called x"),
}


@pytest.mark.parametrize(("act", "told"), REFUSALS.values(), ids=REFUSALS)
def test_a_refused_decision_says_why_and_changes_nothing(
    engine: Engine, read: Callable[..., Report], act: Callable[[Engine], object], told: str
) -> None:
    read()
    decide.done(engine, [2], day=date(2018, 9, 1), **WHO)
    before = dump(engine)
    with pytest.raises(UsageError, match=told):
        act(engine)
    assert dump(engine) == before


def test_a_promoted_date_expression_is_tracked_and_follows_its_document(
    engine: Engine, read: Callable[..., Report]
) -> None:
    read()
    with store.reading(engine) as db:
        (waiting,) = store.sightings.waiting(db)
    made = add.promote(engine, waiting.id, {"lead": ["市府办"]}, day=TODAY, reason="需跟踪", **WHO)
    assert (made.title, made.due, made.precision) == ("召开现场会", date(2018, 9, 28), "day")
    assert (made.agencies, made.lead, made.item_title) == (("市府办",), ("市府办",), "老旧小区改造")
    assert (made.quote, made.timex, made.document) == ("9月28日召开现场会", "9月28日", "ningbo")
    report = read()
    assert report.unchanged
    assert (report.counts.tracked, report.counts.waiting, report.waiting) == (5, 0, ())
    assert read(ALL, "text 2").changes == ()
    gone = read(ALL, "text 3", sightings=SIGHTINGS[:-1])
    assert [type(one).__name__ for one in gone.changes] == ["Withdrawn"]
    back = read(ALL, "text 4")
    assert [type(one).__name__ for one in back.changes] == ["Restored"]
    with store.reading(engine) as db:
        assert {one.milestone for one in store.sightings.of_milestone(db, made.id)} == {made.id}


def test_what_was_read_is_known_by_its_fingerprint_with_its_counts_until_it_is_withdrawn(engine: Engine) -> None:
    doubtful = (replace(A, review=("year",)), B, C, D)
    for key, said, seen in (
        ("waits", ALL, SIGHTINGS), ("sure", ALL, SIGHTINGS[:-1]), ("doubtful", doubtful, SIGHTINGS[:-1])
    ):  # fmt: skip
        reading = Reading(source(key=key), Extraction(key, said, seen, ()), (), f"print of {key}")
        ingest_all(engine, [reading], today=TODAY, now=NOW, actor="t")

    def kept() -> list[tuple[str, int, int, int, bool]]:
        with store.reading(engine) as db:
            found = store.fingerprints.kept(db, {"print of waits", "print of sure", "print of doubtful", "another"})
        return [(one.key, one.tracked, one.set_aside, one.waiting, one.to_look_at) for one in found.values()]

    assert sorted(kept()) == [("doubtful", 4, 1, 0, True), ("sure", 4, 1, 0, False), ("waits", 4, 1, 1, True)]
    withdraw(engine, "waits", day=TODAY, now=NOW, actor="t")
    decide.cancel(engine, [9], reason="x", day=TODAY, **WHO)  # the doubtful one
    assert sorted(kept()) == [("doubtful", 4, 1, 0, False), ("sure", 4, 1, 0, False)]


def test_uids_come_from_the_caller_where_a_test_needs_them_to(read: Callable[..., Report], engine: Engine) -> None:
    numbers: Iterator[int] = iter(range(9))
    read(new_uid=lambda: f"uid-{next(numbers)}")
    assert [one.uid for one in everything(engine)] == [f"uid-{n}" for n in range(4)]


def test_two_documents_are_told_apart_by_their_keys(engine: Engine, read: Callable[..., Report]) -> None:
    read()
    report = read(ALL, key="another")
    assert report.new
    assert len([one for one in report.changes if isinstance(one, Added)]) == 4
    assert len(everything(engine)) == 8
    with store.reading(engine) as db:
        assert [one.key for one in store.documents.listed(db)] == ["ningbo", "another"]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # a server's disk cannot be filled from here
def test_a_full_disk_leaves_the_former_state(engine: Engine, read: Callable[..., Report]) -> None:
    read()
    before = dump(engine)
    many = [said(f"11月底完成第{n}项改造任务", "11月底", NOV) for n in range(2000)]

    @sa.event.listens_for(engine, "begin")
    def no_room(db: sa.Connection) -> None:
        db.exec_driver_sql(f"PRAGMA max_page_count = {db.exec_driver_sql('PRAGMA page_count').scalar() + 20}")

    with pytest.raises(DatabaseError, match="disk is full; nothing was changed"):
        read(many, "text 2")
    assert dump(engine) == before


def test_the_number_of_queries_does_not_grow_with_the_document(engine: Engine, read: Callable[..., Report]) -> None:
    statements: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda c, cur, statement, *rest: statements.append(statement))
    sizes = []
    read()  # the agency is known from here on
    for number, size in enumerate((10, 300)):
        statements.clear()
        many = [said(f"11月底完成第{n}项改造任务", "11月底", NOV, item=str(n)) for n in range(size)]
        read(many, key=f"document {number}")
        read([replace(one, due=DEC) for one in many], "text 2", key=f"document {number}")
        everything(engine)
        sizes.append(len(statements))
    assert sizes[0] == sizes[1]
