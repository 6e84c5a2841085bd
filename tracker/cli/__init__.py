"""The command line. Each command is imported when it is called: `tracker --help` loads neither database nor dates."""

import os
import sys
from importlib import import_module

import click

from .. import __version__
from ..errors import TrackerError
from .session import Session, common_options

# name: (module, what it does); the order is that of the work
COMMANDS = {
    "extract": ("reading", "Read documents and show what would be tracked."),
    "timex": ("reading", "Read time expressions."),
    "ingest": ("documents", "Read documents into the database."),
    "documents": ("documents", "What has been read."),
    "list": ("listing", "The milestones."),
    "show": ("listing", "One milestone with its history."),
    "why": ("listing", "How its date was read, and from what words."),
    "done": ("deciding", "Close milestones (销号)."),
    "reopen": ("deciding", "Open closed milestones again."),
    "cancel": ("deciding", "Cancel milestones that need not be met any more."),
    "edit": ("correcting", "Correct a milestone, with a reason."),
    "add": ("correcting", "Add a milestone by hand."),
    "promote": ("correcting", "Make a milestone of a date that was set aside."),
    "scan": ("sending", "Decide what is owed today and put the digests into the outbox."),
    "deliver": ("sending", "Send what the outbox holds, once each."),
    "digest": ("sending", "Show a digest without sending or recording anything."),
    "run": ("sending", "Scan and deliver on schedule until stopped."),
    "outbox": ("outbox", "What is to be sent, was sent, failed."),
    "agencies": ("agencies", "Who is reminded where."),
    "export": ("exporting", "Calendars and ledgers."),
    "db": ("upkeep", "The database: upgrade, current, check, backup."),
    "doctor": ("upkeep", "Is everything in order?"),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of the work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, its module imported now; None for an unknown one."""
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(f".{COMMANDS[cmd_name][0]}", __name__), f"{cmd_name}_command")
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=True)
@click.version_option(__version__, prog_name="tracker")
@common_options
@click.pass_context
def tracker(ctx: click.Context) -> None:
    """Reads government documents, tracks every dated commitment, reminds each agency in time."""
    ctx.ensure_object(Session)


def main() -> None:
    """Runs the command line and ends the process with the documented exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Runs one command and returns its exit code; a failure is one message on standard error, never a traceback."""
    try:
        result = tracker.main(arguments, prog_name="tracker", standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return 130
    except TrackerError as error:
        click.echo(f"tracker: {error}", err=True)
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read us has gone: no more to say
        return 0
