"""The plain text of a digest: complete by itself, readable at 80 columns."""

from typing import Final

from ..digests import AgencyCount
from .page import Block, Entry, Page
from .revisions import HEADING
from .wrapping import pad, printable, quoted, width, wrap

COLUMNS: Final = 80
INDENT: Final = "    "
ENTRY: Final = " " * 10  # where the words of a label stand
NAME_COLUMNS: Final = 30
TALLY: Final = ("逾期", "即将到期", "后续到期", "近期完成", "未定期限")


def text(page: Page, columns: int = COLUMNS) -> str:
    """`page` in lines of at most `columns` columns, each ended by one line feed."""
    lines = [*wrap(f"{page.title}　{page.recipient}", columns), _issue(page), "=" * min(columns, COLUMNS)]
    for notice in page.notices:
        lines += wrap(f"【{notice.replace('：', '】', 1)}", columns)
    lines += wrap(page.summary, columns)
    for note in page.office_notes:
        lines += wrap(note, columns, "* ", "  ")
    if page.agencies:
        lines += ["", *_agencies(page.agencies, columns)]
        lines += [f"（其余{page.agencies_left}个单位见附件）"] if page.agencies_left else []
    lines += _revised(page, columns)
    for block in page.blocks:
        lines += ["", f"{block.heading}（{block.total}项）"]
        lines += [line for entry in block.entries for line in ["", *_entry(entry, columns)]]
        lines += _left_out(block)
    lines += ["", "-" * min(columns, COLUMNS)]
    lines += wrap(page.left, columns) if page.left else []
    for note in page.footer:
        lines += wrap(note, columns)
    return "\n".join(lines) + "\n"


def _revised(page: Page, columns: int) -> list[str]:
    """What revised documents changed."""
    lines = ["", HEADING] if page.revised else []
    for one in page.revised:
        lines += wrap(one.heading, columns)
        lines += [line for words in one.lines for line in wrap(words, columns, "- ", "  ")]
    return lines


def _issue(page: Page) -> str:
    return page.issue if page.office == page.recipient else f"{page.office}　{page.issue}"


def _entry(entry: Entry, columns: int) -> list[str]:
    line = entry.line
    number = f"{entry.number:>2}. "
    mark = "［提示］" if line.news else ""
    lines = wrap(f"{mark}{entry.title}", columns, number, " " * len(number))
    lines += wrap(f"到期：{entry.last_day}　{line.when}", columns, INDENT, ENTRY)
    for sheet in entry.sheets:
        lines += wrap(f"【{sheet}】", columns, INDENT, INDENT + " " * 2)
    details = (
        ("签收", entry.acknowledged),
        ("所属", entry.item),
        ("职责", entry.role),
        ("目标", entry.targets),
        ("原文", quoted(entry.quote) if entry.quote and entry.quote != entry.title else ""),
        ("推定", "；".join(entry.notes)),
        ("注意", "；".join(entry.flags)),
        ("来源", entry.source),
    )
    for label, words in details:
        if words:
            lines += wrap(f"{label}：{words}", columns, INDENT, ENTRY)
    return lines + _marks(entry, columns)


def _marks(entry: Entry, columns: int) -> list[str]:
    """The id, why this is told now, and when it will be told next; a line breaks between these where it can."""
    line = entry.line
    marks = [f"本期提示：{entry.reason}"] if entry.reason else []
    marks += [f"下次提醒：{line.next_told}"] if line.next_told else []
    lines = [f"{INDENT}编号：{line.milestone}"]
    for mark in marks:
        joined = f"{lines[-1]}　{mark}"
        lines[-1:] = [joined] if width(joined) <= columns else [lines[-1], *wrap(mark, columns, ENTRY, ENTRY)]
    return lines


def _left_out(block: Block) -> list[str]:
    left = block.total - len(block.entries)
    return ["", f"{INDENT}（另有{left}项见附件）"] if left else []


def _agencies(rows: tuple[AgencyCount, ...], columns: int) -> list[str]:
    """One line for each agency; a name too long for its column gets a line of its own."""
    head = pad("单位", NAME_COLUMNS) + " ".join(pad(name, 8) for name in TALLY)
    lines = [head.rstrip()]
    for row in rows:
        counts = row.counts
        numbers = (counts.overdue, counts.due_soon, counts.later, counts.completed, counts.undated)
        tail = " ".join(f"{number:<8}" for number in numbers).rstrip()
        name = printable(row.agency) + ("（无地址）" if row.waiting else "")
        if width(name) >= NAME_COLUMNS:
            lines += wrap(name, columns)
            name = ""
        lines.append(pad(name, NAME_COLUMNS) + tail)
    return lines
