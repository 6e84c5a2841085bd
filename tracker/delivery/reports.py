"""Reports: delivery-status messages (RFC 3464) as values. Anybody may send one: nothing in it is trusted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from hashlib import sha256
from typing import Final

ADDRESSED: Final = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
WORDS_AT_MOST: Final = 300  # characters of a diagnostic


@dataclass(frozen=True, slots=True)
class Recipient:
    """What a report says of one recipient; `action` as in RFC 3464 §2.3.3: failed, delayed, delivered, …"""

    addresses: tuple[str, ...]
    action: str
    words: str

    @property
    def mailbox_full(self) -> bool:
        """Whether only the mailbox has no room (RFC 3463: X.2.2), which passes."""
        return bool(re.match(r"[45]\.2\.2\b", self.words))


@dataclass(frozen=True, slots=True)
class Report:
    """A delivery-status message: `to` whom it came, the Message-ID of what it speaks of ("" where it does not say)."""

    sha256: str
    to: tuple[str, ...]
    message_id: str
    recipients: tuple[Recipient, ...]


def read(data: bytes) -> Report | None:
    """The report that a message is; None for any other message."""
    message = message_from_bytes(data, policy=compat32)
    kind = str(message.get_param("report-type", "")).lower()
    if message.get_content_type() != "multipart/report" or kind != "delivery-status":
        return None
    status = next((part for part in message.walk() if part.get_content_type() == "message/delivery-status"), None)
    if status is None or not status.is_multipart():
        return None
    recipients = tuple(_recipients(status))
    to = tuple(_bare(str(value)) for name in ADDRESSED for value in message.get_all(name, ()))
    return Report(sha256(data).hexdigest(), to, _original(message), recipients) if recipients else None


def _recipients(status: Message) -> Iterator[Recipient]:
    for block in status.get_payload():
        assert isinstance(block, Message)
        named = [block.get(name) for name in ("Final-Recipient", "Original-Recipient")]
        addresses = tuple(_bare(str(value).rpartition(";")[2]) for value in named if value)
        action = str(block.get("Action", "")).strip().lower()
        if addresses and action:
            said = f"{block.get('Status', '')} {str(block.get('Diagnostic-Code', '')).partition(';')[2]}"
            yield Recipient(addresses, action, " ".join(said.split())[:WORDS_AT_MOST])


def _original(message: Message) -> str:
    """The Message-ID of the message that came back, whole or as its header alone."""
    for part in message.walk():
        if part.get_content_type() == "message/rfc822" and part.is_multipart():
            inner = part.get_payload(0)
            return str(inner.get("Message-ID", "")).strip() if isinstance(inner, Message) else ""
        if part.get_content_type() == "text/rfc822-headers":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                return str(message_from_bytes(payload, policy=compat32).get("Message-ID", "")).strip()
    return ""


def _bare(text: str) -> str:
    """The address in `Name <a@b>` or `a@b`."""
    return text.rpartition("<")[2].partition(">")[0].strip() if "<" in text else text.strip()
