"""Chats: short texts beside the mail, each service a row of data (docs/adding-a-channel.md); Apprise sends them."""

from typing import Final

from .dingtalk import DINGTALK
from .feishu import FEISHU
from .parts import parts
from .slack import SLACK
from .values import Chat
from .webhook import WEBHOOK
from .wecom import WECOM

CHATS: Final = (DINGTALK, WECOM, FEISHU, SLACK, WEBHOOK)

__all__ = ["CHATS", "Chat", "parts"]
