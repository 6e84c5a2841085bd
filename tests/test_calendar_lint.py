"""The lint finds the defects that no validator catches, each by a calendar that has it, and none in ours."""

import re

import pytest
from calendar_factory import ALL_KINDS, NAME, OFFICE, done, every_state, quarterly
from milestone_factory import milestone, seed

from tracker.ics import calendar, lint

EVENT = calendar([milestone()], NAME)
TODO = calendar([milestone()], NAME, as_todo=True)
PUBLISHED = calendar([milestone()], NAME, **OFFICE)
SERIES = calendar(done(quarterly(), 2, quarterly()[1].due), NAME)
LINKED = calendar([milestone(document_url="https://oa.example.org/97")], NAME)

# What is wrong: the calendar, what of it is replaced by what, and what the lint says.
DEFECTS = {
    "a byte order mark": (EVENT, r"^BEGIN", "\ufeffBEGIN", "a byte order mark stands before it"),
    "LF alone": (EVENT, r"VERSION:2.0\r\n", "VERSION:2.0\n", "it ends in LF alone"),
    "no end of line": (EVENT, r"\r\n$", "", "the last line does not end in CRLF"),
    "a long line": (EVENT, r"VERSION:2.0", "VERSION:2.0\r\nX-LONG:" + "长" * 24, "it has 79 octets, more than 75"),
    "a control character": (EVENT, r"STATUS:CONFIRMED", "STATUS:CONFIRMED\a", "a control character stands in it"),
    "no content line": (EVENT, r"CALSCALE:GREGORIAN", "GREGORIAN", "it is no content line"),
    "no end": (EVENT, r"END:VEVENT\r\n", "", "BEGIN:VEVENT has no END"),
    "no PRODID": (EVENT, r"PRODID[^\r]*\r\n", "", "a calendar needs PRODID once"),
    "P6H": (EVENT, r"PT6H", "P6H", "P6H is no duration (PT6H)"),
    "an interval without VALUE": (EVENT, r";VALUE=DURATION", "", "REFRESH-INTERVAL needs VALUE=DURATION"),
    "no UID": (EVENT, r"(?<=\r\n)UID[^\r]*\r\n(?=SEQUENCE|DTSTAMP|DTSTART|CATEGORIES)", "", "VEVENT without UID"),
    "a UID with a host": (EVENT, r"UID:[^\r]*", "UID:1@host", "UID 1@host is no UUID"),
    "no DTSTAMP": (EVENT, r"DTSTAMP[^\r]*\r\n", "", "VEVENT without DTSTAMP"),
    "a local DTSTAMP": (EVENT, r"(DTSTAMP:\d+T\d+)Z", r"\1", "is no instant in UTC"),
    "no SUMMARY": (EVENT, r"SUMMARY:[^\r]*\r\n( [^\r]*\r\n)*", "", "VEVENT without SUMMARY"),
    "no DTSTART": (EVENT, r"DTSTART[^\r]*\r\n", "", "VEVENT without DTSTART"),
    "DTSTART twice": (EVENT, r"(DTSTART[^\r]*\r\n)", r"\1\1", "DTSTART stands twice in one VEVENT"),
    "an inclusive end": (EVENT, r"20181201", "20181130", "DTEND 20181130 is not later than DTSTART 20181130"),
    "ends of two types": (EVENT, r"DTEND;VALUE=DATE:20181201", "DTEND:20181201T000000Z", "are not of one type"),
    "an instant as a day": (EVENT, r"DATE:20181130", "DATE:20181130T080000", "is not what VALUE says"),
    "a day as an instant": (EVENT, r"DTSTART;VALUE=DATE:", "DTSTART:", "is not what VALUE says"),
    "DURATION beside DTEND": (EVENT, r"STATUS", "DURATION:P1D\r\nSTATUS", "DURATION beside DTEND"),
    "DTEND in a task": (TODO, r"STATUS", "DTEND;VALUE=DATE:20181201\r\nSTATUS", "DTEND stands in a VTODO"),
    "DURATION without start": (TODO, r"DUE;VALUE=DATE:20181130", "DURATION:P1D", "DURATION without DTSTART"),
    "a task due when it starts": (
        TODO, r"(?=DUE;)", "DTSTART;VALUE=DATE:20181130\r\n", "DUE 20181130 is not later than DTSTART 20181130",
    ),
    "an event COMPLETED": (EVENT, r"STATUS:CONFIRMED", "STATUS:COMPLETED", "STATUS:COMPLETED is none of a VEVENT"),
    "what is over rings": (EVENT, r"STATUS:CONFIRMED", "STATUS:CANCELLED", "what is CANCELLED still rings"),
    "SEQUENCE in words": (EVENT, r"SEQUENCE:0", "SEQUENCE:one", "SEQUENCE: one is no whole number"),
    "a day that blocks": (EVENT, r"TRANSP:TRANSPARENT\r\n", "", "blocks the diary"),
    "an undefined zone": (EVENT, r"STATUS", "RDATE;TZID=Asia/Ningbo:20181101T080000\r\nSTATUS", "no VTIMEZONE defines"),
    "a positive trigger": (EVENT, r"TRIGGER:-PT?[^\r]*", "TRIGGER:PT9H", "TRIGGER:PT9H is positive: Outlook drops it"),
    "a trigger that is none": (EVENT, r"TRIGGER:-P[^\r]*", "TRIGGER:-P9H", "TRIGGER: -P9H is no duration"),
    "a fixed trigger": (EVENT, r"TRIGGER:-P", "TRIGGER;VALUE=DATE-TIME:-P", "does not move with its entry"),
    "RELATED without an end": (TODO, r"DUE;VALUE=DATE:20181130\r\n", "", "RELATED=END without DUE"),
    "an alarm without a start": (TODO, r";RELATED=END", "", "a TRIGGER counts from DTSTART, and there is none"),
    "an alarm that mails": (EVENT, r"ACTION:DISPLAY", "ACTION:EMAIL", "an alarm of ACTION EMAIL"),
    "a silent alarm": (EVENT, r"DESCRIPTION:7天[^\r]*\r\n", "", "VALARM without DESCRIPTION"),
    "UNTIL of another type": (SERIES, r"BYMONTHDAY=-1", "UNTIL=20191231T000000Z", "is not of the type of DTSTART"),
    "BYMONTHDAY=31": (SERIES, r"BYMONTHDAY=-1", "BYMONTHDAY=31", "skips the months that have no such day"),
    "UNTIL and COUNT": (SERIES, r"BYMONTHDAY=-1", "COUNT=2;UNTIL=20191231", "RRULE has UNTIL and COUNT"),
    "no FREQ": (SERIES, r"FREQ=MONTHLY;", "", "RRULE without FREQ"),
    "an exception to nothing": (SERIES, r"RRULE[^\r]*\r\n", "", "RECURRENCE-ID: nothing with the UID"),
    "an exception at an instant": (
        SERIES, r"RECURRENCE-ID;VALUE=DATE:20181231", "RECURRENCE-ID:20181231T000000Z",
        "RECURRENCE-ID and DTSTART are not of one type",
    ),
    "no ORGANIZER": (PUBLISHED, r"ORGANIZER[^\r]*\r\n", "", "METHOD:PUBLISH without ORGANIZER"),
    "an ORGANIZER by name": (PUBLISHED, r"mailto:ducha@example.org", "督查室", "is no calendar address (mailto:…)"),
    "an ATTENDEE": (PUBLISHED, r"STATUS", "ATTENDEE:mailto:a@b.cn\r\nSTATUS", "METHOD:PUBLISH with an ATTENDEE"),
    "a bare LINK": (LINKED, r";VALUE=URI", "", "LINK needs VALUE=URI and LINKREL"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "old", "new", "said"), DEFECTS.values(), ids=DEFECTS.keys())
