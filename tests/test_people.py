"""The command line of people who live in it: filters, ids of all kinds, dry runs, a question where much changes."""

import hashlib
import json
import os
import sqlite3
from pathlib import Path

import pytest
from cli_program import DAY, Program
from terminal import Terminal

LATE = ("--as-of", "2018-12-31")
JSON = ("--format", "jsonl")


def listed(program: Program, *arguments: str, day: tuple[str, str] = DAY) -> list[int]:
    """The ids of `list` in its order."""
    return [int(line) for line in program.ok("list", "--format", "ids", *day, *arguments).out.split()]


FILTERS = {
    "part of an agency's name": (("--agency", "住建"), ("--agency", "市住建委")),
    "an agency's characters in their order": (("--agency", "卫计委"), ("--agency", "市卫生计生委")),
    "a pilot": (("--pilot", "97"), ("--item", "97")),
    "words": (("--text", "医共体"), ("--search", "医共体")),
    "the end of the month": (("--due-before", "月底"), ("--due-before", "2018-11-30")),
    "several at once": (
        ("--agency", "住建", "--due-before", "年底", "--pilot", "97"),
        ("--agency", "市住建委", "--due-before", "2018-12-31", "--item", "97"),
    ),
    "a status": (("--status", "open"), ()),
}


@pytest.mark.parametrize("case", FILTERS)
def test_a_filter_means_what_it_says(program: Program, case: str):
    short, long = FILTERS[case]
    found = listed(program, *short)
    assert found == listed(program, *long)
    assert found


def test_each_filter_leaves_just_those_that_fulfil_it(program: Program):
    program.ok("done", "11", "12", *DAY)
    rows = program.ok("list", "--all", *LATE, *JSON).rows
    by_id = {row["id"]: row for row in rows}
    wanted = {
        ("--overdue",): [id for id, row in by_id.items() if row["standing"] == "overdue"],
        ("--status", "completed"): [11, 12],
        ("--due-after", "2019-01-01"): [
            id for id, r in by_id.items() if r["due"] and r["due"] >= "2019-01-01" and r["standing"] != "closed"
        ],
    }
    for options, ids in wanted.items():
        assert sorted(listed(program, *options, day=LATE)) == sorted(ids)
        assert ids


ORDERS = {
    "due": lambda row: (row["due"] is None, row["due"] or ""),
    "item": lambda row: int(row["item"]),
    "id": lambda row: row["id"],
    "agency": lambda row: (row["agencies"] or ["龥"])[0].encode("gb18030"),
}


@pytest.mark.parametrize("order", ORDERS)
def test_a_list_is_sorted_as_asked(program: Program, order: str):
    rows = program.ok("list", "--sort", order, *DAY, *JSON).rows
    assert rows == sorted(rows, key=ORDERS[order])
    assert rows


def test_a_limit_says_how_many_there_are(program: Program):
    answer = program.ok("list", "--limit", "3", *DAY)
    assert listed(program, "--limit", "3") == listed(program)[:3]
    assert "the first 3 of 39 milestones" in answer.err


def test_export_takes_the_same_filters(program: Program):
    rows = json.loads(program.ok("export", "json", "--agency", "住建", "--due-before", "月底", *DAY).out)
    assert [row["id"] for row in rows] == sorted(listed(program, "--agency", "住建", "--due-before", "月底"))


@pytest.mark.parametrize("command", ["list", "export json", "digest"])
def test_part_of_a_name_is_read_aloud(program: Program, command: str):
    assert "住建 = 市住建委" in program.ok(*command.split(), "--agency", "住建", *DAY).err
    assert " = " not in program.ok(*command.split(), "--agency", "市住建委", *DAY).err


