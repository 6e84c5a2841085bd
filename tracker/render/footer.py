"""The foot of a digest: what is to be answered, the rules that it follows, and that the tracker is alive."""

from collections.abc import Iterator, Sequence
from typing import Final

from ..digests import Digest
from ..reminders import Cadence, Rules, Step
from ..reminders.steps import words
from .wrapping import printable

WEEKDAYS: Final = "一二三四五六日"
CADENCES: Final[dict[Cadence, str]] = {
    "daily": "贵单位有提醒的{day}当日发送。",
    "weekly": "贵单位每周汇总发送一期（每周{first}）；当天到期、新逾期、到期日变动和红色督办单随时发送。",
    "immediate": "贵单位自到期日当天起有提醒即发；到期日前的提醒随此前各期发送，最迟于到期日当天发送。",
}
LADDERS: Final = (
    ("day", "日"),
    ("dekad", "旬"),
    ("month", "月"),
    ("quarter", "季"),
    ("half", "半年"),
    ("year", "年"),
    ("plan", "规划期"),
)


def footer(digest: Digest, rules: Rules) -> tuple[str, ...]:
    """Why this was sent, how to answer, and that the tracker is alive."""
    listed = "、".join(f"第{words(step)}" for step in rules.overdue)
    told = "，此后".join(part for part in (f"{listed}提醒" if listed else "", _repeats(rules)) if part)
    after = f"逾期后{told}，直至办结、撤销或改期" if told else "逾期后不再提醒"
    hold = "；遇休息日顺延至下一工作日告知，到期日不变" if rules.working_days_only else ""
    before = f"；上次核对：{digest.last_scan}。" if digest.last_scan else "（首次核对）。"
    told = f"提醒规则：到期日前{_ladders(rules)}；{after}{hold}。到期日当天不算逾期。"
    checked = f"本次核对：{digest.day}{before}"
    texts = (*_answers(digest, rules), told, _frequency(digest, rules), checked, _trace(digest))
    return tuple(text for text in texts if text)


def _trace(digest: Digest) -> str:
    """How long the history is and where it ends: the mail is the witness of what had been written by then."""
    chain = digest.overview.chain if digest.overview else None
    return f"留痕：共{chain.length}条，末条校验码 {chain.short}。" if chain and chain.length else ""


def _answers(digest: Digest, rules: Rules) -> Iterator[str]:
    """What an agency is asked to answer, and by when; nothing of the office."""
    if digest.recipient == "":
        return
    if any(line.sheets for line in digest.lines):
        lapsed = "逐级升级督办" if len(rules.sheets) > 1 else "继续督办"
        yield (
            "标有督办单的事项，请在所限日期前回复本邮件，写明编号，签收并反馈办理进展和预计办结时间；"
            f"逾限未反馈的，{lapsed}。"
        )
    yield (
        f"事项已办结或情况有变的，请直接回复本邮件，写明编号并附依据，由{printable(digest.office)}核实销号；"
        "更换联络人也请回复，退订不免除任务。"
    )


def _frequency(digest: Digest, rules: Rules) -> str:
    """How often an agency is written to, where it has a cadence of its own or the office's is not the usual one."""
    if digest.recipient == "" or (digest.cadence is None and rules.cadence == "daily"):
        return ""
    day, first = ("工作日", "首个工作日") if rules.working_days_only else ("日子", "一")
    return "发送频次：" + CADENCES[digest.cadence or rules.cadence].format(day=day, first=first)


def _repeats(rules: Rules) -> str:
    """ "每周一提醒，逾期超过90天的每月首个周一提醒", empty for none."""
    if not rules.overdue_weekday:
        return ""
    weekday, monthly = WEEKDAYS[rules.overdue_weekday - 1], rules.overdue_monthly_after
    return f"每周{weekday}提醒" + (f"（超过{monthly}天的每月首个周{weekday}提醒）" if monthly else "")


def _ladders(rules: Rules) -> str:
    """ "按日、旬30/7/1/0天，按月60/30/7天": precisions with the same ladder together."""
    alike: dict[tuple[Step, ...], list[str]] = {}
    for precision, name in LADDERS:
        if ladder := rules.lead.get(precision, ()):
            alike.setdefault(tuple(ladder), []).append(name)
    return "，".join(f"按{'、'.join(names)}{_steps(ladder)}" for ladder, names in alike.items())


def _steps(ladder: Sequence[Step]) -> str:
    """ "30/7/1/0天", "30天/3个工作日"."""
    if all(isinstance(step, int) for step in ladder):
        return f"{'/'.join(map(str, ladder))}天"
    return "/".join(map(words, ladder))
