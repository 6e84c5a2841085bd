"""Promises: the commitments of an item's clauses, each with the date that governs it."""

import re
from collections.abc import Iterator, Sequence

from ..documents import Clause, Item, Section
from ..documents.clauses import LIST
from .agencies import Bodies
from .building import Place, Reading, Spans, build
from .doers import Named
from .seeing import Seen
from .segments import Segment, opens, quote_start, segments, with_condition
from .subjects import acting, nearest, subject
from .values import Commitment

ACTION = re.compile("举办|指导|实施|组织|开展|推进|完成|办好|做好|抓好|落实|编制|启动")


def from_clauses(
    reading: Reading, item: Item, clauses: dict[Clause, list[Seen]], found: Named, doers_of: dict[Clause, Bodies]
) -> Iterator[Commitment]:
    """The commitments of an item's clauses; a deadline that opens its clause carries over ； to the sentence's end."""
    for section in item.sections:
        carried: Seen | None = None
        sentence = -1
        for clause in section.clauses:
            if clause.sentence != sentence:
                sentence, carried = clause.sentence, None
            seen = clauses[clause]
            if not seen and not carried:
                continue
            doers = doers_of[clause]
            governing = [s for s in seen if s.governs]
            if governing:
                if not heads_list(reading.text, clause):
                    yield from divided(reading, item, section, clause, seen, found.at(clause.stop), doers)
                carried = carries(reading, clause, governing)
            elif carried:
                place = Place(item, section.name, clause.start, clause.stop, clause.stop)
                who = doers.narrowed(reading.text[clause.start : clause.stop])
                for due in carried.mention.timex.ends or (None,):
                    yield build(reading, place, carried, who, due, dates=spans(seen))
            elif seen and section.name == "arrangement":
                yield from implied(reading, item, section, clause, seen, doers)


def heads_list(text: str, clause: Clause) -> bool:
    """Whether a clause only says when what it lists is due: 今年目标是：甲；乙."""
    if text[clause.stop : clause.stop + 1] != "：":
        return False
    return text[clause.stop + 1 : clause.stop + 2] == "\n" or bool(LIST.match(text, clause.stop))


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

    `bodies` are those named for it, `doers` those that the clause or a sentence before it names as its subject.
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
        if pieces[i] == Segment(s.mention.start, s.mention.stop):  # 2023年到2025年，销售额每年倍增
            stop = max(stop, next((pieces[j - 1].stop for j in order if j > i + 1), clause.stop))
        after = reading.text[s.mention.stop : stop].lstrip("，,")
        promise = after if opens(reading.text, pieces[i], s.mention.start) else reading.text[start:stop]
        named = bodies or nearest(reading.text[clause.start : s.mention.start]) or acting(promise) or doers
        who = named.narrowed(promise)
        if start == start_of[order[0]]:
            start = with_condition(reading.text, pieces, start)
        place = Place(item, section.name, start, stop, stop)
        if (start, stop) == (s.mention.start, s.mention.stop) and item.title:
            start = max(item.start, reading.text.find(item.title, item.start))
            place = Place(item, section.name, start, start + len(item.title), stop)  # a date alone dates its heading
        for due in s.mention.timex.ends or (None,):
            yield build(reading, place, s, who, due, dates=dates, start=pending.mention.timex if pending else None)
        if pending:
            pending.tracked, pending = True, None


def quote_starts(
    reading: Reading, pieces: Sequence[Segment], governing: list[tuple[int, Seen]]
) -> Iterator[tuple[int, int]]:
    """For each segment with a governing mention, where the quote of its commitment begins."""
    floor, done = pieces[0].start, set()
    for i, s in governing:
        if i not in done:
            done.add(i)
            start = quote_start(reading.text, pieces, i, (s.mention.start, s.mention.stop), floor)
            if start == pieces[i].start and i and not stands_alone(reading.text, pieces[i], s):
                start = nearest_subject(reading.text, [p for p in pieces[:i] if p.start >= floor], start)
            yield i, start
            floor = pieces[i].stop


def stands_alone(text: str, piece: Segment, seen: Seen) -> bool:
    """Whether a dated segment names who acts, or its date stands apart: 到2023年底，车辆电动化率达到50%."""
    apart = text[seen.mention.stop : piece.stop + 1].startswith(("，", ","))
    return apart or bool(subject(text[piece.start : piece.stop]) or subject(text[seen.mention.stop : piece.stop]))


def nearest_subject(text: str, before: Sequence[Segment], otherwise: int) -> int:
    """Where the nearest segment that names a subject begins: 各县编制方案，5月底前向社会公开."""
    return next((p.start for p in reversed(before) if subject(text[p.start : p.stop])), otherwise)


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
