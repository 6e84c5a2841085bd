"""What is foreseen of a milestone is what the scans of the coming days tell, while nothing else changes."""

from datetime import date

import pytest
from milestone_factory import milestone

from tracker.milestones import Status
from tracker.reminders import DAY, Known, Reminder, Rules, SheetRule, foresee

AGENCY, OTHER = "市住建委", "市财政局"
FRIDAY, MONDAY = date(2018, 11, 23), date(2018, 11, 26)
LAST = date(2018, 11, 30)  # a Friday, as is the 23rd
TOLD = {(1, AGENCY): date(2018, 11, 9), (2, AGENCY): date(2018, 11, 9)}
ONE_A_WEEK = {"weekly_budget": 1}
OVERDUE = {"due": date(2018, 11, 1)}
ON_WEDNESDAY = {"due": date(2018, 11, 28)}

FORESEEN = {
    # the rules, what is known, fields of the milestone, those of another of the agency or None; the day of the rung
    # "a week before", and what it waits for
    "today, before the scan": ({}, {}, {}, None, FRIDAY, None),
    "over the budget": (ONE_A_WEEK, {"spent": {AGENCY: 1}}, {}, None, MONDAY, ("budget", MONDAY)),
    "what another milestone will have taken of the budget of a week to come": (
        ONE_A_WEEK, {}, {"due": date(2018, 12, 6)}, OVERDUE, date(2018, 12, 3), ("budget", date(2018, 12, 3)),
    ),
    "over the budget, but along with what is due that day": (
        ONE_A_WEEK, {}, {"due": date(2018, 12, 5)}, ON_WEDNESDAY | {"remind": (2, 0)}, date(2018, 11, 28), None,
    ),
    "weekly": ({}, {"cadences": {AGENCY: "weekly"}}, {}, None, MONDAY, ("cadence", MONDAY)),
    "weekly, along with what is due before": (
        {}, {"cadences": {AGENCY: "weekly"}}, {"due": date(2018, 12, 4)}, ON_WEDNESDAY, date(2018, 11, 28),
        ("cadence", date(2018, 12, 3)),
    ),
    "immediate": ({}, {"cadences": {AGENCY: "immediate"}}, {}, None, LAST, ("cadence", LAST)),
    "on a day off": ({}, {}, {"due": date(2018, 12, 2)}, None, MONDAY, ("day off", MONDAY)),
    "acknowledged": (
        {}, {}, {"acknowledged": ((AGENCY, date(2018, 11, 28)),)}, None, date(2018, 11, 28),
        ("acknowledged", date(2018, 11, 28)),
    ),
    "without an address": ({}, {"mute": [AGENCY]}, {}, None, FRIDAY, ("no address", None)),
}  # fmt: skip


@pytest.mark.parametrize(("rules", "known", "fields", "other", "day", "hold"), FORESEEN.values(), ids=FORESEEN.keys())
def test_a_rung_is_foreseen_on_the_day_on_which_it_is_told_with_what_holds_it(rules, known, fields, other, day, hold):
    mine = milestone(1, **{"due": LAST, "precision": "day", "remind": (7,)} | fields)
    every = [mine, *([milestone(2, **{"precision": "day", "remind": (0,)} | other)] if other else [])]
    found = foresee(
        mine, every, Rules(**rules), FRIDAY, Known(**{"decided": TOLD, "last_telling": FRIDAY - DAY} | known)
    )
    assert [(one.day, one.hold) for _, one in found if one.rung.rule == "lead-7"] == [(day, hold)]


def test_what_the_scan_of_the_day_told_is_not_foreseen_again():
    mine = milestone(due=LAST, precision="day")
    found = foresee(mine, [mine], Rules(), FRIDAY, Known(decided={(1, AGENCY): FRIDAY}))
    assert [one.rung.rule for _, one in found][:2] == ["lead-1", "lead-0"]


def test_what_is_owed_to_one_of_two_agencies_is_foreseen_for_that_one():
    mine = milestone(due=LAST, agencies=(AGENCY, OTHER), precision="day")
    known = Known(decided={(1, AGENCY): FRIDAY, (1, OTHER): FRIDAY - DAY})
    assert [name for name, one in foresee(mine, [mine], Rules(), FRIDAY, known) if one.day == FRIDAY] == [OTHER]


def test_what_every_address_refused_is_foreseen_for_the_next_scan():
    mine = milestone(due=LAST, precision="day")
    again = Reminder(1, "lead-30", date(2018, 10, 31), AGENCY, "", folded=False)
    known = Known(decided={(1, AGENCY): FRIDAY}, refused=[again])
    days = [one.day for _, one in foresee(mine, [mine], Rules(), MONDAY, known) if one.rung.rule == "lead-30"]
    assert days == [MONDAY]


def test_the_sheets_are_foreseen_each_after_the_limit_of_the_former():
    mine = milestone(due=LAST, precision="day")
    rules = Rules(sheets=(SheetRule("blue", "2w"), SheetRule("yellow", "2w"), SheetRule("red", 5)))
    found = foresee(mine, [mine], rules, date(2018, 11, 22), Known(decided=TOLD))
    assert [(one.rung.rule, one.day) for _, one in found if one.rung.rule.startswith("sheet")] == [
        ("sheet-blue", FRIDAY), ("sheet-yellow", date(2018, 11, 28)), ("sheet-red", date(2018, 12, 3)),
    ]  # fmt: skip


@pytest.mark.parametrize("fields", [{"status": Status.COMPLETED, "closed_on": FRIDAY}, {"due": None}])
def test_nothing_is_foreseen_of_what_owes_nothing(fields):
    mine = milestone(**fields)
    assert foresee(mine, [mine], Rules(), FRIDAY, Known()) == []
