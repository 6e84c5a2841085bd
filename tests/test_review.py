"""review: what waits is answered once, and remembered when the document is read again."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cli_program import Program
from rich.cells import cell_len
from terminal import Terminal

from tracker.cli import run

DAY = ("--as-of", "2018-12-31")
PLAN = """甲市2019年重点工作任务

一、工程
1.2019年2月30日前完成方案评审。
责任单位：市发改委
2.汛期前完成除险加固；2019年6月底前完成水库清淤。
责任单位：市水利局
3.2020年前，建成3个示范区。
责任单位：市住建委
二、其他
4.汛期前完成道路养护。
责任单位：市交通委
"""
# Renumbered, in another order, with a chapter more and a sentence more.
REVISED = """甲市2019年重点工作任务

一、总则
1.各单位抓好落实。
二、其他
2.汛期前完成道路养护。
责任单位：市交通委
三、工程
3.2020年前，建成3个示范区。
责任单位：市住建委
4.2019年6月底前完成水库清淤；汛期前完成除险加固。另行通报进展。
责任单位：市水利局
5.2019年2月30日前完成方案评审。
责任单位：市发改委
"""


@pytest.fixture(scope="module")
def read_once(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database into which the plan was read, to be copied: three dates wait, one milestone is open to doubt."""
    folder = tmp_path_factory.mktemp("plan")
    shutil.copy(migrated, folder / "tracker.db")
    (folder / "plan.txt").write_text(PLAN, "utf-8")
    database = ("--database", f"sqlite:///{folder / 'tracker.db'}")
    assert run([*database, "ingest", str(folder / "plan.txt"), "--published", "2018-12-31", *DAY]) == 1
    return folder / "tracker.db"


@pytest.fixture
def planned(empty: Program, read_once: Path) -> Program:
    """The command line with that database."""
    shutil.copy(read_once, empty.database)
    return empty


def waiting(program: Program, *arguments: str) -> dict[str, str]:
    """What waits: the words of each question by its id."""
    answer = program("review", "--format", "jsonl", *arguments)
    assert answer.code == int(bool(answer.rows))
    return {row["id"]: row["quote"] for row in answer.rows}


def id_of(program: Program, words: str, nth: int = 0) -> str:
    return [id for id, quote in waiting(program).items() if quote == words][nth]


def read_again(program: Program, text: str = REVISED) -> str:
    return program("ingest", program.file("plan.txt", text), "--published", "2018-12-31", *DAY).said


def test_what_waits_is_listed_in_the_order_of_the_text(planned: Program) -> None:
    rows = planned("review", "--format", "jsonl").rows
    assert [row["quote"] for row in rows] == ["2019年2月30日前", "汛期前", "2020年前", "汛期前"]
    assert rows[0] == {
        "id": rows[0]["id"], "document": "plan", "item": "1", "line": 4, "sentence": "1.2019年2月30日前完成方案评审",
        "due": None, "precision": None, "agencies": [], "reasons": ["没有这一天"], "quote": "2019年2月30日前",
    }  # fmt: skip
    assert (rows[2]["id"], rows[2]["due"], rows[2]["agencies"]) == ("2", "2019-12-31", ["市住建委"])
    assert rows[1]["agencies"] == ["市水利局"]  # as its item's other milestone
    listed = planned("review", "--list")
    assert listed.code == 1
    assert max(map(cell_len, listed.out.splitlines())) <= 80
    assert "【2020年前】" in listed.out


def test_without_a_terminal_nothing_is_asked(planned: Program) -> None:
    done = planned.process("review", *DAY)
    assert (done.returncode, done.stdout.decode().count("【")) == (1, 4)


def test_an_accepted_milestone_is_confirmed_and_not_asked_about_again(planned: Program) -> None:
    assert "2 open as milestone 2" in planned.ok("review", "2", "--accept", "--by", "王", *DAY).out
    assert "2" not in waiting(planned)
    assert "复核" in planned.ok("show", "2", *DAY).said
    read_again(planned)
    assert "2" not in waiting(planned)
    assert "王" in planned.ok("show", "2", *DAY).said


def test_a_reading_asks_for_a_look_at_what_nobody_has_decided(planned: Program) -> None:
    for id in waiting(planned):
        planned.ok("review", id, *(("--accept",) if id == "2" else ("--set-aside", "无需督办")), *DAY)
    path = str(planned.folder / "plan.txt")
    for text in (PLAN, PLAN, f"{PLAN}\n"):  # read here first, known by its fingerprint, read again
        assert (
            "look at" not in planned.ok("ingest", planned.file("plan.txt", text), "--published", "2018-12-31", *DAY).out
        )
    planned.file("plan.txt", PLAN.replace("2019年2月30日前", "2019年2月28日前"))
    assert planned.ok("ingest", path, "--published", "2018-12-31", *DAY)


