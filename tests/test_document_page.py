"""The page of a document: its text to the character, every date marked where it stands, nothing in it is obeyed."""

import json
import re
import shutil
import subprocess
from datetime import date
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from cli_program import Program
from milestone_factory import SEED
from needed import missing

from tracker.commitments import extract
from tracker.documents import Source, heal
from tracker.render.document import ROLES, page
from tracker.sources import read

DOCUMENT = str(SEED / "document.txt")
HOSTILE = """关于印发《甲市2019年重点工作》的通知
一、<script>alert(1)</script>&amp;"引号'
1.2019年2月30
日前完成</p><b onclick=x>方案</b>。责任单位：市发改委。
2.2020年前，市财政局出台办法；每季度末月25日前报送进展\u202e。
序号	任务	牵头单位	完成时限
1	建成3个示范区	市住建委	2019年6月底
2018年、2019年底前分别完成50%、80%。7月底完成了方案。
"""


class Read(HTMLParser):
    """What a browser finds on the page: the paragraphs of the text, the marks in them, ids, links, other tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.paragraphs: list[str] = []
        self.marks: list[tuple[int, int, str]] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.inside = self.marked = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags |= {tag, *given}
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given["href"]] if "href" in given else []
        if tag == "p" and "data-line" in given:
            self.inside = True
            self.paragraphs.append("")
        elif tag == "mark":
            self.marked = True
            self.marks.append((int(given["data-start"]), int(given["data-stop"]), ""))

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "p"
        self.marked = self.marked and tag != "mark"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.paragraphs[-1] += data
        if self.marked:
            start, stop, text = self.marks[-1]
            self.marks[-1] = (start, stop, text + data)


def source(text: str) -> Source:
    day = date(2018, 12, 31)
    return Source(
        key="k<i>", text=text, title="题<script>", issuer='甲"市', published=day, published_as="2018-12",
        published_from="--published", confirmed=False, file_name="a&b.txt",
    )  # fmt: skip


TEXTS = {
    "the seed": read(DOCUMENT),
    "hostile": source(HOSTILE),
    "nothing": source(""),
    "traditional": source("一、工程\n1.2018年底前完成機關辦公樓維修。責任單位：財政局\n"),
    "no date": source("没有日期。\n\n第二段。"),
    "nothing but dates": source("2018年底前，" * 50),
    "one date over several sentences": source("2019年底前，完成甲；完成乙；完成丙，2020年底前完成丁。"),
}


@pytest.mark.parametrize("read_from", TEXTS.values(), ids=TEXTS)
def test_without_its_markup_the_page_is_the_healed_text(read_from: Source) -> None:
    found = Read(page(read_from, extract(read_from)))
    assert "\n".join(found.paragraphs) == heal(read_from.text).text.replace("\u202e", "\ufffd")


@pytest.mark.parametrize("read_from", TEXTS.values(), ids=TEXTS)
def test_every_date_is_marked_at_its_place_in_the_text_as_read(read_from: Source) -> None:
    sightings = extract(read_from).sightings
    whole: dict[tuple[int, int], str] = {}
    for start, stop, text in Read(page(read_from, extract(read_from))).marks:
        whole[start, stop] = whole.get((start, stop), "") + text
    assert whole == {(one.start, one.stop): one.mention.quote for one in sightings}
    assert all(heal(read_from.text[start:stop]).text == text for (start, stop), text in whole.items())


@pytest.mark.parametrize("read_from", TEXTS.values(), ids=TEXTS)
def test_every_link_leads_to_one_place_on_the_page_and_nothing_leaves_it(read_from: Source) -> None:
    extraction = extract(read_from)
    html = page(read_from, extraction)
    found = Read(html)
    assert len(found.ids) == len(set(found.ids))
    assert {link.removeprefix("#") for link in found.links} <= set(found.ids)
    assert {f"{kind}{n}" for kind in "qc" for n in range(1, len(extraction.commitments) + 1)} <= set(found.ids)
    assert found.tags.isdisjoint({"script", "src", "onclick", "img", "link", "iframe", "base", "form"})
    assert not re.search(r"https?:|url\(|@import", html)


def test_what_a_document_says_is_never_obeyed() -> None:
    html = page(source(HOSTILE), extract(source(HOSTILE)))
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;" in html
    assert "\u202e" not in html
    assert "default-src 'none'" in html


def test_the_counts_add_up_and_what_waits_comes_first() -> None:
    html = page(source(HOSTILE), extract(source(HOSTILE)))
    counts = [int(n) for n in re.findall(r"(?:时间词|立项|排除|待定) <b>(\d+)</b>", html)]
    assert counts[0] == sum(counts[1:])
    assert counts[3] == 1
    assert html.index("没有这一天") < html.index('id="text"')
    assert "发文日期 2018-12 系推定" in html
    assert "请先看" not in page(TEXTS["the seed"], extract(TEXTS["the seed"]))


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2.2."""
    digits = colour.lstrip("#")
    channels = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_role_is_read_with_ease_on_its_ground(scheme: int) -> None:
    style = page(TEXTS["no date"], extract(TEXTS["no date"]))
    blocks = re.findall(r":root\{(?:color-scheme:light dark;)?(--ink.*?)\}", style, re.DOTALL)
    colours = {
        k: v.replace("#fff", "#ffffff") if len(v) == 4 else v for k, v in re.findall(r"--(\w+):(#\w+)", blocks[scheme])
    }
    pairs = [(role, f"{role}bg") for role in ROLES] + [(role, ground) for role in ROLES for ground in ("page", "pale")]
    pairs += [("ink", "page"), ("ink", "pale"), ("soft", "page"), ("soft", "pale"), ("link", "page"), ("link", "pale")]
    pairs += [("warn", "page"), ("warn", "warnbg"), ("page", "link"), ("page", "warn")]
    for one, other in pairs:
        low, high = sorted([luminance(colours[one]), luminance(colours[other])])
        assert (high + 0.05) / (low + 0.05) >= 4.5, (one, other)


