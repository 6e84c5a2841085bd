"""Commitment, Target, Extraction: what a document promises, as the document states it."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from ..documents import SectionName as SectionName
from ..errors import Problem
from ..timex import Mention, Precision
from .measures import measured

Role = Literal["deadline", "window", "recurrence", "duration", "past", "name", "attribute", "present", "undated"]
Kind = Literal["deadline", "window", "recurrence", "duration"]
Fate = Literal["tracked", "set-aside", "waiting"]
Comparator = Literal[">=", "<=", "=", ">", "<", "~"]


@dataclass(frozen=True, slots=True)
class Target:
    """A quantity that a commitment promises: 县域内就诊率 >= 90 %; value and unit as the document writes them.

    `base` is what a change is measured from, in the document's words: 2017年 in 比2017年提高两成, 年均 in a yearly
    rate, and "" where nothing is named.
    """

    indicator: str
    op: Comparator
    value: float
    unit: str
    base: str = ""

    @property
    def measured(self) -> tuple[float, str]:
        """The amount and a unit that compare with those of other targets: 50万平方米 is (500000, 平方米)."""
        return measured(self.value, self.unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """One dated obligation of a document: one per (deadline, clause).

    `quote` is healed text; `start` and `stop` are its offsets in the text as read, before healing. `due` is the last
    acceptable day, None where the words set none. `year_from` is "explicit" (said in the sentence), "document" (taken
    from a heading, the title or the document date) or None; `assumed` says in words what was taken from where.
    `recurrence` is DAILY, WEEKLY, MONTHLY, QUARTERLY, HALF-YEARLY or YEARLY and `rrule` its RFC 5545 form.
    `review` lists why a person should look; such a commitment is tracked meanwhile.
    """

    item: str | None
    item_title: str | None
    section: SectionName
    quote: str
    start: int
    stop: int
    timex: str
    due: date | None
    begin: date | None
    precision: Precision | None
    recurrence: str | None
    rrule: str | None
    year_from: Literal["explicit", "document"] | None
    assumed: tuple[str, ...]
    rows: tuple[str, ...]
    agencies: tuple[str, ...]
    lead: tuple[str, ...]
    support: tuple[str, ...]
    extent: str
    targets: tuple[Target, ...]
    kind: Kind
    confidence: Literal["high", "low"]
    review: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sighting:
    """A mention with what was made of it: every mention of a document is one of these, so the counts add up.

    `fate` is "tracked" (part of a commitment), "set-aside" (with its reason) or "waiting" (for a person to decide).
    `start` and `stop` are offsets in the text as read; `context` is the healed text around the mention. The words of a
    duty without a day (长期坚持), and those of a table's deadline that are none (按计划), are one, too: their role is
    "undated", and no time expression is read in them.
    """

    mention: Mention
    role: Role
    item: str | None
    context: str
    start: int
    stop: int
    fate: Fate
    reason: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was read from one document. Every date expression and every undated duty is a Sighting."""

    key: str
    commitments: tuple[Commitment, ...]
    sightings: tuple[Sighting, ...]
    problems: tuple[Problem, ...]
