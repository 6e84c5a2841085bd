"""What revised documents changed, as a digest lists it: by document and day."""

from dataclasses import dataclass
from itertools import groupby

from ..digests import Revisions
from ..digests.revisions import words
from .wrapping import printable

HEADING = "文件修订"


@dataclass(frozen=True, slots=True)
class Revised:
    """What one document changed from a day on, a line each."""

    heading: str
    lines: tuple[str, ...]


def revised(revisions: Revisions) -> tuple[Revised, ...]:
    """The revisions by document and day; what has no line is counted in the last one."""
    ordered = sorted(revisions.lines, key=lambda one: (one.day, one.document))
    found = [
        Revised(printable(f"《{document}》（{day}）"), tuple(printable(words(one)) for one in some))
        for (day, document), some in groupby(ordered, key=lambda one: (one.day, one.document))
    ]
    left = revisions.total - len(revisions.lines)
    return (*found, Revised(f"另有{left}项未列出。", ())) if left > 0 else tuple(found)
