"""Many files at a call: who reads them, how far it got, and what became of them all."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from .output import counted
from .session import Command

if TYPE_CHECKING:
    from ..jobs.workers import Workers


def many_options(command: Command) -> Command:
    """Adds --jobs and --engine."""
    for option in (
        click.option("--engine", metavar="URL", help="Read on a Dask cluster: dask://HOST:PORT."),
        click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Read in N processes (default: in one)."),
    ):
        command = option(command)
    return command


def workers(jobs: int | None, engine: str | None) -> "Workers":
    """Who reads. Raises UsageError and ConfigError for a cluster that cannot be."""
    from ..jobs.workers import Here, Processes

    if engine is None:
        return Processes(jobs) if jobs and jobs > 1 else Here()
    if jobs is not None:
        raise UsageError("--jobs is for processes of this machine; a cluster has its own workers: drop it or --engine")
    from ..jobs.cluster import Cluster

    return Cluster(engine)


@dataclass
class Tally:
    """What became of the files of a call; commitments and dates (by their fates) are those of the documents read."""

    read: int = 0
    unchanged: int = 0
    failed: int = 0
    to_look_at: int = 0
    commitments: int = 0
    fates: Counter[str] = field(default_factory=Counter)
    code: int = 0

    def failure(self, code: int) -> None:
        """Counts a file that could not be read, with its exit code."""
        self.failed += 1
        self.code = max(self.code, code)

    def document(self, commitments: int, fates: Mapping[str, int], to_look_at: bool) -> None:
        """Counts a document that was read."""
        self.read += 1
        self.commitments += commitments
        self.fates.update(fates)
        self.to_look_at += to_look_at

    def kept(self, to_look_at: bool) -> None:
        """Counts a document that need not be read again."""
        self.unchanged += 1
        self.to_look_at += to_look_at

    @property
    def exit_code(self) -> int:
        """That of the worst failure, else whether a person should look at something."""
        return self.code or int(self.to_look_at > 0)

    def words(self) -> str:
        """The summary."""
        files = self.read + self.unchanged + self.failed
        dates = " + ".join(f"{self.fates[fate]} {fate.replace('-', ' ')}" for fate in FATES)
        looks = f"; {counted(self.to_look_at, 'document')} to look at" if self.to_look_at else ""
        return (
            f"{counted(files, 'file')}: {self.read} read, {self.unchanged} unchanged, {self.failed} failed; "
            f"{counted(self.commitments, 'commitment')}; {self.fates.total()} dates = {dates}{looks}"
        )

    @contextmanager
    def told(self, tell: Callable[[str], None]) -> Iterator[None]:
        """Tells the summary at the end, also where that comes early, if there was more than one file."""
        try:
            yield
        finally:
            if self.read + self.unchanged + self.failed > 1:
                tell(self.words())


FATES = ("tracked", "set-aside", "waiting")


@contextmanager
def progress(files: int, *, shown: bool = True) -> Iterator[Callable[[], None]]:
    """A bar with rate and time left on standard error, where that is a terminal; yields what to call for each file."""
    if not (shown and files > 1 and sys.stderr.isatty()):
        yield lambda: None
        return
    with _bar() as bar:
        task = bar.add_task("", total=files)
        yield lambda: bar.advance(task)


def _bar() -> Any:
    from rich import progress
    from rich.console import Console
    from rich.text import Text

    class Rate(progress.ProgressColumn):
        """Files a second."""

        def render(self, task: progress.Task) -> Text:
            return Text(f"{task.speed or 0:.0f}/s")

    columns = progress.BarColumn(), progress.MofNCompleteColumn(), Rate(), progress.TimeRemainingColumn()
    # What is printed meanwhile goes above the bar, or past it where it is not for this terminal.
    return progress.Progress(
        *columns, console=Console(stderr=True), transient=True, redirect_stdout=sys.stdout.isatty()
    )
