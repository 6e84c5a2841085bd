"""What `show` says of the life of a milestone: what was claimed, asked, answered, read and expected."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from ..milestones import progress
from .account import with_short_hashes
from .measuring import progress_words

if TYPE_CHECKING:
    from ..milestones import Milestone


def life_words(m: "Milestone", today: date) -> Iterator[tuple[str, str]]:
    """What was claimed, asked, answered and expected; a slip with how it stands by the first day ever."""
    for claim in m.claims:
        yield (
            "claims",
            "; ".join(filter(None, [f"{claim.agency} {claim.day}", claim.note, with_short_hashes(claim.evidence)])),
        )
    if m.grade:
        yield "grade", m.grade
    if m.asked:
        yield "asked", f"{m.asked.to}{' (late)' if m.asked.late else ''}: {m.asked.reason}"
    if m.slips:
        days = " → ".join(str(day) for day in (m.slips[0].was, *(slip.now for slip in m.slips)))
        over = ((m.closed_on or today) - m.slips[0].was).days
        yield "slips", f"{len(m.slips)}: {days}" + (f"; {over} days over by the first" if over > 0 else "")
    if m.answer:
        yield "answer", m.answer
    for one in progress(m.targets, m.gauges, m.due):
        yield "progress", progress_words(one)
    if m.forecast:
        late = (m.forecast - m.due).days if m.due else 0
        yield "forecast", f"{m.forecast}" + (f", {late} days late" if late > 0 else "")
    if m.waits_for:
        yield "waits_for", ", ".join(map(str, m.waits_for))
    if m.superseded_by:
        yield "superseded", str(m.superseded_by)
    if m.ended_by:
        yield "ended_by", m.ended_by
