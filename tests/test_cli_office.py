"""What an officer is told beside the answer: what a revised document leaves to decide, what nobody would notice."""

import pytest
from cli_program import DAY, Program
from milestone_factory import SEED

DOCUMENT = str(SEED / "document.txt")
READ = ("--published", "2018-08", "--as-of", "2018-08-31")
LATER = ("--published", "2018-09", *DAY)
FIRST = "2018年11月底前完成评估。"
TWO = "2018年11月15日前完成评估。2018年12月底前出台管理办法。"


def revised(program: Program, *decision: str) -> str:
    """A document that moves its first day after a person has decided; what its second reading said."""
    path = program.pilot(TWO)
    program.ok("ingest", path, *READ)
    if decision:
        program.ok(*decision, *DAY)
    program.pilot(TWO.replace("11月15日", "11月中旬"))
    answer = program("ingest", path, *LATER)
    assert answer.code == int(bool(decision))
    return answer.out


KEPT = {
    "edited": (
        ("edit", "1", "--due", "2018-11-10", "--reason", "市长要求"),
        "1: the document now says 2018年11月中旬前 (2018-11-20); your 2018-11-10 is kept; decide: tracker edit 1 --due",
    ),
    "closed": (
        ("done", "1", "--on", "2018-11-02"),
        "1: the document now says 2018年11月中旬前 (2018-11-20); it was completed on 2018-11-02, and keeps 2018-11-15",
    ),
}


