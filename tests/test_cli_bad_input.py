"""Bad input at the command line: one message that says where and what to do, the promised code, nothing half done."""

import os
import shlex

import pytest
from cli_program import DAY, Answer, Program
from milestone_factory import SEED

DOCUMENT = str(SEED / "document.txt")
PUBLISHED = ("--published", "2018-08", "--as-of", "2018-08-31")
FIRST = "2018年11月底前完成评估。"


def refused(answer: Answer, code: int, *words: str) -> None:
    """One message on standard error with these words, nothing on standard output."""
    assert (answer.code, answer.out) == (code, ""), answer
    assert answer.err.startswith("tracker: ")
    assert len(answer.err.splitlines()) == 1, answer.err
    for word in words:
        assert word in answer.err


FILES = {
    "empty": (b"", "is empty"),
    "blank": (b"  \r\n\t\n", "only blanks"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(50), "is a PNG picture"),
    "an archive": (b"PK\x03\x04" + bytes(50), "is damaged or not whole"),
    "a PDF": (b"%PDF-1.7\n", "is damaged or not whole"),
    "bytes": (bytes(range(256)) * 20, "is not a text"),
    "in no known encoding": (b"\xff\xff\x81" * 100, "UTF-8"),
    "of 50 MB": (b"a" * 50_000_000, "over 20 MB"),
}


@pytest.mark.parametrize("command", ["extract", "ingest"])
@pytest.mark.parametrize("case", FILES)
def test_a_file_is_refused_that_is(empty: Program, case: str, command: str):
    content, words = FILES[case]
    refused(empty(command, empty.file("plan.txt", content), *PUBLISHED), 5, "plan.txt: ", words)
    assert not empty.database.exists()


PLACES = {
    "missing": (lambda path: None, "there is no such file"),
    "a folder": (lambda path: path.mkdir(), "is a directory"),
    "a pipe": (os.mkfifo, "is a pipe or a device"),
    "an endless device": (lambda path: path.symlink_to("/dev/zero"), "is a pipe or a device"),
}


@pytest.mark.parametrize("arguments", [("ingest",), ("extract",), ("agencies", "import")])
@pytest.mark.parametrize("case", PLACES)
def test_a_place_is_refused_that_is(program: Program, case: str, arguments: tuple[str, ...]):
    make, words = PLACES[case]
    make(program.folder / "plan.txt")
    refused(program(*arguments, "plan.txt"), 5, "plan.txt: ", words)


def test_a_document_without_a_date_or_a_pilot_is_something_to_look_at(empty: Program):
    path = empty.file("notice.txt", "关于做好工作的通知，请各单位认真落实。")
    refused(empty("ingest", path), 2, "notice.txt: when was it published?", "--published 2018-08")
    answer = empty("ingest", path, *PUBLISHED)
    assert answer.code == 1
    assert "0 dates" in answer.out
    assert "is it the right document" in answer.out
    assert empty("extract", path, *PUBLISHED).code == 1


@pytest.mark.parametrize("words", ["2月30日前完成方案制定。", "2018年13月底前完成方案制定。"])
def test_an_impossible_date_waits_for_a_person_and_is_counted(empty: Program, words: str):
    answer = empty("ingest", empty.pilot(words + FIRST), *PUBLISHED)
    assert answer.code == 1
    assert "2 dates = 1 tracked + 0 set aside + 1 waiting" in answer.out
    assert "waits: item 91" in answer.out
    rows = empty("extract", empty.pilot(words + FIRST), *PUBLISHED, "--what", "review", "--format", "jsonl").rows
    assert [row["quote"] in words for row in rows] == [True]
    assert "1 date waits for a decision (pilot)" in empty("doctor", *DAY).said


