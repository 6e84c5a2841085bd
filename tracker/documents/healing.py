"""Healing: broken lines joined, stray blanks removed, and every healed character mapped back to where it stood."""

import re
import unicodedata
from itertools import pairwise
from math import ceil

from .markers import HEADING, LABEL, MARKER
from .values import Healed

BLANKS = " \t\u3000\xa0\xad\u1680\u180e\u2000-\u200f\u202f\u205f\u2060\ufeff"
ENDS = "\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029"
LINE = re.compile(f"[^{ENDS}]+")
EDGES = re.compile(f"[{BLANKS}]*(.*?)[{BLANKS}]*")
WORDS = re.compile(f"[^{BLANKS}]+")
CELLS = re.compile(r"(?<=\S)(?:\t[ \t]*| {3,}| *\| *)(?=\S)")  # what stands between the cells of a table's row
DATE_LINE = re.compile(
    "(?:[0-9０-９]{4}|[一二〇零○九][〇零○一二三四五六七八九]{3})年[0-9０-９一二三四五六七八九十]{1,3}月[0-9０-９一二三四五六七八九十]{1,3}[日号]"
)
NARROWEST = 24  # cells: no column of type is narrower, so a shorter line was ended, not broken
FINAL = "。！？!?…"
INDENT = re.compile(r"(?<=[。！？；：])\u3000{2,}(?=\S)")  # paragraphs run together, told by the indent of the next


def width(line: str) -> int:
    """The cells that a line takes in a column of type: two for a wide character (UAX #11)."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def lines_of(raw: str) -> list[tuple[int, str]]:
    """The lines that are not blank, stripped, with the offsets at which they begin."""
    found = []
    for m in LINE.finditer(INDENT.sub(lambda m: "\n" * len(m[0]), raw)):
        line = EDGES.fullmatch(m[0])
        if line and line[1]:
            found.append((m.start() + line.start(1), line[1]))
    return found


def cells_of(line: str) -> list[tuple[int, int]]:
    """The half-open spans of the cells of a table's row; of any other line the whole."""
    gaps = [m.span() for m in CELLS.finditer(line)] if is_row(line) else []
    return list(zip([0, *(stop for _, stop in gaps)], [*(start for start, _ in gaps), len(line)], strict=True))


def is_row(line: str) -> bool:
    """Whether a line is the row of a table: three cells or more, set apart by tabs, pipes or wide blanks."""
    return len(CELLS.findall(line)) >= 2


def joins(lines: list[str]) -> list[bool]:
    """For each line but the last, whether the next one continues it."""
    if not any(c in line for line in lines for c in FINAL) and not any(map(MARKER.match, lines[1:])):
        return [not is_row(line) and not is_row(following) for line, following in pairwise(lines)]  # a fragment
    widths = [width(line) for line in lines]
    full = max(NARROWEST, 0.8 * sorted(widths)[ceil(0.9 * (len(widths) - 1))])
    open_ends = [i for i in range(len(lines) - 1) if is_open_end(lines[i], lines[i + 1])]
    wrapped = sum(widths[i] >= full for i in open_ends) > 0.3 * len(open_ends)
    depth, result = 0, []
    for i, (line, following) in enumerate(pairwise(lines)):
        depth = bracket_depth(line, depth)
        result.append(continues(line, following, wrapped, heading=widths[i] < 0.75 * full, bracketed=depth > 0))
    return result


def is_open_end(line: str, following: str) -> bool:
    """Whether nothing but the layout can tell if the next line continues this one."""
    return line[-1] not in FINAL + "；：;:，、,（(“《—" and not MARKER.match(following)


def continues(line: str, following: str, wrapped: bool, *, heading: bool, bracketed: bool) -> bool:
    """Whether `following` continues `line`; `heading` tells a line too short to have been broken by its width."""
    if is_row(line) or is_row(following) or DATE_LINE.fullmatch(following):
        return False
    if (bracketed and line[-1] not in FINAL) or (MARKER.fullmatch(line) and line[0] not in FINAL):
        return True
    if MARKER.match(following):
        return False
    if line[-1].isdigit() and following[0] in "年月日个万亿":
        return True
    if line[-1] in "，、,（(“《—" or following[0] in "，。、；：）)〕”》,;:":
        return True
    if line[-1] in "：:":
        return bool(LABEL.fullmatch(line))
    if line[-1] in FINAL + "；;":
        return False
    return wrapped and not (heading and HEADING.match(line))


def bracket_depth(line: str, depth: int) -> int:
    """How many brackets and quotes are open after a line; a full stop closes what was forgotten."""
    for c in re.findall('[（(〔［“）)〕］”"。]', line):
        depth = 0 if c == "。" else depth + 1 if c in "（(〔［“" else max(0, depth - 1)
    return depth


def parted(before: str, after: str, *, broken: bool) -> bool:
    """Whether a blank stays between two characters: in Latin text, but not where a line break cut a number."""
    latin = f"{before}{after}".isascii() and before.isalnum() and after.isalnum()
    return latin and not (broken and before.isdigit() and after.isdigit())


def heal(raw: str) -> Healed:
    """The text with broken lines joined and stray blanks removed; paragraphs are separated by one newline.

    A blank stays, as one space, only between two ASCII letters or digits, and as a tab between the cells of a table's
    row. Characters are never changed: full-width digits stay as they are. Linear in the length of `raw`.
    """
    lines = lines_of(raw)
    if not lines:
        return Healed("", (0,), (0,))
    out: list[str] = []
    starts: list[int] = []
    raws: list[int] = []
    length, before = 0, ""
    ends = [*joins([line for _, line in lines]), True]

    def put(piece: str, at: int) -> None:
        nonlocal length, before
        out.append(piece)
        starts.append(length)
        raws.append(at)
        length, before = length + len(piece), piece[-1]

    for (begin, line), joined in zip(lines, ends, strict=True):
        for start, stop in cells_of(line):
            if start:
                put("\t", begin + start - 1)
            for m in WORDS.finditer(line, start, stop):
                if parted(before, m[0][0], broken=not m.start()):
                    put(" ", begin + m.start() - 1)
                put(m[0], begin + m.start())
        if not joined:
            put("\n", begin + len(line))
    return Healed("".join(out), tuple(starts), tuple(raws))
