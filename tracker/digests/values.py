"""Digest, Section, Line, Overview: what an issue says, before it is rendered for any channel."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from ..milestones import Standing
from ..milestones.chain import NO_HISTORY, Head
from ..reminders import Cadence, Role

SectionName = Literal["new_overdue", "overdue", "due_soon", "later", "completed"]

REVISIONS_AT_MOST: Final = 20  # in a body
LINES_AT_MOST: Final = 2000  # in a table: a mail of some hundred kilobytes; a server may refuse a larger one

# In the order of the page: what is new since the last issue leads.
TITLES: Final[dict[SectionName, str]] = {
    "new_overdue": "新逾期",
    "overdue": "逾期",
    "due_soon": "即将到期",
    "later": "后续到期",
    "completed": "近期完成",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One milestone in a digest; the texts are Chinese and ready to be shown, and none of them is markup.

    `days` counts to the last day, negative after it. `role` is the agency's own (牵头, 配合, 责任单位), in the office's
    digest every agency with its role. `news` marks what was not in the last issue; `reason` says which rule told it.
    `next_told` is the day on which the next rung is told while nothing changes. `flags` wait for a person. `sheets`
    are the 督办单 in force, in the office's digest each with its agency where there are several; `acknowledged` says
    until when reminders pause (签收), "" where they do not.
    """

    milestone: int
    standing: Standing
    item: str
    title: str
    quote: str
    due: date
    last_day: str
    days: int
    when: str
    role: str
    targets: tuple[str, ...]
    document: str
    assumed: tuple[str, ...]
    flags: tuple[str, ...]
    news: bool
    reason: str
    next_told: date | None
    sheets: tuple[str, ...] = ()
    acknowledged: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One milestone that a document changed; the texts are Chinese and none of them is markup.

    `kinds` are the names of what was done, `changes` say it: (what, before, now), "" where there is none. `document` is
    the title, `day` that from which the change holds; `silent` says that the day was put off without an approval.
    """

    kinds: tuple[str, ...]
    milestone: int | None
    item: str
    title: str
    changes: tuple[tuple[str, str, str], ...]
    agencies: tuple[str, ...]
    document: str
    day: date
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Revisions:
    """What revised documents changed since the recipient was last told: the first, the gravest, of `total`."""

    lines: tuple[Revision, ...] = ()
    total: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """The milestones of one kind: those that are news first, then by last day. Never empty.

    `total` counts all of them and `news` those that are news; `lines` are the first of them where there are too many.
    """

    name: SectionName
    total: int
    news: int
    lines: tuple[Line, ...] = ()

    @property
    def title(self) -> str:
        return TITLES[self.name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many milestones stand where.

    `overdue` includes `new_overdue`; `later` are within their first lead time, but not due soon.
    """

    new_overdue: int = 0
    overdue: int = 0
    due_soon: int = 0
    later: int = 0
    completed: int = 0
    undated: int = 0

    @property
    def owed(self) -> int:
        """How many are overdue or ahead within their lead times."""
        return self.overdue + self.due_soon + self.later


@dataclass(frozen=True, slots=True)
class AgencyCount:
    """One agency in the office's table.

    `told` milestones are told in this issue. `waiting` is 0 unless the agency has no address: then it is how many
    overdue or coming milestones nobody can tell it of.
    """

    agency: str
    counts: Counts
    told: int
    waiting: int


@dataclass(frozen=True, slots=True)
class MentionCounts:
    """What was made of every date expression of the documents: all = tracked + set aside + waiting."""

    tracked: int
    set_aside: int
    waiting: int

    @property
    def all(self) -> int:
        return self.tracked + self.set_aside + self.waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What the office alone is told.

    `agencies` has one row for each agency with open or recently completed milestones, the worst first; a milestone of
    several agencies counts in each of their rows and once in the digest's own `counts`. `unassigned` counts dated open
    milestones without any agency: nobody is reminded of them. `to_confirm`, `to_verify`, `to_approve`, `expected_late`
    and `withdrawn` are the ids of open milestones whose day a person should look at, which were claimed to be finished,
    for which a deferral was asked, which are expected after their last day, and which their document no longer has.
    `unconfirmed` names documents whose date a person must confirm, `remarks` are further lines. `undelivered` are the
    lines that lead: what did not arrive, or not as it should. `chain` is where the history ended when this was
    composed: who keeps the mail can tell later whether anything before was changed.
    """

    agencies: tuple[AgencyCount, ...]
    unassigned: int
    unconfirmed: tuple[str, ...]
    mentions: MentionCounts | None
    remarks: tuple[str, ...]
    to_confirm: tuple[int, ...] = ()
    to_verify: tuple[int, ...] = ()
    to_approve: tuple[int, ...] = ()
    expected_late: tuple[int, ...] = ()
    withdrawn: tuple[int, ...] = ()
    undelivered: tuple[str, ...] = ()
    chain: Head = NO_HISTORY

    @property
    def without_address(self) -> tuple[AgencyCount, ...]:
        """The agencies that cannot be told what they owe."""
        return tuple(row for row in self.agencies if row.waiting)


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One issue for one recipient: an agency's name, or "" for the office.

    `number` (第N期) is given by whoever records the issue: `dataclasses.replace(digest, number=3)`. `backlog` is set
    where everything told is told for the first time since tracking began; `missed` lists the days without a scan whose
    reminders this issue makes up for, empty when it makes up for none. `merged` are the numbers of earlier issues that
    never left and whose content this one tells. `last_scan` is the last completed scan's day. `to` are those who get it
    beside the agency's contact, by the sheets that it holds. `cadence` is the agency's own, None where it goes by the
    rules. `revisions` are what documents changed since the last issue. `assurance` tells the office once a week that
    the tracker is alive, "" in all other issues.
    """

    recipient: str
    office: str
    day: date
    sections: tuple[Section, ...]
    counts: Counts
    number: int | None = None
    backlog: bool = False
    missed: tuple[date, ...] = ()
    merged: tuple[int, ...] = ()
    last_scan: date | None = None
    assurance: str = ""
    overview: Overview | None = None
    to: frozenset[Role] = frozenset()
    cadence: Cadence | None = None
    revisions: Revisions = Revisions()

    @property
    def catch_up(self) -> bool:
        """Whether this issue makes up for days on which no scan ran (补发)."""
        return bool(self.missed)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line in the order of the page; its number on the page is its place here, from 1."""
        return tuple(line for section in self.sections for line in section.lines)

    @property
    def total(self) -> int:
        """How many milestones this issue names, or counts where it has no line for them."""
        return sum(section.total for section in self.sections)

    @property
    def news(self) -> int:
        """How many of them it tells, and the last issue did not."""
        return sum(section.news for section in self.sections)
