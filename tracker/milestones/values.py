"""Milestone, Entry, Change: the obligation as the office tracks it, and what happened to it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal, TypeAlias

from ..commitments import Commitment, Kind, Target
from ..timex import Precision
from .progress import Gauge, behind_since


class Status(StrEnum):
    """Stored, set by people (RFC 5545 STATUS)."""

    OPEN = "open"
    CLAIMED = "claimed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Standing(StrEnum):
    """Computed for a day, never stored."""

    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    UPCOMING = "upcoming"
    UNDATED = "undated"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Claim:
    """What an agency says of having finished (申请办结), on which day, and what proves it."""

    agency: str
    day: date
    note: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Deferral:
    """Another last day that was asked for (延期) on a day; `late` where the last day had passed by then."""

    to: date
    reason: str
    day: date
    late: bool = False


@dataclass(frozen=True, slots=True)
class Slip:
    """A deferral that the office approved: the last day before and after, and the day of its word."""

    was: date
    now: date
    day: date
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """What of an obligation decides when whom is told: its days, its agencies, and what people said of it.

    `due` is the last acceptable day. `tracked_from` is the business day on which tracking began: no rung before it
    fires; `moved_on` that from which a scan knows of the present due day, None where it has never had another.
    `decided` names the fields that a person set: a later reading leaves them alone. `remind` is a ladder of its own,
    steps before the last day as in the rules; () where it goes by its precision. `acknowledged` (签收) holds for
    each agency, "" for all of them, the day until which reminders pause. `waits_for` are the ids of milestones that
    must be closed first. `asked` is a deferral that waits for the office. `answer` is the office's last word on what an
    agency asked or claimed, which a scan knows from `answered_on` on. `forecast` is the day on which an agency expects
    to finish.
    `duty` is the same for the milestones that the office found to be one duty; `beside` are the ids of those for which
    this one stands where it stands for them all.
    """

    due: date | None
    precision: Precision | None
    agencies: tuple[str, ...]
    lead: tuple[str, ...]
    support: tuple[str, ...]
    status: Status
    closed_on: date | None
    tracked_from: date
    withdrawn: bool
    decided: tuple[str, ...]
    moved_on: date | None = None
    remind: tuple[int | str, ...] = ()
    acknowledged: tuple[tuple[str, date], ...] = ()
    waits_for: tuple[int, ...] = ()
    asked: Deferral | None = None
    answer: str = ""
    answered_on: date | None = None
    forecast: date | None = None
    duty: int | None = None
    beside: tuple[int, ...] = ()

    @property
    def closed(self) -> bool:
        """Whether it is completed or cancelled."""
        return self.status in (Status.COMPLETED, Status.CANCELLED)

    @property
    def settled(self) -> bool:
        """Whether a person has decided its day or closed it: what the document says of the day is no question then."""
        return self.closed or "due" in self.decided

    @property
    def expected_late(self) -> bool:
        """Whether an agency expects to finish after the last day."""
        return self.forecast is not None and self.due is not None and self.forecast > self.due

    def paused(self, agency: str, day: date) -> date | None:
        """The day after `day` until which the reminders of an agency pause by an acknowledgement; None without one."""
        untils = [until for name, until in self.acknowledged if name in ("", agency) and until > day]
        return max(untils, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(Tracked):
    """A stored milestone without its words: enough to decide what is owed, and small, as there may be very many.

    What it says of the words is what a Milestone says of them.
    """

    id: int
    modified: datetime
    to_confirm: bool
    apart: bool
    behind_since: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft(Tracked):
    """A milestone that is about to be stored.

    `stated` is what the document said when it was last read, None for a milestone added by hand; the other fields are
    what the office tracks and a person may correct. `baseline_due` is the first last day ever recorded. A recurring
    commitment is a series of milestones: each carries the id of the first in `series` (its own id for the first, which
    its draft cannot know yet) and in `occurrence` the first day of its period. `document` is the document's key.
    `claims` are what agencies have said of having finished, `gauges` what was read of its targets, `grade` is the
    office's, `slips` are the deferrals that it approved. A
    cancelled one may be `superseded_by` another (its id), or `ended_by` a document (its key).
    """

    document: str | None
    item: str | None
    item_title: str | None
    title: str
    kind: Kind
    begin: date | None
    baseline_due: date | None
    recurrence: str | None
    rrule: str | None
    targets: tuple[Target, ...]
    stated: Commitment | None = None
    series: int | None = None
    occurrence: date | None = None
    claims: tuple[Claim, ...] = ()
    gauges: tuple[Gauge, ...] = ()
    grade: str | None = None
    slips: tuple[Slip, ...] = ()
    superseded_by: int | None = None
    ended_by: str | None = None

    @property
    def quote(self) -> str:
        """The sentence it comes from, or the title where a person added it."""
        return self.stated.quote if self.stated else self.title

    @property
    def timex(self) -> str:
        """How the document words the last day (a bare 2018 as 2018年); empty where a person set it."""
        words = self.stated.timex if self.stated else ""
        return f"{words}年" if words.isdecimal() else words

    @property
    def to_confirm(self) -> bool:
        """Whether a person should still look at its day: the words are open to doubt, and nobody has set it."""
        return bool(self.stated and self.stated.review) and not self.settled

    @property
    def behind_since(self) -> date | None:
        """The day of the reading by which a target is behind the straight line to it; None where none is."""
        return behind_since(self.targets, self.gauges, self.due) if self.gauges else None

    @property
    def apart(self) -> bool:
        """Whether the document states another day than the one that is tracked."""
        return self.stated is not None and self.stated.due is not None and self.stated.due != self.due


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone(Draft):
    """One obligation under tracking: a Draft that is stored.

    `sequence` and `modified` (UTC) are those of its calendar entry (RFC 5545), `uid` is for ever. `document_url` is
    where its document can be read, None where nobody said.
    """

    id: int
    uid: str
    document_title: str | None
    sequence: int
    modified: datetime
    document_url: str | None = None

    @property
    def heads_series(self) -> bool:
        """Whether it is the first occurrence of a recurring commitment."""
        return self.series == self.id


Scheduled: TypeAlias = Milestone | Schedule  # what deciding and counting look at


Action = Literal[
    "added", "moved", "reworded", "withdrawn", "restored", "edited", "completed", "reopened", "cancelled", "opened",
    "acknowledged", "claimed", "verified", "returned", "deferral_asked", "deferral_approved", "deferral_refused",
    "blocked", "superseded", "forecast", "remarked", "undone", "joined", "split", "measured",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the append-only history. `changes` maps a field to its value before and after (JSON values).

    A field is a Milestone's, or `stated.` and a Commitment's for what the document says, or one of remarks.REMARKS.
    `along` has, in the same form, what the program itself keeps of a milestone (recording.KEPT). `day` is the business
    day from which it holds, `at` the instant (UTC) at which it was written. `id`, `decision` and `hash` are given when
    it is stored: entries with the same `decision` were decided together, `undoes` is the decision that this one
    reverses, and `hash` is the link of the chain (milestones.chain).
    """

    milestone: int
    day: date
    at: datetime
    actor: str
    action: Action
    changes: dict[str, tuple[Any, Any]]
    reason: str = ""
    note: str = ""
    evidence: str = ""
    along: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    undoes: int | None = None
    id: int | None = None
    decision: int | None = None
    hash: str = ""
