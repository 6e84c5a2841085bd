"""Milestones as one calendar file, or as one resource each for a calendar server."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Final

from icalendar import Calendar, Component, vCalAddress

from ..milestones import Milestone
from ..reminders import Rules
from .entries import Form, clean, entry
from .series import recurring

PRODUCT: Final = "-//tracker//milestones 1.0//ZH"
REFRESH: Final = timedelta(hours=6)
KEPT_DAYS: Final = 90  # how long what was closed is still shown: subscribers look again after days, or never at once

Mine = Callable[[Milestone], bool]


def everything(milestone: Milestone) -> bool:
    """Every milestone."""
    return True


def calendar(
    milestones: Iterable[Milestone],
    name: str,
    *,
    mine: Mine = everything,
    today: date | None = None,
    rules: Rules | None = None,
    as_todo: bool = False,
    expanded: bool = False,
    office: str = "",
    office_email: str = "",
) -> bytes:
    """The dated milestones as one VCALENDAR called `name`, in UTF-8 with CRLF, by id: the same state, the same bytes.

    VEVENT, or VTODO where `as_todo` for the clients that keep tasks. `mine` says which of the milestones it holds; the
    others tell what of a series it leaves out. A series is one recurring event, unless `expanded` or `as_todo`. What
    was closed more than 90 days before `today` is left out, as are undated milestones, which the calendar's
    description counts. `rules` gives the alarms, at 9 in the morning. Where `office_email` is set, events are
    published by it (METHOD:PUBLISH asks for an ORGANIZER, RFC 5546 §3.2.1); tasks never are, since a published VTODO
    needs a DTSTART (§3.4.1), which a task of one day must not have.
    """
    rows = list(milestones)
    publisher = _publisher(office, office_email) if office_email and not as_todo else None
    form = Form(rules or Rules(), as_todo, publisher)
    result = _head(publisher is not None)
    _title(result, name, left_out(filter(mine, rows)))
    for components in _entries(rows, mine, form, today, expanded or as_todo):
        for component in components:
            result.add_component(component)
    return bytes(result.to_ical())


def resources(
    milestones: Iterable[Milestone],
    *,
    mine: Mine = everything,
    today: date | None = None,
    rules: Rules | None = None,
    as_todo: bool = False,
) -> dict[str, bytes]:
    """What `calendar` holds as one VCALENDAR for each UID, without METHOD: what a server keeps (RFC 4791 §4.1)."""
    form = Form(rules or Rules(), as_todo)
    found = {}
    for components in _entries(list(milestones), mine, form, today, as_todo):
        result = _head(published=False)
        for component in components:
            result.add_component(component)
        found[str(components[0]["uid"])] = bytes(result.to_ical())
    return found


def left_out(milestones: Iterable[Milestone]) -> int:
    """How many milestones a calendar cannot show because they have no last day."""
    return sum(milestone.due is None for milestone in milestones)


def gone(milestone: Milestone, today: date | None) -> bool:
    """Whether it was closed so long before `today` that calendars need not say so any more."""
    return (
        today is not None
        and milestone.closed
        and milestone.closed_on is not None
        and (today - milestone.closed_on).days > KEPT_DAYS
    )


def _entries(
    rows: list[Milestone], mine: Mine, form: Form, today: date | None, expanded: bool
) -> Iterator[list[Component]]:
    """The entries of each UID together, by the id of the milestone that the UID is of."""
    series: dict[int, list[Milestone]] = defaultdict(list)
    for one in rows:
        if one.series is not None and not expanded:
            series[one.series].append(one)
    found: dict[int, list[Component]] = {}
    recur: set[int] = set()
    for head, members in series.items():
        components, covered = recurring(members, form, mine=mine, gone=lambda one: gone(one, today))
        recur |= covered
        if components:
            found[head] = components
    for one in rows:
        if one.id not in recur and one.due is not None and mine(one) and not gone(one, today):
            found[one.id] = [entry(one, one.due, form)]
    for id in sorted(found):
        yield found[id]


def _head(published: bool) -> Calendar:
    result = Calendar()
    result.add("version", "2.0")
    result.add("prodid", PRODUCT)
    result.add("calscale", "GREGORIAN")
    if published:
        result.add("method", "PUBLISH")
    return result


def _title(result: Calendar, name: str, undated: int) -> None:
    """What the calendar is called, what it leaves out, and when to look again."""
    result.add("name", clean(name))
    result.add("x-wr-calname", clean(name))
    if undated:
        note = f"另有{undated}项未定期限的事项，不在此日历中"
        result.add("description", note)
        result.add("x-wr-caldesc", note)
    result.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    result.add("x-published-ttl", "PT6H")


def _publisher(office: str, email: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    if office:
        address.params["CN"] = clean(office)
    return address
