"""The report of what revised documents changed, written to a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from .exporting import write
from .output import say

if TYPE_CHECKING:
    from ..render.amendments import Amended

SUFFIXES = (".html", ".htm", ".txt")


class Amendments:
    """What the documents of a call changed, and the file that is to say it. Raises UsageError for one of another kind.

    Of a document that was not known everything is new, which is no amendment: it is left out.
    """

    def __init__(self, file: str) -> None:
        if Path(file).suffix.lower() not in SUFFIXES:
            raise UsageError(f"--report {file}: a page (.html) or a text (.txt) can be written")
        self.file = file
        self.found: list[Amended] = []

    def take(self, made: Any) -> None:
        """Takes what became of a file."""
        from ..jobs.plans import Report
        from ..render.amendments import Amended

        if isinstance(made, Report) and not made.new:
            self.found.append(
                Amended(
                    key=made.key,
                    title=made.source.title,
                    published=made.source.published,
                    stored=not made.dry_run,
                    compared=made.compared,
                    amendments=made.amendments,
                )
            )

    def write(self) -> None:
        """Writes the file. Raises UnreadableFile where that cannot be."""
        from ..render.amendments import report_page, report_text

        page = Path(self.file).suffix.lower() != ".txt"
        text = report_page(self.found) if page else "\n".join(map(report_text, self.found))
        write(text.encode("utf-8", "replace"), self.file)
        if not self.found:
            say(f"{self.file}: none of the documents was known and read anew, so no change is reported")
