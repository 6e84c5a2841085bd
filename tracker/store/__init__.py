"""The store: one module a noun, one function a question. Each takes a Connection of `reading` or `writing`."""

from . import agencies, digests, ledger, outbox
from .engine import connect, reading, writing

__all__ = ["agencies", "connect", "digests", "ledger", "outbox", "reading", "writing"]
