"""Extraction: every mention of a document becomes part of a commitment, is set aside with a reason, or waits."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace

from ..documents import Clause, Item, Remark, Section, Source, heal, outline
from ..documents.clauses import LONGEST
from ..errors import Problem
from ..timex import Parse, scan
from .agencies import Bodies, duties, read_remark, subject
from .building import Place, Reading, build
from .references import default_reference
from .seeing import Seen, see_clauses, see_remark
from .segments import Segment, opens, quote_start, segments
from .tables import from_rows
from .values import Commitment, Extraction, Sighting

ACTION = re.compile("举办|指导|实施|组织|开展|推进|完成|办好|做好|抓好|落实|编制|启动")
Spans = tuple[tuple[int, int], ...]
CONTEXT = 15  # characters on each side of a mention


def extract(source: Source) -> Extraction:
    """What a document promises, and what became of every date expression in it."""
    reading = Reading(source, heal(source.text))
    commitments: list[Commitment] = []
    sightings: list[Sighting] = []
    parses = list(scan(reading.text))
    at = 0
    for item in outline(reading.text).items:
        own = []
        while at < len(parses) and parses[at].start < item.stop:
            own.append(parses[at])
            at += 1
        found, seen = read_item(reading, item, own)
        commitments += found
        sightings += [sighting(reading, item, s) for s in seen]
    problems = [Problem(f"{source.key}, item {s.item}" if s.item else source.key, s.mention.quote, s.reason)
                for s in sightings if s.mention.problem]  # fmt: skip
    return Extraction(source.key, tuple(commitments), tuple(sightings), tuple(problems))


def read_item(reading: Reading, item: Item, parses: list[Parse]) -> tuple[list[Commitment], list[Seen]]:
    """The commitments of an item and all its mentions."""
    bodies = item_bodies(reading.text, item)
    parses, tabled = apart(item, parses)
    rows = list(from_rows(reading, item, tabled))
    starts, reference = [p.start for p in parses], default_reference(item, reading.source)
    inside = {at: r for r in item.remarks for at in starts[bisect_left(starts, r.start) : bisect_left(starts, r.stop)]}
    clauses = see_clauses(reading.text, item, [p for p in parses if p.start not in inside], reading.source)
    remarks = [(inside[p.start], see_remark(p, reference, reading.source)) for p in parses if p.start in inside]
    found = list(from_clauses(reading, item, clauses, bodies))
    dated = tuple((c.start, c.stop) for c, many in clauses.items() if any(s.governs for s in many))
    found += from_remarks(reading, item, remarks, bodies, dated)
    found += [commitment for _, commitment in rows if commitment]
    seen = [s for many in clauses.values() for s in many] + [s for _, s in remarks] + [s for s, _ in rows]
    known = {s.parse.start for s in seen}
    seen += [see_remark(p, reference, reading.source) for p in parses if p.start not in known]
    return sorted(found, key=lambda c: c.start), sorted(seen, key=lambda s: s.parse.start)


def apart(item: Item, parses: list[Parse]) -> tuple[list[Parse], list[Parse]]:
    """The mentions outside an item's tables, and those inside."""
    starts = [p.start for p in parses]
    inside = {at for r in item.rows for at in starts[bisect_left(starts, r.start) : bisect_left(starts, r.stop)]}
    return [p for p in parses if p.start not in inside], [p for p in parses if p.start in inside]


def item_bodies(text: str, item: Item) -> Bodies:
    """The bodies of an item: those of its own remarks, else those of the headings above it."""
    for remarks in (item.remarks, item.inherited):
        bodies = Bodies.of(pair for r in remarks for pair in duties(text[r.start : r.stop]))
        if bodies:
            return bodies
    return Bodies()


def from_remarks(
    reading: Reading, item: Item, remarks: list[tuple[Remark, Seen]], bodies: Bodies, dated: Spans
) -> Iterator[Commitment]:
    """One commitment for each date in a label line or bracket, which governs the first sentence since the last one.

    `dated` are the clauses with dates of their own: their quantities are not its targets.
    """
    clauses = [(section, clause) for section in item.sections for clause in section.clauses]
    floor, last, at = item.start, remarks[0][0] if remarks else None, 0
    for remark, seen in remarks:
        if not seen.governs:
            continue
        if last and remark != last:
            floor, last = last.stop, remark
        while at < len(clauses) and clauses[at][1].start < floor:
            at += 1
        own = read_remark(reading.text[remark.start : remark.stop])
        if at < len(clauses) and clauses[at][1].start < remark.start:
            section, start, stop = first_sentence(clauses, at, remark.start + 1)
        else:
            section, start, stop = item.sections[-1], *headline(reading.text, item)
        stop = min(stop, remark.start) if start < remark.start else stop
        extent_stop = seen.mention.stop if seen.mention.stop - start <= 5 * LONGEST else stop
        place = Place(item, section.name, start, stop, extent_stop)
        for due in seen.mention.timex.ends or (None,):
            yield build(reading, place, seen, own or bodies, due, dates=dated)


def first_sentence(clauses: list[tuple[Section, Clause]], at: int, limit: int) -> tuple[Section, int, int]:
    """The section of a clause, where it starts, and where its sentence stops before an offset."""
    section, first = clauses[at]
    stop = first.stop
    while at < len(clauses) and clauses[at][0] is section and clauses[at][1].sentence == first.sentence:
        if clauses[at][1].stop > limit:
            break
        stop, at = clauses[at][1].stop, at + 1
    return section, first.start, stop


