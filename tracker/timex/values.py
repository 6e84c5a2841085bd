"""Timex, Mention, Reference: what a time expression says, where it stands, and what it was read against."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

TimexType = Literal["DATE", "DURATION", "SET"]
Precision = Literal["day", "dekad", "month", "quarter", "half", "year", "plan"]
Unit = Literal["D", "W", "M", "Q", "H", "Y"]


@dataclass(frozen=True, slots=True)
class Reference:
    """What the missing parts of an expression are taken from: a day, and a year that need not be the day's own.

    `year_from` and `day_from` say in words where each was found ("the document date 2018-08"); `stated` tells that
    the year stands in the same sentence, so that an expression which takes it assumes nothing. `plan` is the first and
    the last day of the plan that the document is, which 规划期末 is relative to; None where it is none.
    """

    day: date
    year: int
    year_from: str = "the reference day"
    day_from: str = "the reference day"
    stated: bool = False
    plan: tuple[date, date] | None = None

    @classmethod
    def of(cls, day: date, found: str = "the reference day") -> "Reference":
        """A reference whose year is the day's own."""
        return cls(day, day.year, found, found)


@dataclass(frozen=True, slots=True)
class Every:
    """The period of a SET: every `count` units (RFC 5545 FREQ and INTERVAL)."""

    unit: Unit
    count: int = 1


@dataclass(frozen=True, slots=True)
class Timex:
    """What a time expression denotes, after ISO-TimeML TIMEX3.

    `begin` and `end` are days, both included; `end` is the last day that still satisfies the words as a deadline and
    None where the words set none (a start without an end, a length without its anchor). `ends` lists every due day
    where the words distribute over several ("2018年、2019年底前分别"), and is empty otherwise. `value` and `mod` are
    TIMEX3's, with `|` between distributed values and `/` between the two sides of a range. `open_start` marks a start
    without an end ("自2021年12月1日起"), and `unit_end` is then the last day of the start's own unit.
    """

    type: TimexType
    value: str
    mod: str | None = None
    begin: date | None = None
    end: date | None = None
    ends: tuple[date, ...] = ()
    precision: Precision | None = None
    every: Every | None = None
    open_start: bool = False
    unit_end: date | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A Timex where it stands: `text[start:stop] == quote`; `rows` names the grammar rows that read it.

    `assumed` says in words what was taken from elsewhere ("year 2018 from the document date 2018-08"), empty when the
    words say everything themselves; `year` is the year that the words state, None where they state none. `problem`
    is empty unless the words name a day that does not exist ("2月30日"); such a mention has no `end`.
    """

    quote: str
    start: int
    stop: int
    timex: Timex
    rows: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    year: int | None = None
    problem: str = ""
