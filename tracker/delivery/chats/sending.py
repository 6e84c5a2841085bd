"""One message to one chat, through Apprise, and a precise answer to what became of it.

Apprise says yes or no, and takes for a yes what 钉钉 and 企业微信 refuse in an answer of HTTP 200; so the answer itself
is listened to. The URL is a secret: no answer of ours holds it, and Apprise's own log, which shows it, is silenced.
"""

import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from ..values import Deferred, Doubtful, Outcome, Rejected, Sent
from . import CHATS, Chat

WITHOUT: Final = "chats need Apprise: pip install 'tracker[chat]'"
LATER: Final = frozenset({408, 425, 429})  # HTTP: worth trying again, like every 5xx
SECRET: Final = re.compile(r"[A-Za-z0-9_-]{6,}")
REPLY_AT_MOST: Final = 200


def kind(url: str) -> Chat | str:
    """The service that an Apprise URL belongs to, or why it cannot be used."""
    found = _plugin(url, 1)
    return found if isinstance(found, str) else _chat(found)


def send(url: str, text: str, timeout: float) -> Outcome:
    """Send one message as it is; `timeout` is in seconds. Raises nothing that the network can cause."""
    plugin = _plugin(url, timeout)
    if isinstance(plugin, str):
        return Deferred(plugin)
    chat = _chat(plugin)
    if isinstance(chat, str):
        return Deferred(chat)
    import apprise

    with _overheard(plugin) as heard:
        plugin.notify(body=text, body_format=apprise.NotifyFormat.TEXT)
    if heard.error is not None:
        return _unanswered(heard.error)
    if heard.answer is None:
        return Rejected("Apprise did not send it")
    return _answered(heard.answer, chat, url)


def _plugin(url: str, timeout: float) -> Any:
    """Apprise's own object for the URL, or in words why there is none."""
    try:
        import apprise
    except ImportError:
        return WITHOUT
    logging.getLogger("apprise").disabled = True
    try:
        asset = apprise.AppriseAsset(app_id="tracker", app_desc="tracker")
        plugin: Any = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    except Exception:  # whatever it cannot make of a URL
        plugin = None
    if plugin is None:
        return "its address is no Apprise URL"
    plugin.include_image = plugin.include_footer = False  # Slack: nothing is loaded from elsewhere
    plugin.socket_connect_timeout = plugin.socket_read_timeout = timeout
    return plugin


def _chat(plugin: Any) -> Chat | str:
    schemas = {plugin.schema, *_texts(plugin.protocol), *_texts(plugin.secure_protocol)}
    found = next((chat for chat in CHATS if schemas & set(chat.schemas)), None)
    return found or f"{plugin.service_name} is no chat that is known here: {', '.join(chat.name for chat in CHATS)}"


def _texts(names: Any) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names or ())


class _Listener:
    """The module `requests` as a plugin sees it; the last answer or failure is kept."""

    def __init__(self, requests: Any) -> None:
        self._requests = requests
        self.answer: Any = None
        self.error: Exception | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._requests, name)

    def request(self, method: str, url: str, **options: Any) -> Any:
        """One request."""
        try:
            self.answer = self._requests.request(method, url, **options)
        except self._requests.RequestException as error:
            self.error = error
            raise
        return self.answer

    def post(self, url: str, **options: Any) -> Any:
        """One POST."""
        return self.request("POST", url, **options)


@contextmanager
def _overheard(plugin: Any) -> Iterator[_Listener]:
    """While the plugin sends, its answers are heard."""
    module: Any = sys.modules[type(plugin).__module__]
    requests = module.requests
    module.requests = listener = _Listener(requests)
    try:
        yield listener
    finally:
        module.requests = requests


def _unanswered(error: Exception) -> Outcome:
    """Only a line that never was leaves no doubt. The words are ours: the error's own hold the URL."""
    import requests
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

    reason = getattr(error.args[0] if error.args else None, "reason", None)
    if isinstance(error, requests.exceptions.SSLError):
        return Deferred("no encrypted line, or its certificate is not trusted")
    if isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError | ConnectTimeoutError):
        return Deferred("no connection")
    slow = isinstance(error, requests.Timeout)
    return Doubtful("no answer in time" if slow else f"the line broke before the answer ({type(error).__name__})")


def _answered(answer: Any, chat: Chat, url: str) -> Outcome:
    reply = _reply(answer, url)
    if answer.status_code in LATER or answer.status_code >= 500:
        return Deferred(reply)
    if not 200 <= answer.status_code < 300:
        return Rejected(reply)
    try:
        said = answer.json()
    except ValueError:
        said = None
    code = said.get(chat.code, 0) if chat.code and isinstance(said, dict) else 0
    if not code:
        return Sent(reply)
    return Deferred(reply) if code in chat.later else Rejected(reply)


def _reply(answer: Any, url: str) -> str:
    """The answer on one line, without anything that stands in the URL."""
    words = "".join(char if char.isprintable() else " " for char in answer.text[: 4 * REPLY_AT_MOST])
    for secret in sorted(set(SECRET.findall(url)), key=len, reverse=True):
        words = words.replace(secret, "…")
    return f"{answer.status_code} {' '.join(words.split())[:REPLY_AT_MOST]}".strip()
