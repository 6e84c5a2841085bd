"""Working days: 调休, what the office tells before the library, and years of which nobody knows the notice yet."""

from datetime import date, timedelta

import pytest

from tracker.workdays import PUBLISHED, Calendar, add_workdays, is_workday, next_workday

OWN = Calendar(
    holidays=frozenset({date(2018, 9, 5), date(2018, 9, 29), date(2051, 10, 1)}),
    working=frozenset({date(2018, 10, 1), date(2018, 9, 8)}),
)


@pytest.mark.parametrize(
    ("day", "published", "own"),
    [
        (date(2018, 9, 3), True, True),
        (date(2018, 9, 5), True, False),  # a Wednesday that the office has off
        (date(2018, 9, 8), False, True),  # a Saturday that it works
        (date(2018, 9, 29), True, False),  # 补班 by the notice, and not here
        (date(2018, 9, 30), True, True),  # 补班
        (date(2018, 10, 1), False, True),
        (date(2018, 10, 2), False, False),
        (date(2051, 10, 1), False, False),  # a Sunday of a year that nobody knows
        (date(2051, 10, 2), True, True),
    ],
)
def test_what_the_office_told_goes_before_the_notices(day: date, published: bool, own: bool) -> None:
    assert is_workday(day) == PUBLISHED.is_workday(day) == published
    assert OWN.is_workday(day) == own


def test_the_next_working_day_is_found_over_a_holiday() -> None:
    friday = date(2018, 9, 28)
    assert [next_workday(friday + timedelta(days=n)).day for n in range(4)] == [28, 29, 30, 8]
    assert OWN.next_workday(date(2018, 10, 1)) == date(2018, 10, 1)
    assert add_workdays(friday, 3) == date(2018, 10, 8)
    assert OWN.add_workdays(friday, 3) == date(2018, 10, 8)


@pytest.mark.parametrize(
    ("after", "until", "count"),
    [
        (date(2018, 9, 28), date(2018, 9, 28), 0),
        (date(2018, 9, 28), date(2018, 9, 27), 0),
        (date(2018, 9, 28), date(2018, 9, 30), 2),  # a weekend of 补班
        (date(2018, 9, 30), date(2018, 10, 7), 0),
        (date(2018, 9, 3), date(2018, 9, 10), 5),
    ],
)
def test_working_days_left_count_the_last_day_and_not_today(after: date, until: date, count: int) -> None:
    assert PUBLISHED.working_days_between(after, until) == count


def test_a_year_is_known_by_the_library_or_by_a_holiday_that_was_told() -> None:
    assert PUBLISHED.is_known(2018)
    assert not PUBLISHED.is_known(2051)
    assert OWN.is_known(2051)
    assert not Calendar(working=frozenset({date(2051, 1, 7)})).is_known(2051)
