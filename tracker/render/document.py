"""A document as a page: every date expression marked by its role, every commitment beside its sentence."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from ..commitments import Commitment, Extraction, Sighting, origins
from ..digests import MentionCounts, wording
from ..documents import Healed, Source, as_written, heal, outline, simplified
from .message import environment

# role: (letter, name, what it means); the letter and the kind of underline tell a role without its colour
ROLES: Final = {
    "deadline": ("限", "时限", "到期须完成"),
    "window": ("段", "时段", "在一段时间内进行"),
    "recurrence": ("周", "周期", "定期重复"),
    "duration": ("长", "时长", "自某日起算的期限"),
    "past": ("往", "已发生", "已经完成或过去的事实"),
    "name": ("名", "名称", "文件、规划、活动名称的一部分"),
    "attribute": ("饰", "修饰", "限定名词，不是时限"),
    "present": ("今", "当前", "指现在"),
}
FATES: Final = {"tracked": "立项", "set-aside": "排除", "waiting": "待定"}
# What no page may be steered by: control characters and those that turn the direction of writing.
STEERING: Final = dict.fromkeys(
    [*range(9), *range(11, 32), *range(127, 160), 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)],
    "\ufffd",
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A date expression on the page. `number` counts them, `line` is that of the text as read."""

    number: int
    sighting: Sighting
    line: int
    promises: tuple[int, ...]

    @property
    def doubt(self) -> str:
        """Why it waits or was set aside."""
        return wording.doubt(self.sighting.reason)

    @property
    def hint(self) -> str:
        """All that is known of it, in one line."""
        timex = self.sighting.mention.timex
        role = ROLES[self.sighting.role][1]
        day = f" → {timex.end}" if timex.end else ""
        made = f"第{'、'.join(map(str, self.promises))}条" if self.promises else self.doubt
        fate = FATES[self.sighting.fate]
        return f"{role}：{self.sighting.mention.quote}{day}；{fate}{f'（{made}）' if made else ''}；第{self.line}行"


@dataclass(frozen=True, slots=True)
class Promise:
    """A commitment on the page; `mark` is the number of its date expression, None where that stands nowhere."""

    number: int
    commitment: Commitment
    line: int
    mark: int | None

    @property
    def notes(self) -> tuple[str, ...]:
        """What was assumed to read its day."""
        return tuple(map(wording.assumption, self.commitment.assumed))

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why a person should look at it."""
        return tuple(map(wording.doubt, self.commitment.review))

    @property
    def who(self) -> str:
        """Its agencies, each with its part."""
        said = self.commitment
        parts = dict.fromkeys(said.lead, "（牵头）") | dict.fromkeys(said.support, "（配合）")
        return "、".join(name + parts.get(name, "") for name in said.agencies)

    @property
    def targets(self) -> str:
        """The quantities that it promises."""
        return "；".join(map(wording.target, self.commitment.targets))


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text in which nothing begins or ends: `first` where its mark begins, `opens` the promises that do."""

    text: str
    mark: Mark | None
    first: bool
    quoted: bool
    opens: tuple[Promise, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of the healed text; `line` is where it begins in the text as read, `heading` tells a title of its own."""

    line: int
    heading: bool
    pieces: tuple[Piece, ...]

    @property
    def promises(self) -> tuple[Promise, ...]:
        """Those whose sentence begins in it."""
        return tuple(promise for piece in self.pieces for promise in piece.opens)


def page(source: Source, extraction: Extraction) -> str:
    """The document with what was read in it, as one HTML page that needs no network and no script.

    Without its markup the text is that of `heal(source.text)`, a character for a character; those that could steer a
    page are shown as U+FFFD.
    """
    healed = heal(simplified(source.text))
    marks, promises = _numbered(extraction, source.text)
    fates = Counter(one.fate for one in extraction.sightings)
    template = environment().get_template("document.html")
    return template.render(
        source=source,
        paragraphs=_paragraphs(healed, source.text, marks, promises),
        promises=promises,
        waiting=[mark for mark in marks if mark.sighting.fate == "waiting"],
        doubtful=[promise for promise in promises if promise.doubts],
        aside=[mark for mark in marks if mark.sighting.fate == "set-aside"],
        counts=MentionCounts(fates["tracked"], fates["set-aside"], fates["waiting"]),
        by_role=Counter(one.role for one in extraction.sightings),
        roles=ROLES,
        fates=FATES,
    ).translate(STEERING)


def lines_of(raw: str) -> Callable[[int], int]:
    """Says in which line of a text, from 1, the character at an offset stands."""
    ends = [found.start() for found in re.finditer("\n", raw)]
    return lambda offset: bisect_left(ends, offset) + 1


def _numbered(extraction: Extraction, raw: str) -> tuple[list[Mark], list[Promise]]:
    """The date expressions and the commitments in the order of the text, each knowing the other."""
    line = lines_of(raw)
    tracked = [(n, one) for n, one in enumerate(extraction.sightings, 1) if one.fate == "tracked"]
    places = origins(extraction.commitments, [(one.mention.quote, one.item, one.start) for _, one in tracked])
    promises = [
        Promise(number, said, line(said.start), None if place is None else tracked[place][0])
        for number, (said, place) in enumerate(zip(extraction.commitments, places, strict=True), 1)
    ]
    made: dict[int | None, list[int]] = defaultdict(list)
    for promise in promises:
        made[promise.mark].append(promise.number)
    marks = [Mark(n, one, line(one.start), tuple(made[n])) for n, one in enumerate(extraction.sightings, 1)]
    return marks, promises


def _paragraphs(healed: Healed, raw: str, marks: Sequence[Mark], promises: Sequence[Promise]) -> Iterator[Paragraph]:
    """The text, cut wherever a date expression, a sentence of a commitment or a paragraph begins or ends."""
    line = lines_of(raw)
    written = as_written(healed, raw)
    marked = {mark.sighting.mention.start: mark for mark in marks}
    spans = [(*healed.healed_span(one.commitment.start, one.commitment.stop), one) for one in promises]
    opening: dict[int, list[Promise]] = defaultdict(list)
    depth = Counter[int]()
    for start, stop, promise in spans:
        opening[start].append(promise)
        depth[start] += 1
        depth[stop] -= 1
    ends = [mark.sighting.mention.stop for mark in marks]
    cuts = sorted({*marked, *ends, *depth, 0, len(healed.text)})
    headings = {item.start for item in outline(healed.text).items if item.title and item.title in item.headings[-1:]}
    quoted, mark, pieces, begin = 0, None, list[Piece](), 0
    for start, stop in pairwise(cuts):
        quoted += depth[start]
        first = start in marked
        mark = marked[start] if first else mark if mark and start < mark.sighting.mention.stop else None
        opens = tuple(opening.get(start, ()))
        for number, text in enumerate(written[start:stop].split("\n")):
            if number:
                yield Paragraph(line(healed.raw(begin)), begin in headings, tuple(pieces))
                pieces, begin = [], start
            pieces.append(Piece(text, mark, first and not number, quoted > 0, () if number else opens))
            start += len(text) + 1
    if healed.text:
        yield Paragraph(line(healed.raw(begin)), begin in headings, tuple(pieces))
