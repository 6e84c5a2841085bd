"""Undated duties: what is to be done always or at once (长期坚持, 立行立改) where a day could stand; counted."""

import re
from collections.abc import Iterator

from ..documents import Item, TableRow
from .tables import Header, read_header

WORDS = (
    "(?:立行立改|立知立改|即知即改|边查边改|立即整改|马上整改|(?:长期|持续|常态化)(?:坚持|推进|整改|开展|落实|实施|抓好)?"
    "|经常性(?:工作|开展)?|贯穿全年|贯穿始终)"
)
DUTY = re.compile(f"{WORDS}(?:[，、；并且]{{0,2}}{WORDS}){{0,3}}")
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
    for column, (start, stop) in enumerate(row.cells):
        if header.get(column) == "when" and DUTY.fullmatch(text, start, stop):
            yield start, stop
