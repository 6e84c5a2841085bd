"""Calendars of milestones, RFC 5545: an all-day entry on each last day, for phones and Outlook.

Inside the tracker days are inclusive; here DTEND is exclusive (RFC 5545 §3.6.1), so 30 November is DTSTART 20181130 and
DTEND 20181201. The mail is the reminder; the alarms are a convenience that many clients ignore in a subscription.
"""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from icalendar import Alarm, Calendar, Component, Event, Todo, vCalAddress, vText

from .milestones import Milestone, Status
from .reminders import Rules

PRODUCT: Final = "-//tracker//milestones 1.0//ZH"
REFRESH: Final = timedelta(hours=6)
RINGS_AT: Final = timedelta(hours=9)  # after midnight, where the all-day entry begins
NOON: Final = time(4, tzinfo=UTC)  # of Beijing: a day as an instant that no zone near it moves to another day

TODO_STATUS: Final = {
    Status.OPEN: "NEEDS-ACTION",
    Status.CLAIMED: "IN-PROCESS",
    Status.COMPLETED: "COMPLETED",
    Status.CANCELLED: "CANCELLED",
}
PREFIX: Final = {Status.COMPLETED: "【已办结】", Status.CANCELLED: "【已撤销】"}


def calendar(
    milestones: Iterable[Milestone],
    name: str,
    *,
    rules: Rules | None = None,
    as_todo: bool = False,
    office: str = "",
    office_email: str = "",
) -> bytes:
    """The dated milestones as one VCALENDAR called `name`, in UTF-8 with CRLF, by id: the same state, the same bytes.

    VEVENT, or VTODO where `as_todo` for the clients that keep tasks. Undated milestones are left out and counted in the
    calendar's description. `rules` gives the alarms, at 9 in the morning. Where `office_email` is set, events are
    published by it (METHOD:PUBLISH asks for an ORGANIZER, RFC 5546 §3.2.1); tasks never are, since a published VTODO
    needs a DTSTART (§3.4.1), which a task of one day must not have.
    """
    rows = sorted(milestones, key=lambda milestone: milestone.id)
    publisher = _publisher(office, office_email) if office_email and not as_todo else None
    result = _head(name, left_out(rows), publisher is not None)
    for milestone in rows:
        if milestone.due is not None:
            entry = _todo(milestone, milestone.due) if as_todo else _event(milestone, milestone.due)
            _describe(entry, milestone, milestone.due)
            if publisher is not None:
                entry.add("organizer", publisher)
            if not milestone.closed:
                _alarms(entry, milestone, rules or Rules(), as_todo)
            result.add_component(entry)
    return bytes(result.to_ical())


def left_out(milestones: Iterable[Milestone]) -> int:
    """How many milestones a calendar cannot show because they have no last day."""
    return sum(milestone.due is None for milestone in milestones)


def _head(name: str, undated: int, published: bool) -> Calendar:
    result = Calendar()
    result.add("version", "2.0")
    result.add("prodid", PRODUCT)
    result.add("calscale", "GREGORIAN")
    if published:
        result.add("method", "PUBLISH")
    result.add("name", _clean(name))
    result.add("x-wr-calname", _clean(name))
    if undated:
        note = f"另有{undated}项未定期限的事项，不在此日历中"
        result.add("description", note)
        result.add("x-wr-caldesc", note)
    result.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    result.add("x-published-ttl", "PT6H")
    return result


def _publisher(office: str, email: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    if office:
        address.params["CN"] = _clean(office)
    return address


def _event(milestone: Milestone, due: date) -> Event:
    """A window too is shown as its last day: a bar of three years is noise. A VEVENT has no status for "done"."""
    event = Event()
    event.add("dtstart", due)
    event.add("dtend", due + timedelta(days=1))
    event.add("status", "CANCELLED" if milestone.status is Status.CANCELLED else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("x-microsoft-cdo-busystatus", "FREE")
    return event


def _todo(milestone: Milestone, due: date) -> Todo:
    """DUE without DTSTART: the two must differ (RFC 5545 §3.8.2.3), and the duty begins on no day."""
    todo = Todo()
    todo.add("due", due)
    todo.add("status", TODO_STATUS[milestone.status])
    if milestone.status is Status.COMPLETED and milestone.closed_on:
        todo.add("completed", datetime.combine(milestone.closed_on, NOON))
        todo.add("percent-complete", 100)
    return todo


def _describe(entry: Component, milestone: Milestone, due: date) -> None:
    """What both kinds carry. DTSTAMP is the last change (RFC 5545 §3.8.7.2), so it does not move with the export."""
    entry.add("uid", milestone.uid)
    entry.add("dtstamp", milestone.modified)
    entry.add("last-modified", milestone.modified)
    entry.add("sequence", milestone.sequence)
    wording = f"{milestone.timex}，" if milestone.timex and not milestone.apart else ""
    prefix = PREFIX.get(milestone.status, "【到期】")
    entry.add("summary", _clean(f"{prefix}{milestone.title or milestone.quote}（{wording}到期日{due:%m-%d}）"))
    entry.add("description", "\n".join(_clean(line) for line in _description(milestone, due)))
    entry.add("categories", ["督查事项", *map(_clean, milestone.agencies)])


def _description(milestone: Milestone, due: date) -> list[str]:
    item = f"第{milestone.item}项" if milestone.item else ""
    source = (milestone.document_title or milestone.document, item, milestone.item_title)
    supporting = [agency for agency in milestone.support if agency not in milestone.lead]
    apart = f"；原文现为{milestone.timex}（{milestone.stated.due}）" if milestone.stated and milestone.apart else ""
    others = [agency for agency in milestone.agencies if agency not in milestone.lead + milestone.support]
    labelled = (
        ("到期日", f"{due}（含当日）{apart}"),
        ("原文", milestone.quote),
        ("来源", " ".join(part for part in source if part)),
        ("牵头", "、".join(milestone.lead)),
        ("配合", "、".join(supporting)),
        ("责任单位", "、".join(others)),
        ("办结", str(milestone.closed_on or "") if milestone.status is Status.COMPLETED else ""),
        ("注意", "原文已无此项，待确认" if milestone.withdrawn else ""),
        ("编号", str(milestone.id)),
    )
    return [f"{label}：{text}" for label, text in labelled if text]


def _alarms(entry: Component, milestone: Milestone, rules: Rules, as_todo: bool) -> None:
    """One DISPLAY alarm for each lead time, at 9:00; its UID (RFC 9074) lets an acknowledgement survive a refresh.

    On the last day itself there is none: its trigger would be positive, and Outlook drops those.
    """
    for days in sorted(rules.lead_days(milestone) - {0}, reverse=True):
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", f"{days}天后到期")
        alarm.add("uid", str(uuid5(NAMESPACE_URL, f"urn:uuid:{milestone.uid}#lead-{days}")))
        # A task has no start, so its alarms hang on its end.
        related = {"RELATED": "END"} if as_todo else {}
        alarm.add("trigger", RINGS_AT - timedelta(days=days), parameters=related)
        entry.add_component(alarm)


def _clean(text: str) -> vText:
    """One line without control characters, which RFC 5545 §3.1 does not allow in a value."""
    words = " ".join(text.splitlines()).replace("\t", " ")
    return vText("".join(char for char in words if unicodedata.category(char) not in {"Cc", "Cs"}))
