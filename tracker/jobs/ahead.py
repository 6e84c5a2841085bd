"""Looking ahead: the messages that leave next are read together, and each is claimed by itself, just before it leaves.

So a process that is killed leaves one message in doubt, however many it had read. What was read is believed for a
second: what is closed meanwhile may still be told, as it may while the message is on the line. What others claim or
change in that second is theirs: a claim holds only for a message that is as it was read.
"""

import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy.engine import Connection

from .. import store
from ..config import Config
from ..store.outbox import OutboxRow
from .recheck import outdated

AT_ONCE: Final = 50
SECONDS: Final = 1.0


@dataclass(slots=True)
class Ahead:
    """What one sender has read of the outbox; `outdated` are the messages that must be looked at again when claimed."""

    config: Config
    owner: str
    clock: Callable[[], datetime]
    channels: Collection[str]
    outdated: set[int] = field(default_factory=set)
    _rows: deque[OutboxRow] = field(default_factory=deque)
    _read_at: float = 0.0

    def look(self, db: Connection) -> OutboxRow | None:
        """Reads what is to be sent next and claims the first of it; None where nothing is."""
        lease, resend = self.config.delivery.lease_seconds, self.config.delivery.unknown == "resend"
        self._rows = deque(store.claims.sendable(db, self.clock(), AT_ONCE, lease, self.channels, resend=resend))
        self._read_at = time.monotonic()
        self.outdated = outdated(db, self._rows, self.config)
        return self._first(db)

    def claim(self, db: Connection) -> OutboxRow | None:
        """Claims the next message of those that were read; None where it is time to look again."""
        return self._first(db) if time.monotonic() < self._read_at + SECONDS else None

    def _first(self, db: Connection) -> OutboxRow | None:
        now, lease = self.clock(), self.config.delivery.lease_seconds
        while self._rows:
            if claimed := store.claims.claim(db, self._rows.popleft(), self.owner, now, lease):
                return claimed
        return None
