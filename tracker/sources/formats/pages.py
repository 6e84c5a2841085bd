"""Text that is set on pages: pieces with their places, in the order of the file, made into lines in reading order.

The order of the file is kept, since it nearly always is the order of reading, save in three cases: what repeats at the
edges of the pages is left out, a ruled table is read by its cells, and two columns that a file gives line by line
across both are put one after the other.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from . import grids, tables

SCANNED: Final = "is a scanned picture: no text in it; run OCR first"
EDGE: Final = 0.1  # of the height: where headers, footers and page numbers stand
REPEATED: Final = 0.4  # of the pages: odd and even pages may differ
PAGE_NUMBER: Final = re.compile(r"[-—–－~·\s]*第?\s*\d{1,4}\s*页?(?:\s*[/,，]?\s*共?\s*\d{1,4}\s*页)?[-—–－~·\s]*")
GAP: Final = 2.0  # characters: a wider one parts cells
INTERLEAVED: Final = 0.5  # share of steps that change sides: 1.0 in files drawn across both columns, else below 0.3
FULL: Final = 0.6  # of the lines of a column end at its edge; those of a table's column do not


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters side by side, and the box that they fill; y grows downwards, as on paper."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def is_beside(self, other: "Piece") -> bool:
        """Whether both stand on one line."""
        shared = min(self.bottom, other.bottom) - max(self.top, other.top)
        return shared > 0.5 * min(self.bottom - self.top, other.bottom - other.top)


@dataclass(frozen=True, slots=True)
class Page:
    """The pieces of a page in the order of the file, and the rules drawn on it."""

    pieces: tuple[Piece, ...]
    width: float
    height: float
    rules: tuple[grids.Rule, ...] = ()


def text_of(pages: Sequence[Page]) -> str:
    """The lines of all pages."""
    repeated = _repeated(pages)
    found: list[str | list[tables.Row]] = []  # lines, and the rows of tables
    for page in pages:
        blocks = list(_blocks(page, repeated))
        if found and blocks and isinstance(above := found[-1], list) and isinstance(below := blocks[0], list):
            found[-1:], blocks = [tables.continued(above, below)], blocks[1:]
        found += blocks
    lines = (line for each in found for line in ([each] if isinstance(each, str) else tables.written(each)))
    return "".join(f"{line}\n" for line in lines)


def _place(piece: Piece, page: Page) -> tuple[str, int]:
    """What a header shares with those of other pages: its words but for numbers, and its height on the page."""
    return re.sub(r"\d+", "#", "".join(piece.text.split())), int(50 * piece.top / page.height)


def _is_at_edge(piece: Piece, page: Page) -> bool:
    return piece.bottom < EDGE * page.height or piece.top > (1 - EDGE) * page.height


def _repeated(pages: Sequence[Page]) -> set[tuple[str, int]]:
    found = Counter(
        place for page in pages for place in {_place(one, page) for one in page.pieces if _is_at_edge(one, page)}
    )
    return {place for place, count in found.items() if count >= max(2, REPEATED * len(pages))}


def _blocks(page: Page, repeated: set[tuple[str, int]]) -> Iterator[str | list[tables.Row]]:
    pieces = [one for one in page.pieces if not (_is_at_edge(one, page) and _place(one, page) in repeated)]
    alone = {one for one in pieces if _is_page_number(one, page, pieces)}
    pieces = [one for one in pieces if one not in alone]
    found = grids.find(page.rules)
    inside = [next((grid for grid in found if grid.holds(one)), None) for one in pieces]
    told: list[grids.Grid] = []
    outside: list[Piece] = []
    for piece, grid in zip(pieces, inside, strict=True):
        if grid is None:
            outside.append(piece)
        elif grid not in told:  # a table stands where its first cell does
            yield from _flowing(outside, page)
            outside = []
            own = [one for one, at in zip(pieces, inside, strict=True) if at is grid]
            yield list(tables.filled(grid.rows(own, lambda cell: "\n".join(_joined(cell)))))
            told.append(grid)
    yield from _flowing(outside, page)


def _is_page_number(piece: Piece, page: Page, pieces: Sequence[Piece]) -> bool:
    """Whether a piece is a number alone on its line, with nothing between it and the edge."""
    if not (_is_at_edge(piece, page) and PAGE_NUMBER.fullmatch(piece.text)):
        return False
    low = piece.top > page.height / 2
    return not any(
        one is not piece and (one.is_beside(piece) or (one.top > piece.top if low else one.bottom < piece.bottom))
        for one in pieces
    )


def _flowing(pieces: list[Piece], page: Page) -> Iterator[str]:
    """The lines of running text."""
    gutter = _gutter(pieces, page.width)
    return _joined(pieces if gutter is None else _by_columns(pieces, gutter))


def _joined(pieces: Sequence[Piece]) -> Iterator[str]:
    """Pieces as lines: beside each other on one, with a tab where a wide gap is."""
    line, last = "", None
    for piece in pieces:
        gap = piece.left - last.right if last else 0.0
        size = piece.bottom - piece.top
        if last and (not piece.is_beside(last) or gap < -size):
            yield line
            line = ""
        elif last:
            line += "\t" if gap > GAP * size else " "
        line, last = line + piece.text, piece
    if line:
        yield line


def _gutter(pieces: Sequence[Piece], width: float) -> float | None:
    """Where the page parts into two columns of running text whose lines the file gives by turns; else None."""
    middle = [width * (0.3 + 0.4 * step / 80) for step in range(81)]
    crossed = [sum(one.left < x < one.right for one in pieces) for x in middle]
    least = min(crossed)
    free = [x for x, count in zip(middle, crossed, strict=True) if count == least]
    gutter = free[len(free) // 2]
    sides = [one.left >= gutter for one in pieces if not one.left < gutter < one.right]
    if least > 0.1 * len(pieces) or len(sides) < 8 or not 0.25 < sum(sides) / len(sides) < 0.75:
        return None
    switches = sum(before != after for before, after in pairwise(sides))
    left = [one.right for one in pieces if one.right <= gutter]
    size = max(one.bottom - one.top for one in pieces)
    full = sum(max(left) - right < 1.5 * size for right in left)
    return gutter if switches > INTERLEAVED * (len(sides) - 1) and full >= FULL * len(left) else None


def _by_columns(pieces: Sequence[Piece], gutter: float) -> list[Piece]:
    """First the left column, then the right; what stands across both parts those above it from those below."""
    across = sorted(one.top for one in pieces if one.left < gutter < one.right)

    def place(piece: Piece) -> tuple[int, int, float, float]:
        side = -1 if piece.left < gutter < piece.right else int(piece.left >= gutter)
        above = sum(top <= piece.top for top in across)
        return above, side, piece.top, piece.left

    return sorted(pieces, key=place)
