"""A real HTTP server on loopback that answers as 钉钉, 企业微信, 飞书, Slack and a webhook do, with their limits."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.slack import NotifySlack
from apprise.plugins.wecombot import NotifyWeComBot

# The hosts of these services are fixed in Apprise's plugins: the tests move them here, and nothing else of them.
HOSTS = (
    (NotifyDingTalk, "notify_url", "/robot/send?access_token={token}"),
    (NotifyWeComBot, "notify_url", "/cgi-bin/webhook/send?key={key}"),
    (NotifyFeishu, "notify_url", "/open-apis/bot/v2/hook/{token}/"),
    (NotifySlack, "webhook_url", "/services"),
)
URLS = {
    "钉钉": "dingtalk://dtoken1234567890",
    "企业微信": "wecombot://wkey-1234567890",
    "飞书": "feishu://ftoken-1234567890",
    "Slack": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
    "webhook": "json://127.0.0.1:{port}/hook-1234567890",
}
HANG_UP = "<hang up>"


@dataclass
class ChatServer:
    """`answers` are given to the next requests instead of the service's own, first one first: a status with a body, or
    HANG_UP; `delay` is how many seconds each answer takes."""

    port: int = 0
    texts: list[str] = field(default_factory=list)
    requests: list[tuple[str, bytes]] = field(default_factory=list)
    answers: list[tuple[int, str] | str] = field(default_factory=list)
    delay: float = 0

    def url(self, name: str) -> str:
        return URLS[name].format(port=self.port)


def service_answer(path: str, body: bytes, said: Any) -> tuple[str, int, str]:
    """The text of a message, and what its service says of it."""
    if path.startswith("/robot/"):
        too_long = len(body) > 20_000
        answer = {"errcode": 40035, "errmsg": "too long"} if too_long else {"errcode": 0, "errmsg": "ok"}
        return said["text"]["content"], 200, json.dumps(answer)
    if path.startswith("/cgi-bin/"):
        too_long = len(said["text"]["content"].encode()) > 2_048
        answer = {"errcode": 40058, "errmsg": "too long"} if too_long else {"errcode": 0, "errmsg": "ok"}
        return said["text"]["content"], 200, json.dumps(answer)
    if path.startswith("/open-apis/"):
        answer = {"code": 9499, "msg": "Bad Request"} if len(body) > 20_480 else {"code": 0, "msg": "success"}
        return said["content"]["text"], 200, json.dumps(answer)
    if path.startswith("/services/"):
        return said["attachments"][0]["text"], 200, "ok"
    return said["message"], 204, ""


@contextmanager
def chat_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    """The server on a free port, and Apprise's plugins turned towards it."""
    state = ChatServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            text, status, answer = service_answer(self.path, body, json.loads(body))
            state.requests.append((self.path, body))
            time.sleep(state.delay)
            if state.answers:
                instead = state.answers.pop(0)
                if isinstance(instead, str):
                    return  # the line is closed without a word
                status, answer = instead
            if 200 <= status < 300:
                state.texts.append(text)
            data = answer.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = server.server_port
    for plugin, name, path in HOSTS:
        monkeypatch.setattr(plugin, name, f"http://127.0.0.1:{state.port}{path}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
