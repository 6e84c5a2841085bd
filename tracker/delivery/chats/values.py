"""Chat: what one chat service can carry, as a row of data."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

ANGLES: Final = str.maketrans("<>", "＜＞")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A chat service, as Apprise reaches it with a message of plain text.

    `schemas` are what its Apprise URLs begin with. `limit` is the most that `weigh` may find in one message; None: no
    limit. `plain` takes from a text what the service would obey (a mention of everybody, a link); `examples` shows how,
    and is tested. `code` and `words` name the fields of a JSON answer in which the service refuses a message although
    HTTP says 200; a code in `later` is a matter of time, every other one is for good.
    """

    name: str
    schemas: tuple[str, ...]
    limit: int | None = None
    weigh: Callable[[str], int] = len
    plain: Callable[[str], str] = str
    examples: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    words: str = ""
    later: frozenset[int] = frozenset()


def octets(text: str) -> int:
    """Bytes of UTF-8."""
    return len(text.encode())


def escaped_octets(text: str) -> int:
    """Bytes of a JSON string in ASCII, as Apprise sends it: a Chinese character takes six (`\\u4e2d`)."""
    return len(json.dumps(text)) - 2


def json_octets(text: str) -> int:
    """Bytes of a JSON string in UTF-8."""
    return octets(json.dumps(text, ensure_ascii=False)) - 2


def wide_angles(text: str) -> str:
    """The text with full-width angle brackets, in which no service sees a mention."""
    return text.translate(ANGLES)
