"""Text in columns: how wide Chinese is on a terminal and in a plain mail, and where its lines may break."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

# GB/T 15834: these stand at no line's start, and those at no line's end.
CLOSING: Final = "，。；：、！？）》】〉」』〕］｝％%”’…—·,.;:!?)]}～"
OPENING: Final = "（《【〈「『〔［｛“‘([{"
ADDRESS: Final = r"[!-+\--:<-?A-~]+@[!-+\--:<-~]+[,;]?"  # of several e-mail addresses each is a piece of its own
PIECE: Final = re.compile(rf"\s+|{ADDRESS}|[!-~]+|.", re.DOTALL)


class _Kept(dict[int, str | None]):
    """What becomes of a character in one line, learnt as characters occur: `str.translate` asks for each of them."""

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        if char in "\r\n\t\v\f\x85\u2028\u2029":
            self[code] = " "
        else:
            self[code] = None if unicodedata.category(char) in {"Cc", "Cf", "Cs"} else char
        return self[code]


class _Columns(dict[str, int]):
    """The columns of a character, learnt as characters occur: a mail asks for them a hundred thousand times."""

    def __missing__(self, char: str) -> int:
        wide = 2 if unicodedata.east_asian_width(char) in "WFA" else 1
        self[char] = 0 if unicodedata.combining(char) else wide
        return self[char]


KEPT: Final = _Kept()
COLUMNS_OF: Final = _Columns()


def printable(text: str) -> str:
    """`text` as one line: line ends and tabs become blanks; control, bidirectional and lone surrogate characters go."""
    return (text if text.isprintable() else text.translate(KEPT)).strip()


def quoted(text: str) -> str:
    """`text` between double quotation marks; those inside become single ones (GB/T 15834 §4.8.3.3)."""
    return f"“{text.replace('“', '‘').replace('”', '’')}”"


def width(text: str) -> int:
    """Columns that `text` takes. Ambiguous characters (“…—) count as two, as Chinese fonts draw them."""
    return sum(map(COLUMNS_OF.__getitem__, text))


def pad(text: str, columns: int) -> str:
    """`text` filled up with blanks to `columns`."""
    return text + " " * max(columns - width(text), 0)


def wrap(text: str, columns: int, first: str = "", rest: str = "") -> list[str]:
    """`text` in lines of at most `columns`, the first behind `first`, the others behind `rest`.

    Runs of ASCII (dates, addresses) stay whole where a line can hold them. At least one line, also for an empty text.
    """
    lines: list[str] = []
    line, taken = first, width(first)
    empty = True
    for unit in _units(text, columns - max(width(first), width(rest))):
        if not empty and taken + width(unit.rstrip()) > columns:
            lines.append(line.rstrip())
            line, taken, empty = rest, width(rest), True
        if empty:
            unit = unit.lstrip()
        line += unit
        taken += width(unit)
        empty = empty and not unit
    return [*lines, line.rstrip()]


def _units(text: str, most: int) -> Iterator[str]:
    """The pieces between which a line may break, none wider than `most`."""
    unit = ""
    for piece in PIECE.findall(text):
        glued = piece[0] in CLOSING or (unit and unit[-1] in OPENING)
        if unit and not glued:
            yield from _cut(unit, most)
            unit = ""
        unit += piece
    if unit:
        yield from _cut(unit, most)


def _cut(unit: str, most: int) -> Iterator[str]:
    """A unit that no line holds is cut where it must be."""
    while width(unit) > most > 1:
        stop = taken = 0
        while taken + COLUMNS_OF[unit[stop]] <= most:
            taken += COLUMNS_OF[unit[stop]]
            stop += 1
        yield unit[:stop]
        unit = unit[stop:]
    yield unit
