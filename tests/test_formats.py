"""What each reader makes of the peculiarities of its format, and what it refuses; files are made by hand here."""

from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from office_files import MARKUP, packed, paragraph, pdf, table, word, words

from tracker.commitments import extract
from tracker.errors import UnreadableFile
from tracker.sources import formats, read


def text(data: bytes, name: str = "a.bin") -> str:
    return formats.read(data, name)[0].text


def problems(data: bytes) -> list[str]:
    return [str(one) for one in formats.read(data, "a.bin")[0].problems]


R = "<w:r><w:t>{}</w:t></w:r>".format
BOX = "<w:txbxContent>" + paragraph("框内：6月底前完成。") + "</w:txbxContent>"
BOTH_WAYS = (
    f"<mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>{BOX}</wps:txbx></w:drawing></mc:Choice>"
    f"<mc:Fallback><w:pict><v:textbox>{BOX}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent>"
)
DELETED_END = "<w:rPr><w:del w:id='1'/></w:rPr>"
WORD = {
    "tracked insertions are kept, deletions are not": (
        f"<w:p>{R('应于')}<w:ins w:id='1'>{R('2018年12月底前')}</w:ins><w:del w:id='2'><w:r>"
        f"<w:delText>2017年</w:delText></w:r></w:del>{R('完成。')}</w:p>",
        "应于2018年12月底前完成。",
    ),
    "what was moved stands where it was moved to": (
        f"<w:p><w:moveFrom w:id='1'>{R('甲')}</w:moveFrom>{R('乙')}</w:p>"
        f"<w:p><w:moveTo w:id='2'>{R('甲')}</w:moveTo></w:p>",
        "乙\n甲",
    ),
    "a paragraph whose end was deleted goes on in the next": (
        paragraph("6月底前", DELETED_END) + paragraph("完成。"),
        "6月底前完成。",
    ),
    "a text box follows its paragraph, once": (
        f"<w:p>{R('正文。')}<w:r>{BOTH_WAYS}</w:r></w:p>",
        "正文。\n框内：6月底前完成。",
    ),
    "content controls, links and fields are looked through": (
        f"<w:sdt><w:sdtContent><w:p><w:hyperlink>{R('甲')}</w:hyperlink><w:fldSimple>{R('乙')}</w:fldSimple>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r></w:p></w:sdtContent></w:sdt>",
        "甲乙",
    ),
    "hidden text is left out": (
        "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r>"
        "<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>显</w:t></w:r></w:p>",
        "显",
    ),
    "line breaks and tabs are kept": (
        f"<w:p>{R('甲')}<w:r><w:br/></w:r>{R('乙')}<w:r><w:tab/></w:r>{R('丙')}</w:p>",
        "甲\n乙\t丙",
    ),
    "a table's row is a line, an empty cell a dash": (
        table(["任务", "责任单位", "时限"], ["改造", "", "6月底前"]),
        "任务\t责任单位\t时限\n改造\t—\t6月底前",
    ),
    "lines within a cell are joined: bodies as a list, numbered points as clauses": (
        table(["任务", "甲", "乙"]).replace(
            paragraph("甲"), paragraph("市发改委") + paragraph("市财政局") + paragraph("")
        ).replace(paragraph("乙"), paragraph("1.改造完成") + paragraph("2.验收")),
        "任务\t市发改委、市财政局\t1.改造完成；2.验收",
    ),
    "a cell merged over rows stands in each": (
        table(["<w:vMerge w:val='restart'/>|1", "甲", "6月底前"], ["<w:vMerge/>|", "乙", "9月底前"]),
        "1\t甲\t6月底前\n1\t乙\t9月底前",
    ),
    "a heading merged over columns stands over each, a task is not said twice": (
        table(["任务", "<w:gridSpan w:val='2'/>|责任单位"], ["<w:gridSpan w:val='2'/>|2018年完成50个", "6月底前"]),
        "任务\t责任单位\t责任单位\n2018年完成50个\t—\t6月底前",
    ),
    "a heading between the rows is a line": (
        table(["任务", "单位", "时限"], ["<w:gridSpan w:val='3'/>|一、城乡建设", ]),
        "任务\t单位\t时限\n一、城乡建设",
    ),
    "a label beside its value is a label line": (table(["完成时限", "2018年12月底前"]), "完成时限：2018年12月底前"),
    "a frame of one cell is no table": (
        table(["x"]).replace(paragraph("x"), paragraph("甲。") + table(["a", "b", "c"]) + paragraph("乙。")),
        "甲。\na\tb\tc\n乙。",
    ),
    "a table within a cell is read within it": (
        table(["任务", "x", "时限"]).replace(paragraph("x"), table(["甲", "乙", "丙"])),
        "任务\t甲，乙，丙\t时限",
    ),
    "a deleted row is left out": (
        table(["a", "b", "c"], ["d", "e", "f"]).replace("<w:tr>", "<w:tr><w:trPr><w:del w:id='1'/></w:trPr>", 1),
        "d\te\tf",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), WORD.values(), ids=WORD.keys())
