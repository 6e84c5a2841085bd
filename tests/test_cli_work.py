"""The office's days at the command line: reading, deciding, correcting, addresses, exports."""

import csv
import io
import json
import mailbox
from email import message_from_string
from email.policy import default

import pytest
from cli_program import DAY, PILOT, Program
from milestone_factory import SEED

from tracker.store.migration import HEAD

DOCUMENT = str(SEED / "document.txt")
FIRST = "2018年11月底前完成评估。"


def row_of(program: Program, id: int, *arguments: str) -> dict:
    return next(row for row in program.ok("list", "--all", *arguments, "--format", "jsonl").rows if row["id"] == id)


def titles(program: Program) -> list[str]:
    return [row["title"] for row in program.ok("list", *DAY, "--format", "jsonl").rows]


def test_a_new_document_is_accounted_for_and_the_new_database_is_announced(empty: Program):
    answer = empty.ok("ingest", DOCUMENT, "--as-of", "2018-08-31")
    assert "59 dates = 33 tracked + 26 set aside + 0 waiting" in answer.out
    assert "39 milestones added" in answer.out
    assert "a new database was created" in answer.err


def test_reading_the_same_document_again_changes_nothing(program: Program):
    before = program.ok("list", "--all", *DAY, "--format", "jsonl").out
    assert "nothing changed" in program.ok("ingest", DOCUMENT, "--as-of", "2018-09-30").out
    assert program.ok("list", "--all", *DAY, "--format", "jsonl").out == before


def test_a_dry_run_tells_and_stores_nothing(empty: Program):
    answer = empty.ok("ingest", DOCUMENT, "--dry-run", "--as-of", "2018-08-31")
    assert "dry run: nothing was stored" in answer.out
    assert "39 milestones added" in answer.out
    assert not empty.database.exists()


def test_a_changed_document_moves_adds_withdraws_and_leaves_what_people_decided(empty: Program):
    path = empty.pilot(f"{FIRST}2018年12月底前出台办法。2019年6月底前建成平台。")
    common = ("--published", "2018-08", "--as-of", "2018-08-31")
    empty.ok("ingest", path, *common)
    empty.ok("edit", "1", "--title", "评估", "--due", "2018-12-15", "--reason", "市长同意", *DAY)
    empty.pilot("2018年10月底前完成评估。2019年3月底前出台办法。2019年9月底前总结经验。")
    answer = empty("ingest", path, "--published", "2018-08", *DAY)
    assert "Moved: 2: 2018-12-31 → 2019-03-31" in answer.out
    assert "Withdrawn: 3: 2019-06-30" in answer.out
    assert "Added: 2019-09-30" in answer.out
    assert (row_of(empty, 1, *DAY)["due"], row_of(empty, 1, *DAY)["title"]) == ("2018-12-15", "评估")
    assert row_of(empty, 2, *DAY)["baseline_due"] == "2018-12-31"
    assert row_of(empty, 3, *DAY)["status"] == "open"


def test_a_revised_document_is_known_by_its_key(empty: Program):
    common = ("--published", "2018-08", "--as-of", "2018-08-31")
    empty.ok("ingest", empty.pilot(FIRST), "--as", "plan", *common)
    again = empty.ok("ingest", empty.pilot(FIRST, "revised.txt"), "--as", "plan", *common)
    assert "nothing changed" in again.out
    assert [row["key"] for row in empty.ok("documents", "list", "--format", "jsonl").rows] == ["plan"]


def test_one_unreadable_file_does_not_keep_the_others_out(empty: Program):
    paths = ["nowhere.txt", empty.pilot(FIRST)]
    answer = empty("ingest", *paths, "--published", "2018-08", "--as-of", "2018-08-31")
    assert answer.code == 5
    assert "nowhere.txt: there is no such file" in answer.err
    assert len(titles(empty)) == 1


def test_a_document_without_a_date_of_its_own_waits_until_a_person_says_it_once_and_for_all(empty: Program):
    path = empty.file("plan.txt", f"2018年工作要点\n2018年7月底完成了调研。\n{PILOT.format(FIRST)}")
    answer = empty("ingest", path, "--as-of", "2018-08-31")
    assert answer.code == 1
    assert "confirm it with --published" in answer.out
    said = ("--published", "2018-08", "--title", "试点", "--issuer", "宁波市人民政府")
    assert empty.ok("ingest", path, *said, "--as-of", "2018-08-31")
    for _ in range(2):
        assert "nothing changed" in empty.ok("ingest", path, "--as-of", "2018-09-30").out
    (row,) = empty.ok("documents", "list", "--format", "jsonl").rows
    assert (row["published"], row["title"], row["issuer"]) == ("2018-08", "试点", "宁波市人民政府")
    empty.file("plan.toml", 'published = "2018-07-31"')
    empty("ingest", path, "--as-of", "2018-09-30")
    (row,) = empty.ok("documents", "list", "--format", "jsonl").rows
    assert (row["published"], row["title"]) == ("2018-07-31", "试点")