MISTAKES = {
    "what several agencies are called": (("list", "--agency", "余姚"), "are called so: 余姚市人民政府、"),
    "a mistyped agency": (("list", "--agency", "市住健委"), "did you mean 市住建委?"),
    "an agency that nobody named": (("digest", "--agency", "外交部"), "`tracker agencies list` shows those known"),
    "days apart": (("list", "--due-after", "2019-01-01", "--due-before", "2018-01-01"), "no day is both"),
    "no date": (("list", "--due-before", "明日复明日"), "--due-before 明日复明日: not a date"),
    "a mistyped command": (("lsit",), "did you mean list?"),
    "what a command does": (("销号",), "did you mean done?"),
    "a mistyped subcommand": (("agencies", "lits"), "did you mean list or alias?"),
    "a mistyped option": (("list", "--overdu"), "--overdue"),
    "a mistyped word of an option": (("list", "--sort", "deu"), "'due', 'agency', 'item', 'id'"),
    "a uid that nothing has": (("done", "ffff-"), "no milestone's uid begins so"),
    "a uid that several have": (("done", "00aa"), "2 uids begin so, write more of it: 1 00aa"),
    "a word that is no id": (("done", "十二"), "is no id; write 12, 12,14 or 12-15"),
}  # fmt: skip


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_answered_with_what_may_be_meant(program: Program, case: str):
    call, words = MISTAKES[case]
    renamed(program)
    answer = program(*call)
    assert (answer.code, answer.out) == (2, "")
    assert words in answer.err
    assert len(answer.err.splitlines()) == 1


def renamed(program: Program) -> None:
    """Lets the first three milestones have uids that tests know."""
    with sqlite3.connect(program.database) as db:
        for id, uid in {1: "00aa1111", 2: "00aa2222", 3: "99999999"}.items():
            db.execute("UPDATE milestones SET uid = ? WHERE id = ?", (f"{uid}-0000-4000-8000-000000000000", id))
    db.close()


def test_a_milestone_is_named_by_the_beginning_of_its_uid(program: Program):
    renamed(program)
    uid = "99999999-0000-4000-8000-000000000000"
    (row,) = program.ok("done", "00AA1", *DAY, *JSON).rows
    assert row["id"] == 1
    assert [r["id"] for r in program.ok("done", f"00aa2,{uid}", "4-5", *DAY, *JSON).rows] == [2, 3, 4, 5]
    assert program.ok("show", uid, *DAY, *JSON).rows[0]["id"] == 3
    assert program.ok("why", "00aa2", *DAY).out == program.ok("why", "2", *DAY).out


def test_ids_come_from_standard_input(program: Program):
    day = ("--as-of", "2019-01-02")
    late = program.process("list", "--overdue", "--format", "ids", *day).stdout
    ids = [int(id) for id in late.split()]
    assert len(ids) > 10
    assert program.process("done", "-", *day, text_in=late).returncode == 2
    done = program.process("done", "-", "--yes", *day, *JSON, text_in=late)
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ids
    assert listed(program, "--overdue", day=day) == []


def test_no_ids_on_standard_input_are_nothing_to_do(program: Program):
    answer = program.process("cancel", "-", "--reason", "x", *DAY, text_in=b"\n")
    assert (answer.returncode, answer.stdout) == (0, b"")
    assert b"nothing to do" in answer.stderr


def test_what_is_no_id_on_standard_input_is_named(program: Program):
    answer = program.process("done", "-", *DAY, text_in=b'{"id": 3}\n\xff')
    assert answer.returncode == 2
    assert b"is no id" in answer.stderr


def state(program: Program) -> str:
    """A hash of all that is stored."""
    db = sqlite3.connect(program.database)
    found = hashlib.sha256("\n".join(db.iterdump()).encode()).hexdigest()
    db.close()
    return found


