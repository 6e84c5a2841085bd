"""Sentences and clauses: where a text is cut into pieces that each say one thing."""

import re

from ..prefixes import first_characters, guarded, prefixes
from .markers import ARABIC_NUMBER, BODY_LABEL
from .values import Clause, Remark

LONGEST = 1000  # characters; a page without any mark is cut, so that what is read of each of its dates stays short
OPEN, CLOSE = "（(〔［[《“", "）)〕］]》”"
MARKS = re.escape("。！？!?；;：\n" + OPEN + CLOSE)
LIST = re.compile("(?<=[标务][是为])：(?=[^。；\n]{2,120}；)")  # 今年的主要预期目标是：甲；乙
NUMBER = ARABIC_NUMBER.replace("{1,3}", "{0,2}", 1)  # behind its first digit
# One set begins the pattern, so that `re` passes over everything else at once.
MARK = re.compile(f"[{MARKS}0-9０-９](?:(?<=[{MARKS}])|(?<![0-9.．][0-9０-９]){NUMBER})")
LIST_NUMBER = re.compile(
    r"(?!(?<=[）)①-⑳.．])[0-9]{1,2}、[0-9]{1,2}月)"  # behind another number it is a month: （1）6、12月
    rf"(?:{ARABIC_NUMBER})"
    + r"|[（(](?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[）)]|[一二三四五六七八九十]{1,3}、|[①-⑳]|[#*•—-]+"
    + r"|第[一二三四五六七八九十百]{1,5}(?:[条步]|阶段(?=[，,：:]))"
)
NUMBER_BEGINS = first_characters(prefixes(LIST_NUMBER.pattern, 1))
BEFORE, BEHIND = frozenset(CLOSE + "，、,；;：: \n"), frozenset("，、,：:；; \n")
BRACKET = r"[（(〔［[](?:[^（()）〔［〕］[\]\n]|[（(〔][^（()）〔〕\n]{0,60}[）)〕]){2,600}(?:[）)〕］\]]|$|(?=\n))"
LABEL_IN_LINE = rf"(?<=[。；;，,）)])(?:(?:{BODY_LABEL})[:：]|[【［\[](?:{BODY_LABEL})[】］\]])[^。\n]{{1,600}}"
BOX = rf"[【［\[](?:{BODY_LABEL})[:：][^】］\]\n]{{2,300}}[】］\]]"
REMARK = re.compile(guarded(f"(?P<bracket>{BOX}|{BRACKET})|(?P<label>{LABEL_IN_LINE})"))
SPEAKS_OF_ALL = re.compile(
    r"负责|牵头|配合|(?:责任|主办|承办|协办|实施)(?:单位|部门|领导|人|主体|[处科股]室)|(?:时限|期限|时间)(?:要求)?[：:]|[，；](?:立行立改|长期坚持|持续推进)"
    r"|(?:月底?|年底?|季度|旬|日)前?(?:完成|取得|建成)|^.[0-9年月日底末上中下旬季度第一二三四]{2,14}前(?:完成)?.$"
)
PLACES = "[（(〔][市州县区旗街道单位、]{1,8}[）)〕]"
ONE_BODY = f"(?:[\u4e00-\u9fff]|{PLACES}){{2,24}}(?:[局委办厅院会府处室心司行所校站队团关科股]|部门|单位|{PLACES})"
BODIES = re.compile(  # after a full stop: （市住建委、各区县（市），2018年11月）
    f"[（(〔［[](?!以下|简称){ONE_BODY}(?:[、，]{ONE_BODY}){{0,20}}(?:[，,][0-9年月日底末前]{{2,12}}(?:完成)?)?[）)〕］\\]]"
)


def remarks(text: str, start: int, stop: int) -> list[Remark]:
    """The brackets and the labels in mid-line that name who is responsible or by when, for the whole item."""
    found = REMARK.finditer(text, start, stop)
    return [Remark(m.start(), m.end()) for m in found if m["label"] or speaks_of_all(text, m.start(), m[0])]


def speaks_of_all(text: str, start: int, bracket: str) -> bool:
    """Whether a bracket says who or by when; bare names do where they follow a full stop."""
    if SPEAKS_OF_ALL.search(bracket):
        return True
    return text[max(0, start - 2) : start].rstrip("\n")[-1:] in ("。", "；") and bool(BODIES.fullmatch(bracket))


def after_number(text: str, start: int, stop: int) -> int:
    """Where the list number that a piece of text begins with ends; its start where it has none."""
    if start >= stop or (NUMBER_BEGINS is not None and text[start] not in NUMBER_BEGINS):
        return start
    number = LIST_NUMBER.match(text, start, stop)
    return number.end() if number else start


def clauses(text: str, start: int, stop: int, sentence: int) -> list[Clause]:
    """The clauses between two offsets, in order; `sentence` is the number that the first sentence gets.

    A clause ends at ；, a sentence at 。！？, at a list number, and at a line's end unless ： or ； stands before it.
    Marks inside brackets and quotes do not count; 。 and a line's end close what was left open. What runs on for more
    than LONGEST characters is cut, at a comma where it has one.
    """
    found: list[Clause] = []
    begin, depth = start, 0

    def end(last: int) -> None:
        first = after_number(text, begin, last)
        while first < last and text[first] in BEFORE:
            first += 1
        while last > first and text[last - 1] in BEHIND:
            last -= 1
        while last - first > LONGEST:
            comma = text.rfind("，", first, first + LONGEST)
            stop = comma if comma > first else first + LONGEST
            found.append(Clause(first, stop, sentence))
            first = stop + (comma > first)
        if last > first:
            found.append(Clause(first, last, sentence))

    for m in MARK.finditer(text, start, stop):
        mark = m[0]
        if mark in OPEN:
            depth += 1
        elif mark in CLOSE:
            depth = max(0, depth - 1)
        elif mark[0].isdigit():
            if depth == 0 and m.start() > start and (before := text[m.start() - 1]) in "。；：:;\n":
                end(m.start())
                begin, sentence = m.start(), sentence + (before not in "：:；;")
        elif mark in "；;":
            if depth == 0:
                end(m.start())
                begin = m.end()
        elif mark == "：":
            if depth == 0 and LIST.match(text, m.start()):
                end(m.start())
                begin = m.end()
        elif mark == "\n" and text[m.start() - 1] in "：:；;":
            end(m.start())
            begin, depth = m.end(), 0
        else:
            end(m.start())
            begin, depth, sentence = m.end(), 0, sentence + 1
    end(stop)
    return found
