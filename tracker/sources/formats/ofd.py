"""OFD files (GB/T 33190): the text codes of each page with their places, read like the pages of a PDF.

Template pages, annotations and seals are left out.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from lxml.etree import _Element

from ...errors import Problem, UnreadableFile
from ..archives import Archive
from .content import Content
from .grids import Rule
from .pages import SCANNED, Page, Piece, text_of
from .xml import attribute, child, children, local, parse

MEGABYTES_AT_MOST: Final = 40  # of one page, unpacked
PAGES_AT_MOST: Final = 2000
A4: Final = (0.0, 0.0, 210.0, 297.0)  # millimetres, as everything in an OFD
POINTS: Final = 72 / 25.4
NUMBER: Final = r"-?\d+(?:\.\d+)?"
LINE: Final = re.compile(rf"M\s+({NUMBER})\s+({NUMBER})\s+L\s+({NUMBER})\s+({NUMBER})(?=\s*(?:M|C|$))")


def read(data: bytes) -> Content:
    """The text of an OFD file. Raises UnreadableFile, without the file's name."""
    archive = Archive(data)
    found: list[Page] = []
    problems: list[Problem] = []
    for root in children(_part(archive, "OFD.xml"), "DocBody"):
        path = _path(PurePosixPath(), child(root, "DocRoot"))
        document = _part(archive, path)
        area = child(child(document, "CommonData"), "PageArea")
        for page in children(child(document, "Pages"), "Page"):
            if len(found) == PAGES_AT_MOST:
                raise UnreadableFile(f"has over {PAGES_AT_MOST} pages, which is the limit; split it")
            content = _part(archive, str(PurePosixPath(path).parent / attribute(page, "BaseLoc").lstrip("/")))
            found.append(_page(content, child(content, "Area") if child(content, "Area") is not None else area))
            if not found[-1].pieces and any(local(each) == "ImageObject" for each in content.iter()):
                problems.append(Problem(f"page {len(found)}", "", SCANNED))
    if problems and not any(page.pieces for page in found):
        raise UnreadableFile(f"holds no text: page 1 of {len(found)} {SCANNED}")
    return Content(text_of(found), tuple(problems))


def _part(archive: Archive, path: str) -> _Element:
    if path not in archive.members:
        raise UnreadableFile(f"is damaged (it has no {path}); get it again from where it came")
    return parse(archive.read(path, MEGABYTES_AT_MOST))


def _path(folder: PurePosixPath, element: _Element | None) -> str:
    return str(folder / (element.text or "").strip().lstrip("/")) if element is not None else ""


def _numbers(words: str) -> list[float]:
    return [float(number) for number in re.findall(NUMBER, words)]


def _page(content: _Element, area: _Element | None) -> Page:
    box = child(area, "PhysicalBox")
    numbers = _numbers(box.text or "") if box is not None else []
    _, _, width, height = numbers if len(numbers) == 4 and min(numbers[2:]) > 0 else A4
    pieces = [piece for each in content.iter() if local(each) == "TextObject" for piece in _pieces(each)]
    rules = [rule for each in content.iter() if local(each) == "PathObject" for rule in _rules(each)]
    return Page(tuple(pieces), width * POINTS, height * POINTS, tuple(rules))


def _pieces(text: _Element) -> Iterator[Piece]:
    """A piece for each text code of a text object; in points."""
    x, y, *_ = [*_numbers(attribute(text, "Boundary")), 0.0, 0.0]
    numbers = _numbers(attribute(text, "CTM"))
    a, b, c, d, e, f = numbers if len(numbers) == 6 else (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    size = (_numbers(attribute(text, "Size")) or [3.7])[0]
    for code in children(text, "TextCode"):
        words = (code.text or "").strip()
        at_x, at_y = ((_numbers(attribute(code, name)) or [0.0])[0] for name in "XY")
        left, base = x + a * at_x + c * at_y + e, y + b * at_x + d * at_y + f
        long, high = abs(a) * _advance(attribute(code, "DeltaX"), words, size), abs(d) * size or size
        if words:
            edges = (left, base - 0.85 * high, left + long, base + 0.15 * high)
            yield Piece(words, *(edge * POINTS for edge in edges))


def _advance(deltas: str, words: str, size: float) -> float:
    """How wide the words are: the steps between their characters, g 3 4.5 being three of 4.5, and the last one."""
    counted = re.sub(rf"g\s+(\d{{1,5}})\s+({NUMBER})", lambda m: f"{int(m[1]) * float(m[2])}", deltas)
    return sum(_numbers(counted)) + size if deltas else len(words) * size


def _rules(path: _Element) -> Iterator[Rule]:
    """The straight rules of a path object."""
    x, y, *_ = [*_numbers(attribute(path, "Boundary")), 0.0, 0.0]
    data = child(path, "AbbreviatedData")
    for line in LINE.finditer((data.text or "") if data is not None else ""):
        x1, y1, x2, y2 = (float(number) * POINTS for number in line.groups())
        left, top = x * POINTS, y * POINTS
        if abs(x1 - x2) < 1 < abs(y1 - y2):
            yield Rule(True, left + x1, top + min(y1, y2), top + max(y1, y2))
        elif abs(y1 - y2) < 1 < abs(x1 - x2):
            yield Rule(False, top + y1, left + min(x1, x2), left + max(x1, x2))
