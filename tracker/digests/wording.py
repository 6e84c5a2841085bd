"""How a digest says it: a milestone's last day, days left, roles, targets and assumptions in official Chinese."""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Final

from ..commitments import Target
from ..milestones import Draft, Milestone, Progress, Status
from ..milestones import progress as gauged
from ..workdays import Calendar

COMPARED: Final = {">=": "不低于", "<=": "不超过", "=": "为", ">": "高于", "<": "低于", "~": "约"}

MONTH: Final = 31  # days: further ahead nobody counts the working ones

BY_PIECE: Final = frozenset("个家所座条辆场次名人项处件户套张台支种门部")  # of these there are fewer, not lower

# What waits for the office before a line can be relied on.
WITHDRAWN: Final = "原文已无此项，待{office}确认"
CLAIMED: Final = "已申请办结，待{office}核实"
TO_CONFIRM: Final = "原文表述有歧义，到期日待{office}确认"


def item(milestone: Draft) -> str:
    """Which pilot or task: "第97项 国家老旧小区改造试点"; empty for a milestone that belongs to none."""
    number = f"第{milestone.item}项" if milestone.item else ""
    return " ".join(part for part in (number, milestone.item_title) if part)


def last_day(milestone: Milestone) -> str:
    """The last day and how the document words it: "11月底，即 2018-11-30". The due day must be set."""
    due, stated, words = milestone.due, milestone.stated, milestone.timex
    if milestone.recurrence:
        return f"{words}，本期截至 {due}" if words else f"本期截至 {due}"
    if stated and stated.due == due and words:
        return f"{words}，即 {due}"
    if stated and stated.due and words:
        since = "办结后修改" if milestone.closed and "due" not in milestone.decided else "已调整"
        return f"{due}（原文“{words}”，即 {stated.due}，{since}）"
    if milestone.baseline_due and milestone.baseline_due != due:
        return f"{due}（原定 {milestone.baseline_due}，已调整）"
    return f"{due}（原文“{words}”）" if words else f"{due}"


def disputed(milestone: Milestone) -> str:
    """That the document states another day than the one that the office had decided, for the office to confirm."""
    said = milestone.stated
    now = f"{milestone.timex}（{said.due}）" if said else ""
    return f"编号{milestone.id}（{milestone.title}）：原文现为{now}，现按督查室确定的{milestone.due}执行，请确认。"


def put_off(ids: Sequence[int]) -> list[str]:
    """Which milestones a document put off without an approval; nothing for none."""
    named = "、".join(map(str, ids[:20])) + ("等" if len(ids) > 20 else "")
    return [f"{len(ids)}项静默推迟：原文推后了时限，未经批准（编号{named}）。"] if ids else []


def when(milestone: Milestone, today: date, calendar: Calendar) -> str:
    """Days left or overdue, or how it was closed; a late closing stays marked. The due day must be set.

    Of a month's days left it is said how many offices work, where that is not all of them.
    """
    assert milestone.due is not None
    if milestone.status is Status.COMPLETED and milestone.closed_on:
        late = (milestone.closed_on - milestone.due).days
        return f"{milestone.closed_on} 办结" + (f"（逾期{late}天）" if late > 0 else "（按期）")
    left = (milestone.due - today).days
    if left > 0:
        working = calendar.working_days_between(today, milestone.due) if left <= MONTH else left
        return f"还有{left}天" + ("" if working == left else f"（{working}个工作日）" if working else "（无工作日）")
    return f"逾期{-left}天" if left else "今天到期"


def assurance(last: date, missed: int, lost: bool, open: int, due: int) -> str:
    """That the tracker is alive: the last scan's day, missed working days, `open` milestones, `due` this week.

    `lost` says that a message has not arrived: then not all is well.
    """
    if missed:
        state = f"系统曾中断：上次核对{last}，此后{missed}个工作日未核对，现已恢复"
    else:
        state = f"系统有异常：上次核对{last}，有提醒未能送达" if lost else f"系统正常：上次核对{last}"
    return f"{state}。在办{open}项，" + (f"本周到期{due}项。" if due else "本周没有到期事项。")


