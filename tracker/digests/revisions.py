"""Revisions: what a revised document did to a milestone, in official Chinese."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from ..milestones import Draft, Milestone
from ..milestones.amendments import Amendment, Kind
from . import wording
from .values import Revision

NAMES: Final = {
    Kind.EARLIER: "提前",
    Kind.DATED: "明确期限",
    Kind.ADDED: "新增",
    Kind.LATER: "推迟",
    Kind.UNDATED: "取消期限",
    Kind.RECURS: "改周期",
    Kind.REASSIGNED: "改责任单位",
    Kind.REWORDED: "改写",
    Kind.WITHDRAWN: "删除",
    Kind.RESTORED: "恢复",
    Kind.KEPT: "按原决定执行",
    Kind.PLACED: "调整编号或标题",
}
SHOWN_AT_MOST: Final = 120  # characters of a sentence


def words(one: Revision) -> str:
    """ "［推迟］编号12　…：到期日由…改为…"."""
    number = f"编号{one.milestone}　" if one.milestone else ""
    said = "；".join(_changed(*each) for each in one.changes)
    mark = "（静默推迟，未经批准）" if one.silent else ""
    return f"［{'、'.join(one.kinds)}］{number}{one.title}{f'：{said}' if said else ''}{mark}"


def revision(amendment: Amendment, title: str, *, whole: bool = False, office: bool = False) -> Revision:
    """An amendment by the document of this title; `whole` sentences, else cut to what a line holds.

    A day that a document puts off had no approval: where a person decides the day, a document does not move it. The
    `office` is told so.
    """
    before, after, kinds = amendment.before, amendment.after, amendment.kinds
    return Revision(
        kinds=tuple(NAMES[kind] for kind in kinds if kind is not Kind.PLACED or len(kinds) == 1),
        milestone=amendment.id,
        item=wording.item(after),
        title=(before or after).title,
        changes=tuple(_changes(before, after, kinds, None if whole else SHOWN_AT_MOST)),
        agencies=amendment.agencies,
        document=title,
        day=amendment.day,
        silent=office and Kind.LATER in kinds,
    )


def told(amendments: Iterable[Amendment]) -> list[Amendment]:
    """What an agency is told of: not what merely stands elsewhere, nor what is not followed; the gravest first."""
    quiet = {Kind.PLACED, Kind.KEPT}
    order = list(Kind)
    found = [one for one in amendments if not quiet.issuperset(one.kinds)]
    return sorted(found, key=lambda one: (order.index(one.kinds[0]), one.after.due or date.max, one.id or 0))


def by_kind(amendments: Sequence[Amendment]) -> Mapping[Kind, list[Amendment]]:
    """The amendments by the gravest kind of each, in the order in which they are told."""
    found: dict[Kind, list[Amendment]] = defaultdict(list)
    for one in amendments:
        found[one.kinds[0]].append(one)
    return {kind: found[kind] for kind in Kind if kind in found}


def _changes(
    before: Milestone | None, after: Draft, kinds: Sequence[Kind], most: int | None
) -> Iterable[tuple[str, str, str]]:
    if before is None or kinds[0] is Kind.WITHDRAWN:
        yield "到期日", *(("", _day(after)) if before is None else (_day(before), ""))
        yield "原文", *(("", _cut(after.quote, most)) if before is None else (_cut(before.quote, most), ""))
        if before is None:
            yield "责任单位", "", wording.roles(after)
        return
    if before.due != after.due or Kind.RECURS in kinds:
        yield "到期日", _day(before), _day(after)
    if Kind.KEPT in kinds and before.stated and after.stated:
        if before.stated.due != after.stated.due:
            yield "原文到期日", _iso(before.stated.due), f"{_iso(after.stated.due)}，仍按{_iso(after.due)}执行"
        if before.stated.agencies != after.stated.agencies:
            yield "原文责任单位", "、".join(before.stated.agencies), "、".join(after.stated.agencies)
    if Kind.REASSIGNED in kinds:
        yield "责任单位", wording.roles(before), wording.roles(after)
    if Kind.REWORDED in kinds:
        yield "原文", _cut(before.quote, most), _cut(after.quote, most)
        was, now = (tuple(map(wording.target, one.targets)) for one in (before, after))
        if was != now:
            yield "目标", "；".join(was) or "无", "；".join(now) or "无"


def _day(milestone: Draft) -> str:
    return _iso(milestone.due) + ("（每期）" if milestone.recurrence else "")


def _iso(day: date | None) -> str:
    return f"{day}" if day else "未定期限"


def _cut(text: str, most: int | None) -> str:
    return text if most is None or len(text) <= most else text[: most - 1] + "…"


def _changed(what: str, before: str, now: str) -> str:
    if before and now:
        return f"{what}由{before}改为{now}" if what != "原文" else f"原文由“{before}”改为“{now}”"
    return f"{what}{now or before}" if what != "原文" else f"原文“{now or before}”"
