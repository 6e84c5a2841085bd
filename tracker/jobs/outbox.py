"""What people decide about messages in the outbox, and why each is as it is."""

from datetime import datetime

from sqlalchemy.engine import Engine

from .. import store
from ..config import Config
from ..errors import UsageError
from ..store.outbox import OutboxRow


def retry(engine: Engine, id: int, *, now: datetime) -> OutboxRow:
    """Makes a failed, held, doubtful or waiting message ready to be sent at once, to suspended addresses of it too.

    Raises UsageError for others, and for one whose content a newer issue tells.
    """
    with store.writing(engine) as db:
        row = store.outbox.show(db, id)
        if (newer := store.waiting.successor(db, row.digest)) is not None:
            raise UsageError(f"message {id} was superseded: issue {newer} to {row.agency or 'the office'} tells it")
        store.suspensions.lift(db, row.recipients)
        return store.outbox.retry(db, id, now)


def hold(engine: Engine, id: int) -> OutboxRow:
    """Keeps a message back until `retry`. Raises UsageError where it is being sent or was sent."""
    with store.writing(engine) as db:
        return store.outbox.hold(db, id)


def reason(row: OutboxRow, config: Config) -> str:
    """Why a message is in its state, in words; what the server said last included."""
    if row.state == "ready" and row.next_try and row.attempts:
        return f"tried again at {row.next_try.astimezone(config.zone):%Y-%m-%d %H:%M}: {row.reply}"
    if row.state == "ready":
        return "waits for the next delivery"
    if row.state == "sending" and row.lease_until:
        until = f"{row.lease_until.astimezone(config.zone):%Y-%m-%d %H:%M}"
        return f"claimed until {until}" + (f"; {row.reply}" if row.reply else "")
    if row.state == "unknown":
        then = (
            "it goes out again" if config.delivery.unknown == "resend" else f"tracker outbox retry {row.id} resends it"
        )
        return f"nobody knows whether it arrived; {then}" + (f": {row.reply}" if row.reply else "")
    if row.state == "held":
        return f"held by a person; tracker outbox retry {row.id} releases it" + (f": {row.reply}" if row.reply else "")
    return row.reply