def unknown_year(year: int) -> str:
    """That nobody knows the holidays of a year yet."""
    return (
        f"{year}年放假安排尚未录入，{year}年的工作日暂按普通周末推算；国务院办公厅通知公布后，"
        "请升级 chinesecalendar 或填写配置 [workdays]。"
    )


def sources(milestones: Sequence[Milestone], office: str) -> str:
    """The document; of several milestones that are one duty each document with its items: "… 第102项（编号26）"."""
    places: dict[str, list[str]] = {}
    for one in milestones:
        document = one.document_title or one.document or f"{office}立项"
        places.setdefault(document, []).append(f"{f'第{one.item}项' if one.item else ''}（编号{one.id}）")
    if len(milestones) == 1:
        return next(iter(places))
    return "；".join(f"{document} {'、'.join(listed)}" for document, listed in places.items())


def role(milestone: Draft, agency: str) -> str:
    """牵头, 配合, or 责任单位 where the document does not say which."""
    if agency in milestone.lead:
        return "牵头"
    return "配合" if agency in milestone.support else "责任单位"


def roles(milestone: Draft) -> str:
    """Every agency with its role: "市住建委（牵头）、市财政局（配合）"."""
    named = (
        f"{agency}（{role(milestone, agency)}）" if agency in milestone.lead + milestone.support else agency
        for agency in milestone.agencies
    )
    return "、".join(named) or "未明确责任单位"


def target(value: Target) -> str:
    """ "县域内就诊率不低于90%", "产业园不少于3个"."""
    compared = "不少于" if value.op == ">=" and value.unit in BY_PIECE else COMPARED[value.op]
    return f"{value.indicator}{compared}{value.value:.12g}{value.unit}"


def progress(one: Progress) -> str:
    """How a target stands by its readings, with the arithmetic of the straight line to it (序时进度)."""
    unit, name = one.target.unit, one.target.indicator
    read = f"{one.last.day}为{one.last.value:.12g}{unit}"
    if one.met:
        return f"{name}{read}，已达到目标，可申请办结"
    if one.line is None:
        return f"{name}{read}"
    line = f"自{one.first.day}的{one.first.value:.12g}{unit}起按时序至{one.due}的{one.target.value:.12g}{unit}"
    return f"{name}{'落后于' if one.behind else '不低于'}序时进度：{read}，应为{one.line:.4g}{unit}（{line}）"


def acknowledged(milestone: Milestone, agencies: Collection[str], today: date) -> str:
    """Until when whose reminders pause; an agency is named where there are several, "" where none has acknowledged."""
    untils = {agency: until for agency in agencies if (until := milestone.paused(agency, today))}
    one = len(agencies) == 1
    return "；".join(f"{'' if one else agency}已签收，暂停提醒至 {until}" for agency, until in untils.items())


def flags(milestone: Milestone, office: str, open_ones: Collection[int]) -> tuple[str, ...]:
    """What waits for the office before this line can be relied on."""
    return tuple(
        words.format(office=office)
        for words, applies in (
            (WITHDRAWN, milestone.withdrawn),
            (CLAIMED, milestone.status is Status.CLAIMED),
            (TO_CONFIRM, milestone.to_confirm),
        )
        if applies
    ) + tuple(_life(milestone, office, open_ones))


