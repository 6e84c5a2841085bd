"""Which rung of a milestone falls on which day, and which of them an agency is told."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from milestone_factory import INGESTED, milestone, seed

from tracker.errors import ConfigError
from tracker.milestones import Status
from tracker.reminders import Reminder, Rules, due, missed_days, planned_next
from tracker.workdays import is_workday

DAILY = Rules(working_days_only=False)
RULES = Rules()


def days(first, last):
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def scan(milestones, rules, scanned):
    """What each of the days owes with a ledger between them, as {day: reminders}."""
    ledger: dict[tuple[int, str], date] = {}
    owed = {}
    for today in scanned:
        owed[today] = due(milestones, rules, today, ledger)
        for reminder in owed[today]:
            key = reminder.milestone, reminder.agency
            ledger[key] = max(ledger.get(key, date.min), reminder.planned)
    return owed


def told(owed):
    return {day: [r.rule for r in reminders if not r.folded] for day, reminders in owed.items() if reminders}


def test_a_month_is_told_60_30_and_7_days_before_its_last_day_1_day_and_4_working_days_after_it_and_every_monday():
    owed = scan([milestone(tracked_from=date(2018, 6, 1))], DAILY, days(date(2018, 6, 1), date(2018, 12, 20)))
    assert told(owed) == {
        date(2018, 10, 1): ["lead-60"],
        date(2018, 10, 31): ["lead-30"],
        date(2018, 11, 23): ["lead-7"],
        date(2018, 12, 1): ["overdue-1"],
        date(2018, 12, 6): ["overdue-4w"],  # the last day was a Friday
        date(2018, 12, 10): ["overdue-10"],
        date(2018, 12, 17): ["overdue-17"],
    }


LADDERS = {
    "day": [30, 7, 1, 0],
    "dekad": [30, 7, 1, 0],
    "month": [60, 30, 7],
    "quarter": [90, 30, 7],
    "half": [90, 30, 7],
    "year": [180, 90, 30, 7],
    "plan": [180, 90, 30, 7],
    None: [30, 7, 1, 0],  # a day that a person set
}


@pytest.mark.parametrize(("precision", "ladder"), LADDERS.items())
def test_the_ladder_follows_from_how_exactly_the_words_name_the_day(precision, ladder):
    last = date(2019, 12, 31)
    coming = planned_next(milestone(due=last, precision=precision), RULES, INGESTED)
    assert [(last - rung.planned).days for rung in coming if rung.rule.startswith("lead")] == ladder


def test_the_configured_defaults_are_the_rules_defaults():
    import tomllib
    from pathlib import Path

    stated = tomllib.loads((Path(__file__).parent.parent / "config.toml").read_text("utf-8"))["reminders"]
    assert {name: tuple(ladder) for name, ladder in stated.pop("lead").items()} == dict(RULES.lead)
    assert not any(sheet["limit"] for sheet in stated.pop("sheets").values())
    assert {name: tuple(value) if isinstance(value, list) else value for name, value in stated.items()} == {
        name: getattr(RULES, name) for name in stated
    }


def test_the_last_day_itself_is_not_overdue():
    last = date(2018, 9, 10)
    owed = scan([milestone(due=last, precision="dekad")], DAILY, days(INGESTED, last + timedelta(days=1)))
    assert told(owed)[last] == ["lead-0"]
    assert told(owed)[last + timedelta(days=1)] == ["overdue-1"]


INTAKES = {
    "long past": (date(2017, 12, 31), ["intake"], "立项时已逾期243天"),
    "yesterday": (date(2018, 8, 30), ["overdue-1", "intake"], "立项时已逾期1天"),
    "within its first lead": (date(2018, 10, 20), ["intake"], "立项时距到期日50天，已在首个提醒期内"),
    "on the day of its first lead": (
        date(2018, 10, 30),
        ["lead-60", "intake"],
        "立项时距到期日60天，已在首个提醒期内",
    ),
    "before its first lead": (date(2018, 10, 31), [], ""),
}


@pytest.mark.parametrize(("last", "rules", "reason"), INTAKES.values(), ids=INTAKES.keys())
def test_the_first_day_of_tracking_tells_each_milestone_once_and_fires_no_past_rung(last, rules, reason):
    found = due([milestone(due=last)], RULES, INGESTED, {})
    assert [reminder.rule for reminder in found] == rules
    assert [reminder.folded for reminder in found] == [True] * (len(rules) - 1) + [False] * bool(rules)
    assert not found or found[-1].reason == reason
    assert not due([milestone(due=last)], RULES, date(2018, 9, 1), {(1, "市住建委"): INGESTED} if rules else {})


def test_a_second_scan_of_the_same_day_owes_nothing():
    milestones = seed()
    first = due(milestones, RULES, INGESTED, {})
    assert first
    ledger = {(reminder.milestone, reminder.agency): reminder.planned for reminder in first}
    assert due(milestones, RULES, INGESTED, ledger) == []


def test_three_days_without_a_scan_tell_each_milestone_once_and_give_the_ledger_every_rung():
    overdue = milestone(due=date(2018, 10, 31), tracked_from=date(2018, 8, 1))
    found = due([overdue], RULES, date(2018, 11, 13), {(1, "市住建委"): date(2018, 10, 24)})
    assert [(reminder.rule, reminder.planned, reminder.folded) for reminder in found] == [
        ("overdue-1", date(2018, 11, 1), True),
        ("overdue-4w", date(2018, 11, 6), True),
        ("overdue-12", date(2018, 11, 12), False),
    ]


def test_weekends_and_holidays_are_held_and_their_rungs_are_told_on_the_next_working_day():
    last = date(2018, 9, 30)  # a Sunday on which offices work; 1 to 7 October is the holiday
    owed = told(scan([milestone(due=last, precision="day")], RULES, days(INGESTED, date(2018, 10, 12))))
    assert owed == {
        INGESTED: ["intake"],
        date(2018, 9, 25): ["lead-7"],  # planned on the 23rd, in the mid-autumn holiday
        date(2018, 9, 29): ["lead-1"],  # a Saturday that makes up for the holiday
        last: ["lead-0"],
        date(2018, 10, 8): ["overdue-1"],
        date(2018, 10, 11): ["overdue-4w"],  # no day of the holiday is a working day
    }


@pytest.mark.parametrize("chosen", range(30))
def test_whatever_days_are_scanned_every_rung_is_owed_exactly_once(chosen):
    random = Random(chosen)
    span = days(INGESTED, date(2019, 3, 15))
    scanned = sorted({*random.sample(span, random.randint(1, 120)), span[-1]})
    milestones = [
        replace(each, agencies=(*each.agencies, "市财政局"), tracked_from=random.choice(span)) for each in seed()
    ]
    whole = [_key(r) for reminders in scan(milestones, RULES, span).values() for r in reminders]
    partly = [_key(r) for reminders in scan(milestones, RULES, scanned).values() for r in reminders]
    assert len(set(whole)) == len(whole)
    assert sorted(partly) == sorted(whole)


def _key(reminder: Reminder):
    return reminder.milestone, reminder.rule, reminder.planned, reminder.agency


@pytest.mark.parametrize("chosen", range(10))
def test_a_scan_tells_each_milestone_of_an_agency_once(chosen):
    today = Random(chosen).choice([day for day in days(INGESTED, date(2020, 1, 1)) if is_workday(day)])
    found = [(r.milestone, r.agency) for r in due(seed(), RULES, today, {}) if not r.folded]
    assert len(set(found)) == len(found)


OWES_NOTHING = {
    "completed": milestone(due=date(2018, 8, 1), status=Status.COMPLETED, closed_on=date(2018, 8, 30)),
    "cancelled": milestone(due=date(2018, 8, 1), status=Status.CANCELLED),
    "undated": milestone(due=None),
    "nobody's": milestone(due=date(2018, 8, 1), agencies=(), lead=()),
    "not tracked yet": milestone(due=date(2018, 8, 1), tracked_from=date(2018, 9, 3)),
}


@pytest.mark.parametrize("each", OWES_NOTHING.values(), ids=OWES_NOTHING.keys())
def test_nothing_is_owed_for_what_is_closed_undated_or_not_tracked_yet(each):
    assert due([each], RULES, INGESTED, {}) == []


@pytest.mark.parametrize("each", ["completed", "cancelled", "undated"])
def test_and_nothing_is_planned_for_it(each):
    assert planned_next(OWES_NOTHING[each], RULES, INGESTED) == []


STILL_OWED = {
    "claimed": milestone(due=date(2018, 8, 1), status=Status.CLAIMED),
    "withdrawn": milestone(due=date(2018, 8, 1), withdrawn=True),
}


@pytest.mark.parametrize("each", STILL_OWED.values(), ids=STILL_OWED.keys())
def test_what_a_person_has_not_closed_is_still_owed(each):
    assert [reminder.rule for reminder in due([each], RULES, INGESTED, {})] == ["intake"]


def test_each_agency_of_a_milestone_is_told_and_has_a_ledger_of_its_own():
    both = milestone(due=date(2018, 11, 30), agencies=("市住建委", "市财政局"))
    found = due([both], DAILY, date(2018, 10, 31), {(1, "市住建委"): date(2018, 10, 1)})
    assert [(r.agency, r.rule, r.folded) for r in found] == [
        ("市住建委", "lead-30", False),
        ("市财政局", "lead-60", True),
        ("市财政局", "lead-30", False),
    ]


def test_a_deferral_arms_the_rungs_of_the_new_day():
    deferred = milestone(due=date(2019, 3, 31), baseline_due=date(2018, 11, 30))
    ledger = {(1, "市住建委"): date(2018, 12, 4)}  # overdue-4 of the old day
    assert due([deferred], DAILY, date(2018, 12, 5), ledger) == []
    assert [r.rule for r in due([deferred], DAILY, date(2019, 1, 30), ledger)] == ["lead-60"]


def test_a_due_day_brought_forward_is_told_at_once():
    earlier = milestone(due=date(2018, 11, 30), baseline_due=date(2019, 12, 31))
    found = due([earlier], DAILY, date(2018, 11, 5), {(1, "市住建委"): INGESTED})
    assert [(r.rule, r.folded) for r in found] == [("lead-60", True), ("lead-30", False)]


MOVED = {
    # the day of the change, after the scan of that day; the new due day; what is told in November, by day
    "brought forward": (
        date(2018, 11, 15),
        date(2018, 11, 20),
        {16: ["moved"], 19: ["lead-1"], 20: ["lead-0"], 21: ["overdue-1"]},
    ),
    "brought forward into the past": (date(2018, 11, 15), date(2018, 11, 10), {16: ["moved"]}),
    "put off": (date(2018, 11, 15), date(2019, 3, 31), {16: ["moved"]}),
    "together with a rung": (date(2018, 11, 15), date(2018, 11, 23), {16: ["moved"], 22: ["lead-1"], 23: ["lead-0"]}),
}


@pytest.mark.parametrize(("changed", "last", "expected"), MOVED.values(), ids=MOVED.keys())
def test_another_due_day_is_told_once_by_the_next_scan(changed, last, expected):
    rules = Rules(overdue_weekday=0, working_days_only=False)
    moved = milestone(due=last, precision="day", moved_on=changed + timedelta(days=1))
    ledger = {(1, "市住建委"): changed}
    owed = {}
    for today in days(changed, date(2018, 11, 23)):
        owed[today] = due([moved], rules, today, ledger)
        ledger |= {(1, "市住建委"): max(r.planned for r in owed[today])} if owed[today] else {}
    assert {day.day: rules for day, rules in told(owed).items()} == expected
    assert owed[changed + timedelta(days=1)][-1].reason == f"到期日改为{last}"


def test_whoever_was_told_of_no_other_day_is_told_of_no_change():
    moved = milestone(due=date(2019, 12, 31), moved_on=date(2018, 11, 5))
    assert due([moved], DAILY, date(2018, 11, 5), {}) == []
    near = milestone(due=date(2018, 11, 20), precision="day", moved_on=date(2018, 11, 5))
    assert [r.rule for r in due([near], DAILY, date(2018, 11, 5), {})] == ["lead-30"]


def test_whoever_was_first_told_after_the_change_is_not_told_of_it():
    near, key = milestone(due=date(2018, 11, 20), precision="day", moved_on=date(2018, 11, 5)), (1, "市住建委")
    told, day = {key: date(2018, 10, 21)}, date(2018, 11, 6)
    assert due([near], DAILY, day, told, {key: date(2018, 11, 5)}) == []
    assert [one.rule for one in due([near], DAILY, day, told, {key: date(2018, 11, 2)})] == ["moved"]


def test_a_reopened_milestone_is_told_once_of_what_fell_while_it_was_closed():
    reopened = milestone(due=date(2018, 9, 30), precision="day")
    found = due([reopened], DAILY, date(2018, 10, 12), {(1, "市住建委"): date(2018, 9, 23)})
    assert [r.rule for r in found] == ["lead-1", "lead-0", "overdue-1", "overdue-4w"]
    assert [r.rule for r in found if not r.folded] == ["overdue-4w"]


def test_the_coming_rungs_are_those_that_a_daily_scan_will_tell():
    each = milestone(due=date(2018, 11, 30))
    coming = planned_next(each, RULES, date(2018, 11, 5))
    assert [rung.rule for rung in coming] == ["lead-7", "overdue-1", "overdue-4w", "overdue-10"]
    later = told(scan([each], RULES, days(INGESTED, date(2018, 12, 14))))
    assert {RULES.told(rung.planned): [rung.rule] for rung in coming} == {
        d: r for d, r in later.items() if d > date(2018, 11, 5)
    }


def test_nothing_is_planned_before_tracking_begins():
    each = milestone(due=date(2018, 11, 30), tracked_from=date(2018, 11, 5))
    coming = planned_next(each, RULES, date(2018, 9, 1))
    assert [rung.rule for rung in coming] == ["intake", "lead-7", "overdue-1", "overdue-4w", "overdue-10"]


def test_the_first_day_of_tracking_is_no_repeat():
    friday = Rules(overdue_weekday=INGESTED.isoweekday())
    assert [one.rule for one in due([milestone(due=date(2018, 6, 1))], friday, INGESTED, {})] == ["intake"]


def test_what_is_long_overdue_has_one_coming_rung():
    (coming,) = planned_next(milestone(due=date(2018, 9, 10)), RULES, date(2018, 11, 5))
    assert (coming.rule, coming.planned) == ("overdue-63", date(2018, 11, 12))


def test_all_that_is_overdue_is_repeated_on_one_day_of_the_week():
    milestones = [milestone(n, date(2018, 9, n)) for n in range(1, 31)]
    owed = scan(milestones, RULES, days(date(2018, 10, 15), date(2018, 11, 30)))
    mondays = [day for day in days(date(2018, 10, 22), date(2018, 11, 30)) if day.isoweekday() == 1]
    assert [day for day, reminders in owed.items() if reminders] == [date(2018, 10, 15), *mondays]
    assert all(len(owed[day]) == 30 for day in mondays)


@pytest.mark.parametrize("weekday", range(1, 8))
@pytest.mark.parametrize("last", days(date(2018, 9, 10), date(2018, 9, 16)))
def test_repeats_begin_on_the_weekday_after_the_last_listed_day(weekday, last):
    rules = Rules(overdue=(1, 4), overdue_weekday=weekday, lead={}, working_days_only=False)
    found = [r.planned for r in due([milestone(due=last)], rules, last + timedelta(days=25), {})]
    assert [(day - last).days for day in found[:2]] == [1, 4]
    expected = [day for day in days(last + timedelta(days=5), last + timedelta(days=25)) if day.isoweekday() == weekday]
    assert found[2:] == expected


def test_a_repeat_in_a_holiday_is_told_on_the_first_working_day_after_it():
    owed = told(scan([milestone(due=date(2018, 9, 10))], RULES, days(date(2018, 9, 17), date(2018, 10, 15))))
    assert owed == {
        date(2018, 9, 17): ["overdue-7"],
        date(2018, 9, 25): ["overdue-14"],  # Monday the 24th is the mid-autumn holiday
        date(2018, 10, 8): ["overdue-28"],  # with that of Monday the 1st
        date(2018, 10, 15): ["overdue-35"],
    }


def test_repeats_alone_tell_every_week_from_the_first_on():
    rules = Rules(overdue=(), lead={}, working_days_only=False)
    owed = told(scan([milestone(due=date(2018, 9, 10))], rules, days(date(2018, 9, 10), date(2018, 9, 30))))
    assert owed == {date(2018, 9, 17): ["overdue-7"], date(2018, 9, 24): ["overdue-14"]}


def test_without_repeats_the_listed_days_are_the_last():
    rules = Rules(overdue=(1, 3), overdue_weekday=0, working_days_only=False)
    owed = told(scan([milestone(due=INGESTED, precision="day")], rules, days(INGESTED, date(2018, 12, 1))))
    assert owed == {INGESTED: ["intake"], date(2018, 9, 1): ["overdue-1"], date(2018, 9, 3): ["overdue-3"]}


def test_a_hundred_years_of_repeats_take_no_step_for_each_day():
    old = milestone(due=date(1918, 1, 1), tracked_from=date(1918, 1, 1))
    weekly = replace(DAILY, overdue_monthly_after=0)
    found = due([old], weekly, date(2018, 1, 1), {(1, "市住建委"): date(2017, 12, 20)})
    assert [r.planned for r in found] == [date(2017, 12, 25), date(2018, 1, 1)]


MISSED = {
    "the first scan ever": (None, ()),
    "yesterday": (date(2018, 11, 19), ()),
    "the same day": (date(2018, 11, 20), ()),
    "three days down": (date(2018, 11, 16), (date(2018, 11, 19),)),  # the 17th and 18th are a weekend
    "a week": (date(2018, 11, 13), (date(2018, 11, 14), date(2018, 11, 15), date(2018, 11, 16), date(2018, 11, 19))),
}


@pytest.mark.parametrize(("last_telling", "missed"), MISSED.values(), ids=MISSED.keys())
def test_a_missed_day_is_one_on_which_digests_could_have_gone_out(last_telling, missed):
    assert missed_days(last_telling, date(2018, 11, 20), RULES) == missed


@pytest.mark.parametrize(
    "fields",
    [
        {"lead": {"day": (7, -1)}},
        {"overdue": (0, 4)},
        {"overdue_weekday": 8},
        {"overdue_weekday": -1},
        {"due_soon_days": -1},
    ],
)
def test_rules_that_make_no_sense_are_refused(fields):
    with pytest.raises(ConfigError, match="reminders"):
        Rules(**fields)
