"""The commands that outside programs rely on: their names, options, fields and exit codes are a promise."""

import json
import re
from datetime import date

import click
import pytest
from cli_program import DAY, Program
from milestone_factory import SEED
from rich.cells import cell_len

from tracker.cli import COMMANDS, tracker
from tracker.timex import find_timexes

DOCUMENT = str(SEED / "document.txt")
COMMON = {"--config", "--database", "--as-of"}
FORMAT = {"--format"}
FIELDS = {"--title", "--due", "--agency", "--lead"}


def keys(text: str) -> list[str]:
    return text.split()


# command: the options that were promised
PROMISED: dict[str, set[str]] = {
    "extract": {"--published", "--what"} | FORMAT,
    "timex": {"--reference"} | FORMAT,
    "ingest": {"--published", "--as", "--dry-run", "--report"},
    "documents list": FORMAT,
    "documents show": set(),
    "documents withdraw": {"--on"},
    "add": FIELDS | {"--on"},
    "review": {"--list", "--accept", "--due", "--agency", "--set-aside", "--document"} | FORMAT,
    "edit": FIELDS | {"--reason", "--on"},
    "promote": FIELDS | {"--on"},
    "list": {"--all"} | FORMAT,
    "show": set(),
    "why": set(),
    "done": {"--on", "--by", "--note", "--evidence", "--all", "--only"},
    "same list": {"--confirmed"} | FORMAT,
    "same confirm": {"--on", "--by", "--reason"},
    "same split": {"--on", "--by", "--reason"},
    "reopen": {"--on"},
    "cancel": {"--on", "--reason", "--document"},
    "claim": {"--agency", "--note", "--evidence", "--all", "--only", "--on", "--by"},
    "verify": {"--grade", "--note", "--all", "--only", "--on", "--by"},
    "return": {"--reason", "--all", "--only", "--on", "--by"},
    "defer": {"--to", "--all", "--only", "--reason", "--late", "--on", "--by"},
    "approve": {"--all", "--only", "--reason", "--on", "--by"},
    "refuse": {"--all", "--only", "--reason", "--on", "--by"},
    "block": {"--for", "--none", "--reason", "--on", "--by"},
    "supersede": {"--with", "--reason", "--on", "--by"},
    "forecast": {"--day", "--reason", "--on", "--by"},
    "reading": {"--target", "--source", "--on", "--by"} | FORMAT,
    "evidence": {"-o"},
    "ack": {"--until", "--agency", "--by", "--reason"},
    "undo": {"--dry-run", "--on", "--by", "--reason"},
    "scan": set(),
    "deliver": set(),
    "digest": {"--agency"} | FORMAT,
    "run": set(),
    "import": {"--dry-run", "--by"} | FORMAT,
    "stats": {"--agency"} | FORMAT,
    "timeline": {"--agency", "--by-agency", "--svg", "--png"} | FORMAT,
    "letter": {"-o", "--template", "--template-out"},
    "export": {"--agency", "--item", "--as", "--check", "-o"},
    "publish": {"--agency", "--item", "--as", "--dry-run", "--overwrite"} | FORMAT,
    "outbox list": FORMAT,
    "outbox show": set(),
    "outbox retry": set(),
    "bounces": set(),
    "chat list": FORMAT,
    "chat test": set(),
    "chat retry": set(),
    "agencies list": FORMAT,
    "agencies set": {"--email", "--head", "--cc"},
    "agencies alias": set(),
    "agencies import": set(),
    "db upgrade": set(),
    "db current": set(),
    "db check": set(),
    "db backup": set(),
    "audit verify": {"--head", "--length"} | FORMAT,
    "db restore": {"--replace"},
    "db copy": set(),
    "doctor": set(),
    "completion": set(),
}
CHOICES = {
    ("extract", "what"): ["commitments", "timexes", "items", "set-aside", "review"],
    ("extract", "form"): ["table", "jsonl", "html"],
    ("timex", "form"): ["table", "jsonl"],
    ("review", "form"): ["table", "jsonl"],
    ("audit verify", "form"): ["table", "jsonl"],
    ("list", "form"): ["table", "jsonl", "csv", "ids"],
    ("digest", "form"): ["text", "html", "eml", "chat"],
    ("export", "form"): ["ics", "csv", "xlsx", "json"],
    ("publish", "where"): ["caldav"],
}
COMMITMENT = keys(
    "doc item section quote start stop timex due begin precision recurrence rrule year_from "
    "assumed agencies lead support extent targets kind confidence review"
)
MENTION = ["doc", "item", "quote", "context", "reason"]
KEYS = {
    "commitments": COMMITMENT,
    "timexes": keys("doc item quote context start stop type value mod begin end role rows"),
    "items": ["doc", "item", "title", "agencies", "lead"],
    "set-aside": MENTION,
    "review": MENTION,
}
LIST = keys(
    "id uid item title quote due baseline_due precision status standing days_left agencies lead "
    "support recurrence targets document "
    "closed_on grade claims asked slips forecast waits_for superseded_by ended_by gauges put_off_from"
)
OUTBOX = ["id", "agency", "day", "state", "attempts", "message_id"]


