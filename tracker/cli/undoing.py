"""undo: the last decision is reversed by another entry."""

import click

from .deciding import day_option, decision_options, reason_option
from .ids import Id
from .output import put, say, word
from .session import Session, common_options, pass_session
from .showing import changes_words


@click.command("undo")
@click.argument("id", type=Id(), required=False)
@reason_option("Why.")
@click.option("--dry-run", is_flag=True, help="Only say what would be undone.")
@decision_options
@common_options
@pass_session
def undo_command(session: Session, id: int | None, reason: str, by: str | None, on: str | None, dry_run: bool) -> int:
    """Reverse the last decision about a milestone; without an ID, the last that you (or --by) made.

    What was decided together is undone together. The history keeps both; what a document says is not undone.
    """
    from ..jobs.undo import undo

    day, who = day_option(session, on), by or session.actor
    for one in undo(session.open(), id, day=day, by=who, now=session.now, reason=reason, dry_run=dry_run):
        former = f"{word(one.reverses.action)} {one.reverses.day}, {one.reverses.actor}"
        put(f"{one.milestone.id} undone ({former}): {changes_words(one.entry)}: {one.milestone.title}")
    if dry_run:
        say("dry run: nothing was changed")
    return 0
