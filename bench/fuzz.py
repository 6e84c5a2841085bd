"""Looks for texts and files that break the reading: `python bench/fuzz.py [--minutes 20] [--seed 1]`.

Documents are grown from the words of real ones: their paragraphs, the examples of the grammar, list numbers, labels,
tables and brackets, put together in any order and then damaged. Files are valid ones, damaged byte by byte. What must
hold of each stands in `unsound`. A text that breaks it is made as short as it goes and written to build/fuzz/.
"""

import argparse
import random
import re
import sys
import time
import traceback
from collections.abc import Callable
from itertools import pairwise

from samples import ROOT, SEED, source

from tracker.commitments import extract
from tracker.commitments.cues import CUES
from tracker.documents import heal, simplified, widened
from tracker.timex import scan
from tracker.timex.grammar import BOUNDS, LINKS, PARTS, PERIODS

FOUND = ROOT / "build/fuzz"
TEXTS = [SEED, *sorted((ROOT / "tests/data/documents/docs").glob("*.txt"))]
WORDS = """一、 （一） 1. 1、 （1） ① 第一章 附件： # - 底前 2018 11月 31日 二〇 年底 長期 個月內 e\u0301
牵头单位： 责任单位： 完成时限： 整改目标： 工作目标： 进展情况： 下步安排： （市发改委牵头， 负责）"""
MARKS = [
    *"\n\n。；，、：（）“”《》〔〕【】\t|　年十前每到至和\f\x00\u200b\u00a0\ufeff\u202e\U00020000",
    *("序号\t任务\t责任单位\t完成时限\n", "   ", " | ", "\r\n"),
    *WORDS.split(),
]
LONGEST = 3000  # characters of one document


def pieces() -> list[str]:
    """What documents are put together from."""
    lines = [line for path in TEXTS for line in path.read_text("utf-8").splitlines() if line.strip()]
    examples = [words for row in (*PERIODS, *PARTS, *BOUNDS, *LINKS) for words in row.examples]
    cues = [example for cue in CUES for example in cue.examples]
    return [*lines, *examples * 8, *cues * 8, *MARKS * 20]


def document(chance: random.Random, parts: list[str]) -> str:
    """A document of parts, with letters lost, doubled, moved and put in."""
    text = list("".join(chance.choices(parts, k=chance.randint(1, 60)))[:LONGEST])
    for _ in range(chance.choice((0, 0, 2, 10))):
        at = chance.randrange(len(text) + 1)
        cut = text[at : at + chance.randint(0, 12)]
        text[at : at + len(cut)] = chance.choice(([], cut * 2, cut[::-1], [*chance.choice(MARKS), *cut]))
    return "".join(text)


def unsound(text: str) -> str:
    """What does not hold of the reading of a text; empty where all does."""
    plain = simplified(text)
    healed = heal(plain)
    if any(plain[healed.raw(i)] != c for i, c in enumerate(healed.text) if c not in "\n\t "):
        return "a healed character is not the one that stood there"
    extraction = extract(source(text))
    if extraction != extract(source(text)):
        return "reading it twice gives two answers"
    sightings = extraction.sightings
    if any(not 0 <= s.start < s.stop <= len(text) for s in sightings):
        return "a mention is out of bounds"
    if any(former.stop > latter.start for former, latter in pairwise(sightings)):
        return "two mentions overlap"
    dated = [healed.raw_span(parse.start, parse.stop) for parse in scan(widened(healed.text))]
    if [(s.start, s.stop) for s in sightings if s.role != "undated"] != dated:
        return "the mentions and what became of them do not add up"
    for s in sightings:
        t = s.mention.timex
        if t.begin and t.end and t.begin > t.end:
            return f"{s.mention.quote} ends before it begins"
        if s.fate != "tracked" and not s.reason:
            return f"{s.mention.quote} is not tracked for no reason"
    for c in extraction.commitments:
        if letters(heal(text[c.start : c.stop]).text) != letters(c.quote):
            return f"the quote {c.quote!r} does not stand where it is said to"
    return ""


def letters(text: str) -> str:
    """A text without what stands between words and cells."""
    return re.sub(r"[\s|]", "", text)


def verdict(text: str) -> str:
    """As `unsound`, with an exception for an answer."""
    try:
        return unsound(text)
    except Exception:
        return traceback.format_exc(limit=-3)


def shortened(text: str, broken: Callable[[str], bool]) -> str:
    """A text as short as leaving out runs of it makes it, that is still broken."""
    size = len(text)
    while size:
        at = 0
        while at < len(text):
            less = text[:at] + text[at + size :]
            if broken(less):
                text = less
            else:
                at += size
        size //= 2
    return text


def main() -> int:
    """Fuzzes for so many minutes; 1 where something was found."""
    parser = argparse.ArgumentParser(description="Looks for documents that break the reading.")
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=None, help="default: another one each time, printed")
    arguments = parser.parse_args()
    seed = random.randrange(10**6) if arguments.seed is None else arguments.seed
    chance, parts, count, longest = random.Random(seed), pieces(), 0, 0.0
    print(f"seed {seed}", flush=True)
    until = time.monotonic() + 60 * arguments.minutes
    while time.monotonic() < until:
        text = document(chance, parts)
        begun = time.perf_counter()
        if said := verdict(text):
            return report(text, said)
        longest = max(longest, time.perf_counter() - begun)
        count += 1
    print(f"{count:,} documents were read and nothing was wrong; the slowest took {1000 * longest:.0f} ms")
    return 0


def report(text: str, said: str) -> int:
    """Writes what was found where it can be read again."""
    short = shortened(text, lambda less: bool(verdict(less)))
    FOUND.mkdir(parents=True, exist_ok=True)
    path = FOUND / f"{abs(hash(short)):x}.txt"
    path.write_text(short, "utf-8", newline="")
    print(f"{verdict(short) or said}\nin {path}: {short!r}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
