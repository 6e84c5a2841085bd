"""Stacked tables: tables that were copied with one cell a line, a header's cells and then as many for each row."""

import re
from collections.abc import Iterator
from itertools import groupby, pairwise

from .markers import HEADING

TASK = re.compile("(?:重点|主要|具体|改革|整改|年度)?(?:工作)?(?:任务|内容|事项|措施|举措|项目|要点)(?:名称)?")
WHO_OR_WHEN = re.compile(
    "(?:牵头|责任|配合|主办|协办|承办|实施|负责|落实|参与)(?:单位|部门|主体|领导|科室|处室|人)"
    "|(?:计划|预计)?(?:完成|整改|办结|推进)?(?:时限|期限|时间)(?:要求|安排|节点)?"
)
OTHER = re.compile("序号|编号|类别|领域|备注|(?:工作|整改|预期)?目标|(?:工作)?要求|(?:进展|完成|落实)情况|成果形式")
NUMBER = re.compile("[0-9]{1,3}")
LONGEST_HEAD = 10  # characters
ROW_AT_MOST = 4  # times as many lines as the header has: a cell that is broken over lines makes a row longer


def stacked(lines: list[str]) -> dict[int, str]:
    """What parts each line of such a table, and the one before it, from the next: a tab, a newline, or nothing."""
    heads = [len(line) <= LONGEST_HEAD and is_head(line) for line in lines]
    if not any(heads):
        return {}
    found: dict[int, str] = {}
    for start, stop in runs(heads):
        words = lines[start:stop]
        if len(words) >= 3 and any(map(TASK.fullmatch, words)) and any(map(WHO_OR_WHEN.fullmatch, words)):
            found |= {start - 1: "\n"} if start else {}
            for begin, end in pairwise([start, *row_ends(lines, stop, len(words))]):
                found |= {i: "" if lines[i][-1] in "，、（" else "\t" for i in range(begin, end - 1)}
                found[end - 1] = "\n"
    return found


def is_head(line: str) -> bool:
    """Whether a line is the head of a column."""
    return bool(TASK.fullmatch(line) or WHO_OR_WHEN.fullmatch(line) or OTHER.fullmatch(line))


def runs(flags: list[bool]) -> Iterator[tuple[int, int]]:
    """The half-open spans of the runs of True."""
    for flag, run in groupby(range(len(flags)), key=flags.__getitem__):
        indices = list(run)
        if flag:
            yield indices[0], indices[-1] + 1


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
