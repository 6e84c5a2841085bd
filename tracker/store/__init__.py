"""The store: one module a noun, one function a question. Each takes a Connection of `reading` or `writing`."""

from . import (
    agencies,
    chats,
    digests,
    documents,
    fingerprints,
    history,
    ledger,
    milestones,
    outbox,
    receipts,
    recognition,
    sheets,
    sightings,
    suspensions,
    vitals,
    waiting,
    withheld,
)
from .engine import connect, current, reading, upgrade, writing
from .health import backup, check
from .milestones import as_of, open_milestones

__all__ = [
    "agencies",
    "as_of",
    "backup",
    "chats",
    "check",
    "connect",
    "current",
    "digests",
    "documents",
    "fingerprints",
    "history",
    "ledger",
    "milestones",
    "open_milestones",
    "outbox",
    "reading",
    "receipts",
    "recognition",
    "sheets",
    "sightings",
    "suspensions",
    "upgrade",
    "vitals",
    "waiting",
    "withheld",
    "writing",
]
