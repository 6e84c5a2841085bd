"""Web pages: the one article of a page, without what a portal puts around it.

What is left out is known by its element (nav, script), by a word in its class or id (footer, related), or by being
links and nothing else; but nothing that holds half of the page's prose, whatever it is called. Among the rest, the
article is the innermost element that still holds nearly all prose.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ...errors import Problem, UnreadableFile
from ..published import stated
from . import tables
from .content import Content

UNSEEN: Final = frozenset([
    "head", "script", "style", "noscript", "nav", "footer", "aside", "form", "button", "select", "option", "textarea",
    "iframe", "object", "svg", "canvas", "template", "audio", "video", "rt", "rp",
])  # fmt: skip
BLOCKS: Final = frozenset([
    "address", "article", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p",
    "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
])  # fmt: skip
AROUND: Final = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|menu|foot|footer|bottom|copyright|crumbs?|breadcrumbs?|position|weizhi|dqwz|related|recommend"
    r"|xgwd|xgyd|share|fenxiang|bdshare|sidebar|side|banner|login|search|pager?|pages|qrcode|ewm|links?|friendlinks?|tools?"
    r"|toolbar|comments?|hot|rank|ads?|advert)(?:$|[\s_-])",
    re.IGNORECASE,
)
HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
PROSE: Final = re.compile(r"[，。；、：]|\d年|\d月")
PROSE_HELD, TEXT_HELD = 0.85, 0.6  # by an article: beside it lie bylines, and lists that nobody gave a name
CHARSET: Final = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]{2,20})", re.IGNORECASE)
BLANKS: Final = re.compile(r"[^\S\u3000]+")  # as a browser takes them; ideographic ones are indents
CELLS, WITHIN = ("td", "th"), ("table", "thead", "tbody", "tfoot", "tr")
PARAGRAPHS: Final = 5  # a cell of so many holds an article
LISTS: Final = ("ul", "ol", "div", "table", "td")
NATIONAL: Final = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "big5": "big5hkscs"}
TITLES: Final = ("meta[name=ArticleTitle]", "h1", "title")
DATES: Final = ("meta[name=PubDate]", "meta[name=publishdate]", "meta[property='article:published_time']")
ELEMENTS_AT_MOST: Final = 500_000  # a hundred times the longest law with its tables
LEVELS_AT_MOST: Final = 1000  # browsers stop at 512


@dataclass(slots=True, eq=False)
class Part:
    """A node of the page: its element (empty for text) and what is below it, with the sums of characters, of those in
    sentences, and of those in links."""

    tag: str
    text: str = ""
    attributes: dict[str, str | None] = field(default_factory=dict)
    parts: list["Part"] = field(default_factory=list)
    linked: bool = False
    tabled: bool = False  # holds a table
    characters: int = 0
    prose: int = 0
    links: int = 0

    def is_around(self) -> bool:
        """Whether it looks like one of the things that stand around an article."""
        names = f"{self.attributes.get('class') or ''} {self.attributes.get('id') or ''}"
        return bool(AROUND.search(names)) or (self.tag in LISTS and self.links > 0.6 * self.characters)

    def holds_most_of(self, body: "Part") -> bool:
        """Whether it has nearly all sentences of a page, and most of the text that is no link."""
        return self.prose >= max(1, PROSE_HELD * body.prose) and self.characters - self.links >= TEXT_HELD * (
            body.characters - body.links
        )


def read(data: bytes) -> Content:
    """The article of a web page. Raises UnreadableFile, without the file's name."""
    text = _decoded(data)
    page = LexborHTMLParser(text)
    if page.body is None:
        raise UnreadableFile("holds no text that can be read")
    lines = list(_lines(_article(_tree(page.body))))
    title = _said(page, TITLES).split("_")[0][:200]  # behind it the names of the column and the site
    if title and not re.search(r"(?m)^" + r"\s*".join(map(re.escape, title)), "\n".join(lines[:10])):
        lines[:0] = [title, ""]
    dated = _said(page, DATES)[:10]
    if dated and stated("\n".join(lines)) is None:
        lines.append(f"发布日期：{dated}")
    lost = text.count("\ufffd")
    problems = (Problem("the page", "", f"{lost} of its characters are damaged"),) if lost else ()
    return Content("\n".join(lines) + "\n", problems)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    found = CHARSET.search(data[:4096])
    declared = found[1].decode().lower() if found else "utf-8"
    declared = NATIONAL.get(declared, declared)
    for encoding in ("utf-8-sig", declared, "gb18030"):  # UTF-8 first: hardly any other text is valid UTF-8
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("gb18030" if declared == "gb18030" else "utf-8", errors="replace")


