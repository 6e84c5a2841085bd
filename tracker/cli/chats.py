"""chat: the short texts beside the mail."""

import click

from .changing import dry_run_option
from .ids import Id
from .outbox import twice
from .output import print_jsonl, put, word
from .session import Session, common_options, pass_session
from .tables import print_table


@click.group("chat")
@common_options
@click.pass_context
def chat_command(ctx: click.Context) -> None:
    """Short texts beside the mail, to 钉钉, 企业微信, 飞书, Slack, a webhook."""


@chat_command.command("list")
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
@common_options
@pass_session
def chat_list(session: Session, form: str) -> int:
    """The short texts that were to be sent, oldest first."""
    from ..jobs.chat import listed

    rows = listed(session.open())
    if form == "jsonl":
        print_jsonl(
            {"id": r.id, "agency": r.agency or None, "day": r.day, "number": r.number, "target": r.target,
             "service": r.service or None, "state": r.state, "parts_sent": r.parts_sent, "attempts": r.attempts,
             "reply": r.reply, "possible_duplicate": r.possible_duplicate} for r in rows
        )  # fmt: skip
        return 0
    print_table(
        [[r.id, r.day, r.agency or "(office)", f"第{r.number}期", r.target, word(r.state) + twice(r), r.attempts,
          r.reply]
         for r in rows],
        ["id", "day", "agency", "issue", "to", "state", "tries", "reply"],
        right=["id", "tries"], whole=["day", "issue", "state"], weights={"agency": 2, "to": 3, "reply": 3},
    )  # fmt: skip
    return 0


@chat_command.command("test")
@click.argument("name")
@common_options
@pass_session
def chat_test(session: Session, name: str) -> int:
    """Send a test message to the chat whose address has this NAME in the environment or in [chat] urls_file."""
    from ..delivery import Sent
    from ..jobs.chat import test_chat

    outcome = test_chat(session.config, name)
    put(f"{name}: {'sent' if isinstance(outcome, Sent) else 'not sent'}: {outcome.reply}")
    return int(not isinstance(outcome, Sent))


@chat_command.command("retry")
@click.argument("id", type=Id())
@dry_run_option
@common_options
@pass_session
def chat_retry(session: Session, id: int) -> int:
    """Make a failed or cancelled one ready to be sent at once."""
    from ..jobs.chat import retry

    row = retry(session.open(), id, now=session.now)
    put(f"chat message {row.id} to {row.target} is ready again; `tracker deliver` sends it")
    return 0
