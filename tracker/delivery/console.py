"""The console as a channel: the plain text of a message, with nothing in it that a terminal would obey."""

import re
from collections.abc import Callable, Sequence
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Final

from .values import Deferred, Outcome, Sent

# C0 and C1 control characters except tab and line end, and the marks that turn the direction of writing around.
OBEYED: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Console:
    """Shows messages through `out`, which is given one text with its line ends."""

    def __init__(self, out: Callable[[str], object]) -> None:
        self._out = out

    def send(self, message: bytes, sender: str, recipients: Sequence[str]) -> Outcome:
        """Show the message. Deferred where the console is gone."""
        try:
            self._out(text_of(message))
        except OSError as error:
            return Deferred(f"the console cannot be written: {error.strerror}", reachable=False)
        return Sent("shown on the console")

    def close(self) -> None:
        """Nothing to close."""


def text_of(message: bytes) -> str:
    """The subject and the plain text of a message, safe to print."""
    parsed = message_from_bytes(message, policy=default)
    assert isinstance(parsed, EmailMessage)
    body = parsed.get_body(("plain",))
    text = body.get_content() if body else ""
    shown = f"{parsed['subject'] or ''}\n\n{text}".replace("\r\n", "\n")
    return OBEYED.sub("", shown).rstrip("\n") + "\n"
