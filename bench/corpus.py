"""Many documents out of the few there are: items cut out, numbers changed, each with a key and a date of its own."""

import json
import re
from itertools import pairwise
from pathlib import Path

from samples import ROOT, SEED

ANNOTATED = ROOT / "tests/data/documents"
ITEMS = 3  # consecutive items of the seed in one document: about as long as an annotated one
QUANTITY = re.compile(r"\d+(?=[个项家万%])")


def write(folder: Path, count: int) -> list[Path]:
    """Writes `count` documents into `folder`, each beside its .toml; the same ones every time, no two alike."""
    pieces = [*cut(SEED.read_text("utf-8")), *annotated()]
    paths = []
    for number in range(count):
        text, published = pieces[number % len(pieces)]
        path = folder / f"{number:05}.txt"
        path.write_text(QUANTITY.sub(lambda found, more=number: str(int(found[0]) + more), text), "utf-8")
        about = {"id": f"document-{number:05}", "title": f"第{number}号工作方案", "published": published}
        lines = (f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in about.items())
        path.with_suffix(".toml").write_text("".join(lines), "utf-8")
        paths.append(path)
    return paths


def cut(text: str) -> list[tuple[str, str]]:
    """The items of the seed, a few at a time, with their date."""
    starts = [found.start() for found in re.finditer(r"^\d+\.", text, re.MULTILINE)]
    return [(text[begin:stop], "2018-08") for begin, stop in pairwise([*starts[::ITEMS], len(text)])]


def annotated() -> list[tuple[str, str]]:
    """The annotated documents with their dates."""
    rows = map(json.loads, (ANNOTATED / "docs.jsonl").read_text("utf-8").splitlines())
    return [((ANNOTATED / f"docs/{row['id']}.txt").read_text("utf-8"), row["date"]) for row in rows]
