"""A cable between a program and a server on this machine that can be pulled out and put back."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class Cable:
    """Relays `port` of loopback to a server: its port there, or the path of its socket.

    While it is pulled, connections are refused; those that stood are broken.
    """

    def __init__(self, server: int | Path) -> None:
        self._server = server
        self._lines: list[socket.socket] = []
        self._end = socket.create_server(("127.0.0.1", 0))
        self.port = self._end.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._end,), daemon=True).start()

    def pull(self) -> None:
        """Break every connection, and refuse further ones; the port stays ours."""
        _hang_up(self._end)
        self._end = socket.socket()
        self._end.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._end.bind(("127.0.0.1", self.port))
        while self._lines:
            _hang_up(self._lines.pop())

    def put_back(self) -> None:
        """Take connections again."""
        self._end.listen()
        threading.Thread(target=self._accept, args=(self._end,), daemon=True).start()

    def close(self) -> None:
        """Pull it for good."""
        self.pull()
        self._end.close()

    def _accept(self, end: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = end.accept()
                far = self._dial()
                self._lines += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=_relay, args=(one, other), daemon=True).start()

    def _dial(self) -> socket.socket:
        if isinstance(self._server, int):
            return socket.create_connection(("127.0.0.1", self._server))
        far = socket.socket(socket.AF_UNIX)
        far.connect(str(self._server))
        return far


def _relay(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
    _hang_up(one)
    _hang_up(other)


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()


@contextmanager
def cable(server: int | Path) -> Iterator[Cable]:
    """A cable that is in."""
    one = Cable(server)
    try:
        yield one
    finally:
        one.close()
