"""Calendars: RFC 5545 as icalendar, libical and khal read it, and the rules that none of them checks."""

import ctypes
import ctypes.util
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from calendar_factory import ALL_KINDS, AWKWARD, NAME, OFFICE, every_state
from icalendar import Calendar
from milestone_factory import MODIFIED, commitment, milestone, seed
from needed import missing

from tracker.ics import calendar, left_out
from tracker.milestones import Status
from tracker.reminders import Rules


def entries(data):
    return {str(entry["UID"]): entry for entry in Calendar.from_ical(data).walk() if entry.name in ("VEVENT", "VTODO")}


def entry(each, **options):
    (found,) = entries(calendar([each], NAME, **options)).values()
    return found


@ALL_KINDS
def test_icalendar_reads_back_every_date_and_uid(options):
    milestones = every_state()
    found = entries(calendar(milestones, NAME, **options))
    dated = {each.uid: each for each in milestones if each.due}
    assert found.keys() == dated.keys()
    for uid, each in dated.items():
        if "as_todo" in options:
            assert found[uid]["DUE"].dt == each.due
            assert "DTSTART" not in found[uid]
            assert "DTEND" not in found[uid]
        else:
            assert found[uid]["DTSTART"].dt == each.due
            assert found[uid]["DTEND"].dt == each.due + timedelta(days=1)
        assert found[uid]["DTSTAMP"].dt == found[uid]["LAST-MODIFIED"].dt == each.modified
        assert found[uid]["SEQUENCE"] == each.sequence


@ALL_KINDS
def test_lines_have_at_most_75_octets_and_end_in_crlf_and_no_character_is_cut(options):
    data = calendar(every_state(), NAME, **options)
    lines = data.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in b"".join(lines)
    assert b"\r" not in b"".join(lines)
    assert not data.startswith(b"\xef\xbb\xbf")
    for line in lines:
        line.decode("utf-8")


@ALL_KINDS
def test_the_same_state_is_the_same_bytes_in_whatever_order(options):
    milestones = every_state()
    assert calendar(milestones, NAME, **options) == calendar(reversed(milestones), NAME, **options)


def test_the_state_alone_moves_the_stamps():
    later = replace(milestone(), modified=datetime(2018, 9, 1, tzinfo=UTC), sequence=1)
    found = entry(later)
    assert (found["DTSTAMP"].dt, found["SEQUENCE"]) == (later.modified, 1)


def test_nothing_in_a_text_becomes_a_line_of_its_own():
    found = entry(AWKWARD)
    assert found["SUMMARY"].startswith("【到期】改造；统筹，“𠮷”字 BEGIN:VEVENT\\n,;:长")
    assert found["CATEGORIES"].cats == ["督查事项", "市住建委, 市财政局; 等", "市教育局"]


def test_nor_does_the_name_of_a_calendar_or_of_an_office():
    data = calendar([milestone()], "一\r\nX-EVIL:1", office='督查"室\r\nX-EVIL:2', office_email="ducha@example.org")
    assert not re.search(rb"^X-EVIL", data, re.MULTILINE)
    assert Calendar.from_ical(data)["NAME"] == "一 X-EVIL:1"


def test_the_entry_says_what_it_is_and_where_it_comes_from():
    found = entry(milestone(support=("市财政局",), agencies=("市住建委", "市财政局")))
    assert found["SUMMARY"] == "【到期】完成6个小区的改造任务（11月底，到期日11-30）"
    assert found["DESCRIPTION"].split("\n") == [
        "到期日：2018-11-30（含当日）",
        "原文：按照住建部要求于11月底完成6个小区的改造任务",
        "来源：宁波市承担的国家级改革试点任务清单 第97项 国家老旧小区改造试点",
        "牵头：市住建委",
        "配合：市财政局",
        "编号：1",
    ]
    assert found["TRANSP"] == "TRANSPARENT"
    assert found["X-MICROSOFT-CDO-BUSYSTATUS"] == "FREE"


