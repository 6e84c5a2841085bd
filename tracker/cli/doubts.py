"""Doubts: why a person should look at a date, in the language of the person."""

import re
from typing import Final

from .output import chinese

# What the extraction says, and what a person in a Chinese locale reads; programs get the former.
CHINESE: Final = {
    r"(.+) of (\d+) lies before the document": r"\1（\2年）早于文件日期",
    r"(.+) of (\d+) would lie before the document: read as (\d+)": r"\1如在\2年则早于文件日期，按\3年计",
    r"(.+) lies before the document": r"\1早于文件日期",
    r"(.+) is read as ending before it begins; usage differs": r"\1按“不含其本身”计，习惯不一",
    r"(.+) before (.+) is read as a list number; it may be a date": r"\2前的\1按序号计，也可能是日期的一部分",
    r"(.+) is read as a month; it may be a list number": r"\1按月份计，也可能是序号",
    r"(.+) counts from an event whose day is not known": r"\1的起算日不明",
    r"the document date was inferred": "文件日期系推定",
}


def doubt(reason: str) -> str:
    """A reason in the language of the person; one that is not known as it is."""
    if chinese():
        for pattern, words in CHINESE.items():
            if found := re.fullmatch(pattern, reason):
                return found.expand(words)
    return reason