def test_what_a_person_set_aside_is_no_longer_shown_as_tracked(planned: Program) -> None:
    planned.ok("review", "2", "--set-aside", "无需督办", *DAY)
    (line,) = (line for line in planned.ok("documents", "show", "plan", *DAY).out.splitlines() if "2020年前" in line)
    assert "cancelled" in line


ANSWERS: dict[str, tuple[str, tuple[str, ...], dict[str, Any]]] = {
    "the day of a milestone": ("2020年前", ("--due", "2020-12-31"), {"due": "2020-12-31", "agencies": ["市住建委"]}),
    "the agency of a milestone": (
        "2020年前",
        ("--agency", "市规划局"),
        {"due": "2019-12-31", "agencies": ["市规划局"]},
    ),
    "the day of a date": ("2019年2月30日前", ("--due", "2019-02-28"), {"due": "2019-02-28", "status": "open"}),
    "both of a date": (
        "汛期前",
        ("--due", "2019年5月底", "--agency", "市应急局"),
        {"due": "2019-05-31", "precision": "month", "agencies": ["市应急局"]},
    ),
    "no day": ("汛期前", ("--due", "none"), {"due": None, "standing": "undated", "agencies": ["市水利局"]}),
}


@pytest.mark.parametrize(("words", "options", "fields"), ANSWERS.values(), ids=ANSWERS)
def test_a_correction_makes_a_milestone_that_a_later_reading_leaves_alone(
    planned: Program, words: str, options: tuple[str, ...], fields: dict[str, Any]
) -> None:
    id = id_of(planned, words)
    answer = planned.ok("review", id, *options, *DAY)
    made = re.search(r"as milestone (\d+)", answer.out)
    assert made is not None
    for _ in range(2):
        row = next(r for r in planned.ok("list", *DAY, "--format", "jsonl").rows if r["id"] == int(made[1]))
        assert {name: row[name] for name in fields} == fields
        assert id not in waiting(planned)
        assert "Withdrawn" not in read_again(planned)


def test_what_was_set_aside_is_not_asked_about_again_however_the_document_is_put(planned: Program) -> None:
    id = id_of(planned, "汛期前")
    assert f"{id} set aside: 汛期前" in planned.ok("review", id, "--set-aside", "已有台账", "--by", "李", *DAY).out
    assert sorted(waiting(planned).values()) == ["2019年2月30日前", "2020年前", "汛期前"]
    for text in (PLAN, REVISED, PLAN + "三、附则\n本计划自印发之日起施行。\n"):
        said = read_again(planned, text)
        counts = re.search(r"\d+ tracked \+ (\d+) set aside \+ (\d+) waiting", said)
        assert counts is not None
        aside, left = map(int, counts.groups())
        assert (aside >= 1, left) == (True, 2)
        assert sorted(waiting(planned).values()) == ["2019年2月30日前", "2020年前", "汛期前"]
        assert "道路养护" in planned("review", "--list").said
        assert "已有台账" in planned.ok("documents", "show", "plan").said


def test_the_same_words_elsewhere_are_another_question(planned: Program) -> None:
    planned.ok("review", id_of(planned, "汛期前", 1), "--set-aside", "常规工作", *DAY)
    read_again(planned)
    (sentence,) = [row["sentence"] for row in planned("review", "--format", "jsonl").rows if row["quote"] == "汛期前"]
    assert "除险加固" in sentence


def test_words_whose_sentence_changed_are_asked_about_again(planned: Program) -> None:
    planned.ok("review", id_of(planned, "汛期前"), "--set-aside", "已有台账", *DAY)
    read_again(planned, PLAN.replace("除险加固", "除险加固并通过验收"))
    assert list(waiting(planned).values()).count("汛期前") == 2


def test_a_milestone_that_is_set_aside_is_cancelled_with_the_reason_and_stays_so(planned: Program) -> None:
    planned.ok("review", "2", "--set-aside", "不归本单位督办", *DAY)
    read_again(planned)
    shown = planned.ok("show", "2", *DAY).said
    assert "cancelled" in shown
    assert "不归本单位督办" in shown
    assert "2" not in waiting(planned)


