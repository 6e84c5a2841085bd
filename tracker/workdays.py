"""What day is a working day, 调休 included; what day a festival falls on."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

DAY: Final = timedelta(days=1)


@lru_cache(10_000)  # the library looks for its first and last year on every call, among all its days
def is_workday(day: date) -> bool:
    """Whether offices work on `day`. Years without a published holiday notice go by the plain week."""
    from chinese_calendar import is_workday as published

    try:
        return bool(published(day))
    except NotImplementedError:
        return day.weekday() < 5


@lru_cache(100)
def is_published(year: int) -> bool:
    """Whether the holiday notice of `year` is known; the plain week stands in where it is not."""
    from chinese_calendar import is_workday as published

    try:
        published(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of an office: what it was told by hand goes before the published notices.

    `holidays` are days off, `working` days that are worked (补班); all others are the library's to know. A year is
    known when its notice is published, or when a holiday of it was told by hand.
    """

    holidays: frozenset[date] = frozenset()
    working: frozenset[date] = frozenset()

    def is_workday(self, day: date) -> bool:
        """Whether the office works on `day`. Unknown years go by the plain week."""
        return day not in self.holidays and (day in self.working or is_workday(day))

    def is_known(self, year: int) -> bool:
        """Whether the holidays of `year` are known; the plain week stands in where they are not."""
        return is_published(year) or any(day.year == year for day in self.holidays)

    def add_workdays(self, day: date, count: int) -> date:
        """The day `count` working days after `day`, which itself is not counted (民法典 §201)."""
        while count > 0:
            day += DAY
            count -= self.is_workday(day)
        return day

    def workdays_before(self, day: date, count: int) -> date:
        """The day `count` working days before `day`, which itself is not counted."""
        while count > 0:
            day -= DAY
            count -= self.is_workday(day)
        return day

    def next_workday(self, day: date) -> date:
        """`day` itself if the office works on it, else the first working day after it."""
        return day if self.is_workday(day) else self.add_workdays(day, 1)

    def working_days_between(self, after: date, until: date) -> int:
        """How many working days lie after `after` and up to `until`, which is counted; 0 where `until` is not later."""
        return sum(self.is_workday(after + timedelta(days=n)) for n in range(1, (until - after).days + 1))


PUBLISHED: Final = Calendar()  # the published notices, and nothing told by hand


def add_workdays(day: date, count: int) -> date:
    """The day `count` working days after `day` by the published notices."""
    return PUBLISHED.add_workdays(day, count)


def next_workday(day: date) -> date:
    """`day` itself if offices work on it by the published notices, else the first working day after it."""
    return PUBLISHED.next_workday(day)


def festival(name: str, year: int) -> date:
    """The first day of a festival in `year` (元旦, 春节, 元宵, 清明, 劳动, 七一, 八一, 端午, 中秋, 国庆, 重阳).

    Lunar ones by the Chinese calendar (GB/T 33661), 清明 by its solar term; ValueError outside 1900-2100.
    """
    if name in SOLAR:
        return date(year, *SOLAR[name])
    from borax.calendars.lunardate import LunarDate, TermUtils

    if name == "清明":
        day: date = TermUtils.nth_term_day(year, term_name=name)
    else:
        day = LunarDate(year, *LUNAR[name]).to_solar_date()
    return day


SOLAR = {"元旦": (1, 1), "劳动": (5, 1), "七一": (7, 1), "八一": (8, 1), "国庆": (10, 1)}
LUNAR = {"春节": (1, 1), "元宵": (1, 15), "端午": (5, 5), "中秋": (8, 15), "重阳": (9, 9)}
