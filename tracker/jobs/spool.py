"""A spool: what was rendered waits on the disk until it is written, and not in memory."""

from tempfile import SpooledTemporaryFile
from typing import Final, NamedTuple

from ..errors import TrackerError

IN_MEMORY: Final = 32_000_000  # bytes: so much is kept without a file


class Slip(NamedTuple):
    """Where something waits."""

    start: int
    length: int


class Spool:
    """A file without a name, gone with the process. Raises TrackerError where the disk does not take it."""

    def __init__(self) -> None:
        self.file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - `close` is for whoever opened it
        self.end = 0

    def put(self, data: bytes) -> Slip:
        """Keep some bytes."""
        slip = Slip(self.end, len(data))
        try:
            self.file.seek(self.end)
            self.file.write(data)
            self.file.flush()
        except OSError as error:
            raise TrackerError(
                f"what was rendered finds no room in the folder for temporary files ({error.strerror}); nothing was "
                "changed: make room there, or name another folder in the environment variable TMPDIR"
            ) from error
        self.end += len(data)
        return slip

    def get(self, slip: Slip) -> bytes:
        """The bytes again."""
        self.file.seek(slip.start)
        return self.file.read(slip.length)

    def close(self) -> None:
        """Nothing waits any more."""
        self.file.close()
