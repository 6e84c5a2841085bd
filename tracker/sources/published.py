"""When a document was published: as stated in its text, else inferred from its own past facts and explicit years."""

import calendar
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from ..errors import UsageError
from ..timex.numerals import integer

YEARS: Final = range(1949, 2101)


@dataclass(frozen=True, slots=True)
class Dated:
    """A publication date: the reference day (a month stands for its last day), the date as stated, and where it was
    found, in words. `confirmed` is False where it was inferred."""

    day: date
    as_stated: str
    where: str
    confirmed: bool = True


WRITTEN: Final = re.compile(
    r"(?P<y>[0-9]{4})(?:[-/.](?P<m>[0-9]{1,2})(?:[-/.](?P<d>[0-9]{1,2}))?|(?P<M>[0-9]{2})(?P<D>[0-9]{2}))"
)
DIGIT: Final = "0-9〇零○一二三四五六七八九十"
IN_WORDS: Final = re.compile(rf"(?P<y>[{DIGIT}]{{4}})年(?P<m>[{DIGIT}]{{1,3}})月(?:(?P<d>[{DIGIT}]{{1,3}})[日号])?")


def parse_published(words: str) -> tuple[date, str]:
    """The reference day and the date as stated of "2018-08", "2018-08-15", "20180815", "2018年8月" or "2018年8月15日".

    A month stands for its last day. Raises UsageError for a date that does not exist, and for a year alone.
    """
    flat = words.translate(FULL_WIDTH).replace(" ", "")
    match = WRITTEN.fullmatch(flat) or IN_WORDS.fullmatch(flat)
    if match is None:
        more = "; a year alone is not enough" if re.fullmatch(r"[0-9]{4}年?", flat) else ""
        raise UsageError(f"publication date {words!r}: write 2018-08 or 2018-08-15{more}")
    dated = _dated(match)
    if dated is None:
        raise UsageError(f"publication date {words!r}: there is no such day")
    return dated


FULL_WIDTH: Final = {ord("０") + digit: str(digit) for digit in range(10)}


def _dated(match: re.Match[str]) -> tuple[date, str] | None:
    """The reference day and the date as stated; None where there is no such day."""
    parts = {name.lower(): integer(words) for name, words in match.groupdict().items() if words and name != "by"}
    year, month, day = parts["y"], parts["m"], parts.get("d")
    if year not in YEARS or not 1 <= month <= 12:
        return None
    if day is None:
        return month_of(year, month), f"{year}-{month:02}"
    try:
        exact = date(year, month, day)
    except ValueError:
        return None
    return exact, exact.isoformat()


