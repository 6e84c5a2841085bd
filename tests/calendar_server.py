"""Calendar servers on loopback: Radicale in a process of its own, and one that answers as a test tells it to."""

import http.client
import shutil
import socket
import ssl
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from threading import Thread

from needed import missing

USER, PASSWORD = "ducha", "geheim-4711"


@dataclass(frozen=True)
class Radicale:
    """A running Radicale; its only user is USER."""

    port: int

    @property
    def url(self) -> str:
        """Where the user's calendars lie."""
        return f"http://127.0.0.1:{self.port}/{USER}/"

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, str]:
        """A request as another client of the same user sends it; `path` follows `url`."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        token = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        given = {"Authorization": f"Basic {token}", **{name.replace("_", "-"): each for name, each in headers.items()}}
        line.request(method, f"/{USER}/{path}", body and body.encode(), given)
        answer = line.getresponse()
        text = answer.read().decode()
        line.close()
        return answer.status, text


@contextmanager
def radicale(folder: Path, port: int | None = None) -> Iterator[Radicale]:
    """Radicale with its files in `folder`, until the block ends."""
    if find_spec("radicale") is None:
        missing("radicale")
    port = port or free_port()
    (folder / "users").write_text(f"{USER}:{PASSWORD}\n", "utf-8")
    (folder / "radicale.conf").write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\n[auth]\ntype = htpasswd\nhtpasswd_filename = {folder}/users\n"
        f"htpasswd_encryption = plain\ndelay = 0\n[storage]\nfilesystem_folder = {folder}/collections\n"
        "[web]\ntype = none\n[logging]\nlevel = error\n",
        "utf-8",
    )
    with (folder / "radicale.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "radicale", "--config", str(folder / "radicale.conf")], stdout=log, stderr=log
        )
    try:
        wait_for(port, process, folder / "radicale.log")
        yield Radicale(port)
    finally:
        process.terminate()
        process.wait(timeout=20)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, log.read_text("utf-8")
        time.sleep(0.1)
    raise AssertionError(f"radicale does not answer: {log.read_text('utf-8')}")


EMPTY = (
    '<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:response><d:href>/cal/</d:href>'
    "<d:propstat><d:prop><d:resourcetype><d:collection/><c:calendar/></d:resourcetype></d:prop></d:propstat>"
    "</d:response></d:multistatus>"
)


@dataclass
class Scripted:
    """A server that answers PROPFIND with an empty calendar and everything else with 201, unless told otherwise.

    `answers` maps a method to its answers: status, headers, body; the last one repeats. `asked` is what came in.
    """

    answers: dict[str, list[tuple[int, dict[str, str], str]]] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    delay: float = 0
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/cal/"

    def answer(self, method: str) -> tuple[int, dict[str, str], str]:
        script = self.answers.get(method)
        if not script:
            return (207, {}, EMPTY) if method == "PROPFIND" else (201, {"ETag": f'"{len(self.asked)}"'}, "")
        return script.pop(0) if len(script) > 1 else script[0]


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server's side of TLS with a certificate that nobody vouches for."""
    if shutil.which("openssl") is None:
        missing("openssl")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2",
         "-subj", "/CN=127.0.0.1"], check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


@contextmanager
def scripted(tls: ssl.SSLContext | None = None) -> Iterator[Scripted]:
    """A scripted server until the block ends."""
    state = Scripted()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            state.asked.append((self.command, self.path, dict(self.headers)))
            time.sleep(state.delay)
            status, headers, body = state.answer(self.command)
            if status == 0:  # the line breaks
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body.encode()))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    state.port = server.server_port
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
