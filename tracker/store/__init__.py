"""The store: one module a noun, one function a question. Each takes a Connection of `reading` or `writing`."""

from . import agencies, digests, documents, history, ledger, milestones, outbox, sightings
from .engine import connect, reading, writing
from .milestones import as_of, open_milestones

__all__ = [
    "agencies",
    "as_of",
    "connect",
    "digests",
    "documents",
    "history",
    "ledger",
    "milestones",
    "open_milestones",
    "outbox",
    "reading",
    "sightings",
    "writing",
]
