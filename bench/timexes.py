"""Reading time expressions: how fast and how rightly, beside JioNLP on the same texts in the same run."""

import json
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

from measuring import interleaved, middle, seconds, show, spread
from samples import EXPRESSIONS, PUBLISHED, healed_seed

from tracker.timex import find_timexes


class Peer:
    """JioNLP in the interpreter of another environment."""

    def __init__(self, interpreter: str) -> None:
        program = [interpreter, str(Path(__file__).with_name("peer.py"))]
        self.process = subprocess.Popen(
            program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.asks(texts=["2018年12月底前完成"], day=PUBLISHED.isoformat())  # loads its dictionaries

    def asks(self, **question: object) -> dict:
        """The answer to one question. Raises RuntimeError where the peer is gone."""
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps(question), file=self.process.stdin, flush=True)
        answered = self.process.stdout.readline()
        if not answered:
            raise RuntimeError("the peer has ended; is JioNLP in its environment?")
        found: dict = json.loads(answered)
        return found

    def close(self) -> None:
        """Ends it."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(60)


def own(texts: list[str]) -> float:
    """The seconds that our reader takes."""
    return seconds(lambda: [find_timexes(text, PUBLISHED) for text in texts])


def speed(peer: Peer | None, copies: int, rounds: int) -> None:
    """Characters a second, a call for each document and a call for each paragraph."""
    documents = [healed_seed()] * copies
    ways = {"a document": documents, "a paragraph": [p for text in documents for p in text.splitlines()]}
    own(documents[:1])
    sides: list[tuple[str, Callable[[], float]]] = [
        (f"tracker, {way} a call", lambda texts=texts: own(texts)) for way, texts in ways.items()
    ]
    if peer:
        sides += [
            (f"JioNLP, {way} a call",
             lambda texts=texts: peer.asks(texts=texts, day=PUBLISHED.isoformat())["seconds"])
            for way, texts in ways.items()
        ]  # fmt: skip
    size = sum(map(len, documents))
    speeds = [[size / s for s in taken] for taken in interleaved([side for _, side in sides], rounds)]
    best_peer = max((middle(s) for s in speeds[2:]), default=None)
    rows = [
        [name, f"{middle(s):,.0f}", spread(s), f"{middle(s) / best_peer:.2f}" if best_peer else "–"]
        for (name, _), s in zip(sides, speeds, strict=True)
    ]
    title = f"Time expressions in the healed seed, {copies} x {len(documents[0]):,} characters, {rounds} rounds"
    show(title, ["", "characters/s", "least–most", "x JioNLP's better way"], rows)


def rightness(peer: Peer | None) -> None:
    """How many of the annotated expressions are read with the right last day, by one rule for both."""
    cases = [json.loads(line) for line in EXPRESSIONS.read_text("utf-8").splitlines()]
    ours = [last_day(case["text"], case["reference"]) for case in cases]
    sides = [("tracker", ours)]
    if peer:
        sides.append(("JioNLP", [peer.asks(read=case["text"], day=case["reference"])["end"] for case in cases]))
    rows = []
    for name, answers in sides:
        wrong = [case["text"] for case, answer in zip(cases, answers, strict=True) if answer != case["end"]]
        rows.append([name, f"{len(cases) - len(wrong)} of {len(cases)}", f"{sum(a is None for a in answers)}"])
        if wrong:
            print(f"\n{name} differs from the annotation on: {'  '.join(wrong)}")
    show("Last day of an expression as annotated in tests/data/expressions.jsonl", ["", "as annotated", "none"], rows)


def last_day(text: str, reference: str) -> str | None:
    """The last day of the last expression in a text."""
    found = find_timexes(text, date.fromisoformat(reference))
    return found[-1].timex.end.isoformat() if found and found[-1].timex.end else None


def run(interpreter: str | None, *, quick: bool) -> None:
    """Speed and rightness; without a peer, ours alone."""
    peer = Peer(interpreter) if interpreter else None
    if peer is None:
        print("\nTRACKER_BENCH_PEER names no interpreter that has JioNLP: measured without it.")
    try:
        speed(peer, copies=1 if quick else 20, rounds=2 if quick else 9)
        rightness(peer)
    finally:
        if peer:
            peer.close()
