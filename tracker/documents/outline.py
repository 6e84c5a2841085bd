"""The outline: items, their sections, and the remarks that speak of a whole item."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from .clauses import LONGEST, clauses, remarks
from .markers import ARABIC_NUMBER, LABEL, NUMERAL, SECTION, SECTION_LABEL
from .values import Clause, Document, Item, Remark, Section, SectionName, TableRow

KINDS = {
    "chapter": rf"(?:({NUMERAL})、|第({NUMERAL})[章节部])",
    "part": rf"[（(]({NUMERAL})[）)]",
    "number": ARABIC_NUMBER.replace("[0-9０-９]{1,3}", "([0-9０-９]{1,3})", 1),
    "bracket": r"[（(]([0-9０-９]{1,3})[）)]",
    "circle": "([①-⑳])",
    "hash": "#{1,6}()",
}
RANKS = {kind: rank for rank, kind in enumerate(["hash", *KINDS])} | {"hash": 0}  # the order of GB/T 9704
NUMBERED = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in KINDS.items()))


@dataclass(slots=True)
class Open:
    """An item while its paragraphs are gathered."""

    kind: str
    number: str | None
    title: str | None
    headings: tuple[str, ...]
    inherited: tuple[Remark, ...]
    start: int
    body: int
    stop: int
    labels: list[Remark] = field(default_factory=list)
    rows: list[TableRow] = field(default_factory=list)
    sections: list[tuple[SectionName, int, int]] = field(default_factory=list)  # name, label, what follows it

    @property
    def is_heading(self) -> bool:
        """Whether it holds nothing but its own heading and label lines."""
        return self.stop <= self.body

    def brackets(self, text: str) -> list[Remark]:
        """The remarks in its first line: （一）市场准入。（市市场监管局牵头）."""
        end = text.find("\n", self.start)
        return remarks(text, self.start, end if end > 0 else len(text))


def paragraphs(text: str) -> list[tuple[int, int]]:
    """The half-open spans of the lines of a healed text."""
    return [m.span() for m in re.finditer(r"[^\n]+", text)]


def outline(text: str) -> Document:
    """The items of a healed text with their sections and clauses; every clause of the text is in exactly one."""
    return Document(text, tuple(close(text, gathered) for gathered in gather(text)))


def gather(text: str) -> list[Open]:
    """The items as they begin and end, headings with nothing below them included."""
    spans = paragraphs(text)
    found = [Open("none", None, None, (), (), 0, 0, 0)]
    stack: list[Open] = []
    for i, (start, stop) in enumerate(spans):
        current = found[-1]
        following = text[spans[i + 1][0] : spans[i + 1][1]] if i + 1 < len(spans) else ""
        m = NUMBERED.match(text, start)
        if "\t" in text[start:stop]:
            current.rows.append(row_of(text, start, stop))
        elif m and begins_item(text[start:stop], m, current, following):
            kind = str(m.lastgroup)
            stack = [o for o in stack if RANKS[o.kind] < RANKS[kind]]
            number = next((g for g in m.groups()[1:] if g and not NUMBERED.fullmatch(g)), None) or None
            title = title_of(text, m.end(), stop)
            alone = ends_open(text[start:stop]) and bool(following)
            headings = stack[-1].headings if stack else ()
            if alone and "，" not in title:
                headings = (*headings, title)
            inherited = tuple(r for o in stack[-1:] for r in (*o.labels, *o.brackets(text), *o.inherited))
            current = Open(kind, number, title, headings, inherited, start, stop if alone else m.end(), stop)
            stack.append(current)
            found.append(current)
        elif LABEL.match(text, start):
            current.labels.append(Remark(start, stop))
        elif label := SECTION_LABEL.match(text, start):
            section = SECTION.search(text, start, label.end())
            current.sections.append((str(section.lastgroup) if section else "other", start, label.end()))  # type: ignore[arg-type]
        current.stop = stop
    return found


def row_of(text: str, start: int, stop: int) -> TableRow:
    """The cells of a line of a table."""
    gaps = [i for i in range(start, stop) if text[i] == "\t"]
    return TableRow(tuple(zip([start, *(i + 1 for i in gaps)], [*gaps, stop], strict=True)))


def begins_item(paragraph: str, m: re.Match[str], current: Open, following: str) -> bool:
    """Whether a numbered paragraph is an item of its own, and not a sub-item of the section it stands in."""
    if not current.sections or m.lastgroup in ("chapter", "hash"):
        return True
    return ends_open(paragraph) and bool(LABEL.match(following) or SECTION_LABEL.match(following))


def ends_open(paragraph: str) -> bool:
    """Whether a paragraph ends without a mark, as titles do."""
    return paragraph[-1] not in "。；;：:，,！？" and "。" not in paragraph


def title_of(text: str, start: int, stop: int) -> str:
    """The title of an item: its paragraph up to the first full stop."""
    return re.split("[。；;！？：:\n]", text[start : min(stop, start + LONGEST)], maxsplit=1)[0].strip(" #")


def close(text: str, item: Open) -> Item:
    """An Item of what was gathered."""
    first = item.start if item.is_heading else item.body
    cuts = item.sections or [(section_by_heading(item), first, first)]
    if cuts[0][1] > item.body:
        cuts = [("other", item.body, item.body), *cuts]
    lines: list[Remark | TableRow] = [*item.labels, *item.rows]
    apart = sorted(lines, key=lambda line: line.start)
    sections, sentence = [], 0
    for (name, label, start), (_, stop, _) in zip(cuts, [*cuts[1:], ("other", item.stop, 0)], strict=True):
        pieces: list[Clause] = []
        for piece_start, piece_stop in without(start, stop, apart):
            pieces += clauses(text, piece_start, piece_stop, sentence)
            sentence = pieces[-1].sentence + 1 if pieces else sentence
        sections.append(Section(name, label, stop, tuple(pieces)))
    found = sorted([*item.labels, *remarks(text, item.start, item.stop)], key=lambda r: r.start)
    return Item(
        item.number,
        item.title,
        item.headings,
        item.start,
        item.stop,
        tuple(sections),
        tuple(found),
        item.inherited,
        tuple(item.rows),
    )


def without(start: int, stop: int, apart: Sequence[Remark | TableRow]) -> list[tuple[int, int]]:
    """The spans between two offsets that lie outside the label lines and tables."""
    spans, begin = [], start
    first, last = (bisect_left(apart, at, key=lambda line: line.start) for at in (start, stop))
    for line in apart[first:last]:
        spans.append((begin, line.start))
        begin = line.stop
    return [*spans, (begin, stop)]


def section_by_heading(item: Open) -> SectionName:
    """What an item without section labels is, by its own title and the headings above it."""
    if item.number is None and not item.headings:
        return "other"
    words = "".join(item.headings)
    if re.search("目标", words):
        return "objective"
    return "progress" if re.search("进展|回顾|成效", words) else "arrangement"
