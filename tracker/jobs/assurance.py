"""The week's word to the office that the tracker is alive (系统正常): the first issue of a week that leaves has it.

A digest goes out for the word alone on the first day of a week on which digests go out, and where nobody scanned then,
with the first scan after it. Where that issue never left, the next one to the office has the word.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.engine import Connection

from .. import store
from ..digests import wording
from ..milestones import Scheduled
from ..reminders import DAY, Rules, missed_days
from .concerns import Concerns


@dataclass(frozen=True, slots=True)
class Heard:
    """What the office has heard of the scans this week.

    `scanned` are the days of the scans from the last one that could tell before this week on, none where there was none
    or where an issue of this week has left; `first` says that none of this week could tell.
    """

    scanned: Sequence[date]
    first: bool


def heard(db: Connection, rules: Rules, today: date, until: date) -> Heard:
    """What scans of days `until` one let the office hear in the week of `today`, which begins on Monday."""
    monday = today - timedelta(days=today.weekday())
    before = store.ledger.last_telling(db, monday - DAY, rules.calendar)
    telling = store.ledger.last_telling(db, until, rules.calendar)
    if before is None or store.waiting.has_left(db, store.digests.OFFICE, monday, until):
        return Heard((), first=False)
    return Heard(store.ledger.scanned(db, before[0], until), first=telling is not None and telling[0] < monday)


def assurance(
    milestones: Iterable[Scheduled], concern: Concerns, heard: Heard, rules: Rules, today: date, *, news: bool
) -> str:
    """The word, "" where this week has had it, or nothing was tracked before; `news`: there is more to tell the office.

    It names the last scan before the first working day without one.
    """
    if not heard.scanned or not (heard.first or news):
        return ""
    open_ones = [one for one in milestones if not one.closed]
    if concern.mentions is None and not open_ones:
        return ""
    missed = [day for day in missed_days(heard.scanned[0], today, rules) if day not in heard.scanned]
    last = max(day for day in heard.scanned if not missed or day < missed[0])
    sunday = today + timedelta(days=6 - today.weekday())
    due = sum(one.due is not None and today <= one.due <= sunday for one in open_ones)
    return wording.assurance(last, len(missed), concern.lost, len(open_ones), due)
