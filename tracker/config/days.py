"""The days of `[workdays]`: single days and ranges, in the configuration or in a file of their own."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from ..errors import ConfigError

LISTS: Final = ("holidays", "working")
RANGE: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?:\.\.(\d{4}-\d\d-\d\d))?")
LONGEST: Final = 60  # days: a longer holiday is a mistyped year


def told(tree: dict[str, Any], where: str, read: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
    """The tree with the working days that were told by hand, those of their own file, which `read` reads, too."""
    table = tree["workdays"]
    if not isinstance(table, dict):
        return tree
    table = listed(table, where)
    if isinstance(file := table["file"], str) and file:
        table = joined(table, read(Path(file)), where, file)
    return {**tree, "workdays": table}


def listed(table: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The table with every range as its days. `where` names the file. Raises ConfigError.

    What is no list at all is left as it is.
    """
    days = {name: [*_days(table[name], f"{where}: [workdays] {name}")] for name in LISTS if _is_list(table, name)}
    if both := sorted(set(days.get("holidays", ())) & set(days.get("working", ()))):
        raise ConfigError(f"{where}: [workdays] working: {both[0]} is among the holidays, too")
    return {**table, **days}


def joined(table: Mapping[str, Any], more: Mapping[str, Any], where: str, file: str) -> dict[str, Any]:
    """The table with the days of its `file`, which holds the two lists and nothing else. Raises ConfigError."""
    if unknown := sorted(set(more) - set(LISTS)):
        raise ConfigError(f"{file}: {unknown[0]}: unknown; known: {', '.join(LISTS)}")
    added = listed(more, file)
    both = {name: [*table[name], *added.get(name, ())] for name in LISTS if _is_list(table, name)}
    return listed({**table, **both}, where)


def _days(entries: list[Any], where: str) -> Iterator[date]:
    for entry in entries:
        if isinstance(entry, date) and not isinstance(entry, datetime):
            yield entry
        else:
            yield from _range(entry, where)


def _range(entry: object, where: str) -> Iterator[date]:
    try:
        found = RANGE.fullmatch(str(entry)) if isinstance(entry, str) else None
        first, last = (
            (date.fromisoformat(found[1]), date.fromisoformat(found[2] or found[1])) if found else (None, None)
        )
    except ValueError:
        first = last = None
    if first is None or last is None or not 0 <= (last - first).days < LONGEST:
        raise ConfigError(
            f'{where}: {entry!r} is no day such as 2027-10-01, nor a range such as "2027-10-01..2027-10-07"'
        )
    for n in range((last - first).days + 1):
        yield first + timedelta(days=n)


def _is_list(table: Mapping[str, Any], name: str) -> bool:
    return isinstance(table.get(name), list)
