"""The reader: finds the time expressions of a text, and reads them against a reference."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from ..prefixes import places
from . import calendar as c
from . import recurrences as r
from .expressions import Expression, again, expression, sense, stated_year
from .fragments import DIGITS
from .grammar import BOUNDS, LENGTHS, LINKS, PARTS, PERIODS, RECURRENCES, Row
from .table import Table
from .values import Mention, Reference

UNDATED = {row.meaning for row in (*RECURRENCES, *LENGTHS)} | {c.present, c.unsaid}
PARTLESS = {row.meaning for row in LENGTHS} | {c.present, r.rate, c.unsaid}
AGAIN: dict[Callable[..., Any], set[Callable[..., Any]]] = {  # how a second day under the same words is written
    r.every_year_month: {c.month, c.day}, r.every_month_day: {c.coming_day}, c.day: {c.coming_day},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parse:
    """The words of a time expression and the rows that fit them, before a reference is known."""

    text: str
    start: int
    stop: int
    expressions: tuple[Expression, ...]
    link: Row | None = None

    @property
    def quote(self) -> str:
        """The words."""
        return self.text[self.start : self.stop]

    @property
    def followed(self) -> bool:
        """Whether another time expression begins right where this one stops."""
        return expression_at(self.text, self.stop) is not None

    @property
    def year(self) -> int | None:
        """The first year that the words state, None where they state none."""
        return stated_year(self.expressions)

    @property
    def yearless(self) -> bool:
        """Whether the year has to be taken from elsewhere."""
        return self.expressions[0].yearless

    def read(self, reference: Reference) -> Mention:
        """The mention that these words are when read against `reference`."""
        quote = self.quote
        return Mention(quote, self.start, self.stop, *sense(quote, self.expressions, self.link, reference))


THROUGH, EITHER, EACH = LINKS
MOST = 12  # due days under one 前, a month each; so that a long list without 前 costs each day no more than these
# A number is never entered in its middle, save after a list number ("2.2018年", "3.11月", "4.6、12月").
INSIDE_A_NUMBER = re.compile(
    r"(?:(?<=[0-9０-９])|(?<=[0-9０-９][.．])(?!20[0-9]{2}年|(?:[0-9]{1,2}[、和]){0,4}[0-9]{1,2}月))[0-9０-９]"
    r"|(?<=[〇零○一二三四五六七八九十百千两])[〇零○一二三四五六七八九十百千两]"
)


@cache
def tables() -> tuple[Table, Table, Table, Table]:
    """The four tables, made ready once."""
    return Table(PERIODS), Table(PARTS), Table(BOUNDS), Table(LINKS)


@cache
def beginnings() -> re.Pattern[str]:
    """Where an expression can begin, by what the rows of PERIODS can begin with."""
    return places(tables()[0].prefixes, DIGITS)


def expression_at(text: str, at: int) -> tuple[Expression, int] | None:
    """The expression that begins at an offset, and where it stops."""
    periods, parts, bounds, _ = tables()
    if (found := periods.match(text, at)) is None:
        return None
    period, stop = found
    part = bound = None
    if period.meaning not in PARTLESS and (found := parts.match(text, stop)):
        part, stop = found
    if period.meaning is not c.present and (found := bounds.match(text, stop)):
        bound, stop = found
    return expression(period, part, bound), stop


def following(first: Expression, link: Row, second: Expression) -> Expression | None:
    """The second expression of a mention as it is meant after the first; None where they are two mentions.

    A range, an either-or, or several due days under one 底前; in 每年6月、12月底前 the second is a yearly one, too.
    """
    if first.bound:
        return None
    if link is EACH and second.meaning in AGAIN.get(first.meaning, ()) and not {"Y", "R"} & second.found.keys():
        return expression(again(first.period, second.period), second.part, second.bound)
    if first.meaning in UNDATED or second.meaning in UNDATED:
        return None
    if link is EACH and (first.meaning is not second.meaning or first.meaning in (c.day, c.day_range)):
        return None
    return second


def chain_from(text: str, first: Expression, stop: int) -> tuple[tuple[Expression, ...], Row | None, int]:
    """An expression that stops at an offset with those that make one mention with it, their link, and its stop."""
    links = tables()[3]
    chain, link, end = [first], None, stop
    while len(chain) < MOST and (joint := links.match(text, end)) and link in (None, joint[0].row):
        row = joint[0].row
        found = expression_at(text, joint[1])
        second = found and following(chain[-1], row, found[0])
        if not found or not second:
            break
        link, end = row, found[1]
        chain.append(second)
        if link is not EACH:
            break
    last = chain[-1]
    if link is EACH and not ((last.bound and last.part) or first.meaning in AGAIN):
        return (first,), None, stop
    if link is EACH:
        chain = [expression(e.period, e.part or last.part, last.bound) for e in chain]
    return tuple(chain), link, end


def scan(text: str) -> Iterator[Parse]:
    """The time expressions of a text, in order; one pass, whatever is in it."""
    stop, periods = 0, tables()[0]
    for place in beginnings().finditer(text):
        start = place.start()
        if start < stop or not periods.rows_at(text, start) or INSIDE_A_NUMBER.match(text, start):
            continue
        if (found := expression_at(text, start)) is None:
            continue
        chain, link, stop = chain_from(text, *found)
        yield Parse(text, start, stop, chain, link)


def find_timexes(text: str, reference: date | Reference) -> list[Mention]:
    """The time expressions of `text`, read against a day (or a Reference that says where the year comes from)."""
    against = Reference.of(reference) if isinstance(reference, date) else reference
    return [parse.read(against) for parse in scan(text)]
