"""Healing: broken lines joined, stray blanks removed, and every healed character mapped back to where it stood."""

import re
import unicodedata
from itertools import pairwise

from .markers import HEADING, LABEL, MARKER
from .values import Healed

BLANK = "[ \\t\\u3000\\xa0\\u2002-\\u200b\\ufeff\\x0b\\x0c\\r\\u2028\\u2029]"
LINE = re.compile(r"[^\n]+")
PIECE = re.compile(f"{BLANK}+|[^ \\t\\u3000\\xa0\\u2002-\\u200b\\ufeff\\x0b\\x0c\\r\\u2028\\u2029]+")
FINAL = "。！？!?…"
INDENT = re.compile(r"(?<=[。！？；：])\u3000{2,}(?=\S)")  # paragraphs run together, told by the indent of the next


def width(line: str) -> int:
    """The cells that a line takes in a column of type: two for a wide character (UAX #11)."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def lines_of(raw: str) -> list[tuple[int, str]]:
    """The lines that are not blank, stripped, with the offsets at which they begin."""
    found = []
    for m in LINE.finditer(INDENT.sub(lambda m: "\n" * len(m[0]), raw)):
        line = m[0].strip(" \t\u3000\xa0\u200b\ufeff\r\x0b\x0c")
        if line:
            found.append((m.start() + m[0].index(line), line))
    return found


def joins(lines: list[str]) -> list[bool]:
    """For each line but the last, whether the next one continues it."""
    if not any(c in line for line in lines for c in FINAL):
        return [True] * (len(lines) - 1)  # a fragment of a sentence
    widths = [width(line) for line in lines]
    full = 0.8 * sorted(widths)[int(0.9 * (len(widths) - 1))]
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

    A blank stays, as one space, only between two ASCII letters or digits. Characters are never changed: full-width
    digits stay as they are. Linear in the length of `raw`.
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
        for m in PIECE.finditer(line):
            gap = begin + m.start() - 1
            if parted(before, m[0][0], broken=not m.start()):
                put(" ", gap)
            if not re.fullmatch(BLANK, m[0][0]):
                put(m[0], begin + m.start())
        if not joined:
            put("\n", begin + len(line))
    return Healed("".join(out), tuple(starts), tuple(raws))
