"""What the office alone is told beside the milestones: of its documents, of earlier issues, of disputed days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy.engine import Connection

from .. import store
from ..config import Config
from ..digests import MentionCounts, arrivals, wording
from ..milestones import Scheduled
from ..milestones.chain import Head
from ..store.notices import Undelivered, last_named, mentions, undelivered
from ..workdays import Calendar
from .disputes import disputed
from .slipping import silently

REACH: Final = timedelta(days=60)  # so long before an unknown year the office is told
FATES = ("tracked", "set-aside", "waiting")


@dataclass(frozen=True, slots=True)
class Concerns:
    """Documents whose date is inferred, what was made of all mentions (None without documents), and further lines.

    `undelivered` are the lines about earlier issues and about addresses, `lost` says whether a message did not arrive
    since the office was last told, `chain` is where the history ends now.
    """

    unconfirmed: Sequence[str]
    mentions: MentionCounts | None
    remarks: Sequence[str]
    undelivered: Sequence[str]
    lost: bool
    chain: Head


def concerns(db: Connection, milestones: Sequence[Scheduled], config: Config, today: date) -> Concerns:
    """The concerns of the office, disputes among `milestones`; the same few queries, however much there is."""
    fates = mentions(db)
    issues = undelivered(db, last_named(db))
    return Concerns(
        unconfirmed=[
            f"《{document.title}》（推定为{document.published_as}）"
            for document in store.documents.listed(db)
            if not document.confirmed and document.withdrawn_on is None
        ],
        mentions=MentionCounts(*(fates.get(fate, 0) for fate in FATES)) if fates else None,
        remarks=[
            *map(wording.disputed, disputed(db, milestones, today)),
            *wording.put_off(sorted({one.id for one in milestones} & silently(db).keys())),
            *map(wording.unknown_year, unknown_years(milestones, config.calendar, today)),
        ],
        undelivered=[*_fates_of(issues, config), *_suspended(db, config)],
        lost=any(one.how != "twice" for one in issues),
        chain=store.history.head(db),
    )


def unknown_years(milestones: Iterable[Scheduled], calendar: Calendar, today: date) -> list[int]:
    """The years whose holidays nobody knows, and on whose days digests will be owed: within two months from `today`.

    What falls due before their end is told on a day of such a year, or repeated there.
    """
    reach = today + REACH
    near = [year for year in range(today.year, reach.year + 1) if not calendar.is_known(year)]
    owing = near and any(one.due and not one.closed and one.due <= reach for one in milestones)
    return near if owing else []


def _fates_of(issues: Sequence[Undelivered], config: Config) -> list[str]:
    """What became of earlier issues."""
    twice = [(one.agency, one.number) for one in issues if one.how == "twice"]
    resent = config.delivery.unknown == "resend"
    others = [
        arrivals.fate(
            "resent" if one.how == "unknown" and resent else one.how, one.agency, one.number, one.reply, one.id
        )
        for one in issues
        if one.how != "twice"
    ]
    return [*others, *([arrivals.twice(twice)] if twice else [])]


def _suspended(db: Connection, config: Config) -> list[str]:
    """The addresses of agencies to which nothing goes."""
    off = store.suspensions.listed(db)
    if not off:
        return []
    found = [(agency.name, off[address]) for agency in store.agencies.listed(db) for address in agency.suspended]
    return [
        arrivals.suspended(name, one.address, f"{one.since.astimezone(config.zone):%Y-%m-%d}", one.reply)
        for name, one in found
    ]
