"""A pager for what is longer than the terminal."""

import io
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

from .session import Session

LESS = "FRX"  # ends where all fits, shows colours, leaves what was read on the screen


class _Page(io.StringIO):
    """What is printed for a terminal before it is shown."""

    def isatty(self) -> bool:
        """It is printed as for the terminal."""
        return True


@contextmanager
def paged(session: Session) -> Iterator[None]:
    """Shows what is printed meanwhile by a pager, where it is longer than the terminal ($PAGER, else less).

    Not in a pipe, nor with --no-pager or an empty PAGER.
    """
    terminal = sys.stdout.isatty() and os.environ.get("TERM") not in (None, "", "dumb")
    program = [] if session.no_pager or not terminal else pager()
    if not program:
        yield
        return
    page = _Page()
    with redirect_stdout(page):
        yield
    text = page.getvalue()
    if text.count("\n") < shutil.get_terminal_size((80, 24)).lines or not shown_by(program, text):
        sys.stdout.write(text)
        sys.stdout.flush()


def pager() -> list[str]:
    """The pager's command; empty where none is wanted or there is none."""
    wanted = os.environ.get("PAGER", "less")
    try:
        program = shlex.split(wanted)
    except ValueError:  # an open quotation mark
        return []
    return program if program and program != ["cat"] and shutil.which(program[0]) else []


def shown_by(program: list[str], text: str) -> bool:
    """Whether the pager took the text. Ctrl-C is the pager's own key meanwhile."""
    environ = {"LESS": LESS, "LESSCHARSET": "utf-8"} | os.environ
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with subprocess.Popen(program, stdin=subprocess.PIPE, env=environ) as process:
            process.communicate(text.encode("utf-8", "replace"))
    except OSError:
        return False
    finally:
        signal.signal(signal.SIGINT, before)
    return True
