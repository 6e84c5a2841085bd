"""What people see: tables in 80 columns, nothing cut, and the language of their locale."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cli_program import DAY, Program
from milestone_factory import SEED
from rich.cells import cell_len
from terminal import Terminal

from tracker import store
from tracker.cli import run
from tracker.cli.output import CHINESE, csv_cell, plain, shown
from tracker.cli.tables import widths_of
from tracker.cli.telling import rule_words

DOCUMENT = str(SEED / "document.txt")
SHOWN = [
    ("list", "--all", *DAY),
    ("show", "11", *DAY),
    ("why", "11", *DAY),
    ("documents", "list"),
    ("documents", "show", "ningbo-2018"),
    ("outbox", "list"),
    ("agencies", "list"),
    ("doctor", *DAY),
    ("extract", DOCUMENT),
    ("extract", DOCUMENT, "--what", "timexes"),
    ("extract", DOCUMENT, "--what", "items"),
    ("timex", "2018年、2019年底前分别完成", "--reference", "2018-08-31"),
]


@pytest.fixture(scope="module")
def worked(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seed's database after a scan, one milestone done; to be copied."""
    path = tmp_path_factory.mktemp("worked") / "tracker.db"
    shutil.copy(seeded, path)
    for arguments in (("scan",), ("done", "11", "--on", "2018-11-02")):
        assert run(["--database", f"sqlite:///{path}", *arguments, *DAY]) == 0
    return path


@pytest.fixture
def scanned(empty: Program, worked: Path) -> Program:
    """The command line with that database."""
    shutil.copy(worked, empty.database)
    return empty


