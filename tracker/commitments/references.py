"""Where a missing year comes from: the same sentence, the heading, the title, the document date, in that order."""

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from ..documents import Item, Source
from ..timex import Mention, Parse, Reference, find_timexes
from .values import Role

YEAR = re.compile("(?<![0-9])(20[0-9]{2})(?![0-9])年?")
LATE = 92  # days: a plan published so long after its own first dates still means them, not the next year's


@dataclass(frozen=True, slots=True)
class YearSource:
    """A year and, in words, where it was found."""

    year: int
    found: str


def heading_year(item: Item, source: Source) -> YearSource | None:
    """The one year that the nearest heading, or else the document's title, states; None where one states several."""
    for words, found in [*((h, "the heading") for h in reversed(item.headings)), (source.title, "the title")]:
        years = set(YEAR.findall(words))
        if len(years) == 1:
            return YearSource(int(years.pop()), f"{found} “{words[:30]}”")
        if years:
            return None
    return None


@lru_cache
def plan_of(title: str, day: date) -> tuple[date, date] | None:
    """The first and the last day of the years that a document's title spans; None where it names no span of years."""
    for timex in (mention.timex for mention in find_timexes(title, day)):
        if timex.begin and timex.end and timex.end.year - timex.begin.year > 1:
            return timex.begin, timex.end
    return None


def published_begin(source: Source) -> date:
    """The first day on which the document can have been published (a month is known by its last day)."""
    return source.published.replace(day=1) if len(source.published_as) == 7 else source.published


def default_reference(item: Item, source: Source) -> Reference:
    """The reference of an item's mentions where their sentence states no year."""
    day_from = f"the document date {source.published_as}"
    found = heading_year(item, source) or YearSource(source.published.year, day_from)
    return Reference(source.published, found.year, found.found, day_from, plan=plan_of(source.title, source.published))


def within_sentence(reference: Reference, year: int) -> Reference:
    """The reference after an earlier date of the same sentence has stated a year."""
    return replace(reference, year=year, year_from="the same sentence", stated=True)


def settle(parse: Parse, mention: Mention, role: Role, reference: Reference, source: Source) -> tuple[Mention, str]:
    """The mention with the year that its tense allows, and what a person should look at, or "".

    An obligation without a year that would lie long before the document is next year's; a past fact that would lie
    after it is last year's.
    """
    begin, end = mention.timex.begin or mention.timex.end, mention.timex.end
    if not parse.yearless or reference.stated or begin is None:
        return mention, ""
    unfinished = mention.timex.precision == "year" and end is not None and end > source.published
    if role == "past" and (begin > source.published or unfinished):
        return parse.read(moved(reference, begin.year - 1, source)), ""
    if role in ("deadline", "window") and end and end < published_begin(source):
        if (published_begin(source) - end).days <= LATE:
            return mention, f"{mention.quote} of {end.year} lies before the document"
        return next_occurrence(parse, mention, reference, source)
    return mention, ""


def next_occurrence(parse: Parse, mention: Mention, reference: Reference, source: Source) -> tuple[Mention, str]:
    """The mention in the publication year or the next one, whichever does not lie before the document, and why."""
    for year in (source.published.year, source.published.year + 1):
        later = parse.read(moved(reference, year, source))
        if later.timex.end and later.timex.end >= published_begin(source):
            break
    former = mention.timex.end.year if mention.timex.end else reference.year
    return later, f"{mention.quote} of {former} would lie before the document: read as {year}"


def moved(reference: Reference, year: int, source: Source) -> Reference:
    """The reference with another year, and why."""
    return replace(reference, year=year, year_from=f"the document date {source.published_as} and the tense")
