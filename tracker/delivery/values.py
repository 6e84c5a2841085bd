"""Server, and the four things that can become of a message."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A mail server and how to log in.

    `password` is asked only when it is needed. `timeout` is how long one answer may take, `answer_timeout` how long the
    answer to a whole message may (RFC 5321 §4.5.3.2 wants ten minutes), both in seconds.
    """

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    user: str = ""
    password: Callable[[], str] = field(default=lambda: "", repr=False)
    timeout: float = 60
    answer_timeout: float = 600

    @property
    def name(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Sent:
    """The server took the message.

    `refused` maps each recipient that it never will take mail for to what it said, `put_off` each that it did not take
    this time.
    """

    reply: str
    refused: dict[str, str] = field(default_factory=dict)
    put_off: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not sent, and worth trying again. `reachable` is False where no message would have gone out: the server does not
    answer, or wants another login, certificate or sender. `refused` as in Sent."""

    reply: str
    reachable: bool = True
    refused: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rejected:
    """Not sent, and the server says that it never will be. `refused` as in Sent."""

    reply: str
    refused: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Doubtful:
    """The line broke between the last byte and the answer: the message may or may not have been taken (RFC 1047)."""

    reply: str


Outcome = Sent | Deferred | Rejected | Doubtful


class Channel(Protocol):
    """A way out."""

    def send(self, message: bytes, sender: str, recipients: Sequence[str]) -> Outcome: ...

    def close(self) -> None: ...