@pytest.mark.parametrize("arguments", SHOWN, ids=" ".join)
@pytest.mark.parametrize("columns", [80, 120])
def test_no_line_is_wider_than_the_terminal(
    scanned: Program, arguments: tuple[str, ...], columns: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COLUMNS", str(columns))
    answer = scanned(*arguments)
    assert answer.code in (0, 1)
    lines = [line for line in answer.out.splitlines() if not line.startswith(("config", "database", "ningbo-2018 《"))]
    assert max(map(cell_len, lines)) <= columns


ADDRESSED = {
    "as usual": ("zjw@example.org", "head@example.org", "copy@example.org"),
    "long ones": tuple(f"{name}@a-rather-long-name.example.gov.cn" for name in ("contact", "leader", "archive")),
}


@pytest.mark.parametrize("addresses", ADDRESSED.values(), ids=ADDRESSED)
def test_the_table_of_agencies_fits_and_marks_the_addresses_to_which_nothing_goes(
    scanned: Program, addresses: tuple[str, str, str]
):
    email, head, cc = addresses
    scanned.ok("agencies", "set", "市住建委", "--email", email, "--head", head, "--cc", cc, "--cadence", "weekly")
    scanned.ok("agencies", "alias", "住建委", "市住建委")
    with store.writing(store.connect(f"sqlite:///{scanned.database}")) as db:
        store.suspensions.suspend(db, {head: "550 no such user"}, datetime(2018, 11, 5, tzinfo=UTC))
    table = scanned.ok("agencies", "list").out
    assert max(map(cell_len, table.splitlines())) <= 80
    assert column(table, "head", "cc").strip("–") == f"{head}（suspended）"
    assert email in column(table, "email", "head")


def column(text: str, heading: str, after: str | None) -> str:
    """What stands in one column of a table, its lines joined."""
    head, _, *lines = text.splitlines()
    start = cell_len(head[: head.index(heading)])
    stop = cell_len(head[: head.index(after)]) if after else 10_000
    found = ""
    for line in lines:
        place = 0
        for char in line:
            if start <= place < stop:
                found += char
            place += cell_len(char)
    return "".join(found.split())


def test_the_title_gets_the_room_and_nothing_of_it_is_dropped(scanned: Program):
    rows = scanned.ok("list", *DAY, "--format", "jsonl").rows
    table = scanned.ok("list", *DAY).out
    assert column(table, "title", "agencies") == "".join("".join(row["title"] for row in rows).split())
    assert column(table, "agencies", None) == "".join("、".join(row["agencies"]) for row in rows)
    head = table.splitlines()[0]
    assert head.index("agencies") - head.index("title") >= 26


def test_numbers_stay_whole_and_no_line_begins_with_a_comma(scanned: Program):
    lines = scanned.ok("list", *DAY).out.splitlines()
    assert any("90%以上" in line for line in lines)
    assert not any(line.strip().startswith(tuple("，。；、）”")) for line in lines)


def test_a_closed_milestone_says_how_it_ended_and_not_how_late_it_is_today(scanned: Program):
    line = next(
        line for line in scanned.ok("list", "--all", "--as-of", "2026-01-01").out.splitlines() if "11 " in line[:4]
    )
    assert line.split()[3:5] == ["–", "completed"]
    said = scanned.ok("show", "11", "--as-of", "2026-01-01").out
    assert "completed 2018-11-02" in said
    assert "days over" not in said


def test_show_and_why_are_complete(scanned: Program):
    said = scanned.ok("show", "11", *DAY).said
    for words in (
        "11  按照住建部要求",
        "2018-11-30 (month)",
        "97 国家老旧小区改造试点",
        "市住建委（牵头）",
        "ningbo-2018",
        "added",
    ):
        assert words in said
    said = scanned.ok("why", "11", *DAY).said
    for words in (
        "11月底 → 2018-11-30 (month)",
        "year 2018 from the document date 2018-08",
        "read like   11月底、2018年12月底",
        "60 days before",
        "第1期",
    ):
        assert words in said
    assert "月份?" not in said
    assert "month: (?:{Y}年|{R})?{M}月份?" in scanned.ok("why", "11", "--rules", *DAY).said
    assert "sentence" not in scanned.ok("why", "11", "--reminders", *DAY).out


DOUBTS = {
    "前年10月底前完成评估。": "前年10月底前早于文件日期",
    "7月底前完成评估。": "7月底前（2018年）早于文件日期",
    "1月底前完成评估。": "1月底前如在2018年则早于文件日期，按2019年计",
    "2018年12月前完成评估。": "2018年12月前按“不含其本身”计，习惯不一",
    "6、12月底前完成评估。": "12月前的6按序号计，也可能是日期的一部分",
    "1、3和5月底前完成评估。": "1按月份计，也可能是序号",
    "改革方案批准后6个月内完成评估。": "6个月内的起算日不明",
}


@pytest.mark.parametrize("words", DOUBTS)
def test_a_chinese_locale_reads_in_chinese_why_a_person_should_look(
    empty: Program, monkeypatch: pytest.MonkeyPatch, words: str
):
    path = empty.pilot(words)
    english = empty("extract", path, "--published", "2018-08", "--format", "jsonl")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert empty("extract", path, "--published", "2018-08", "--format", "jsonl").out == english.out
    assert DOUBTS[words] in empty("ingest", path, "--published", "2018-08", *DAY).said
    assert DOUBTS[words] in empty("why", "1", *DAY).said
    assert DOUBTS[words][:3] in empty("documents", "show", "pilot", *DAY).said


def test_why_says_which_rungs_were_folded_into_the_one_that_was_told(program: Program):
    program.ok("scan", "--as-of", "2018-08-31")
    program.ok("scan", "--as-of", "2018-11-27")
    program.ok("deliver", "--as-of", "2018-11-27")
    lines = program.ok("why", "11", "--reminders", "--as-of", "2018-11-27").out.splitlines()
    assert [[*line.split()[:2], *line.split()[-3:-1]] for line in lines if "第2期" in line] == [
        ["2018-11-27", "2018-10-01", "folded", "第2期"],
        ["2018-11-27", "2018-10-31", "folded", "第2期"],
        ["2018-11-27", "2018-11-23", "sent", "第2期"],
    ]


def test_a_chinese_locale_gets_chinese_headings_and_programs_the_promised_words(
    scanned: Program, monkeypatch: pytest.MonkeyPatch
):
    rows = scanned.ok("list", "--all", *DAY, "--format", "jsonl").out
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    table = scanned.ok("list", "--all", *DAY).out
    for word in ("编号", "到期", "责任单位", "逾期", "未到期", "已销号"):
        assert word in table
    assert scanned.ok("list", "--all", *DAY, "--format", "jsonl").out == rows
    assert "已销号 2018-11-02" in scanned.ok("show", "11", *DAY).out
    assert "到期前60天" in scanned.ok("why", "11", *DAY).out
    fates = scanned.ok("documents", "show", "ningbo-2018").out
    assert {"立项", "排除"} <= set(fates.split())


def test_the_first_of_the_locale_variables_that_is_set_decides(program: Program, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "title" in program.ok("list", *DAY).out
    monkeypatch.setenv("LC_ALL", "")
    assert "内容" in program.ok("list", *DAY).out


def test_every_standing_and_status_has_a_chinese_word():
    from tracker.milestones import Standing, Status

    assert {str(word) for kind in (Standing, Status) for word in kind} <= set(CHINESE)


RULES = {
    "lead-30": "30 days before",
    "lead-1": "1 day before",
    "lead-0": "on the last day",
    "lead-3w": "3 working days before",
    "lead-1w": "1 working day before",
    "overdue-11": "11 days after",
    "overdue-4w": "4 working days after",
    "sheet-red": "red sheet",
    "intake": "when tracking began",
    "moved": "when its day was moved",
}


@pytest.mark.parametrize("rule", RULES)
def test_a_rung_is_told_in_plain_words(rule: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert rule_words(rule) == RULES[rule]


WIDTHS = {
    "an address stays whole": ([["x" * 90, "office@example.org"]], {"x": 9}, 60, [40, 18]),
    "all fit": ([["a", "bb"], ["cccc", "d"]], {"x": 1}, 80, [4, 2]),
    "the long one gets what is left": ([["x" * 90, "yy"]], {}, 40, [36, 2]),
    "two long ones share by weight": ([["x" * 90, "y" * 90]], {"x": 3}, 42, [30, 10]),
    "a narrow terminal leaves them readable": ([["x" * 90, "y" * 90]], {}, 10, [8, 8]),
}


@pytest.mark.parametrize("case", WIDTHS)
def test_columns_share_the_terminal(case: str):
    cells, weights, total, expected = WIDTHS[case]
    assert widths_of(cells, ["x", "y"], set(), weights, total) == expected


def test_document_text_cannot_steer_the_terminal_or_a_spreadsheet():
    assert shown("a\x1b[31mb\u202ec\nd") == "a[31mbc d"
    assert [csv_cell(value) for value in ("=1+1", "＝1", -3, None, ["@a", "b"])] == [
        "'=1+1",
        "'＝1",
        "-3",
        "",
        "'@a、b",
    ]
    assert plain({"a": (1.0, 2.5)}) == {"a": [1, 2.5]}


def on_a_terminal(program: Program, *arguments: str) -> tuple[int, list[str]]:
    """The exit code, and the lines of the screen."""
    screen = Terminal(program, *arguments)
    code = screen.end()
    os.close(screen.master)
    return code, screen.screen.splitlines()


def test_a_message_of_the_outbox_is_read_on_a_terminal_and_is_bytes_elsewhere(scanned: Program):
    code, lines = on_a_terminal(scanned, "outbox", "show", "1")
    assert (code, max(map(cell_len, lines)) <= 80) == (0, True)
    screen = "".join(lines)
    assert "Subject     【督查提醒" in screen
    assert "提醒规则：" in screen
    assert "attached    督查事项_" in screen
    assert "base64" not in screen
    assert "base64" in scanned.ok("outbox", "show", "1").out


def test_a_workbook_is_not_poured_onto_a_terminal(scanned: Program):
    assert on_a_terminal(scanned, "export", "xlsx") == (
        2,
        ["tracker: a workbook is no text for a terminal; name a file: -o FILE.xlsx"],
    )


def test_long_messages_are_folded_between_words_on_a_terminal_and_nowhere_else(scanned: Program):
    wrong = ("agencies", "set", "市住建委", "--email", "not-an-address")
    code, lines = on_a_terminal(scanned, *wrong)
    assert (code, max(map(cell_len, lines)) <= 80) == (2, True)
    assert lines[-1] == "  office@example.org"
    assert scanned(*wrong).err.count("\n") == 1


def test_files_that_fail_are_named_above_the_bar(empty: Program):
    names = [empty.file(f"{number}.txt", "五、责任单位") for number in range(2)]
    _, lines = on_a_terminal(empty, "ingest", *names)
    assert not any("0/2" in line and "published" in line for line in lines)
    assert sum("when was it published?" in line for line in lines) == 2


def test_where_nothing_waits_a_review_says_so(program: Program):
    assert "nothing waits for a person" in program.ok("review").err
    assert on_a_terminal(program, "review") == (0, ["nothing waits for a person"])


def test_the_history_tells_a_claim_and_a_deferral_once_and_without_what_only_programs_need(program: Program):
    proof = program.file("验收报告.txt", "已验收")
    program.ok("claim", "11", "--note", "全部完工", "--evidence", proof, *DAY)
    program.ok("defer", "12", "--to", "2019-03-31", "--reason", "资金未到位", *DAY)
    program.ok("approve", "12", *DAY)
    said = "".join(program.ok("show", "11", *DAY).out.split())
    assert said.count("…)") == said.count("sha256") == 2
    assert said.count("全部完工") == 2  # what the agency says, and why the entry was made
    said = "".join(program.ok("show", "12", *DAY).out.split())
    assert "asked:2018-12-31" not in said
    assert "asked:2019-03-31→–;slips:–→2018-12-31⇒2019-03-31" in said
    assert "2018-11-05no" not in said


def test_a_list_marks_what_waits_for_the_office(program: Program):
    program.ok("claim", "11", *DAY)
    program.ok("defer", "12", "--to", "2019-03-31", "--reason", "资金未到位", *DAY)
    rows = "".join(program.ok("list", *DAY).said.split())
    assert rows.count("【申请办结】") == rows.count("【申请延期】") == 1


def test_a_superseded_milestone_says_by_which_beside_its_label(program: Program):
    program.ok("supersede", "14", "--with", "13", *DAY)
    assert "superseded  13" in program.ok("show", "14", *DAY).out


def test_a_chinese_locale_says_how_exactly_a_day_is_known(program: Program, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    program.ok("edit", "11", "--due", "2018-12-10", "--precision", "day", "--reason", "协商", *DAY)
    said = "".join(program.ok("show", "11", *DAY).out.split())
    assert "月→日" in said
    assert "11月底→2018-11-30(月)" in "".join(program.ok("why", "11", *DAY).out.split())
