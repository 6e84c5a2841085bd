"""PDF files: the text of the pages by PDFium; pages that are pictures are named, for nothing can be read from them."""

import ctypes
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Final

import pypdfium2
import pypdfium2.raw as pdfium

from ...errors import Problem, UnreadableFile
from . import pages
from .content import Content
from .grids import RULES_AT_MOST, Rule

PAGES_AT_MOST: Final = 2000
STRAIGHT, LONG = 0.5, 6.0  # points: how far off its direction a rule may be, and how long it is at least
SIZE: Final = 0.7  # of the height of a character's box: the character
GAP, BLANK = 0.8, 0.2  # characters: what lies further apart is two pieces, or two words
UNMAPPED: Final = "cannot be read: its font does not say which characters it shows; run OCR first"
PRIVATE: Final = range(0xE000, 0xF900)


def read(data: bytes) -> Content:
    """The text of a PDF. Raises UnreadableFile, without the file's name."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        if pdfium.FPDF_GetLastError() in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise UnreadableFile("is protected by a password; save it without one") from None
        raise UnreadableFile("is damaged or not whole; get it again from where it came") from None
    with document:
        if len(document) > PAGES_AT_MOST:
            raise UnreadableFile(f"has over {PAGES_AT_MOST} pages, which is the limit; split it")
        found: list[pages.Page] = []
        problems: list[Problem] = []
        for number in range(len(document)):
            try:
                with closing(document[number]) as opened:
                    page, reason = _page(opened)
            except pypdfium2.PdfiumError:
                page, reason = None, "is damaged; get the file again from where it came"
            if reason:
                problems.append(Problem(f"page {number + 1}", "", reason))
            if page:
                found.append(page)
        if not any(page.pieces for page in found) and problems:
            raise UnreadableFile(f"holds no text: page 1 of {len(document)} {problems[0].reason}")
    return Content(pages.text_of(found), tuple(problems))


@dataclass(frozen=True, slots=True)
class Place:
    """The box of a page in its own space, and by how many quarters it is turned clockwise when shown."""

    left: float
    bottom: float
    right: float
    top: float
    turns: int

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the page's space is shown: from the left, and from above."""
        return (
            (x - self.left, self.top - y),
            (y - self.bottom, x - self.left),
            (self.right - x, y - self.bottom),
            (self.top - y, self.right - x),
        )[self.turns]

    def box(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of a box as shown."""
        (x, y), (x2, y2) = self.point(left, bottom), self.point(right, top)
        return min(x, x2), min(y, y2), max(x, x2), max(y, y2)


def _page(page: pypdfium2.PdfPage) -> tuple[pages.Page, str]:
    """A page, and why it cannot be read; empty where it can."""
    left, bottom, right, top = page.get_bbox()
    place = Place(left, bottom, right, top, page.get_rotation() // 90)
    rules = tuple(_rules(page, place))
    pieces = tuple(_pieces(page, place, rules))
    shown = "".join(one.text for one in pieces)
    unmapped = sum(c == "\ufffd" or ord(c) in PRIVATE for c in shown)
    reason = UNMAPPED if unmapped > 0.2 * len(shown) else "" if shown else pages.SCANNED if _is_drawn(page) else ""
    _, _, width, height = place.box(place.left, place.bottom, place.right, place.top)
    return pages.Page(pieces, width, height, rules), reason


def _is_drawn(page: pypdfium2.PdfPage) -> bool:
    """Whether there is a picture or a drawing on the page: an empty page is no scan."""
    kinds = [pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_SHADING]
    return next(page.get_objects(kinds), None) is not None


def _pieces(page: pypdfium2.PdfPage, place: Place, rules: tuple[Rule, ...]) -> Iterator[pages.Piece]:
    """The characters of each line from left to right, cut at gaps and at upright rules.

    A line need not be drawn in its order: marks of another font often come after it.
    """
    uprights = [rule for rule in rules if rule.upright]
    line: list[pages.Piece] = []
    for char in _characters(page.get_textpage(), place):
        if line and not char.is_beside(line[0]):
            yield from _cut(line, uprights)
            line = []
        line.append(char)
    yield from _cut(line, uprights)


def _characters(text: pypdfium2.PdfTextPage, place: Place) -> Iterator[pages.Piece]:
    """Each visible character of a page with its box, in the order of the file."""
    rect = pdfium.FS_RECTF()
    high = ""  # the first half of a character beyond the basic plane
    for i in range(text.count_chars()):
        char = high + (chr(pdfium.FPDFText_GetUnicode(text, i)) or "\ufffd")
        high = char if len(char) == 1 and "\ud800" <= char < "\udc00" else ""
        if high or char.isspace() or not pdfium.FPDFText_GetLooseCharBox(text, i, rect):
            continue
        shown = char.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        yield pages.Piece(shown, *place.box(rect.left, rect.bottom, rect.right, rect.top))


def _cut(line: list[pages.Piece], uprights: list[Rule]) -> Iterator[pages.Piece]:
    run: list[pages.Piece] = []
    text = ""
    for char in sorted(line, key=lambda one: one.left):
        size = SIZE * (char.bottom - char.top)
        gap = char.left - run[-1].right if run else 0.0
        if run and char.text == run[-1].text and char.left - run[-1].left < 0.3 * size:
            continue  # drawn twice, to look bold
        if run and (gap > GAP * size or _is_parted(uprights, run[-1], char)):
            yield _piece(text, run)
            run, text = [], ""
        latin = run and gap > BLANK * size and f"{run[-1].text}{char.text}".isascii()
        text += (" " if latin else "") + char.text  # between Han characters a gap is a matter of the font
        run.append(char)
    if run:
        yield _piece(text, run)


def _piece(text: str, run: list[pages.Piece]) -> pages.Piece:
    return pages.Piece(
        text, run[0].left, min(c.top for c in run), max(c.right for c in run), max(c.bottom for c in run)
    )


def _is_parted(uprights: list[Rule], before: pages.Piece, after: pages.Piece) -> bool:
    y = (after.top + after.bottom) / 2
    return any(before.right - 1 <= rule.at <= after.left + 1 and rule.start <= y <= rule.stop for rule in uprights)


def _rules(page: pypdfium2.PdfPage, place: Place) -> Iterator[Rule]:
    """The straight lines across and upright among what is drawn."""
    found = 0
    for path in page.get_objects([pdfium.FPDF_PAGEOBJ_PATH]):
        matrix = path.get_matrix()
        for ends in _lines(path.raw):
            (x, y), (x2, y2) = (place.point(*matrix.on_point(*end)) for end in ends)
            found += 1
            if found > RULES_AT_MOST:
                return
            if abs(x - x2) <= STRAIGHT < LONG <= abs(y - y2):
                yield Rule(True, x, min(y, y2), max(y, y2))
            elif abs(y - y2) <= STRAIGHT < LONG <= abs(x - x2):
                yield Rule(False, y, min(x, x2), max(x, x2))


def _lines(path: pdfium.FPDF_PAGEOBJECT) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """The straight lines of a path, by their ends."""
    x, y = ctypes.c_float(), ctypes.c_float()
    begin = last = (0.0, 0.0)
    for i in range(min(pdfium.FPDFPath_CountSegments(path), RULES_AT_MOST)):
        segment = pdfium.FPDFPath_GetPathSegment(path, i)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        point = (x.value, y.value)
        if pdfium.FPDFPathSegment_GetType(segment) == pdfium.FPDF_SEGMENT_MOVETO:
            begin = point
        else:
            yield last, point
        if pdfium.FPDFPathSegment_GetClose(segment):
            yield point, begin
        last = point
