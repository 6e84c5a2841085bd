"""The process of the readers: what a damaged, hostile or endless file costs, and that only UnreadableFile comes out."""

import os
import subprocess
import zipfile
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from office_files import MARKUP, packed, paragraph, pdf, table, word, words

from tracker.errors import UnreadableFile
from tracker.sources import formats
from tracker.sources.formats import confined

PAGE = pdf(words("Text", 50, 700))
ENDLESS = pdf(words("lorem ipsum dolor " * 4, 50, 700) * 500_000)  # some seconds


def test_a_file_that_takes_too_long_is_refused_and_the_next_is_read() -> None:
    with pytest.raises(UnreadableFile, match="takes over 1 seconds to read, which is the limit"):
        confined.read("pdf", ENDLESS, seconds=1)
    assert confined.read("pdf", PAGE).text == "Text\n"


def test_a_file_that_kills_its_reader_is_refused_and_the_next_is_read() -> None:
    confined._stop()
    dying = ["sh", "-c", "read request; kill -SEGV $$"]
    confined._running[os.getpid()] = subprocess.Popen(dying, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with pytest.raises(UnreadableFile, match="makes its reader crash"):
        confined.read("pdf", PAGE)
    assert confined.read("pdf", PAGE).text == "Text\n"


def test_a_file_that_takes_too_much_memory_is_refused_and_the_next_is_read() -> None:
    wide = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    buffer = BytesIO()
    openpyxl.Workbook().save(buffer)
    with pytest.raises(UnreadableFile, match=r"makes its reader crash|takes over 1024 MB"):
        confined.read("workbook", with_rows(buffer.getvalue(), wide))
    assert confined.read("pdf", PAGE).text == "Text\n"


def with_rows(data: bytes, rows: str) -> bytes:
    """A workbook with other rows in its sheet."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    members[sheet] = members[sheet].replace(b"<sheetData/>", b"<sheetData></sheetData>")
    members[sheet] = members[sheet].replace(b"<sheetData>", b"<sheetData>" + rows.encode())
    return packed(dict(members))


def test_threads_and_forked_processes_do_not_get_each_others_answers() -> None:
    pages = [pdf(words(f"Text {n}", 50, 700)) for n in range(12)]
    expected = [f"Text {n}\n" for n in range(12)]
    confined.read("pdf", PAGE)
    with ThreadPoolExecutor(4) as threads:
        assert [one.text for one in threads.map(confined.read, ["pdf"] * 12, pages)] == expected
    with ProcessPoolExecutor(2) as processes:
        assert [one.text for one in processes.map(confined.read, ["pdf"] * 12, pages)] == expected


def workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in (["任务", "单位", "时限"], ["改造", "市住建委", "6月底前"], [None, "市民政局", 2018]):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


NUMBERING = (
    "<w:abstractNum w:abstractNumId='0'><w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='chineseCounting'/>"
    "<w:lvlText w:val='%1、'/></w:lvl></w:abstractNum><w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num>"
)
LISTED = "<w:numPr><w:ilvl w:val='0'/><w:numId w:val='1'/></w:numPr>"
BODY = paragraph("甲", LISTED) + table(["a", "b", "c"], ["", "d", "e"])
OFD = {
    "OFD.xml": "<OFD><DocBody><DocRoot>D/D.xml</DocRoot></DocBody></OFD>",
    "D/D.xml": "<D><CommonData><PageArea><PhysicalBox>0 0 210 297</PhysicalBox></PageArea></CommonData>"
    "<Pages><Page BaseLoc='P.xml'/></Pages></D>",
    "D/P.xml": "<P><Content><Layer><TextObject Boundary='1 2 30 4' Size='4' CTM='1 0 0 1 0 0'>"
    "<TextCode X='0' Y='3' DeltaX='g 2 4'>六月底</TextCode></TextObject><PathObject Boundary='0 0 9 9'>"
    "<AbbreviatedData>M 0 0 L 9 0</AbbreviatedData></PathObject></Layer></Content></P>",
}
RULED = "0 0 m 0 300 l S 100 0 m 100 300 l S 0 0 m 200 0 l S 0 300 m 200 300 l S\n"
WHOLE = {
    "docx": word(BODY, numbering=NUMBERING),
    "its XML": f"<w:document {MARKUP}><w:body>{BODY}</w:body></w:document>".encode(),
    "xlsx": workbook(),
    "ofd": packed(dict(OFD)),
    "an OFD's page": OFD["D/P.xml"].encode(),
    "pdf": pdf(RULED + words("Text", 50, 700) + words("More", 50, 500), words("Text", 50, 700)),
    "html": b"<!doctype html><body><div class=nav><a>x</a></div><table><tr><td rowspan=2>a<td>b</table><ol><li>c",
}
# What is damaged before it is packed, since the checksums of a zip archive give away what is damaged after.
WRAPPED = {"its XML": "word/document.xml", "an OFD's page": "D/P.xml"}


@pytest.mark.parametrize("kind", WHOLE)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_of_a_damaged_file_comes_a_text_or_a_reason_and_nothing_else(kind: str, data: st.DataObject) -> None:
    damaged = bytearray(WHOLE[kind])
    for at, bit in data.draw(st.lists(st.tuples(st.integers(0, len(damaged) - 1), st.integers(0, 7)), max_size=8)):
        damaged[at] ^= 1 << bit
    made = bytes(damaged[: data.draw(st.integers(1, len(damaged)) | st.just(len(damaged)))])
    if kind in WRAPPED:
        made = packed({**OFD, WRAPPED[kind]: made} if kind == "an OFD's page" else {WRAPPED[kind]: made})
    with suppress(UnreadableFile):
        assert formats.read(made, "a.bin")[0].text.strip()