def test_a_day_that_the_document_does_not_state_is_not_given_its_words():
    found = entry(milestone(due=date(2018, 11, 10), stated=commitment(timex="11月中旬", due=date(2018, 11, 20))))
    assert found["SUMMARY"] == "【到期】完成6个小区的改造任务（到期日11-10）"
    assert found["DESCRIPTION"].startswith("到期日：2018-11-10（含当日）；原文现为11月中旬（2018-11-20）")


STATES = {
    "open": (milestone(), "【到期】", "CONFIRMED", "NEEDS-ACTION", 3),
    "claimed": (milestone(status=Status.CLAIMED), "【到期】", "CONFIRMED", "IN-PROCESS", 3),
    "completed": (
        milestone(status=Status.COMPLETED, closed_on=date(2018, 11, 2)), "【已办结】", "CONFIRMED", "COMPLETED", 0,
    ),
    "cancelled": (milestone(status=Status.CANCELLED), "【已撤销】", "CANCELLED", "CANCELLED", 0),
}  # fmt: skip


@pytest.mark.parametrize(("each", "prefix", "event", "todo", "alarms"), STATES.values(), ids=STATES.keys())
def test_done_and_cancelled_entries_are_kept_and_ring_no_more(each, prefix, event, todo, alarms):
    as_event, as_todo = entry(each), entry(each, as_todo=True)
    assert (str(as_event["STATUS"]), str(as_todo["STATUS"])) == (event, todo)
    for found in (as_event, as_todo):
        assert found["SUMMARY"].startswith(prefix)
        assert len(found.walk("VALARM")) == alarms


def test_a_completed_task_says_when():
    found = entry(STATES["completed"][0], as_todo=True)
    assert found["COMPLETED"].dt.date() == date(2018, 11, 2)
    assert found["PERCENT-COMPLETE"] == 100


def test_alarms_ring_at_nine_and_never_after_the_entry_has_begun():
    found = calendar([milestone(precision="day")], NAME)
    assert re.findall(rb"TRIGGER(\S+)", found) == [b":-P29DT15H", b":-P6DT15H", b":-PT15H"]
    as_task = calendar([milestone(precision="day")], NAME, as_todo=True)
    assert re.findall(rb"TRIGGER(\S+)", as_task)[1] == b";RELATED=END:-P6DT15H"


def test_an_alarm_keeps_its_uid_through_every_change():
    def uids(each):
        return [str(alarm["UID"]) for alarm in entry(each).walk("VALARM")]

    assert uids(milestone()) == uids(milestone(due=date(2018, 12, 31), sequence=5, title="改"))
    assert len({*uids(milestone(1)), *uids(milestone(2))}) == 6


def test_alarms_follow_the_configured_ladder():
    found = calendar([milestone()], NAME, rules=Rules(lead={"month": (14,)}))
    assert re.findall(rb"TRIGGER(\S+)", found) == [b":-P13DT15H"]


def test_the_calendar_says_its_name_and_when_to_come_back():
    head = calendar([milestone(due=None), milestone(2)], NAME).decode().split("BEGIN:VEVENT")[0]
    for line in (
        "VERSION:2.0",
        "CALSCALE:GREGORIAN",
        "NAME:市住建委·到期事项",
        "X-WR-CALNAME:市住建委·到期事项",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
        "DESCRIPTION:另有1项未定期限的事项，不在此日历中",
    ):
        assert f"{line}\r\n" in head


def test_undated_milestones_are_left_out_and_counted():
    assert left_out(every_state()) == sum(each.due is None for each in seed()) + 1


