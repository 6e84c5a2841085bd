"""Automatic numbers of a Word file: what stands before a paragraph on the page, and nowhere in its text.

ECMA-376 part 1, 17.9: a paragraph names a list (numId) and a level, itself or through its style; lists that share a
definition (abstractNum) go on counting together, unless one says where it starts.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from lxml.etree import _Element

from .xml import attribute, child, children

LEVELS: Final = range(9)
STYLES_DEEP_AT_MOST: Final = 20  # a style may be based on itself in a damaged file
DIGITS: Final = "〇一二三四五六七八九"
FINANCIAL: Final = "零壹贰叁肆伍陆柒捌玖"


def chinese(number: int, digits: str = DIGITS, units: tuple[str, ...] = ("", "十", "百", "千")) -> str:
    """12 as 十二, 105 as 一百〇五; above 9999 the bare digits."""
    if not 0 < number < 10_000:
        return "".join(digits[int(digit)] for digit in str(number))
    text = "".join(
        digits[int(digit)] + (units[place] if digit != "0" else "")
        for place, digit in zip(range(len(str(number)) - 1, -1, -1), str(number), strict=True)
    )
    text = re.sub(f"{digits[0]}+", digits[0], text).rstrip(digits[0])
    return text[1:] if text.startswith(digits[1] + units[1]) else text


ROMAN: Final = {
    1000: "M", 900: "CM", 500: "D", 400: "CD", 100: "C", 90: "XC", 50: "L", 40: "XL", 10: "X", 9: "IX", 5: "V",
    4: "IV", 1: "I",
}  # fmt: skip


def roman(number: int) -> str:
    text = ""
    for value, letters in ROMAN.items():
        text += letters * (min(number, 10_000) // value)
        number %= value
    return text


def letters(number: int) -> str:
    """A to Z, then AA, BB and so on."""
    return chr(ord("A") + (number - 1) % 26) * min((number - 1) // 26 + 1, 10) if number > 0 else ""


def one_of(characters: str, number: int) -> str:
    return characters[number - 1] if 0 < number <= len(characters) else str(number)


FULL_WIDTH: Final = str.maketrans("0123456789", "０１２３４５６７８９")
CIRCLED: Final = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
WRITTEN: Final[dict[str, Callable[[int], str]]] = {  # ST_NumberFormat; any other is written in Arabic digits
    "none": lambda n: "",
    "bullet": lambda n: "•",
    "decimalZero": lambda n: f"{n:02}",
    "upperRoman": roman,
    "lowerRoman": lambda n: roman(n).lower(),
    "upperLetter": letters,
    "lowerLetter": lambda n: letters(n).lower(),
    "chineseLegalSimplified": lambda n: chinese(n, FINANCIAL, ("", "拾", "佰", "仟")),
    "ideographLegalTraditional": lambda n: chinese(n, "零壹貳參肆伍陸柒捌玖", ("", "拾", "佰", "仟")),
    "decimalFullWidth": lambda n: str(n).translate(FULL_WIDTH),
    "decimalFullWidth2": lambda n: str(n).translate(FULL_WIDTH),
    "decimalEnclosedCircle": lambda n: one_of(CIRCLED, n),
    "decimalEnclosedCircleChinese": lambda n: one_of(CIRCLED, n),
    "decimalEnclosedFullstop": lambda n: one_of("⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛", n),
    "decimalEnclosedParen": lambda n: one_of("⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇", n),
    "ideographEnclosedCircle": lambda n: one_of("㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉", n),
    "ideographTraditional": lambda n: one_of("甲乙丙丁戊己庚辛壬癸", n),
    "ideographZodiac": lambda n: one_of("子丑寅卯辰巳午未申酉戌亥", n),
} | dict.fromkeys(("chineseCounting", "chineseCountingThousand", "japaneseCounting", "japaneseDigitalTenThousand",
                   "taiwaneseCounting", "taiwaneseCountingThousand", "taiwaneseDigital", "ideographDigital",
                   "koreanCounting", "koreanDigital2"), chinese)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list."""

    start: int
    form: str
    text: str
    legal: bool
    restart: int | None  # after which level (from 1) it begins anew; 0 for never, None after any above it
    style: str


@dataclass(slots=True)
class Count:
    """Where the lists of one definition stand, and which of them have begun."""

    at: dict[int, int] = field(default_factory=dict)
    begun: set[tuple[str, int]] = field(default_factory=set)


