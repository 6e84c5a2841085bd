"""Naming: the full name of a body, its place supplied by the document that names it."""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from .organs import ENDINGS, ORGANS, REFORMS, WHOLES

LEVELS = "自治区|自治州|自治县|地区|[省市州盟县区旗]"
PART = re.compile(f"[\\u4e00-\\u9fff]{{2,8}}?(?:{LEVELS})|[\\u4e00-\\u9fff]县")
LEVEL = re.compile(f"(?:{LEVELS})$")
GROUP = re.compile("[各每全]|.*(?:各|有关|相关|(?:部门|单位|企业)$)")
ENDING = re.compile(f"(?:{'|'.join(dict.fromkeys(ENDINGS.values()))})$")
NATIONAL = re.compile("国务院|国家|中共中央|中华人民共和国")


def place_of(issuer: str) -> str:
    """The place that an issuer speaks for: 浙江省宁波市鄞州区教育局 for 宁波市鄞州区, 国务院 for 国家; or ""."""
    if NATIONAL.match(issuer):
        return "国家"
    at, parts = len(issuer) - len(issuer.removeprefix("中共")), list[str]()
    while m := PART.match(issuer, at):
        parts.append(m[0])
        at = m.end()
    if not parts or parts[0][0] in "各全本我":
        return ""
    return "".join(parts[1:] if len(parts) > 1 and parts[0].endswith(("省", "自治区")) else parts)


def full_name(name: str, place: str = "") -> str:
    """The full name of a body that a document of `place` names: 市发改委 in 宁波市 is 宁波市发展和改革委员会.

    What is not known stays as it is written: a group (各部门), an unknown place, an organ without a row.
    """
    if is_group(name):
        return name
    for start in range(len(name)):
        organ = organs().get(name[start:])
        head = name[:start]
        if organ and (not head or LEVEL.search(head) or head in (place[:-1], "国家")):
            return located(head, place) + organ
    head = next((part for part in ("自治区", *"省市县区州") if name.startswith(part) and len(name) > len(part) + 1), "")
    return located(head, place) + name[len(head) :] if head else name


def located(head: str, place: str) -> str:
    """Where a body is whose name begins with `head`, in a document of `place`; "" where nobody says."""
    parts = list(split(place))
    if head in ("", place[:-1]) or place.endswith(head):
        return place
    for n, part in enumerate(parts):
        if part.endswith(head) and LEVEL.fullmatch(head):
            return "".join(parts[: n + 1])
    if len(parts) == 1 and place[-1] in "市州盟" and head[-1] in "区县旗" and not LEVEL.fullmatch(head):
        return head if head.startswith(place) else place + head
    found = list(split(head))
    return "".join(found[1:]) if len(found) > 1 and found[0].endswith(("省", "自治区")) else head


def split(place: str) -> Iterator[str]:
    """The parts of a place: 宁波市, 鄞州区."""
    at = 0
    while m := PART.match(place, at):
        yield m[0]
        at = m.end()


@cache
def organs() -> dict[str, str]:
    """The full form of every way to write an organ, with its ending."""
    found = {
        words + written: organ.full + ending
        for organ in ORGANS
        for words in (organ.full, *organ.short.split(), organ.full.replace("和", "与"))
        for written, ending in ENDINGS.items()
    }
    return found | {words: organ.full for organ in WHOLES for words in (organ.full, *organ.short.split())}


def is_group(name: str) -> bool:
    """Whether a name stands for several bodies: 各区县（市）人民政府, 市级有关部门, 各成员单位."""
    return bool(GROUP.match(name))


def successors(full: str, published: date) -> list[str]:
    """The full names that a reorganised body may bear in a document of a day; empty where it still is what it was."""
    end = ENDING.search(full)
    if end is None:
        return []
    found = []
    for reform in REFORMS:
        head, former, rest = full[: end.start()].rpartition(reform.former)
        if former and not rest and published >= reform.since and (not head or LEVEL.search(head)):
            found.append(head + reform.now + end[0])
    return found


@cache
def likeness(full: str) -> str:
    """What two names share that may be one body though nobody knows: 住房和城乡建设局 and 住房和城乡建设委员会."""
    return ENDING.sub("…", full)
