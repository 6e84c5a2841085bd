"""Expressions: what the rows that fit together denote when they are read against a reference."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from inspect import signature
from typing import Any, NamedTuple

from .calendar import day
from .edges import each
from .grammar import DATES, Row
from .spans import Anchor, Span
from .table import OFTEN, Fitted
from .values import Reference, Timex


def takes_year(meaning: Callable[..., Any]) -> bool:
    """Whether a meaning takes a year that the words may leave out; a festival without one is the next."""
    parameters = signature(meaning).parameters
    return {"Y", "R"} <= parameters.keys() and "F" not in parameters


YEAR_WANTED = {row.meaning for row in DATES if takes_year(row.meaning)}


@dataclass(frozen=True, eq=False)
class Expression:
    """period [part] [bound]: one value for the same words, wherever they stand."""

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

    @cached_property
    def yearless(self) -> bool:
        """Whether the year has to be taken from elsewhere."""
        return self.meaning in YEAR_WANTED and not {"Y", "R"} & self.found.keys()

    @property
    def rows(self) -> list[Row]:
        """The rows that fit."""
        return [fitted.row for fitted in (self.period, self.part, self.bound) if fitted]

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


@lru_cache(OFTEN)
def expression(period: Fitted, part: Fitted | None, bound: Fitted | None) -> Expression:
    """The expression of these words."""
    return Expression(period, part, bound)


@lru_cache(OFTEN)
def again(former: Fitted, latter: Fitted) -> Fitted:
    """The latter's day or month as the former means it: in 每年6月、12月底前 the second is a yearly one, too.

    A day takes over the former's month and year (9月10日、20日前).
    """
    kept = {key: former.found[key] for key in ("Y", "R", "M") if key in former.found and former.meaning is day}
    return Fitted(former.row, kept | latter.found)


class Sense(NamedTuple):
    """What words say against a reference: the fields of a Mention that do not tell where it stands."""

    timex: Timex
    rows: tuple[str, ...]
    assumed: tuple[str, ...]
    year: int | None
    problem: str


@lru_cache(OFTEN)
def sense(quote: str, expressions: tuple[Expression, ...], link: Row | None, reference: Reference) -> Sense:
    """What expressions with their link say against a reference; a document says the same words many times."""
    rows = [row.name for e in expressions for row in e.rows] + ([link.name] if link else [])
    anchor = Anchor(reference)
    try:
        timex, problem = denoted(expressions, link, anchor), ""
    except ValueError as error:
        timex, problem = Timex("DATE", quote), f"{quote}: {error}"
    return Sense(timex, tuple(rows), tuple(anchor.assumed), stated_year(expressions), problem)


def stated_year(expressions: tuple[Expression, ...]) -> int | None:
    """The first year that the words state; None where they state none."""
    return next((e.found["Y"] for e in expressions if "Y" in e.found), None)


def denoted(expressions: tuple[Expression, ...], link: Row | None, anchor: Anchor) -> Timex:
    """The Timex of expressions. Raises ValueError where they name a day that does not exist."""
    distributed = bool(link and link.meaning is each)
    span = expressions[0].occurrence(anchor)
    spans = [span]
    for latter in expressions[1:]:
        spans.append(follow(spans[-1], latter, anchor, roll=not distributed))
    for other in spans[1:]:
        span = link.meaning(span, other) if link else span
    ends = tuple(s.end for s in spans if s.end) if distributed else ()
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


def follow(former: Span, latter: Expression, anchor: Anchor, *, roll: bool) -> Span:
    """The Span of a linked expression: it takes the former one's year, or the next where time would run backwards."""
    if former.every:
        return latter.occurrence(anchor)
    origin = former.begin or former.end
    year = origin.year if origin else anchor.reference.year
    carried = Anchor(replace(anchor.reference, year=year, stated=True))
    span = latter.span(carried)
    if roll and origin and span.end and span.end < origin and not {"Y", "R"} & latter.found.keys():
        carried.reference = replace(carried.reference, year=year + 1)
        span = latter.span(carried)
    for words in carried.assumed:
        anchor.note(words)
    return span