def test_a_word_file_reads_as_its_page_does(body: str, expected: str) -> None:
    assert text(word(body)).strip() == expected


def test_notes_of_a_word_file_are_appended() -> None:
    line = f"<w:footnote w:type='separator'>{paragraph('-')}</w:footnote>"
    note = f"<w:footnote>{paragraph('到2020年。')}</w:footnote>"
    assert text(word(paragraph("正文。"), footnotes=line + note)) == "正文。\n注：到2020年。\n"


def test_the_main_part_of_a_word_file_may_have_another_name() -> None:
    relation = '<Relationships><Relationship Type="x/officeDocument" Target="/word/document2.xml"/></Relationships>'
    body = f"<w:document {MARKUP}><w:body>{paragraph('甲')}</w:body></w:document>"
    assert text(packed({"_rels/.rels": relation, "word/document2.xml": body})) == "甲\n"


def test_an_embedded_document_is_named() -> None:
    assert problems(word(paragraph("甲") + "<w:altChunk/>")) == [
        "an embedded document: is not read; open the file in Word and save it anew"
    ]


def level(place: int, form: str, words: str, start: int = 1, more: str = "") -> str:
    said = f"<w:start w:val='{start}'/><w:numFmt w:val='{form}'/>{more}<w:lvlText w:val='{words}'/>"
    return f"<w:lvl w:ilvl='{place}'>{said}</w:lvl>"


def numbered(number: int, place: int = 0) -> str:
    return paragraph("x", f"<w:numPr><w:ilvl w:val='{place}'/><w:numId w:val='{number}'/></w:numPr>")


def definition(name: int, *levels: str) -> str:
    return f"<w:abstractNum w:abstractNumId='{name}'>{''.join(levels)}</w:abstractNum>"


def number(name: int, of: int, more: str = "") -> str:
    return f"<w:num w:numId='{name}'><w:abstractNumId w:val='{of}'/>{more}</w:num>"


OUTLINE = definition(
    0, level(0, "chineseCountingThousand", "%1、"), level(1, "chineseCounting", "（%2）"), level(2, "decimal", "%3.")
)
RESTARTED = "<w:lvlOverride w:ilvl='0'><w:startOverride w:val='1'/></w:lvlOverride>"
FORMS = [
    ("decimal", 12, "12"), ("chineseCounting", 10, "十"), ("chineseCounting", 21, "二十一"),
    ("chineseCountingThousand", 105, "一百〇五"), ("chineseCountingThousand", 210, "二百一十"),
    ("japaneseCounting", 3, "三"), ("chineseLegalSimplified", 12, "拾贰"), ("upperRoman", 14, "XIV"),
    ("lowerRoman", 4, "iv"), ("upperLetter", 28, "BB"), ("lowerLetter", 3, "c"), ("decimalZero", 3, "03"),
    ("decimalFullWidth", 12, "１２"), ("decimalEnclosedCircleChinese", 3, "③"), ("decimalEnclosedCircle", 21, "21"),
    ("ideographTraditional", 2, "乙"), ("decimalEnclosedParen", 2, "⑵"), ("unheardOf", 7, "7"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "start", "expected"), FORMS)
def test_automatic_numbers_are_written_as_their_form_says(form: str, start: int, expected: str) -> None:
    numbering = definition(0, level(0, form, "%1、", start)) + number(1, 0)
    assert text(word(numbered(1), numbering=numbering)).strip() == f"{expected}、x"