def command(name: str) -> click.Command:
    found: click.Command = tracker
    for word in name.split():
        assert isinstance(found, click.Group)
        inner = found.get_command(click.Context(found), word)
        assert inner is not None, f"there is no command {name}"
        found = inner
    return found


@pytest.mark.parametrize("name", PROMISED)
def test_a_promised_command_has_its_options_and_the_common_ones(name: str):
    options = {flag for parameter in command(name).params for flag in parameter.opts}
    assert options >= PROMISED[name] | COMMON


@pytest.mark.parametrize(("name", "parameter"), CHOICES)
def test_an_option_takes_just_the_promised_words(name: str, parameter: str):
    kind = next(each.type for each in command(name).params if each.name == parameter)
    assert isinstance(kind, click.Choice)
    assert list(kind.choices) == CHOICES[name, parameter]


def test_every_command_is_promised_and_says_what_it_does(empty: Program):
    assert set(COMMANDS) == {name.split()[0] for name in PROMISED}
    said = empty.ok("--help").out
    for name, (_, words) in COMMANDS.items():
        assert re.search(rf"^  {name}\s+{re.escape(words[:20])}", said, re.MULTILINE)
    for name in PROMISED:
        page = empty.ok(*name.split(), "--help").out
        assert "Usage: tracker" in page
        assert max(map(cell_len, page.splitlines())) <= 80, name


@pytest.mark.parametrize("what", KEYS)
def test_extract_gives_the_promised_keys_and_nothing_else(empty: Program, what: str):
    answer = empty.ok("extract", DOCUMENT, "--what", what, "--format", "jsonl")
    assert all(list(row) == KEYS[what] for row in answer.rows)
    assert bool(answer.rows) == (what != "review")
    assert not empty.database.exists()


def test_extract_states_absent_values_as_null_and_days_in_iso(empty: Program):
    rows = empty.ok("extract", DOCUMENT, "--format", "jsonl").rows
    row = next(row for row in rows if row["timex"] == "11月底")
    assert (row["doc"], row["item"], row["due"], row["recurrence"]) == ("ningbo-2018", "97", "2018-11-30", None)
    assert [list(target) for target in row["targets"]] == [
        ["indicator", "op", "value", "unit", "base", "amount", "measure"]
    ]
    assert any(row["due"] is None for row in rows)


def test_timex_answers_each_line_of_standard_input_with_one_line(empty: Program):
    day = "2018-08-31"
    lines = [{"text": "2018年、2019年底前分别完成", "reference": day}, {"text": "无", "reference": day}]
    given = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode()
    done = empty.process("timex", text_in=given)
    assert done.returncode == 0, done.stderr
    first, second = map(json.loads, done.stdout.decode().splitlines())
    assert list(first) == ["text", "reference", "timexes"]
    assert second == lines[1] | {"timexes": []}
    assert list(first["timexes"][0]) == keys("quote start stop type value mod begin end ends review")


def test_timex_reads_the_words_of_the_call_against_the_reference(empty: Program):
    answer = empty.ok("timex", "11月底", "--reference", "2018-08-31", "--format", "jsonl")
    assert answer.rows[0]["timexes"][0]["end"] == "2018-11-30"
    assert "2018-11-30" in empty.ok("timex", "11月底", "--reference", "2018-08-31").out


def test_python_programs_read_time_expressions_with_the_promised_call():
    assert [m.quote for m in find_timexes("于11月底完成", date(2018, 8, 31))] == ["11月底"]


@pytest.mark.parametrize("arguments", [(), ("--all",)])
def test_list_gives_the_promised_fields(program: Program, arguments: tuple[str, ...]):
    rows = program.ok("list", *arguments, *DAY, "--format", "jsonl").rows
    assert len(rows) == 39
    assert all(list(row) == LIST for row in rows)
    row = next(row for row in rows if row["id"] == 11)
    assert (row["due"], row["days_left"], row["standing"], row["status"]) == ("2018-11-30", 25, "due_soon", "open")
    assert row["document"] == "ningbo-2018"


