"""Extraction: every mention of a document becomes part of a commitment, is set aside with a reason, or waits."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace

from ..documents import Clause, Item, Remark, Section, Source, Span, outline
from ..errors import Problem
from ..timex import Mention, Parse, Reference, Timex, scan
from .agencies import Bodies
from .building import Place, Reading, build
from .doers import Named, addressees, doers_by_clause, doers_of_phase, head, named
from .promises import from_clauses, spans
from .references import default_reference
from .remarks import from_lead, from_remarks, headline
from .seeing import Seen, see, see_clauses, see_remark
from .subjects import PLACES
from .tables import from_rows
from .undated import undated, unread
from .values import Commitment, Extraction, Fate, Sighting

CONTEXT = 15  # characters on each side of a mention


def extract(source: Source) -> Extraction:
    """What a document promises, and what became of every date expression in it."""
    reading = Reading.of(source)
    commitments: list[Commitment] = []
    sightings: list[Sighting] = []
    places: list[tuple[Item, Seen]] = []
    days: dict[Remark, list[Seen]] = {}  # that a line sets for the list below it
    parses = list(scan(reading.text))
    at, group, below = 0, Bodies(), None
    every = outline(reading.text).items
    above, addressed = head(reading.text, every), addressees(reading.text)
    bodies: Named | None = None
    for item in every:
        own = []
        while at < len(parses) and parses[at].start < item.stop:
            own.append(parses[at])
            at += 1
        bodies = named(reading.text, item, above=bodies if item.number is None else None)
        spoken_of = group if item.headings == below else Bodies()
        doers = doers_by_clause(reading.text, item, bodies, spoken_of, above, addressed)
        found, seen = read_item(reading, item, own, bodies, doers)
        if item.led_by and all(c.kind == "recurrence" for c in found):
            found += from_lead(reading, item, days[item.led_by], bodies.bodies)
        for lead in item.leads:
            days[lead] = [s for s in seen if lead.start <= s.parse.start < lead.stop and s.governs]
        group, below = group_of(doers), item.headings
        commitments += found
        places += [(item, s) for s in seen]
        sightings += dateless(reading, item, own)
    sightings += [sighting(reading, item, s) for item, s in places]
    sightings.sort(key=lambda s: s.start)
    problems = [*source.problems]
    problems += [Problem(f"{source.key}, item {s.item}" if s.item else source.key, s.mention.quote, s.reason)
                for s in sightings if s.mention.problem]  # fmt: skip
    return Extraction(source.key, tuple(commitments), tuple(sightings), tuple(problems))


def group_of(doers: dict[Clause, Bodies]) -> Bodies:
    """The places that an item last spoke of (各地, 各区县): the next item may mean it without naming it."""
    last = next(reversed(doers.values()), Bodies())
    return last if all(PLACES.match(name) for name in last.agencies) else Bodies()


def read_item(
    reading: Reading, item: Item, parses: list[Parse], bodies: Named, doers: dict[Clause, Bodies]
) -> tuple[list[Commitment], list[Seen]]:
    """The commitments of an item and all its mentions."""
    if not parses:
        return [], []
    reference = default_reference(item, reading.source)
    parses, tabled = apart(item, parses)
    rows = list(from_rows(reading, item, tabled, reference))
    starts = [p.start for p in parses]
    inside = {at: r for r in item.remarks for at in starts[bisect_left(starts, r.start) : bisect_left(starts, r.stop)]}
    clauses = see_clauses(reading.text, item, [p for p in parses if p.start not in inside], reference, reading.source)
    remarks = [(inside[p.start], see_remark(p, reference, reading.source)) for p in parses if p.start in inside]
    found = list(from_clauses(reading, item, clauses, bodies, doers))
    dated = tuple((c.start, c.stop) for c, many in clauses.items() if many and any(s.governs for s in many))
    found += from_remarks(reading, item, remarks, bodies, doers, dated)
    found += [commitment for _, commitment in rows if commitment]
    seen = [s for many in clauses.values() for s in many] + [s for _, s in remarks] + [s for s, _ in rows]
    known = {s.parse.start for s in seen}
    for outcome in from_heading(reading, item, [p for p in parses if p.start not in known], bodies, reference):
        seen.append(outcome[0])
        found += [commitment for commitment in outcome[1:] if commitment]
    return sorted(found, key=lambda c: c.start), sorted(seen, key=lambda s: s.parse.start)


def from_heading(
    reading: Reading, item: Item, parses: list[Parse], bodies: Named, reference: Reference
) -> Iterator[tuple[Seen, Commitment | None]]:
    """The mentions of a heading that has text below it: one that sets a day dates what the heading says."""
    start, stop = headline(reading.text, item)
    section = Section("arrangement", start, stop, ())
    who = bodies.bodies or doers_of_phase(reading.text, item, start, stop)
    for parse in parses:
        seen = see(reading.text, parse, Clause(start, stop, 0), section, reference, reading.source)
        place = Place(item, section.name, start, stop, stop)
        led = any(lead.start <= parse.start < lead.stop for lead in item.leads)
        inside = start <= parse.start < stop and item.number is not None and not led
        yield seen, build(reading, place, seen, who, dates=spans([seen])) if inside and seen.governs else None


def apart(item: Item, parses: list[Parse]) -> tuple[list[Parse], list[Parse]]:
    """The mentions outside an item's tables, and those inside."""
    starts = [p.start for p in parses]
    inside = {at for r in item.rows for at in starts[bisect_left(starts, r.start) : bisect_left(starts, r.stop)]}
    return [p for p in parses if p.start not in inside], [p for p in parses if p.start in inside]


