"""The outline: items, their sections, and the remarks that speak of a whole item."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from .clauses import LONGEST, clauses, remarks
from .markers import ARABIC_NUMBER, ISSUE_LABEL, LABEL, LEAD, NUMERAL, SECTION, SECTION_IN_LINE, SECTION_LABEL
from .values import Clause, Document, Item, Remark, Section, SectionName, TableRow

KINDS = {
    "chapter": rf"(?:({NUMERAL})、|第({NUMERAL})[章节部])",
    "part": rf"[（(]({NUMERAL})[）)]",
    "issue": rf"问题({NUMERAL}|[0-9]{{1,3}})[:：]",
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
    led_by: Remark | None
    start: int
    body: int
    stop: int
    labels: list[Remark] = field(default_factory=list)
    leads: list[Remark] = field(default_factory=list)
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

    def is_complete_before(self, start: int, *, is_label: bool) -> bool:
        """Whether a text without a number has its task and its label lines, so that the next paragraph begins another.

        The label lines stand before the task where they come first, else after it.
        """
        if self.kind != "none" or not self.labels:
            return False
        labels_first = self.labels[0].start == self.start
        return self.stop > self.labels[-1].stop if labels_first and is_label else not labels_first and not is_label


def paragraphs(text: str) -> list[tuple[int, int]]:
    """The half-open spans of the lines of a healed text."""
    return [m.span() for m in re.finditer(r"[^\n]+", text)]


def outline(text: str) -> Document:
    """The items of a healed text with their sections and clauses; every clause of the text is in exactly one."""
    reports = bool(REPORT.search(text))
    return Document(text, tuple(close(text, gathered, reports=reports) for gathered in gather(text)))


def gather(text: str) -> list[Open]:
    """The items as they begin and end, headings with nothing below them included."""
    spans = paragraphs(text)
    found = [Open("none", None, None, (), (), None, 0, 0, 0)]
    stack: list[Open] = []
    leads: dict[int, Remark] = {}  # by the rank of the items that they date
    for i, (start, stop) in enumerate(spans):
        current = found[-1]
        paragraph = text[start:stop]
        following = text[spans[i + 1][0] : spans[i + 1][1]] if i + 1 < len(spans) else ""
        m = NUMBERED.match(text, start)
        is_label = bool(LABEL.match(text, start))
        if "\t" in paragraph:
            current.rows.append(row_of(text, start, stop))
        elif m and begins_item(paragraph, m, current, following):
            rank = RANKS[str(m.lastgroup)]
            stack = [o for o in stack if RANKS[o.kind] < rank]
            leads = {below: lead for below, lead in leads.items() if below <= rank}
            current = opened(text, m, stop, stack[-1] if stack else None, leads.get(rank), alone=bool(following))
            stack.append(current)
            found.append(current)
        elif current.is_complete_before(start, is_label=is_label):
            above = stack[-1] if stack else None
            current = Open("none", None, None, *under(text, above), None, start, start, stop)
            found.append(current)
        if is_label:
            current.labels.append(Remark(start, stop))
        elif label := SECTION_LABEL.match(text, start):
            current.sections.append(section_of(label))
        elif (below := led_by(text[m.end() if m else start : stop], following)) and (
            not m or RANKS[below] > RANKS[current.kind]
        ):
            current.leads.append(Remark(start, stop))
            leads[RANKS[below]] = current.leads[-1]
        if issue := issue_at(text, start, m):
            current.sections.append(("progress", issue.start(), issue.end()))
            current.sections += map(section_of, SECTION_IN_LINE.finditer(text, start, stop))
        current.stop = stop
    return found


def section_of(label: re.Match[str]) -> tuple[SectionName, int, int]:
    """The section that a label begins."""
    named = SECTION.match(label[0])
    return str(named.lastgroup) if named else "other", label.start(), label.end()  # type: ignore[return-value]


def issue_at(text: str, start: int, number: re.Match[str] | None) -> re.Match[str] | None:
    """The label of a problem behind the number of a paragraph: 1.反馈问题：…, 问题一：…."""
    if number is None:
        return None
    return number if number.lastgroup == "issue" else ISSUE_LABEL.match(text, number.end())


def led_by(words: str, following: str) -> str:
    """The kind of the list below, where a line sets a day for it; "" where it does not."""
    below = NUMBERED.match(following)
    return str(below.lastgroup) if below and "。" not in words and LEAD.search(words) else ""


def opened(
    text: str, number: re.Match[str], stop: int, above: Open | None, led_by: Remark | None, *, alone: bool
) -> Open:
    """The item that a numbered paragraph begins below another; `alone`: its heading may stand alone in its line."""
    start, title = number.start(), title_of(text, number.end(), stop)
    alone = alone and ends_open(text[start:stop])
    headings, inherited = under(text, above)
    if alone and "，" not in title:
        headings = (*headings, title)
    figure = next((g for g in number.groups()[1:] if g and not NUMBERED.fullmatch(g)), None) or None
    body = stop if alone else number.end()
    return Open(str(number.lastgroup), figure, title, headings, inherited, led_by, start, body, stop)


def under(text: str, above: Open | None) -> tuple[tuple[str, ...], tuple[Remark, ...]]:
    """The headings and the remarks that hold for what stands below an item."""
    return (above.headings, (*above.labels, *above.brackets(text), *above.inherited)) if above else ((), ())


def row_of(text: str, start: int, stop: int) -> TableRow:
    """The cells of a line of a table."""
    gaps = [i for i in range(start, stop) if text[i] == "\t"]
    return TableRow(tuple(zip([start, *(i + 1 for i in gaps)], [*gaps, stop], strict=True)))


def begins_item(paragraph: str, m: re.Match[str], current: Open, following: str) -> bool:
    """Whether a numbered paragraph is an item of its own, and not a sub-item of the section it stands in."""
    if not current.sections or m.lastgroup in ("chapter", "hash", "issue") or ISSUE_LABEL.match(paragraph, len(m[0])):
        return True
    return ends_open(paragraph) and bool(LABEL.match(following) or SECTION_LABEL.match(following))


def ends_open(paragraph: str) -> bool:
    """Whether a paragraph ends without a mark, as titles do."""
    return paragraph[-1] not in "。；;：:，,！？" and "。" not in paragraph


def title_of(text: str, start: int, stop: int) -> str:
    """The title of an item: its paragraph up to the first full stop."""
    return re.split("[。；;！？：:\n]", text[start : min(stop, start + LONGEST)], maxsplit=1)[0].strip(" #")


def close(text: str, item: Open, *, reports: bool) -> Item:
    """An Item of what was gathered; `reports`: its document tells what was done."""
    first = item.start if item.is_heading else item.body
    cuts = item.sections or [(section_by_heading(item, reports=reports), first, first)]
    if cuts[0][1] > item.body:
        cuts = [("other", item.body, item.body), *cuts]
    lines: list[Remark | TableRow] = [*item.labels, *item.leads, *item.rows]
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
        tuple(item.leads),
        item.led_by,
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


REPORTING = re.compile("进展|回顾|成效|整改效果|^(?!.*(?:解决|整治|整改|治理|化解|查摆|聚焦)).*问题$")

# 现将2023年工作总结汇报如下; what such a document plans stands under a heading that says so
REPORT = re.compile("现将[^。；\n]{0,30}(?:总结|情况)[^。；，\n]{0,4}如下|(?:督查|检查|考核|评估)，现(?:予以)?通报如下")
PLANNED = re.compile("计划|打算|安排|思路|下一?步|要求|任务|目标|建议|措施|重点|部署")


def section_by_heading(item: Open, *, reports: bool) -> SectionName:
    """What an item without section labels is, by its own title and the headings above it."""
    if item.number is None and not item.headings:
        return "other"
    if any("目标" in heading for heading in item.headings):
        return "objective"
    if any(map(REPORTING.search, item.headings)):
        return "progress"
    return "progress" if reports and not any(map(PLANNED.search, (item.title or "", *item.headings))) else "arrangement"
