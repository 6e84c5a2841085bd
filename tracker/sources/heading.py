"""What the first lines of a document say: its title, and who issued it."""

import re
from typing import Final

LINES_AT_MOST: Final = 3
LENGTH_AT_MOST: Final = 60
# Words that a title ends with; a title may be followed by a bracket (（试行）, （2018—2020年）).
ENDING: Final = re.compile(
    r"(?:通知|意见|方案|办法|要点|计划|规划|清单|报告|措施|决定|条例|规定|细则|批复|函|公告|通告|通报|任务书?|分解表|"
    r"一览表|情况|政策|行动|纲要|总结|台账|安排)(?:[（(【〔][^）)】〕]*[）)】〕])*$"
)
# Lines of a letterhead that stand above the title.
LETTERHEAD: Final = re.compile(
    r".*(?:文件|[〔\[［(（](?:19|20)\d{2}[〕\]］)）]\d+号)|(?:附件|附)\d*[：:]?|特急|急件|内部资料.*"
)
NUMBERED: Final = re.compile(
    r"\d+[.．、)）]|[一二三四五六七八九十]+[、.．]|[（(][一二三四五六七八九十\d]+[）)]|第[一二三四五六七八九十\d]+[章条项]"
)
SENTENCE: Final = re.compile(r"[。；;，,：:！？]")
DATE_ALONE: Final = re.compile(r"[（(]?\d{4}年\d{1,2}月(?:\d{1,2}日)?[）)]?")
BODY: Final = (
    r"[\u4e00-\u9fff（）()]{2,40}?(?:人民政府|办公厅|办公室|委员会|领导小组|指挥部|联席会议|府|厅|局|委|部|院)"
)
# Who issued a document, by where its text says it: before 关于 or the year in the title, in the letterhead, alone in a
# line above the title, or in the signature, above its date.
IN_TITLE: Final = (
    re.compile(r"(?P<issuer>[^，。；：]{2,40}?(?:府|厅|局|委|委员会|室|院|部|组|会|区|市|县|省))关于.+"),
    re.compile(rf"(?P<issuer>{BODY})(?:19|20)\d{{2}}年.+"),
)
ABOVE: Final = re.compile(rf"\s*(?P<issuer>{BODY})(?:文件)?\s*(?:\n|$)")
SIGNED: Final = re.compile(rf"(?m)^[^\S\n]*(?P<issuer>{BODY})\s*\n\s*{DATE_ALONE.pattern}[^\S\n]*$")
SIGNATURE_WITHIN: Final = 1000  # characters of the end


def title_of(text: str) -> str:
    """The title that the text opens with; empty where it opens with an item or a sentence."""
    lines = _opening(text)
    for count in range(1, len(lines) + 1):
        joined = "".join(lines[:count])
        if ENDING.search(joined):
            return joined
    set_off = re.match(r"\s*[^\n]+\n[^\S\n]*\n", text) is not None  # by a blank line
    return lines[0] if lines and set_off and len(lines[0]) >= 4 else ""


def issuer_of(text: str) -> str:
    """The body that the title, the letterhead or the signature names; empty where none does."""
    title = title_of(text)
    above = ABOVE.match(text.lstrip("\ufeff"))
    signed = [*SIGNED.finditer(text[-SIGNATURE_WITHIN:])]
    found = [*(pattern.fullmatch(title) for pattern in IN_TITLE), above, *signed[-1:]]
    return next((match["issuer"] for match in found if match), "")


def _opening(text: str) -> list[str]:
    """The lines that may make up a title: below the letterhead, up to the first that cannot be part of one."""
    opening: list[str] = []
    for line in text.split("\n"):
        flat = _closed_up(line)
        if not flat or LETTERHEAD.fullmatch(flat):
            if opening:
                break
            continue
        if NUMBERED.match(flat) or SENTENCE.search(flat) or DATE_ALONE.fullmatch(flat) or len(flat) > LENGTH_AT_MOST:
            break
        opening.append(flat)
        if len(opening) == LINES_AT_MOST:
            break
    return opening


def _closed_up(line: str) -> str:
    """The line without the blanks that stand between Chinese characters and digits, and without a byte order mark."""
    return re.sub(r"(?<=[^\x21-\x7e])\s+|\s+(?=[^\x21-\x7e])", "", line.strip("\ufeff \t\r\n\u3000"))
