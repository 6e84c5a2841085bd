"""What a revised document changes: a copy of the seed with ten kinds of change, matched, reported, told, undone."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from cli_program import Program
from milestone_factory import SEED, commitment, milestone
from sqlalchemy.engine import Engine

from tracker import store
from tracker.commitments import Commitment
from tracker.commitments import extract as extracted
from tracker.jobs import decide
from tracker.jobs.coverage import numbered
from tracker.jobs.ingest import ingest_all
from tracker.jobs.plans import Report
from tracker.jobs.reading import Reading
from tracker.milestones import Milestone, Status
from tracker.milestones.amendments import Kind, of_entries
from tracker.milestones.matching import match
from tracker.render.amendments import marked
from tracker.sources import read

REVISED = Path(__file__).parent / "data" / "revised"
OLD_DAY, NEW_DAY = date(2018, 8, 31), date(2018, 9, 5)
NOW = datetime(2018, 9, 5, 1, 30, tzinfo=UTC)
BOOKKEEPING = {"sequence", "modified", "moved_on"}  # these go on, whatever the document says
AMENDED = {
    11: ((Kind.EARLIER, Kind.PLACED), "2018-11-30", "2018-10-31"),
    None: ((Kind.ADDED,), "None", "2019-06-30"),
    12: ((Kind.LATER, Kind.PLACED), "2018-12-31", "2019-03-31"),
    4: ((Kind.REASSIGNED, Kind.PLACED), "2018-12-31", "2018-12-31"),
    23: ((Kind.REWORDED, Kind.PLACED), "2018-12-31", "2018-12-31"),
    34: ((Kind.WITHDRAWN,), "2020-12-31", "2020-12-31"),
}
REPORT = """\
提前1项，新增1项，推迟1项，改责任单位1项，改写1项，删除1项；另有34项只调整编号或标题
"""


def take(engine: Engine, folder: Path, day: date, **words: Any) -> Report:
    source = read(str(folder / "document.txt"))
    reading = Reading(source, extracted(source), numbered(source.text))
    (report,) = ingest_all(engine, [reading], today=day, now=NOW, actor="tracker", **words)
    return report


def table(engine: Engine) -> dict[int, Milestone]:
    with store.reading(engine) as db:
        return {one.id: one for one in store.milestones.all_milestones(db)}


def said(quote: str, item: str, title: str, **more: Any) -> Commitment:
    given: dict[str, Any] = {"timex": "2018年底", "due": date(2018, 12, 31), "agencies": ("市卫生计生委",)}
    return commitment(item=item, item_title=title, quote=quote, **given | more)


def pairs(new: list[Commitment], old: list[Commitment]) -> dict[int, int]:
    """By the places of the old commitments those of the new ones that they are."""
    known = [milestone(id, stated=one, due=one.due) for id, one in enumerate(old)]
    return {one.id: place for place, one in match(new, known)}


def test_a_revised_copy_of_the_seed_gives_exactly_the_expected_report(engine: Engine) -> None:
    take(engine, SEED, OLD_DAY)
    before = table(engine)
    dry = take(engine, REVISED, NEW_DAY, dry_run=True)
    assert table(engine) == before
    stored = take(engine, REVISED, NEW_DAY)
    for report in (dry, stored):
        found = {
            one.before and one.before.id: (one.kinds, str(one.before and one.before.due), str(one.after.due))
            for one in report.amendments
            if one.kinds != (Kind.PLACED,)
        }
        assert found == AMENDED
        assert sum(one.kinds == (Kind.PLACED,) for one in report.amendments) == 34
    assert [one.id for one in stored.amendments if one.before is None] == [40]


def test_reading_old_new_old_again_ends_where_it_began_with_history(engine: Engine) -> None:
    def content(one: Milestone) -> dict[str, Any]:
        return {field.name: getattr(one, field.name) for field in fields(one) if field.name not in BOOKKEEPING}

    take(engine, SEED, OLD_DAY)
    first = table(engine)
    take(engine, REVISED, NEW_DAY)
    take(engine, SEED, NEW_DAY)
    last = table(engine)
    assert {id: content(one) for id, one in last.items() if id in first} == {id: content(first[id]) for id in first}
    assert [(id, last[id].withdrawn) for id in last.keys() - first.keys()] == [(40, True)]
    with store.reading(engine) as db:
        written = {id: [one.action for one in store.history.of_milestone(db, id)] for id in (11, 12, 34, 40)}
    assert written == {
        11: ["added", "moved", "moved"],
        12: ["added", "moved", "moved"],
        34: ["added", "withdrawn", "restored"],
        40: ["added", "withdrawn"],
    }


def test_what_a_person_decided_stays_and_is_reported_as_kept(engine: Engine) -> None:
    who: dict[str, Any] = {"by": "王", "now": NOW, "day": OLD_DAY}
    take(engine, SEED, OLD_DAY)
    decide.edit(engine, 12, {"due": date(2019, 1, 15)}, reason="会议纪要", **who)
    decide.edit(engine, 4, {"agencies": ("市住建委", "市规划局")}, reason="联合", **who)
    decide.done(engine, [11], **who)
    report = take(engine, REVISED, NEW_DAY)
    found = {one.before.id: one.kinds for one in report.amendments if one.before}
    assert found[12] == found[4] == (Kind.KEPT, Kind.PLACED)
    assert found[11] == (Kind.KEPT,)  # a closed one only notes what the document says
    now = table(engine)
    assert (now[12].due, now[4].agencies, now[11].status) == (
        date(2019, 1, 15), ("市住建委", "市规划局"), Status.COMPLETED,
    )  # fmt: skip
    assert now[11].due == date(2018, 11, 30)


HOSPITALS = "完成2018年十大改善医疗服务项目的各项指标任务"
UNION = "年底前，在各区县（市）全面推开县域医共体建设"
REFORM = [
    said(UNION, "102", "第一批省级综合医改先行先试地区"),
    said("重点人群签约80万", "102", "第一批省级综合医改先行先试地区"),
]
PUBLIC = [said(UNION, "104", "第二批公立医院改革"), said(HOSPITALS, "104", "第二批公立医院改革")]
BOTH = "第一批省级综合医改先行先试地区和第二批公立医院改革"


def test_what_two_merged_pilots_said_alike_stays_two_milestones() -> None:
    new = [replace(one, item="1", item_title=BOTH) for one in (*REFORM, PUBLIC[1])]
    assert pairs(new, [*REFORM, *PUBLIC]) == {0: 0, 1: 1, 2: 0, 3: 2}


def test_what_only_the_other_pilot_says_alike_is_gone_with_a_pilot_that_is_gone() -> None:
    assert pairs(REFORM, [*REFORM, *PUBLIC]) == {0: 0, 1: 1}


def test_pilots_that_change_numbers_titles_and_words_at_once_are_known_by_what_is_left() -> None:
    old = [*REFORM, *PUBLIC]
    new = [replace(one, item="104", item_title="医改试点") for one in REFORM]
    new += [replace(one, item="102", item_title="公立医院") for one in PUBLIC]
    new[1] = replace(new[1], quote="全市重点人群签约服务达到80万")
    assert pairs(new, old) == {0: 0, 1: 1, 2: 2, 3: 3}


def test_a_title_that_changed_a_little_is_the_same_title() -> None:
    names = ["全国社区教育示范区建设", "全国健康城市建设首批试点城市"]
    old = [said("完成年度任务", str(n), name) for n, name in enumerate(names)]
    new = [said("完成年度任务", str(1 - n), f"{name}工作") for n, name in enumerate(names)]
    assert pairs(new[::-1], old) == {0: 1, 1: 0}


def test_a_pilot_split_in_two_keeps_its_milestones_even_reworded() -> None:
    old = [
        said(words, "97", "老旧小区改造") for words in ("建立老旧小区改造机制", "完成6个小区的改造任务", "出台改造指南")
    ]
    new = [
        said("建立老旧小区改造机制", "1", "机制建设"),
        said("全面完成6个小区改造的任务", "2", "项目建设"),
        said("出台改造指南", "2", "项目建设"),
    ]
    assert pairs(new, old) == {0: 0, 1: 1, 2: 2}


def test_entries_that_undo_each_other_are_no_amendment(engine: Engine) -> None:
    take(engine, SEED, OLD_DAY)
    take(engine, REVISED, NEW_DAY)
    with store.reading(engine) as db:
        once = [one for one in store.history.of_milestone(db, 12) if one.action != "added"]
    amendment = of_entries(table(engine)[12], once)
    assert amendment is not None
    assert amendment.kinds == (Kind.LATER, Kind.PLACED)
    take(engine, SEED, NEW_DAY)
    with store.reading(engine) as db:
        both = [one for one in store.history.of_milestone(db, 12) if one.action != "added"]
    assert len(both) == 2
    assert of_entries(table(engine)[12], both) is None


def test_what_differs_between_two_sentences_is_marked() -> None:
    assert list(marked("计划于年底前出台意见", "于年底前印发意见")) == [
        ("del", "计划"), ("", "于年底前"), ("del", "出台"), ("ins", "印发"), ("", "意见"),
    ]  # fmt: skip
    assert list(marked("", "新")) == [("ins", "新")]


@pytest.mark.parametrize("name", ["report.html", "report.txt"])
def test_the_report_is_written_before_anything_is_stored_and_after(program: Program, tmp_path: Path, name: str) -> None:
    program("ingest", str(SEED / "document.txt"), "--as-of", "2018-08-31")
    file = tmp_path / name
    for dry in (["--dry-run"], []):
        answer = program("ingest", str(REVISED / "document.txt"), "--as-of", "2018-09-05", "--report", str(file), *dry)
        assert answer.code == 0
        assert "34 milestones renumbered" in answer.out
        assert "[put off, renumbered or retitled]" in answer.out
        text = file.read_text("utf-8").replace("\n", "")
        assert REPORT.strip() in text
        assert "静默推迟" in text


def test_a_report_of_another_kind_is_refused_before_anything_is_read(program: Program) -> None:
    answer = program("ingest", str(SEED / "document.txt"), "--report", "changes.docx")
    assert answer.code == 2
    assert ".html" in answer.err
