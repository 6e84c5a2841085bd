"""A digest laid out once for text and HTML: its headings, numbered entries, what is left to the attachments."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from ..digests import LINES_AT_MOST, AgencyCount, Counts, Digest, Line, Section, SectionName
from ..digests.arrivals import issues
from ..reminders import Rules
from .footer import WEEKDAYS, footer
from .revisions import Revised, revised
from .wrapping import printable

ITEMS_AT_MOST: Final = 50  # in a body; all of them stand in the attached table
AGENCIES_AT_MOST: Final = 50
IDS_AT_MOST: Final = 20  # in a note to the office
QUOTE_AT_MOST: Final = 600  # characters
NUMERALS: Final = "一二三四五六"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line with its number on the page and its texts, none of which has a line end or a control character."""

    number: int
    line: Line
    item: str
    title: str
    quote: str
    last_day: str
    role: str
    targets: str
    notes: tuple[str, ...]
    flags: tuple[str, ...]
    source: str
    reason: str
    sheets: tuple[str, ...]
    acknowledged: str


@dataclass(frozen=True, slots=True)
class Block:
    """A section on the page; `total` counts its lines, also those that only the table shows."""

    heading: str
    name: SectionName
    total: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything a body says. `left` tells with numbers what only the attached table has; empty when nothing."""

    title: str
    office: str
    recipient: str
    issue: str
    notices: tuple[str, ...]
    summary: str
    counts: Counts
    revised: tuple[Revised, ...]
    blocks: tuple[Block, ...]
    left: str
    agencies: tuple[AgencyCount, ...]
    agencies_left: int
    office_notes: tuple[str, ...]
    footer: tuple[str, ...]


def lay_out(digest: Digest, rules: Rules, limit: int | None = ITEMS_AT_MOST) -> Page:
    """The page of `digest` with at most `limit` entries; None shows all."""
    total = digest.total
    blocks = tuple(_blocks(digest.sections, total if limit is None else limit))
    overview = digest.overview
    rows = overview.agencies if overview else ()
    return Page(
        title="督查通报" if digest.recipient == "" else "督查提醒",
        office=printable(digest.office),
        recipient=printable(digest.recipient or digest.office),
        issue=issue(digest),
        notices=_notices(digest),
        summary=summary(digest),
        counts=digest.counts,
        revised=revised(digest.revisions),
        blocks=blocks,
        left=_left(sum(len(block.entries) for block in blocks), total),
        agencies=rows if limit is None else rows[:AGENCIES_AT_MOST],
        agencies_left=0 if limit is None else max(len(rows) - AGENCIES_AT_MOST, 0),
        office_notes=_office_notes(digest),
        footer=footer(digest, rules),
    )


def issue(digest: Digest) -> str:
    """ "第3期 · 2018-11-05（周一）"; without the number where none was given yet."""
    day = f"{digest.day}（周{WEEKDAYS[digest.day.weekday()]}）"
    return f"第{digest.number}期 · {day}" if digest.number else day


def summary(digest: Digest) -> str:
    """The counts in one sentence."""
    counts = digest.counts
    if not digest.total and not counts.owed + counts.completed:
        undated = f"另有{counts.undated}项未定期限，不作提醒。" if counts.undated else ""
        return f"截至今日，没有逾期、临近到期日或近期完成的事项。{undated}"
    new = f"（其中新逾期{counts.new_overdue}项）" if counts.new_overdue else ""
    parts = [f"逾期{counts.overdue}项{new}", f"即将到期{counts.due_soon}项"]
    parts += [f"后续到期{counts.later}项"] if counts.later else []
    parts += [f"近期完成{counts.completed}项"] if counts.completed else []
    parts += [f"另有未定期限{counts.undated}项"] if counts.undated else []
    news = digest.news
    return "，".join(parts) + (f"。本期提示{news}项，标有［提示］。" if news else "。")


def shares(sizes: Sequence[int], limit: int) -> list[int]:
    """How many of each section stand on a page of `limit` entries: the first ones fill it, but a fifth is kept for each
    of the others, so that a long list of what is overdue hides nothing that is due today."""
    kept = [min(size, limit // 5) for size in sizes]
    found: list[int] = []
    for place, size in enumerate(sizes):
        found.append(max(min(size, limit - sum(found) - sum(kept[place + 1 :])), 0))
    return found


def _blocks(sections: tuple[Section, ...], limit: int) -> Iterator[Block]:
    number = 0
    shown = shares([section.total for section in sections], limit)
    for place, section in enumerate(sections):
        entries = tuple(_entry(number + n, line) for n, line in enumerate(section.lines[: shown[place]], 1))
        number += len(entries)
        yield Block(f"{NUMERALS[place]}、{section.title}", section.name, section.total, entries)


def _entry(number: int, line: Line) -> Entry:
    quote = printable(line.quote)
    return Entry(
        number=number,
        line=line,
        item=printable(line.item),
        title=printable(line.title),
        quote=quote if len(quote) <= QUOTE_AT_MOST else quote[:QUOTE_AT_MOST] + "……（全文见附表）",
        last_day=printable(line.last_day),
        role=printable(line.role),
        targets=printable("；".join(line.targets)),
        notes=tuple(map(printable, line.assumed)),
        flags=tuple(map(printable, line.flags)),
        source=printable(line.document),
        reason=printable(_reason(line)),
        sheets=tuple(map(printable, line.sheets)),
        acknowledged=printable(line.acknowledged),
    )


def _reason(line: Line) -> str:
    """Why this is told; a sheet, which stands above in full, by its name alone."""
    issued = any(line.reason and sheet.startswith(line.reason) for sheet in line.sheets)
    return f"签发{line.reason.partition(' ')[0]}" if issued else line.reason


def _notices(digest: Digest) -> tuple[str, ...]:
    found = []
    if digest.backlog:
        found.append(
            f"{backlog_name(digest)}：标有［提示］的事项在立项时已逾期或已进入首个提醒期，今日一次告知，此后按规则提醒。"
        )
    if digest.missed:
        found.append(f"补发：{_span(digest.missed)}未能按时发出的提醒，并入本期。")
    if digest.merged:
        found.append(f"并入：{issues(digest.merged)}未能发出，内容并入本期。")
    if digest.assurance:
        found.append(printable(digest.assurance))
    return tuple(found)


def backlog_name(digest: Digest) -> str:
    """What a first issue is called: nothing that is not overdue is a backlog."""
    return "首次立项积压通报" if digest.counts.overdue else "首次立项通报"


def _span(days: tuple[date, ...]) -> str:
    return f"{days[0]}" if len(days) == 1 else f"{days[0]}至{days[-1]}"


def _left(shown: int, total: int) -> str:
    if shown >= total:
        return ""
    rows = f"（附表列至第{LINES_AT_MOST}项）" if total > LINES_AT_MOST else ""
    return f"共{total}项，本页列出{shown}项，其余{total - shown}项见附件{rows}。"


def _office_notes(digest: Digest) -> tuple[str, ...]:
    overview = digest.overview
    if overview is None:
        return ()
    silent = overview.without_address
    named = "、".join(f"{row.agency}（{row.waiting}项）" for row in silent)
    mentions = overview.mentions
    lines = [
        *overview.undelivered,
        f"{len(silent)}个单位没有收件地址，下列事项无人接收提醒：{named}。" if silent else "",
        f"{overview.unassigned}项有到期日的事项未明确责任单位，没有单位收到提醒。" if overview.unassigned else "",
        _wait("已申请办结、待核实", overview.to_verify),
        _wait("已申请延期、待审批", overview.to_approve),
        _wait("责任单位预计晚于到期日办结", overview.expected_late),
        _wait("到期日待确认", overview.to_confirm),
        _wait("原文已无此项、待督查室决定", overview.withdrawn),
        f"文件日期待确认：{'；'.join(overview.unconfirmed)}。" if overview.unconfirmed else "",
        f"时间表述共{mentions.all}处，立项{mentions.tracked}，排除{mentions.set_aside}，待定{mentions.waiting}。"
        if mentions
        else "",
        *overview.remarks,
    ]
    return tuple(printable(line) for line in lines if line)


def _wait(what: str, ids: Sequence[int]) -> str:
    """ "3项到期日待确认（编号4、7、9）。", empty for none; at most 20 are named."""
    named = "、".join(map(str, ids[:IDS_AT_MOST])) + ("等" if len(ids) > IDS_AT_MOST else "")
    return f"{len(ids)}项{what}（编号{named}）。" if ids else ""
