"""Healing: broken lines joined, stray blanks removed, and every healed character mapped back to where it stood."""

import re
from collections.abc import Iterable, Iterator
from itertools import accumulate, pairwise
from math import ceil

from .markers import HEADING, LABEL, MARKER, starts_marker
from .stacked import stacked
from .values import Healed

BLANKS = " \t\u3000\xa0\xad\u1680\u180e" + "".join(map(chr, range(0x2000, 0x2010))) + "\u202f\u205f\u2060\ufeff"
ENDS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"  # where str.splitlines parts
LINE = re.compile(f"[^{BLANKS}{ENDS}](?:[^{ENDS}]*[^{BLANKS}{ENDS}])?")
NARROW = re.compile("[\x00-\t\x0b-\u10ff\u1160-\u2e7f\uff61-\uffdc]+")  # neither wide nor full-width in UAX #11, nearly
BLANK = re.compile(f"[{BLANKS}]")
WORDS = re.compile(f"[^{BLANKS}]+")
CELLS = re.compile(r"(?<=\S)(?: *\t[ \t]*| *\|[ |]*| {3,})(?=\S)")  # what stands between the cells of a table's row
BORDERS = re.compile("[\t|]")  # there is an empty cell between two of them
DATE_LINE = re.compile(
    "(?:[0-9０-９]{4}|[一二〇零○九][〇零○OＯ一二三四五六七八九]{3})年[0-9０-９一二三四五六七八九十]{1,3}月[0-9０-９一二三四五六七八九十]{1,3}[日号]"
)
WIDE = re.compile(f"[{BLANKS}]{{3,}}")
ENDS_A_NOTICE = re.compile("附件[:：0-9]|[^。]{1,2000}。")  # what stands before the signature, with it in one line
NARROWEST = 24  # cells: no column of type is narrower, so a shorter line was ended, not broken
OPENING, CLOSING = "（(〔［“", '）)〕］”"'
BRACKETS = re.compile(f"[{OPENING}{CLOSING}。\n]")
FINAL = frozenset("。！？!?…")
ENDED = FINAL | frozenset("；;")
LABELLING = frozenset("：:")
GOES_ON = frozenset("，、,（(“《—")
TOLD = ENDED | LABELLING | GOES_ON  # an end that says by itself whether the next line continues it
CONTINUES = frozenset("，。、；：）)〕”》,;:")
REMARK_ENDS = re.compile("(?:负责|牵头|配合|落实|完成|[年月]底前?|长期|[局委办厅])[）)〕］】]$")  # who, or by when
UNITS = frozenset("年月日个万亿")
# Paragraphs run together: told by the indent of the next, or by its number.
INDENT = re.compile(
    r"(?<=[。！？；：:])(?:\u3000{2,}(?=\S)"
    r"|[ \u3000\xa0]+(?=[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|附件[:：0-9]))"
)


def widths_of(lines: list[str]) -> list[int]:
    """The cells that each line takes in a column of type: two for a wide character (UAX #11)."""
    wide = NARROW.sub("", "\n".join(lines)).split("\n")
    return [len(line) + len(characters) for line, characters in zip(lines, wide, strict=True)]


def lines_of(raw: str) -> list[tuple[int, str]]:
    """The lines that are not blank, stripped, with the offsets at which they begin."""
    text = INDENT.sub(lambda m: "\n" * len(m[0]), raw)
    return [part for m in LINE.finditer(text) for part in apart_from_signature(m.start(), m[0])]


def apart_from_signature(begin: int, line: str) -> list[tuple[int, str]]:
    """A line that begins at an offset, or its parts between wide blanks where the signature of a notice is one."""
    if "日" not in line or not WIDE.search(line) or not ENDS_A_NOTICE.match(line):
        return [(begin, line)]
    gaps = [m.span() for m in WIDE.finditer(line)]
    starts, stops = [0, *(stop for _, stop in gaps)], [*(start for start, _ in gaps), len(line)]
    parts = [(begin + start, line[start:stop]) for start, stop in zip(starts, stops, strict=True)]
    return parts if any(is_date(part) for _, part in parts) else [(begin, line)]


def pieces_of(line: str, *, row: bool) -> Iterator[tuple[str, int]]:
    """The words of a line and, in the row of a table, a tab between two cells, each with its offset."""
    begin, stop = (line[0] == "|", len(line) - (line[-1] == "|")) if row else (0, len(line))
    for gap in CELLS.finditer(line, begin, stop) if row else ():
        yield from words_of(line, begin, gap.start())
        borders = [m.start() for m in BORDERS.finditer(line, *gap.span())]
        yield from (("\t", at) for at in borders or [gap.start()])
        begin = gap.end()
    yield from words_of(line, begin, stop)


