"""The 督办通知单 to an agency: what its template is filled with, in the words of official letters."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from ..digests import wording
from ..milestones import Standing
from ..milestones.figures import Placed
from ..workdays import Calendar
from .wrapping import printable

FIELDS: Final = (
    "主送单位", "发文单位", "文号", "日期", "反馈期限", "事项数", "逾期数", "临期数", "联系邮箱",
)  # fmt: skip
ROW: Final = ("序号", "事项", "时限", "原文", "状态", "编号", "试点", "职责", "目标", "来源")


def fields(
    agency: str, placed: Sequence[Placed], *, office: str, email: str, today: date, reply_by: date, number: str
) -> dict[str, str]:
    """What a template says once. A `number` of figures alone is the running number of the year, "" is left open."""
    stands = [how for _, how in placed]
    found = {
        "主送单位": agency, "发文单位": office, "日期": spelt(today), "反馈期限": spelt(reply_by), "联系邮箱": email,
        "文号": number if number and not number.isdecimal() else f"督办〔{today.year}〕{number or '　　'}号",
        "事项数": str(len(placed)), "逾期数": str(stands.count(Standing.OVERDUE)),
        "临期数": str(stands.count(Standing.DUE_SOON)),
    }  # fmt: skip
    return {name: found[name] for name in FIELDS}


def rows(agency: str, placed: Sequence[Placed], *, today: date, calendar: Calendar) -> list[dict[str, str]]:
    """What a template says of each milestone, the most urgent first."""
    ordered = sorted((one for one, _ in placed), key=lambda one: (one.due is None, one.due, one.id))
    made = []
    for number, one in enumerate(ordered, 1):
        found = {
            "序号": str(number), "事项": one.title, "时限": spelt(one.due) if one.due else "未明确", "原文": one.quote,
            "状态": wording.when(one, today, calendar) if one.due else "未明确期限", "编号": str(one.id),
            "试点": wording.item(one), "职责": wording.role(one, agency),
            "目标": "；".join(map(wording.target, one.targets)), "来源": one.document_title or "",
        }  # fmt: skip
        made.append({name: printable(found[name]) for name in ROW})
    return made


def spelt(day: date) -> str:
    """A day as letters write it: 2018年12月3日 (GB/T 9704-2012, 7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"
