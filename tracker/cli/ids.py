"""Ids as people type them: 12, several with commas, and ranges."""

import re
from collections.abc import Iterable

import click

MOST = 2**31 - 1  # what a database keeps of an id
RANGE_AT_MOST = 1000
SEPARATORS = str.maketrans("，、；;～~—–至", ",,,,-----")


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


class DateId(Id):
    """The id of a date expression, with or without the d that tells it from a milestone's."""

    name = "DATE-ID"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The id that a word names."""
        return super().convert(str(value).strip().removeprefix("d"), param, ctx)


class Ids(click.ParamType[list[int]]):
    """Several ids: 12, 14,15 or the range 12-15."""

    name = "ID"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> list[int]:
        """The ids that a word names."""
        found: list[int] = []
        for part in str(value).translate(SEPARATORS).strip(",").split(","):
            m = re.fullmatch(r"\s*(\d+)\s*(?:-\s*(\d+)\s*)?", part)
            if m is None:
                self.fail(f"{str(value)!r} is no id; write 12, 12,14 or 12-15", param, ctx)
            first, last = (Id().convert(words, param, ctx) for words in (m[1], m[2] or m[1]))
            if not first <= last < first + RANGE_AT_MOST:
                self.fail(f"{part}: a range goes upwards, over {RANGE_AT_MOST} ids at most", param, ctx)
            found += range(first, last + 1)
        return found


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
