"""The fragments of the grammar's patterns: how each is written, and the value that arrives as a parameter."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .numerals import integer, number

ARABIC = "0-9０-９"
HAN = "〇零○一二三四五六七八九十"
DIGITS = (frozenset("0123456789０１２３４５６７８９"), frozenset(HAN + "百千两"))  # what numbers are written in
SHORT = "[1-3][0-9]"  # a year of two digits, where what follows leaves no doubt
YEARS_FROM_NOW = {
    "今年": 0, "本年": 0, "当年": 0, "明年": 1, "次年": 1, "翌年": 1, "来年": 1, "下一年": 1, "下年度": 1, "后年": 2,
    "去年": -1, "上一年": -1, "上年": -1, "前年": -2,
}  # fmt: skip
NEAR = {"本": 0, "当": 0, "这": 0, "下": 1, "次": 1, "上": -1}
SETS = {
    "半年": "H", "年": "Y", "季度": "Q", "季": "Q", "月": "M", "周": "W", "星期": "W", "日": "D", "天": "D",
}  # fmt: skip
RATES = {"年均": "Y", "逐年": "Y", "逐季度": "Q", "逐季": "Q", "月均": "M", "月度": "M", "逐月": "M"}
FESTIVALS = {"五一": "劳动", "十一": "国庆"}
DAYS_FROM_NOW = {
    "今天": 0, "今日": 0, "即日": 0, "明天": 1, "明日": 1, "后天": 2, "昨天": -1, "昨日": -1,
}  # fmt: skip
WEEKDAYS = {name: i % 7 + 1 for i, name in enumerate("一二三四五六日")} | {"天": 7}


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of a pattern that arrives as a parameter."""

    pattern: str
    value: Callable[[str], Any]


def listed(table: dict[str, Any]) -> Fragment:
    """A fragment that is one of the words of a table; 次 is the next one unless it counts (此次, 每次)."""
    return Fragment("|".join(table).replace("次", "(?<![此每首历])次"), table.__getitem__)


def year(word: str) -> int:
    """A year; one of two digits is of this century."""
    value = integer(word.lstrip("'‘’"))
    return value if value > 99 else 2000 + value


FRAGMENTS = {
    "Y": Fragment(
        rf"(?:[1１][9９]|[2２][0０])[{ARABIC}]{{2}}|[一二][九〇零○OＯ][{HAN[:-1]}OＯ]{{2}}|['‘’]{SHORT}(?=年)"
        rf"|{SHORT}(?=年(?:年?[底末]|[0-9]{{1,2}}月|每月|[上下]半年|第?[1-4一二三四]季度)|/[01]?[0-9]/[0-3]?[0-9](?![0-9/]))"
        rf"|(?<![统第唯之万单])(?:一[〇零○三四五六七八九]|二[〇零○一二四五六七八九])(?=年(?![级制期多]))",
        year,
    ),
    "R": Fragment(f"(?:{listed(YEARS_FROM_NOW).pattern})(?![龄轻纪])", YEARS_FROM_NOW.__getitem__),
    "M": Fragment(rf"[{ARABIC}]{{1,2}}(?![{ARABIC}])|十[一二]?|[一二三四五六七八九]", integer),
    "D": Fragment(rf"[{ARABIC}]{{1,2}}(?![{ARABIC}])|三?十[一二三四五六七八九]?|二十[一二三四五六七八九]?|[一二三四五六七八九]", integer),
    "O": Fragment(rf"(?:[1１][0-2０-２]|[0０]?[1-9１-９])(?![{ARABIC}])", integer),  # a month where a number may be none
    "C": Fragment("(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])", str),  # month and day in four digits
    "I": listed(DAYS_FROM_NOW),
    "Q": Fragment("[1-4１-４一二三四]", integer),
    "H": Fragment("[上下]", lambda word: "上下".index(word) + 1),
    "N": Fragment(rf"[{ARABIC}]{{1,4}}|[一二三四五六七八九]百[{HAN}百零]{{0,4}}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二两兩三四五六七八九半]", number),
    "P": Fragment("十[一二三四五]|[六七八九十](?=五)", integer),
    "V": listed(NEAR),
    "K": listed(NEAR),
    "W": listed(NEAR),
    "E": listed(WEEKDAYS),
    "F": Fragment("元旦|春节|元宵|清明|五一|劳动|端午|中秋|国庆|重阳|(?:十一|七一|八一)(?=[”\"])", lambda word: FESTIVALS.get(word, word)),
    "U": Fragment("工作日|自然日|周年|年|季度|月|星期|周|天|日", str),
    "S": listed(SETS),
    "A": listed(RATES),
    "T": Fragment("分钟|小时", str),
}  # fmt: skip