def _said(page: LexborHTMLParser, selectors: Iterable[str]) -> str:
    """What the first of these elements says, on one line."""
    for node in (node for selector in selectors for node in page.css(selector)):
        if said := " ".join((node.attributes.get("content") or node.text() or "").split()):
            return said
    return ""


def _tree(body: LexborNode) -> Part:
    """The visible part of the page; built without recursion, for damaged pages nest without end."""
    root, count = Part("body"), 0
    waiting = [(body, root, 0)]
    while waiting:
        node, part, depth = waiting.pop()
        if depth > LEVELS_AT_MOST:
            raise UnreadableFile(f"is nested over {LEVELS_AT_MOST} levels deep, which is the limit")
        for child in node.iter(include_text=True):
            tag = child.tag or ""
            if tag == "-text":
                part.parts.append(Part("", BLANKS.sub(" ", child.text_content or ""), linked=part.linked))
            elif (attributes := _visible(child, tag)) is not None:
                part.parts.append(one := Part(tag, "", attributes, linked=part.linked or tag == "a"))
                waiting.append((child, one, depth + 1))
            count += 1
            if count > ELEMENTS_AT_MOST:
                raise UnreadableFile(f"is a web page of over {ELEMENTS_AT_MOST:,} elements, which is the limit")
    return root


def _visible(node: LexborNode, tag: str) -> dict[str, str | None] | None:
    """The attributes of an element that is shown; None for any other node."""
    if tag in UNSEEN or tag.startswith(("-", "!")):
        return None
    attributes = node.attributes
    return None if "hidden" in attributes or HIDDEN.search(attributes.get("style") or "") else attributes


def _below(root: Part) -> list[Part]:
    """The part and all below it, the upper before the lower."""
    found = [root]
    for part in found:  # it grows as it is gone through
        found += part.parts
    return found


def _count(root: Part) -> None:
    for part in reversed(_below(root)):
        length = len(part.text.strip())
        part.characters = length + sum(each.characters for each in part.parts)
        part.links = (length if part.linked else 0) + sum(each.links for each in part.parts)
        in_sentence = not part.linked and PROSE.search(part.text)
        part.prose = (length if in_sentence else 0) + sum(each.prose for each in part.parts)
        part.tabled = any(each.tabled or each.tag == "table" for each in part.parts)


def _article(body: Part) -> Part:
    """The innermost element that holds nearly all prose, once what stands around an article is taken away."""
    _count(body)
    for part in _below(body):
        part.parts = [each for each in part.parts if each.prose > body.prose / 2 or not each.is_around()]
    _count(body)
    article = table = body
    while inner := next((each for each in article.parts if each.parts and each.holds_most_of(body)), None):
        if inner.tag in CELLS and sum(each.tag in BLOCKS or each.tag == "br" for each in _below(inner)) < PARAGRAPHS:
            return table  # the longest cell of a table of tasks
        article, table = inner, inner if inner.tag == "table" else table
    return table if article.tag in WITHIN else article


def _lines(part: Part) -> Iterator[str]:
    """The lines of a part: one for each block of text, and for each row of a table."""
    line = ""
    waiting: list[Part | None] = [part]  # None: a line ends
    while waiting:
        one = waiting.pop()
        if one is not None and not one.tag:
            line += one.text
            continue
        is_grid = one is not None and one.tag == "table" and not one.tabled
        if one is None or one.tag == "br" or is_grid:
            yield from filter(None, [line.strip()])
            line = ""
        if one is not None and is_grid:
            yield from tables.lines(_rows(one))
        elif one is not None:
            ends = [None] * (one.tag in BLOCKS)
            waiting += [*ends, *_numbered(one)[::-1], *ends]
    yield from filter(None, [line.strip()])


def _numbered(part: Part) -> list[Part]:
    """What is below a part; the points of a numbered list with the numbers that a browser shows."""
    if part.tag != "ol":
        return part.parts
    first = _number(part.attributes.get("start"))
    points = [each for each in part.parts if each.tag == "li"]
    return [Part("li", parts=[Part("", f"{number}."), *each.parts]) for number, each in enumerate(points, first)]


def _rows(table: Part) -> Iterator[list[tables.Cell]]:
    for row in _below(table):
        if row.tag == "tr":
            cells = [(cell, cell.attributes) for cell in row.parts if cell.tag in CELLS]
            yield [
                tables.Cell("\n".join(_lines(cell)), _number(said.get("rowspan")), _number(said.get("colspan")))
                for cell, said in cells
            ]


def _number(words: str | None) -> int:
    return max(1, int(words)) if words and words.isdecimal() and len(words) < 5 else 1
