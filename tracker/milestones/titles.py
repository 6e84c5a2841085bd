"""A short name for an obligation: its sentence without the words of its date."""

import re

LONGEST = 40
SHORTEST = 12  # a cut at a comma that leaves less than this says too little

# What is left hanging where the date words are taken out: 于[11月底]完成, 到[2020年]，…
BEFORE = re.compile(r"(?:按期|力争|争取|确保|计划|截至|截止|[于在到至自从])?$")
AFTER = re.compile(r"^(?:之前|以前|以内|之内|前|内|起|止)?[，、,:：]?")
NAME = re.compile(r"[12]\d{3}|十?[一二三四五六七八九十]五")  # 举办2018宁波市文化消费季: the words are part of a name
EDGE = "，、；：,;:。 　"


def title(quote: str, timex: str) -> str:
    """`quote` without `timex`, at most 40 characters: cut at a comma where one stands late enough, else with …"""
    text = quote
    if timex and timex in quote and not NAME.fullmatch(timex):
        before, after = quote.split(timex, 1)
        text = BEFORE.sub("", before, count=1) + AFTER.sub("", after, count=1)
    text = text.strip(EDGE) or quote.strip(EDGE)
    if len(text) <= LONGEST:
        return text
    comma = max(text.rfind(mark, SHORTEST, LONGEST) for mark in "，；。")
    return text[:comma] if comma > 0 else text[: LONGEST - 1] + "…"
