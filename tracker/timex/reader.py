"""The reader: compiles the tables into one scanner, finds expressions, and reads them against a reference."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from . import calendar as c
from .first import first_characters, one_of
from .fragments import FRAGMENTS
from .grammar import BOUNDS, LINKS, PARTS, PERIODS, Row
from .spans import Anchor, Span
from .values import Mention, Reference, Timex

UNDATED = {c.every, c.every_year, c.every_year_month, c.every_month_day, c.rate, c.present, c.length, c.years,
           c.clock_length, c.length_from_issue, c.months_and_a_half, c.unsaid, c.every_year_quarter, c.every_year_half,
           c.every_year_before_festival, c.every_week_day, c.every_quarter_first_month,
           c.every_quarter_last_month}  # fmt: skip
PARTLESS = {c.present, c.rate, c.length, c.clock_length, c.unsaid}
AGAIN = {c.every_year_month: c.month, c.every_month_day: c.coming_day}  # what a SET's second member looks like
PLACEHOLDER = re.compile(r"\{([A-Za-z])(\d?)\}")


@dataclass(frozen=True, slots=True)
class Table:
    """A table of rows as one pattern; `fields[i]` are the (parameter, group, fragment) of row i."""

    pattern: re.Pattern[str]
    rows: tuple[Row, ...]
    fields: tuple[tuple[tuple[str, str, str], ...], ...]

    @classmethod
    def of(cls, rows: tuple[Row, ...]) -> "Table":
        """Compiles rows into an alternation, a group `r<i>` around each and `<fragment>_<i>` around its fragments."""
        branches, fields = [], []
        for i, row in enumerate(rows):
            names: list[tuple[str, str, str]] = []

            def group(m: re.Match[str], i: int = i, names: list[tuple[str, str, str]] = names) -> str:
                pattern = FRAGMENTS[m[1].upper()].pattern
                if m[1].islower():
                    return f"(?:{pattern})"
                name = f"{m[1]}{m[2]}_{i}_{len(names)}"
                names.append((m[1] + m[2], name, m[1]))
                return f"(?P<{name}>{pattern})"

            branches.append(f"(?P<r{i}>{PLACEHOLDER.sub(group, row.pattern)})")
            fields.append(tuple(names))
        return cls(re.compile("|".join(branches)), rows, tuple(fields))

    def match(self, text: str, at: int) -> "Fitted | None":
        """The first row that fits at an offset."""
        m = self.pattern.match(text, at)
        if m is None or m.lastgroup is None:
            return None
        i = int(m.lastgroup[1:])
        found = {name: FRAGMENTS[key].value(word) for name, group, key in self.fields[i] if (word := m[group])}
        return Fitted(self.rows[i], found, m.end())


@dataclass(frozen=True, slots=True)
class Fitted:
    """A row that fits, the parameters that its fragments give, and where it stops."""

    row: Row
    found: dict[str, Any]
    stop: int


@dataclass(frozen=True, slots=True)
class Expression:
    """period [part] [bound] where it stands."""

    start: int
    stop: int
    period: Fitted
    part: Fitted | None
    bound: Fitted | None

    @property
    def meaning(self) -> Callable[..., Any]:
        """What its period means."""
        return self.period.row.meaning

    @property
    def found(self) -> dict[str, Any]:
        """The parameters of its period."""
        return self.period.found

    def span(self, anchor: Anchor) -> Span:
        """The days it denotes; ValueError where it names a day that does not exist."""
        span: Span = self.meaning(anchor, **self.found)
        for edge in (self.part, self.bound):
            if edge:
                span = edge.row.meaning(span, anchor, **edge.found)
        return span

    def occurrence(self, anchor: Anchor) -> Span:
        """The days it denotes; of a SET the first that is not over on the reference day."""
        span = self.span(anchor)
        if span.every and span.end and span.end < anchor.reference.day:
            span = self.span(replace(anchor, shift=1))
        return span


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
        return next((e.found["Y"] for e in self.expressions if "Y" in e.found), None)

    @property
    def yearless(self) -> bool:
        """Whether the year has to be taken from elsewhere."""
        first = self.expressions[0]
        return first.meaning in YEAR_WANTED and not {"Y", "R"} & first.found.keys()

    def read(self, reference: Reference) -> Mention:
        """The mention that these words are when read against `reference`."""
        quote = self.quote
        rows = [fitted.row.name for e in self.expressions for fitted in (e.period, e.part, e.bound) if fitted]
        rows += [self.link.name] if self.link else []
        anchor = Anchor(reference)
        try:
            timex, problem = self.timex(anchor), ""
        except ValueError as error:
            timex, problem = Timex("DATE", quote), f"{quote}: {error}"
        return Mention(quote, self.start, self.stop, timex, tuple(rows), tuple(anchor.assumed), self.year, problem)

    def timex(self, anchor: Anchor) -> Timex:
        """What the words denote."""
        span = self.expressions[0].occurrence(anchor)
        spans = [span]
        for expression in self.expressions[1:]:
            spans.append(follow(spans[-1], expression, anchor, roll=self.link is not EACH))
        for other in spans[1:]:
            span = self.link.meaning(span, other) if self.link else span
        ends = tuple(s.end for s in spans if s.end) if self.link is EACH else ()
        if span.begin and span.end and span.begin > span.end:
            raise ValueError("ends before it begins")
        end, unit_end = (None, span.end) if span.open_start else (span.end, None)
        return Timex(
            span.type,
            span.value,
            span.mod,
            span.begin,
            end,
            ends,
            span.precision,
            span.every,
            span.open_start,
            unit_end,
        )


def follow(former: Span, expression: Expression, anchor: Anchor, *, roll: bool) -> Span:
    """The Span of a linked expression: it takes the former one's year, or the next where time would run backwards."""
    if former.every:
        return expression.occurrence(anchor)
    origin = former.begin or former.end
    year = origin.year if origin else anchor.reference.year
    carried = Anchor(replace(anchor.reference, year=year, stated=True))
    span = expression.span(carried)
    if roll and origin and span.end and span.end < origin and not {"Y", "R"} & expression.found.keys():
        carried.reference = replace(carried.reference, year=year + 1)
        span = expression.span(carried)
    for words in carried.assumed:
        anchor.note(words)
    return span


