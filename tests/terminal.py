"""The real program on a terminal."""

import codecs
import fcntl
import os
import pty
import re
import select
import subprocess
import sys
import termios
import time

from cli_program import Program


class Terminal:
    """The real program on a terminal of 80 columns: keys are pressed when the words before them are on the screen."""

    def __init__(self, program: Program, *arguments: str, **environ: str) -> None:
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tracker", *arguments], cwd=program.folder, stdin=slave, stdout=slave, stderr=slave,
            env={**os.environ, "TERM": "xterm", **environ}, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # its own terminal: Ctrl-C reaches it
        )  # fmt: skip
        os.close(slave)
        self.screen = self.unread = ""
        self.decoder = codecs.getincrementaldecoder("utf-8")()

    def until(self, words: str) -> str:
        """Reads until these words have come after what was read before; returns what came."""
        start, deadline = len(self.screen), time.monotonic() + 30
        while words not in self.unread:
            ready, _, _ = select.select([self.master], [], [], max(deadline - time.monotonic(), 0))
            assert ready, f"{words!r} did not come: {self.screen}{self.unread}"
            self.unread += re.sub(r"\x1b\[[0-9;]*m", "", self.decoder.decode(os.read(self.master, 4096)))
        came, _, self.unread = self.unread.partition(words)
        self.screen += came + words
        return self.screen[start:]

    def press(self, keys: str, words: str) -> str:
        """Presses keys and reads until these words have come."""
        os.write(self.master, keys.encode())
        return self.until(words)

    def end(self) -> int:
        """The exit code."""
        try:
            while chunk := os.read(self.master, 4096):
                self.screen += self.decoder.decode(chunk)
        except OSError:  # the other end of a terminal that nobody holds any more
            pass
        return self.process.wait(30)
