"""What is told on a day, what is withheld and why, and which sheets are issued."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from milestone_factory import milestone

from tracker.errors import ConfigError
from tracker.milestones import Status
from tracker.reminders import Known, Reminder, Rules, SheetRule, coming, decide, due, planned_next
from tracker.reminders.steps import after, before, parse

RULES = Rules()
SHEETS = Rules(
    sheets=(
        SheetRule("blue", "2w", ("contact",), 7),
        SheetRule("yellow", "2w", ("contact", "head")),
        SheetRule("red", 5, ("contact", "head", "office")),
    )
)
AGENCY = "市住建委"
MONDAY = date(2018, 11, 5)
LAST = date(2018, 11, 30)  # a Friday


def november(day):
    return date(2018, 11, day)


def told(decided):
    return [one.rule for one in decided.told if not one.folded]


def withheld(decided):
    return {(one.rule, one.reason, one.until) for one in decided.withheld}


def run(each, rules, scanned, **beside):
    """What each day tells with a ledger and the sheets kept between them: {day: (rules told, reasons)}."""
    ledger, sheets, found, telling = {}, {}, {}, None
    for today in scanned:
        known = Known(decided=ledger, sheets=sheets, last_telling=telling, **beside)
        decided = decide([each], rules, today, known)
        for one in decided.told:
            key = one.milestone, one.agency
            ledger[key] = max(ledger.get(key, date.min), one.planned)
        sheets |= {(one.milestone, one.agency): one for one in decided.sheets}
        telling = today
        if decided.told or decided.withheld:
            found[today] = told(decided), sorted({one.reason for one in decided.withheld})
    return found


def days(first, last):
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


STEPS = {
    "calendar days": (before, date(2018, 10, 10), 7, date(2018, 10, 3)),
    "working days": (before, date(2018, 10, 10), "3w", date(2018, 9, 30)),  # a Sunday that is worked
    "after a holiday": (after, date(2018, 9, 30), "1w", date(2018, 10, 8)),
    "over a weekend": (after, LAST, "4w", date(2018, 12, 6)),
}


@pytest.mark.parametrize(("lies", "last", "step", "day"), STEPS.values(), ids=STEPS.keys())
def test_a_step_is_counted_in_days_or_in_working_days(lies, last, step, day):
    assert lies(last, step) == day


@pytest.mark.parametrize("words", ["", "a", "-1", "0w", "7d", "1ww", "1.5"])
def test_what_is_no_ladder_is_refused(words):
    with pytest.raises(ValueError, match=r"^.*$"):
        parse(words)
    with pytest.raises(ConfigError, match="working days"):
        Rules(lead={"day": ("x" + words,)})


def test_a_ladder_that_a_person_wrote_is_put_in_order():
    assert parse("0, 7，1w 30") == (30, 7, "1w", 0)


def test_a_milestone_with_a_ladder_of_its_own_goes_by_it():
    own = milestone(remind=(10, "1w"))
    assert [rung.rule for rung in planned_next(own, RULES, MONDAY)][:2] == ["lead-10", "lead-1w"]
    assert RULES.first_lead(own) == 10


def test_after_90_days_only_the_first_monday_of_a_month_repeats():
    old = milestone(due=date(2018, 6, 1), tracked_from=date(2018, 5, 1))
    rules = replace(RULES, working_days_only=False)
    found = due([old], rules, date(2018, 12, 31), {(1, AGENCY): date(2018, 8, 20)})
    assert [str(one.planned) for one in found] == [
        "2018-08-27", "2018-09-03", "2018-10-01", "2018-11-05", "2018-12-03"
    ]  # fmt: skip
    assert [one.reason for one in found][:2] == ["逾期每周提醒", "逾期每月提醒"]
    for_ever = due([old], replace(rules, overdue_monthly_after=0), date(2018, 12, 31), {})
    assert len([one for one in for_ever if one.planned > date(2018, 8, 20)]) == 19


def test_on_a_day_off_everything_is_withheld_until_the_next_working_day():
    near = milestone(due=november(17), precision="day")
    decided = decide([near], RULES, november(10), Known(decided={(1, AGENCY): november(9)}))
    assert withheld(decided) == {("lead-7", "day off", november(12))}
    assert decided.told == ()


ACKNOWLEDGED = {
    # acknowledged for whom, the day of the scan, what is told, what is withheld
    "ahead": (AGENCY, november(23), [], {("lead-7", "acknowledged", date(2018, 12, 20))}),
    "by all": ("", november(23), [], {("lead-7", "acknowledged", date(2018, 12, 20))}),
    "by another agency": ("市财政局", november(23), ["lead-7"], set()),
    "newly overdue": (AGENCY, date(2018, 12, 3), ["overdue-1"], set()),
    "on the day": (AGENCY, date(2018, 12, 20), ["overdue-17"], set()),
}


@pytest.mark.parametrize(("whose", "today", "rules", "kept"), ACKNOWLEDGED.values(), ids=ACKNOWLEDGED.keys())
def test_an_acknowledgement_pauses_all_but_the_first_overdue_telling(whose, today, rules, kept):
    paused = milestone(acknowledged=((whose, date(2018, 12, 20)),))
    decided = decide([paused], RULES, today, Known(decided={(1, AGENCY): november(1)}))
    assert told(decided) == rules
    assert withheld(decided) == kept


def test_what_fell_while_it_was_acknowledged_is_told_once_on_that_day():
    paused = milestone(acknowledged=((AGENCY, date(2018, 12, 20)),))
    found = run(paused, RULES, days(date(2018, 12, 3), date(2018, 12, 21)))
    assert {day: rules for day, (rules, _) in found.items() if rules} == {
        date(2018, 12, 3): ["overdue-1"],
        date(2018, 12, 20): ["overdue-17"],
    }


CADENCES = {
    # cadence, last day, today, the last scan that told, what is told
    "weekly, on the first working day": ("weekly", LAST, november(26), november(23), ["lead-7"]),
    "weekly, later": ("weekly", LAST, november(23), november(22), []),
    "weekly, where nobody scanned on the first day": ("weekly", LAST, november(27), november(23), ["lead-7"]),
    "weekly, due today": ("weekly", november(22), november(22), november(21), ["lead-7"]),
    "weekly, newly overdue": ("weekly", november(22), november(23), november(22), ["overdue-1"]),
    "immediate, ahead": ("immediate", LAST, november(26), november(23), []),
    "immediate, due today": ("immediate", LAST, LAST, november(29), ["lead-7"]),
    "immediate, overdue before": ("immediate", november(2), november(26), november(23), ["overdue-24"]),
    "daily": ("daily", LAST, november(23), november(22), ["lead-7"]),
}


@pytest.mark.parametrize(("cadence", "last", "today", "telling", "rules"), CADENCES.values(), ids=CADENCES.keys())
def test_a_cadence_holds_what_is_not_urgent(cadence, last, today, telling, rules):
    known = Known(
        decided={(1, AGENCY): max(november(9), last)}
        if last < november(10) else {(1, AGENCY): november(9)},
        cadences={AGENCY: cadence},
        last_telling=telling,
    )  # fmt: skip
    decided = decide([milestone(due=last)], RULES, today, known)
    assert told(decided) == rules
    assert {one.reason for one in decided.withheld} == (set() if rules else {"cadence"})


def test_weekly_in_the_week_of_a_holiday_is_told_on_its_first_working_day():
    each = milestone(due=date(2018, 12, 31), tracked_from=date(2018, 8, 1), precision="quarter", remind=(96, 91))
    found = run(each, RULES, days(date(2018, 9, 24), date(2018, 10, 9)), cadences={AGENCY: "weekly"})
    # The 24th is the mid-autumn holiday; the 29th and 30th are worked, the 1st to the 7th are not.
    assert {day: rules for day, (rules, _) in found.items() if rules} == {date(2018, 10, 8): ["lead-91"]}


BUDGETS = {
    # how many digests this week has brought, the last day, what is told
    "within": (1, LAST, ["lead-7"]),
    "over": (2, LAST, []),
    "over, but due today": (2, november(23), ["lead-7"]),
    "over, but newly overdue": (2, november(22), ["overdue-1"]),
}


@pytest.mark.parametrize(("spent", "last", "rules"), BUDGETS.values(), ids=BUDGETS.keys())
def test_over_the_budget_what_is_not_urgent_waits_for_the_next_week(spent, last, rules):
    known = Known(decided={(1, AGENCY): november(9)}, spent={AGENCY: spent})
    decided = decide([milestone(due=last)], replace(RULES, weekly_budget=2), november(23), known)
    assert told(decided) == rules
    assert {(one.reason, one.until) for one in decided.withheld} == (set() if rules else {("budget", november(26))})


def test_an_urgent_digest_takes_along_what_is_owed_beside_it():
    milestones = [milestone(1), milestone(2, november(22))]
    known = Known(
        decided={(1, AGENCY): november(9), (2, AGENCY): november(20)}, spent={AGENCY: 9}, cadences={AGENCY: "weekly"}
    )
    decided = decide(milestones, replace(RULES, weekly_budget=1), november(23), known)
    assert sorted(told(decided)) == ["lead-7", "overdue-1"]
    assert not decided.withheld


REFUSED = {
    # what is otherwise so, the day, what is told, why not
    "over the budget": ({"spent": {AGENCY: 9}}, {}, november(27), ["lead-7"], None),
    "by its cadence": ({"cadences": {AGENCY: "weekly"}}, {}, november(27), ["lead-7"], None),
    "on a day off": ({}, {}, november(24), [], "day off"),
    "acknowledged since": ({}, {"acknowledged": ((AGENCY, november(29)),)}, november(27), [], "acknowledged"),
    "without an address": ({"mute": [AGENCY]}, {}, november(27), [], "no address"),
    "another agency's now": ({}, {"agencies": ("市财政局",), "tracked_from": november(30)}, november(27), [], None),
    "of a later rung": ({}, {}, LAST, ["lead-0"], None),
    "closed since": ({}, {"status": Status.COMPLETED, "closed_on": november(26)}, november(27), [], None),
}


@pytest.mark.parametrize(("beside", "fields", "today", "rules", "kept"), REFUSED.values(), ids=REFUSED.keys())
def test_what_every_address_refused_is_owed_and_neither_cadence_nor_budget_holds_it(beside, fields, today, rules, kept):
    """Its turn had come, and it brought nobody anything: its place in the week is still its own."""
    again = Reminder(1, "lead-7", november(23), AGENCY, "", folded=False)
    known = Known(decided={(1, AGENCY): november(23)}, last_telling=november(26), refused=[again], **beside)
    each = milestone(due=LAST, precision="day", **{"remind": (7, 0)} | fields)
    decided = decide([each], replace(RULES, weekly_budget=1), today, known)
    assert told(decided) == rules
    assert [(one.rule, one.reason) for one in decided.withheld] == ([("lead-7", kept)] if kept else [])


def test_what_no_message_reaches_is_withheld_and_named():
    decided = decide([milestone()], RULES, november(23), Known(decided={(1, AGENCY): november(9)}, mute=[AGENCY]))
    assert [one.rule for one in decided.silent] == ["lead-7"]
    assert withheld(decided) == {("lead-7", "no address", None)}


def test_what_was_closed_before_it_was_told_is_noted():
    done = milestone(status=Status.COMPLETED, closed_on=november(24))
    decided = decide([], RULES, november(26), Known(decided={(1, AGENCY): november(9)}), [done])
    assert withheld(decided) == {("lead-7", "closed", None)}


def test_the_colours_follow_each_other_each_after_the_limit_of_the_former():
    each = milestone(due=LAST, precision="day")
    found = run(each, SHEETS, days(november(22), date(2018, 12, 14)))
    sheets = {day: rule for day, (rules, _) in found.items() for rule in rules if rule.startswith("sheet")}
    assert sheets == {
        november(23): "sheet-blue",  # seven days before; its limit of two working days is the 27th
        november(28): "sheet-yellow",  # until the 30th
        date(2018, 12, 3): "sheet-red",
    }


def test_a_sheet_is_numbered_and_says_its_limit():
    known = Known(decided={(1, AGENCY): LAST}, numbers={"red": 3})
    (sheet,) = decide([milestone()], SHEETS, date(2018, 12, 3), known).sheets
    assert sheet.words == "红色督办单 红字〔2018〕第3号，限12月8日前反馈"


def test_a_red_sheet_inhibits_a_yellow_one():
    each = milestone(due=LAST, precision="day")
    blue = decide([each], SHEETS, november(30), Known(decided={(1, AGENCY): november(29)})).sheets
    decided = decide(
        [each], SHEETS, date(2018, 12, 5), Known(decided={(1, AGENCY): LAST}, sheets={(1, AGENCY): blue[0]})
    )
    assert [one.colour for one in decided.sheets] == ["red"]
    assert ("sheet-yellow", "inhibited", None) in withheld(decided)


NO_SHEET = {
    "claimed": {"status": Status.CLAIMED},
    "acknowledged": {"acknowledged": (("", date(2018, 12, 20)),)},
    "far ahead": {"due": date(2019, 12, 31)},
}


@pytest.mark.parametrize("fields", NO_SHEET.values(), ids=NO_SHEET.keys())
def test_no_sheet_goes_to_what_is_claimed_acknowledged_or_far_ahead(fields):
    assert not decide([milestone(**fields)], SHEETS, date(2018, 12, 3), Known()).sheets


def test_an_acknowledged_sheet_is_followed_by_the_next_colour_only_after_that_day():
    each = milestone(due=LAST, precision="day", acknowledged=((AGENCY, date(2018, 12, 12)),))
    blue = decide([replace(each, acknowledged=())], SHEETS, november(23), Known()).sheets[0]
    known = Known(decided={(1, AGENCY): november(23)}, sheets={(1, AGENCY): blue})
    early = decide([each], SHEETS, date(2018, 12, 3), known)
    assert told(early) == ["overdue-1"]
    assert not early.sheets
    assert ("sheet-red", "acknowledged", date(2018, 12, 12)) in withheld(early)
    assert [one.colour for one in decide([each], SHEETS, date(2018, 12, 12), known).sheets] == ["red"]


def test_a_red_sheet_goes_out_whatever_the_cadence_and_the_budget():
    known = Known(decided={(1, AGENCY): date(2018, 12, 3)}, cadences={AGENCY: "weekly"}, spent={AGENCY: 9})
    decided = decide([milestone()], replace(SHEETS, weekly_budget=1), date(2018, 12, 4), known)
    assert told(decided) == ["sheet-red"]


def test_another_last_day_begins_the_colours_anew():
    old = decide([milestone()], SHEETS, date(2018, 12, 3), Known()).sheets[0]
    later = milestone(due=date(2018, 12, 28), precision="day")
    known = Known(decided={(1, AGENCY): date(2018, 12, 20)}, sheets={(1, AGENCY): old})
    assert [one.colour for one in decide([later], SHEETS, date(2018, 12, 21), known).sheets] == ["blue"]


@pytest.mark.parametrize("cadence", ["daily", "weekly", "immediate"])
def test_three_days_without_a_scan_lose_nothing_and_fold_once(cadence):
    """With a cadence, a budget, sheets and an acknowledgement that ends meanwhile."""
    rules = replace(SHEETS, weekly_budget=1)
    each = milestone(due=LAST, precision="day", acknowledged=((AGENCY, date(2018, 12, 5)),))
    down, end = days(date(2018, 12, 4), date(2018, 12, 6)), date(2018, 12, 28)
    scanned = [day for day in days(november(1), end) if day not in down]
    ledger, sheets, keys, telling = {}, {}, [], None
    for today in scanned:
        known = Known(decided=ledger, sheets=sheets, cadences={AGENCY: cadence}, last_telling=telling)
        decided = decide([each], rules, today, known)
        ledger |= {(1, AGENCY): max(one.planned for one in decided.told)} if decided.told else {}
        sheets |= {(one.milestone, one.agency): one for one in decided.sheets}
        keys += [(one.rule, one.planned) for one in decided.told]
        assert len(told(decided)) <= 1
        telling = today
    owed = due([each], rules, end, {})
    assert len(set(keys)) == len(keys)
    assert {(one.rule, one.planned) for one in owed} == {key for key in keys if not key[0].startswith("sheet")}
    assert ("sheet-red", date(2018, 12, 7)) in keys


def test_the_coming_tellings_say_what_holds_them():
    each = milestone(due=LAST, precision="day", acknowledged=((AGENCY, november(26)),))
    found = {one.rung.rule: one for one in coming(each, AGENCY, RULES, november(20), None)}
    assert (found["lead-7"].day, found["lead-7"].hold) == (november(26), ("acknowledged", november(26)))
    assert (found["lead-0"].day, found["lead-0"].hold) == (LAST, None)
    assert (found["overdue-1"].day, found["overdue-1"].hold) == (date(2018, 12, 3), ("day off", date(2018, 12, 3)))
    weekly = {one.rung.rule: one for one in coming(each, AGENCY, RULES, november(20), "weekly")}
    assert weekly["lead-1"].hold == ("cadence", date(2018, 12, 3))
