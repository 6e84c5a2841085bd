"""The seed in other formats, as office programs write them: the same commitments are read from each."""

import html
from collections.abc import Callable
from datetime import date
from itertools import groupby
from pathlib import Path

import docx
import openpyxl
import pytest
from office_files import converted, packed, printed

from tracker.commitments import extract
from tracker.documents import heal
from tracker.sources import read
from tracker.timex import find_timexes

SEED = Path(__file__).parents[1] / "seeds" / "ningbo-reform-pilots-2018" / "document.txt"
COLUMNS = "@page{size:A4;margin:2cm} body{columns:2;column-gap:2em;font-size:12px;line-height:1.6;text-align:justify}"
PORTAL = """<!doctype html><html><head><meta charset="{charset}"><title>进展情况_某市人民政府</title>
<style>p{{color:red}}</style><script>var d = "2019年底前完成";</script></head><body>
<div class="header"><ul class="nav"><li><a href="/">首页</a></li><li><a href="/zwgk">政务公开</a></li></ul></div>
<div class="crumb">您的位置：<a href="/">首页</a> &gt; <a href="/zwgk">政务公开</a></div>
<table width="100%"><tr><td class="left"><a href="/1">2019年底前完成改造</a><a href="/2">2017年总结</a></td><td>
<h1>进展情况</h1><div class="info">浏览次数：12</div><div class="TRS_Editor">{body}</div></td></tr></table>
<div class="related"><p>相关新闻：2021年12月底前完成老旧小区改造，市住建委牵头。</p></div>
<div id="footer">主办单位：某市人民政府，备案号：123456，2022年。</div></body></html>"""


def paragraphs() -> list[str]:
    return heal(SEED.read_bytes().decode()).text.split("\n")


def said(path: Path) -> list[tuple[str | None, str, date | None, tuple[str, ...]]]:
    found = extract(read(str(path), published="2018-08")).commitments
    return [(one.item, one.quote, one.due, one.agencies) for one in found]


def in_tags(lines: list[str]) -> str:
    return "\n".join(f"<p>{html.escape(line)}</p>" for line in lines)


def word(folder: Path) -> Path:
    document = docx.Document()
    for line in paragraphs():
        document.add_paragraph(line)
    document.save(str(folder / "seed.docx"))
    return folder / "seed.docx"


def page(folder: Path) -> Path:
    path = folder / "columns.html"
    head = f"<!doctype html><html><head><meta charset=utf-8><style>{COLUMNS}</style></head>"
    path.write_text(f"{head}<body>{in_tags(paragraphs())}</body></html>", encoding="utf-8")
    return path


def portal(folder: Path, encoding: str = "utf-8", charset: str = "utf-8") -> Path:
    path = folder / "portal.html"
    path.write_bytes(PORTAL.format(charset=charset, body=in_tags(paragraphs())).encode(encoding))
    return path


def ofd(folder: Path) -> Path:
    """Pages of A4 with a header and a page number, 40 lines of 40 characters each; millimetres."""
    lines = [line[at : at + 40] for line in paragraphs() for at in range(0, len(line), 40)]
    pages = [lines[at : at + 40] for at in range(0, len(lines), 40)]
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'

    def text(words: str, x: float, y: float) -> str:
        code = f'<ofd:TextCode X="0" Y="3.5" DeltaX="g {max(len(words) - 1, 1)} 4">{html.escape(words)}</ofd:TextCode>'
        box = f'Boundary="{x} {y} {4 * len(words)} 5"'
        return f'<ofd:TextObject ID="1" {box} Font="3" Size="4">{code}</ofd:TextObject>'

    members: dict[str, bytes | str] = {
        "OFD.xml": f"<ofd:OFD {space}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>"
        "</ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {space}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297"
        "</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages>"
        + "".join(f'<ofd:Page ID="{i}" BaseLoc="Pages/Page_{i}/Content.xml"/>' for i in range(len(pages)))
        + "</ofd:Pages></ofd:Document>",
    }
    for i, page in enumerate(pages):
        set_lines = [
            text("某市改革试点 2018年12月", 20, 10),
            *(text(line, 20, 25 + 6 * n) for n, line in enumerate(page)),
        ]
        content = "".join([*set_lines, text(f"— {i + 1} —", 100, 285)])
        members[f"Doc_0/Pages/Page_{i}/Content.xml"] = (
            f"<ofd:Page {space}><ofd:Content><ofd:Layer>{content}</ofd:Layer></ofd:Content></ofd:Page>"
        )
    (folder / "seed.ofd").write_bytes(packed(members))
    return folder / "seed.ofd"


MADE_HERE: dict[str, Callable[[Path], Path]] = {
    "docx by python-docx": word,
    "a portal's page": portal,
    "a portal's page in GB2312, as it says": lambda folder: portal(folder, "gb18030", "gb2312"),
    "a portal's page in UTF-8 that says GB2312": lambda folder: portal(folder, "utf-8", "gb2312"),
    "ofd": ofd,
}
BY_PROGRAMS: dict[str, Callable[[Path], Path]] = {
    "docx by LibreOffice": lambda folder: converted(converted(word(folder), "odt"), "docx"),
    "odt by LibreOffice": lambda folder: converted(word(folder), "odt"),
    "doc by LibreOffice": lambda folder: converted(word(folder), "doc"),
    "rtf by LibreOffice": lambda folder: converted(word(folder), "rtf"),
    "html by LibreOffice": lambda folder: converted(word(folder), "html"),
    "pdf by LibreOffice": lambda folder: converted(word(folder), "pdf"),
    "pdf of two columns by Chromium": lambda folder: printed(page(folder)),
    "docx by LibreOffice of the text as it is, a paragraph a line": lambda folder: converted(copied(folder), "docx"),
}


