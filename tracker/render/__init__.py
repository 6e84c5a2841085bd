"""Rendering: a digest as text, HTML, a table, a calendar, and as the bytes of a mail. Pure: the same, always."""

from typing import TYPE_CHECKING

from .brief import brief
from .mail import Envelope, Mailbox, digest_id, eml, list_id, message_id, thread_root, unsubscribe
from .message import EVENTS_AT_MOST, Attachment, Message, html, message, subject
from .metrics import Metric, metrics_text
from .page import Page, lay_out
from .text import text

if TYPE_CHECKING:
    from rich.text import Text

    from ..digests import Digest
    from ..reminders import Rules

__all__ = [
    "EVENTS_AT_MOST",
    "Attachment",
    "Envelope",
    "Mailbox",
    "Message",
    "Metric",
    "Page",
    "brief",
    "console",
    "digest_id",
    "eml",
    "html",
    "lay_out",
    "list_id",
    "message",
    "message_id",
    "metrics_text",
    "subject",
    "text",
    "thread_root",
    "unsubscribe",
]


def console(digest: "Digest", rules: "Rules", columns: int = 80) -> "Text":
    """As `tracker.render.terminal.console`; rich is imported only by who prints."""
    from .terminal import console as rendered

    return rendered(digest, rules, columns)
