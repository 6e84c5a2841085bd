"""The whole extraction: from a document as it was read to its commitments, in characters a second."""

from collections.abc import Callable
from functools import partial

from measuring import interleaved, middle, seconds, show, spread
from samples import SEED, healed_seed, source

from tracker.commitments import extract
from tracker.documents import Source, heal, outline

STEPS: dict[str, Callable[[Source, str], object]] = {
    "heal": lambda document, _: heal(document.text),
    "outline": lambda _, healed: outline(healed),
    "extract, all of it": lambda document, _: extract(document),
}


def run(*, quick: bool) -> None:
    """The steps and the whole, on the seed as it stands and on the seed ten times over."""
    raw, rounds = SEED.read_text("utf-8"), 2 if quick else 15
    names, calls, sizes = [], [], []
    for copies in (1, 10):
        document, healed = source(raw * copies), "\n".join([healed_seed()] * copies)
        for name, step in STEPS.items():
            names.append(f"{name}, {copies} x")
            calls.append(partial(seconds, partial(step, document, healed)))
            sizes.append(len(document.text))
    interleaved(calls, 1)
    rows = []
    for name, size, taken in zip(names, sizes, interleaved(calls, rounds), strict=True):
        milliseconds = [1000 * s for s in taken]
        rows.append([name, f"{size / middle(taken):,.0f}", f"{middle(milliseconds):,.1f}", spread(milliseconds)])
    title = f"Extraction of the seed, {len(raw):,} characters as read, {rounds} rounds"
    show(title, ["", "characters/s", "ms", "least–most"], rows)
