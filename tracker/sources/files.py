"""Files as they are named on the command line: a folder stands for its documents, a zip archive for its members.

A member is named by a path through its archive, as in reports.zip/2018/plan.docx; archives may hold archives.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Final

from ..errors import UnreadableFile
from .archives import MAGIC, Archive
from .formats import SUFFIXES

MEGABYTES_AT_MOST: Final = 20  # ten times the longest plan of a province with its pictures
ARCHIVES_DEEP_AT_MOST: Final = 3
ARCHIVE: Final = ".zip"


def expand(paths: Iterable[str]) -> Iterator[str]:
    """The documents that `paths` stand for, each a path for `read`, in a fixed order.

    A folder stands for the documents below it, a zip archive for those in it; hidden files and those of other kinds
    (by their suffix) are left out there. Anything else stands for itself; so does what cannot be opened or holds no
    document, for `read` to say why.
    """
    for path in paths:
        found = False
        for document in _below(path) if Path(path).is_dir() else _of_file(path):
            found = True
            yield document
        if not found:
            yield path


def _below(folder: str) -> Iterator[str]:
    """The documents below a folder; links to folders are not followed."""
    closed: list[str] = []
    for parent, folders, names in os.walk(folder, onerror=lambda error: closed.append(str(error.filename))):
        folders[:] = sorted(name for name in folders if not _is_hidden(name))
        for name in sorted(names):
            if _is_document(PurePosixPath(name)):
                yield from _of_file(str(Path(parent, name)))
    yield from closed


def _of_file(path: str) -> Iterator[str]:
    """The documents of an archive; any other file itself."""
    try:
        inside = list(_inside(_on_disk(Path(path)), path, 1)) if Path(path).suffix.lower() == ARCHIVE else []
    except (UnreadableFile, OSError):
        inside = []
    yield from inside or [path]


def _inside(archive: Archive, path: str, depth: int) -> Iterator[str]:
    """The documents of an archive; an archive in it that cannot be opened, or lies too deep, stands for itself."""
    for name in sorted(archive.members):
        inner = PurePosixPath(name)
        if not _is_document(inner):
            continue
        within, found = f"{path}/{inner}", []
        if inner.suffix.lower() == ARCHIVE and depth < ARCHIVES_DEEP_AT_MOST:
            try:
                found = list(_inside(Archive(archive.read(name, MEGABYTES_AT_MOST)), within, depth + 1))
            except UnreadableFile:
                found = []
        yield from found or [within]


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "~$", "__MACOSX"))  # ~$: a lock file of Word


def _is_document(path: PurePosixPath) -> bool:
    return path.suffix.lower() in {*SUFFIXES, ARCHIVE} and not any(map(_is_hidden, path.parts))


def read_file(file: Path) -> bytes:
    """The bytes of a file, or of a member of an archive.

    Raises UnreadableFile; for a pipe or a device too, which may never end.
    """
    limit = MEGABYTES_AT_MOST * 1024 * 1024
    try:
        if archive := _around(file):
            return _member(archive, file)
        if not (stat.S_ISREG(mode := file.stat().st_mode) or stat.S_ISDIR(mode)):
            raise UnreadableFile(f"{file}: is a pipe or a device; write its text to a file first")
        with file.open("rb") as opened:
            data = opened.read(limit + 1)
    except FileNotFoundError:
        raise UnreadableFile(f"{file}: there is no such file") from None
    except IsADirectoryError:
        inside = "".join(f"; did you mean {child}?" for child in [file / "document.txt"] if child.is_file())
        raise UnreadableFile(f"{file}: is a directory{inside or ' without any document in it'}") from None
    except PermissionError:
        raise UnreadableFile(f"{file}: may not be read; check its permissions") from None
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise UnreadableFile(f"{file}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(data) > limit:
        raise UnreadableFile(f"{file}: is over {MEGABYTES_AT_MOST} MB, which is the limit; split it")
    return data


def is_there(file: Path) -> bool:
    """Whether there is such a file, or such a member of an archive."""
    archive = _around(file)
    try:
        return _member(archive, file) is not None if archive else file.is_file()
    except UnreadableFile:
        return False


def _around(file: Path) -> Path | None:
    """The file on disk that the path leads through, if it does."""
    return next((parent for parent in file.parents if parent.is_file()), None)


def _member(outer: Path, file: Path) -> bytes:
    """The bytes of the member that `file` names, `outer` being the archive on disk."""
    with outer.open("rb") as opened:
        if not opened.read(4).startswith(MAGIC):
            raise UnreadableFile(f"{file}: {outer} is no zip archive, so there is no file in it")
    rest = PurePosixPath(file.relative_to(outer))
    try:
        archive = _on_disk(outer)
        for _ in range(ARCHIVES_DEEP_AT_MOST):
            name = next((str(path) for path in (rest, *rest.parents) if str(path) in archive.members), None)
            if name is None:
                raise UnreadableFile("there is no such file in the archive")
            data = archive.read(name, MEGABYTES_AT_MOST)
            if name == str(rest):
                return data
            archive, rest = Archive(data), rest.relative_to(name)
    except UnreadableFile as error:
        raise UnreadableFile(f"{file}: {error}") from None
    raise UnreadableFile(f"{file}: archives in it lie over {ARCHIVES_DEEP_AT_MOST} deep, which is the limit; unpack it")


def _on_disk(file: Path) -> Archive:
    known = file.stat()
    return _opened(file, known.st_mtime_ns, known.st_size, os.getpid())


@lru_cache(maxsize=1)  # whoever reads one member reads the others next; a forked process needs a file of its own
def _opened(file: Path, changed: int, size: int, process: int) -> Archive:
    return Archive(file)