def copied(folder: Path) -> Path:
    (folder / "seed.txt").write_bytes(SEED.read_bytes())
    return folder / "seed.txt"


@pytest.mark.parametrize("make", MADE_HERE.values(), ids=MADE_HERE.keys())
def test_the_commitments_are_those_of_the_text(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    expected = said(SEED)
    assert len(expected) == 39
    assert said(make(tmp_path)) == expected


@pytest.mark.slow
@pytest.mark.parametrize("make", BY_PROGRAMS.values(), ids=BY_PROGRAMS.keys())
def test_the_commitments_are_those_of_the_text_in_files_of_office_programs(
    tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    assert said(make(tmp_path)) == said(SEED)


Row = tuple[str, str, str, date]  # number, task, bodies, last day
HEADER = ("序号", "工作任务", "责任单位", "完成时限")


def task_rows() -> list[Row]:
    """The seed's commitments as a task table says them: the words of time in a column of their own."""
    found = [(one.item or "", one.quote.replace(one.timex, "").strip("到，"), "、".join(one.agencies), one.due)
             for one in extract(read(str(SEED))).commitments if one.kind == "deadline"]  # fmt: skip
    return [(item, task, bodies, due) for item, task, bodies, due in found if due and not find_timexes(task, due)]


def runs(rows: list[Row]) -> list[int]:
    """For the first of rows of one number and the same bodies how many they are, for the others 0."""
    counts = [len(list(same)) for _, same in groupby(rows, key=lambda row: (row[0], row[2]))]
    return [count for many in counts for count in (many, *[0] * (many - 1))]


def workbook(folder: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["改革试点任务分解表"])
    sheet.merge_cells("A1:D1")
    sheet.append(HEADER)
    rows = task_rows()
    for number, (row, run) in enumerate(zip(rows, runs(rows), strict=True), 3):
        sheet.append([int(row[0]), *row[1:]] if run else [None, row[1], None, row[3]])
        if run > 1:
            sheet.merge_cells(f"A{number}:A{number + run - 1}")
            sheet.merge_cells(f"C{number}:C{number + run - 1}")
    book.create_sheet("空表")
    book.save(folder / "tasks.xlsx")
    return folder / "tasks.xlsx"


def web_table(folder: Path) -> Path:
    rows = task_rows()
    lines = ["".join(f"<th>{name}</th>" for name in HEADER)]
    for (item, task, bodies, due), run in zip(rows, runs(rows), strict=True):
        first, third = (f"<td rowspan={run}>{words}</td>" if run else "" for words in (item, bodies))
        lines.append(f"{first}<td>{task}</td>{third}<td>{due.year}年{due.month}月<br>{due.day}日前</td>")
    style = "<style>td,th{border:1px solid black}table{border-collapse:collapse;font-size:12px}</style>"
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    page = f"<!doctype html><meta charset=utf-8>{style}<h1>改革试点任务分解表</h1><table>{body}</table>"
    (folder / "tasks.html").write_text(page, encoding="utf-8")
    return folder / "tasks.html"


def word_table(folder: Path) -> Path:
    rows = task_rows()
    document = docx.Document()
    document.add_paragraph("改革试点任务分解表")
    grid = document.add_table(rows=1 + len(rows), cols=len(HEADER), style="Table Grid")
    for place, name in enumerate(HEADER):
        grid.cell(0, place).text = name
    for number, ((item, task, bodies, due), run) in enumerate(zip(rows, runs(rows), strict=True), 1):
        for place, words in ((0, item), (2, bodies)):
            if run:
                grid.cell(number, place).merge(grid.cell(number + run - 1, place)).text = words
        grid.cell(number, 1).text = task
        grid.cell(number, 3).text = f"{due:%Y-%m-%d}"
    document.save(str(folder / "tasks.docx"))
    return folder / "tasks.docx"


TABLES_MADE_HERE = {"xlsx": workbook, "html": web_table, "docx": word_table}
TABLES_BY_PROGRAMS: dict[str, Callable[[Path], Path]] = {
    "xls by LibreOffice": lambda folder: converted(workbook(folder), "xls"),
    "xlsx by LibreOffice": lambda folder: converted(converted(workbook(folder), "xls"), "xlsx"),
    "doc by LibreOffice": lambda folder: converted(converted(word_table(folder), "odt"), "doc"),
    "pdf by LibreOffice": lambda folder: converted(word_table(folder), "pdf"),
    "pdf by Chromium": lambda folder: printed(web_table(folder)),
}


def check_table(path: Path) -> None:
    rows = task_rows()
    assert len(rows) >= 25
    found = extract(read(str(path), published="2018-08")).commitments
    assert [(one.item, one.quote, "、".join(one.agencies), one.due) for one in found] == rows


@pytest.mark.parametrize("make", TABLES_MADE_HERE.values(), ids=TABLES_MADE_HERE.keys())
def test_a_task_table_with_merged_cells_says_who_does_what_by_when(
    tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    check_table(make(tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("make", TABLES_BY_PROGRAMS.values(), ids=TABLES_BY_PROGRAMS.keys())
def test_a_task_table_says_so_in_files_of_office_programs(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    check_table(make(tmp_path))
