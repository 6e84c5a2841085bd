"""LibreOffice, where it is installed: it makes docx of old Word files, WPS, RTF and OpenDocument texts, to be read,
and PDF or pictures of what we have made."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import Final

from ...errors import UnreadableFile
from . import confined
from .content import Content

SECONDS: Final = 120  # LibreOffice takes 3 for the first file of a new profile
MEGABYTES_AT_MOST: Final = 100  # of what it makes


def read(data: bytes) -> Content:
    """The text of a file that LibreOffice can read. Raises UnreadableFile, without the file's name."""
    program = installed()
    if program is None:
        raise UnreadableFile("can only be read where LibreOffice is installed; install it, or save the file as docx")
    return confined.read("docx", converted(data, "doc", "docx", program))


def installed() -> str | None:
    """The program's path."""
    return which("soffice") or which("libreoffice")


def converted(data: bytes, suffix: str, to: str, program: str) -> bytes:
    """A file whose name ends with `suffix` as another format, `to`. Raises UnreadableFile, without the file's name."""
    with TemporaryDirectory(prefix="tracker-") as folder:
        file, made = Path(folder, f"in.{suffix}"), Path(folder, "out", f"in.{to.partition(':')[0]}")
        file.write_bytes(data)
        # A profile of its own: a running LibreOffice would take the file, or refuse it.
        profile = Path(folder, "profile").as_uri()
        command = [program, f"-env:UserInstallation={profile}", "--headless", "--norestore", "--convert-to", to,
                   "--outdir", str(made.parent), str(file)]  # fmt: skip
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            raise UnreadableFile(
                f"takes LibreOffice over {SECONDS} seconds, which is the limit; save it as docx"
            ) from None
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # the script and the program that it has started
            process.wait()
        if not made.is_file():
            raise UnreadableFile("cannot be opened: it is damaged, or protected by a password; save it as docx")
        if made.stat().st_size > MEGABYTES_AT_MOST << 20:
            raise UnreadableFile(f"is over {MEGABYTES_AT_MOST} MB as {made.suffix[1:]}, which is the limit; split it")
        return made.read_bytes()
