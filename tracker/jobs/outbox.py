"""What people decide about messages in the outbox."""

from datetime import datetime

from sqlalchemy.engine import Engine

from .. import store
from ..store.outbox import OutboxRow


def retry(engine: Engine, id: int, *, now: datetime) -> OutboxRow:
    """Makes a failed, held or waiting message ready to be sent at once. Raises UsageError for others."""
    with store.writing(engine) as db:
        return store.outbox.retry(db, id, now)


def hold(engine: Engine, id: int) -> OutboxRow:
    """Keeps a message back until `retry`. Raises UsageError where it is being sent or was sent."""
    with store.writing(engine) as db:
        return store.outbox.hold(db, id)
