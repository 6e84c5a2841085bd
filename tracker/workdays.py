"""What day is a working day, 调休 included; what day a festival falls on."""

from datetime import date, timedelta


def is_workday(day: date) -> bool:
    """Whether offices work on `day`. Years without a published holiday notice go by the plain week."""
    from chinese_calendar import is_workday as published

    try:
        return bool(published(day))
    except NotImplementedError:
        return day.weekday() < 5


def is_published(year: int) -> bool:
    """Whether the holiday notice of `year` is known; the plain week stands in where it is not."""
    from chinese_calendar import is_workday as published

    try:
        published(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def add_workdays(day: date, count: int) -> date:
    """The day `count` working days after `day`, which itself is not counted (民法典 §201: the first day is left out)."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day


def next_workday(day: date) -> date:
    """`day` itself if offices work on it, else the first working day after it."""
    return day if is_workday(day) else add_workdays(day, 1)
