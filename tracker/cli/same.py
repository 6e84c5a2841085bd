"""same: the same commitment said by several documents or items, found and confirmed; one reminder tells of it."""

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from .deciding import day_option, decision_options, reason_option
from .ids import Ids, MilestoneId, flat, ranges
from .output import counted, print_jsonl, put, say
from .session import Session, common_options, pass_session
from .tables import print_folded

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from ..milestones import Milestone
    from ..milestones.sameness import Suggestion


@click.group("same", invoke_without_command=True)
@common_options
@click.pass_context
def same_command(ctx: click.Context) -> None:
    """Commitments that are said twice; without a subcommand, what may be one duty, and why."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(same_list)


@same_command.command("list")
@click.option("--confirmed", is_flag=True, help="The duties that were confirmed.")
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
@common_options
@pass_session
def same_list(session: Session, confirmed: bool, form: str) -> int:
    """What may be one duty, and why; or the duties that were confirmed."""
    from ..jobs import sameness

    engine = session.open()
    if confirmed:
        rows = [row(some) for some in sameness.duties(engine)]
        words = [("one duty", some) for some in sameness.duties(engine)]
    else:
        found = sameness.suggested(engine)
        rows = [row(one.milestones) | {"similarity": round(one.similarity, 1)} for one in found]
        words = [(why(one), list(one.milestones)) for one in found]
    if form == "jsonl":
        print_jsonl(rows)
        return 0
    for reason, some in words:
        print_folded(f"{ranges([m.id for m in some])}: {reason}", rest="  ")
        for m in some:
            item = f"item {m.item} {m.item_title or ''}".rstrip() if m.item else "no item"
            print_folded(f"{m.id}  {m.due}  {m.quote}  ({item}, {m.document or 'by hand'})", "  ", "      ")
        if not confirmed:
            print_folded(f"tracker same confirm {' '.join(str(m.id) for m in some)}", "  ", "      ")
    say(f"{counted(len(words), 'duty')} {'confirmed' if confirmed else 'suggested'}")
    return 0


def row(milestones: "Sequence[Milestone]") -> dict[str, Any]:
    """A duty for outside programs."""
    return {
        "ids": [m.id for m in milestones],
        "due": min((m.due for m in milestones if m.due), default=None),
        "quotes": [m.quote for m in milestones],
        "items": [m.item for m in milestones],
        "documents": [m.document for m in milestones],
    }


def why(one: "Suggestion") -> str:
    """Why milestones may be one duty."""
    words = "the same words" if one.similarity == 100 else f"words alike to {one.similarity:.0f} of 100"
    targets = f", the same {counted(one.targets, 'target')}" if one.targets else ""
    return f"all due {one.due}, {words}{targets}"


@same_command.command("confirm")
@click.argument("ids", type=Ids(), nargs=-1, required=True)
@reason_option("Why they are one.")
@decision_options
@common_options
@pass_session
def same_confirm(session: Session, ids: tuple[list[int], ...], reason: str, by: str | None, on: str | None) -> int:
    """Milestones are one duty: one line in the digests tells of it, with all its sources."""
    from ..jobs.sameness import confirm

    day = day_option(session, on)
    found = confirm(session.open(), flat(ids), day=day, by=by or session.actor, now=session.now, reason=reason)
    put(f"{ranges([m.id for m in found])} are one duty: {found[0].title}")
    if len({m.due for m in found}) > 1:
        earliest = min(m.due for m in found if m.due)
        say(f"they fall due on different days; reminders go by the earliest, {earliest}")
    return 0


@same_command.command("split")
@click.argument("id", type=MilestoneId())
@reason_option("Why it is one of its own.")
@decision_options
@common_options
@pass_session
def same_split(session: Session, id: int, reason: str, by: str | None, on: str | None) -> int:
    """A milestone is a duty of its own; it is not suggested again."""
    from ..jobs.sameness import split

    day = day_option(session, on)
    found = split(session.open(), id, day=day, by=by or session.actor, now=session.now, reason=reason)
    left = [m.id for m in found if m.id != id and m.duty is not None]
    put(f"{id} is a duty of its own" + (f"; {ranges(left)} stay one" if left else ""))
    return 0


def with_its_duty(
    engine: "Engine", ids: list[int], does: str, waiting: "Callable[[Milestone], object] | None" = None, *,
    whole: bool, only: bool,
) -> list[int]:  # fmt: skip
    """The ids that are meant: those named, with the rest of their duty (that is `waiting`) where a person says so.

    `does` is what --all does to it. Raises UsageError where others are one duty with them and nobody says whether they
    are meant.
    """
    from ..jobs.sameness import rest_of

    if whole and only:
        raise UsageError("--all and --only exclude each other")
    rest = [] if only else [m for m in rest_of(engine, ids) if waiting is None or waiting(m)]
    if not rest:
        return ids
    named, others = ranges(ids), ranges([m.id for m in rest])
    if not whole:
        told = f"{named} {'is' if len(ids) == 1 else 'are'} one duty with {others}"
        if not sys.stdin.isatty():
            raise UsageError(f"{told}: --all {does} {others} too, --only leaves them as they are; nothing was changed")
        if not click.confirm(f"{told} ({rest[0].title}): does all of it count?", default=True, err=True):
            raise UsageError(f"nothing was changed; --only {does} {named} alone")
    return [*ids, *(m.id for m in rest)]
