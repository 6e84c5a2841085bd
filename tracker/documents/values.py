"""Healed, Document, Item, Section, Clause, Remark: a text as read, and its structure."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from ..errors import Problem

SectionName = Literal["objective", "progress", "arrangement", "other"]


@dataclass(frozen=True, slots=True)
class Healed:
    """A text with broken lines joined and stray blanks removed; every character knows where it stood.

    `starts[i]` is where the i-th unbroken run begins in `text`, `raws[i]` where that run begins in the text as read.
    """

    text: str
    starts: tuple[int, ...]
    raws: tuple[int, ...]

    def raw(self, offset: int) -> int:
        """The offset in the text as read of the character at `offset` of `text`."""
        run = bisect_right(self.starts, offset) - 1
        return self.raws[run] + offset - self.starts[run]

    def raw_span(self, start: int, stop: int) -> tuple[int, int]:
        """The half-open span of the text as read whose healing is `text[start:stop]` (start < stop)."""
        return self.raw(start), self.raw(stop - 1) + 1

    def healed(self, offset: int) -> int:
        """The offset in `text` of the character at `offset` of the text as read; the inverse of `raw`.

        Of a character that healing removed, the offset of the next one that it kept.
        """
        run = bisect_right(self.raws, offset) - 1
        following = self.starts[run + 1] if run + 1 < len(self.starts) else len(self.text)
        return min(self.starts[run] + offset - self.raws[run], following) if run >= 0 else 0

    def healed_span(self, start: int, stop: int) -> tuple[int, int]:
        """The half-open span of `text` that is the healing of a span of the text as read (start < stop)."""
        return self.healed(start), self.healed(stop - 1) + 1


class Clause(NamedTuple):
    """A piece of a sentence that ends at 。 or ；. Offsets are those of the healed text, without the final mark.

    Clauses of one item with the same `sentence` belong together.
    """

    start: int
    stop: int
    sentence: int


@dataclass(frozen=True, slots=True)
class Section:
    """One part of an item (目标, 进展, 安排, or other) with its clauses."""

    name: SectionName
    start: int
    stop: int
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """A label line (牵头单位：…) or a bracket (…负责，8月底前完成) that speaks of the whole item."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class TableRow:
    """A line of a table: the half-open spans of its cells, in order."""

    cells: tuple[tuple[int, int], ...]

    @property
    def start(self) -> int:
        """Where its first cell begins."""
        return self.cells[0][0]

    @property
    def stop(self) -> int:
        """Where its last cell ends."""
        return self.cells[-1][1]


@dataclass(frozen=True, slots=True)
class Item:
    """A numbered task or pilot; `number` is None for text outside any. `headings` hold for it,
    outermost first: those above it, and its own title where that stands alone in its line.

    `inherited` are the remarks of the headings above, which hold where the item has none of its own. `leads` are lines
    of it that set a day for the numbered list below them, and `led_by` is the one that it stands below.
    """

    number: str | None
    title: str | None
    headings: tuple[str, ...]
    start: int
    stop: int
    sections: tuple[Section, ...]
    remarks: tuple[Remark, ...]
    inherited: tuple[Remark, ...]
    leads: tuple[Remark, ...]
    led_by: Remark | None
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A healed text and its items; every character belongs to exactly one item."""

    text: str
    items: tuple[Item, ...]

    def item_at(self, offset: int) -> Item:
        """The item in which an offset of the text stands."""
        return self.items[bisect_right(self.items, offset, key=lambda item: item.start) - 1]


@dataclass(frozen=True, slots=True)
class Source:
    """A document as read from outside: its text and what is known about it.

    `published` is the reference day (a month stands for its last day), `published_as` the date as stated
    ("2018-08", "2018-08-15"), `published_from` where it was found; `confirmed` is False where it was inferred.
    `format` is the kind of file ("docx"), `problems` what of it could not be read, `url` where people can read it, "".
    """

    key: str
    text: str
    title: str
    issuer: str
    published: date
    published_as: str
    published_from: str
    confirmed: bool
    file_name: str
    format: str = "txt"
    problems: tuple[Problem, ...] = ()
    url: str = ""
