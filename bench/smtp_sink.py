"""A mail server that takes everything, in a process of its own: little, so that what is measured is the sender.

`python bench/smtp_sink.py [FILE]` prints its port. FILE gets a line for each message, written before it is answered:
the instant at which DATA came, its Message-ID and the SHA-256 of
its bytes, with tabs between.
"""

import re
import socket
import sys
import threading
import time
from contextlib import suppress
from hashlib import sha256
from typing import BinaryIO

MESSAGE_ID = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
WORDS = {b"EHLO": b"250-sink\r\n250 PIPELINING", b"DATA": b"354 go on", b"QUIT": b"221 bye"}


def serve(line: socket.socket, record: BinaryIO | None, writing: threading.Lock) -> None:
    """One connection, to its end; a sender that dies in the middle of a message has sent none."""
    with suppress(ConnectionError), line, line.makefile("rb") as heard:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.sendall(b"220 sink\r\n")
        while said := heard.readline():
            word = said[:4].upper().strip()
            line.sendall(WORDS.get(word, b"250 sink") + b"\r\n")
            if word == b"QUIT":
                return
            if word == b"DATA":
                begun, body = time.time(), bytearray()
                while (part := heard.readline()) not in (b".\r\n", b""):
                    body += part
                if not part:
                    return
                found = MESSAGE_ID.search(body)
                if record and found:
                    with writing:
                        record.write(b"%.6f\t%s\t%s\n" % (begun, found[1], sha256(body).hexdigest().encode()))
                line.sendall(b"250 taken\r\n")


def main() -> None:
    """Serves until it is killed."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    record = open(sys.argv[1], "ab", buffering=0) if sys.argv[1:] else None  # noqa: SIM115
    writing = threading.Lock()
    print(listener.getsockname()[1], flush=True)
    while True:
        line, _ = listener.accept()
        threading.Thread(target=serve, args=(line, record, writing), daemon=True).start()


if __name__ == "__main__":
    main()
