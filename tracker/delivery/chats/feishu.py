"""飞书: a group's robot. 20 KB a request, and `<at user_id="all">` in a text calls everybody."""

from typing import Final

from .values import Chat, json_octets, wide_angles

FEISHU: Final = Chat(
    name="飞书",
    schemas=("feishu",),
    limit=19_900,  # the rest of the request takes some 50 bytes
    weigh=json_octets,
    plain=wide_angles,
    examples={'<at user_id="all">所有人</at>': '＜at user_id="all"＞所有人＜/at＞'},
    code="code",
    words="msg",
    later=frozenset({11232}),  # too fast
)