def _life(milestone: Milestone, office: str, open_ones: Collection[int]) -> Iterator[str]:
    """What was asked, answered, and expected of an open milestone, and how often its day has slipped."""
    if milestone.closed:
        return
    if milestone.asked:
        yield f"已申请延期至{milestone.asked.to}{'（逾期后申请）' if milestone.asked.late else ''}，待{office}审批"
    if milestone.answer:
        yield milestone.answer
    if milestone.slips:
        yield f"已延期{len(milestone.slips)}次，原定{milestone.slips[0].was}"
    if waits := [id for id in milestone.waits_for if id in open_ones]:
        yield f"待编号{'、'.join(map(str, waits))}的事项办结后办理"
    found = gauged(milestone.targets, milestone.gauges, milestone.due)
    yield from (progress(one) for one in found if one.behind or one.met)
    if milestone.forecast and milestone.due:
        late = (milestone.forecast - milestone.due).days
        yield f"责任单位预计{milestone.forecast}办结" + (f"，晚于到期日{late}天" if late > 0 else "")


# Where the readers below say that something was taken from, and how an agency reads it.
PLACES: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"the document date(?: (?P<words>\S+))?"), "文件日期"),
    (re.compile(r"the document date (?P<words>\S+) and the tense"), "文件日期和上下文"),
    (re.compile(r"the (?:section )?heading(?:\W+(?P<words>.+))?"), "小标题"),
    (re.compile(r"the (?:item|item's) title(?:\W+(?P<words>.+))?"), "事项标题"),
    (re.compile(r"the (?:document )?title(?:\W+(?P<words>.+))?"), "文件标题"),
    (re.compile(r"the (?:same )?sentence(?:\W+(?P<words>.+))?"), "本句"),
)
YEAR: Final = re.compile(r"year (\d{4}) from (.+)")
FIRST: Final = re.compile(r"first period from (.+)")
RELATIVE: Final = re.compile(r"relative to (.+)")
COUNTED: Final = re.compile(r"counted from (.+?) ?(\d{4}-\d\d-\d\d)")


def assumed(milestone: Milestone) -> tuple[str, ...]:
    """What the reading of the due day took from elsewhere; nothing where a person set the day."""
    if milestone.stated is None or "due" in milestone.decided:
        return ()
    return tuple(assumption(words) for words in milestone.stated.assumed)


def assumption(words: str) -> str:
    """One such reader's remark in Chinese; as it is where it is of another form."""
    if found := YEAR.fullmatch(words):
        return f"{found[1]}年取自{_place(found[2])}"
    if found := FIRST.fullmatch(words):
        return f"首期按{_place(found[1])}确定"
    if found := RELATIVE.fullmatch(words):
        return f"按{_place(found[1])}推算"
    if found := COUNTED.fullmatch(words):
        first = "" if found[1].endswith(found[2]) else f"，起算日 {found[2]}"
        return f"期限自{_place(found[1])}起算{first}"
    return words


# Why a person should look at a date, as the readers below say it, and as an office reads it.
DOUBTS: Final = {
    r"(.+) of (\d+) lies before the document": r"\1（\2年）早于文件日期",
    r"(.+) of (\d+) would lie before the document: read as (\d+)": r"\1如在\2年则早于文件日期，按\3年计",
    r"(.+) lies before the document": r"\1早于文件日期",
    r"(.+) is read as ending before it begins; usage differs": r"\1按“不含其本身”计，习惯不一",
    r"(.+) before (.+) is read as a list number; it may be a date": r"\2前的\1按序号计，也可能是日期的一部分",
    r"(.+) is read as a month; it may be a list number": r"\1按月份计，也可能是序号",
    r"(.+) counts from an event whose day is not known": r"\1的起算日不明",
    r"the document date was inferred": "文件日期系推定",
}


def doubt(words: str) -> str:
    """Why a person should look at a date, in Chinese; as it is where it is of another form."""
    for pattern, chinese in DOUBTS.items():
        if found := re.fullmatch(pattern, words):
            return found.expand(chinese)
    return words


def _place(words: str) -> str:
    for pattern, chinese in PLACES:
        if found := pattern.fullmatch(words):
            cited = (found["words"] or "").strip("“”（）()\"' ")
            return f"{chinese}（{cited}）" if cited else chinese
    return words