REASONS = {
    "past": "已经发生", "name": "名称的一部分", "attribute": "限定名词，不是时限", "present": "指当前",
    "recurrence": "说明频度，不是时限", "duration": "时长没有起点",
}  # fmt: skip


def problem_words(problem: str) -> str:
    """Why a date cannot be, in the office's words."""
    if problem.endswith("does not say which day"):
        return "没有写明是哪一天"
    return "起止颠倒" if problem.endswith("ends before it begins") else "没有这一天"


def sighting(reading: Reading, item: Item, seen: Seen) -> Sighting:
    """What was made of a mention."""
    mention = seen.mention
    if reading.own:
        mention = replace(mention, quote=reading.written[mention.start : mention.stop])
    start, stop, context = standing(reading, item, mention)
    if mention.timex.type != "DATE" and (seen.role in ("past", "attribute") or seen.due is None):
        mention = replace(mention, timex=replace(mention.timex, begin=None, end=None))
    if seen.tracked:
        fate, reason = "tracked", seen.review
    elif seen.waits:
        fate, reason = "waiting", seen.waits
    elif mention.problem:
        fate, reason = "waiting", problem_words(mention.problem)
    elif seen.governs:
        fate, reason = "waiting", "找不到它约束的事项"
    else:
        fate, reason = "set-aside", REASONS.get(seen.role, "没有可以跟踪的日期")
    return Sighting(mention, seen.role, item.number, context, start, stop, fate, reason)  # type: ignore[arg-type]


def standing(reading: Reading, item: Item, mention: Mention) -> tuple[int, int, str]:
    """Where a mention stands in the text as read, and the healed text around it."""
    around = slice(max(item.start, mention.start - CONTEXT), min(item.stop, mention.stop + CONTEXT))
    return *reading.healed.raw_span(mention.start, mention.stop), reading.written[around].replace("\n", "")


def dateless(reading: Reading, item: Item, parses: list[Parse]) -> Iterator[Sighting]:
    """The sightings of words that set no day where one could stand."""
    dated = [p.start for p in parses]
    fates: tuple[tuple[Fate, str, Iterator[Span]], ...] = (
        ("set-aside", "长期或立即的任务，没有写明日期", undated(reading.text, item, dated)),
        ("waiting", "时限一栏的话没有读懂", unread(reading.text, item, dated)),
    )
    for fate, reason, found in fates:
        for start, stop in found:
            mention = Mention(reading.written[start:stop], start, stop, Timex("DURATION", "FUTURE_REF"))
            begin, end, context = standing(reading, item, mention)
            yield Sighting(mention, "undated", item.number, context, begin, end, fate, reason)


def items(source: Source) -> list[tuple[Item, Bodies]]:
    """The numbered items of a document with the bodies that answer for them."""
    reading = Reading.of(source)
    own = reading.in_its_characters
    found = (item for item in outline(reading.text).items if item.number)
    return [
        (replace(item, title=own(item.title or ""), headings=tuple(map(own, item.headings))),
         reading.named(named(reading.text, item).bodies))
        for item in found
    ]  # fmt: skip
