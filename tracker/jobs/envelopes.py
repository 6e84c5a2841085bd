"""The envelope's sender: an address of one message, so that what comes back there tells by itself what did not arrive.

`[mail] bounce = "bounces@office.example"` becomes `bounces+12.SIGNATURE@office.example`: 12 is the message's id in the
outbox, the signature an HMAC-SHA256 of it and of the Message-ID. So nobody who has not the secret can make up a
bounce, and one of another database is not taken for ours. Without a secret it is `bounces@office.example` itself.
"""

import hmac
from base64 import b32encode
from typing import Final

from ..config import Config
from ..store.outbox import OutboxRow

BYTES: Final = 10  # of the signature: 16 letters, and a local part has 64 at most (RFC 5321 §4.5.3.1.1)


def envelope_sender(config: Config, row: OutboxRow) -> str:
    """Who hears of it where a message cannot be delivered. Raises ConfigError for a secret that cannot be read."""
    bounce, secret = config.mail.bounce, config.mail.bounce_secret.reveal()
    if not bounce or not secret or row.channel != "smtp":
        return bounce or config.sender
    local, _, host = bounce.rpartition("@")
    return f"{local}+{row.id}.{signature(secret, row)}@{host}"


def signature(secret: str, row: OutboxRow) -> str:
    """What only this message's own address has, 16 letters and digits."""
    made = hmac.digest(secret.encode(), f"{row.id} {row.message_id}".encode(), "sha256")
    return b32encode(made[:BYTES]).decode().lower()


def claimed(config: Config, address: str) -> tuple[int, str] | None:
    """The message that an address of ours speaks of, and its signature, not yet verified; None for another address."""
    local, _, host = config.mail.bounce.lower().rpartition("@")
    found, _, at = address.lower().rpartition("@")
    if not local or at != host or not found.startswith(f"{local}+"):
        return None
    id, _, signed = found.removeprefix(f"{local}+").partition(".")
    return (int(id), signed) if id.isascii() and id.isdigit() and len(id) < BYTES else (0, signed)


def is_signed(config: Config, row: OutboxRow, signed: str) -> bool:
    """Whether a signature is that of this message."""
    secret = config.mail.bounce_secret.reveal()
    return bool(secret) and hmac.compare_digest(signature(secret, row).encode(), signed.encode())
