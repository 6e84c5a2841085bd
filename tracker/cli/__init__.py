"""The command line. Each command is imported when it is called: `tracker --help` loads neither database nor dates."""

import codecs
import contextlib
import io
import os
import sys
import traceback
from importlib import import_module
from typing import TextIO

import click
from click.shell_completion import CompletionItem

from .. import __version__
from ..errors import FAULT, TrackerError, UnreadableFile, UsageError
from .output import say
from .session import Session, common_options
from .suggesting import UnknownCommand, commands_like, complaint

# name: (module, what it does); the order is that of the work
COMMANDS = {
    "extract": ("reading", "Read documents and show what would be tracked."),
    "timex": ("reading", "Read time expressions."),
    "ingest": ("documents", "Read documents into the database."),
    "documents": ("documents", "What has been read."),
    "list": ("listing", "The milestones."),
    "show": ("showing", "One milestone with its history."),
    "why": ("showing", "How its date was read, and from what words."),
    "done": ("deciding", "Close milestones (销号)."),
    "reopen": ("deciding", "Open closed milestones again."),
    "cancel": ("deciding", "Cancel milestones that need not be met any more."),
    "claim": ("life", "An agency has finished (申请办结)."),
    "verify": ("life", "Confirm what was claimed (核实)."),
    "return": ("life", "Do not confirm what was claimed (退回)."),
    "defer": ("life", "Ask for another last day (延期)."),
    "approve": ("life", "Grant a deferral."),
    "refuse": ("life", "Refuse a deferral."),
    "block": ("life", "Let milestones wait for others."),
    "supersede": ("life", "Let another milestone take the place of some."),
    "forecast": ("life", "When an agency expects to finish."),
    "reading": ("measuring", "What was read of a target (序时进度)."),
    "evidence": ("life", "Write out a file that was given as evidence."),
    "ack": ("deciding", "Acknowledge milestones (签收): pause their reminders until a day."),
    "undo": ("undoing", "Reverse the last decision, by another entry."),
    "same": ("same", "The same commitment said twice: one duty, reminded of once."),
    "review": ("review", "Go through what waits for a person, one keystroke each."),
    "edit": ("correcting", "Correct a milestone, with a reason."),
    "add": ("correcting", "Add a milestone by hand."),
    "promote": ("correcting", "Make a milestone of a date that was set aside."),
    "scan": ("sending", "Decide what is owed today and put the digests into the outbox."),
    "deliver": ("sending", "Send what the outbox holds, once each."),
    "digest": ("sending", "Show a digest without sending or recording anything."),
    "run": ("sending", "Scan and deliver on schedule until stopped."),
    "outbox": ("outbox", "What is to be sent, was sent, failed."),
    "bounces": ("bounces", "Read what came back, and suspend addresses that fail."),
    "chat": ("chats", "Short texts beside the mail, in chats."),
    "agencies": ("agencies", "Who is reminded where."),
    "export": ("exporting", "Calendars and ledgers."),
    "import": ("importing", "Read back a ledger that people wrote in."),
    "stats": ("figuring", "How many stand how, in all and for each agency."),
    "timeline": ("figuring", "What falls due when, as a plot or a picture."),
    "letter": ("letters", "A 督办通知单 to an agency, as docx or pdf."),
    "publish": ("publishing", "Calendars on a server, kept up to date."),
    "db": ("upkeep", "The database: upgrade, check, backup, restore, copy."),
    "audit": ("audit", "Is the history what was written?"),
    "doctor": ("upkeep", "Is everything in order?"),
    "completion": ("completion", "The script that lets a shell complete commands, ids and agencies."),
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

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called. Raises UnknownCommand with those that may be meant."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            raise UnknownCommand(
                args[0], commands_like(args[0], {name: does for name, (_, does) in COMMANDS.items()}), ctx
            )
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands that begin so, from the table alone, and the options."""
        named = [CompletionItem(name, help=does) for name, (_, does) in COMMANDS.items() if name.startswith(incomplete)]
        return [*named, *click.Command.shell_complete(self, ctx, incomplete)]

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
    speak_utf8()
    code = run([typed(word) for word in sys.argv[1:]])
    # An interrupt that came out of an `exec` (a dataclass was being made) lets `python -m` die of the signal although
    # it was caught: the interpreter remembers the last one, and this is the last.
    exec("")
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Runs one command and returns its exit code; a failure is one message on standard error, never a traceback.

    Only a fault of the program itself shows its traceback, with a code that means nothing else.
    """
    try:
        for word in arguments:
            refuse_half_characters(word)
        result = tracker.main(arguments, prog_name="tracker", standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        say(f"tracker: {complaint(error)}")
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("tracker: interrupted", err=True)
        return INTERRUPTED
    except TrackerError as error:
        say(f"tracker: {error}")
        return error.exit_code
    except (BrokenPipeError, SystemExit):  # click ends the process itself where nobody reads any more
        silence(sys.stdout)  # whoever read us has gone: no more to say
        return 0
    except OSError as error:
        silence(sys.stdout)  # or the interpreter complains once more when it ends
        say(f"tracker: {error.filename or 'standard output'}: {error.strerror or error}")
        return UnreadableFile.exit_code
    except Exception:
        traceback.print_exc()
        say("tracker: this is a fault of the program; please report the lines above")
        return FAULT


INTERRUPTED = 130


def speak_utf8() -> None:
    """What cannot be said in the terminal's encoding is replaced; a plain ASCII locale gets UTF-8."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            ascii_only = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding="utf-8" if ascii_only else None, errors="replace")


def typed(word: str) -> str:
    """An argument as it was typed: in a plain ASCII locale Chinese arrives as bytes, which a file's name must stay."""
    if word.isascii() or os.path.exists(word):
        return word
    try:
        return os.fsencode(word).decode()
    except UnicodeError:
        return word


def refuse_half_characters(word: str) -> None:
    """Raises UsageError for an argument that is no text, unless a file is called so."""
    if any("\ud800" <= char <= "\udfff" for char in word) and not os.path.exists(word):
        raise UsageError(f"{os.fsencode(word)!r}: not readable as {sys.getfilesystemencoding()}; type it again")


def silence(stream: TextIO) -> None:
    """Lets whatever is still to be written to a stream go nowhere."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
