"""What commands that change something have in common: a dry run, a question where it is much, what is said after."""

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from ..errors import Declined, UsageError
from .ids import flat, ranges
from .output import counted, print_jsonl, put
from .session import Command, Session, session_flag

if TYPE_CHECKING:
    from ..milestones import Milestone

UNASKED = 10  # milestones that a call may change without being asked

dry_run_option = session_flag("--dry-run", "dry_run", "Show what would change; store nothing.")
yes_option = session_flag("--yes", "sure", f"Do not ask where more than {UNASKED} milestones change.")
result_option = click.option(
    "--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True,
    help="What is said of the result: words, or the fields that `list` has of it.",
)  # fmt: skip


def changing_options(command: Command) -> Command:
    """Adds --dry-run and --yes."""
    return dry_run_option(yes_option(command))


def confirmed(session: Session, ids: tuple[list[int], ...]) -> list[int]:
    """The ids of a call, each once, in order; of more than UNASKED it was asked whether they are meant."""
    found = flat(ids)
    confirm(session, len(found), f": {ranges(found)}")
    return found


def confirm(session: Session, number: int, which: str = "", *, alone: bool = False) -> None:
    """Asks whether so many milestones may change, where there are more than UNASKED and it is no dry run.

    `alone` says that the call means one thing, of which the milestones follow: it goes on where nobody is there to
    answer. Raises Declined where the answer is no, UsageError where nobody is there to answer.
    """
    if number <= UNASKED or session.sure or session.dry_run:
        return
    what = f"this changes {counted(number, 'milestone')}{which}"
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        if alone:
            return
        raise UsageError(f"{what}; --dry-run shows how, --yes does it; nothing was changed")
    if not click.confirm(f"{what}; go on?", err=True):
        raise Declined("nothing was changed")


def tell_milestones(
    session: Session, form: str, found: "Sequence[Milestone]", words: "Callable[[Milestone], str]"
) -> None:
    """What became of milestones: a line of `words` each, or for programs the fields of `list`."""
    if form == "table":
        for m in found:
            put(words(m))
        return
    from ..jobs import look
    from .listing import fields

    print_jsonl(fields(look.place(m, session.config, session.today)) for m in found)
