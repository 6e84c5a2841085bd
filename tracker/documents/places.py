"""Places: by what words a person knows a place of a text, in the text itself and in a later version of it."""

import re
from collections import Counter
from collections.abc import Iterable

from .healing import heal
from .outline import NUMBERED, outline
from .traditional import simplified

AROUND = 15  # characters on each side by which a place is known again
NUMBER_AT_MOST = 8  # characters of a list number
SENTENCE_AT_MOST = 300  # characters on each side that are shown
ENDS = re.compile("[。；;！？!?\n]")
FULL_STOPS = re.compile("[。！？\n]")

Span = tuple[int, int]  # half-open, in the text as read
Identity = tuple[str, str, str, str, int]


def identities(raw: str, spans: Iterable[Span]) -> dict[Span, Identity]:
    """By what each place of a text is known again in another version of it.

    That is the title above it, the words that stand before it and after it in its own sentence, without a list number,
    its own words, and which of several such places it is: so it stays the same where items are renumbered and sentences
    change places.
    """
    healed = heal(simplified(raw))
    document = outline(healed.text)
    met = Counter[tuple[str, str, str, str]]()
    found: dict[Span, Identity] = {}
    for span in sorted(spans):
        start, stop = healed.healed_span(*span)
        item = document.item_at(start)
        own_line = "\n" not in healed.text[item.start : start]
        title = (item.headings[-1] if item.headings else "") if own_line else item.title or ""
        known = (title, before(healed.text, start), healed.text[start:stop], after(healed.text, stop))
        found[span] = (*known, met[known])
        met[known] += 1
    return found


def before(text: str, start: int) -> str:
    """What stands before an offset in its sentence, without a list number, at most AROUND characters."""
    window = text[max(0, start - AROUND - NUMBER_AT_MOST) : start]
    piece = ENDS.split(window)[-1]
    if len(piece) < AROUND + NUMBER_AT_MOST:  # the sentence begins in sight
        number = NUMBERED.match(piece)
        piece = piece[number.end() :] if number else piece
    return piece[-AROUND:]


def after(text: str, stop: int) -> str:
    """What stands after an offset in its sentence, at most AROUND characters."""
    return ENDS.split(text[stop : stop + AROUND], maxsplit=1)[0]


def sentence(text: str, start: int, stop: int) -> Span:
    """The half-open span of the sentence, without its full stop, around a place of a healed text."""
    floor = max(0, start - SENTENCE_AT_MOST)
    begin = floor + max((m.end() for m in FULL_STOPS.finditer(text[floor:start])), default=0)
    end = FULL_STOPS.search(text, stop, stop + SENTENCE_AT_MOST)
    return begin, end.start() if end else min(len(text), stop + SENTENCE_AT_MOST)


def line_of(raw: str, offset: int) -> int:
    """The number, from 1, of the line in which an offset of a text as read stands."""
    return raw.count("\n", 0, offset) + 1
