"""Documents as they lie on disk: encodings, what is no text, and where title, issuer and date come from."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from tracker.errors import ConfigError, TrackerError, UnreadableFile, UsageError
from tracker.sources import parse_published, read
from tracker.sources.encoding import decode
from tracker.sources.heading import issuer_of, title_of
from tracker.sources.published import inferred, stated

SEED = Path(__file__).parent.parent / "seeds" / "ningbo-reform-pilots-2018"
TEXT = "１．市住建委于 2018 年 11月底前完成\r\n老旧小区改造，建立长效机制。\n（市住建委负责）\r"
TRADITIONAL = "臺北市政府應於二月底前完成開放資料之盤點，並建立協作機制，促進公眾參與。\n"


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("utf-32-le", b"\xff\xfe\x00\x00"),
        ("gb18030", b""),
    ],
)
def test_every_usual_encoding_yields_the_same_text_line_ends_included(encoding: str, mark: bytes) -> None:
    assert decode(mark + TEXT.encode(encoding), "a.txt") == TEXT


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "gb18030"])
def test_the_seed_reads_the_same_in_every_encoding(encoding: str) -> None:
    text = (SEED / "document.txt").read_bytes().decode("utf-8")
    assert decode(text.encode(encoding), "a.txt") == text


def test_big5_is_not_read_as_gibberish() -> None:
    assert decode(TRADITIONAL.encode("big5"), "a.txt") == TRADITIONAL
    assert decode(TRADITIONAL.encode("gb18030"), "a.txt") == TRADITIONAL


def test_a_rare_character_of_gb18030_is_read() -> None:
    assert decode("𠮷林省于6月底前完成。".encode("gb18030"), "a.txt") == "𠮷林省于6月底前完成。"


REFUSED = [
    (b"", "is empty"),
    (b" \r\n\t\n", "holds no text, only blanks"),
    ("\ufeff\u3000\u3000\n".encode(), "holds no text, only blanks"),
    (b"%PDF-1.7\n...", "is damaged or not whole"),
    (b"PK\x03\x04....word/document.xml", "is damaged or not whole"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is an old Word or Excel file, not a text; convert it to plain text"),
    (b"\x89PNG\r\n\x1a\n", "is a PNG picture"),
    (b"\xff\xd8\xff\xe0", "is a JPEG picture"),
    (b"\n<!DOCTYPE html>\n<html>", r"holds no text that can be read \(html\)"),
    (b"abc\x00\x01\x02def" * 20, r"is not a text \(it holds zero bytes\)"),
    (bytes(range(1, 32)) * 4, "is not a text"),
    (
        ("6月底前完成改造任务。\n" * 20).encode()[:-30] + b"\xff" + "任务。".encode(),
        "is UTF-8 but damaged at byte 609 \\(line 20\\)",
    ),
    (b"\xff\xfe" + "完".encode("utf-16-le") + b"\x00", "is marked as UTF-16 but damaged"),
    (b"\xef\xbb\xbf" + "完成".encode("gb18030"), "is marked as UTF-8 but damaged at byte 3"),
    ("こんにちは、世界。日本語の文書です。".encode("shift_jis"), "its encoding is not recognised"),
]


@pytest.mark.parametrize(("data", "answer"), REFUSED)
def test_what_is_no_text_is_refused_by_name(tmp_path: Path, data: bytes, answer: str) -> None:
    file = tmp_path / "document.txt"
    file.write_bytes(data)
    with pytest.raises(UnreadableFile, match=answer) as caught:
        read(str(file), published="2018-08")
    assert str(file) in str(caught.value)
    assert caught.value.exit_code == 5


def test_missing_directory_forbidden_and_too_large_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"nowhere\.txt: there is no such file"):
        read(str(tmp_path / "nowhere.txt"))
    with pytest.raises(UnreadableFile, match=r"is a directory; did you mean .*document\.txt"):
        read(str(SEED))
    with pytest.raises(UnreadableFile, match="is a directory without any document in it"):
        read(str(tmp_path))
    with pytest.raises(UnreadableFile, match="cannot be read"):
        read(str(tmp_path / ("x" * 300)))
    large = tmp_path / "large.txt"
    with large.open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    with pytest.raises(UnreadableFile, match="is over 20 MB, which is the limit"):
        read(str(large))


def test_the_seed_is_what_its_toml_says() -> None:
    source = read(str(SEED / "document.txt"))
    assert source.key == "ningbo-2018"
    assert source.published == date(2018, 8, 31)
    assert source.published_as == "2018-08"
    assert source.published_from == "document.toml"
    assert source.confirmed
    assert source.text == (SEED / "document.txt").read_bytes().decode("utf-8")


def test_without_its_toml_the_date_of_the_seed_is_inferred_and_waits_for_a_person(tmp_path: Path) -> None:
    folder = tmp_path / "pilots"
    folder.mkdir()
    shutil.copy(SEED / "document.txt", folder)
    source = read(str(folder / "document.txt"))
    assert source.published_as == "2018-08"
    assert source.published == date(2018, 8, 31)
    assert not source.confirmed
    assert "2018年" in source.published_from
    assert "截至7月份" in source.published_from
    assert source.key == source.title == "pilots"


def test_options_go_before_the_toml_and_the_toml_before_the_text(tmp_path: Path) -> None:
    (tmp_path / "plan.txt").write_text("市政府工作要点\n\n6月底前完成。\n\n2019年3月4日印发\n", encoding="utf-8")
    from_text = read(str(tmp_path / "plan.txt"))
    assert (from_text.key, from_text.title, from_text.published_as) == ("plan", "市政府工作要点", "2019-03-04")
    assert from_text.published_from == "the text: 2019年3月4日印发"
    assert from_text.confirmed
    (tmp_path / "plan.toml").write_text('title = "要点"\nissuer = "市政府"\npublished = 2019-03-05\n', encoding="utf-8")
    from_toml = read(str(tmp_path / "plan.txt"))
    assert (from_toml.title, from_toml.issuer, from_toml.published_as) == ("要点", "市政府", "2019-03-05")
    options = read(str(tmp_path / "plan.txt"), key="p1", title="题", issuer="府", published="2019年4月")
    assert (options.key, options.title, options.issuer, options.published_as) == ("p1", "题", "府", "2019-04")
    assert options.published == date(2019, 4, 30)
    assert options.published_from == "the option --published"


def test_a_text_without_any_evidence_asks_for_the_date(tmp_path: Path) -> None:
    (tmp_path / "plan.txt").write_text("1.市住建委6月底前完成改造。\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"give --published 2018-08, or published = .* in plan\.toml"):
        read(str(tmp_path / "plan.txt"))


@pytest.mark.parametrize(
    ("toml", "answer"),
    [
        ('titel = "x"', r"plan\.toml: titel: unknown; did you mean title\?"),
        ('xyzzy = "x"', "xyzzy: unknown; known are id, title, issuer, published, url"),
        ('published = "2018-02-30"', r"plan\.toml: publication date '2018-02-30': there is no such day"),
        ("published = 2018", "published: must be one line of text in quotes"),
        ('title = "a\\nb"', "title: must be one line of text in quotes"),
        ('id = ""', "id: must be one line of text in quotes"),
        ("title = ", r"plan\.toml: is not TOML"),
    ],
)
def test_a_mistake_in_the_toml_is_named(tmp_path: Path, toml: str, answer: str) -> None:
    (tmp_path / "plan.txt").write_text("6月底前完成。", encoding="utf-8")
    (tmp_path / "plan.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(ConfigError, match=answer):
        read(str(tmp_path / "plan.txt"))


@pytest.mark.parametrize("key", ["\n", "a\tb", "x" * 201])
def test_a_key_is_short_and_printable(tmp_path: Path, key: str) -> None:
    (tmp_path / "plan.txt").write_text("6月底前完成。", encoding="utf-8")
    with pytest.raises(UsageError, match="document key"):
        read(str(tmp_path / "plan.txt"), key=key, published="2018-08")


@pytest.mark.parametrize(
    ("words", "day", "as_stated"),
    [
        ("2018-08", date(2018, 8, 31), "2018-08"),
        ("2018-8", date(2018, 8, 31), "2018-08"),
        ("2020-02", date(2020, 2, 29), "2020-02"),
        ("2018-08-15", date(2018, 8, 15), "2018-08-15"),
        ("2018/8/15", date(2018, 8, 15), "2018-08-15"),
        ("20180815", date(2018, 8, 15), "2018-08-15"),
        ("2018年8月", date(2018, 8, 31), "2018-08"),
        ("２０１８年８月１５日", date(2018, 8, 15), "2018-08-15"),
        ("二〇一八年八月十五日", date(2018, 8, 15), "2018-08-15"),
    ],
)
def test_a_publication_date_may_be_written_so(words: str, day: date, as_stated: str) -> None:
    assert parse_published(words) == (day, as_stated)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("2018-02-30", "there is no such day"),
        ("2018-13", "there is no such day"),
        ("2018-00", "there is no such day"),
        ("2018年2月30日", "there is no such day"),
        ("2018", "a year alone is not enough"),
        ("2018年", "a year alone is not enough"),
        ("0018-08", "there is no such day"),
        ("八月", "write 2018-08 or 2018-08-15"),
        ("", "write 2018-08 or 2018-08-15"),
    ],
)
def test_an_impossible_publication_date_is_refused(words: str, answer: str) -> None:
    with pytest.raises(UsageError, match=answer):
        parse_published(words)


BODY = "1.市住建委6月底前完成改造。\n" * 12
DATED = [
    (f"工作要点\n{BODY}市政府办公室　　2018年8月15日印发\n", "2018-08-15"),
    (f"工作要点\n（2018年8月15日）\n{BODY}", "2018-08-15"),
    (f"工作要点\n2018 年 8 月\n{BODY}", "2018-08"),
    (f"工作要点\n{BODY}某市人民政府办公厅\n2018年8月15日\n{BODY}", "2018-08-15"),
    (f"工作要点\n{BODY}二〇一八年八月十五日\n", "2018-08-15"),
    (f"发布日期：2018-08-15\n工作要点\n{BODY}", "2018-08-15"),
    (f"工作要点\n甬政办发〔2018〕12号\n{BODY}", None),  # a year is not enough
    (f"工作要点\n{BODY}根据2017年3月2日公布的办法执行。\n", None),  # another document's date
    (f"{BODY}完成时限\n2018年6月30日\n{BODY}完成时限\n2018年9月30日\n", None),  # deadlines in a table
    (f"工作要点\n{BODY}某市人民政府\n2018年2月30日\n", None),
]


@pytest.mark.parametrize(("text", "as_stated"), DATED)
def test_the_date_that_a_text_bears_itself(text: str, as_stated: str | None) -> None:
    found = stated(text)
    assert (found.as_stated if found else None) == as_stated


INFERRED = [
    ("2018年底前完成改造。截至7月份，已完成44个。", "2018-08"),
    ("2018年底前完成改造。今年6月，出台了方案。", "2018-06"),
    ("2018年底前完成改造。7月底完成了调查。计划于9月底前建成。", "2018-08"),
    ("截至2018年7月，已完成44个；2018年底前全部完成。到2020年，建成3个。到2020年，覆盖率80%。", "2018-07"),
    ("甬政办发〔2019〕3号\n2018年完成3个。6月底前完成5个。", "2019-01"),
    ("2018年底前完成改造。截至12月底，已完成44个。", "2019-01"),
    ("2018年6月底前完成第一批，2018年底前完成第二批。", "2018-01"),
    ("到2020年，建成3个。", None),
    ("是2010年的2.2倍。", None),
    ("6月底前完成。", None),
]


@pytest.mark.parametrize(("text", "as_stated"), INFERRED)
def test_a_date_is_inferred_from_the_facts_of_the_text_or_not_at_all(text: str, as_stated: str | None) -> None:
    found = inferred(text)
    assert (found.as_stated if found else None) == as_stated
    assert found is None or not found.confirmed


TITLES = [
    ("某市2018年改革工作要点\n\n一、总体要求\n", "某市2018年改革工作要点"),
    ("某市人民政府办公厅文件\n甬政办发〔2018〕12号\n\n某市人民政府办公厅关于印发\n老旧小区改造实施方案的通知\n各区：\n",
     "某市人民政府办公厅关于印发老旧小区改造实施方案的通知"),
    ("  某市 2018 年改革工作\n要点（试行）\n1.改造\n", "某市2018年改革工作要点（试行）"),
    ("国家级改革试点\n\n1.综合运输\n", "国家级改革试点"),
    ("\n91.国家综合运输服务示\n范城市创建\n", ""),
    ("一、总体要求\n", ""),
    ("市住建委于6月底前完成改造。\n", ""),
    ("通过综合客运枢纽\n建设、城市货运，\n", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "title"), TITLES)
def test_the_title_is_what_the_text_opens_with_unless_that_is_an_item_or_a_sentence(text: str, title: str) -> None:
    assert title_of(text) == title


ISSUERS = {
    "某市人民政府办公厅关于印发改造方案的通知\n": "某市人民政府办公厅",
    "某市人民政府2019年工作要点\n1.改造。\n": "某市人民政府",
    "某市人民政府\n2019年工作要点\n2019年2月28日\n": "某市人民政府",
    "某市财政局文件\n某财〔2018〕12号\n\n改造方案\n": "某市财政局",
    "改造方案\n\n1.改造。\n\n某市发展和改革委员会\n2018年8月15日\n": "某市发展和改革委员会",
    "改造方案\n\n1.请市教育局办理。\n二〇一八年\n": "",
    "改造方案\n\n": "",
    "责任单位：市教育局\n2018年8月15日\n": "",
}


@pytest.mark.parametrize(("text", "issuer"), ISSUERS.items())
def test_the_issuer_stands_in_the_title_the_letterhead_or_the_signature(text: str, issuer: str) -> None:
    assert issuer_of(text) == issuer


@pytest.mark.parametrize("options", [{"published": "2018-13"}, {"key": "a\nb", "published": "2018-08"}])
def test_a_failure_is_one_of_ours(options: dict[str, str]) -> None:
    with pytest.raises(TrackerError):
        read(str(SEED / "document.txt"), **options)