def test_what_is_done_on_a_day_was_open_the_day_before(program: Program):
    assert "completed on 2018-11-02" in program.ok("done", "11", "--on", "2018-11-02", *DAY).out
    assert row_of(program, 11, "--as-of", "2018-11-01")["status"] == "open"
    closed = row_of(program, 11, "--as-of", "2018-11-02")
    assert (closed["status"], closed["standing"], closed["days_left"]) == ("completed", "closed", None)
    assert 11 not in [row["id"] for row in program.ok("list", *DAY, "--format", "jsonl").rows]


def test_done_keeps_who_said_so_and_what_proves_it(program: Program):
    proof = program.file("验收.txt", "合格")
    program.ok("done", "10", "--by", "王工", "--note", "已验收", "--evidence", proof, *DAY)
    said = program.ok("show", "10", *DAY).said
    for words in ("王工", "已验收", "sha256", "completed 2018-11-05, 56 days late"):
        assert words in said


IDS = {
    "one": (("12",), [12]),
    "several": (("12", "14"), [12, 14]),
    "a range": (("12-15",), [12, 13, 14, 15]),
    "both with commas": (("12-13,15",), [12, 13, 15]),
    "Chinese punctuation": (("12、14～15",), [12, 14, 15]),
    "one twice": (("12", "12-13"), [12, 13]),
}


@pytest.mark.parametrize("case", IDS)
def test_ids_are_written_as(program: Program, case: str):
    arguments, ids = IDS[case]
    lines = program.ok("done", *arguments, *DAY).out.splitlines()
    assert [int(line.split()[0]) for line in lines] == ids


def test_one_unknown_id_leaves_the_others_open(program: Program):
    answer = program("done", "12", "999", *DAY)
    assert answer.code == 2
    assert "999; nothing was changed" in answer.err
    assert row_of(program, 12, *DAY)["status"] == "open"


def test_a_closed_milestone_is_opened_again_and_a_cancelled_one_too(program: Program):
    program.ok("done", "12", *DAY)
    assert program("done", "12", *DAY).code == 2
    program.ok("reopen", "12", "--reason", "抽查不合格", *DAY)
    program.ok("cancel", "12", "--reason", "并入他项", *DAY)
    assert row_of(program, 12, *DAY)["status"] == "cancelled"
    program.ok("reopen", "12", *DAY)
    assert row_of(program, 12, *DAY)["status"] == "open"
    said = program.ok("show", "12", *DAY).said
    assert "抽查不合格" in said
    assert "并入他项" in said


def test_nothing_is_decided_from_a_day_to_come(program: Program):
    answer = program("done", "12", "--on", "2018-11-06", *DAY)
    assert answer.code == 2
    assert "lies after 2018-11-05" in answer.err


def test_a_correction_is_recorded_and_keeps_the_first_day(program: Program):
    program.ok(
        "edit", "11", "--due", "2018-12-10", "--agency", "市住建委", "--support", "市财政局", "--reason", "延期", *DAY
    )
    row = row_of(program, 11, *DAY)
    assert (row["due"], row["baseline_due"]) == ("2018-12-10", "2018-11-30")
    assert row["support"] == ["市财政局"]
    said = program.ok("show", "11", *DAY).said
    assert "2018-12-10, first 2018-11-30" in said
    assert "month → day" in said
    assert "延期" in said
    assert "changed by a person" in program.ok("why", "11", *DAY).said


def test_a_milestone_is_added_by_hand_and_survives_a_reading(program: Program):
    program.ok(
        "add", "--title", "报送总结", "--due", "2018-12-20", "--agency", "市住建委", "--document", "ningbo-2018", *DAY
    )
    program.ok("ingest", DOCUMENT, *DAY)
    row = row_of(program, 40, *DAY)
    assert (row["title"], row["due"], row["agencies"]) == ("报送总结", "2018-12-20", ["市住建委"])
    assert "was added by hand" in program.ok("why", "40", *DAY).out
    assert program("add", "--title", "x", *DAY).code == 2