class Numbering:
    """The automatic numbers of a document, for its paragraphs in their order."""

    def __init__(self, numbering: _Element | None, styles: _Element | None) -> None:
        self._styles = {attribute(s, "styleId"): s for s in children(styles, "style")}
        self._default = next(
            (
                name
                for name, s in self._styles.items()
                if attribute(s, "type") == "paragraph" and attribute(s, "default") in ("1", "true")
            ),
            "",
        )
        abstract = {attribute(a, "abstractNumId"): a for a in children(numbering, "abstractNum")}
        nums = {attribute(n, "numId"): n for n in children(numbering, "num")}
        self._definitions: dict[str, str] = {}
        self._levels: dict[str, dict[int, Level]] = {}
        self._starts: dict[tuple[str, int], int] = {}
        self._counts: dict[str, Count] = defaultdict(Count)
        for number, num in nums.items():
            definition = attribute(child(num, "abstractNumId"), "val")
            link = attribute(child(abstract.get(definition), "numStyleLink"), "val")
            if link:  # the definition stands with the list that the style names
                linked = nums.get(attribute(child(_properties(self._styles.get(link)), "numId"), "val"))
                definition = attribute(child(linked, "abstractNumId"), "val")
            levels = dict(_levels(abstract.get(definition)))
            for override in children(num, "lvlOverride"):
                levels |= dict(_levels(override))
                start = child(override, "startOverride")
                if start is not None:
                    self._starts[number, _integer(override, "ilvl")] = _integer(start, "val")
            self._definitions[number], self._levels[number] = definition, levels

    def label(self, properties: _Element | None) -> str:
        """The number of the next paragraph, by its pPr; empty where it has none."""
        number, place = self._list(properties)
        levels = self._levels.get(number, {})
        level = levels.get(place)
        if level is None:
            return ""
        self._step(number, place, levels)
        at = self._counts[self._definitions[number]].at

        def said(m: re.Match[str]) -> str:
            upper = int(m[1]) - 1
            one = levels.get(upper, level)
            count = at.get(upper, one.start)
            return str(count) if level.legal else WRITTEN.get(one.form, str)(count)

        return "•" if level.form == "bullet" else re.sub("%([1-9])", said, level.text)

    def _list(self, properties: _Element | None) -> tuple[str, int]:
        """The list and the level of a paragraph, of itself or of its style and those that this is based on."""
        own = child(properties, "numPr")
        number = attribute(child(own, "numId"), "val")
        level = child(own, "ilvl")
        style = attribute(child(properties, "pStyle"), "val") or self._default
        for _ in range(STYLES_DEEP_AT_MOST):
            if number or style not in self._styles:
                break
            inherited = _properties(self._styles[style])
            number = attribute(child(inherited, "numId"), "val")
            level = child(inherited, "ilvl") if level is None else level
            if number and level is None:
                linked = (i for i, each in self._levels.get(number, {}).items() if each.style == style)
                return number, next(linked, 0)
            style = attribute(child(self._styles[style], "basedOn"), "val")
        return number, _integer(level, "val")

    def _step(self, number: str, place: int, levels: dict[int, Level]) -> None:
        count = self._counts[self._definitions[number]]
        start = self._starts.get((number, place))
        if start is not None and (number, place) not in count.begun:
            count.at[place] = start
        else:
            count.at[place] = count.at[place] + 1 if place in count.at else levels[place].start
        count.begun.add((number, place))
        for below in LEVELS[place + 1 :]:
            restart = levels[below].restart if below in levels else None
            if restart is None or place < restart:
                count.at.pop(below, None)


def _levels(parent: _Element | None) -> list[tuple[int, Level]]:
    return [
        (
            _integer(level, "ilvl"),
            Level(
                start=_integer(child(level, "start"), "val"),
                form=attribute(child(level, "numFmt"), "val"),
                text=attribute(child(level, "lvlText"), "val"),
                legal=child(level, "isLgl") is not None,
                restart=None if (r := child(level, "lvlRestart")) is None else _integer(r, "val"),
                style=attribute(child(level, "pStyle"), "val"),
            ),
        )
        for level in children(parent, "lvl")
    ]


def _properties(style: _Element | None) -> _Element | None:
    return child(child(style, "pPr"), "numPr")


def _integer(element: _Element | None, name: str) -> int:
    value = attribute(element, name)
    return int(value) if re.fullmatch("[0-9]{1,6}", value) else 0
