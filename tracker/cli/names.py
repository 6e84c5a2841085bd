"""Agencies as people type them: a name, or as much of it as tells it from the others."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from .output import say
from .session import Command

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem
    from sqlalchemy.engine import Engine


class AgencyName(click.ParamType[str]):
    """The name of an agency, which a shell completes."""

    name = "NAME"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
        """The names that begin so, or else have these words in them."""
        from .completion import agencies

        return agencies(ctx, incomplete)


def agency_option(help_text: str) -> Callable[[Command], Command]:
    """Adds --agency, for one that is known already."""
    return click.option("--agency", metavar="NAME", type=AgencyName(), help=help_text)


def agency_named(engine: "Engine", words: str) -> str:
    """The own name of the agency that a person means; what was read from part of a name is said.

    Raises UsageError for words that mean none, or several.
    """
    from ..jobs.naming import meant

    name = meant(engine, words)
    if words not in name.aliases and words != name.name:
        say(f"{words} = {name.name}")
    return name.name
