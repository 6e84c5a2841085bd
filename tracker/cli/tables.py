"""Tables for people: they fit the terminal, nothing in them is cut, and Chinese breaks where Chinese may break."""

import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .output import put, shown, word

GAP = "  "
ADDRESSES = re.compile(r"[!-+\--:<-?A-~]+@[!-+\--:<-~]+[,;、]?")
NARROWEST = 8  # columns that even the narrowest folded column gets


def print_table(
    rows: Iterable[Sequence[Any]],
    columns: Sequence[str],
    *,
    right: Sequence[str] = (),
    whole: Sequence[str] = (),
    weights: Mapping[str, int] | None = None,
    styles: Sequence[str] | None = None,
) -> None:
    """The rows as a table as wide as the terminal (COLUMNS goes before it).

    The columns in `right` are aligned right; those and the columns in `whole` are never folded, the others share what
    is left in proportion to `weights` (1 where not given). `styles` are rich's, one a row.
    """
    from rich.console import Console
    from rich.text import Text

    cells = [[word(column) for column in columns], *([shown(cell) for cell in row] for row in rows)]
    widths = widths_of(cells, columns, {*right, *whole}, weights or {}, shutil.get_terminal_size((80, 24)).columns)
    aligned = [column in right for column in columns]
    console = Console(highlight=False, soft_wrap=True, emoji=False, markup=False)
    for number, row in enumerate(cells):
        style = "bold" if number == 0 else (styles or [""] * len(cells))[number - 1]
        for line in folded(row, widths, aligned):
            console.print(Text(line, style=style))
        if number == 0:
            console.print(Text("─" * (sum(widths) + len(GAP) * (len(widths) - 1)), style="dim"))


def widths_of(
    cells: Sequence[Sequence[str]], columns: Sequence[str], whole: set[str], weights: Mapping[str, int], total: int
) -> list[int]:
    """How many columns of the terminal each column of the table gets: what it needs, or its share of what is left."""
    from ..render.wrapping import width

    needed = [max(width(row[place]) for row in cells) for place in range(len(columns))]
    folding = [place for place, column in enumerate(columns) if column not in whole]
    left = total - len(GAP) * (len(columns) - 1) - sum(needed[p] for p in range(len(columns)) if p not in folding)
    addressed = sum(any("@" in row[p] for row in cells) for p in folding)
    most = min(total // 3, (left - NARROWEST * (len(folding) - addressed)) // max(addressed, 1))
    least = [narrowest([row[place] for row in cells], most) for place in range(len(columns))]
    widths = list(needed)
    while folding:
        share = {p: left * weights.get(columns[p], 1) // sum(weights.get(columns[q], 1) for q in folding)
                 for p in folding}  # fmt: skip
        settled = (
            {p: needed[p] for p in folding if needed[p] <= max(share[p], least[p])}
            or {p: least[p] for p in folding if share[p] < least[p]}
            or share
        )
        for p, columns_of_p in settled.items():
            widths[p] = columns_of_p
        left -= sum(settled.values())
        folding = [p for p in folding if p not in settled]
    return widths


def narrowest(cells: Sequence[str], most: int) -> int:
    """The fewest columns that a folded column gets: an e-mail address that takes at most `most` stays whole."""
    addresses = [len(word) for cell in cells if "@" in cell for word in ADDRESSES.findall(cell)]
    return max([NARROWEST, *(length for length in addresses if length <= most)])


def folded(row: Sequence[str], widths: Sequence[int], aligned: Sequence[bool]) -> list[str]:
    """A row in as many lines as its longest cell takes; `aligned` says which cells stand at the right.

    Ambiguous characters (“…—) take one column on most terminals and two on some: room is kept for two.
    """
    from rich.cells import cell_len

    from ..render.wrapping import wrap

    parts = [wrap(cell, columns) for cell, columns in zip(row, widths, strict=True)]
    lines = []
    for number in range(max(map(len, parts), default=0)):
        line = [part[number] if number < len(part) else "" for part in parts]
        placed = [
            " " * (columns - cell_len(text)) + text if right else text + " " * (columns - cell_len(text))
            for text, columns, right in zip(line, widths, aligned, strict=True)
        ]
        lines.append(GAP.join(placed).rstrip())
    return lines


def print_field(name: str, value: str) -> None:
    """One labelled text, folded beside its label."""
    from ..render.wrapping import pad

    print_folded(value, pad(word(name), 12), " " * 12)


def print_folded(value: str, first: str = "", rest: str = "") -> None:
    """A text in lines that fit the terminal, the first behind `first`, the others behind `rest`."""
    from ..render.wrapping import wrap

    for line in wrap(shown(value), columns_of_terminal(), first, rest):
        put(line)


def columns_of_terminal() -> int:
    """How wide a folded text may be (COLUMNS goes before the terminal's own width)."""
    return max(shutil.get_terminal_size((80, 24)).columns, 40)
