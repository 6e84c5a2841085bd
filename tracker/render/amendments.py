"""What revised documents would change, or changed, as a report: in text and as an HTML page that needs no network."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Final

from ..digests import Revision, wording
from ..digests.revisions import NAMES, by_kind, revision, words
from ..milestones.amendments import Amendment, Kind
from .document import STEERING
from .message import environment
from .wrapping import wrap

TONES: Final = {
    Kind.EARLIER: "urgent", Kind.ADDED: "urgent", Kind.DATED: "urgent", Kind.WITHDRAWN: "gone", Kind.LATER: "late",
    Kind.UNDATED: "late", Kind.KEPT: "late",
}  # fmt: skip
COMPARED_AT_MOST: Final = 2000  # characters of a text in which what differs is marked


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended:
    """A document and what its reading does; `compared` milestones were known before, `stored` says that it was done."""

    key: str
    title: str
    published: date
    stored: bool
    compared: int
    amendments: Sequence[Amendment]


@dataclass(frozen=True, slots=True)
class Group:
    """The milestones of one kind of change."""

    name: str
    tone: str
    revisions: Sequence[Revision]


@dataclass(frozen=True, slots=True)
class Moved:
    """An item with another number or title: how many milestones of it only stand there now."""

    before: str
    after: str
    number: int


def groups(amended: Amended) -> list[Group]:
    """What was changed, the gravest first, without what merely stands elsewhere."""
    return [
        Group(
            NAMES[kind],
            TONES.get(kind, ""),
            [revision(each, amended.title, whole=True, office=True) for each in some],
        )
        for kind, some in by_kind(amended.amendments).items()
        if kind is not Kind.PLACED
    ]


def moved(amended: Amended) -> list[Moved]:
    """Items that were renumbered or renamed, in the order of the former numbers."""
    counted: dict[tuple[str, str], int] = {}
    for one in amended.amendments:
        if one.before and Kind.PLACED in one.kinds:
            pair = wording.item(one.before), wording.item(one.after)
            counted[pair] = counted.get(pair, 0) + 1
    return [Moved(*pair, number) for pair, number in counted.items()]


def summary(amended: Amended) -> str:
    """ "提前1项，新增1项；另有36项只调整编号或标题"; that nothing changed, where that is so."""
    counts = {kind: len(some) for kind, some in by_kind(amended.amendments).items()}
    placed = counts.pop(Kind.PLACED, 0)
    told = "，".join(f"{NAMES[kind]}{number}项" for kind, number in counts.items()) or "没有实质变动"
    return told + (f"；另有{placed}项只调整编号或标题" if placed else "")


def report_text(amended: Amended, columns: int = 80) -> str:
    """The report in lines of at most `columns` columns, each ended by one line feed."""
    lines = [*wrap(f"文件修订　《{amended.title}》（{amended.published}）", columns), *wrap(summary(amended), columns)]
    for group in groups(amended):
        lines += ["", f"{group.name}（{len(group.revisions)}项）"]
        for one in group.revisions:
            lines += wrap(words(one), columns, "  ", "    ")
            lines += wrap(one.item, columns, "    ", "    ") if one.item else []
    if items := moved(amended):
        lines += ["", f"{NAMES[Kind.PLACED]}"]
        for each in items:
            lines += wrap(f"{each.before or '–'} → {each.after or '–'}（{each.number}项）", columns, "  ", "    ")
    return "\n".join(lines).translate(STEERING) + "\n"


def report_page(documents: Iterable[Amended]) -> str:
    """The report of some documents as one HTML page; characters that could steer a page are shown as U+FFFD."""
    parts = [(one, summary(one), groups(one), moved(one)) for one in documents]
    return environment().get_template("amendments.html").render(parts=parts, marked=marked).translate(STEERING)


def marked(before: str, now: str) -> Iterator[tuple[str, str]]:
    """Two texts in one, as ("", what both have), ("del", what was taken out), ("ins", what was put in)."""
    if not before or not now or max(len(before), len(now)) > COMPARED_AT_MOST:
        yield from ((name, text) for name, text in (("del", before), ("ins", now)) if text)
        return
    for tag, i, j, k, m in SequenceMatcher(None, before, now, autojunk=False).get_opcodes():
        if tag == "equal":
            yield "", before[i:j]
        else:
            yield from ((name, text) for name, text in (("del", before[i:j]), ("ins", now[k:m])) if text)
