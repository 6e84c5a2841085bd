"""bounces: what came back is read, and addresses that fail are suspended."""

import os

import click

from .output import put
from .session import Session, common_options, pass_session


@click.command("bounces")
@click.argument("place", metavar="FILE|MAILDIR|MBOX|IMAP-URL")
@common_options
@pass_session
def bounces_command(session: Session, place: str) -> int:
    """Read delivery reports (RFC 3464), each once, and suspend the addresses that fail.

    imaps://USER@HOST/FOLDER reads the unread messages of a folder; the environment variable TRACKER_IMAP_PASSWORD gives
    the password.
    """
    from ..errors import ConfigError
    from ..jobs.bounces import read_bounces

    def password() -> str:
        given = os.environ.get("TRACKER_IMAP_PASSWORD", "")
        if not given:
            raise ConfigError("the mailbox needs a password: set TRACKER_IMAP_PASSWORD")
        return given

    attention, ignored = False, list[str]()
    for one in read_bounces(session.open(), session.config, place, password, now=session.now):
        if one.what == "ignored":
            ignored.append(f"{one.name}: {one.what}: {one.words}")
        else:
            put(f"{one.name}: {one.what}: {one.words}")
        attention = attention or one.what in ("suspended", "refused")
    if ignored:
        put(ignored[0] if len(ignored) == 1 else f"{len(ignored)} messages ignored: none is a report about one of ours")
    return int(attention)