def test_a_defect_is_found(data: bytes, old: str, new: str, said: str):
    broken, number = re.subn(old, lambda match: match.expand(new) if "\\1" in new else new, data.decode())
    assert number
    assert any(said in str(fault) for fault in lint(broken.encode())), [str(fault) for fault in lint(broken.encode())]


def test_the_same_uid_twice_is_found():
    (event,) = re.findall(r"BEGIN:VEVENT.*END:VEVENT\r\n", EVENT.decode(), re.DOTALL)
    twice = EVENT.decode().replace(event, event + event)
    assert any("stands twice: clients show one" in fault.words for fault in lint(twice.encode()))


def test_a_line_folded_through_a_character_is_found():
    summary = re.search(rb"SUMMARY:[^\r]*", EVENT)
    cut = summary.end() - 1
    broken = EVENT[:cut] + b"\r\n " + EVENT[cut:]
    assert [fault.words for fault in lint(broken)] == [
        "it is not UTF-8 by itself: folded through a character, or another encoding"
    ] * 2


def test_two_calendars_in_a_file_are_found():
    assert str(lint(EVENT + EVENT)[0]) == "line 1: the file is not one VCALENDAR"


@ALL_KINDS
def test_ours_have_no_defect(options):
    assert lint(calendar(every_state(), NAME, **options)) == []
    assert lint(calendar(done(quarterly(), 2, quarterly()[1].due), NAME, **options)) == []


SINCE = [
    ("SEQUENCE:0", "SEQUENCE:5", "SEQUENCE fell from 5 to 0"),
    ("20181201", "20181215", "DTEND changed and SEQUENCE is 0 still"),
    ("STATUS:CONFIRMED", "STATUS:TENTATIVE", "STATUS changed and SEQUENCE is 0 still"),
]


@pytest.mark.parametrize(("now", "before", "said"), SINCE)
def test_a_sequence_that_fell_or_was_not_raised_since_the_last_export_is_found(now: str, before: str, said: str):
    former = EVENT.decode().replace(now, before).encode()
    assert [fault.words for fault in lint(EVENT, former)] == [said]
    assert lint(EVENT, EVENT) == []


def test_a_new_entry_and_one_that_is_gone_are_no_defects():
    assert lint(calendar(seed()[:3], NAME), calendar(seed()[1:5], NAME)) == []
