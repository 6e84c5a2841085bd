"""undo: the last decision is reversed by another entry."""

import click

from .deciding import day_option, decision_options, reason_option
from .ids import MilestoneId
from .output import put, word
from .session import Session, common_options, pass_session
from .showing import changes_words


@click.command("undo")
@click.argument("id", type=MilestoneId(), required=False)
@reason_option("Why.")
@decision_options
@common_options
@pass_session
def undo_command(session: Session, id: int | None, reason: str, by: str | None, on: str | None) -> int:
    """Reverse the last decision about a milestone; without an ID, the last that you (or --by) made.

    What was decided together is undone together. The history keeps both; what a document says is not undone.
    """
    from ..jobs.undo import undo

    day, who = day_option(session, on), by or session.actor
    for one in undo(session.open(), id, day=day, by=who, now=session.now, reason=reason):
        former = f"{word(one.reverses.action)} {one.reverses.day}, {one.reverses.actor}"
        put(f"{one.milestone.id} undone ({former}): {changes_words(one.entry)}: {one.milestone.title}")
    return 0
