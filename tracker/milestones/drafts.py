"""Drafts of milestones: from a commitment, and from the next period of a series."""

from dataclasses import replace
from datetime import date

from ..commitments import Commitment
from . import occurrences
from .occurrences import Occurrence
from .titles import title
from .values import Draft, Milestone, Status


def from_commitment(commitment: Commitment, *, document: str, tracked_from: date) -> Draft:
    """What a commitment that was read for the first time becomes; a recurring one is the first of its series."""
    draft = Draft(
        document=document,
        item=commitment.item,
        item_title=commitment.item_title,
        title=title(commitment.quote, commitment.timex),
        kind=commitment.kind,
        due=commitment.due,
        begin=commitment.begin,
        baseline_due=commitment.due,
        precision=commitment.precision,
        recurrence=commitment.recurrence,
        rrule=commitment.rrule,
        agencies=commitment.agencies,
        lead=commitment.lead,
        support=commitment.support,
        targets=commitment.targets,
        status=Status.OPEN,
        closed_on=None,
        tracked_from=tracked_from,
        withdrawn=False,
        decided=(),
        stated=commitment,
    )
    return first_of_series(draft)


def first_of_series(draft: Draft) -> Draft:
    """`draft` with its period, where it recurs; else as it is."""
    first_due, rule = occurrences.plan(draft)
    if first_due is None or rule is None:
        return draft
    period = occurrences.first(first_due, rule)
    return replace(draft, occurrence=period.begin, title=f"{draft.title}（{occurrences.label(period, rule)}）")


def from_occurrence(head: Milestone, newest: Milestone, occurrence: Occurrence) -> Draft:
    """The next milestone of a series: what the first one states, with the agencies that the newest one has now."""
    _, rule = occurrences.plan(head)
    assert rule is not None  # only a recurring milestone has occurrences
    said = head.stated
    name = title(said.quote, said.timex) if said and "title" not in head.decided else head.title.rpartition("（")[0]
    return Draft(
        document=head.document,
        item=head.item,
        item_title=head.item_title,
        title=f"{name or head.title}（{occurrences.label(occurrence, rule)}）",
        kind=head.kind,
        due=occurrence.due,
        begin=occurrence.begin if head.begin else None,
        baseline_due=occurrence.due,
        precision=head.precision,
        recurrence=head.recurrence,
        rrule=head.rrule,
        agencies=newest.agencies,
        lead=newest.lead,
        support=newest.support,
        targets=head.targets,
        status=Status.OPEN,
        closed_on=None,
        tracked_from=max(occurrence.begin, head.tracked_from),
        withdrawn=False,
        decided=tuple(field for field in newest.decided if field in ("agencies", "lead", "support", "remind")),
        stated=replace(said, due=occurrence.due) if said else None,
        series=head.id,
        occurrence=occurrence.begin,
        remind=newest.remind,
    )
