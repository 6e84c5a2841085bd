"""Stacked tables: tables that were copied with one cell a line, a header's cells and then as many for each row."""

import re
from collections.abc import Iterator
from itertools import pairwise

from .markers import HEADING

FIRST_HEAD = ("序号", "编号")
NUMBER = re.compile("[0-9]{1,3}")
LONGEST_HEAD = 14  # characters
COLUMNS = range(3, 13)
ROW_AT_MOST = 4  # times as many lines as the header has: a cell that is broken over lines makes a row longer


def stacked(lines: list[str]) -> dict[int, str]:
    """What parts each line of such a table, and the one before it, from the next: a tab, a newline, or nothing."""
    found: dict[int, str] = {}
    for start in [i for i, line in enumerate(lines) if line in FIRST_HEAD]:
        if width := columns(lines, start):
            found |= {start - 1: "\n"} if start else {}
            for begin, end in pairwise([start, *row_ends(lines, start + width, width)]):
                found |= {i: "" if lines[i][-1] in "，、（" else "\t" for i in range(begin, end - 1)}
                found[end - 1] = "\n"
    return found


def columns(lines: list[str], start: int) -> int:
    """How many heads stand one a line from an offset to the number of the first row; 0 where it is no header."""
    width = next((n for n in COLUMNS if start + n < len(lines) and NUMBER.fullmatch(lines[start + n])), 0)
    heads = lines[start : start + width]
    return width if all(len(line) <= LONGEST_HEAD and line[-1] not in "。；，、" for line in heads) else 0


def row_ends(lines: list[str], start: int, width: int) -> Iterator[int]:
    """Where the header that stops at `start` ends, and each row below it: rows are told by their running number."""
    yield start
    while start < len(lines) and NUMBER.fullmatch(lines[start]):
        following = str(int(lines[start]) + 1)
        nearby = range(start + 2, min(start + ROW_AT_MOST * width + 1, len(lines)))
        candidates = [i for i in nearby if lines[i] == following]
        if candidates:
            start = min(candidates, key=lambda i: abs(i - start - width))
        else:
            start = next((i for i in nearby if HEADING.match(lines[i])), min(start + width, len(lines)))
        yield start