def test_a_date_set_aside_becomes_a_milestone(program: Program):
    line = next(line for line in program.ok("documents", "show", "ningbo-2018").out.splitlines() if "7月底" in line)
    id = line.split()[0]
    program.ok("promote", id, "--due", "2018-12-01", "--title", "补报", *DAY)
    assert row_of(program, 40, *DAY)["due"] == "2018-12-01"
    line = next(line for line in program.ok("documents", "show", "ningbo-2018").out.splitlines() if "7月底" in line)
    assert line.split()[-3:-1] == ["tracked", "40"]
    assert program("promote", id, *DAY).code == 2
    program.ok("ingest", DOCUMENT, *DAY)
    assert row_of(program, 40, *DAY)["title"] == "补报"


def test_a_withdrawn_document_leaves_the_decision_to_the_office(program: Program):
    assert "39 open milestones wait for a decision" in program.ok("documents", "withdraw", "ningbo-2018", *DAY).out
    assert row_of(program, 11, *DAY)["status"] == "open"
    assert "25 days left (19 working), open, withdrawn by the document" in program.ok("show", "11", *DAY).said


def test_an_agency_gets_addresses_and_other_names(program: Program):
    program.ok("agencies", "set", "市住建委", "--email", "zjw@example.org", "--head", "h@example.org", "--cc", "")
    program.ok("agencies", "alias", "住建委", "市住建委")
    row = next(r for r in program.ok("agencies", "list", "--format", "jsonl").rows if r["name"] == "市住建委")
    assert row == {
        "name": "市住建委",
        "email": "zjw@example.org",
        "head": "h@example.org",
        "cc": "",
        "aliases": ["住建委"],
        "members": [],
        "cadence": None,
        "suspended": [],
    }
    assert program.ok("list", "--agency", "住建委", *DAY, "--format", "jsonl").rows


@pytest.mark.parametrize("between", [",", "，", ";", "；", "、", " ", "， "])
def test_several_addresses_are_told_apart_whatever_stands_between_them(program: Program, between: str):
    both = f"a@example.org{between}b@example.org"
    said = program.ok("agencies", "set", "市住建委", "--email", both, "--head", "h@x.cn")
    assert said.out == "市住建委: a@example.org,b@example.org; head h@x.cn\n"


def test_columns_of_a_table_of_addresses_that_mean_nothing_are_named(program: Program):
    table = "单位,邮箱,主要负责人,电话\n市住建委,zjw@example.org,张三,1\n"
    assert "passed over: 主要负责人、电话" in program.ok("agencies", "import", program.file("a.csv", table)).err


TABLE = "单位,邮箱,抄送\n市住建委,zjw@example.org,\n市教育局,jyj@example.org,c@example.org\n"
TABLES = {
    "UTF-8": TABLE.encode(),
    "UTF-8 with a byte order mark": TABLE.encode("utf-8-sig"),
    "GB18030": TABLE.encode("gb18030"),
    "Windows line ends": TABLE.replace("\n", "\r\n").encode(),
    "other words for the headings": TABLE.replace("单位,邮箱", "责任单位,电子邮箱").encode(),
    "semicolons": TABLE.replace(",", ";").encode(),
    "tabs": TABLE.replace(",", "\t").encode(),
    "English headings": TABLE.replace("单位,邮箱,抄送", "Name,Email,CC").encode(),
    "blank lines and a column more": TABLE.replace("\n", ",x\n\n").encode(),
}


@pytest.mark.parametrize("case", TABLES)
def test_addresses_are_imported_from_a_table_in(program: Program, case: str):
    assert "2 agencies set" in program.ok("agencies", "import", program.file("a.csv", TABLES[case])).out
    rows = {row["name"]: row for row in program.ok("agencies", "list", "--format", "jsonl").rows}
    assert rows["市教育局"]["email"] == "jyj@example.org"
    assert rows["市教育局"]["cc"] == "c@example.org"


def test_after_an_import_it_is_said_who_stands_in_no_document_and_who_is_left(program: Program):
    said = program.ok("agencies", "import", program.file("a.csv", TABLE + "市督查局,dc@example.org,\n")).err
    assert "in no document: 市督查局;" in said
    assert "agencies of the documents without an address" in said