def headline(text: str, item: Item) -> tuple[int, int]:
    """The span of an item's first line without its number, at most as long as a clause."""
    stop = text.find("\n", item.start, item.stop)
    start = max(text.find(item.title, item.start) if item.title else item.start, item.start)
    return start, min(stop if stop > 0 else item.stop, start + LONGEST)


def from_clauses(
    reading: Reading, item: Item, clauses: dict[Clause, list[Seen]], bodies: Bodies
) -> Iterator[Commitment]:
    """The commitments of an item's clauses; a deadline that opens its clause carries over ； to the sentence's end."""
    for section in item.sections:
        carried: Seen | None = None
        sentence, doers = -1, bodies
        for clause in section.clauses:
            if clause.sentence != sentence:
                sentence, carried = clause.sentence, None
            seen = clauses[clause]
            doers = bodies or subject(reading.text[clause.start : clause.stop]) or doers
            governing = [s for s in seen if s.governs]
            if governing:
                heads_list = reading.text[clause.stop : clause.stop + 1] in "：:"
                if not heads_list or reading.text[clause.stop + 1 : clause.stop + 2] != "\n":
                    yield from divided(reading, item, section, clause, seen, bodies, doers)
                carried = carries(reading, clause, governing)
            elif carried:
                place = Place(item, section.name, clause.start, clause.stop, clause.stop)
                for due in carried.mention.timex.ends or (None,):
                    yield build(
                        reading,
                        place,
                        carried,
                        doers.narrowed(reading.text[clause.start : clause.stop]),
                        due,
                        dates=spans(seen),
                    )
            elif seen and section.name == "arrangement":
                yield from implied(reading, item, section, clause, seen, doers)


def carries(reading: Reading, clause: Clause, governing: list[Seen]) -> Seen | None:
    """The mention that goes on governing after a clause: its last one, where that opens its segment."""
    last = governing[-1]
    piece = next(p for p in segments(reading.text, clause.start, clause.stop) if p.stop > last.mention.start)
    return last if last.role in ("deadline", "window") and opens(reading.text, piece, last.mention.start) else None


def spans(seen: list[Seen]) -> Spans:
    """Where mentions stand that are dates; a length that limits is a quantity."""
    return tuple(
        (s.mention.start, s.mention.stop) for s in seen if s.role != "attribute" or s.mention.timex.type != "DURATION"
    )


def divided(
    reading: Reading, item: Item, section: Section, clause: Clause, seen: list[Seen], bodies: Bodies, doers: Bodies
) -> Iterator[Commitment]:
    """One commitment for each governing mention of a clause; a second one after ， begins a second quote.

    `bodies` are the item's, `doers` those that the clause or a sentence before it names as its subject.
    """
    pieces = segments(reading.text, clause.start, clause.stop)
    governing = [(next(i for i, p in enumerate(pieces) if p.stop > s.mention.start), s) for s in seen if s.governs]
    start_of = dict(quote_starts(reading, pieces, governing))
    order = sorted(start_of)
    pending: Seen | None = None
    dates = spans(seen)
    for n, (i, s) in enumerate(governing):
        later = governing[n + 1][1] if n + 1 < len(governing) else None
        if s.mention.timex.open_start and later and later.role == "recurrence":
            pending = s
            continue
        start = start_of[governing[n - 1][0] if pending else i]
        stop = next((pieces[j - 1].stop for j in order if start_of[j] > start and j > i), clause.stop)
        after = reading.text[s.mention.stop : stop].lstrip("，,")
        promise = after if opens(reading.text, pieces[i], s.mention.start) else reading.text[start:stop]
        who = (bodies or subject(promise) or doers).narrowed(promise)
        place = Place(item, section.name, start, stop, stop)
        for due in s.mention.timex.ends or (None,):
            yield build(reading, place, s, who, due, dates=dates, start=pending.mention.timex if pending else None)
        if pending:
            pending.tracked, pending = True, None


def quote_starts(
    reading: Reading, pieces: list[Segment], governing: list[tuple[int, Seen]]
) -> Iterator[tuple[int, int]]:
    """For each segment with a governing mention, where the quote of its commitment begins."""
    floor, done = pieces[0].start, set()
    for i, s in governing:
        if i not in done:
            done.add(i)
            yield i, quote_start(reading.text, pieces, i, s.mention.start, floor)
            floor = pieces[i].stop


def implied(
    reading: Reading, item: Item, section: Section, clause: Clause, seen: list[Seen], doers: Bodies
) -> Iterator[Commitment]:
    """The low-confidence commitment of an action whose only date is in a name: 举办2018宁波市文化消费季活动."""
    first = next((s for s in seen if s.role == "name" and s.mention.timex.end and not in_title(reading.text, s)), None)
    if first is None or first.mention.timex.end is None or first.mention.timex.end < reading.source.published:
        return
    if ACTION.match(reading.text, clause.start):
        place = Place(item, section.name, clause.start, clause.stop, clause.stop)
        yield build(reading, place, first, doers, low=True, dates=spans(seen))


def in_title(text: str, seen: Seen) -> bool:
    """Whether a mention stands between 《 and 》."""
    before = text[max(0, seen.mention.start - 40) : seen.mention.start]
    return before.rfind("《") > before.rfind("》")


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
    start, stop = reading.healed.raw_span(mention.start, mention.stop)
    context = reading.text[max(item.start, mention.start - CONTEXT) : min(item.stop, mention.stop + CONTEXT)].replace(
        "\n", ""
    )
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


def items(source: Source) -> list[tuple[Item, Bodies]]:
    """The numbered items of a document with the bodies that answer for them."""
    reading = Reading(source, heal(source.text))
    return [(item, item_bodies(reading.text, item)) for item in outline(reading.text).items if item.number]
