"""钉钉: a group's robot. 20,000 bytes a request; whom a message calls stands beside its text, never in it."""

from typing import Final

from .values import Chat, escaped_octets

DINGTALK: Final = Chat(
    name="钉钉",
    schemas=("dingtalk",),
    limit=19_800,  # the rest of the request takes some 80 bytes
    weigh=escaped_octets,
    examples={"@所有人 <b>": "@所有人 <b>"},
    code="errcode",
    words="errmsg",
    later=frozenset({-1, 130101, 410100}),  # busy, too fast
)
