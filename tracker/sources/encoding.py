"""From bytes to text, character for character: what is no text, or of no recognisable encoding, is refused by name.

Line ends and blanks stay as they are, since offsets into the text must stay those of the file.
"""

import re
from typing import Final

from ..errors import UnreadableFile

# How a file of another format begins, and what it is.
FORMATS: Final = (
    (b"%PDF-", "a PDF"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Word or Excel file"),
    (b"{\\rtf", "an RTF file"),
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x7fELF", "a program"),
)
ZIPPED: Final = (
    (b"word/", "a Word file (docx)"),
    (b"xl/", "an Excel file (xlsx)"),
    (b"ppt/", "a PowerPoint file (pptx)"),
    (b"OFD.xml", "an OFD file"),
)
MARKED: Final = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (b"\xef\xbb\xbf", "utf-8", "UTF-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le", "UTF-32"),
    (b"\x00\x00\xfe\xff", "utf-32-be", "UTF-32"),
    (b"\xff\xfe", "utf-16-le", "UTF-16"),
    (b"\xfe\xff", "utf-16-be", "UTF-16"),
)
CONVERT: Final = "convert it to plain text (UTF-8) first"
WEB_PAGE: Final = re.compile(rb"\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# What a Chinese text is made of: Han, ASCII, their punctuation and full-width forms, and blanks.
USUAL: Final = re.compile(r"[\t\r\n\x20-\x7e　-〿一-鿿＀-￯‐-…·×①-⑳]")
SEPARATOR: Final = re.compile(r"[\r\n 。，、；：]")


def decode(data: bytes, name: str) -> str:
    """The text of a file without its byte order mark. Raises UnreadableFile naming `name` and what to do."""
    if not data:
        raise UnreadableFile(f"{name}: is empty")
    _refuse_formats(data, name)
    text = _decoded(data, name)
    if CONTROL.search(text) and len(CONTROL.findall(text)) > len(text) / 1000:
        raise UnreadableFile(f"{name}: is not a text; {CONVERT}")
    if not text.strip("\ufeff\u200b \t\r\n\f\v\u3000\xa0\x00"):
        raise UnreadableFile(f"{name}: holds no text, only blanks")
    return text


def _refuse_formats(data: bytes, name: str) -> None:
    found = next((what for magic, what in FORMATS if data.startswith(magic)), None)
    if data.startswith(b"PK\x03\x04"):
        found = next((what for part, what in ZIPPED if part in data), "a zip archive")
    if WEB_PAGE.match(data):
        found = "a web page (HTML)"
    if found:
        raise UnreadableFile(f"{name}: is {found}, not a text; {CONVERT}")


def _decoded(data: bytes, name: str) -> str:
    for mark, encoding, called in MARKED:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                where = error.start + len(mark)
                raise UnreadableFile(
                    f"{name}: is marked as {called} but damaged at byte {where}; save it again"
                ) from None
    if b"\x00" not in data:
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            _refuse_damaged_utf8(data, error, name)
    for encoding in ("utf-16-le", "utf-16-be"):
        text = _plain_utf16(data, encoding)
        if text is not None:
            return text
    if b"\x00" in data:
        raise UnreadableFile(f"{name}: is not a text (it holds zero bytes); {CONVERT}")
    return _national(data, name)


def _refuse_damaged_utf8(data: bytes, error: UnicodeDecodeError, name: str) -> None:
    """Refuse what is UTF-8 but for a few bytes: a national encoding would read it as gibberish, without an error."""
    damaged = data.decode("utf-8", errors="replace").count("\ufffd")
    foreign = sum(byte > 127 for byte in data)
    if damaged * 20 < foreign:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableFile(
            f"{name}: is UTF-8 but damaged at byte {error.start} (line {line}); repair or save it again"
        )


def _plain_utf16(data: bytes, encoding: str) -> str | None:
    """The text, if it plainly is UTF-16 without a mark: usual characters throughout, and what separates them."""
    if len(data) % 2:
        return None
    text = _strictly(data, encoding)
    if text is None or SEPARATOR.search(text) is None or len(USUAL.findall(text)) < 0.97 * len(text):
        return None
    return text


def _national(data: bytes, name: str) -> str:
    """GB18030, or Big5 where that reads common characters and GB18030 rare ones: neither may fail on the other's."""
    text, other = _strictly(data, "gb18030"), _strictly(data, "big5")
    common = _common(text, "gb2312", 0xB0, 0xD7) if text else 0.0
    if other and common < 0.5 and _common(other, "big5", 0xA4, 0xC6) >= 0.9:
        return other
    if text and common >= 0.3:
        return text
    raise UnreadableFile(
        f"{name}: its encoding is not recognised (UTF-8, UTF-16, GB18030 and Big5 were tried); save it as UTF-8"
    )


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _common(text: str, encoding: str, first: int, last: int) -> float:
    """The share of Han characters in the common level of a national set (lead bytes first..last); 0 without any."""
    han = [char for char in text if "㐀" <= char <= "鿿"]
    lead = [char.encode(encoding, errors="ignore")[:1] for char in han]
    return sum(bool(byte) and first <= byte[0] <= last for byte in lead) / len(han) if han else 0.0
