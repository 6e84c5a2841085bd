"""Letters (督办通知单): which milestones an agency is written about, and a template of Word filled with them.

A template is any docx with {{名称}} in its text: of `letter.FIELDS` once, of `letter.ROW` in a row of a table, which
is there once for each milestone. A paragraph in which every name is empty is left out.
"""

import copy
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.resources import files
from typing import Final

from lxml import etree
from lxml.etree import _Element
from sqlalchemy.engine import Engine

from ..config import Config
from ..errors import UnreadableFile, UsageError
from ..milestones import Standing
from ..milestones.figures import Placed
from ..render import letter
from ..sources.formats import office
from ..sources.formats.xml import parse
from .figures import of_day
from .look import answering

NAME: Final = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
FILLED: Final = re.compile(r"word/(?:document|header\d*|footer\d*)\.xml")
MEGABYTES_AT_MOST: Final = 50
W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
URGENT: Final = frozenset({Standing.OVERDUE, Standing.DUE_SOON})
REPLY_DAYS: Final = 5  # working days


def template() -> bytes:
    """The template that comes with the program."""
    return files("tracker.render").joinpath("templates", "letter.docx").read_bytes()


def matters(engine: Engine, config: Config, agency: str, *, today: date, every: bool) -> tuple[str, list[Placed]]:
    """The agency's own name and its open milestones: those overdue or due soon, or `every` one.

    Raises UsageError for an agency that nobody named, and where there is nothing to write about.
    """
    name = answering(engine, agency)[0]
    placed = of_day(engine, config, today=today, agency=name).placed
    still_open = [each for each in placed if not each[0].closed]
    found = [each for each in still_open if every or each[1] in URGENT]
    if not found:
        rest = f"; --all writes about the {len(still_open)} that are open" if still_open and not every else ""
        raise UsageError(f"{name} has nothing {'open' if every else 'overdue or due soon'} on {today}{rest}")
    return name, found


def write(
    config: Config, agency: str, placed: Sequence[Placed], form: bytes, *,
    today: date, reply_by: date | None, number: str,
) -> bytes:  # fmt: skip
    """The letter as docx. Raises UsageError for a template that cannot be filled."""
    calendar = config.calendar
    once = letter.fields(
        agency, placed, office=config.office.name, email=config.office.email, today=today, number=number,
        reply_by=reply_by or calendar.add_workdays(today, REPLY_DAYS),
    )  # fmt: skip
    return fill(form, once, letter.rows(agency, placed, today=today, calendar=calendar))


def as_pdf(docx: bytes) -> bytes:
    """A docx as PDF. Raises UsageError where LibreOffice is not installed, UnreadableFile where it fails."""
    program = office.installed()
    if program is None:
        raise UsageError("a pdf needs LibreOffice, which is not installed; write -o FILE.docx, and print that")
    try:
        return office.converted(docx, "docx", "pdf", program)
    except UnreadableFile as error:
        raise UnreadableFile(f"the letter {error}") from None


def fill(form: bytes, once: Mapping[str, str], rows: Sequence[Mapping[str, str]]) -> bytes:
    """The template with every name replaced, all else as it is. Raises UsageError for what is no template."""
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(form)) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
            if "word/document.xml" not in archive.namelist():
                raise UsageError(
                    "the template is no docx; `tracker letter --template-out FILE` writes one to begin with"
                )
            for member in archive.infolist():
                if member.file_size > MEGABYTES_AT_MOST << 20:
                    raise UsageError(f"the template has a part of over {MEGABYTES_AT_MOST} MB, which is the limit")
                data = archive.read(member)
                made.writestr(member, _filled(data, once, rows) if FILLED.fullmatch(member.filename) else data)
    except (zipfile.BadZipFile, UnreadableFile, NotImplementedError, RuntimeError) as error:
        raise UsageError(f"the template is no docx, or is damaged: {error}") from None
    return out.getvalue()


def _filled(part: bytes, once: Mapping[str, str], rows: Sequence[Mapping[str, str]]) -> bytes:
    root = parse(part)
    repeated = [row for row in root.iter(f"{W}tr") if any(name in letter.ROW for name in NAME.findall(_text(row)))]
    within = {paragraph for row in repeated for paragraph in row.iter(f"{W}p")}
    for paragraph in [each for each in root.iter(f"{W}p") if each not in within]:
        _replace(paragraph, once)
    for row in repeated:
        _repeat(row, once, rows)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _repeat(row: _Element, once: Mapping[str, str], rows: Sequence[Mapping[str, str]]) -> None:
    """One row of the table for each milestone, in its place."""
    for values in rows:
        new = copy.deepcopy(row)
        for paragraph in list(new.iter(f"{W}p")):
            _replace(paragraph, {**once, **values}, keep=True)
        row.addprevious(new)
    parent = row.getparent()
    assert parent is not None
    parent.remove(row)


def _replace(paragraph: _Element, values: Mapping[str, str], *, keep: bool = False) -> None:
    """Replaces the names in a paragraph, which Word may have cut in pieces: each stands where its name began."""
    names = NAME.findall(_text(paragraph))
    if unknown := [name for name in names if name not in values]:
        known = "、".join(values if keep else [*values, *(f"{name}（表格行）" for name in letter.ROW)])
        raise UsageError(f"the template has {{{{{unknown[0]}}}}}, which is unknown; known are {known}")
    parent = paragraph.getparent()
    if names and not keep and parent is not None and not any(values[name] for name in names):
        parent.remove(paragraph)
        return
    pieces = list(paragraph.iter(f"{W}t"))
    for match in reversed(list(NAME.finditer(_text(paragraph)))):
        _put(pieces, match.start(), match.end(), values[match[1]])


def _put(pieces: Sequence[_Element], start: int, stop: int, words: str) -> None:
    """Puts words in the place of the characters from `start` to `stop` of all pieces together."""
    place = 0
    for piece in pieces:
        text = piece.text or ""
        first, last = max(start - place, 0), min(stop - place, len(text))
        if first < last:
            piece.text = text[:first] + words + text[last:]
            piece.set(SPACE, "preserve")
            words = ""
        place += len(text)


def _text(element: _Element) -> str:
    return "".join(piece.text or "" for piece in element.iter(f"{W}t"))
