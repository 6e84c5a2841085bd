"""Formats of files: what a file is, by how it begins, and which reader makes text of it.

A format is a row of FORMATS and a module of its name with `read(data: bytes) -> Content`, which raises UnreadableFile
without the file's name. What no row takes is a plain text.
"""

import re
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import PurePosixPath
from typing import Final

from ...errors import UnreadableFile
from ..archives import Archive
from ..encoding import decode
from . import confined
from .content import RADICALS, Content

ZIP: Final = re.compile(rb"PK\x03\x04")
OLE: Final = re.compile(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
RTF: Final = re.compile(rb"\{\\rtf")
PDF: Final = re.compile(rb"(?s:.{0,1019})%PDF-")  # readers of PDF allow for something before it
HTML: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}>\s*|<!--(?s:.{0,900}?)-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: the endings of its name, its reader (a module of this package), how it begins, and in a zip
    archive what the path of a member begins with, in an OLE file the name of a stream.

    `confined`: it is read in a process of its own.
    """

    suffixes: tuple[str, ...]
    reader: str
    begins: re.Pattern[bytes]
    inside: tuple[str, ...] = ()
    confined: bool = True


FORMATS: Final = (
    Format((".docx", ".docm", ".dotx"), "docx", ZIP, ("word/",)),
    Format((".xlsx", ".xlsm"), "workbook", ZIP, ("xl/",)),
    Format((".ofd",), "ofd", ZIP, ("OFD.xml",)),
    Format((".odt",), "office", ZIP, ("content.xml",), confined=False),
    Format((".doc", ".wps"), "office", OLE, ("WordDocument",), confined=False),
    Format((".xls", ".et"), "workbook", OLE, ("Workbook", "Book")),
    Format((".rtf",), "office", RTF, confined=False),
    Format((".pdf",), "pdf", PDF),
    Format((".html", ".htm"), "html", HTML),
)
SUFFIXES: Final = frozenset({".txt", ".md"}.union(*(each.suffixes for each in FORMATS)))
PROTECTED: Final = "EncryptedPackage"  # the stream of an OLE file that a docx or xlsx with a password is
CHARACTERS_AT_MOST: Final = 5_000_000  # ten times the longest plan
CONTROL: Final = dict.fromkeys(set(range(32)) - {9, 10})


def read(data: bytes, path: str) -> tuple[Content, str]:
    """What a file says, and its format ("docx", "txt"). Raises UnreadableFile that names `path`."""
    try:
        found = _recognised(data, PurePosixPath(path).suffix.lower())
        content = _content(data, found) if found else None
    except UnreadableFile as error:
        raise UnreadableFile(f"{path}: {error}") from None
    if found is None or content is None:
        return Content(decode(data, path).translate(RADICALS)), "txt"
    return content, found.suffixes[0][1:]


def _content(data: bytes, row: Format) -> Content:
    if row.confined:
        content = confined.read(row.reader, data)
    else:
        content = import_module(f".{row.reader}", __package__).read(data)
    text = content.text.translate(CONTROL | RADICALS)
    if not text.strip():
        raise UnreadableFile(f"holds no text that can be read ({row.suffixes[0][1:]})")
    if len(text) > CHARACTERS_AT_MOST:
        raise UnreadableFile(f"holds over {CHARACTERS_AT_MOST:,} characters, which is the limit; split it")
    return replace(content, text=text)


def _recognised(data: bytes, suffix: str) -> Format | None:
    """The first row that the bytes fit; None for a text. A web page may begin with anything: its name tells, too."""
    zipped = ZIP.match(data) is not None
    names = list(Archive(data).members) if zipped else []

    def is_inside(name: str) -> bool:
        return any(each.startswith(name) for each in names) if zipped else name.encode("utf-16-le") in data

    if OLE.match(data) and is_inside(PROTECTED):
        raise UnreadableFile("is protected by a password; save it without one")
    for row in FORMATS:
        if row.begins.match(data) and (not row.inside or any(map(is_inside, row.inside))):
            return row
    if zipped:
        raise UnreadableFile("is a zip archive without any document in it that can be read (or is not named .zip)")
    return next((row for row in FORMATS if row.reader == "html" and suffix in row.suffixes), None)