def test_it_is_published_only_by_an_office_with_an_address_and_tasks_never_are():
    plain, published = calendar([milestone()], NAME), calendar([milestone()], NAME, **OFFICE)
    assert b"METHOD" not in plain
    assert b"ORGANIZER" not in plain
    assert b"METHOD:PUBLISH\r\n" in published
    assert "ORGANIZER;CN=市委督查室:mailto:ducha@example.org\r\n" in published.decode()
    assert b"METHOD" not in calendar([milestone()], NAME, as_todo=True, **OFFICE)


def test_an_empty_calendar_is_a_calendar():
    assert Calendar.from_ical(calendar([], NAME)).walk("VEVENT") == []


def libical():
    """libical with the types of the few functions used here."""
    name = ctypes.util.find_library("ical") or "libical.so.3"
    try:
        library = ctypes.CDLL(name)
    except OSError:
        missing(name)
    for function in ("icalparser_parse_string", "icalcomponent_as_ical_string"):
        getattr(library, function).restype = ctypes.c_void_p if "parse" in function else ctypes.c_char_p
    library.icalparser_parse_string.argtypes = [ctypes.c_char_p]
    for function in ("icalrestriction_check", "icalcomponent_count_errors", "icalcomponent_as_ical_string"):
        getattr(library, function).argtypes = [ctypes.c_void_p]
    return library


def libical_faults(library, data):
    """What libical finds: X-LIC-ERROR lines of the parser and of its table of RFC 5546 restrictions."""
    component = library.icalparser_parse_string(data)
    assert component
    library.icalrestriction_check(component)
    written = library.icalcomponent_as_ical_string(component).decode("utf-8")
    return re.findall(r"X-LIC-ERROR[^\n]*", written), library.icalcomponent_count_errors(component)


@pytest.mark.slow
@ALL_KINDS
def test_libical_finds_no_fault(options):
    library = libical()
    assert libical_faults(library, calendar(every_state(), NAME, **options)) == ([], 0)


@pytest.mark.slow
def test_libical_would_find_one():
    library = libical()
    broken = calendar([milestone()], NAME).replace(b"VALUE=DURATION:PT6H", b"VALUE=DURATION:P6H")
    assert libical_faults(library, broken)[1]


def khal():
    """The program beside this interpreter, or on the path."""
    beside = Path(sys.executable).parent / "khal"
    return str(beside) if beside.exists() else shutil.which("khal") or missing("khal")


def test_khal_imports_it_with_the_dates_intact(tmp_path):
    program = khal()
    (tmp_path / "calendar").mkdir()
    (tmp_path / "config").write_text(
        f"[calendars]\n[[one]]\npath = {tmp_path}/calendar\n[locale]\ntimeformat = %H:%M\ndateformat = %Y-%m-%d\n"
        "longdateformat = %Y-%m-%d\ndatetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
        "local_timezone = Asia/Shanghai\ndefault_timezone = Asia/Shanghai\n"
        f"[sqlite]\npath = {tmp_path}/khal.db\n",
        "utf-8",
    )
    (tmp_path / "tracker.ics").write_bytes(calendar(seed(), NAME))

    def run(*words):
        environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}
        command = [program, "-c", str(tmp_path / "config"), *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60).stdout

    run("import", "--batch", "-a", "one", str(tmp_path / "tracker.ics"))
    listed = run("list", "--format", "{start-date}|{end-date}|{uid}", "--day-format", "", "2018-09-01", "3000d")
    rows = {line.split("|")[2]: line.split("|")[:2] for line in listed.splitlines() if line.count("|") == 2}
    expected = {each.uid: [str(each.due)] * 2 for each in seed() if each.due and each.due >= date(2018, 9, 1)}
    assert rows == expected


def test_the_stamp_is_the_instant_of_the_last_change():
    assert b"DTSTAMP:20180831T013000Z" in calendar([milestone(modified=MODIFIED)], NAME)


def test_a_milestone_without_a_document_has_no_source_line():
    by_hand = milestone(document=None, document_title=None, item=None, item_title=None, stated=commitment(quote="报告"))
    assert "来源" not in entry(by_hand)["DESCRIPTION"]