def test_what_was_set_aside_can_be_promoted_once(planned: Program) -> None:
    planned.ok("review", id_of(planned, "2019年2月30日前"), "--set-aside", "误写", *DAY)
    planned.ok("promote", "2019年2月30日前", "--due", "2019-02-28", *DAY)
    before = planned.database.read_bytes()
    again = planned("promote", "2019年2月30日前", "--due", "2019-02-28", *DAY)
    assert (again.code, planned.database.read_bytes() == before) == (2, True)
    said = read_again(planned)
    assert "Withdrawn" not in said
    assert len([r for r in planned.ok("list", *DAY, "--format", "jsonl").rows if r["due"] == "2019-02-28"]) == 1


def test_promote_takes_the_words_that_extract_prints_where_they_are_one(planned: Program) -> None:
    several = planned("promote", "汛期前", "--due", "2019-05-31", *DAY)
    assert several.code == 2
    assert "2 dates have these words" in several.err
    planned.ok("promote", "汛期前完成道路养护", "--due", "2019-05-31", *DAY)
    assert "no date that is set aside" in planned("promote", "去年底", *DAY).err


def test_the_doctor_counts_what_is_left(planned: Program) -> None:
    assert "3 dates wait" in planned("doctor", *DAY).said
    planned.ok("review", id_of(planned, "汛期前"), "--set-aside", "已有台账", *DAY)
    assert "2 dates wait" in planned("doctor", *DAY).said
    assert "tracker review" in planned("doctor", *DAY).said


REFUSED = {
    "an unknown id": (("d99", "--accept"), "does not wait"),
    "no id": (("--accept",), "name what is answered"),
    "no reason": (("2", "--set-aside", " "), "takes a reason"),
    "two answers": (("2", "--set-aside", "x", "--accept"), "takes a reason"),
    "no such day": (("2", "--due", "2019-02-30"), "no such day"),
    "a date without a day": (("d2", "--accept"), "no day was read"),
    "an unknown document": (("--document", "nowhere"), "no document is called"),
    "a NUL": (("d2", "--set-aside", "a\0b"), "NUL"),
}