CALLS = [
    ("done 0", 2, "no milestone has the id 0"),
    ("done -1", 2, "-1"),
    ("done 999999", 2, "no milestone has the id 999999"),
    ("done 99999999999999", 2, "nothing has the id 99999999999999"),
    ("done 1-0", 2, "a range goes upwards"),
    ("done 1-99999", 2, "1000 ids at most"),
    ("done x", 2, "write 12, 12,14 or 12-15"),
    ("done", 2, "tracker done --help"),
    ("cancel 1", 2, "--reason"),
    ("reopen 1", 2, "there is nothing to reopen"),
    ("show 0", 2, "no milestone has the id 0"),
    ("why 99999999999999999999", 2, "nothing has the id"),
    ("show 1 --as-of 2018-08-01", 2, "not known before"),
    ("edit 1 --reason x", 2, "nothing to change"),
    ("edit 11 --due 2018-12-10 --reason ''", 2, "--reason says nothing: write why"),
    ("cancel 11 --reason '  '", 2, "--reason says nothing"),
    ("reopen 12 --reason ''", 2, "--reason says nothing"),
    ("promote 1 --reason ''", 2, "--reason says nothing"),
    ("add --title x --due 2018-12-10 --reason ''", 2, "--reason says nothing"),
    ("documents withdraw ningbo-2018 --reason ''", 2, "--reason says nothing"),
    ("edit 999 --title x --reason x", 2, "no milestone has the id 999"),
    ("edit 1 --precision week --reason x", 2, "week"),
    ("edit 11 --begin 2019-01-01 --reason x", 2, "after its last day"),
    ("add --title x --due 2018-12-01 --document nowhere", 2, "no document is called nowhere"),
    ("promote 999", 2, "no date expression has the id 999"),
    ("documents show nowhere", 2, "no document is called nowhere"),
    ("documents withdraw nowhere", 2, "no document is called nowhere"),
    ("list --document nowhere", 2, "no document is called nowhere"),
    ("list --agency 市住健委", 2, "did you mean 市住建委?"),
    ("digest --agency 没有", 2, "no agency is called 没有"),
    ("export ics --agency 没有", 2, "no agency is called 没有"),
    ("export pdf", 2, "pdf"),
    ("export ics -o nowhere/out.ics", 5, "the folder nowhere does not exist"),
    ("export ics -o /proc/out.ics", 5, "cannot be written"),
    ("export csv -o .", 5, "is a folder"),
    ("agencies set 市住建委", 2, "--email"),
    ("agencies set 市住建委 --email zjw", 2, "'zjw' is not an address such as"),
    ("agencies alias 甲 没有", 2, "no agency is called 没有"),
    ("outbox show 99", 2, "tracker outbox list"),
    ("outbox retry 99", 2, "tracker outbox list"),
    ("doctor --mail nobody", 2, "nobody"),
    ("run --as-of 2018-11-05", 2, "--as-of"),
    ("timex 11月底 --reference x", 2, "--reference x: not a date"),
    ("db backup tracker.db", 2, "exists already"),
    ("db backup nowhere/copy.db", 2, "does not exist"),
    ("nonsense", 2, "No such command 'nonsense'"),
    ("list --colour red", 2, "--colour"),
    ("--config nowhere.toml list", 3, "nowhere.toml: there is no such configuration file"),
    ("--database nonsense list", 3, "sqlite:///tracker.db"),
    ("--database mysql://x/y list", 4, "SQLite and PostgreSQL"),
    ("--database sqlite:///nowhere/tracker.db list", 4, "create it first"),
    ("--database sqlite:///. list", 4, "folder"),
    ("--database sqlite:///config.toml list", 4, "config.toml: this is not a SQLite database"),
    ("--database sqlite:///other.db doctor", 4, "no such database"),
    ("--database sqlite:///other.db db backup copy.db", 4, "no such database"),
]


@pytest.mark.parametrize(("call", "code", "words"), CALLS)
def test_a_wrong_call_is_refused(program: Program, call: str, code: int, words: str):
    (program.folder / "config.toml").write_text("# nothing\n", encoding="utf-8")
    before = program.database.read_bytes()
    answer = program(*shlex.split(call))
    if call.startswith("doctor"):
        answer = Answer(answer.code, "", answer.err)
    refused(answer, code, words)
    assert program.database.read_bytes() == before


CONFIGURATIONS = {
    "an unknown key": ("[mail]\nhots = 'a'\n", "did you mean host?"),
    "an unknown table": ("[mial]\nhost = 'a'\n", "did you mean mail?"),
    "a bad address": ("[office]\nemail = 'ducha'\n", "ducha@example.org"),
    "no TOML": ("[mail\n", "is not TOML"),
}


@pytest.mark.parametrize("case", CONFIGURATIONS)
def test_a_configuration_is_refused_with(program: Program, case: str):
    content, words = CONFIGURATIONS[case]
    refused(program("--config", program.file("c.toml", content), "list"), 3, "c.toml", words)


TABLES = {
    "a column missing": ("name,head\n市住建委,a@example.org\n", "line 1: wanted are columns name and email"),
    "a heading that nobody knows": (
        "单位；电话\n市住建委；1\n",
        "表头须有 单位,邮箱（可加 领导邮箱,抄送）; found: 单位；电话",
    ),
    "no name": ("name,email\n市住建委,a@example.org\n,b@example.org\n", "line 3: no name"),
    "one agency twice": (
        "name,email\n甲局,a@example.org\n甲局,b@example.org\n",
        "line 3: 甲局 stands in an earlier line",
    ),
    "a bad address": ("name,email\n甲局,a@example.org\n乙局,nobody\n", "乙局: email 'nobody' is not an address"),
    "no agencies": ("name,email\n", "no agencies below the heading"),
}


@pytest.mark.parametrize("case", TABLES)
def test_a_table_of_addresses_is_refused_as_a_whole_with(program: Program, case: str):
    content, words = TABLES[case]
    refused(program("agencies", "import", program.file("a.csv", content)), 2, "a.csv", words)
    assert "example.org" not in program.ok("agencies", "list").out


def test_a_line_of_standard_input_that_is_no_json_is_named(empty: Program):
    done = empty.process("timex", text_in='{"text": "11月底"}\nnonsense\n'.encode())
    assert done.returncode == 2
    assert b"standard input, line 2" in done.stderr


def test_an_argument_in_another_encoding_is_refused(empty: Program):
    done = empty.process("add", "--title", os.fsdecode(b"\xb1\xea"), "--due", "none", environ={"PYTHONUTF8": "1"})
    assert done.returncode == 2
    assert b"not readable as utf-8" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["export", "publish"])
def test_what_could_have_been_written_is_said_on_one_line(program: Program, command: str):
    answer = program(command)
    assert answer.code == 2
    assert len(answer.err.splitlines()) == 1
