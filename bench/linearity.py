"""Texts that are hard to read: does twice the text take twice the time?"""

from collections.abc import Callable
from functools import partial
from itertools import pairwise

from measuring import interleaved, seconds, show
from samples import HARD, PUBLISHED, hard, source

from tracker.commitments import extract
from tracker.documents import heal
from tracker.timex import find_timexes

READERS: dict[str, Callable[[str], object]] = {
    "find_timexes": lambda text: find_timexes(text, PUBLISHED),
    "heal": heal,
    "extract": lambda text: extract(source(text)),
}


def run(*, quick: bool) -> None:
    """For each reader and each text, the milliseconds at three sizes and the ratios between them."""
    sizes, rounds = ((1_000, 2_000, 4_000), 1) if quick else ((100_000, 200_000, 400_000), 2)
    for name, read in READERS.items():
        rows = []
        for shape, piece in HARD.items():
            calls = [partial(seconds, partial(read, hard(piece, size))) for size in sizes]
            times = [min(taken) for taken in interleaved(calls, rounds)]  # of few rounds, the least disturbed one
            ratios = [f"{later / sooner:.1f}" for sooner, later in pairwise(times)]
            rows.append([shape, *(f"{1000 * s:,.1f}" for s in times), *ratios])
        columns = ["ms for so many characters", *(f"{size:,}" for size in sizes), *("ratio" for _ in sizes[1:])]
        show(f"{name}: does twice the text take twice the time? least of {rounds} rounds", columns, rows)
