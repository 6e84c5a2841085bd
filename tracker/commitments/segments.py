"""Segments: the pieces of a clause between its commas, and where a commitment's quote begins."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

COMMA = re.compile("[，,（(〔［《“）)〕］》”]")
# What may stand between the beginning of a clause and its date without being a subject of its own.
OPENER = re.compile("(?:到|至|自|从|在|截至|截止|并|且|其中)?$")
# Words that carry the former segment's object on: "制定方案，力争在12月底前完成" is about the 方案.
CONTINUES = re.compile(
    "(?:并|且|也|都|均)?(?:将|拟|须|应|要|计划|预计|力争|争取|确保|务必|必须|应当|原则上|最迟|不晚于|不迟于|请|统一|全部)*"
    "(?:到|于|在|自|至)?$"
)
# What is said of all that stands before: "继续返还工会经费，政策执行至2024年12月31日".
VALID = re.compile(
    "(?:以上|上述|该|本)?(?:政策|措施)?(?:执行|实施|有效|延续)(?:期限|时间|期)?(?:至|到|为|截至|截止到?)?$"
)
# A verb without an object speaks of what stands before: "修订章程，11月底前完成".
BARE_VERB = re.compile(
    "，?(?:全部|全面|基本|正式|一并)?(?:完成|上报|报送|到位|建成|投用|投入使用|见效|实施|印发|出台|上线|启用|开工|完工|竣工)$"
)
LISTS = re.compile("(?:任务|目标|节点|安排|进度|计划|步骤|如下)：(?=(?:到|于|在|至)?$)")  # 完成改造任务：一季度摸底，…
SUBJECT_DUTY = re.compile(
    "请(?:你|各|有关|相关)|[\\u4e00-\\u9fff（()）、]{2,30}?(?:负责|(?<![主重需])要(?![求素点])|应|须|牵头)"
)


class Segment(NamedTuple):
    """A piece of a clause between two commas outside brackets and quotes; offsets are those of the text."""

    start: int
    stop: int


@lru_cache(maxsize=16)  # asked for by whoever reads a clause
def segments(text: str, start: int, stop: int) -> tuple[Segment, ...]:
    """The segments of a clause, in order."""
    found, begin, depth = [], start, 0
    for m in COMMA.finditer(text, start, stop):
        if m[0] in "（(〔［《“":
            depth += 1
        elif m[0] in "）)〕］》”":
            depth = max(0, depth - 1)
        elif depth == 0:
            found.append(Segment(begin, m.start()))
            begin = m.end()
    return (*found, Segment(begin, stop))


def opens(text: str, segment: Segment, at: int) -> bool:
    """Whether a date at an offset opens its segment, so that it governs what follows and carries over ；."""
    return bool(OPENER.fullmatch(text, segment.start, at))


DUTY = re.compile("[^，；]{0,40}?(?:应当?|须|必须|原则上)")


def with_condition(text: str, pieces: Sequence[Segment], start: int) -> int:
    """Where a quote begins that the condition of its duty opens: 有下列情形之一的，应当自发生之日起10日内更新."""
    before = next((piece for piece, now in pairwise(pieces) if now.start == start), None)
    conditional = before and text[before.stop - 1 : before.stop + 1] == "的，" and DUTY.match(text, start)
    return before.start if before and conditional else start


def quote_start(text: str, pieces: Sequence[Segment], index: int, date: tuple[int, int], floor: int) -> int:
    """Where the quote of a date's span in `pieces[index]` begins: at its subject or its date, never before `floor`.

    A date that opens its segment begins the quote; so does a subject in the same segment. Where the segment goes on
    about what the former ones said, the quote reaches back to the nearest subject, or to the first of them.
    """
    start, (at, end) = pieces[index].start, date
    if told := LISTS.search(text, start, at):
        return told.end()
    if opens(text, pieces[index], at):
        goes_on = BARE_VERB.match(text, end, pieces[index].stop)
    else:
        goes_on = CONTINUES.fullmatch(text, start, at) or VALID.fullmatch(text, start, at)
    if not goes_on:
        return start
    for piece in reversed(pieces[:index]):
        if piece.start < floor:
            break
        start = piece.start
        if SUBJECT_DUTY.match(text, piece.start, piece.stop):
            break
    return start
