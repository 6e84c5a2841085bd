"""Traditional characters: a text is read in simplified ones, offset for offset, and quoted as it is written."""

import re
from collections.abc import Callable
from functools import cache

from .values import Healed

# Frequent in official prose and never simplified: a text without any of them is not looked up character by character.
TRADITIONAL = re.compile("[個機關單於與為發會實務應業將進過並計畫國學處從後時開長責]")

QUOTES = {ord(old): new for old, new in zip("「」『』", "“”“”", strict=True)}


def simplified(text: str) -> str:
    """The text with simplified characters in the place of traditional ones; the length is the same."""
    return _converted(text) if TRADITIONAL.search(text) else text


def simplified_name(name: str) -> str:
    """A name in simplified characters, all of which in common use GB 2312 has."""
    try:
        name.encode("gb2312")
    except UnicodeEncodeError:
        return _converted(name)
    return name


def _converted(text: str) -> str:
    convert = converter()
    pairs = ((character, convert(character)) for character in sorted(set(text)))
    return text.translate({ord(old): new for old, new in pairs if len(new) == 1} | QUOTES)


@cache
def converter() -> Callable[[str], str]:
    """What reads traditional characters; its dictionary is loaded once, and only for a text that has some."""
    from opencc import OpenCC

    return OpenCC("t2s").convert


def as_written(healed: Healed, raw: str) -> str:
    """The healed text in the characters of `raw`, the text of which `healed` was made in simplified ones."""
    ends = [*healed.starts[1:], len(healed.text)]
    pieces = []
    for start, stop, at in zip(healed.starts, ends, healed.raws, strict=True):
        piece = healed.text[start:stop]
        pieces.append(piece if piece.isspace() else raw[at : at + stop - start])
    return "".join(pieces)