YEAR_WANTED = {c.day, c.day_range, c.month, c.quarter, c.first_quarters, c.half, c.year}
THROUGH, EITHER, EACH = LINKS
# A number is never entered in its middle, save after a list number ("2.2018年", "3.11月", "4.6、12月").
INSIDE_A_NUMBER = re.compile(
    r"(?:(?<=[0-9０-９])|(?<=[0-9０-９][.．])(?!20[0-9]{2}年|(?:[0-9]{1,2}[、和]){0,4}[0-9]{1,2}月))[0-9０-９]"
    r"|(?<=[〇零○一二三四五六七八九十百千两])[〇零○一二三四五六七八九十百千两]"
)


@cache
def beginnings() -> re.Pattern[str]:
    """Where an expression can begin, by what the rows of PERIODS can begin with."""
    return re.compile(one_of(first_characters(tables()[0].pattern.pattern)))


@cache
def tables() -> tuple[Table, Table, Table, Table]:
    """The four tables, compiled once."""
    return Table.of(PERIODS), Table.of(PARTS), Table.of(BOUNDS), Table.of(LINKS)


def expression_at(text: str, at: int) -> Expression | None:
    """The expression that begins at an offset."""
    periods, parts, bounds, _ = tables()
    period = periods.match(text, at)
    if period is None:
        return None
    meaning, stop = period.row.meaning, period.stop
    part = parts.match(text, stop) if meaning not in PARTLESS else None
    stop = part.stop if part else stop
    bound = bounds.match(text, stop) if meaning is not c.present else None
    return Expression(at, bound.stop if bound else stop, period, part, bound)


def following(first: Expression, link: Row, second: Expression) -> Expression | None:
    """The second expression of a mention as it is meant after the first; None where they are two mentions.

    A range, an either-or, or several due days under one 底前; in 每年6月、12月底前 the second is a yearly one, too.
    """
    if first.bound:
        return None
    if link is EACH and (again := AGAIN.get(first.meaning)) and second.meaning is again:
        return replace(second, period=replace(first.period, found=second.found, stop=second.period.stop))
    if first.meaning in UNDATED or second.meaning in UNDATED:
        return None
    if link is EACH and (first.meaning is not second.meaning or first.meaning in (c.day, c.day_range)):
        return None
    return second


def chain_from(text: str, first: Expression) -> tuple[list[Expression], Row | None]:
    """An expression with those that make one mention with it, and their link."""
    links = tables()[3]
    chain, link = [first], None
    while (joint := links.match(text, chain[-1].stop)) and link in (None, joint.row):
        second = expression_at(text, joint.stop)
        second = second and following(chain[-1], joint.row, second)
        if second is None:
            break
        link = joint.row
        chain.append(second)
        if link is not EACH:
            break
    last = chain[-1]
    if link is EACH and not (last.bound and (last.part or last.meaning in AGAIN)):
        return [first], None
    if link is EACH:
        chain = [replace(e, part=e.part or last.part, bound=last.bound) for e in chain]
    return chain, link


def scan(text: str) -> Iterator[Parse]:
    """The time expressions of a text, in order; one pass, whatever is in it."""
    stop = 0
    for m in beginnings().finditer(text):
        if m.start() < stop or INSIDE_A_NUMBER.match(text, m.start()):
            continue
        first = expression_at(text, m.start())
        if first is None:
            continue
        chain, link = chain_from(text, first)
        stop = chain[-1].stop
        yield Parse(text, first.start, stop, tuple(chain), link)


def find_timexes(text: str, reference: date | Reference) -> list[Mention]:
    """The time expressions of `text`, read against a day (or a Reference that says where the year comes from)."""
    against = Reference.of(reference) if isinstance(reference, date) else reference
    return [parse.read(against) for parse in scan(text)]
