"""audit: whether the history is what was written."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from .output import counted, print_jsonl, put, say
from .session import Session, common_options, pass_session

if TYPE_CHECKING:
    from ..jobs.audit import Audit


@click.group("audit")
@common_options
@click.pass_context
def audit_command(ctx: click.Context) -> None:
    """Is the history what was written?"""


@audit_command.command("verify")
@click.option("--head", metavar="HASH", default="", help="末条校验码 of an office digest (8 digits or more).")
@click.option("--length", type=click.IntRange(min=0), metavar="N", help="How many entries that digest says there were.")
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
@common_options
@pass_session
def verify_command(session: Session, head: str, length: int | None, form: str) -> int:
    """Find what was changed, dropped, put in or moved in the history, and milestones that it does not explain.

    That the last entries were dropped shows only against what a digest said: --head, --length.
    """
    from ..jobs.audit import verify

    audit = verify(session.open(create=False), head=head, length=length)
    if form == "jsonl":
        own = {"kind": "summary", "entries": audit.head.length, "head": audit.head.hash, "witnessed": audit.witnessed}
        print_jsonl([*map(asdict, audit.faults), {**own, "faults": len(audit.faults)}])
    else:
        tell(audit)
    return int(bool(audit.faults))


def tell(audit: "Audit") -> None:
    """What was found, for a person."""
    for fault in audit.faults:
        say(fault.words)
    if audit.witnessed is not None:
        since = audit.head.length - audit.witnessed
        later = f", and {counted(since, 'entry')} came after it" if since else ""
        put(f"that head is the hash of entry number {audit.witnessed}{later}")
    put(f"{counted(audit.head.length, 'entry')}, head {audit.head.hash}")
    put("the history is what was written" if not audit.faults else counted(len(audit.faults), "fault"))
