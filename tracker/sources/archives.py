"""Zip archives, and the files that are zip archives inside (docx, xlsx, ofd): listed and unpacked in memory.

Nothing is ever written to disk. What an archive says of itself is not believed: what is unpacked is counted.
"""

import io
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo

from ..errors import UnreadableFile

MAGIC: Final = (b"PK\x03\x04", b"PK\x05\x06")  # the second: an archive without members
MEMBERS_AT_MOST: Final = 20_000  # more files than an office archives in one piece
ENCRYPTED: Final = 0x1
UTF_8: Final = 0x800
FAULTS: Final = (
    BadZipFile, LargeZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError,
    LookupError, TypeError,
)  # fmt: skip  # all that zipfile raises for a damaged archive


class Archive:
    """A zip archive on disk or in memory; `members` are its files by their paths in it.

    Raises UnreadableFile, without the file's name, where it is damaged, or a path leads out of it.
    """

    def __init__(self, file: Path | bytes) -> None:
        try:
            self._zip = ZipFile(io.BytesIO(file) if isinstance(file, bytes) else file)
            if len(self._zip.filelist) > MEMBERS_AT_MOST:
                raise UnreadableFile(f"holds over {MEMBERS_AT_MOST} files, which is the limit; split it")
            self.members = dict(_members(self._zip))
        except FAULTS as error:
            raise _damaged(error) from None

    def read(self, path: str, megabytes: int) -> bytes:
        """A member's bytes, at most `megabytes` of them. Raises UnreadableFile, without the file's name."""
        info = self.members[path]
        if info.flag_bits & ENCRYPTED:
            raise UnreadableFile("is protected by a password; save it without one")
        limit = megabytes * 1024 * 1024
        try:
            with self._zip.open(info) as opened:
                data = opened.read(limit + 1)
        except FAULTS as error:
            raise _damaged(error) from None
        if len(data) > limit:
            raise UnreadableFile(f"is over {megabytes} MB when unpacked ({path}), which is the limit")
        return data


def _damaged(error: Exception) -> UnreadableFile:
    return UnreadableFile(f"is damaged or not whole ({error}); get it again from where it came")


def _members(archive: ZipFile) -> Iterator[tuple[str, ZipInfo]]:
    for info in archive.infolist():
        path = PurePosixPath(_name(info).replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts:
            raise UnreadableFile(f"holds a path that leads out of it ({path}); it is not to be trusted")
        if not info.is_dir():
            yield str(path), info


def _name(info: ZipInfo) -> str:
    """The name as written: without the mark of UTF-8, programs write UTF-8 or GB18030 all the same."""
    if info.flag_bits & UTF_8:
        return info.filename
    written = info.filename.encode("cp437", errors="ignore")
    for encoding in ("utf-8", "gb18030"):
        try:
            return written.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename
