"""Numbers as official Chinese writes them: 12, １２, 十二, 二〇一八, 两, 半."""

DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "O": 0, "Ｏ": 0, "两": 2, "兩": 2}
MULTIPLES = {"十": 10, "百": 100, "千": 1000}


def number(words: str) -> float:
    """The value of an Arabic, full-width or Chinese number; 半 is one half.

    >>> [number(w) for w in ("12", "１２", "十二", "二十", "三百六十五", "二〇一八", "两", "半")]
    [12, 12, 12, 20, 365, 2018, 2, 0.5]
    """
    if words == "半":
        return 0.5
    if words[0] not in DIGITS and words[0] not in MULTIPLES:
        return float(words) if "." in words else int(words)
    if not any(c in MULTIPLES for c in words):
        return int("".join(str(DIGITS[c]) for c in words))
    total, last = 0, 1
    for c in words:
        if c in MULTIPLES:
            total += last * MULTIPLES[c]
            last = 0
        else:
            last = DIGITS[c]
    return total + last if words[-1] not in MULTIPLES else total


def integer(words: str) -> int:
    """The value of a whole number.

    >>> integer("二十一")
    21
    """
    return int(number(words))
