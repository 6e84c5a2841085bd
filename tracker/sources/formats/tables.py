"""A table's cells as lines of text, in the form in which documents are healed and read: a row a line, tabs between.

`documents.healing` takes a line for a row from three cells on, and no blank for a cell: what is missing is BLANK.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ...documents.markers import LABEL

BLANK: Final = "—"
FEWEST: Final = 3
COLUMNS_AT_MOST: Final = 1000  # more than any table has; a span of a million columns is none
HEADING_AT_MOST: Final = 12  # characters: a longer cell names no column
BODY: Final = re.compile("[局委办厅院会府处室队组站所心司团部][）)]?$")
PUNCTUATION: Final = "，、；：。！？,;:!?（(“《—-"
NUMBERED: Final = re.compile(r"[（(]?(?:[0-9０-９]{1,3}|[一二三四五六七八九十]{1,3})(?:[）)]|[、.．](?![0-9]))|[①-⑳]")


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """The lines of a cell, and the rows and columns that it spans."""

    text: str
    rows: int = 1
    columns: int = 1


Row = list[Cell | None]  # by columns; None where a cell goes on from the left and names no column


def lines(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """A line for each row that is not empty; what is merged over rows stands in each of them."""
    return written(filled(rows))


def written(rows: Iterable[Row]) -> Iterator[str]:
    """The rows of a grid as lines.

    A row that says one thing is no row (a heading between the rows), and one of a label (完成时限) and its value is a
    label line.
    """
    for row in rows:
        said = [cell.text for cell in row if cell and cell.text]
        if len(said) == 1:
            yield from said[0].split("\n")
        elif len(row) == 2 and len(said) == 2 and LABEL.fullmatch(label := f"{said[0].strip().rstrip('：:')}："):
            yield label + joined(said[1])
        elif said:
            last = max(i for i, cell in enumerate(row) if cell and cell.text)
            cells = [(cell and joined(cell.text)) or BLANK for cell in row[: last + 1]]
            yield "\t".join(cells + [BLANK] * (FEWEST - len(cells)))


def joined(cell: str) -> str:
    """The lines of a cell as one: bodies below each other become a list, numbered points sentences."""
    text = ""
    for line in (" ".join(each.replace("\t", "，").replace("|", "｜").split()) for each in cell.split("\n")):
        if text and line and text[-1] not in PUNCTUATION and line[0] not in PUNCTUATION:
            text += "；" if NUMBERED.match(line) else "、" if BODY.search(text[-2:]) and BODY.search(line) else ""
        text += line
    return text


def filled(rows: Iterable[Sequence[Cell]]) -> Iterator[Row]:
    """The cell at each place of the grid; of a row that is one cell that cell."""
    below: dict[int, tuple[Cell | None, int]] = {}  # by column: what goes on downwards, and for how many rows
    for row in rows:
        cells, line, parts = iter(row), Row(), 0
        while len(line) < COLUMNS_AT_MOST:
            column = len(line)
            if column in below:
                cell, left = below.pop(column)
                if left > 1:
                    below[column] = (cell, left - 1)
                line.append(cell)
                parts += 1
                continue
            new = next(cells, None)
            if new is None and not any(one > column for one in below):
                break
            new, parts = (new, parts + 1) if new else (Cell(""), parts)
            for i in range(min(new.columns, COLUMNS_AT_MOST - column)):
                line.append(cell := new if i == 0 or names_columns(new.text) else None)
                if new.rows > 1:
                    below[column + i] = (cell, new.rows - 1)
        yield line[:1] if parts == 1 else line


def names_columns(text: str) -> bool:
    """Whether a cell that spans columns is a heading over them; of anything else a repetition would count twice."""
    return len(text) <= HEADING_AT_MOST and not any(c.isdigit() for c in text)


def continued(above: list[Row], below: list[Row]) -> list[Row]:
    """The rows of a table that goes on overleaf, where its header may be repeated and a row be cut by the page's end.

    A row without a number goes on from the one above: what it leaves open is that row's, and if it says but one thing
    this is the rest of that row's own.
    """
    if below and [c and c.text for c in below[0]] == [c and c.text for c in above[0]]:
        below = below[1:]
    if not below or len(below[0]) != len(above[-1]) or (below[0][0] and below[0][0].text):
        return above + below
    first, last = below[0], above[-1]
    open_ = {id(cell): last[i] for i, cell in enumerate(first) if cell and not cell.text}
    said = [i for i, cell in enumerate(first) if cell and cell.text]
    if len(said) == 1 and (begun := last[said[0]]):
        rest = first[said[0]]
        last[said[0]] = Cell(f"{begun.text}\n{rest.text if rest else ''}")
        below = below[1:]
    return above + [[open_.get(id(cell), cell) for cell in row] for row in below]
