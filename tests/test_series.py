"""A series of milestones as one recurring event: the rule, and exceptions for what is not as the rule says."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice

import pytest
from calendar_factory import FIRST, change, done, quarterly
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from icalendar.prop import vRecur

from tracker.ics import calendar, lint
from tracker.ics.series import recur
from tracker.milestones import Status, occurrences
from tracker.milestones.occurrences import Rule

TODAY = date(2019, 4, 10)


def events(members, **options):
    """The recurring event, and its exceptions by the day that they stand for."""
    data = calendar(members, "日历", **{"today": TODAY} | options)
    assert lint(data) == []
    found = Calendar.from_ical(data).walk("VEVENT")
    main = [event for event in found if "RECURRENCE-ID" not in event]
    return main, {event["RECURRENCE-ID"].dt: event for event in found if "RECURRENCE-ID" in event}


def excluded(event):
    return [each.dt for each in event["EXDATE"].dts] if "EXDATE" in event else []


def test_a_series_is_one_event_with_the_rule_and_the_uid_of_its_first():
    (event,), exceptions = events(quarterly())
    assert exceptions == {}
    assert event["UID"] == quarterly()[0].uid
    assert event["DTSTART"].dt == FIRST
    assert event["DTEND"].dt == FIRST + timedelta(days=1)
    assert event["RRULE"].to_ical() == b"FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1"
    assert event["SUMMARY"] == "【到期】报送进展情况（每季度末）"
    assert event["DESCRIPTION"].split("\n")[0] == "周期：每季度"
    assert event["DESCRIPTION"].endswith("编号：1、2、3")
    assert len(event.walk("VALARM")) == 3


def test_a_closed_occurrence_is_an_exception_that_rings_no_more():
    (event,), exceptions = events(done(quarterly(), 2, date(2019, 2, 4)))
    assert exceptions.keys() == {date(2018, 12, 31)}
    closed = exceptions[date(2018, 12, 31)]
    assert closed["SUMMARY"].startswith("【已办结】报送进展情况（2018年第4季度）")
    assert closed["UID"] == event["UID"]
    assert closed.walk("VALARM") == []
    assert (event["SEQUENCE"], closed["SEQUENCE"]) == (2, 2)


def test_one_that_was_moved_stands_on_its_own_day():
    _, exceptions = events(change(quarterly(), 3, due=date(2019, 4, 15)))
    assert exceptions[date(2019, 3, 31)]["DTSTART"].dt == date(2019, 4, 15)


def test_one_that_was_cancelled_says_so_and_ends_the_series_where_it_was_the_newest():
    (event,), exceptions = events(change(quarterly(), 3, status=Status.CANCELLED, closed_on=date(2019, 3, 1)))
    assert exceptions[date(2019, 3, 31)]["STATUS"] == "CANCELLED"
    assert event["RRULE"]["UNTIL"] == [date(2019, 3, 31)]


def test_what_was_closed_more_than_90_days_ago_is_left_out_of_the_rule():
    members = done(quarterly(), 1, date(2018, 9, 30))
    (event,), exceptions = events(members, today=date(2018, 12, 29))
    assert (excluded(event), exceptions.keys(), event["SEQUENCE"]) == ([], {FIRST}, 2)
    (event,), exceptions = events(members, today=date(2018, 12, 30))
    assert (excluded(event), exceptions, event["SEQUENCE"]) == ([FIRST], {}, 3)
    (event,), _ = events(change(members, 1, status=Status.OPEN, closed_on=None), today=date(2018, 12, 30))
    assert (excluded(event), event["SEQUENCE"]) == ([], 4)


def test_a_series_that_ended_and_is_long_closed_is_gone():
    members = quarterly(2, withdrawn=True)
    for number in (1, 2):
        members = done(members, number, date(2018, 12, 31))
    assert events(members, today=TODAY + timedelta(days=90)) == ([], {})


def test_a_withdrawn_series_shows_what_was_opened_and_no_more():
    members = [replace(one, withdrawn=True) for one in quarterly()]
    (event,), _ = events(members)
    assert event["RRULE"]["UNTIL"] == [date(2019, 3, 31)]
    assert "原文已无此项" in event["DESCRIPTION"]


def test_periods_that_ended_before_it_was_tracked_are_no_duties():
    members = [one for one in quarterly() if one.id != 2]
    (event,), _ = events(members)
    assert excluded(event) == [date(2018, 12, 31)]


def test_an_occurrence_that_went_to_another_agency_is_left_out_here_and_stands_there():
    members = change(quarterly(), 2, agencies=("市财政局",), lead=("市财政局",))
    (event,), _ = events(members, mine=lambda one: "市住建委" in one.agencies)
    assert excluded(event) == [date(2018, 12, 31)]
    assert "UNTIL" not in event["RRULE"]
    (event,), exceptions = events(members, mine=lambda one: "市财政局" in one.agencies)
    assert event["RRULE"]["UNTIL"] == [date(2019, 3, 31)]
    assert excluded(event) == [FIRST, date(2019, 3, 31)]
    assert exceptions.keys() == {date(2018, 12, 31)}


def test_an_occurrence_that_the_rule_has_no_place_for_stands_by_itself():
    members = quarterly()
    members[0] = replace(members[0], stated=replace(members[0].stated, recurrence="YEARLY", due=date(2018, 12, 31)))
    members = [replace(one, occurrence=date(2018, 1, 1)) if one.id == 1 else one for one in members]
    main, exceptions = events(members)
    assert [event["DTSTART"].dt for event in main] == [date(2018, 12, 31), date(2018, 12, 31)]
    assert ["RRULE" in event for event in main] == [True, False]
    assert exceptions[date(2019, 12, 31)]["DTSTART"].dt == date(2019, 3, 31), "the period of the year that it began in"


def test_tasks_and_the_calendar_of_a_mail_have_each_occurrence_by_itself():
    for options in ({"as_todo": True}, {"expanded": True}):
        data = calendar(quarterly(), "日历", today=TODAY, **options)
        assert data.count(b"UID:") == 3 + data.count(b"BEGIN:VALARM")
        assert b"RRULE" not in data


def test_the_same_state_is_the_same_bytes_in_whatever_order():
    members = done(quarterly(), 2, date(2019, 1, 4))
    assert calendar(members, "日历", today=TODAY) == calendar(members[::-1], "日历", today=TODAY)


def test_an_undated_occurrence_is_left_out():
    (event,), _ = events(change(quarterly(), 2, due=None))
    assert excluded(event) == [date(2018, 12, 31)]


def test_the_sequence_never_falls_whatever_happens_to_a_series():
    members, day, before = quarterly(4), date(2018, 10, 1), b""
    for number in range(40):
        day += timedelta(days=20)
        one = members[number * 7 % 4]
        fields = {"status": Status.OPEN, "closed_on": None} if one.closed else {
            "status": Status.COMPLETED if number % 3 else Status.CANCELLED, "closed_on": day}  # fmt: skip
        members = change(members, one.id, modified=datetime(2018, 10, 1, tzinfo=UTC), **fields)
        for later in (day, day + timedelta(days=100)):
            data = calendar(members, "日历", today=later)
            assert lint(data, before or None) == []
            before = data
        members, before = members, calendar(members, "日历", today=day)


RULES = st.one_of(
    st.builds(
        Rule,
        months=st.sampled_from([1, 2, 3, 6, 12, 24]),
        days=st.just(0),
        month_day=st.none() | st.just(-1) | st.integers(1, 31),
    ),
    st.builds(Rule, months=st.just(0), days=st.sampled_from([1, 2, 7, 10, 14])),
)


@given(rule=RULES, first=st.dates(date(2000, 1, 1), date(2050, 12, 31)), count=st.integers(1, 30))
def test_the_rule_gives_the_days_that_the_tracker_opens(rule: Rule, first: date, count: int):
    expected = [one.due for one in islice(occurrences.occurrences(first, rule), count)]
    text = vRecur(recur(first, rule, expected[-1])).to_ical().decode()
    start = datetime.combine(expected[0], datetime.min.time())
    assert [each.date() for each in rrulestr(text, dtstart=start)] == expected


ENDS = [
    (Rule(1, 0, count=3), None, {"FREQ": "MONTHLY", "BYMONTHDAY": -1, "COUNT": 3}),
    (Rule(1, 0, until=date(2019, 1, 31)), None, {"FREQ": "MONTHLY", "BYMONTHDAY": -1, "UNTIL": date(2019, 1, 31)}),
    (Rule(1, 0, count=9), date(2019, 1, 31), {"FREQ": "MONTHLY", "BYMONTHDAY": -1, "UNTIL": date(2019, 1, 31)}),
    (Rule(12, 0), None, {"FREQ": "YEARLY", "BYMONTH": 9, "BYMONTHDAY": -1}),
    (Rule(0, 14), None, {"FREQ": "WEEKLY", "INTERVAL": 2}),
]


@pytest.mark.parametrize(("rule", "last", "expected"), ENDS)
def test_a_rule_ends_by_count_or_by_day_and_never_by_both(rule, last, expected):
    assert recur(FIRST, rule, last) == expected
