"""Calendars: RFC 5545 as icalendar reads it, and what an entry says."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from calendar_factory import ALL_KINDS, AWKWARD, NAME, OFFICE, every_state, quarterly
from icalendar import Calendar
from milestone_factory import MODIFIED, commitment, milestone, seed

from tracker.ics import calendar, left_out, lint, resources
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


def test_the_stamp_is_the_instant_of_the_last_change():
    assert b"DTSTAMP:20180831T013000Z" in calendar([milestone(modified=MODIFIED)], NAME)


def test_a_milestone_without_a_document_has_no_source_line():
    by_hand = milestone(document=None, document_title=None, item=None, item_title=None, stated=commitment(quote="报告"))
    assert "来源" not in entry(by_hand)["DESCRIPTION"]


def test_what_was_closed_is_kept_for_90_days_and_what_is_open_for_ever():
    closed = milestone(2, status=Status.COMPLETED, closed_on=date(2018, 9, 1))
    cancelled = milestone(3, status=Status.CANCELLED, closed_on=date(2018, 9, 2))
    rows = [milestone(1), closed, cancelled]
    for day, left in (
        (date(2018, 11, 30), rows),
        (date(2018, 12, 1), [rows[0], cancelled]),
        (date(2025, 1, 1), rows[:1]),
    ):
        assert entries(calendar(rows, NAME, today=day)).keys() == {each.uid for each in left}
        assert resources(rows, today=day).keys() == {each.uid for each in left}


def test_the_entry_links_to_its_document():
    found = entry(milestone(document_url="https://oa.example.org/d?id=97,1", document_title='清单“97”;:"甲"'))
    assert found["URL"] == "https://oa.example.org/d?id=97,1"
    assert found["LINK"] == "https://oa.example.org/d?id=97,1"
    assert dict(found["LINK"].params) == {"VALUE": "URI", "LINKREL": "via", "LABEL": "清单“97”;:”甲”"}
    assert "LINK" not in entry(milestone())


def test_a_window_is_shown_as_its_last_day():
    found = entry(milestone(kind="window", begin=date(2018, 1, 1)))
    assert (found["DTSTART"].dt, found["DTEND"].dt) == (date(2018, 11, 30), date(2018, 12, 1))


def test_a_server_gets_one_resource_for_each_uid_without_a_method():
    found = resources([*every_state(), *quarterly()], mine=lambda each: each.id != 99)
    assert AWKWARD.uid not in found
    for uid, data in found.items():
        whole = Calendar.from_ical(data)
        assert "METHOD" not in whole
        assert {str(each["UID"]) for each in whole.walk("VEVENT")} == {uid}
        assert lint(data) == []
