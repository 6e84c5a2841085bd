"""The command line for the tests: called in this process, with what it said and the code it ended with."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tracker.cli import run

DAY = ("--as-of", "2018-11-05")
PILOT = "91.试点一\n牵头单位：市教育局\n下步改革安排：{}\n"


@dataclass(frozen=True)
class Answer:
    """The exit code, standard output and standard error of a call."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Standard output as JSON lines: anything else on it fails."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def said(self) -> str:
        """Both outputs with the breaks of lines taken out."""
        return "".join(line.strip() for line in (self.out + self.err).splitlines())


@dataclass(frozen=True)
class Program:
    """Calls `tracker` in `folder`, where its database and its configuration lie."""

    folder: Path
    capture: pytest.CaptureFixture[str]

    @property
    def database(self) -> Path:
        return self.folder / "tracker.db"

    def __call__(self, *arguments: str) -> Answer:
        self.capture.readouterr()
        code = run(list(arguments))
        out, err = self.capture.readouterr()
        return Answer(code, out, err)

    def ok(self, *arguments: str) -> Answer:
        """A call that must end with 0."""
        answer = self(*arguments)
        assert answer.code == 0, answer
        return answer

    def file(self, name: str, content: str | bytes) -> str:
        """The path of a new file."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def pilot(self, tasks: str, name: str = "pilot.txt") -> str:
        """The path of a new document with one pilot."""
        return self.file(name, PILOT.format(tasks))

    def process(
        self,
        *arguments: str,
        environ: Mapping[str, str] | None = None,
        before: Callable[[], None] | None = None,
        out: int = subprocess.PIPE,
        text_in: bytes = b"",
    ) -> subprocess.CompletedProcess[bytes]:
        """The real program in a process of its own."""
        return subprocess.run(
            [sys.executable, "-m", "tracker", *arguments],
            cwd=self.folder, env={**os.environ, **(environ or {})}, preexec_fn=before, input=text_in,
            stdout=out, stderr=subprocess.PIPE, timeout=60, check=False,
        )  # fmt: skip
