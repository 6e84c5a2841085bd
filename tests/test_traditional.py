"""Traditional characters: a text is read as its simplified twin would be, and quoted as it is written."""

import re
from datetime import date
from pathlib import Path

import pytest
from opencc import OpenCC
from test_commitments import PUBLISHED, read

from tracker.commitments import items
from tracker.documents import Source, simplified

DOCUMENTS = Path(__file__).parent / "data" / "documents" / "docs"
SEED = Path(__file__).parents[1] / "seeds" / "ningbo-reform-pilots-2018" / "document.txt"
TAIWAN = (DOCUMENTS / "039.txt").read_text(encoding="utf-8")


def traditional(text: str) -> str:
    """The text with every character that has one in its traditional form, offset for offset."""
    convert = OpenCC("s2t").convert
    twins = ((character, convert(character)) for character in set(text))
    return text.translate({ord(old): new for old, new in twins if len(new) == 1})


def test_a_simplified_text_is_left_alone() -> None:
    text = SEED.read_text(encoding="utf-8")
    assert simplified(text) is text


def test_every_character_keeps_its_place() -> None:
    assert simplified("「國發會」應於年底前完成") == "“国发会”应于年底前完成"
    assert len(simplified(TAIWAN)) == len(TAIWAN)


def test_a_document_from_taiwan_is_quoted_as_it_is_written() -> None:
    found = read(TAIWAN, date(2021, 1, 31)).commitments
    assert [(c.quote, str(c.due)) for c in found] == [
        ("承諾事項的起迄時間：2021/01~2024/05", "2024-05-31"),
        ("新訂政府資料開放及再利用作業要點", "2021-12-31"),
        ("建立高優先開放資料之公眾諮詢機制", "2022-12-31"),
        ("建立高優先開放資料主題專區", "2024-05-31"),
    ]
    assert "國發會" in found[0].agencies
    for c in found:
        assert re.sub(r"\s", "", TAIWAN[c.start : c.stop]) == c.quote


@pytest.mark.parametrize("path", [SEED, *sorted(DOCUMENTS.glob("*.txt"))], ids=lambda path: path.stem)
def test_both_ways_of_writing_a_document_promise_the_same(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    ours, theirs = (read(words).commitments for words in (simplified(text), traditional(simplified(text))))
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        assert (a.due, a.kind, a.recurrence, a.start, a.stop) == (b.due, b.kind, b.recurrence, b.start, b.stop)
        assert [t.value for t in a.targets] == [t.value for t in b.targets]
        assert len(a.agencies) == len(b.agencies)


LABELS = """三、公眾參與
1.內政部應檢討「人民陳情要點」，並提報修正草案。
主辦機關：內政部
完成期限：2018年12月底前
2.截至2018年7月，各機關已完成盤點。
3.內政部將於2018年第四季度推動新制。
"""


def test_labels_past_facts_and_promises_are_told_apart() -> None:
    found = read(LABELS)
    assert [(c.quote, str(c.due), c.timex) for c in found.commitments] == [
        ("內政部應檢討「人民陳情要點」，並提報修正草案", "2018-12-31", "2018年12月底前"),
        ("內政部將於2018年第四季度推動新制", "2018-12-31", "2018年第四季度"),
    ]
    assert [(s.role, s.mention.quote) for s in found.sightings if s.fate == "set-aside"] == [("past", "2018年7月")]


def test_items_have_their_titles_and_bodies_as_written() -> None:
    source = Source("doc", LABELS, "", "", PUBLISHED, "2018-08-31", "the test", True, "doc.txt")
    item, bodies = items(source)[1]
    assert (item.title, bodies.agencies) == ("內政部應檢討「人民陳情要點」，並提報修正草案", ("內政部",))
