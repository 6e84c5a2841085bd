"""A digest as a message: subject, text, HTML and attachments, before it is addressed to anybody."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

from ..digests import Digest
from ..milestones import Milestone, Standing
from ..reminders import Rules
from . import table
from .page import ITEMS_AT_MOST, Page, lay_out
from .text import text
from .wrapping import printable, quoted

if TYPE_CHECKING:
    from jinja2 import Environment

HTML_BYTES_AT_MOST: Final = 100_000  # Gmail cuts near 102 KB
EVENTS_AT_MOST: Final = 500
FORBIDDEN_IN_FILE_NAMES: Final = re.compile(r'[/\\:*?"<>|\s]+')

# Colour says how a line stands, or which sheet it is, and nothing else.
TONES: Final = {
    Standing.OVERDUE: ("#b3261e", "#b3261e"),
    Standing.DUE_SOON: ("#d08a00", "#8a5a00"),
    Standing.UPCOMING: ("#c4cad2", "#3c4652"),
    Standing.UNDATED: ("#c4cad2", "#3c4652"),
    Standing.CLOSED: ("#d9dde2", "#7a828c"),
}  # bar, words
SHEETS: Final = {
    "红色督办单": ("#b3261e", "#fdecea"),
    "黄色督办单": ("#8a5a00", "#fff4d6"),
    "蓝色督办单": ("#1f5fa8", "#e8f1fb"),
}  # words, ground; the gravest first

ISO_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


def unbroken_days(text: str) -> Markup:
    """`text` escaped, with its ISO days kept whole: browsers break a line at their hyphens."""
    return Markup(ISO_DAY.sub(r'<span style="white-space:nowrap">\g<0></span>', str(escape(text))))


@cache
def environment() -> "Environment":
    """The templates; jinja2 is imported only by who renders HTML."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("tracker.render"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["unbroken_days"] = unbroken_days
    environment.filters["quoted"] = quoted
    return environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file of the message. `method` is the calendar's METHOD, which its content type must repeat (RFC 6047 §2.4)."""

    name: str
    type: str
    data: bytes
    method: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A digest rendered; each part is complete by itself."""

    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...]


def message(digest: Digest, milestones: Iterable[Milestone], rules: Rules, *, office_email: str = "") -> Message:
    """`digest` as mail. `milestones` are those it was composed of: the recipient's open ones become its calendar.

    At most 50 entries stand in the bodies, fewer where the HTML would pass 100 KB; the attached table has all of them
    (at most 2,000) and the body says with numbers what is left to it. Same arguments, same message.
    """
    for limit in (ITEMS_AT_MOST, 40, 30, 20, 10, 5):
        page = lay_out(digest, rules, limit)
        body = html(page)
        if len(body.encode()) <= HTML_BYTES_AT_MOST:
            break
    return Message(
        subject=subject(digest),
        text=text(page),
        html=body,
        attachments=_attachments(digest, milestones, rules, office_email),
    )


def subject(digest: Digest) -> str:
    """One short line that shows the counts on a phone: 【督查提醒】市住建委 逾期1 临期2（第3期）.

    Of the sheets in force the gravest is named: 【督查提醒·红色督办单】.
    """
    kind = "督查通报" if digest.recipient == "" else "督查提醒"
    first = "积压" if digest.counts.overdue else "立项"
    sheet = next((name for name in SHEETS if _in_force(digest, name)), "")
    named = ((sheet, sheet), (first, digest.backlog), ("补发", digest.catch_up))
    marks = "".join(f"·{mark}" for mark, applies in named if applies)
    counts = digest.counts
    tally = (("逾期", counts.overdue), ("临期", counts.due_soon), ("后续", counts.later), ("完成", counts.completed))
    shown = [f"{name}{number}" for name, number in tally if number][:2] or ["无待办"]
    number = f"（第{digest.number}期）" if digest.number else ""
    return f"【{kind}{marks}】{printable(digest.recipient or digest.office)} {' '.join(shown)}{number}"


def _in_force(digest: Digest, name: str) -> bool:
    return any(sheet.startswith(name) for line in digest.lines for sheet in line.sheets)


def html(page: Page) -> str:
    """`page` as one HTML document: inline styles, tables, nothing from outside; all texts escaped."""
    return environment().get_template("digest.html").render(page=page, tones=TONES, sheets=SHEETS)


def _attachments(
    digest: Digest, milestones: Iterable[Milestone], rules: Rules, office_email: str
) -> tuple[Attachment, ...]:
    stem = FORBIDDEN_IN_FILE_NAMES.sub("", printable(digest.recipient or digest.office))
    found = []
    if digest.lines:
        data = table.lines_table(digest)
        found.append(Attachment(name=f"督查事项_{stem}_{digest.day}.csv", type="text/csv", data=data))
    if digest.overview and digest.overview.agencies:
        data = table.agencies_table(digest)
        found.append(Attachment(name=f"各单位汇总_{digest.day}.csv", type="text/csv", data=data))
    open_ones = _open(digest.recipient, milestones)
    if open_ones and len(open_ones) <= EVENTS_AT_MOST:
        from .. import ics  # icalendar is imported only by who attaches a calendar

        name = f"{digest.recipient or digest.office}·到期事项"
        data = ics.calendar(
            open_ones, name, rules=rules, expanded=True, office=digest.office, office_email=office_email
        )
        method = "PUBLISH" if office_email else ""
        found.append(Attachment(name=f"到期事项_{stem}.ics", type="text/calendar", data=data, method=method))
    return tuple(found)


def _open(recipient: str, milestones: Iterable[Milestone]) -> Sequence[Milestone]:
    return [
        milestone
        for milestone in milestones
        if milestone.due is not None and not milestone.closed and (not recipient or recipient in milestone.agencies)
    ]
