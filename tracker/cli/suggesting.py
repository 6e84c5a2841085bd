"""What may have been meant by a word that is no command and no option."""

from collections.abc import Mapping
from difflib import get_close_matches

import click


class UnknownCommand(click.UsageError):
    """A word that is no command, with those that may be meant."""

    def __init__(self, word: str, possibilities: list[str], ctx: click.Context) -> None:
        super().__init__(f"No such command {word!r}", ctx)
        self.possibilities = possibilities


def commands_like(word: str, known: Mapping[str, str]) -> list[str]:
    """The commands ({name: what it does}) with a name like the word, else those of which it says what they do."""
    alike = get_close_matches(word.lower(), known, n=3)
    return alike or [name for name, does in known.items() if len(word) > 1 and word.lower() in does.lower()][:3]


def complaint(error: click.ClickException) -> str:
    """What is wrong with a call, what may have been meant, and where to look."""
    command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "tracker"
    meant = getattr(error, "possibilities", None)
    said = f"{error.message.rstrip('.')}; did you mean {' or '.join(meant)}?" if meant else error.format_message()
    return f"{' '.join(said.split()).rstrip('.')}{'' if meant else ';'} `{command} --help` shows what can be written"
