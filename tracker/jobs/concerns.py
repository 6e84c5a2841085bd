"""What the office alone is told beside the milestones: of its documents, of earlier issues, of disputed days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from .. import store
from ..digests import MentionCounts, wording
from ..milestones import Milestone
from ..store.notices import Undelivered, last_named, mentions, undelivered
from .disputes import disputed

FATES = ("tracked", "set-aside", "waiting")


@dataclass(frozen=True, slots=True)
class Concerns:
    """Documents whose date is inferred, what was made of all mentions (None without documents), and further lines."""

    unconfirmed: Sequence[str]
    mentions: MentionCounts | None
    remarks: Sequence[str]


def concerns(db: Connection, milestones: Iterable[Milestone]) -> Concerns:
    """The concerns of the office, disputes among `milestones`; the same few queries, however much there is."""
    fates = mentions(db)
    return Concerns(
        unconfirmed=[
            f"《{document.title}》（推定为{document.published_as}）"
            for document in store.documents.listed(db)
            if not document.confirmed and document.withdrawn_on is None
        ],
        mentions=MentionCounts(*(fates.get(fate, 0) for fate in FATES)) if fates else None,
        remarks=[*_fates_of(undelivered(db, last_named(db))), *map(wording.disputed, disputed(db, milestones))],
    )


def _fates_of(issues: Sequence[Undelivered]) -> list[str]:
    """What became of earlier issues."""
    twice = [f"{one.agency or '督查室'}第{one.number}期" for one in issues if one.twice]
    lost = [f"{one.agency or '督查室'}第{one.number}期未能送达：{one.reply}" for one in issues if not one.twice]
    return [*lost, *([f"可能重复送达：{'、'.join(twice)}。"] if twice else [])]
