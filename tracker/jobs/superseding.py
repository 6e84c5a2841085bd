"""Superseding: what issues that never left were to tell is told by the next issue to the same recipient.

So an outage loses nothing, and its end is one issue an agency, not one a day. What every address of an issue refused
for good was told to nobody: it is owed whether or not anything new is, and `reminders.decide` says when it is told.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.engine import Connection

from .. import store
from ..digests import arrivals
from ..milestones import Scheduled
from ..reminders import Decided, Reminder, folded
from ..store.waiting import Waiting


@dataclass(frozen=True, slots=True)
class Untold:
    """The issues that never left, and what each of them, by its digest, was to tell that is still owed."""

    issues: Sequence[Waiting]
    tells: Mapping[int, Sequence[Reminder]]

    @property
    def refused(self) -> list[Reminder]:
        """What the issues were to tell that every address refused."""
        return [reminder for issue in self.issues if issue.refused for reminder in self.tells.get(issue.digest, ())]

    @property
    def failed(self) -> set[int]:
        """The digests of those that were given up: they bring nobody anything."""
        return {issue.digest for issue in self.issues if issue.failed}

    def decided(self, owed: Decided, milestones: Iterable[Scheduled], mute: Collection[str]) -> Decided:
        """What was decided, with what is to be told anew; an agency that gets no issue is told nothing of it."""
        every = self.with_owed([*owed.told, *owed.silent], milestones, mute)
        return replace(
            owed,
            told=[one for one in every if one.agency not in mute],
            silent=[one for one in every if one.agency in mute],
        )

    def with_owed(
        self, owed: Sequence[Reminder], milestones: Iterable[Scheduled], mute: Collection[str]
    ) -> list[Reminder]:
        """`owed`, with what is to be told anew: the agencies that get an issue are told the content of their old ones.

        `milestones` are the open ones, with the agencies that answer for them now; `mute` are the agencies that no
        message reaches.
        """
        if not self.issues:
            return list(owed)
        answering = {(milestone.id, agency) for milestone in milestones for agency in milestone.agencies}
        addressed = {one.agency for one in owed} - set(mute)
        again = [one for one in self.issues if one.recipient in addressed and not one.refused]
        old = (reminder for issue in again for reminder in self.tells.get(issue.digest, ()))
        return folded([*(one for one in old if (one.milestone, one.agency) in answering), *owed])

    def of(self, recipients: Collection[str]) -> list[Waiting]:
        """The issues that new ones to these recipients supersede."""
        return [one for one in self.issues if one.recipient in recipients]


def read(db: Connection, channel: str, today: date) -> Untold:
    """The issues of this channel and of days until `today` that never left."""
    issues = store.waiting.listed(db, channel, today)
    return Untold(issues, store.waiting.tells(db, [one.digest for one in issues]))


def still_wait(db: Connection, issues: Sequence[Waiting]) -> bool:
    """Whether none of these issues has been claimed meanwhile; asked under the lock."""
    return not issues or store.waiting.still(db, {one.digest for one in issues})


def take_back(db: Connection, issues: Sequence[Waiting], numbers: Mapping[str, int]) -> None:
    """Cancel the issues and what they told; `numbers` are those of the issues that are about to tell it."""
    reasons = {one.digest: f"superseded: 第{numbers[one.recipient]}期 tells what it was to tell" for one in issues}
    store.waiting.take_back(db, reasons)


def link(db: Connection, issues: Sequence[Waiting], digests: Mapping[str, int]) -> None:
    """Note which digest (by recipient) tells what each of the issues was to tell."""
    store.waiting.link(db, {one.digest: digests[one.recipient] for one in issues})


def merged(issues: Sequence[Waiting]) -> dict[str, tuple[int, ...]]:
    """The numbers of the issues by recipient, in order."""
    found: dict[str, tuple[int, ...]] = {}
    for one in issues:
        found[one.recipient] = tuple(sorted((*found.get(one.recipient, ()), *one.numbers)))
    return found


def words(issues: Sequence[Waiting]) -> list[str]:
    """What the office is told of them; its own are no news to it."""
    named = [(recipient, numbers) for recipient, numbers in merged(issues).items() if recipient]
    return [arrivals.merged(named)] if named else []
