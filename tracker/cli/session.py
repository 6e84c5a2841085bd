"""What every command is called with: the configuration, the database, the business day, and who calls."""

import getpass
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from ..config import Config

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass
class Session:
    """The common options of a call; the configuration is read when it is first asked for."""

    config_file: str | None = None
    database: str | None = None
    as_of: str | None = None
    dry_run: bool = False
    sure: bool = False  # --yes: nothing is asked
    no_pager: bool = False

    @cached_property
    def config(self) -> "Config":
        """The configuration. Raises ConfigError."""
        from ..config import load

        return load(self.config_file, os.environ, self.database)

    @cached_property
    def clock_day(self) -> date:
        """The day that the clock shows in the configured time zone."""
        return datetime.now(self.config.zone).date()

    @cached_property
    def today(self) -> date:
        """The business day: --as-of, else the clock's."""
        if self.as_of is None:
            return self.clock_day
        from .dates import read_day

        return read_day(self.as_of, self.clock_day, "--as-of")

    @property
    def now(self) -> datetime:
        """The instant, UTC."""
        return datetime.now(UTC)

    @property
    def actor(self) -> str:
        """Who calls: the user's name on this machine."""
        try:
            return getpass.getuser()
        except (OSError, KeyError):
            return "unknown"

    def open(self, *, create: bool = True, upgrading: bool = False) -> "Engine":
        """The database; a new file is created, which is said on standard error. Raises DatabaseError.

        `create` and `upgrading` are those of store.connect. In a dry run nothing is stored, and no file is created.
        """
        from .. import store
        from ..config import make_data_folder
        from .output import say

        make_data_folder(self.config)
        file = self.database_file
        new = file is not None and not file.exists()
        url = "sqlite://" if new and self.dry_run and create else self.config.database.url
        engine = store.connect(url, create=create, upgrading=upgrading)
        if ctx := click.get_current_context(silent=True):
            ctx.call_on_close(engine.dispose)
        if self.dry_run:
            say("dry run: nothing is stored")
            return store.on_trial(engine)
        if new and not upgrading:
            say(f"tracker: {file}: a new database was created")
        return engine

    @property
    def database_file(self) -> Path | None:
        """The file of the database; None for one in memory or on a server."""
        from ..store.engine import parse, sqlite_path

        return sqlite_path(parse(self.config.database.url))


def remember(name: str) -> Callable[[click.Context, click.Parameter, str | bool | None], None]:
    """Stores an option in the Session; one given after the subcommand goes before one given ahead of it."""

    def keep(ctx: click.Context, _: click.Parameter, value: str | bool | None) -> None:
        if value not in (None, False):
            setattr(ctx.ensure_object(Session), name, value)

    return keep


def session_flag(name: str, attribute: str, help_text: str) -> Callable[[Command], Command]:
    """A flag that the Session keeps."""
    return click.option(name, attribute, is_flag=True, help=help_text, expose_value=False, callback=remember(attribute))


def common_options(command: Command) -> Command:
    """Adds --config, --database and --as-of, which every command takes before or after its name.

    They are read before its ids, which the database may have to tell.
    """
    command = session_flag("--no-pager", "no_pager", "Do not use a pager for long lists.")(command)
    for flag, name, metavar, help_text in (
        ("--as-of", "as_of", "DATE", "The business day to answer for (default: today)."),
        ("--database", "database", "URL", "Database URL (or TRACKER_DATABASE)."),
        ("--config", "config_file", "FILE", "Configuration file (or TRACKER_CONFIG)."),
    ):
        command = click.option(
            flag, name, metavar=metavar, help=help_text, expose_value=False, callback=remember(name), is_eager=True
        )(command)
    return command


def pass_session(command: Callable[..., Any]) -> Callable[..., Any]:
    """Calls a command with its Session first."""
    return click.make_pass_decorator(Session, ensure=True)(command)
