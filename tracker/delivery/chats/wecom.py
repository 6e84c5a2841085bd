"""企业微信: a group's robot. A text holds 2,048 bytes, and `<@userid>` in it calls somebody."""

from typing import Final

from .values import Chat, octets, wide_angles

WECOM: Final = Chat(
    name="企业微信",
    schemas=("wecombot",),
    limit=2_048,
    weigh=octets,
    plain=wide_angles,
    examples={"<@all>": "＜@all＞"},
    code="errcode",
    words="errmsg",
    later=frozenset({-1, 45009, 45033}),  # busy, too fast
)
