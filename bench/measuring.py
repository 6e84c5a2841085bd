"""Rounds, medians and tables: how every figure here is taken and shown."""

import statistics
import time
import unicodedata
from collections.abc import Callable, Sequence


def seconds(work: Callable[[], object]) -> float:
    """The wall time of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def interleaved(sides: Sequence[Callable[[], float]], rounds: int) -> list[list[float]]:
    """What each side answers, round after round, all sides in each round: a busy moment hits them alike."""
    answers: list[list[float]] = [[] for _ in sides]
    for _ in range(rounds):
        for side, found in zip(sides, answers, strict=True):
            found.append(side())
    return answers


def middle(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)


def spread(values: Sequence[float]) -> str:
    """The least and the greatest, for a reader to judge the median by."""
    digits = 0 if min(values) >= 100 else 1
    return f"{min(values):,.{digits}f}–{max(values):,.{digits}f}"


def width(text: str) -> int:
    """The cells that a text takes in a terminal."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints a table: the first column left, the others right."""
    widths = [max(width(row[i]) for row in (columns, *rows)) for i in range(len(columns))]
    print(f"\n{title}")
    for row in (columns, *rows):
        blanks = [" " * (cells - width(cell)) for cells, cell in zip(widths, row, strict=True)]
        others = [blank + cell for blank, cell in zip(blanks[1:], row[1:], strict=True)]
        print("  " + "  ".join([row[0] + blanks[0], *others]))
