"""The defects of a calendar that no validator catches, by RFC 5545 and what clients make of it.

A rule is a function from a component to what is wrong with it; RULES lists them by the component that they look at.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from .lines import Part, parse, physical_faults

Found = Iterator[tuple[int, str]]

DURATION: Final = re.compile(r"[+-]?P(?:\d+W|\d+D(?:T(?:\d+H)?(?:\d+M)?(?:\d+S)?)?|T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)")
DAY: Final = re.compile(r"\d{8}")
UTC_INSTANT: Final = re.compile(r"\d{8}T\d{6}Z")
ADDRESS: Final = re.compile(r"mailto:[^@\s]+@[^@\s]+|https?://\S+|urn:\S+", re.IGNORECASE)
ENTRIES: Final = ("VEVENT", "VTODO")
STATUSES: Final = {
    "VEVENT": {"TENTATIVE", "CONFIRMED", "CANCELLED"},
    "VTODO": {"NEEDS-ACTION", "COMPLETED", "IN-PROCESS", "CANCELLED"},
}
OVER: Final = {"COMPLETED", "CANCELLED"}
# What a change of must raise SEQUENCE (RFC 5546 §2.1.4).
SCHEDULE: Final = ("DTSTART", "DTEND", "DUE", "DURATION", "RRULE", "RDATE", "EXDATE", "STATUS")
ONCE: Final = ("UID", "DTSTAMP", "DTSTART", "DTEND", "DUE", "DURATION", "SEQUENCE", "STATUS", "SUMMARY", "RRULE")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, in words, where: the number of the line in the file."""

    line: int
    words: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.words}"


def lint(data: bytes, before: bytes | None = None) -> list[Fault]:
    """The defects of a calendar file, by line; `before` is the same calendar as it was exported last."""
    top, broken = parse(data)
    found = [*physical_faults(data), *broken, *_whole(top)]
    for calendar in top.parts:
        found += _calendar(calendar)
        found += _identity(calendar)
        for part in calendar.parts:
            if part.name in ENTRIES:
                found += [fault for rule in ENTRY_RULES for fault in rule(part)]
                found += _published(part, calendar)
                found += [fault for alarm in part.parts for rule in ALARM_RULES for fault in rule(alarm, part)]
    if before is not None:
        found += _since(top, parse(before)[0])
    return [Fault(line, words) for line, words in sorted(found)]


def _whole(top: Part) -> Found:
    if [part.name for part in top.parts] != ["VCALENDAR"] or top.properties:
        yield 1, "the file is not one VCALENDAR"


def _calendar(calendar: Part) -> Found:
    for name in ("VERSION", "PRODID"):
        if len(calendar.all(name)) != 1:
            yield calendar.number, f"a calendar needs {name} once"
    for name in ("REFRESH-INTERVAL", "X-PUBLISHED-TTL"):
        for one in calendar.all(name):
            if not DURATION.fullmatch(one.value):
                yield one.number, f"{name}: {one.value} is no duration (PT6H): libraries refuse the whole file"
    for one in calendar.all("REFRESH-INTERVAL"):
        if one.parameters.get("VALUE") != "DURATION":
            yield one.number, "REFRESH-INTERVAL needs VALUE=DURATION"
    zones = {part.value("TZID") for part in calendar.parts if part.name == "VTIMEZONE"}
    for part in calendar.parts:
        for one in part.properties:
            zone = one.parameters.get("TZID")
            if zone and zone not in zones:
                yield one.number, f"{one.name}: no VTIMEZONE defines {zone}"