WRITING = {
    "done": ("done", "11-12"),
    "reopen": ("reopen", "1"),
    "cancel": ("cancel", "11", "--reason", "x"),
    "ack": ("ack", "11", "--until", "月底", "--agency", "住建"),
    "edit": ("edit", "11", "--due", "2018-12-01", "--reason", "x"),
    "add": ("add", "--title", "报送总结", "--due", "2018-12-20", "--agency", "市新局"),
    "promote": ("promote", "d{aside}", "--due", "2018-12-20"),
    "documents withdraw": ("documents", "withdraw", "ningbo-2018"),
    "agencies set": ("agencies", "set", "市住建委", "--email", "a@example.org"),
    "agencies alias": ("agencies", "alias", "住房委", "市住建委"),
    "agencies members": ("agencies", "members", "各单位", "市住建委"),
    "agencies import": ("agencies", "import", "agencies.csv"),
}


@pytest.fixture
def busy(program: Program) -> Program:
    """The seed with a milestone done, and a table of addresses beside it."""
    program.ok("done", "1", *DAY)
    program.file("agencies.csv", "单位,邮箱\n市住建委,a@example.org\n")
    return program


def worded(program: Program, command: str) -> list[str]:
    """The words of a call, with the id of a date that was set aside."""
    rows = program.ok("documents", "show", "ningbo-2018", *JSON).rows
    aside = next(row["id"] for row in rows if row["fate"] == "set-aside")
    return [word.format(aside=aside) for word in WRITING[command]]


@pytest.mark.parametrize("command", WRITING)
def test_a_dry_run_says_what_the_call_says_and_stores_nothing(busy: Program, command: str):
    before, call = state(busy), worded(busy, command)
    tried = busy.ok(*call, "--dry-run", *DAY)
    shown = busy.ok(*call, "--dry-run", *DAY, *JSON)
    assert "dry run: nothing is stored" in tried.err
    assert state(busy) == before
    done = busy.ok(*call, *DAY)
    assert tried.out == done.out
    assert state(busy) != before
    assert shown.rows


@pytest.mark.parametrize("command", ["done", "edit"])
def test_a_dry_run_refuses_what_the_call_refuses(busy: Program, command: str):
    call = {"done": ("done", "1", "999"), "edit": ("edit", "999", "--title", "x", "--reason", "y")}[command]
    before, answer = state(busy), busy(*call, "--dry-run", *DAY)
    assert answer.code == 2
    assert state(busy) == before


def test_a_dry_run_of_a_scan_or_of_an_answer_stores_nothing(busy: Program):
    busy("ingest", busy.pilot("2019年前完成评估。"), "--published", "2018-08", *DAY)
    before = state(busy)
    assert "第1期" in busy("scan", "--dry-run", *DAY).out
    (waiting, *_) = busy("review", *JSON).rows
    assert busy.ok("review", waiting["id"], "--accept", "--dry-run", *DAY).out
    assert state(busy) == before


def test_a_dry_run_makes_no_database(empty: Program):
    empty.ok("add", "--title", "t", "--due", "2018-12-20", "--agency", "市住建委", "--dry-run", *DAY)
    assert not empty.database.exists()


def test_more_than_ten_are_not_changed_without_a_yes(program: Program):
    before = state(program)
    answer = program("done", "1-11", *DAY)
    assert (answer.code, answer.out) == (2, "")
    assert "this changes 11 milestones: 1-11; --dry-run shows how, --yes does it; nothing was changed" in answer.err
    assert len(program.ok("done", "1-11", "--dry-run", *DAY, *JSON).rows) == 11
    assert state(program) == before
    assert len(program.ok("done", "1-10", *DAY, *JSON).rows) == 10
    assert len(program.ok("cancel", "11-30", "--reason", "x", "--yes", *DAY, *JSON).rows) == 20


ANSWERS = {"y\r": (0, "completed"), "n\r": (130, "open"), "\r": (130, "open")}


@pytest.mark.parametrize("keys", ANSWERS, ids=["yes", "no", "return"])
def test_on_a_terminal_it_is_asked(program: Program, keys: str):
    code, status = ANSWERS[keys]
    screen = Terminal(program, "done", "1-11", *DAY)
    screen.until("go on? [y/N]:")
    os.write(screen.master, keys.encode())
    assert screen.end() == code
    os.close(screen.master)
    assert {row["status"] for row in program.ok("list", "--all", *DAY, *JSON).rows[:11]} >= {status}
    assert ("nothing was changed" in screen.screen) == (code != 0)