@pytest.mark.parametrize(("arguments", "told"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_answer_changes_nothing(planned: Program, arguments: tuple[str, ...], told: str) -> None:
    before = waiting(planned)
    answer = planned("review", *arguments, *DAY)
    assert (answer.code, answer.out) == (2, "")
    assert told in answer.err
    assert waiting(planned) == before


@pytest.fixture
def terminal(planned: Program) -> Iterator[Any]:
    opened: list[Terminal] = []

    def opener(*arguments: str, **environ: str) -> Terminal:
        opened.append(Terminal(planned, *arguments, *DAY, **environ))
        return opened[-1]

    yield opener
    for one in opened:
        one.process.kill()
        one.process.wait()
        os.close(one.master)


def test_each_question_is_answered_by_a_key(planned: Program, terminal: Any) -> None:
    screen = terminal("review")
    first = screen.until("[q] quit")
    assert "[1/4]" in first
    assert "1.【2019年2月30日前】完成方案评审" in first
    assert "没有这一天" in first
    screen.press("a", "no day was read")
    screen.press("d", "last day: ")
    assert "→ 2019-02-28; – (corrected)" in screen.press("2019-02-28\n", "[q] quit")
    assert "[2/4]" in screen.press("a", "[q] quit")
    screen.press("x", "5 不归本单位督办): ")
    assert "[3/4]" in screen.press("1\n", "[q] quit")
    assert "[4/4]" in screen.press("a", "[q] quit")
    screen.press("g", "by 、: ")
    assert "市公路局" in screen.press("市公路局\n", "[q] quit")
    screen.press("s", "that was the last one")
    screen.press("q", "answered 3, left 1")
    assert screen.end() == 1
    assert list(waiting(planned).values()) == ["汛期前"]
    assert "已经完成" in planned.ok("documents", "show", "plan").said
    assert any(r["due"] == "2019-02-28" for r in planned.ok("list", *DAY, "--format", "jsonl").rows)


def test_the_last_answer_can_be_taken_back_without_a_trace(planned: Program, terminal: Any) -> None:
    screen = terminal("review", "2")
    screen.until("[q] quit")
    assert "nothing to undo" in screen.press("u", "nothing to undo")
    screen.press("x", "): ")
    screen.press("误读\n", "that was the last one: [u] undo  [q] quit")
    assert "[1/1]" in screen.press("u", "[q] quit")
    screen.press("q", "left 1")
    assert screen.end() == 1
    assert "cancelled" not in planned.ok("show", "2", *DAY).out


def test_arrow_keys_and_unknown_keys_answer_nothing(terminal: Any) -> None:
    screen = terminal("review")
    screen.until("[q] quit")
    screen.press("\x1b[A", "[q] quit")
    screen.press("z", "[q] quit")
    screen.press("ａ", "no day was read")  # full-width, as a Chinese keyboard writes it
    screen.press("q", "left 4")
    assert screen.end() == 1


@pytest.mark.parametrize(("key", "code"), [("\x03", 130), ("\x04", 1)], ids=["interrupted", "end of input"])
def test_what_was_answered_is_kept_when_the_person_leaves(planned: Program, terminal: Any, key: str, code: int) -> None:
    screen = terminal("review", "2", "d2")
    screen.until("[q] quit")
    screen.press("a", "[2/2]")
    screen.until("[q] quit")
    os.write(screen.master, key.encode())
    assert screen.end() == code
    assert "2" not in waiting(planned)


def test_what_somebody_else_answered_meanwhile_is_told(planned: Program, terminal: Any) -> None:
    screen = terminal("review", "2")
    screen.until("[q] quit")
    planned.ok("cancel", "2", "--reason", "并入他项", *DAY)
    screen.press("x", "): ")
    screen.press("误读\n", "that was the last one")
    assert "was cancelled" in screen.press("q", "left 1")


def test_a_chinese_terminal_is_asked_in_chinese(terminal: Any) -> None:
    screen = terminal("review", LC_ALL="zh_CN.UTF-8")
    assert "[a] 按此立项" in screen.until("[q] 退出")
    assert not re.search(r"read as|look at|line", screen.screen)
    screen.press("q", "剩余 4")


def test_why_tells_where_a_date_stands_what_became_of_it_and_who_decided(planned: Program) -> None:
    id = id_of(planned, "汛期前", 1)
    planned.ok("review", id, "--set-aside", "常规工作", "--by", "李", *DAY)
    read_again(planned)
    id = re.search(r"^ *(\d+)  2 +汛期前", planned.ok("documents", "show", "plan").out, re.MULTILINE)[1]  # type: ignore[index]
    said = planned.ok("why", f"d{id}", *DAY).out
    assert "line 6" in said
    assert "set-aside" in said
    assert re.search(r"decided +2018-12-31 李: 常规工作", said)
    assert "no date expression" in planned("why", "d999", *DAY).err


def test_why_shows_the_sentence_as_it_was_read_and_what_a_person_decided(empty: Program) -> None:
    path = empty.file("broken.txt", "1.2018 年 12\n月底前，市财政局完成评估。\n")
    empty("ingest", path, "--published", "2018-08", *DAY)
    empty.ok("edit", "1", "--due", "2019-01-15", "--reason", "延期", "--by", "王", *DAY)
    said = empty.ok("why", "1", *DAY).said
    assert "line 1–2: 2018 年 12⏎月底前，市财政局完成评估" in said
    assert "2018年12月底前，市财政局完成评估" in said
    assert re.search(r"decided +2018-12-31 王: due: 2018-12-31 → 2019-01-15.*延期", said)
    assert max(cell_len(line) for line in empty.ok("why", "1", *DAY).out.splitlines()) <= 80


def test_the_counts_are_the_same_wherever_they_are_told(planned: Program) -> None:
    path = planned.file("plan.txt", PLAN)
    counts = r"6 dates = 2 tracked \+ 1 set aside \+ 3 waiting"
    assert re.search(counts, planned("extract", path, "--published", "2018-12-31").err)
    assert re.search(counts, planned("extract", path, "--published", "2018-12-31", "--format", "html").err)
    assert re.search(counts, read_again(planned, PLAN))
    rows = {
        what: planned("extract", path, "--what", what, "--format", "jsonl").rows for what in ("timexes", "set-aside")
    }
    assert (len(rows["timexes"]), len(rows["set-aside"])) == (6, 1)
    planned.ok("review", id_of(planned, "汛期前"), "--set-aside", "常规工作", *DAY)
    assert re.search(r"6 dates = 2 tracked \+ 2 set aside \+ 2 waiting", read_again(planned, PLAN))
    shown = planned.ok("documents", "show", "plan").out
    assert [len(re.findall(fate, shown)) for fate in (r"  tracked ", "set-aside", "waiting ")] == [2, 2, 2]
