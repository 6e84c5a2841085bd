"""What is measured: the real document of seeds/, and texts made to be hard to read."""

from datetime import date
from functools import cache
from pathlib import Path

from tracker.documents import Source, heal

ROOT = Path(__file__).parent.parent
SEED = ROOT / "seeds/ningbo-reform-pilots-2018/document.txt"
EXPRESSIONS = ROOT / "tests/data/expressions.jsonl"
PUBLISHED = date(2018, 8, 31)

# A piece that is repeated until the text is long enough; there is no line end in it unless it shows one.
HARD = {
    "digits": "7",
    "年": "年",
    "一": "一",
    "第": "第",
    "open brackets": "（",
    "closed brackets": "）",
    "open quotes": "“",
    "line ends": "\n",
    "short lines": "推进改革\n",
    "one long line": "推进改革工作",
    "dates, no marks": "11月底",
    "dates and commas": "到2018年12月底达到3个，",
    "dates in brackets": "（市教育局负责，11月底前完成）",
    "dates in open names": "《2018年",
    "list numbers": "1.\n",
    "label lines": "牵头单位：市教育局\n",
    "sections": "工作目标：到年底。\n",
    "items": "一、加快\n（一）推进工作。2018年12月底前完成。\n",
}


@cache
def healed_seed() -> str:
    """The text of the seed document as time expressions are sought in it."""
    return heal(SEED.read_text("utf-8")).text


def hard(piece: str, size: int) -> str:
    """`piece` repeated to `size` characters."""
    return (piece * (size // len(piece) + 1))[:size]


def source(text: str) -> Source:
    """A text as a document of August 2018."""
    return Source("bench", text, "", "", PUBLISHED, "2018-08", "given", True, "document.txt")
