"""Numbering: a number before a month or quarter may number a list or be one too (6、12月底前); what is open is said."""

import re

from ..timex import integer

AHEAD = r"(?<![^。；：:;！？\n，,])"  # what numbers a list stands at the beginning of a sentence or segment
FIGURE = "[0-9０-９]{1,2}|[一二三四五六七八九十]{1,2}"
NUMBER_OR_MONTH = re.compile(rf"{AHEAD}({FIGURE})[、，,.． ]({FIGURE})(月|季度)")
MONTH_OR_NUMBER = re.compile(rf"{AHEAD}({FIGURE})、(?:{FIGURE})[、和]")
NUMERALS = ("", *"一二三四五六七八九十", "十一")
LOOKED_BACK = 3_000  # characters: so that each date costs as little in a long text


def doubt(text: str, start: int) -> str:
    """Why a person should look at the number in front of the time expression at `start`, or at its own first one.

    A number that no former one counts up to may be a month; a month that would go on counting may be a number. "" where
    neither holds.
    """
    number = NUMBER_OR_MONTH.search(text, max(0, start - 3), start + 4)
    if number and number.start(2) == start:
        first, month = integer(number[1]), integer(number[2])
        if 1 < first < month <= 12 and not counted(text, first - 1, number.start()):
            return f"{number[1]} before {number[2]}{number[3]} is read as a list number; it may be a date"
    own = MONTH_OR_NUMBER.match(text, start)
    if own and (integer(own[1]) == 1 or counted(text, integer(own[1]) - 1, start)):
        return f"{own[1]} is read as a month; it may be a list number"
    return ""


def counted(text: str, number: int, stop: int) -> bool:
    """Whether `number` numbers something shortly before an offset."""
    word = NUMERALS[number] if number < len(NUMERALS) else "十二"
    pattern = re.compile(f"(?<![0-9一二三四五六七八九十])(?:{number}|{word})[、，,.．）)]")
    return bool(pattern.search(text, max(0, stop - LOOKED_BACK), stop))
