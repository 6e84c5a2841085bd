"""Dates that a person types: ISO, our own grammar, then dateparser behind guards; the reading is echoed."""

import re
from datetime import date, datetime, time

import click

from ..errors import UsageError

ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
YEARS_AWAY = 50  # a date further away was not meant
# A week, month or year without a day in it: dateparser would make up the day.
NO_DAY = re.compile(r"\b(?:this|next|last)\s+(?:week|month|quarter|year)\b|[周月年季度]$", re.IGNORECASE)
# From here to there: a span has no one day that could be meant.
SPAN = re.compile(r"[\d年月日号]\s*(?:[-~–—～至到]|to)\s*\d.*[年月日号]")
RANGE = re.compile(r"\d\s*(?:[-~～—至到]|to)\s*\d")


def read_day(words: str, today: date, option: str) -> date:
    """The day that a person means. Anything but ISO is echoed with its reading on standard error.

    Raises UsageError that names the option and shows how a date can be written.
    """
    words = words.strip()
    if m := ISO.fullmatch(words):
        try:
            return date(*map(int, m.groups()))
        except ValueError:
            raise UsageError(f"{option} {words}: there is no such day") from None
    found = None if SPAN.search(words) else own_grammar(words, today) or by_dateparser(words, today)
    if found is None or abs(found.year - today.year) > YEARS_AWAY:
        raise UsageError(f"{option} {words}: not a date; write 2018-11-30, 11月底, 下周五, yesterday or next friday")
    click.echo(f"{option} {words} = {found} ({'一二三四五六日'[found.weekday()]})", err=True)
    return found


def own_grammar(words: str, today: date) -> date | None:
    """The last day of a Chinese expression that covers all the words; None where there is none."""
    from ..timex import find_timexes

    mentions = find_timexes(words, today)
    if len(mentions) != 1 or mentions[0].quote != words:
        return None
    if mentions[0].problem:
        raise UsageError(f"{words}: there is no such day")
    return mentions[0].timex.end if mentions[0].timex.type == "DATE" else None


def precision(words: str, today: date) -> str | None:
    """How exactly a Chinese expression that `read_day` takes names its last day; None for all other words."""
    from ..timex import find_timexes

    mentions = [] if words.isascii() else find_timexes(words.strip(), today)
    return mentions[0].timex.precision if len(mentions) == 1 else None


WEEKS = {"last": "上周", "this": "本周", "next": "下周"}
ENGLISH_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def by_dateparser(words: str, today: date) -> date | None:
    """What dateparser makes of the words, where it can be trusted: no bare digits, no ranges, no impossible days."""
    m = re.fullmatch(rf"({'|'.join(WEEKS)})\s+({'|'.join(ENGLISH_DAYS)})", words.lower())
    if m:
        return own_grammar(WEEKS[m[1]] + "一二三四五六日"[ENGLISH_DAYS.index(m[2])], today)
    if re.fullmatch(r"[\d\s./-]*", words) or RANGE.search(words) or NO_DAY.search(words):
        return None
    import dateparser

    settings = {
        "STRICT_PARSING": True, "DATE_ORDER": "YMD", "RELATIVE_BASE": datetime.combine(today, time()),
        "PREFER_DATES_FROM": "future", "RETURN_AS_TIMEZONE_AWARE": False,
    }  # fmt: skip
    found = dateparser.parse(words, languages=["zh", "en"], settings=settings)
    return found.date() if found else None