def test_a_cell_that_is_missing_leaves_the_address_alone(program: Program):
    program.ok("agencies", "set", "市住建委", "--email", "zjw@example.org", "--cc", "c@example.org")
    program.ok("agencies", "import", program.file("a.csv", "name,email,cc\n市住建委,new@example.org\n"))
    rows = {row["name"]: row for row in program.ok("agencies", "list", "--format", "jsonl").rows}
    assert (rows["市住建委"]["email"], rows["市住建委"]["cc"]) == ("new@example.org", "c@example.org")


def test_exports_hold_every_milestone(program: Program):
    rows = json.loads(program.ok("export", "json", *DAY).out)
    assert len(rows) == 39
    table = program.ok("export", "csv", *DAY).out
    assert table.startswith("\ufeffid,uid,item,title")
    assert len(list(csv.reader(io.StringIO(table)))) == 40
    calendar = program.ok("export", "ics", *DAY)
    assert calendar.out.count("BEGIN:VEVENT") == 37
    assert "2 undated milestones" in calendar.err
    todo = program.ok("export", "ics", "--as", "todo", "--agency", "市住建委", *DAY).out
    assert todo.count("BEGIN:VTODO") == 8
    assert "BEGIN:VEVENT" not in todo


def test_an_export_to_a_file_replaces_it_as_a_whole(program: Program):
    path = program.folder / "out.ics"
    path.write_text("before", encoding="utf-8")
    answer = program.ok("export", "ics", "-o", str(path), *DAY)
    assert answer.out == ""
    assert path.read_bytes().endswith(b"END:VCALENDAR\r\n")
    assert [each.name for each in program.folder.iterdir() if each.name.startswith(".")] == []


def test_a_digest_is_shown_as_text_html_and_mail_and_records_nothing(program: Program):
    assert "市住建委" in program.ok("digest", "--agency", "市住建委", *DAY).out
    assert program.ok("digest", "--agency", "市住建委", "--format", "html", *DAY).out.startswith("<!")
    mail = message_from_string(program.ok("digest", "--format", "eml", *DAY).out, policy=default)
    assert mail["Message-ID"]
    assert program.ok("outbox", "list", "--format", "jsonl").rows == []


def test_messages_are_sent_once_each(program: Program):
    assert "第1期" in program.ok("scan", *DAY).out
    assert "nothing new is owed" in program.ok("scan", *DAY).out
    assert "市住建委" in program.ok("deliver").out
    assert program.ok("deliver").out == ""
    rows = program.ok("outbox", "list", "--format", "jsonl").rows
    assert {(row["state"], row["attempts"]) for row in rows} == {("sent", 1)}
    assert program("outbox", "retry", str(rows[0]["id"])).code == 2


def test_a_message_is_held_and_released(program: Program):
    program.ok("scan", *DAY)
    assert "is held" in program.ok("outbox", "hold", "1").out
    assert "1" not in program.ok("deliver").err.split()
    assert "is ready again" in program.ok("outbox", "retry", "1").out
    assert "1 printed, since no mail server is set; what was printed counts as told" in program.ok("deliver").err


def test_the_database_is_migrated_checked_and_copied(empty: Program):
    assert empty("db", "current").code == 4
    assert f"schema {HEAD}" in empty.ok("db", "upgrade").out
    assert "nothing to do" in empty.ok("db", "upgrade").out
    assert empty.ok("db", "current").out == f"{HEAD}\n"
    assert "sound" in empty.ok("db", "check").out
    copy = empty.folder / "copy.db"
    assert "sound" in empty.ok("db", "backup", str(copy)).out
    assert empty.ok("--database", f"sqlite:///{copy}", "list", "--format", "jsonl").rows == []
    assert empty("db", "backup", str(copy)).code == 2


def test_an_address_of_an_agency_that_no_milestone_names_is_noticed(program: Program):
    said = program.ok("agencies", "set", "市住健委", "--email", "a@example.org").err
    assert "new agency: 市住健委; did you mean 市住建委" in said
    assert "no milestone names 市住健委" in said
    assert "no milestone names 市住健委" in program.ok("doctor", *DAY).said
    program.ok("agencies", "alias", "市住健委", "市住建委")
    assert program.ok("agencies", "set", "市住健委", "--email", "b@example.org").err == ""
    assert "no milestone names" not in program.ok("doctor", *DAY).said


def test_the_doctor_finds_everything_in_order_or_says_what_to_do(program: Program):
    program.ok("scan", *DAY)
    answer = program.ok("doctor", *DAY)
    assert "everything is in order" in answer.out
    late = program("doctor", "--as-of", "2018-12-05")
    assert late.code == 1
    assert "working days were missed" in late.said
    program("ingest", program.pilot("2月30日前完成方案制定。"), "--published", "2018-08", *DAY)
    assert "1 date waits for a decision (pilot)" in program("doctor", *DAY).said
    assert "1 fault" in program("doctor", *DAY).out.splitlines()


