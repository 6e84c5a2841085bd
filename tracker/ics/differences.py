"""How an entry on a server differs from the one that we put there."""

import re
from typing import Final

from .lines import Part, parse

SHOWN: Final = ("SUMMARY", "DTSTART", "DTEND", "DUE", "RRULE", "EXDATE", "STATUS", "DESCRIPTION")
LISTS: Final = {"RRULE": ";", "EXDATE": ","}
ESCAPED: Final = re.compile(r"\\([\\;,nN])")
WORDS_AT_MOST: Final = 40


def differences(ours: bytes, theirs: bytes) -> list[str]:
    """In words, what another copy says of the same entry; nothing where only its form is another."""
    one, other = _entries(ours), _entries(theirs)
    found = [f"{_of(key)}is missing there" for key in one.keys() - other.keys()]
    found += [f"{_of(key)}stands there and not here" for key in other.keys() - one.keys()]
    for key in sorted(one.keys() & other.keys()):
        for name in SHOWN:
            here, there = _value(one[key], name), _value(other[key], name)
            if here != there:
                found.append(f"{_of(key)}{name} is {_short(there)} there, {_short(here)} here")
        if len(one[key].parts) != len(other[key].parts):
            found.append(f"{_of(key)}{len(other[key].parts)} alarms there, {len(one[key].parts)} here")
    return found


def summary(data: bytes) -> str:
    """What an entry is called."""
    parts = _entries(data).values()
    return next((_value(part, "SUMMARY") for part in parts), "")


def _entries(data: bytes) -> dict[str, Part]:
    parts = [part for calendar in parse(data)[0].parts for part in calendar.parts if part.name in ("VEVENT", "VTODO")]
    return {part.value("RECURRENCE-ID"): part for part in parts}


def _of(occurrence: str) -> str:
    return f"the occurrence of {occurrence}: " if occurrence else ""


def _value(part: Part, name: str) -> str:
    values = [one.value for one in part.all(name)]
    if name in LISTS:
        mark = LISTS[name]
        return mark.join(sorted(each for value in values for each in value.split(mark)))
    return ",".join(ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value) for value in values)


def _short(words: str) -> str:
    flat = " ".join(words.split())
    return (flat if len(flat) <= WORDS_AT_MOST else f"{flat[:WORDS_AT_MOST]}…") or "nothing"
