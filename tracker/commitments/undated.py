"""Where a day could stand and none does: duties to be done always or at once (长期坚持, 立行立改), and words unread."""

import re
from bisect import bisect_left
from collections.abc import Iterator

from ..documents import Item, TableRow
from .agencies import A_BODY
from .tables import Header, read_header

WORDS = (
    "(?:立行立改|立知立改|即知即改|边查边改|立即整改|马上整改|(?:长期|持续|常态化)(?:坚持|推进|整改|开展|落实|实施|抓好)?"
    "|经常性(?:工作|开展)?|贯穿全年|贯穿始终)"
)
DUTY = re.compile(f"{WORDS}(?:[，、；并且]{{0,2}}{WORDS}){{0,3}}")
EMPTY = re.compile("[-—–/／]*(?:暂?无|空)?")
IN_REMARK = re.compile(f"(?<=[:：，,；;】\\]]){DUTY.pattern}(?=[，,；;。）)〕］]|$)")


def undated(text: str, item: Item, dated: list[int]) -> Iterator[tuple[int, int]]:
    """The half-open spans of an item's undated duties: in label lines, in brackets, in a table's column of deadlines.

    `dated` are the offsets of its mentions: beside a day such words say how it goes on afterwards.
    """
    spans = set()  # a label may stand inside another's line
    for remark in item.remarks:
        found = IN_REMARK.search(text, remark.start, remark.stop)
        if found and not any(remark.start <= at < remark.stop for at in dated):
            spans.add(found.span())
    yield from sorted(spans)
    header: Header = {}
    for row in item.rows:
        header = read_header(text, row) or header
        yield from in_row(text, row, header)


def in_row(text: str, row: TableRow, header: Header) -> Iterator[tuple[int, int]]:
    """The cells of a row that hold such words under the head of a deadline."""
    return (span for span in deadlines(row, header) if DUTY.fullmatch(text, *span))


def unread(text: str, item: Item, dated: list[int]) -> Iterator[tuple[int, int]]:
    """The half-open spans of cells under the head of a deadline whose words are no date, no such duty and no body."""
    header: Header = {}
    for row in item.rows:
        below, header = header, read_header(text, row) or header
        for start, stop in deadlines(row, header) if header is below else ():
            known = any(words.fullmatch(text, start, stop) for words in (EMPTY, DUTY, A_BODY))
            if not known and bisect_left(dated, start) == bisect_left(dated, stop):
                yield start, stop


def deadlines(row: TableRow, header: Header) -> Iterator[tuple[int, int]]:
    """The cells of a row under the head of a deadline."""
    return (span for column, span in enumerate(row.cells) if header.get(column) == "when")
