"""One entry of a calendar: a milestone as an all-day event or a task, RFC 5545.

Inside the tracker days are inclusive; here DTEND is exclusive (§3.6.1), so 30 November is DTSTART 20181130 and DTEND
20181201. The mail is the reminder; the alarms are a convenience that many clients ignore in a subscription.
"""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from icalendar import Alarm, Component, Event, Todo, vCalAddress, vText

from ..milestones import Milestone, Status
from ..reminders import Rules

RINGS_AT: Final = timedelta(hours=9)  # after midnight, where the all-day entry begins
NOON: Final = time(4, tzinfo=UTC)  # of Beijing: a day as an instant that no zone near it moves to another day
SOURCE_RELATION: Final = "via"  # RFC 8288's name for the link to where something comes from

TODO_STATUS: Final = {
    Status.OPEN: "NEEDS-ACTION",
    Status.CLAIMED: "IN-PROCESS",
    Status.COMPLETED: "COMPLETED",
    Status.CANCELLED: "CANCELLED",
}
PREFIX: Final = {Status.COMPLETED: "【已办结】", Status.CANCELLED: "【已撤销】"}


@dataclass(frozen=True, slots=True)
class Form:
    """How entries are written: as events or tasks, with the alarms of `rules`, and by whom they are published."""

    rules: Rules
    as_todo: bool = False
    publisher: vCalAddress | None = None


def entry(milestone: Milestone, due: date, form: Form) -> Component:
    """A milestone that is due on `due`, by itself."""
    wording = f"{milestone.timex}，" if milestone.timex and not milestone.apart else ""
    summary = f"{milestone.title or milestone.quote}（{wording}到期日{due:%m-%d}）"
    return written(milestone, due, form, summary, _description(milestone, due))


def written(milestone: Milestone, due: date, form: Form, summary: str, description: list[str]) -> Component:
    """An entry on `due` with these words; the prefix of the summary says how it stands."""
    found = _todo(milestone, due) if form.as_todo else _event(milestone, due)
    _describe(found, milestone, summary, description)
    if form.publisher is not None:
        found.add("organizer", form.publisher)
    if not milestone.closed:
        _alarms(found, milestone, form)
    return found


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


def _describe(entry: Component, milestone: Milestone, summary: str, description: list[str]) -> None:
    """What every entry carries. DTSTAMP is the last change (RFC 5545 §3.8.7.2), so it does not move with the export."""
    entry.add("uid", milestone.uid)
    entry.add("dtstamp", milestone.modified)
    entry.add("last-modified", milestone.modified)
    entry.add("sequence", milestone.sequence)
    entry.add("summary", clean(PREFIX.get(milestone.status, "【到期】") + summary))
    entry.add("description", "\n".join(clean(line) for line in description))
    entry.add("categories", ["督查事项", *map(clean, milestone.agencies)])
    if milestone.document_url:
        label = clean(milestone.document_title or milestone.document or "").replace('"', "”")
        entry.add("url", milestone.document_url)
        entry.add(
            "link",
            milestone.document_url,
            parameters={"VALUE": "URI", "LINKREL": SOURCE_RELATION, "LABEL": label},
        )


def lines(*labelled: tuple[str, str]) -> list[str]:
    """The lines of a description; what says nothing is left out."""
    return [f"{label}：{text}" for label, text in labelled if text]


def origin(milestone: Milestone) -> list[tuple[str, str]]:
    """Where it comes from and whom it concerns, each with its label."""
    item = f"第{milestone.item}项" if milestone.item else ""
    source = (milestone.document_title or milestone.document, item, milestone.item_title)
    supporting = [agency for agency in milestone.support if agency not in milestone.lead]
    others = [agency for agency in milestone.agencies if agency not in milestone.lead + milestone.support]
    return [
        ("原文", milestone.quote),
        ("来源", " ".join(part for part in source if part)),
        ("牵头", "、".join(milestone.lead)),
        ("配合", "、".join(supporting)),
        ("责任单位", "、".join(others)),
    ]


def _description(milestone: Milestone, due: date) -> list[str]:
    apart = f"；原文现为{milestone.timex}（{milestone.stated.due}）" if milestone.stated and milestone.apart else ""
    return lines(
        ("到期日", f"{due}（含当日）{apart}"),
        *origin(milestone),
        ("办结", str(milestone.closed_on or "") if milestone.status is Status.COMPLETED else ""),
        ("注意", "原文已无此项，待确认" if milestone.withdrawn else ""),
        ("编号", str(milestone.id)),
    )


def _alarms(entry: Component, milestone: Milestone, form: Form) -> None:
    """One DISPLAY alarm for each lead time, at 9:00; its UID (RFC 9074) lets an acknowledgement survive a refresh.

    On the last day itself there is none: its trigger would be positive, and Outlook drops those.
    """
    for days in sorted(form.rules.lead_days(milestone) - {0}, reverse=True):
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", f"{days}天后到期")
        alarm.add("uid", str(uuid5(NAMESPACE_URL, f"urn:uuid:{milestone.uid}#lead-{days}")))
        # A task has no start, so its alarms hang on its end.
        related = {"RELATED": "END"} if form.as_todo else {}
        alarm.add("trigger", RINGS_AT - timedelta(days=days), parameters=related)
        entry.add_component(alarm)


def clean(text: str) -> vText:
    """One line without control characters, which RFC 5545 §3.1 does not allow in a value."""
    words = " ".join(text.splitlines()).replace("\t", " ")
    return vText("".join(char for char in words if unicodedata.category(char) not in {"Cc", "Cs"}))