FILTERS = [
    (("--agency", "市住建委"), lambda row: "市住建委" in row["agencies"]),
    (("--document", "ningbo-2018"), lambda row: row["document"] == "ningbo-2018"),
    (("--item", "97"), lambda row: row["item"] == "97"),
    (("--standing", "overdue"), lambda row: row["standing"] == "overdue"),
    (("--due-before", "2018-11-30"), lambda row: row["due"] is not None and row["due"] <= "2018-11-30"),
    (("--due-before", "11月底"), lambda row: row["due"] is not None and row["due"] <= "2018-11-30"),
    (("--search", "小区"), lambda row: "小区" in row["title"] + row["quote"]),
]


@pytest.mark.parametrize(("arguments", "holds"), FILTERS)
def test_a_filter_keeps_what_it_names(program: Program, arguments, holds):
    every = program.ok("list", *DAY, "--format", "jsonl").rows
    kept = program.ok("list", *arguments, *DAY, "--format", "jsonl").rows
    assert kept == [row for row in every if holds(row)] != []


def test_list_as_csv_has_the_same_fields(program: Program):
    assert program.ok("list", *DAY, "--format", "csv").out.splitlines()[0].split(",") == LIST


def test_the_outbox_gives_the_promised_fields(program: Program):
    assert program.ok("outbox", "list", "--format", "jsonl").rows == []
    program.ok("scan", *DAY)
    rows = program.ok("outbox", "list", "--format", "jsonl").rows
    assert list(rows[0])[: len(OUTBOX)] == OUTBOX
    assert {row["state"] for row in rows} == {"ready"}
    assert {row["day"] for row in rows} == {"2018-11-05"}
    assert rows[-1]["agency"] is None
    assert "Message-ID:" in program.ok("outbox", "show", str(rows[0]["id"])).out


PLACES = {
    "before the command": lambda option, value: (option, value, "documents", "list"),
    "between": lambda option, value: ("documents", option, value, "list"),
    "after it": lambda option, value: ("documents", "list", option, value),
}


@pytest.mark.parametrize("place", PLACES)
def test_the_common_options_stand_before_or_after_the_command(
    program: Program, place: str, monkeypatch: pytest.MonkeyPatch
):
    database, at = f"sqlite:///{program.database}", PLACES[place]
    monkeypatch.setenv("TRACKER_DATABASE", "sqlite:////nowhere/tracker.db")
    assert "ningbo-2018" in program.ok(*at("--database", database)).out
    config = program.file("other.toml", '[database]\nurl = "sqlite:///tracker.db"\n')
    monkeypatch.delenv("TRACKER_DATABASE")
    assert "ningbo-2018" in program.ok(*at("--config", config)).out


@pytest.mark.parametrize("arguments", [("--as-of", "2018-11-05", "list"), ("list", "--as-of", "2018-11-05")])
def test_the_business_day_stands_before_or_after_the_command(program: Program, arguments: tuple[str, ...]):
    assert "39 milestones on 2018-11-05" in program.ok(*arguments).err


def test_an_option_after_the_command_goes_before_one_ahead_of_it(program: Program):
    assert "on 2018-11-06" in program.ok("--as-of", "2018-11-05", "list", "--as-of", "2018-11-06").err


def test_the_environment_names_the_configuration_and_the_database(program: Program, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TRACKER_CONFIG", program.file("c.toml", '[office]\nname = "某督查室"\n'))
    assert "某督查室" in program.ok("digest", *DAY).out


def test_the_program_is_called_by_its_name_and_as_a_module(empty: Program):
    assert empty.process("--version").stdout.decode().startswith("tracker")
    assert empty.process("nonsense").returncode == 2


# Each exit code, and a call that ends with it.
CODES = [
    (0, ("list",)),
    (1, ("ingest", "{impossible}", "--published", "2018-08")),
    (2, ("show", "999")),
    (3, ("--config", "nowhere.toml", "list")),
    (4, ("--database", "sqlite:////nowhere/tracker.db", "list")),
    (5, ("ingest", "nowhere.txt")),
]


@pytest.mark.parametrize(("code", "arguments"), CODES)
def test_every_exit_code_is_produced(program: Program, code: int, arguments: tuple[str, ...]):
    impossible = program.pilot("2月30日前完成方案制定。")
    assert program(*(word.format(impossible=impossible) for word in arguments)).code == code


def test_an_interrupted_command_ends_with_130(program: Program, monkeypatch: pytest.MonkeyPatch):
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tracker.jobs.look.milestones", interrupt)
    answer = program("list")
    assert (answer.code, answer.out, answer.err) == (130, "", "\ntracker: interrupted\n")


def test_a_fault_of_the_program_shows_itself_and_is_taken_for_no_promised_code(
    program: Program, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tracker.jobs.look.milestones", lambda *_, **__: 1 / 0)
    answer = program("list")
    assert answer.code == 70
    assert "ZeroDivisionError" in answer.err
    assert "please report" in answer.err