def test_acknowledging_pauses_what_why_then_shows_withheld_and_planned(program: Program) -> None:
    program.ok("scan", "--as-of", "2018-08-31")
    assert (
        "acknowledged until 2018-12-20" in program.ok("ack", "11", "--until", "2018-12-20", "--as-of", "2018-09-03").out
    )
    assert "ack         all until 2018-12-20" in program.ok("show", "11", "--as-of", "2018-09-03").out
    program.ok("scan", "--as-of", "2018-10-08")
    asked = ("why", "11", "--reminders", "--as-of", "2018-10-08")
    rows = [json.loads(line) for line in program.ok(*asked, "--format", "jsonl").out.splitlines()]
    assert ("2018-10-01", "withheld", "acknowledged", "2018-12-20") in {
        (row["planned"], row["state"], row["reason"], row["until"]) for row in rows
    }
    assert [row["day"] for row in rows if row["rule"] == "overdue-1"] == ["2018-12-03"]
    assert "until 2018-12-20" in program.ok("show", "11", "--as-of", "2018-10-08").out
    program.ok("ack", "11", "--until", "-", "--as-of", "2018-10-08")
    assert program("ack", "11", "--until", "-", "--as-of", "2018-10-08").code == 2


def test_why_foresees_the_scan_of_the_day_until_it_has_run(program: Program) -> None:
    program.ok("scan", "--as-of", "2018-08-31")
    asked = ("why", "11", "--reminders", "--as-of", "2018-10-08", "--format", "jsonl")
    before = [row for row in program.ok(*asked).rows if row["planned"] == "2018-10-01"]
    assert [(row["day"], row["state"], row["reason"]) for row in before] == [("2018-10-08", "planned", None)]
    program.ok("scan", "--as-of", "2018-10-08")
    after = [row for row in program.ok(*asked).rows if row["planned"] == "2018-10-01"]
    assert [(row["day"], row["state"]) for row in after] == [("2018-10-08", "ready")]


def test_a_ladder_of_one_milestone_is_given_shown_and_taken_away(program: Program) -> None:
    program.ok("edit", "11", "--remind", "7, 1w", "--reason", "催办", *DAY)
    assert "7、1w" in program.ok("show", "11", *DAY).out
    program.ok("edit", "11", "--remind", "-", "--reason", "恢复", *DAY)
    assert program("edit", "11", "--remind", "soon", "--reason", "x", *DAY).code == 2


def test_of_many_messages_that_are_no_reports_it_is_said_how_many(program: Program):
    box = mailbox.Maildir(program.folder / "box")
    for _ in range(3):
        box.add(b"Subject: hello\n\nno report\n")
    place = str(program.folder / "box")
    assert program.ok("bounces", place).out == "3 messages ignored: none is a report about one of ours\n"


PART_OF_A_NAME = {
    "stats": ("stats", "--agency", "住建"),
    "timeline": ("timeline", "--agency", "住建"),
    "letter": ("letter", "住建", "--all", "-o", "letter.docx"),
    "claim": ("claim", "11", "--agency", "住建", "--dry-run"),
}


@pytest.mark.parametrize("arguments", PART_OF_A_NAME.values(), ids=PART_OF_A_NAME.keys())
def test_an_agency_is_known_by_part_of_its_name_and_it_is_said_how(
    program: Program, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(program.folder)
    assert "住建 = 市住建委" in program.ok(*arguments, *DAY).err


OF_SOME = ["done", "reopen", "cancel", "claim", "verify", "return", "defer", "approve", "refuse", "block", "supersede",
       "forecast", "ack"]  # fmt: skip


@pytest.mark.parametrize("command", OF_SOME)
def test_a_command_about_some_milestones_says_how_they_are_named(program: Program, command: str) -> None:
    assert "12,14 or 12-15" in program.ok(command, "--help").out


def test_a_uid_names_a_milestone_wherever_an_id_does(program: Program) -> None:
    uids = {row["id"]: row["uid"] for row in program.ok("list", "--format", "jsonl", *DAY).rows}
    assert "13 takes its place" in program.ok("supersede", "14", "--with", uids[13], *DAY).out
    assert "14 undone" in program.ok("undo", uids[14], *DAY).out
