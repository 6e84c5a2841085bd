"""outbox: what is to be sent, was sent, failed."""

import sys
from email import message_from_bytes, policy
from typing import Any

import click

from .changing import dry_run_option
from .ids import Id
from .output import counted, print_jsonl, put, put_bytes, say, word
from .paging import paged
from .session import Session, common_options, pass_session
from .tables import print_field, print_table


@click.group("outbox")
@common_options
@click.pass_context
def outbox_command(ctx: click.Context) -> None:
    """What is to be sent, was sent, failed."""


@outbox_command.command("list")
@click.option("--state", type=click.Choice(["ready", "sending", "sent", "failed", "unknown", "held", "cancelled"]))
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
@common_options
@pass_session
def outbox_list(session: Session, state: str | None, form: str) -> int:
    """The messages, oldest first."""
    from ..jobs import look
    from ..jobs.outbox import reason

    config = session.config
    rows = [row for row in look.outbox(session.open()) if state in (None, row.state)]
    if form == "jsonl":
        print_jsonl(
            {"id": r.id, "agency": r.agency or None, "day": r.day, "state": r.state, "attempts": r.attempts,
             "message_id": r.message_id, "number": r.number, "recipients": list(r.recipients), "reply": r.reply,
             "possible_duplicate": r.possible_duplicate, "reason": reason(r, config)} for r in rows
        )  # fmt: skip
        return 0
    columns = ["id", "day", "agency", "issue", "state", "tries", "to", "reason"]
    cells = [
        [r.id, r.day, r.agency or "(office)", f"第{r.number}期", word(r.state) + twice(r), r.attempts, r.recipients,
         reason(r, config)]
        for r in rows
    ]  # fmt: skip
    with paged(session):
        print_table(cells, columns, right=["id", "tries"], whole=["day", "issue", "state"],
                    weights={"agency": 2, "to": 3, "reason": 3})  # fmt: skip
    return 0


def twice(row: Any) -> str:
    """The mark of a message that may have arrived twice."""
    return "（可能重复）" if row.possible_duplicate else ""


@outbox_command.command("show")
@click.argument("id", type=Id())
@common_options
@pass_session
def outbox_show(session: Session, id: int) -> int:
    """One message as it was frozen: to read on a terminal, else its bytes (RFC 5322) on standard output."""
    from ..jobs import look
    from ..jobs.outbox import reason

    row, receipts = look.message(session.open(), id)
    tries = counted(row.attempts, "attempt")
    why = reason(row, session.config)
    say(f"message {row.id}: {row.state}{twice(row)}, {tries}, to {', '.join(row.recipients)}; {why}")
    for one in receipts:
        say(f"  {one.address}: {one.outcome} {one.at.astimezone(session.config.zone):%Y-%m-%d %H:%M}: {one.reply}")
    if sys.stdout.isatty():
        print_message(row.rfc822)
    else:
        put_bytes(row.rfc822)
    return 0


def print_message(data: bytes) -> None:
    """A message as a mail program shows it: who, what about, the text, and the names of what is attached."""
    message = message_from_bytes(data, policy=policy.default)
    put("")
    for name in ("From", "To", "Cc", "Subject", "Message-ID"):
        if message[name]:
            print_field(name, message[name])
    body = message.get_body(("plain",))
    put("\n" + body.get_content() if body else "")
    for part in message.iter_attachments():
        print_field("attached", part.get_filename() or part.get_content_type())


@outbox_command.command("retry")
@click.argument("id", type=Id())
@dry_run_option
@common_options
@pass_session
def outbox_retry(session: Session, id: int) -> int:
    """Make a failed, held or doubtful message ready to be sent at once, to suspended addresses of it too."""
    from ..jobs.outbox import retry

    row = retry(session.open(), id, now=session.now)
    put(f"message {row.id} to {row.agency or 'the office'} is ready again; `tracker deliver` sends it")
    return 0


@outbox_command.command("hold")
@click.argument("id", type=Id())
@dry_run_option
@common_options
@pass_session
def outbox_hold(session: Session, id: int) -> int:
    """Keep a message back until `retry`."""
    from ..jobs.outbox import hold

    row = hold(session.open(), id)
    put(f"message {row.id} to {row.agency or 'the office'} is held; `tracker outbox retry {row.id}` releases it")
    return 0
