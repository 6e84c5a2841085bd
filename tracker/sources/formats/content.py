"""What was read from a file: its text, and what of it could not be read."""

import unicodedata
from dataclasses import dataclass
from typing import Final

from ...errors import Problem


@dataclass(frozen=True, slots=True)
class Content:
    """The text of a file and its problems, whose `where` is a place in it ("page 3").

    A paragraph is a line, a table's row a line of cells with tabs between them.
    """

    text: str
    problems: tuple[Problem, ...] = ()


# Radicals that stand in some files where characters of the same look are meant: the Kangxi radicals, and of the CJK
# radicals supplement those that are whole characters (Unicode, EquivalentUnifiedIdeograph.txt).
KANGXI: Final = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
SUPPLEMENT: Final = str.maketrans(
    "⺁⺎⺒⺓⺜⺝⺟⺠⺩⺷⺼⻁⻄⻅⻆⻉⻋⻑⻒⻓⻔⻗⻘⻙⻚⻛⻜⻝⻟⻢⻣⻤⻥⻦⻧⻨⻩⻫⻬⻭⻮⻯⻰⻱⻲⻳",
    "厂兀巳幺日月母民王羊肉虎西见角贝车长镸长门雨青韦页风飞食飠马骨鬼鱼鸟卤麦黄斉齐歯齿竜龙龜亀龟",
)
RADICALS: Final = KANGXI | SUPPLEMENT
