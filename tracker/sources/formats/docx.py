"""Word files (docx, ECMA-376): paragraphs, automatic numbers, tables and text boxes in the order of the page.

As the document reads once its tracked changes are accepted: what was inserted is kept, what was deleted is not. Notes
are appended; headers, footers, comments and hidden text are left out.
"""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from lxml.etree import _Element

from ...errors import Problem, UnreadableFile
from ..archives import Archive
from . import tables
from .content import Content
from .numbering import Numbering
from .xml import attribute, child, children, local, parse

MEGABYTES_AT_MOST: Final = 40  # of one part, unpacked; 300 pages of text are 3
MAIN: Final = "word/document.xml"
GONE: Final = {"del", "moveFrom", "pPr", "rPr", "sectPr", "tblPr", "trPr", "tcPr", "rt", "instrText", "delText"}
BREAKS: Final = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
NOTES: Final = ("footnote", "endnote")


def read(data: bytes) -> Content:
    """The text of a docx file. Raises UnreadableFile, without the file's name."""
    archive = Archive(data)
    main = _main(archive)
    parts = {name: _part(archive, str(main.with_name(f"{name}.xml"))) for name in ("numbering", "styles", *NOTES_PARTS)}
    body = child(parse(archive.read(str(main), MEGABYTES_AT_MOST)), "body")
    if body is None:
        raise UnreadableFile("is damaged (it has no body); save it anew")
    walker = Walker(Numbering(parts["numbering"], parts["styles"]))
    lines = list(walker.blocks(body))
    for kind in NOTES:
        for note in children(parts[f"{kind}s"], kind):
            if not attribute(note, "type"):  # the separators have one
                lines += [f"注：{line.strip()}" for line in walker.blocks(note) if line.strip()]
    embedded = any(local(each) == "altChunk" for each in body.iter())
    problem = Problem("an embedded document", "", "is not read; open the file in Word and save it anew")
    return Content("\n".join(lines) + "\n", (problem,) if embedded else ())


NOTES_PARTS: Final = tuple(f"{kind}s" for kind in NOTES)


def _main(archive: Archive) -> PurePosixPath:
    """The path of the document's own part: some programs call it document2.xml."""
    for relation in _part(archive, "_rels/.rels") or ():
        target = attribute(relation, "Target").lstrip("/")
        if attribute(relation, "Type").endswith("/officeDocument") and target in archive.members:
            return PurePosixPath(target)
    if MAIN not in archive.members:
        raise UnreadableFile("is damaged (it has no document in it); get it again from where it came")
    return PurePosixPath(MAIN)


def _part(archive: Archive, path: str) -> _Element | None:
    return parse(archive.read(path, MEGABYTES_AT_MOST)) if path in archive.members else None


class Walker:
    """Goes through blocks in their order, for automatic numbers depend on it."""

    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering
        self._carried = ""  # of a paragraph whose end was deleted: it goes on in the next

    def blocks(self, parent: _Element) -> Iterator[str]:
        """The lines of the paragraphs and tables below an element."""
        for element in parent:
            name = local(element)
            if name == "p":
                yield from self._paragraph(element)
            elif name == "tbl":
                yield from self._table(element)
            elif name == "AlternateContent":
                yield from self.blocks(_chosen(element))
            elif name not in GONE:
                yield from self.blocks(element)

    def _paragraph(self, paragraph: _Element) -> Iterator[str]:
        properties = child(paragraph, "pPr")
        boxes: list[_Element] = []
        text = self._carried + "".join(_text(paragraph, boxes))
        if child(child(properties, "rPr"), "del") is not None:
            self._carried = text
        else:
            self._carried = ""
            yield from (self._numbering.label(properties) + text).split("\n")
        for box in boxes:
            yield from self.blocks(box)

    def _table(self, table: _Element) -> Iterator[str]:
        above: dict[int, str] = {}  # by column: the text of the cell that may go on below
        for row in _within(table, "tr"):
            properties = child(row, "trPr")
            if child(properties, "del") is not None:
                continue
            skipped = attribute(child(properties, "gridBefore"), "val")
            cells = [tables.Cell("", columns=int(skipped))] if skipped.isdecimal() and int(skipped) else []
            column = sum(cell.columns for cell in cells)
            for element in _within(row, "tc"):
                cells.append(cell := self._cell(element, above.get(column, "")))
                above[column] = cell.text
                column += cell.columns
            yield from tables.lines([cells])

    def _cell(self, cell: _Element, above: str) -> tables.Cell:
        properties = child(cell, "tcPr")
        merged = child(properties, "vMerge")
        span = attribute(child(properties, "gridSpan"), "val")
        text = "\n".join(self.blocks(cell))
        if merged is not None and attribute(merged, "val") != "restart":
            text = text or above
        return tables.Cell(text, columns=int(span) if span.isdecimal() else 1)


def _within(parent: _Element, name: str) -> Iterator[_Element]:
    """The rows of a table or the cells of a row, content controls and insertions looked through."""
    for element in parent:
        if local(element) == name:
            yield element
        elif local(element) not in {*GONE, "tbl"}:
            yield from _within(element, name)


def _chosen(alternatives: _Element) -> _Element:
    """One of the ways in which a part of the page is given; they all say the same."""
    return next((each for each in alternatives if local(each) in ("Choice", "Fallback")), alternatives)


def _text(parent: _Element, boxes: list[_Element]) -> Iterator[str]:
    """The pieces of text below an element of a paragraph; text boxes are put aside."""
    for element in parent:
        name = local(element)
        if name == "t":
            yield element.text or ""
        elif name in BREAKS:
            yield BREAKS[name]
        elif name == "txbxContent":
            boxes.append(element)
        elif name == "AlternateContent":
            yield from _text(_chosen(element), boxes)
        elif name not in GONE and not (name == "r" and _is_hidden(element)):
            yield from _text(element, boxes)


def _is_hidden(run: _Element) -> bool:
    mark = child(child(run, "rPr"), "vanish")
    return mark is not None and attribute(mark, "val") not in ("0", "false", "off")
