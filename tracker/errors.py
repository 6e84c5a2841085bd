"""What can go wrong: a Problem is a value that is collected and shown; a failure is an exception with its exit code."""

from dataclasses import dataclass

FAULT = 70  # EX_SOFTWARE of sysexits.h: not among the promised codes, so that no script takes a fault for success


class TrackerError(Exception):
    """A failure that says where it happened and what to do; `exit_code` is what the command line ends with."""

    exit_code = 1


class UsageError(TrackerError):
    """The words of a call are wrong: an unknown id, a date that does not exist, an agency nobody named."""

    exit_code = 2


class Declined(TrackerError):
    """A person was asked and said no; nothing was changed. The code is that of an interrupted call."""

    exit_code = 130


class ConfigError(TrackerError):
    """The configuration cannot be used."""

    exit_code = 3


class DatabaseError(TrackerError):
    """The database cannot be used: locked, read-only, full, of another schema, or not ours."""

    exit_code = 4


class UnreadableFile(TrackerError):
    """A file cannot be read."""

    exit_code = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """Something unreadable in an input: collected and shown, never an abort.

    `where` names the place (a document key, an item, a line), `words` the text concerned, `reason` what is wrong and
    what a person should do.
    """

    where: str
    words: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where}: {self.words}: {self.reason}" if self.words else f"{self.where}: {self.reason}"
