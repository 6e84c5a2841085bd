"""Punctuation: half-width marks in Chinese sentences are read as full-width ones, offset for offset."""

import re

WIDER = dict(zip(",;:().", "，；：（）。", strict=True))
MARK = re.compile(
    "(?<![!-~])[,;:()]|[,;:()](?![!-~])|(?<=[\u4e00-\u9fff])(?<![一二三四五六七八九十])[.](?=[\u4e00-\u9fff\n]|$)"
)


def widened(text: str) -> str:
    """The text with full-width marks, save between two ASCII characters: 1,200, 18:00; the length is the same."""
    return MARK.sub(lambda m: WIDER[m[0]], text)