@pytest.fixture(autouse=True)
def wide(empty: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal so wide that no cell of a table is folded."""
    monkeypatch.setenv("COLUMNS", "250")


@pytest.mark.parametrize("case", KEPT)
def test_a_day_that_is_not_followed_is_not_called_moved(empty: Program, case: str):
    decision, words = KEPT[case]
    said = revised(empty, *decision)
    assert words in said
    assert "1 milestone kept" in said
    assert "Moved" not in said
    assert "the document says due: 2018-11-15 → 2018-11-20" in " ".join(empty.ok("show", "1", *DAY).out.split())


def test_a_disputed_day_waits_in_the_offices_digest_until_a_person_decides(empty: Program):
    revised(empty, *KEPT["edited"][0])
    words = "原文现为2018年11月中旬前（2018-11-20），现按督查室确定的2018-11-10执行，请确认"
    assert words in empty.ok("digest", *DAY).said
    assert "1 open milestone has another day in the document now: 1;" in empty("doctor", *DAY).said
    empty.ok("edit", "1", "--due", "2018-11-10", "--reason", "维持", *DAY)
    assert words not in empty.ok("digest", *DAY).said
    assert "due: 2018-11-10 kept" in " ".join(empty.ok("show", "1", *DAY).out.split())


def test_what_was_reworded_is_shown(empty: Program):
    revised(empty)
    path = empty.pilot(TWO.replace("11月15日", "11月中旬").replace("管理办法", "管理细则"))
    said = empty.ok("ingest", path, *LATER).out
    assert "Reworded: 2: quote: " in said
    assert "管理办法 → " in said
    assert "2018-12-31 →" not in said


def test_another_last_day_is_exact_and_drops_a_first_day_behind_it(empty: Program):
    empty.ok("ingest", empty.pilot("2018年11月中旬前完成评估。2018年11月11日至12月20日开展督查。"), *READ)
    empty.ok("edit", "2", "--due", "2018-11-05", "--reason", "提前", *DAY)
    said = " ".join(empty.ok("show", "2", *DAY).out.split())
    assert "begin: 2018-11-11 → –" in said
    empty.ok("edit", "1", "--due", "11月底", "--reason", "延期", *DAY)
    assert "2018-11-30 (month)" in empty.ok("show", "1", *DAY).out
    empty.ok("edit", "1", "--due", "2018-11-10", "--reason", "提前", *DAY)
    assert "2018-11-10, first" in empty.ok("show", "1", *DAY).out


def test_a_doubtful_day_is_found_and_confirmed(empty: Program):
    assert empty("ingest", empty.pilot("2019年前完成评估。2018年12月底前出台办法。"), *READ).code == 1
    look = ("list", "--look", *DAY, "--format", "jsonl")
    assert [row["id"] for row in empty.ok(*look).rows] == [1]
    assert "1 open milestone waits for a look at its day: 1;" in empty("doctor", *DAY).said
    empty.ok("edit", "1", "--due", "2018-12-31", "--reason", "核对无误", *DAY)
    assert empty.ok(*look).rows == []


def test_what_nobody_is_reminded_of_is_named(empty: Program):
    path = empty.file(
        "plan.txt", "91.试点一\n2018年11月底前完成评估。\n92.试点二\n牵头单位：市教育局\n继续推进改革。\n"
    )
    for said in (empty.ok("ingest", path, *READ).out, empty.ok("documents", "show", "plan").out):
        assert "1 milestone names no agency: 1; tracker edit ID --agency …" in said
        assert "items without a date: 92 试点二" in said
    assert [row["id"] for row in empty.ok("list", "--no-agency", *DAY, "--format", "jsonl").rows] == [1]
    assert "1 open milestone names no agency: 1;" in empty("doctor", *DAY).said


def test_withdrawn_milestones_are_listed_and_named(empty: Program):
    revised(empty)
    empty.ok("documents", "withdraw", "pilot", *DAY)
    assert len(empty.ok("list", "--withdrawn", *DAY, "--format", "jsonl").rows) == 2
    assert "2 open milestones were withdrawn by their documents: 1, 2;" in empty("doctor", *DAY).said


def test_why_quotes_a_withdrawn_milestone_from_the_text_that_had_it(empty: Program):
    empty("ingest", empty.pilot("首先成立专班。11月底前 完成评估。12月底前出台办法。"), *READ)
    empty("ingest", empty.pilot("12月底前出台办法。"), *READ)
    said = empty("why", "1", *DAY).said
    assert "11月底前 完成评估" in said.partition("as read")[2]


def test_each_date_of_a_document_names_its_milestones(program: Program):
    lines = program.ok("documents", "show", "ningbo-2018").out.splitlines()
    assert lines[2].split() == ["id", "item", "date", "context", "fate", "milestone", "reason"]
    assert any({"2018年底", "tracked", "1-2"} <= set(line.split()) for line in lines)
    assert program.ok("documents").out == program.ok("documents", "list").out


def test_later_occurrences_are_named_and_corrected_one_by_one(empty: Program):
    said = empty.ok("ingest", empty.pilot("每月10日前报送进度。"), "--published", "2018-08", *DAY).out
    assert "1 later occurrence opened: 2" in said
    answer = empty.ok("edit", "1", "--due", "2018-11-08", "--reason", "提前", *DAY)
    assert "only this occurrence; the next one follows the document" in answer.out


def test_a_doubt_about_a_number_is_shown_with_how_to_add_the_other_month(empty: Program):
    doubt = "6 before 12月 is read as a list number; it may be a date"
    empty("ingest", empty.pilot("6、12月底前完成评估。"), "--published", "2018-08", *DAY)
    table = empty.ok("documents", "show", "pilot", *DAY).out
    assert "6 before" in table
    said = empty.ok("why", "1", *DAY).said
    assert doubt in said
    remedy = "add --document pilot --due DATE"
    assert remedy in said
    assert remedy.replace("pilot", "KEY") in empty("doctor", *DAY).said
    assert remedy in empty("promote", "1", *DAY).said
    empty.ok("edit", "1", "--due", "2018-12-31", "--reason", "核对无误", *DAY)
    assert "6 before" not in empty.ok("documents", "show", "pilot", *DAY).out
    assert remedy not in empty.ok("why", "1", *DAY).said


WARNED = {
    "done before its document was published": (
        ("done", "11", "--on", "2018-07-01"),
        "11: completed on 2018-07-01, before its document was published (2018-08-01)",
    ),
    "done before it was added by hand": (
        ("done", "40", "--on", "2018-10-01"),
        "40: completed on 2018-10-01, before it was added (2018-11-05)",
    ),
    "a new last day that is over": (
        ("edit", "11", "--due", "2018-11-04", "--reason", "x"),
        "11: due 2018-11-04 is past already",
    ),
    "a new last day before the document": (
        ("edit", "11", "--due", "2018-07-31", "--reason", "x"),
        "11: due 2018-07-31, before its document was published (2018-08-01): is the day right?",
    ),
    "an added last day that is over": (
        ("add", "--title", "t", "--due", "2018-07-31", "--document", "ningbo-2018"),
        "41: due 2018-07-31 is past already",
    ),
    "an agency that nobody named": (
        ("edit", "11", "--agency", "市住健委", "--reason", "x"),
        "new agency: 市住健委; did you mean 市住建委",
    ),
    "a milestone that is there already": (
        ("add", "--title", "报送总结", "--due", "2018-12-20", "--agency", "市住建委"),
        "40: open with the same title, day and agencies",
    ),
}


@pytest.mark.parametrize("case", WARNED)
def test_it_is_done_and_warned_of(program: Program, case: str):
    arguments, words = WARNED[case]
    program.ok("add", "--title", "报送总结", "--due", "2018-12-20", "--agency", "市住建委", *DAY)
    assert words in program.ok(*arguments, *DAY).err


def test_a_scan_of_a_day_to_come_says_that_it_counts(empty: Program):
    assert "lies ahead" not in empty.ok("scan", *DAY).err
    assert "2099-01-05 lies ahead" in empty("scan", "--as-of", "2099-01-05").err


def test_the_history_says_when_an_entry_was_written_on_another_day(program: Program):
    assert "written" not in program.ok("show", "12", *DAY).out
    program.ok("done", "12", "--on", "2018-11-02", *DAY)
    assert "written" in program.ok("show", "12", *DAY).out


def test_a_text_without_a_time_expression_is_answered(empty: Program):
    lines = empty.ok("timex", "11月底", "落实工作", "--reference", "2018-08-15").out.splitlines()
    assert lines[-1].split() == ["落实工作", "–", "no", "time", "expression", "–", "–", "–"]


def test_the_digest_shown_says_what_the_digest_sent_will_say_of_the_documents(empty: Program):
    path = empty.pilot("2018年11月底前完成方案，11月底完成改造。")
    empty("ingest", path, "--as-of", "2018-08-31")
    shown = empty.ok("digest", *DAY).out
    empty.ok("scan", *DAY)
    sent = empty.ok("deliver", *DAY).out
    (line,) = (line for line in shown.splitlines() if "文件日期待确认" in line)
    assert "（推定为" in line
    assert line in sent
