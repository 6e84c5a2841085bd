"""What decides how a document is read: its bytes, the .toml beside it, its name, the options, the rules of reading."""

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from .files import is_there, read_file

PACKAGE: Final = Path(__file__).parent.parent
RULES: Final = ("documents", "timex", "commitments", "sources", "prefixes.py", "workdays.py")
# Whose release can change a reading: a calendar with the holidays of one more year, a reader of a format.
LIBRARIES: Final = ("borax", "chinesecalendar", "lxml", "opencc", "pypdfium2", "python-calamine", "selectolax")


@cache
def rules() -> str:
    """The version of the rules of reading: it changes with the code that reads, so that nobody has to count it up."""
    places = [path for name in RULES for path in sorted([PACKAGE / name, *(PACKAGE / name).rglob("*")])]
    files = [path.read_bytes() for path in places if path.is_file() and path.suffix != ".pyc"]
    return _digest([*files, *map(_version, LIBRARIES)])


def fingerprint(path: str, options: Iterable[str | None]) -> str:
    """Equal for two readings only where they have the same result. Raises UnreadableFile."""
    file = Path(path)
    beside = file.with_suffix(".toml")
    named = f"{file.absolute().parent.name}/{file.name}"
    about = read_file(beside) if beside != file and is_there(beside) else b""
    return _digest([rules().encode(), named.encode("utf-8", "surrogateescape"), repr([*options]).encode(), about,
                    read_file(file)])  # fmt: skip


def _version(library: str) -> bytes:
    from importlib import metadata  # loads the reader of mail, and not every command asks

    try:
        return metadata.version(library).encode()
    except metadata.PackageNotFoundError:
        return b""


def _digest(parts: Iterable[bytes]) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(b"%d:" % len(part) + part)
    return whole.hexdigest()
