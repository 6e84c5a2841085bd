"""Seeing: each mention of an item with its role, its year settled."""

from dataclasses import dataclass
from datetime import date

from ..documents import Clause, Item, Section, Source
from ..timex import Mention, Parse, Reference
from .cues import role_by_shape, role_of, shown
from .references import default_reference, published_begin, settle, within_sentence
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

    @property
    def governs(self) -> bool:
        """Whether an obligation hangs on it."""
        timex = self.mention.timex
        return self.role in GOVERNING and not self.mention.problem and bool(timex.end or timex.unit_end)


def see(text: str, parse: Parse, clause: Clause, section: Section, reference: Reference, source: Source) -> Seen:
    """A mention of a clause with the role that its surroundings give it."""
    mention = parse.read(reference)
    end = mention.timex.end or mention.timex.unit_end
    is_past = end is not None and end < published_begin(source) and not parse.yearless
    role, reason = role_of(shown(text, mention, clause.start, clause.stop), mention, section.name, is_past)
    mention, review = settle(parse, mention, role, reference, source)
    return Seen(parse, mention, role, reason, review, parse.year is not None or (parse.yearless and reference.stated))


def see_remark(parse: Parse, reference: Reference, source: Source) -> Seen:
    """A mention in a label line or a bracket that speaks of the whole item: a deadline by its place."""
    mention = parse.read(reference)
    role = role_by_shape(mention.timex)
    mention, review = settle(parse, mention, role, reference, source)
    return Seen(parse, mention, role, "governs the item", review, parse.year is not None)


def see_clauses(text: str, item: Item, parses: list[Parse], source: Source) -> dict[Clause, list[Seen]]:
    """The mentions of each clause of an item, in order; a year said in a sentence serves the rest of it."""
    seen: dict[Clause, list[Seen]] = {}
    pending = iter(parses)
    parse = next(pending, None)
    default = default_reference(item, source)
    for section in item.sections:
        sentence, reference = -1, default
        for clause in section.clauses:
            if clause.sentence != sentence:
                sentence, reference = clause.sentence, default
            seen[clause] = []
            while parse and parse.start < clause.stop:
                if parse.start >= clause.start:
                    found = see(text, parse, clause, section, reference, source)
                    seen[clause].append(found)
                    if found.role in GOVERNING and parse.year:
                        reference = within_sentence(reference, parse.year)
                parse = next(pending, None)
    return seen
