"""The whole extraction, from a document as it was read to its commitments, beside JioNLP's reading of its dates."""

from collections.abc import Callable
from functools import partial

from measuring import interleaved, middle, seconds, show, spread
from samples import PUBLISHED, SEED, healed_seed, source
from timexes import Peer

from tracker.commitments import extract
from tracker.documents import Source, heal, outline

STEPS: dict[str, Callable[[Source, str], object]] = {
    "heal": lambda document, _: heal(document.text),
    "outline": lambda _, healed: outline(healed),
    "extract, all of it": lambda document, _: extract(document),
}


def run(interpreter: str | None, *, quick: bool) -> None:
    """The steps and the whole, on the seed as it stands and on the seed ten times over; without a peer, ours alone."""
    raw, rounds = SEED.read_text("utf-8"), 2 if quick else 15
    sides: list[tuple[str, int, Callable[[], float]]] = []
    for copies in (1, 10):
        document, healed = source(raw * copies), "\n".join([healed_seed()] * copies)
        for name, step in STEPS.items():
            call = partial(seconds, partial(step, document, healed))
            sides.append((f"{name}, {copies} x", len(document.text), call))
    peer = Peer(interpreter) if interpreter else None
    if peer:
        question = {"texts": [healed_seed()] * 10, "day": PUBLISHED.isoformat()}
        sides.append(
            ("JioNLP, the dates alone, 10 x", 10 * len(healed_seed()), lambda: peer.asks(**question)["seconds"])
        )
    calls = [call for _, _, call in sides]
    interleaved(calls, 1)
    speeds = [[size / s for s in taken] for (_, size, _), taken in zip(sides, interleaved(calls, rounds), strict=True)]
    rows = [
        [name, f"{middle(speed):,.0f}", spread(speed), f"{middle(speed) / middle(speeds[-1]):.1f}" if peer else "–"]
        for (name, _, _), speed in zip(sides, speeds, strict=True)
    ]
    title = f"Extraction of the seed, {len(raw):,} characters as read, {rounds} rounds"
    show(title, ["", "characters/s", "least–most", "x JioNLP"], rows)
    if peer:
        peer.close()
