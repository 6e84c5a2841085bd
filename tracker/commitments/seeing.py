"""Seeing: each mention of an item with its role, its year settled."""

import re
from dataclasses import dataclass, replace
from datetime import date

from ..documents import Clause, Item, Section, Source
from ..timex import Mention, Parse, Reference
from .cues import OVER, Tense, bounds, role_by_shape, role_of, shown
from .references import published_begin, settle, within_sentence
from .segments import CONTINUES, OPENER
from .values import Role

GOVERNING = ("deadline", "window", "recurrence", "duration")


@dataclass(slots=True)
class Seen:
    """A mention where it stands, with its role; `fate` and `reason` become final when its clause has been read."""

    parse: Parse
    mention: Mention
    role: Role
    reason: str
    review: str
    stated: bool  # the year stands in the sentence
    tracked: bool = False
    due: date | None = None  # of the commitment that it became
    waits: str = ""  # why a person has to read it, in the office's words

    @property
    def governs(self) -> bool:
        """Whether an obligation hangs on it."""
        timex = self.mention.timex
        readable = not self.mention.problem and not self.waits
        return self.role in GOVERNING and readable and bool(timex.unit_end or bounds(timex))


REPORT = re.compile("通报|(?:进展|完成|落实|执行)情况")  # a document that tells how far its tasks have got


def see(text: str, parse: Parse, clause: Clause, section: Section, reference: Reference, source: Source) -> Seen:
    """A mention of a clause with the role that its surroundings give it."""
    mention = parse.read(reference)
    tense = tense_of(parse, mention, section, source)
    reports = section.name == "other" and tense in OVER and REPORT.search(source.title)
    shows, name = shown(text, mention, clause.start, clause.stop), "progress" if reports else section.name
    role, reason = role_of(shows, mention, name, tense)
    if is_stamp(text, parse, mention, source):
        role, reason = "past", "the document's own date"
    if role == "attribute" and parse.yearless:  # what is reported by 2024年1月10日 need not be of 2024
        mention = parse.read(replace(reference, year=source.published.year, stated=False))
    mention, review = settle(parse, mention, role, reference, source)
    found = Seen(parse, mention, role, reason, review, parse.year is not None or (parse.yearless and reference.stated))
    found.waits = unread_rest(text, parse)
    return found


def is_stamp(text: str, parse: Parse, mention: Mention, source: Source) -> bool:
    """Whether a mention is the document's own date in a line of its own, in brackets or without: （2024年3月5日）."""
    if not mention.timex.begin == mention.timex.end == source.published:
        return False
    before = text[parse.start - 2 : parse.start] if parse.start > 1 else "\n" + text[: parse.start]
    after = text[parse.stop : parse.stop + 2] if parse.stop + 1 < len(text) else text[parse.stop :] + "\n"
    return bool(re.search("\n[（(〔［]?$", before) and re.match("[）)〕］]?\n", after))


# What is left of an expression that the grammar reads only in part: 每季度末[月25日前], 月末[前三天].
REST = re.compile(
    "(?:首个?|末)?月?(?:[0-9０-９]{1,3}|[一二三四五六七八九十]{1,3})(?:日|号|天|月|周|旬)?(?:之?前|以前|以内|之?内|[底末]前?)"
    "|前?(?:[0-9０-９]{1,3}|[一二三四五六七八九十两]{1,3})(?:日|天|个工作日)(?!起|至)"
)


def unread_rest(text: str, parse: Parse) -> str:
    """Why a mention waits whose words go on where the grammar stops; "" where they do not."""
    rest = REST.match(text, parse.stop)
    return f"只读懂了一部分：{parse.quote}{rest[0]}" if rest and not parse.followed else ""


def tense_of(parse: Parse, mention: Mention, section: Section, source: Source) -> Tense:
    """How a day lies to the document.

    It lies ahead where 前 or 底 bounds it, or its year is said, and all of it comes after the publication. It lies
    behind where it ended before; a plan that bounds such a day and says its year still means it.
    """
    timex = mention.timex
    end = timex.end or timex.unit_end
    if timex.type != "DATE" or end is None:
        return "open"
    bounded = timex.mod in ("END", "BEFORE", "ON_OR_BEFORE")
    if end > source.published and (timex.begin is None or timex.begin > source.published):
        return "ahead" if not parse.yearless else "coming" if bounded else "open"
    if end < published_begin(source):
        if parse.yearless:
            return "over"
        return "open" if bounded and section.name in ("arrangement", "objective") else "behind"
    return "open"


def see_remark(parse: Parse, reference: Reference, source: Source) -> Seen:
    """A mention in a label line or a bracket that speaks of the whole item: a deadline by its place."""
    mention = parse.read(reference)
    role = role_by_shape(mention)
    mention, review = settle(parse, mention, role, reference, source)
    return Seen(parse, mention, role, "governs the item", review, parse.year is not None)


def leads(text: str, clause: Clause, parse: Parse) -> bool:
    """Whether a date stands where a sentence says when: at the beginning of its segment, or bounded wherever it is."""
    begin = max(text.rfind(c, clause.start, parse.start) for c in "，,") + 1 or clause.start
    bounded = any(e.bound for e in parse.expressions)
    return bounded or bool(OPENER.fullmatch(text, begin, parse.start) or CONTINUES.fullmatch(text, begin, parse.start))


def of_phase(reference: Reference, phase: Mention) -> Reference:
    """The reference inside a phase that lies in one year: "总结阶段（2018年7月—12月）。12月20日前报送总结"."""
    begin, end = phase.timex.begin, phase.timex.end
    if begin is None or end is None or begin.year != end.year:
        return reference
    return replace(reference, year=end.year, year_from=f"the heading “{phase.quote}”")


OF_YEAR_SAID = re.compile("(?:上一?|次|翌|当|下一)年")  # relative to the year that the sentence speaks of


def beside(reference: Reference, said: int | None) -> Reference:
    """The reference of 上年, 次年 where a year was said before them in their sentence."""
    if said is None:
        return reference
    return replace(reference, day=date(said, 12, 31), day_from="the same sentence", stated=True)


def see_clauses(
    text: str, item: Item, parses: list[Parse], default: Reference, source: Source
) -> dict[Clause, list[Seen]]:
    """The mentions of each clause of an item, in order; a year said in a sentence serves the rest of it."""
    seen: dict[Clause, list[Seen]] = {}
    pending = iter(parses)
    parse = next(pending, None)
    first = next((section.clauses[0].start for section in item.sections if section.clauses), item.start)
    for section in item.sections:
        sentence, reference, said = -1, default, None
        for clause in section.clauses:
            if clause.sentence != sentence:
                sentence, reference, said = clause.sentence, default, None
            seen[clause] = []
            while parse and parse.start < clause.stop:
                if parse.start >= clause.start:
                    against = beside(reference, said) if OF_YEAR_SAID.match(parse.quote) else reference
                    found = see(text, parse, clause, section, against, source)
                    said = parse.year or said
                    seen[clause].append(found)
                    if found.role == "window" and clause.start == first and text.startswith(("）", ")"), parse.stop):
                        default = of_phase(default, found.mention)
                    if found.role in GOVERNING and parse.year and leads(text, clause, parse):
                        reference = within_sentence(reference, parse.year)
                parse = next(pending, None)
    return seen