def test_roles_are_told_apart_without_colour() -> None:
    style = page(TEXTS["no date"], extract(TEXTS["no date"]))
    letters = re.findall(r'--l:"(.)"', style)
    assert len(set(letters)) == len(ROLES) == len(letters)


def test_extract_writes_the_page_to_a_file_or_to_standard_output(empty: Program) -> None:
    written = empty.ok("extract", DOCUMENT, "--format", "html", "-o", "页.html")
    html = (empty.folder / "页.html").read_text("utf-8")
    assert "59 dates = 33 tracked + 26 set aside + 0 waiting" in written.err
    assert written.out == ""
    assert empty.ok("extract", DOCUMENT, "--format", "html").out == html
    assert '<html lang="zh-CN">' in html


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ((DOCUMENT, DOCUMENT, "--format", "html"), 2, "one document"),
        ((DOCUMENT, "-o", "x.html"), 2, "--format html"),
        ((DOCUMENT, "--format", "html", "-o", "."), 5, "is a folder"),
        ((DOCUMENT, "--format", "html", "-o", "no/x.html"), 5, "does not exist"),
        (("no.txt", "--format", "html"), 5, "no.txt"),
    ],
)
def test_what_cannot_be_written_is_said(empty: Program, arguments: tuple[str, ...], code: int, told: str) -> None:
    answer = empty("extract", *arguments)
    assert (answer.code, answer.out) == (code, "")
    assert told in answer.err
    assert not list(empty.folder.glob("*.html"))


LOOK = """
onload = () => {
  const page = document.querySelector('iframe').contentDocument, box = e => e.getBoundingClientRect();
  const marks = [...page.querySelectorAll('#text mark')];
  const astray = marks.filter(m => {
    const [a, b] = [box(m), box(m.closest('p'))];
    const within = a.left >= b.left - 4 && a.right <= b.right + 4 && a.top >= b.top - 4 && a.bottom <= b.bottom + 4;
    return !(within && a.width > 8 && a.height > 8);
  });
  const quotes = marks.map(m => { const r = page.createRange(); r.selectNodeContents(m); return r.toString(); });
  const text = [...page.querySelectorAll('#text p')].map(p => p.textContent).join('\\n');
  const root = page.documentElement;
  document.title = JSON.stringify({marks: marks.length, astray: astray.length, quotes: quotes.join('|'),
    text: text.length, wide: root.scrollWidth - root.clientWidth});
};
"""


@pytest.mark.slow
@pytest.mark.parametrize("columns", [360, 1000])
def test_a_browser_shows_every_mark_in_its_paragraph_and_never_scrolls_sideways(columns: int, tmp_path: Path) -> None:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or missing("chromium")
    extraction = extract(TEXTS["the seed"])
    frame = tmp_path / "frame.html"
    inner = escape(page(TEXTS["the seed"], extraction))
    frame.write_text(
        f'<meta charset="utf-8"><iframe width="{columns}" height="900" srcdoc="{inner}"></iframe>'
        f"<script>{LOOK}</script>",
        "utf-8",
    )
    dom = subprocess.run(
        [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
         "--disable-component-update", "--disable-sync", f"--user-data-dir={tmp_path}/profile", "--dump-dom",
         frame.as_uri()],
        capture_output=True, text=True, check=True, timeout=100,
    ).stdout  # fmt: skip
    told = re.search(r"<title>(.*?)</title>", dom)
    assert told is not None
    seen = json.loads(told[1])
    assert seen["quotes"].split("|") == [one.mention.quote for one in extraction.sightings]
    assert seen["text"] == len(heal(TEXTS["the seed"].text).text)
    assert (seen["astray"], seen["wide"] <= 0) == (0, True)
