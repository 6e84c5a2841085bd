"""What revised documents changed is told in the next digest of each agency concerned, once; slips are seen."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cli_program import Program

from tracker.digests import Revision, Revisions
from tracker.milestones import Entry
from tracker.milestones.slips import Slip, silent
from tracker.render.revisions import revised

REVISED = Path(__file__).parent / "data" / "revised" / "document.txt"
SEED_TEXT = Path(__file__).parent.parent / "seeds" / "ningbo-reform-pilots-2018" / "document.txt"
FORWARD = "［提前］编号11　按照住建部要求完成列入试点计划的6个小区的改造任务：到期日由2018-11-30改为2018-10-31"
BACK = "［推迟］编号12　进一步完善工程建设项目审批制度框架和管理系统：到期日由2018-12-31改为2019-03-31"
REASSIGNED = "责任单位由市规划局（牵头）改为市住建委（牵头）"
WITHDRAWN = "［删除］编号34　率先建成全国健康城市试点示范市"
SILENT = "（静默推迟，未经批准）"


def joined(text: str) -> str:
    return text.replace("\n  ", "").replace("\n", "")


def tell(program: Program, day: str) -> None:
    """A scan whose messages leave."""
    program.ok("scan", "--as-of", day)
    program.ok("deliver", "--as-of", day)


def digest(program: Program, agency: str | None, day: str) -> str:
    return joined(program.ok("digest", *(("--agency", agency) if agency else ()), "--as-of", day).out)


@pytest.fixture
def amended(program: Program) -> Program:
    """The seed, told in 2018-09-03, and revised on 2018-09-05."""
    tell(program, "2018-09-03")
    program.ok("ingest", str(REVISED), "--as-of", "2018-09-05")
    return program


def test_each_agency_concerned_is_told_what_was_changed_of_its_own(amended: Program) -> None:
    housing = digest(amended, "市住建委", "2018-09-10")
    assert FORWARD in housing
    assert BACK in housing
    assert REASSIGNED in housing
    assert SILENT not in housing
    assert WITHDRAWN not in housing
    assert REASSIGNED in digest(amended, "市规划局", "2018-09-10")  # who does not answer for it any more
    assert WITHDRAWN in digest(amended, "市卫生计生委", "2018-09-10")
    assert "［新增］编号40" in digest(amended, "市交通委", "2018-09-10")
    assert "文件修订" not in digest(amended, "市人防办", "2018-09-10")  # its pilot was only renumbered


def test_the_office_is_told_all_of_it_and_what_was_put_off_unapproved(amended: Program) -> None:
    office = digest(amended, None, "2018-09-10")
    for words in (FORWARD, BACK + SILENT, REASSIGNED, WITHDRAWN, "［改写］编号23", "［新增］编号40"):
        assert words in office
    assert "1项静默推迟：原文推后了时限，未经批准（编号12）。" in office


def test_it_is_told_once_and_an_issue_that_never_left_told_nothing(amended: Program) -> None:
    amended.ok("scan", "--as-of", "2018-09-06")
    assert FORWARD in digest(amended, "市住建委", "2018-09-10")
    tell(amended, "2018-09-10")
    assert "文件修订" not in digest(amended, "市住建委", "2018-12-03")
    assert "文件修订" not in digest(amended, None, "2018-12-03")
    assert WITHDRAWN in digest(amended, "市卫生计生委", "2018-12-03")  # which has had no issue since


def test_what_was_taken_back_before_anybody_was_told_is_not_told(amended: Program) -> None:
    amended.ok("ingest", str(SEED_TEXT), "--as-of", "2018-09-06")
    for agency in ("市住建委", "市交通委", "市卫生计生委", None):
        assert "文件修订" not in digest(amended, agency, "2018-09-10")
    assert "静默推迟" not in digest(amended, None, "2018-09-10")


def test_a_first_reading_is_no_revision(program: Program) -> None:
    assert "文件修订" not in digest(program, "市住建委", "2018-09-03")


def test_a_document_that_was_withdrawn_is_told_of(program: Program) -> None:
    tell(program, "2018-09-03")
    program.ok("documents", "withdraw", "ningbo-2018", "--reason", "废止", "--as-of", "2018-09-05")
    assert "［删除］编号12" in digest(program, "市住建委", "2018-09-10")


def test_list_and_show_say_what_was_put_off_unapproved(amended: Program) -> None:
    def put_off() -> dict[int, str]:
        rows = amended.ok("list", "--format", "jsonl", "--as-of", "2018-09-05").rows
        return {row["id"]: row["put_off_from"] for row in rows if row["put_off_from"]}

    assert put_off() == {12: "2018-12-31"}
    assert "2018-12-31 → 2019-03-31" in joined(amended.ok("show", "12", "--as-of", "2018-09-05").out)
    amended.ok("edit", "12", "--due", "2019-03-01", "--reason", "专题会议同意", "--as-of", "2018-09-05")
    assert put_off() == {}


def entry(action: str, was: str | None, now: str | None) -> Entry:
    at = datetime(2018, 9, 5, tzinfo=UTC)
    changes = {"due": (was, now)}
    return Entry(milestone=1, day=date(2018, 9, 5), at=at, actor="x", action=action, changes=changes)  # type: ignore[arg-type]


NOV, DEC, MARCH = "2018-11-30", "2018-12-31", "2019-03-31"
SLIPS: dict[str, tuple[list[tuple[str, str | None, str | None]], list[tuple[str, str]]]] = {
    "put off by the document": ([("added", None, NOV), ("moved", NOV, DEC)], [(NOV, DEC)]),
    "put off twice": ([("moved", NOV, DEC), ("moved", DEC, MARCH)], [(NOV, DEC), (DEC, MARCH)]),
    "put off and taken back": ([("moved", NOV, DEC), ("moved", DEC, NOV)], []),
    "put off twice and once taken back": (
        [("moved", NOV, DEC), ("moved", DEC, MARCH), ("moved", MARCH, DEC)], [(NOV, DEC)],
    ),
    "put off and partly taken back": ([("moved", NOV, MARCH), ("moved", MARCH, DEC)], [(NOV, DEC)]),
    "brought forward and back to where it was": ([("added", None, DEC), ("moved", DEC, NOV), ("moved", NOV, DEC)], []),
    "brought forward and put off beyond": ([("moved", DEC, NOV), ("moved", NOV, MARCH)], [(DEC, MARCH)]),
    "brought forward": ([("moved", DEC, NOV)], []),
    "decided by a person since": ([("moved", NOV, DEC), ("edited", DEC, MARCH)], []),
    "approved since": ([("moved", NOV, DEC), ("deferral_approved", DEC, MARCH)], []),
    "put off when it came back": ([("withdrawn", NOV, NOV), ("restored", NOV, DEC)], [(NOV, DEC)]),
    "without a day now": ([("moved", NOV, None)], []),
}  # fmt: skip


@pytest.mark.parametrize(("entries", "expected"), SLIPS.values(), ids=SLIPS)
def test_slips(entries: list[tuple[str, str | None, str | None]], expected: list[tuple[str, str]]) -> None:
    found = silent([entry(*one) for one in entries])
    day = date.fromisoformat
    assert found == tuple(Slip(day(was), day(now), date(2018, 9, 5)) for was, now in expected)


def test_a_day_that_a_person_put_off_and_that_was_undone_leaves_the_slip_of_the_document(amended: Program) -> None:
    amended.ok("defer", "12", "--to", "2019-06-30", "--reason", "资金未到位", "--as-of", "2018-09-06")
    for undone in (("approve", "12"), ("undo", "12")):
        amended.ok(*undone, "--as-of", "2018-09-06")
    (row,) = (row for row in amended.ok("list", "--format", "jsonl", "--as-of", "2018-09-10").rows if row["id"] == 12)
    assert row["put_off_from"] == "2018-12-31"


def test_a_body_lists_some_and_counts_the_rest() -> None:
    one = Revision(
        kinds=("提前",), milestone=1, item="", title="甲\n乙", changes=(), agencies=(), document="文",
        day=date(2018, 9, 5),
    )  # fmt: skip
    first, rest = revised(Revisions((one, one), 30))
    assert first.lines == ("［提前］编号1　甲 乙",) * 2
    assert rest.heading == "另有28项未列出。"
