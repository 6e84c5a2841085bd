"""An IMAP server on loopback that speaks what a mailbox needs to be read (RFC 3501): one folder, one user."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class ImapServer(socketserver.ThreadingTCPServer):
    """`messages` in the folder INBOX, numbered from 1; `seen` are the numbers of those that are marked as read."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, messages: list[bytes], password: str) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.messages, self.password = messages, password
        self.seen: set[int] = set()

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Talk(socketserver.StreamRequestHandler):
    server: ImapServer

    def handle(self) -> None:
        self.say("* OK ready")
        for line in self.rfile:
            tag, _, said = line.decode().strip().partition(" ")
            if said == "CAPABILITY":
                self.say("* CAPABILITY IMAP4rev1")
            elif said.startswith("LOGIN") and self.server.password not in said:
                self.say(f"{tag} NO wrong password")
                continue
            elif said.startswith("SELECT"):
                if "INBOX" not in said:
                    self.say(f"{tag} NO no such folder")
                    continue
                self.say(f"* {len(self.server.messages)} EXISTS")
            elif said == "UID SEARCH UNSEEN":
                unseen = (n for n in range(1, len(self.server.messages) + 1) if n not in self.server.seen)
                self.say(" ".join(["* SEARCH", *map(str, unseen)]))
            elif found := re.match(r"UID (FETCH|STORE) (\d+)", said):
                self.one(found[1], int(found[2]))
            self.say(f"{tag} OK done")

    def one(self, verb: str, number: int) -> None:
        if verb == "STORE":
            self.server.seen.add(number)
            return
        data = self.server.messages[number - 1]
        self.wfile.write(b"* %d FETCH (UID %d BODY[]<0> {%d}\r\n" % (number, number, len(data)) + data + b")\r\n")

    def say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


@contextmanager
def imap_server(messages: list[bytes], password: str) -> Iterator[ImapServer]:
    """The server while it runs."""
    with ImapServer(messages, password) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
