"""Slack: an incoming webhook. 40,000 characters, of which Apprise takes 35,000; it escapes `<!channel>` itself."""

from html import escape
from typing import Final

from .values import Chat

SLACK: Final = Chat(
    name="Slack",
    schemas=("slack",),
    limit=35_000,
    weigh=lambda text: len(escape(text, quote=False)),
    examples={"<!channel>": "<!channel>"},
)