READING = {
    "list": ("list",),
    "show": ("show", "11"),
    "why": ("why", "11"),
    "documents list": ("documents", "list"),
    "documents show": ("documents", "show", "ningbo-2018"),
    "agencies list": ("agencies", "list"),
    "outbox list": ("outbox", "list"),
    "doctor": ("doctor",),
    "db current": ("db", "current"),
}


@pytest.mark.parametrize("command", READING)
def test_what_is_read_is_to_be_had_as_json(program: Program, command: str):
    program("scan", *DAY)
    answer = program(*READING[command], *DAY, *JSON)
    assert answer.code in (0, 1)
    assert answer.rows


def test_show_as_json_has_the_history(program: Program):
    program.ok("done", "11", "--note", "附", *DAY)
    (row,) = program.ok("show", "11", *DAY, *JSON).rows
    assert [entry["action"] for entry in row["history"]] == ["added", "completed"]
    assert (row["status"], row["closed_on"], row["withdrawn"]) == ("completed", "2018-11-05", False)


def on_screen(program: Program, *arguments: str, **environ: str) -> str:
    """All that came to a terminal of 80 columns and 24 lines, the colours too."""
    screen = Terminal(program, *arguments, **environ)
    assert screen.end() == 0
    os.close(screen.master)
    return screen.screen


def test_a_long_list_is_read_in_a_pager(program: Program):
    screen = Terminal(program, "list", *DAY, PAGER="less", LESS="R")
    screen.until("agencies")
    os.write(screen.master, b"Gq")
    assert screen.end() == 0
    os.close(screen.master)
    assert "39 milestones on 2018-11-05" in screen.screen


PLAIN = {
    "an option": (("list", "--no-pager"), {}),
    "an option before the command": (("--no-pager", "list"), {}),
    "an empty PAGER": (("list",), {"PAGER": ""}),
    "PAGER=cat": (("list",), {"PAGER": "cat"}),
    "a pager that is not there": (("list",), {"PAGER": "no-such-pager"}),
    "a dumb terminal": (("list",), {"TERM": "dumb"}),
    "a short list": (("list", "--limit", "3"), {"PAGER": "false"}),
}


@pytest.mark.parametrize("case", PLAIN)
def test_there_is_no_pager_for(program: Program, case: str):
    arguments, environ = PLAIN[case]
    screen = on_screen(program, *arguments, *DAY, **environ)
    assert "39 milestones on 2018-11-05" in screen
    assert screen.count("市") > 3


def test_the_pager_gets_what_the_terminal_would(program: Program):
    program.file("pager", "#!/bin/sh\nexec cat > paged.txt\n")
    (program.folder / "pager").chmod(0o755)
    on_screen(program, "list", *LATE, PAGER="./pager")
    paged = (program.folder / "paged.txt").read_text(encoding="utf-8")
    assert "\x1b[31m" in paged
    assert paged.count("\n") > 39


COLOURLESS = {"NO_COLOR": {"NO_COLOR": "1"}, "a dumb terminal": {"TERM": "dumb"}}


@pytest.mark.parametrize("case", COLOURLESS)
def test_there_are_no_colours_for(program: Program, case: str):
    assert "\x1b[31m" in on_screen(program, "list", "--no-pager", *LATE)
    assert "\x1b[3" not in on_screen(program, "list", "--no-pager", *LATE, **COLOURLESS[case])


def test_there_are_no_colours_in_a_pipe(program: Program):
    assert b"\x1b" not in program.process("list", *LATE).stdout


def test_config_and_database_may_stand_behind_a_uid(program: Program, tmp_path: Path):
    renamed(program)
    moved = tmp_path / "elsewhere.db"
    program.database.rename(moved)
    program.ok("done", "99999999-0000-4000-8000-000000000000", *DAY, "--database", f"sqlite:///{moved}")