def _identity(calendar: Part) -> Found:
    seen: set[tuple[str, str]] = set()
    series = {part.value("UID") for part in calendar.parts if part.get("RRULE")}
    for part in calendar.parts:
        if part.name not in ENTRIES:
            continue
        uid, occurrence = part.value("UID"), part.get("RECURRENCE-ID")
        key = (uid, occurrence.value if occurrence else "")
        if not uid:
            yield part.number, f"{part.name} without UID"
        elif key in seen:
            yield part.number, f"UID {uid} stands twice: clients show one of the two"
        elif not _is_uuid(uid):
            yield part.number, f"UID {uid} is no UUID (RFC 7986 §5.3)"
        if occurrence and uid not in series:
            yield occurrence.number, f"RECURRENCE-ID: nothing with the UID {uid} recurs"
        seen.add(key)


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def _needed(part: Part) -> Found:
    for name in ("DTSTAMP", "SUMMARY", "SEQUENCE", *(("DTSTART",) if part.name == "VEVENT" else ())):
        if part.get(name) is None:
            yield part.number, f"{part.name} without {name}"
    for name in ONCE:
        for again in part.all(name)[1:]:
            yield again.number, f"{name} stands twice in one {part.name}"


def _stamps(part: Part) -> Found:
    for name in ("DTSTAMP", "LAST-MODIFIED", "COMPLETED"):
        for one in part.all(name):
            if not UTC_INSTANT.fullmatch(one.value):
                yield one.number, f"{name}: {one.value} is no instant in UTC (20181130T010000Z)"
    sequence = part.get("SEQUENCE")
    if sequence and not sequence.value.isdecimal():
        yield sequence.number, f"SEQUENCE: {sequence.value} is no whole number"


def _status(part: Part) -> Found:
    status = part.get("STATUS")
    if status and status.value not in STATUSES[part.name]:
        yield status.number, f"STATUS:{status.value} is none of a {part.name}"
    if part.get("COMPLETED") and part.name == "VEVENT":
        yield part.number, "COMPLETED stands in a VEVENT"
    if status and status.value in OVER and part.parts:
        yield status.number, f"what is {status.value} still rings"


def _end(part: Part) -> Found:
    start = part.get("DTSTART")
    wrong, right = ("DTEND", "DUE") if part.name == "VTODO" else ("DUE", "DTEND")
    for one in part.all(wrong):
        yield one.number, f"{wrong} stands in a {part.name}"
    end, duration = part.get(right), part.get("DURATION")
    if end and duration:
        yield duration.number, f"DURATION beside {right}"
    if duration and start is None:
        yield duration.number, "DURATION without DTSTART"
    if start and end:
        if start.is_day != end.is_day:
            yield end.number, f"{right} and DTSTART are not of one type"
        elif end.value <= start.value:
            yield end.number, f"{right} {end.value} is not later than DTSTART {start.value}; the end is exclusive"


def _days(part: Part) -> Found:
    for name in ("DTSTART", "DTEND", "DUE", "RECURRENCE-ID", "EXDATE"):
        for one in part.all(name):
            if one.is_day != all(DAY.fullmatch(value) for value in one.value.split(",")):
                yield one.number, f"{name}: {one.value} is not what VALUE says (DATE: 20181130)"
    start = part.get("DTSTART")
    if start and start.is_day and part.name == "VEVENT" and part.value("TRANSP") != "TRANSPARENT":
        yield part.number, "a whole day that is not TRANSPARENT blocks the diary"


def _recurrence(part: Part) -> Found:
    start, rule = part.get("DTSTART"), part.get("RRULE")
    for name in ("RECURRENCE-ID", "EXDATE"):
        for one in part.all(name):
            if start and one.is_day != start.is_day:
                yield one.number, f"{name} and DTSTART are not of one type"
    if rule is None:
        return
    if start is None:
        yield rule.number, "RRULE without DTSTART"
    parts = dict(one.partition("=")[::2] for one in rule.value.split(";"))
    if not parts.get("FREQ"):
        yield rule.number, "RRULE without FREQ"
    if "UNTIL" in parts and "COUNT" in parts:
        yield rule.number, "RRULE has UNTIL and COUNT"
    if "UNTIL" in parts and start and start.is_day != bool(DAY.fullmatch(parts["UNTIL"])):
        yield rule.number, f"UNTIL={parts['UNTIL']} is not of the type of DTSTART"
    days = set(parts.get("BYMONTHDAY", "").split(","))
    if days & {"29", "30", "31"} and "BYSETPOS" not in parts:
        yield rule.number, f"BYMONTHDAY={parts['BYMONTHDAY']} skips the months that have no such day; the last is -1"


