"""Ids as people type them: 12, several with commas, ranges, the beginning of a uid; - for those on standard input."""

import re
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from .output import say
from .session import Session

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

MOST = 2**31 - 1  # what a database keeps of an id
RANGE_AT_MOST = 1000
NAMED_BY = "IDS: 12 14, 12,14 or 12-15, also the beginning of a uid; - reads them from standard input."
SEPARATORS = str.maketrans("，、；;～~—–至", ",,,,-----")
# The beginning of a uid, which is told from ids and their ranges by a letter, or by being whole.
UID = re.compile(r"(?=.*[a-f]|.{36}$)[0-9a-f]{4}[0-9a-f-]{0,32}")


class Id(click.ParamType[int]):
    """One id."""

    name = "ID"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The id that a word names."""
        text = str(value).strip()
        if not re.fullmatch(r"\d+", text):
            self.fail(f"{text!r} is no id; write a number such as 12", param, ctx)
        if len(text) > 10 or int(text) > MOST:
            self.fail(f"nothing has the id {text}", param, ctx)
        return int(text)


class MilestoneId(Id):
    """The id of a milestone, or the beginning of its uid."""

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The id that a word names."""
        text = str(value).strip().lower()
        return by_uid(text) if UID.fullmatch(text) else super().convert(text, param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
        """The open milestones with such an id, each with its title."""
        from .completion import ids

        return ids(ctx, incomplete)


class DateId(Id):
    """The id of a date expression, with or without the d that tells it from a milestone's."""

    name = "DATE-ID"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The id that a word names."""
        return super().convert(str(value).strip().removeprefix("d"), param, ctx)


class Ids(click.ParamType[list[int]]):
    """Several ids: 12, 14,15, the range 12-15, the beginning of a uid; - reads them from standard input."""

    name = "ID"

    def __init__(self, *, closed: bool = False) -> None:
        self.closed = closed  # whether it is closed milestones that are offered to complete it

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
        """The milestones with such an id, each with its title."""
        from .completion import ids

        return ids(ctx, incomplete, closed=self.closed)

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> list[int]:
        """The ids that a word names. Where none come on standard input, the call ends well."""
        if str(value) != "-":
            return self.named(str(value), param, ctx)
        if ctx is not None and ctx.resilient_parsing:  # a shell asks how the line could go on
            return []
        words = sys.stdin.buffer.read().decode("utf-8", "replace").split()
        if not words:
            say("no ids on standard input: nothing to do")
            raise click.exceptions.Exit(0)
        return [id for one in words for id in self.named(one, param, ctx)]

    def named(self, words: str, param: click.Parameter | None, ctx: click.Context | None) -> list[int]:
        """The ids that a word names."""
        found: list[int] = []
        for part in words.translate(SEPARATORS).strip(",").lower().split(","):
            if UID.fullmatch(part):
                found.append(by_uid(part))
                continue
            m = re.fullmatch(r"\s*(\d+)\s*(?:-\s*(\d+)\s*)?", part)
            if m is None:
                self.fail(f"{words[:40]!r} is no id; write 12, 12,14 or 12-15", param, ctx)
            first, last = (Id().convert(words, param, ctx) for words in (m[1], m[2] or m[1]))
            if not first <= last < first + RANGE_AT_MOST:
                self.fail(f"{part}: a range goes upwards, over {RANGE_AT_MOST} ids at most", param, ctx)
            found += range(first, last + 1)
        return found


def by_uid(beginning: str) -> int:
    """The id of the milestone whose uid begins so. Raises UsageError where that is not one, DatabaseError."""
    from .. import store
    from ..errors import UsageError

    session = click.get_current_context().ensure_object(Session)
    with store.reading(session.open(create=False)) as db:
        found = store.milestones.by_uid(db, beginning)
    if len(found) != 1:
        which = "; ".join(f"{id} {uid} {title}" for id, uid, title in found[:5])
        raise UsageError(
            f"{beginning}: {len(found)} uids begin so, write more of it: {which}" if found
            else f"{beginning}: no milestone's uid begins so; `tracker list --format jsonl` shows them"
        )  # fmt: skip
    return found[0][0]


def flat(ids: tuple[list[int], ...]) -> list[int]:
    """The ids of a call, each once, in order."""
    return list(dict.fromkeys(id for some in ids for id in some))


def ranges(ids: Iterable[int]) -> str:
    """Ids as they can be typed again: 3, 12-16."""
    runs: list[list[int]] = []
    for id in sorted(ids):
        if runs and id == runs[-1][-1] + 1:
            runs[-1].append(id)
        else:
            runs.append([id])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
