"""What an e-mail address and the address of a calendar look like."""

import re
from typing import Final

ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
BETWEEN_ADDRESSES: Final = re.compile(r"[\s,;，；、]+")
CALENDAR_URL: Final = re.compile(r"https?://[A-Za-z0-9\[][A-Za-z0-9.:\[\]-]*(/[!-\"$->A-~]*)?")


def is_address(text: str) -> bool:
    """Whether `text` is one bare e-mail address (ASCII, no display name), as an SMTP envelope wants it."""
    return ADDRESS.fullmatch(text) is not None and ".." not in text


def separate(text: str) -> list[str]:
    """The e-mail addresses that a person entered together, whatever stands between them; not yet judged."""
    return [address for address in BETWEEN_ADDRESSES.split(text) if address]


def is_calendar_url(text: str) -> bool:
    """Whether `text` is the URL of a calendar on a server, without a user, a password, a query or a fragment."""
    return CALENDAR_URL.fullmatch(text) is not None
