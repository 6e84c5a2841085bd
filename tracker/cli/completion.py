"""completion: what a shell asks while a command is being typed, and the script that lets it ask.

SQLite is read by its own driver: the store takes longer to load than a person waits for a completion.
"""

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem, get_completion_class

from ..errors import TrackerError
from .output import put, shown
from .session import Session, common_options

if TYPE_CHECKING:
    from collections.abc import Sequence

OPEN = "SELECT id, title FROM milestones WHERE status IN ('open', 'claimed') ORDER BY due IS NULL, due, id"
CLOSED = "SELECT id, title FROM milestones WHERE status IN ('completed', 'cancelled') ORDER BY id DESC"
AGENCIES = "SELECT name FROM agencies ORDER BY name"


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@common_options
@click.pass_context
def completion_command(ctx: click.Context, shell: str) -> None:
    """Print the script that completes commands, options, ids and agencies.

    \b
    bash:  eval "$(tracker completion bash)"        in ~/.bashrc
    zsh:   eval "$(tracker completion zsh)"         in ~/.zshrc
    fish:  tracker completion fish | source         in ~/.config/fish/config.fish
    """
    made = get_completion_class(shell)
    assert made is not None
    program = ctx.find_root()
    put(made(program.command, {}, str(program.info_name), "_TRACKER_COMPLETE").source())


def ids(ctx: click.Context, incomplete: str, *, closed: bool = False) -> list[CompletionItem]:
    """The milestones that a beginning of an id may mean, each with its title; what stands before a comma is kept."""
    before, comma, last = incomplete.rpartition(",")
    found = rows(ctx, CLOSED if closed else OPEN)
    return [
        CompletionItem(f"{before}{comma}{id}", help=shown(title)) for id, title in found if str(id).startswith(last)
    ]


def agencies(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """The agencies whose names begin so, or else have these words in them."""
    names = [name for (name,) in rows(ctx, AGENCIES)]
    found = [name for name in names if name.startswith(incomplete)] or [name for name in names if incomplete in name]
    return [CompletionItem(name) for name in found]


def rows(ctx: click.Context, query: str) -> "Sequence[Sequence[Any]]":
    """The answer of the database; empty where it cannot be asked, for nobody wants to read of it here."""
    session = ctx.ensure_object(Session)
    try:
        url = session.config.database.url
        if url.startswith("sqlite:///"):
            file = session.database_file if "?" in url else url.removeprefix("sqlite:///")
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=1)) as db:
                return db.execute(query).fetchall()
        from .. import store

        with store.reading(session.open(create=False)) as server:
            return server.exec_driver_sql(query).all()
    except (TrackerError, sqlite3.Error):
        return []
