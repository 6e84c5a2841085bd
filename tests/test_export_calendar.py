"""Calendars from the command line: whose they are, what is checked, and that each change of a schedule is news."""

import re

import pytest
from cli_program import DAY, Program
from icalendar import Calendar

DOCUMENT = "2018年8月15日印发\n91.试点一\n牵头单位：市教育局\n下步改革安排：{}\n"


def sequences(program: Program, *options: str) -> dict[str, int]:
    """The SEQUENCE of each entry of the exported calendar, by its words up to the bracket."""
    whole = Calendar.from_ical(program.ok("export", "ics", *options).out)
    return {re.sub(r"【.*?】|（.*", "", str(each["SUMMARY"])): int(each["SEQUENCE"]) for each in whole.walk("VEVENT")}


def test_a_pilot_has_a_calendar_of_its_own(program: Program):
    expected = [row for row in program.ok("list", "--item", "97", "--format", "jsonl", *DAY).rows if row["due"]]
    answer = program.ok("export", "ics", "--item", "97", *DAY)
    assert answer.out.count("BEGIN:VEVENT") == len(expected) > 1
    assert Calendar.from_ical(answer.out)["NAME"] == "第97项·到期事项"
    both = program.ok("export", "csv", "--item", "97", "--agency", "市住建委", *DAY).out
    assert len(both.splitlines()) == 1 + sum("市住建委" in row["agencies"] for row in expected)
    refused = program("export", "ics", "--item", "7777", *DAY)
    assert (refused.code, refused.out) == (2, "")
    assert "no milestone is of item 7777; `tracker list --all` shows the items" in refused.err


def test_check_finds_nothing_in_ours_and_names_what_fell_since_the_file_was_written(program: Program):
    path = program.folder / "out.ics"
    for _ in range(2):
        assert program.ok("export", "ics", "--check", "-o", str(path), *DAY).err.endswith("0 defects found\n")
    program.ok("done", "3", *DAY)
    assert "0 defects found" in program.ok("export", "ics", "--check", "-o", str(path), *DAY).err
    path.write_bytes(path.read_bytes().replace(b"SEQUENCE:0", b"SEQUENCE:9", 1))
    answer = program("export", "ics", "--check", "-o", str(path), *DAY)
    assert answer.code == 1
    assert "SEQUENCE fell from 9 to 0\n1 defect found" in answer.err
    assert program("export", "csv", "--check").code == 2


def test_closed_entries_leave_the_calendar_after_90_days(program: Program):
    program.ok("cancel", "3", "--reason", "不再需要", *DAY)
    shown = program.ok("export", "ics", "--as-of", "2019-02-03").out
    assert shown.count("STATUS:CANCELLED") == 1
    later = program.ok("export", "ics", "--as-of", "2019-02-04").out
    assert later.count("BEGIN:VEVENT") == shown.count("BEGIN:VEVENT") - 1
    assert "STATUS:CANCELLED" not in later


def test_an_entry_links_to_where_its_document_can_be_read(empty: Program):
    file = empty.file("pilot.txt", DOCUMENT.format("11月底前完成方案。"))
    empty.file("pilot.toml", 'url = "https://oa.example.org/pilot?id=91"\n')
    empty("ingest", file, *DAY)
    (event,) = Calendar.from_ical(empty.ok("export", "ics", "--check", *DAY).out).walk("VEVENT")
    assert event["URL"] == event["LINK"] == "https://oa.example.org/pilot?id=91"
    empty.file("pilot.toml", 'url = "file:///etc/passwd"\n')
    answer = empty("ingest", file, *DAY)
    assert answer.code == 3
    assert "pilot.toml: url: must begin with https:// or http://" in answer.said


CHANGES = {
    "done": [(("done", "1"), 1)],
    "cancelled and reopened": [(("cancel", "1", "--reason", "x"), 1), (("reopen", "1"), 2)],
    "another day": [(("edit", "1", "--due", "2018-12-05", "--reason", "x"), 1)],
    "other words": [(("edit", "1", "--title", "报送方案", "--reason", "x"), 0)],
    "acknowledged": [(("ack", "1", "--until", "2018-11-20"), 0)],
}


@pytest.mark.parametrize("steps", CHANGES.values(), ids=CHANGES.keys())
def test_what_people_decide_of_day_and_status_raises_the_sequence(empty: Program, steps):
    empty("ingest", empty.file("pilot.txt", DOCUMENT.format("11月底前完成方案。")), *DAY)
    for words, expected in steps:
        empty.ok(*words, *DAY)
        assert list(sequences(empty, *DAY).values()) == [expected]


READINGS = {
    "moved": ("11月底前完成方案。", "12月底前完成方案。", [1]),
    "withdrawn": ("11月底前完成方案。", "继续推进。", [1]),
    "again the same": ("11月底前完成方案。", "11月底前完成方案。", [0]),
    "now each quarter": ("11月底前完成方案。", "每季度末完成方案。", None),
}


@pytest.mark.parametrize(("before", "after", "expected"), READINGS.values(), ids=READINGS.keys())
def test_what_a_document_says_anew_raises_the_sequence(empty: Program, before: str, after: str, expected):
    empty("ingest", empty.file("pilot.txt", DOCUMENT.format(before)), *DAY)
    path = empty.folder / "out.ics"
    empty.ok("export", "ics", "--check", "-o", str(path), *DAY)
    empty("ingest", empty.file("pilot.txt", DOCUMENT.format(after)), *DAY)
    assert empty.ok("export", "ics", "--check", "-o", str(path), *DAY).err.endswith("0 defects found\n")
    if expected is not None:
        assert list(sequences(empty, *DAY).values()) == expected


def test_a_series_moved_by_its_document_is_news_though_its_first_is_closed(empty: Program):
    empty("ingest", empty.file("pilot.txt", DOCUMENT.format("每月10日前报送进展。")), *DAY)
    empty("scan", *DAY)
    empty.ok("done", "1", *DAY)
    path = empty.folder / "out.ics"
    first = empty.ok("export", "ics", "--check", "-o", str(path), *DAY)
    assert "RRULE:FREQ=MONTHLY;BYMONTHDAY=10" in path.read_text("utf-8"), first
    empty("ingest", empty.file("pilot.txt", DOCUMENT.format("每月15日前报送进展。")), *DAY)
    assert empty.ok("export", "ics", "--check", "-o", str(path), *DAY).err.endswith("0 defects found\n")
    assert "RRULE:FREQ=MONTHLY;BYMONTHDAY=15" in path.read_text("utf-8")


def test_the_occurrences_of_a_series_are_exceptions_once_they_are_closed(empty: Program):
    empty("ingest", empty.file("pilot.txt", DOCUMENT.format("每月10日前报送进展。")), *DAY)
    empty("scan", *DAY)
    ids = [str(row["id"]) for row in empty.ok("list", "--format", "jsonl", *DAY).rows]
    assert len(ids) == 2
    whole = empty.ok("export", "ics", "--check", *DAY).out
    assert whole.count("BEGIN:VEVENT") == 1
    path = empty.folder / "out.ics"
    empty.ok("export", "ics", "-o", str(path), *DAY)
    for number, id in enumerate(ids, 1):
        empty.ok("done", id, *DAY)
        assert empty.ok("export", "ics", "--check", "-o", str(path), *DAY).err.endswith("0 defects found\n")
        assert path.read_text("utf-8").count("RECURRENCE-ID") == number
