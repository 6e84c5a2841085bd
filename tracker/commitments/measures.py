"""Measures: a value with its unit as one that compares with others: 50万平方米 and 50公顷 are both 500000 平方米."""

import re

MULTIPLES = {"百": 1e2, "千": 1e3, "万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8, "万亿": 1e12}
SCALED = re.compile(f"({'|'.join(sorted(MULTIPLES, key=len, reverse=True))})(?![瓦米克])(.*)")
STANDARD = {
    "平方公里": (1e6, "平方米"), "公顷": (1e4, "平方米"), "亩": (2000 / 3, "平方米"), "公里": (1e3, "米"),
    "千米": (1e3, "米"), "千瓦": (1e3, "瓦"), "兆瓦": (1e6, "瓦"), "吉瓦": (1e9, "瓦"), "吨": (1e3, "千克"),
    "公斤": (1, "千克"), "小时": (60, "分钟"), "‰": (0.1, "%"), "名": (1, "人"), "位": (1, "人"),
}  # fmt: skip


def measured(value: float, unit: str) -> tuple[float, str]:
    """The amount and the unit that it is counted in.

    >>> [measured(50, "万平方米"), measured(1.5, "亿元"), measured(20, "公里"), measured(90, "%"), measured(3, "个")]
    [(500000.0, '平方米'), (150000000.0, '元'), (20000.0, '米'), (90, '%'), (3, '个')]
    """
    if scaled := SCALED.fullmatch(unit):
        value, unit = value * MULTIPLES[scaled[1]], scaled[2]
    factor, standard = STANDARD.get(unit, (1, unit))
    return (round(value * factor, 6), standard) if factor != 1 else (value, standard)