def month_of(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


# A date that the text states as its own: the words around it say so.
ISSUED: Final = re.compile(rf"(?P<by>[^。，；：]{{0,40}}?){IN_WORDS.pattern}(?:印发|发布|公布|发文|成文|签发)[。）)]?")
LABELLED: Final = re.compile(
    r"[（(【]?(?:印发|发布|公布|成文|发文|签发)(?:日期|时间)[：:】]?"
    r"(?P<y>[0-9]{4})[-年/.](?P<m>[0-9]{1,2})[-月/.](?P<d>[0-9]{1,2})日?[）)]?"
)
ALONE: Final = re.compile(rf"[（(]?{IN_WORDS.pattern}[）)]?")
BODY: Final = re.compile(r"(?:府|厅|局|委|会|室|院|部|组|处|中心|公司)$")
LINES_AT_THE_TOP, LINES_AT_THE_END = 10, 5


def stated(text: str) -> Dated | None:
    """The date that the text bears: 2018年8月15日印发, or one on a line alone where titles and signatures stand.

    A document number (〔2018〕12号) gives only a year, which is not enough.
    """
    lines = [re.sub(r"\s", "", line).translate(FULL_WIDTH) for line in text.splitlines() if line.strip()]
    for line in reversed(lines):
        for pattern in (ISSUED, LABELLED):
            match = pattern.fullmatch(line)  # a whole line: in a sentence it is another document's date
            found = _dated(match) if match else None
            if found:
                return Dated(*found, f"the text: {line}")
    return _signed(lines)


def _signed(lines: list[str]) -> Dated | None:
    """The date on a line alone: under a body's name, or the only one, near the top or the end."""
    alone = [(number, match) for number, line in enumerate(lines) if (match := ALONE.fullmatch(line))]
    distinct = {match[0] for _, match in alone}
    for number, match in reversed(alone):
        signed = number > 0 and BODY.search(lines[number - 1])
        placed = number < LINES_AT_THE_TOP or number >= len(lines) - LINES_AT_THE_END
        found = _dated(match)
        if found and (signed or (placed and len(distinct) == 1)):
            return Dated(*found, f"the text: {match[0]} on a line alone")
    return None


YEAR: Final = re.compile(
    r"(?P<before>到|至|-|—|－|截至|截止)?(?P<y>(?:19|20)[0-9]{2})年"
    r"(?P<after>的|比|以来|底|末|内|初|中|[0-9]{1,2}月|上半年|下半年|[一二三四]季度)?"
)
NUMBERED: Final = re.compile(r"〔(?P<y>(?:19|20)[0-9]{2})〕")
# A month with what says that it has passed, and whether it has passed as a whole (份) rather than begun.
MONTH: Final = r"(?P<m>[0-9]{1,2})月(?P<end>份|底|末)?"
PAST: Final = (
    (re.compile(rf"截(?:至|止)(?:目前|今年|本年|(?P<y>(?:19|20)[0-9]{{2}})年)?{MONTH}"), True),
    (re.compile(rf"(?<![0-9年]){MONTH}(?:已经?|全面|全部)?完成了"), False),
    (re.compile(rf"(?:今年|本年)(?:以来，?)?{MONTH}(?=[^。；]{{0,40}}(?:了|已|过))"), False),
    (re.compile(rf"(?:已于|已在)(?:今年|本年)?{MONTH}"), False),
)
AHEAD: Final = re.compile(r"(?:将于|将在|计划于|计划在|拟于|拟在|预计于|预计)(?:今年|本年)?(?P<m>[0-9]{1,2})月")
ENOUGH: Final = 2  # one bare mention of a year says nothing about when the text was written
HEAD: Final = 400  # characters within which a number is the document's own and years name its plan


def inferred(text: str) -> Dated | None:
    """The month that the text's own facts allow: the year with most support, the month after the latest past fact.

    None without any explicit year. A text with a year but no past month stands at the year's beginning, so that all its
    deadlines lie ahead. Never confirmed.
    """
    flat = re.sub(r"\s", "", text).translate(FULL_WIDTH)
    support = _years(flat)
    year = max(support, key=lambda each: (support[each], each), default=0)
    if support[year] < ENOUGH:
        return None
    facts = list(_facts(flat, year))
    evidence = [f"{year}年 is the year most spoken of ({_count(flat, year)} times)"]
    month = 1
    if facts:
        month, words = max(facts)
        evidence.append(f"the latest thing done is counted “{words}”")
        ahead = [(integer(match["m"]), match[0]) for match in AHEAD.finditer(flat)]
        after = [each for each in sorted(ahead) if each[0] >= month]
        if after:
            evidence.append(f"“{after[0][1]}” is still to come")
    else:
        evidence.append("no past month is named: its beginning")
    if month > 12:
        year, month = year + 1, 1
    return Dated(month_of(year, month), f"{year}-{month:02}", f"inferred: {'; '.join(evidence)}", confirmed=False)


def _years(flat: str) -> Counter[int]:
    """How strongly each year is supported as the current one; a horizon (到2020年) supports none."""
    support: Counter[int] = Counter()
    for match in YEAR.finditer(flat):
        compared = match["after"] in {"的", "比", "以来"}
        if compared or (match["before"] and not match["after"]):
            continue
        near = 2 if match["after"] else 1
        support[int(match["y"])] += near + (2 if match.start() < HEAD // 4 else 0)
    for match in NUMBERED.finditer(flat[:HEAD]):
        support[int(match["y"])] += 3
    return Counter({year: count for year, count in support.items() if year in YEARS})


def _count(flat: str, year: int) -> int:
    return len(re.findall(rf"{year}(?:年|〕)", flat))


def _facts(flat: str, year: int) -> Iterator[tuple[int, str]]:
    """Past months of `year`, or without a year: the earliest month in which the text can have been written, and the
    words."""
    for pattern, whole in PAST:
        for match in pattern.finditer(flat):
            month = integer(match["m"])
            if 1 <= month <= 12 and match.groupdict().get("y") in {None, str(year)}:
                yield month + bool(match["end"] and (whole or match["end"] in "底末")), match[0]
