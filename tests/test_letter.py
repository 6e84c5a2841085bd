"""The 督办通知单: what stands in it, templates of an office's own, and what is no template."""

import io
import zipfile
from pathlib import Path

import docx
import pytest
from cli_program import Program
from office_files import packed, paragraph, table, word

from tracker.jobs.letters import fill, template
from tracker.render import letter

AS_OF = ("--as-of", "2018-12-20")
ONCE = dict.fromkeys(letter.FIELDS, "甲")


def paragraphs(data: bytes) -> list[str]:
    return [each.text for each in docx.Document(io.BytesIO(data)).paragraphs if each.text]


def rows(data: bytes) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in docx.Document(io.BytesIO(data)).tables[0].rows]


def test_a_letter_says_to_whom_about_what_until_when_and_from_whom(program: Program) -> None:
    path = program.folder / "letter.docx"
    program.ok("letter", "市住建委", "-o", str(path), "--number", "12", *AS_OF)
    data = path.read_bytes()
    said = paragraphs(data)
    assert said[:4] == ["督查室", "督办〔2018〕12号", "督办通知单", "市住建委："]
    assert "截至2018年12月20日，你单位承担的督查事项中有4项需要督办，其中已逾期2项、临近期限2项" in said[4]
    assert "并于2018年12月27日前将办理进展" in said[5]
    assert said[-2:] == ["督查室", "2018年12月20日"]  # no address, so no line of it
    head, first, *_ = rows(data)
    assert head == ["序号", "事项", "时限", "原文", "状态"]
    assert (first[0], first[2], first[4]) == ("1", "2018年9月10日", "逾期101天")
    assert [row[0] for row in rows(data)[1:]] == ["1", "2", "3", "4"]


def test_the_office_writes_about_all_that_is_open_in_words_of_its_own(program: Program) -> None:
    (program.folder / "config.toml").write_text('[office]\nname = "市督查室"\nemail = "ducha@example.org"', "utf-8")
    path, own = program.folder / "letter.docx", program.folder / "own.docx"
    own.write_bytes(
        word(
            paragraph("致{{主送单位}}（{{文号}}）")
            + paragraph("{{ 联系邮箱 }}")
            + table(["{{编号}}", "{{职责}}{{目标}}"])
        )
    )
    program.ok(
        "letter", "市住建委", "-o", str(path), "--all", "--template", str(own), "--number", "甬督〔2018〕7号", *AS_OF
    )
    with zipfile.ZipFile(path) as archive:
        text = archive.read("word/document.xml").decode()
    assert all(words in text for words in ("致市住建委（甬督〔2018〕7号）", "ducha@example.org", "牵头"))
    assert text.count("<w:tr>") == 8


def test_the_template_that_comes_with_the_program_can_be_had(program: Program) -> None:
    path = program.folder / "form.docx"
    program.ok("letter", "--template-out", str(path))
    assert path.read_bytes() == template()


def test_a_name_that_word_has_cut_in_pieces_is_filled() -> None:
    pieces = "".join(f"<w:r><w:t>{text}</w:t></w:r>" for text in ("于{", "{反馈", "期限}", "}前，{{日期}}报"))
    made = fill(word(f"<w:p>{pieces}</w:p>"), ONCE | {"反馈期限": "五日", "日期": "一月"}, [])
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        text = archive.read("word/document.xml").decode()
    assert [part.partition("</w:t>")[0].rpartition(">")[2] for part in text.split("<w:t")[1:]] == [
        "于五日",
        "",
        "",
        "前，一月报",
    ]


def test_no_words_can_act_as_names_or_as_markup() -> None:
    words = "{{日期}}<w:p/>&amp;"
    made = fill(word(table(["{{事项}}"])), ONCE, [{**dict.fromkeys(letter.ROW, ""), "事项": words}])
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert b"{{\xe6\x97\xa5\xe6\x9c\x9f}}&lt;w:p/&gt;&amp;amp;" in archive.read("word/document.xml")


BAD_TEMPLATES = {
    "a text": (b"hello", "is no docx, or is damaged"),
    "a zip of something else": (packed({"a": "b"}), "the template is no docx"),
    "broken XML": (packed({"word/document.xml": "<w"}), "is damaged"),
    "an unknown name": (word(paragraph("{{领导}}")), "{{领导}}, which is unknown; known are 主送单位"),
    "a name of a row outside a table": (word(paragraph("{{事项}}")), "事项（表格行）"),
}


@pytest.mark.parametrize(("data", "said"), BAD_TEMPLATES.values(), ids=BAD_TEMPLATES.keys())
def test_a_template_that_cannot_be_filled_is_refused(program: Program, data: bytes, said: str) -> None:
    path = program.folder / "letter.docx"
    answer = program("letter", "市住建委", "-o", str(path), "--template", program.file("own.docx", data), *AS_OF)
    assert (answer.code, path.exists()) == (2, False)
    assert said in answer.err


BAD_CALLS: dict[str, tuple[list[str], int, str]] = {
    "no agency": ([], 2, "name the agency"),
    "an unknown agency": (["住建位"], 2, "did you mean 市住建委?"),
    "another kind of file": (["市住建委", "-o", "a.txt"], 2, "written as .docx or .pdf"),
    "an answer before today": (["市住建委", "-o", "a.docx", "--reply-by", "2018-12-20"], 2, "not after 2018-12-20"),
    "a template that is not there": (["市住建委", "-o", "a.docx", "--template", "b.docx"], 5, "b.docx: cannot be read"),
    "nothing to write about": (["鄞州区人民政府", "-o", "a.docx"], 2, "--all writes about the 1 that are open"),
}


@pytest.mark.parametrize(("arguments", "code", "said"), BAD_CALLS.values(), ids=BAD_CALLS.keys())
def test_a_letter_that_cannot_be_written_says_why(program: Program, arguments: list[str], code: int, said: str) -> None:
    answer = program("letter", *arguments, *AS_OF)
    assert (answer.code, Path("a.docx").exists()) == (code, False)
    assert said in answer.err


@pytest.mark.slow
def test_libreoffice_makes_a_pdf_of_it(program: Program) -> None:
    import pypdfium2

    path = program.folder / "letter.pdf"
    answer = program("letter", "市住建委", "-o", str(path), *AS_OF)
    if "needs LibreOffice" in answer.err:
        from needed import missing

        missing("LibreOffice (soffice)")
    assert answer.code == 0, answer
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path))
    assert "督办通知单" in text
    assert "逾期101" in text.replace(" ", "")
