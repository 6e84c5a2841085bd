"""The life of a milestone: what people make of it, as pure steps. Each raises UsageError where its state allows none.

    open --claim--> claimed --verify--> completed          `done` goes from open to completed at once
                            --return--> open
    open --cancel, supersede--> cancelled                  closed --reopen--> open
    defer: a request waits --approve--> another last day, a slip more
                           --refuse--> the last day stays

Where some agencies lead (牵头), their claims make a milestone claimed; else all of them must claim. It was finished on
the day of the last of these claims, whenever the office looks at it: late stays late.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final, Literal, get_args

from ..errors import UsageError
from .values import Claim, Deferral, Milestone, Slip, Status

Grade = Literal["优秀", "良好", "合格"]
GRADES: Final[tuple[Grade, ...]] = get_args(Grade)


def claimed(milestone: Milestone, claim: Claim, told: Milestone) -> Milestone:
    """An agency says that it has finished (申请办结), once: a second claim would hide when it said so first.

    `told` is the milestone as it is told: where a group has members, each of them answers in its place.
    """
    refuse_closed(milestone)
    if claim.agency not in told.agencies:
        named = "、".join(told.agencies) or "nobody"
        raise UsageError(f"milestone {milestone.id}: {claim.agency} does not answer for it; who does: {named}")
    if former := next((one for one in milestone.claims if one.agency == claim.agency), None):
        raise UsageError(
            f"milestone {milestone.id}: {claim.agency} claimed it on {former.day} already; "
            f"`tracker undo {milestone.id}` takes that back, or the office returns it"
        )
    claims = (*milestone.claims, claim)
    status = Status.OPEN if missing(told, claims) else Status.CLAIMED
    return replace(milestone, status=status, claims=claims, answer="", answered_on=None)


def missing(told: Milestone, claims: Sequence[Claim]) -> list[str]:
    """The agencies whose word is still wanting before the office can look at it."""
    said = {one.agency for one in claims}
    return [agency for agency in (told.lead or told.agencies) if agency not in said]


def verified(milestone: Milestone, grade: str | None, told: Milestone) -> Milestone:
    """The office confirms what was claimed (销号), as of the day of the last claim that counts."""
    _refuse_unclaimed(milestone)
    wanted = told.lead or told.agencies
    counted = [one.day for one in milestone.claims if one.agency in wanted]
    finished = max(counted or [one.day for one in milestone.claims])  # who claimed it may have been replaced since
    return replace(milestone, status=Status.COMPLETED, closed_on=finished, grade=grade, **ENDED)


def returned(milestone: Milestone, reason: str, day: date) -> Milestone:
    """The office does not confirm it (退回): all claims are void, and the agencies are told why."""
    _refuse_unclaimed(milestone)
    return replace(milestone, status=Status.OPEN, claims=(), answer=f"办结申请被退回：{reason}", answered_on=day)


def completed(milestone: Milestone, day: date, *, as_claimed: bool = False) -> Milestone:
    """The office closes it on `day` (销号); with `as_claimed`, what was claimed on the day of the claim that counts."""
    refuse_closed(milestone)
    if as_claimed and milestone.status is Status.CLAIMED:
        return verified(milestone, None, milestone)
    return replace(milestone, status=Status.COMPLETED, closed_on=day, **ENDED)


def cancelled(
    milestone: Milestone, day: date, *, superseded_by: int | None = None, ended_by: str | None = None
) -> Milestone:
    """It need not be met any more: because of a document, or since another takes its place."""
    refuse_closed(milestone)
    if superseded_by == milestone.id:
        raise UsageError(f"milestone {milestone.id} cannot take its own place")
    return replace(
        milestone, status=Status.CANCELLED, closed_on=day, superseded_by=superseded_by, ended_by=ended_by, **ENDED
    )


def reopened(milestone: Milestone) -> Milestone:
    """Open again, with nothing claimed."""
    if not milestone.closed:
        raise UsageError(f"milestone {milestone.id} is {milestone.status}: there is nothing to reopen")
    return replace(
        milestone, status=Status.OPEN, closed_on=None, claims=(), grade=None, superseded_by=None, ended_by=None
    )


def deferral_asked(milestone: Milestone, to: date, reason: str, day: date, *, late: bool) -> Milestone:
    """Another last day is asked for (延期), before the present one has passed, or after it where `late` says so."""
    refuse_closed(milestone)
    last = _last_day(milestone)
    if to <= last:
        raise UsageError(f"milestone {milestone.id} is due on {last}: a deferral goes to a later day, not {to}")
    if milestone.asked:
        raise UsageError(
            f"milestone {milestone.id}: a deferral to {milestone.asked.to} waits already; approve or refuse it first"
        )
    if day > last and not late:
        raise UsageError(
            f"milestone {milestone.id} was due on {last}: a deferral is asked for before that day; --late asks all the "
            "same, and is marked"
        )
    return replace(milestone, asked=Deferral(to, reason, day, day > last), answer="", answered_on=None)


def deferral_approved(milestone: Milestone, day: date) -> Milestone:
    """The last day moves to the one that was asked for; the first one ever stays, and the slip is counted for ever."""
    asked, last = _asked(milestone), _last_day(milestone)
    if asked.to <= last:
        raise UsageError(
            f"milestone {milestone.id} is due on {last} by now: a deferral to {asked.to} moves nothing; refuse it"
        )
    slip = Slip(last, asked.to, day, asked.late)
    return replace(
        milestone, due=asked.to, precision="day", asked=None, slips=(*milestone.slips, slip),
        decided=tuple(sorted({*milestone.decided, "due"})),
    )  # fmt: skip


def deferral_refused(milestone: Milestone, reason: str, day: date) -> Milestone:
    """The last day stays, and the agencies are told why."""
    asked = _asked(milestone)
    return replace(milestone, asked=None, answer=f"延期至{asked.to}的申请未获批准：{reason}", answered_on=day)


def waiting(milestone: Milestone, blockers: Sequence[Milestone]) -> Milestone:
    """It waits until these are closed; nothing where there are none."""
    refuse_closed(milestone)
    for one in blockers:
        if one.closed:
            raise UsageError(f"milestone {one.id} is {one.status}: there is nothing to wait for")
    if not blockers and not milestone.waits_for:
        raise UsageError(f"milestone {milestone.id} waits for nothing")
    return replace(milestone, waits_for=tuple(sorted({one.id for one in blockers})))


def expected(milestone: Milestone, day: date | None) -> Milestone:
    """The day on which the agency expects to finish; None takes it back."""
    refuse_closed(milestone)
    if day is None and milestone.forecast is None:
        raise UsageError(f"milestone {milestone.id} has no forecast to take back")
    return replace(milestone, forecast=day)


def refuse_closed(milestone: Milestone) -> None:
    """Raises UsageError for a milestone that is completed or cancelled."""
    if milestone.closed:
        raise UsageError(f"milestone {milestone.id} was {milestone.status} on {milestone.closed_on} already")


# What an end puts an end to.
ENDED: Final[dict[str, Any]] = {"acknowledged": (), "asked": None, "answer": "", "answered_on": None}


def _refuse_unclaimed(milestone: Milestone) -> None:
    refuse_closed(milestone)
    if milestone.status is not Status.CLAIMED:
        said = "、".join(one.agency for one in milestone.claims)
        raise UsageError(
            f"milestone {milestone.id}: {f'only {said} has claimed it' if said else 'nobody has claimed it'}; "
            f"`tracker done {milestone.id}` closes it all the same"
        )


def _asked(milestone: Milestone) -> Deferral:
    refuse_closed(milestone)
    if milestone.asked is None:
        raise UsageError(f"milestone {milestone.id}: no deferral was asked for")
    return milestone.asked


def _last_day(milestone: Milestone) -> date:
    if milestone.due is None:
        raise UsageError(f"milestone {milestone.id} has no last day; `tracker edit {milestone.id} --due` gives it one")
    return milestone.due