def _links(part: Part) -> Found:
    for one in part.all("LINK"):
        if one.parameters.get("VALUE") != "URI" or not one.parameters.get("LINKREL"):
            yield one.number, "LINK needs VALUE=URI and LINKREL (RFC 9253 §8.2)"


def _published(part: Part, calendar: Part) -> Found:
    organizer = part.get("ORGANIZER")
    if organizer and not ADDRESS.fullmatch(organizer.value):
        yield organizer.number, f"ORGANIZER: {organizer.value} is no calendar address (mailto:…)"
    if calendar.value("METHOD") != "PUBLISH":
        return
    if organizer is None:
        yield part.number, "METHOD:PUBLISH without ORGANIZER (RFC 5546 §3.2.1)"
    for one in part.all("ATTENDEE"):
        yield one.number, "METHOD:PUBLISH with an ATTENDEE"


def _alarm(alarm: Part, part: Part) -> Found:
    action, trigger = alarm.value("ACTION"), alarm.get("TRIGGER")
    if action != "DISPLAY":
        yield alarm.number, f"an alarm of ACTION {action or 'nothing'}: only DISPLAY is harmless"
    for name in ("DESCRIPTION", "TRIGGER", "UID"):
        if alarm.get(name) is None:
            yield alarm.number, f"VALARM without {name}"
    if trigger is None:
        return
    if trigger.parameters.get("VALUE") == "DATE-TIME":
        yield trigger.number, "TRIGGER at an instant does not move with its entry"
    elif not DURATION.fullmatch(trigger.value):
        yield trigger.number, f"TRIGGER: {trigger.value} is no duration"
    elif not trigger.value.startswith("-"):
        yield trigger.number, f"TRIGGER:{trigger.value} is positive: Outlook drops it"
    related = "DUE" if part.name == "VTODO" else "DTEND"
    if trigger.parameters.get("RELATED") == "END":
        if not (part.get(related) or part.get("DURATION")):
            yield trigger.number, f"RELATED=END without {related}"
    elif part.get("DTSTART") is None:
        yield trigger.number, "a TRIGGER counts from DTSTART, and there is none"


ENTRY_RULES: Final[tuple[Callable[[Part], Found], ...]] = (_needed, _stamps, _status, _end, _days, _recurrence, _links)
ALARM_RULES: Final[tuple[Callable[[Part, Part], Found], ...]] = (_alarm,)


def _since(now: Part, before: Part) -> Found:
    """A SEQUENCE that fell, or was not raised where the schedule changed."""
    former = _entries(before)
    for key, part in _entries(now).items():
        was = former.get(key)
        if was is None:
            continue
        old, new = _number(was), _number(part)
        changed = [name for name in SCHEDULE if _values(was, name) != _values(part, name)]
        if new < old:
            yield part.number, f"SEQUENCE fell from {old} to {new}"
        elif changed and new == old:
            yield part.number, f"{', '.join(changed)} changed and SEQUENCE is {new} still"


def _entries(top: Part) -> dict[tuple[str, str, str], Part]:
    parts = [part for calendar in top.parts for part in calendar.parts if part.name in ENTRIES]
    return {(part.name, part.value("UID"), part.value("RECURRENCE-ID")): part for part in parts}


def _values(part: Part, name: str) -> list[str]:
    return sorted(one.value for one in part.all(name))


def _number(part: Part) -> int:
    return int(value) if (value := part.value("SEQUENCE")).isdecimal() else 0