LISTS = {
    "levels below begin anew": (
        OUTLINE + number(1, 0),
        [(1, 0), (1, 1), (1, 2), (1, 2), (1, 1), (1, 2), (1, 0), (1, 1)],
        ["一、", "（一）", "1.", "2.", "（二）", "1.", "二、", "（一）"],
    ),
    "lists of one definition go on together": (
        OUTLINE + number(1, 0) + number(2, 0), [(1, 0), (2, 0)], ["一、", "二、"],
    ),
    "a list may say where it starts": (
        OUTLINE + number(1, 0) + number(2, 0, RESTARTED),
        [(1, 0), (1, 0), (2, 0), (2, 0)], ["一、", "二、", "一、", "二、"],
    ),
    "a number may hold those above it": (
        definition(0, level(0, "chineseCounting", "%1"), level(1, "decimal", "%1.%2", more="<w:isLgl/>"))
        + number(1, 0),
        [(1, 0), (1, 0), (1, 1)], ["一", "二", "2.1"],
    ),
    "a level may go on across the one above": (
        definition(0, level(0, "decimal", "%1."), level(1, "decimal", "(%2)", more="<w:lvlRestart w:val='0'/>"))
        + number(1, 0),
        [(1, 0), (1, 1), (1, 0), (1, 1)], ["1.", "(1)", "2.", "(2)"],
    ),
    "a bullet is a bullet, 0 and an unknown list are none": (
        definition(0, level(0, "bullet", "\uf0b7")) + number(1, 0), [(1, 0), (0, 0), (9, 0)], ["•", "", ""],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("numbering", "paragraphs", "expected"), LISTS.values(), ids=LISTS.keys())
def test_automatic_numbers_count_as_in_word(
    numbering: str, paragraphs: list[tuple[int, int]], expected: list[str]
) -> None:
    body = "".join(numbered(*place) for place in paragraphs)
    assert text(word(body, numbering=numbering)).split("\n")[:-1] == [f"{label}x" for label in expected]


def test_a_style_gives_its_paragraphs_their_numbers() -> None:
    styles = (
        "<w:style w:type='paragraph' w:styleId='H'><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr></w:style>"
        "<w:style w:type='paragraph' w:styleId='H1'><w:basedOn w:val='H'/></w:style>"
        "<w:style w:type='paragraph' w:styleId='Loop'><w:basedOn w:val='Loop'/></w:style>"
    )
    styled = [paragraph("x", f"<w:pStyle w:val='{name}'/>") for name in ("H", "H1", "Loop")]
    made = word("".join(styled), numbering=OUTLINE + number(1, 0), styles=styles)
    assert text(made) == "一、x\n二、x\nx\n"


def lines(count: int, x: float, *, of: str) -> list[str]:
    return [words(f"{of}{row} lorem ipsum dolor sit amet elit", x, 700 - 14 * row) for row in range(count)]


def test_columns_that_a_pdf_gives_line_by_line_across_both_are_put_in_order() -> None:
    left, right = lines(20, 50, of="L"), lines(20, 320, of="R")
    mixed = "".join(one for pair in zip(left, right, strict=True) for one in pair)
    heading = words("A heading that stands right across the whole of the page, from edge to edge and more", 50, 730, 12)
    order = [line[0] for line in text(pdf(heading + mixed)).split("\n")[:-1]]
    assert order == ["A", *["L"] * 20, *["R"] * 20]
    assert text(pdf(heading + "".join(left + right))) == text(pdf(heading + mixed))


def test_rows_that_merely_line_up_are_left_as_they_are() -> None:
    rows = [
        words("task " + "long " * (row % 4), 50, 700 - 14 * row) + words("done", 350, 700 - 14 * row)
        for row in range(12)
    ]
    assert text(pdf("".join(rows))).split("\n")[1] == "task long\tdone"


def test_what_repeats_at_the_edges_of_pages_and_their_numbers_are_left_out() -> None:
    pages = [
        words(f"Report of {2018}, page {n}", 50, 770)
        + words(f"Line {n} of text.", 50, 700)
        + words(f"- {n} -", 290, 30)
        for n in range(1, 5)
    ]
    assert text(pdf(*pages)) == "".join(f"Line {n} of text.\n" for n in range(1, 5))


def test_a_number_that_belongs_to_a_line_at_the_edge_stays() -> None:
    assert text(pdf(words("Total:", 50, 30) + words("12", 300, 30))) == "Total:\t12\n"


def test_text_drawn_twice_or_after_its_line_is_read_once_and_in_its_place() -> None:
    assert text(pdf(words("bold", 50, 700) + words("bold", 50.2, 700))) == "bold\n"
    assert text(pdf(words("a     d", 50, 700, 10) + words("b", 59, 700) + words("Next", 50, 600))) == "a b d\nNext\n"


def test_a_turned_page_is_read_as_it_is_shown() -> None:
    turned = "0 1 -1 0 500 0 cm\n" + words("Line one", 100, 100) + words("Line two", 100, 80)
    data = pdf(turned).replace(b"/Resources 3 0 R", b"/Rotate 90 /Resources 3 0 R", 1)
    assert text(data) == "Line one\nLine two\n"


PICTURE = "q 600 0 0 800 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID x EI Q\n"


def test_a_scanned_page_is_named_and_the_others_are_read() -> None:
    data = pdf(words("Text", 50, 700), PICTURE, "", words("More", 50, 700))
    assert text(data) == "Text\nMore\n"
    assert problems(data) == ["page 2: is a scanned picture: no text in it; run OCR first"]


def test_a_scanned_page_reaches_the_user(tmp_path: Path) -> None:
    file = tmp_path / "plan.pdf"
    file.write_bytes(pdf(words("Text", 50, 700), PICTURE))
    found = extract(read(str(file), published="2018-08")).problems
    assert [str(one) for one in found] == [f"{file}, page 2: is a scanned picture: no text in it; run OCR first"]


def encrypted() -> bytes:
    """A PDF whose password is not empty: the proof of it in /U fits none."""
    key = "<< /Filter /Standard /V 1 /R 2 /P -4 /O (" + "o" * 32 + ") /U (" + "u" * 32 + ") >>"
    return pdf(words("secret", 50, 700)).replace(b"/Root", f"/ID [<00> <00>] /Encrypt {key} /Root".encode())


def workbook(**sheets: list[list[object]]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_the_cells_of_a_workbook_are_written_as_people_write_them() -> None:
    row: list[object] = [
        1,
        2.5,
        date(2018, 12, 31),
        datetime.fromisoformat("2018-12-31T08:30"),
        True,
        "市发改委\n市财政局",
        " 甲 ",
    ]
    assert text(saved(workbook(a=[row]))).strip() == "1\t2.5\t2018-12-31\t2018-12-31 08:30\t是\t市发改委、市财政局\t甲"


def test_a_number_under_the_head_of_a_deadline_is_the_day_that_it_counts() -> None:
    rows: list[list[object]] = [
        ["任务", "数量", "完成时限"],
        ["试点", 45473, 45473],
        ["推广", 3, 12],
        ["总结", 4, "年底"],
    ]
    assert text(saved(workbook(a=rows))).splitlines()[1:] == ["试点\t45473\t2024-06-30", "推广\t3\t12", "总结\t4\t年底"]


def test_every_sheet_of_a_workbook_is_read_under_its_name() -> None:
    book = workbook(**{"2018年任务": [["a", "b", "c"]], "Sheet2": [["d", None, "f"]], "空": []})
    assert text(saved(book)) == "2018年任务\n\na\tb\tc\n\nd\t—\tf\n"


def test_merged_cells_of_a_workbook_are_filled() -> None:
    book = workbook(a=[[None, None, None], ["要点", None, None], [1, "甲", "6月"], [None, "乙", "9月"]])
    for area in ("A2:C2", "A3:A4"):
        book["a"].merge_cells(area)
    assert text(saved(book)).strip() == "要点\n1\t甲\t6月\n1\t乙\t9月"


WEB = {
    "blocks are lines, inline elements are not": (
        "<p>6月<b>底</b>前</p><div>完成<br>改造</div>",
        "6月底前\n完成\n改造",
    ),
    "rows and columns are filled": (
        "<table><tr><td rowspan=2>1<td>甲<td>6月<tr><td>乙<td>9月</table>",
        "1\t甲\t6月\n1\t乙\t9月",
    ),
    "points are numbered as shown": ("<ol start=3><li>甲<li>乙</ol>", "3.甲\n4.乙"),
    "scripts and hidden parts are left out": ("<p>甲</p><script>乙</script><p style='display: none'>丙</p>", "甲"),
    "what stands around an article is told by its class or its name": (
        "<div><p>2018年6月底前，改造。</p><p>7月，验收。</p><p class='related'>相关</p><p id=share>分享</p></div>",
        "2018年6月底前，改造。\n7月，验收。",
    ),
    "an unclosed page is read": ("<div><p>甲<p>乙<td>丙", "甲\n乙丙"),
}


@pytest.mark.parametrize(("body", "expected"), WEB.values(), ids=WEB.keys())
def test_a_web_page_reads_as_a_browser_shows_it(body: str, expected: str) -> None:
    assert text(f"<!doctype html><body>{body}".encode()).strip() == expected


ARTICLE = "<div><p>市住建委于6月底前完成改造，建立机制。</p><p>市民政局于9月底前完成验收，形成制度。</p></div>"


def test_title_and_date_of_a_page_come_with_its_article() -> None:
    head = "<meta name='ArticleTitle' content='某市2018年工作要点'><meta name='PubDate' content='2018-08-15 09:00'>"
    shown = text(f"<!doctype html><head>{head}<title>某网</title></head><body>{ARTICLE}".encode()).split("\n")
    assert shown[:2] == ["某市2018年工作要点", ""]
    assert shown[-2] == "发布日期：2018-08-15"


def test_a_page_without_a_doctype_is_known_by_its_name() -> None:
    assert text(ARTICLE.encode(), "a.htm").startswith("市住建委于6月底前")
    assert text(ARTICLE.encode(), "a.txt").startswith("<div>")


def test_damaged_characters_of_a_page_are_counted() -> None:
    assert problems(f"<html><body>{ARTICLE}</body>".encode() + b"<p>\xff\xff") == [
        "the page: 2 of its characters are damaged"
    ]


def test_radicals_become_the_characters_that_they_look_like() -> None:
    assert text("⼆〇⼀⼋年⽉底前，⻔⻢⻋⻅⻓⺠⼈".encode()) == "二〇一八年月底前，门马车见长民人"


BOMB = packed({"word/document.xml": b" " * (41 << 20)})
DEEP = word("<w:ins>" * 300 + "</w:ins>" * 300)
ENTITY = packed({"word/document.xml": "<!DOCTYPE w [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><w>&x;</w>"})
LAUGHS = packed({
    "word/document.xml": "<!DOCTYPE w [<!ENTITY a 'ha'>" + "".join(
        f"<!ENTITY {chr(98 + i)} '{f'&{chr(97 + i)};' * 20}'>" for i in range(9)) + "]><w>&j;</w>"
})  # fmt: skip
WHOLE = word(paragraph("6月底前完成。"))
REFUSED = {
    "a zip bomb": (BOMB, "is over 40 MB when unpacked"),
    "deep nesting": (DEEP, "is nested over 256 levels deep"),
    "an external entity": (ENTITY, "declares XML entities"),
    "a billion laughs": (LAUGHS, r"declares XML entities|is damaged"),
    "a truncated docx": (WHOLE[: len(WHOLE) // 2], "is damaged or not whole"),
    "a docx without a document": (packed({"word/styles.xml": "<w/>"}), "is damaged .it has no document in it"),
    "a docx without a body": (packed({"word/document.xml": "<w/>"}), "it has no body"),
    "an empty docx": (word(""), r"holds no text that can be read \(docx\)"),
    "a docx with a password": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "password",
    ),
    "a pdf with a password": (encrypted(), "is protected by a password"),
    "a truncated pdf": (b"%PDF-1.7\n1 0 obj\n<< /Type /Cat", "is damaged or not whole"),
    "a pdf of scanned pages": (pdf(PICTURE, PICTURE), "page 1 of 2 is a scanned picture: no text in it; run OCR first"),
    "an empty pdf": (pdf(""), r"holds no text that can be read \(pdf\)"),
    "a zip archive": (packed({"a.png": b"x"}), "is a zip archive without any document in it"),
    "a damaged workbook": (packed({"xl/workbook.xml": "<x"}), "is damaged"),
    "an empty workbook": (saved(workbook(a=[])), "holds no text"),
    "a damaged ofd": (packed({"OFD.xml": "<OFD><DocBody><DocRoot>x.xml</DocRoot></DocBody></OFD>"}), "it has no x.xml"),
    "a page nested without end": (b"<html><body>" + b"<b>" * 2000 + b"x", "is nested over 1000 levels deep"),
    "an empty page": (b"<html><body><script>1</script></body></html>", "holds no text"),
}


@pytest.mark.parametrize("name", ["a.docx", "a.txt", "a"])
@pytest.mark.parametrize(("data", "answer"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_read_is_refused_with_a_reason_whatever_it_is_called(
    data: bytes, answer: str, name: str
) -> None:
    with pytest.raises(UnreadableFile, match=answer) as caught:
        text(data, name)
    assert str(caught.value).startswith(f"{name}: ")


@pytest.mark.parametrize("name", ["a.txt", "a.pdf", "a"])
def test_a_file_is_what_it_begins_like_not_what_it_is_called(name: str) -> None:
    assert formats.read(WHOLE, name)[1] == "docx"
    assert formats.read(pdf(words("x", 50, 700)), name)[1] == "pdf"
    assert formats.read("6月底前完成。".encode(), name)[1] == "txt"