def words_of(line: str, start: int, stop: int) -> Iterable[tuple[str, int]]:
    """What stands between the blanks of a part of a line, each with its offset."""
    return [(m[0], m.start()) for m in WORDS.finditer(line, start, stop)]


def is_row(line: str) -> bool:
    """Whether a line is the row of a table: three cells or more, set apart by tabs, pipes or wide blanks."""
    if "\t" not in line and "|" not in line and "   " not in line:
        return False
    return sum(len(BORDERS.findall(gap)) or 1 for gap in CELLS.findall(line)) >= 2


def joins(lines: list[str], rows: list[bool]) -> list[bool]:
    """For each line but the last, whether the next one continues it; `rows` tells those of tables."""
    marked = [starts_marker(line) for line in lines]
    apart = [row or is_date(line) for row, line in zip(rows, lines, strict=True)]
    if not any(rows) and not any(marked[1:]) and not any(c in line for line in lines for c in FINAL):
        return [True] * (len(lines) - 1)  # a fragment
    widths = widths_of(lines)
    full = max(NARROWEST, 0.8 * sorted(widths)[ceil(0.9 * (len(widths) - 1))])
    untold = [widths[i] for i in range(len(lines) - 1) if lines[i][-1] not in TOLD and not marked[i + 1]]
    wrapped = sum(width >= full for width in untold) > 0.3 * len(untold)
    result = []
    for i, ((line, following), depth) in enumerate(zip(pairwise(lines), depths_of(lines), strict=False)):
        if apart[i] or apart[i + 1]:
            result.append(False)
        elif (depth and line[-1] not in FINAL) or (marked[i] and is_marker(line)):
            result.append(True)
        elif marked[i + 1]:
            result.append(False)
        else:
            result.append(continues(line, following, wrapped and not (widths[i] < 0.75 * full and HEADING.match(line))))
    return result


def is_date(line: str) -> bool:
    """Whether a line is a day of signature."""
    return line[-1] in "日号" and bool(DATE_LINE.fullmatch(BLANK.sub("", line)))


def is_marker(line: str) -> bool:
    """Whether a line that begins with a marker is nothing else."""
    return line[0] not in FINAL and bool(MARKER.fullmatch(line))


def continues(line: str, following: str, otherwise: bool) -> bool:
    """Whether `following` continues `line`; `otherwise` where neither the end nor the beginning tells."""
    last, first = line[-1], following[0]
    if last in GOES_ON or first in CONTINUES or (first in UNITS and last.isdigit()):
        return True
    if last in LABELLING:
        return bool(LABEL.fullmatch(line))
    if REMARK_ENDS.search(line):
        return False
    return otherwise and last not in ENDED


def depths_of(lines: list[str]) -> list[int]:
    """How many brackets and quotes are open after each line; a full stop closes what was forgotten."""
    found, depth = [], 0
    for c in BRACKETS.findall("\n".join((*lines, ""))):
        if c == "\n":
            found.append(depth)
        else:
            depth = 0 if c == "。" else depth + 1 if c in OPENING else max(0, depth - 1)
    return found


def parted(before: str, after: str, *, broken: bool) -> bool:
    """Whether a blank stays between two characters: in Latin text, but not where a line break cut a number."""
    latin = after.isascii() and before.isascii() and before.isalnum() and after.isalnum()
    return latin and not (broken and before.isdigit() and after.isdigit())


def heal(raw: str) -> Healed:
    """The text with broken lines joined and stray blanks removed; paragraphs are separated by one newline.

    A blank stays, as one space, only between two ASCII letters or digits, and as a tab between the cells of a table's
    row. Characters are never changed: full-width digits stay as they are. Linear in the length of `raw`.
    """
    lines = lines_of(raw)
    if not lines:
        return Healed("", (0,), (0,))
    rows = [is_row(line) for _, line in lines]
    texts = [line for _, line in lines]
    between = ["" if joined else "\n" for joined in (*joins(texts, rows), True)]
    for i, separator in stacked(texts).items():
        between[i] = separator
    pieces: list[str] = []
    raws: list[int] = []
    before = ""
    for (begin, line), row, separator in zip(lines, rows, between, strict=True):
        for piece, at in pieces_of(line, row=row) if row or BLANK.search(line) else ((line, 0),):
            if before.isascii() and parted(before, piece[0], broken=not at):
                pieces.append(" ")
                raws.append(begin + at - 1)
            pieces.append(piece)
            raws.append(begin + at)
            before = piece[-1]
        if separator:
            pieces.append(separator)
            raws.append(begin + len(line))
            before = separator
    starts = accumulate(map(len, pieces), initial=0)
    return Healed("".join(pieces), tuple(starts)[:-1], tuple(raws))
