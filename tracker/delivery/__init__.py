"""Delivery: frozen messages leave by mail or on the console, and what became of each is a value."""

from .console import Console
from .ping import ping
from .smtp import Sender
from .values import Channel, Deferred, Doubtful, Outcome, Rejected, Sent, Server

__all__ = ["Channel", "Console", "Deferred", "Doubtful", "Outcome", "Rejected", "Sender", "Sent", "Server", "ping"]
