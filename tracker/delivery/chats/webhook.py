"""A webhook of one's own: Apprise's JSON (`title`, `message`, `type`), of any length, and nothing in it is obeyed."""

from typing import Final

from .values import Chat

WEBHOOK: Final = Chat(name="webhook", schemas=("json", "jsons"), examples={"<b>": "<b>"})
