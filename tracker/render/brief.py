"""A digest as a short text for a chat: the counts and what is new, the gravest first; the mail has everything."""

from collections.abc import Iterator
from typing import Final

from ..digests import Digest, Line
from .message import subject
from .page import issue, shares, summary
from .wrapping import printable

NEWS_AT_MOST: Final = 20
TITLE_AT_MOST: Final = 60  # characters
CUT: Final = "……"


def brief(digest: Digest) -> str:
    """Title, issue, counts, then each milestone that this issue tells, its last day before its title; lines end with a
    line feed. What is left out is counted, and the mail of the same issue is named."""
    return "\n".join([subject(digest), f"{printable(digest.office)}　{issue(digest)}", summary(digest), *_news(digest),
                      *_end(digest)])  # fmt: skip


def _news(digest: Digest) -> Iterator[str]:
    sizes = [section.news for section in digest.sections]
    for section, number in zip(digest.sections, shares(sizes, NEWS_AT_MOST), strict=True):
        if number:  # what is news stands first
            yield f"▌{section.title}"
            for line in section.lines[:number]:
                yield f"{line.due}　{_titled(line)}（{line.when}，编号{line.milestone}）"


def _titled(line: Line) -> str:
    title = printable(line.title)
    return title if len(title) <= TITLE_AT_MOST else title[:TITLE_AT_MOST] + CUT


def _end(digest: Digest) -> Iterator[str]:
    left = digest.news - NEWS_AT_MOST
    if left > 0:
        yield f"另有{left}项本期提示未列出。"
    answer = "；办结或情况有变请回复邮件，在此回复不作登记" if digest.recipient else ""
    yield f"全文、依据和附表见同一期的邮件{answer}。"
