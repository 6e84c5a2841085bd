"""Suspensions: addresses to which nothing goes until a person says that they are right."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from . import answers

BETWEEN_ADDRESSES = re.compile(r"[\s,;，；<>]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """An address, in small letters, since when nothing goes there, and what was said of it."""

    address: str
    since: datetime
    reply: str


def listed(db: Connection) -> dict[str, Suspension]:
    """Every suspension by its address."""
    query = sa.select(answers.suspensions).order_by(answers.suspensions.c.address)
    return {row.address: Suspension(**row._mapping) for row in db.execute(query)}


def suspend(db: Connection, replies: Mapping[str, str], now: datetime) -> list[str]:
    """Suspends addresses, each with what was said of it; one that is suspended already keeps its first words.

    Returns those that are new.
    """
    known = listed(db)
    new = {address.lower(): reply for address, reply in replies.items() if address.lower() not in known}
    if new:
        rows = [{"address": address, "since": now, "reply": reply} for address, reply in new.items()]
        db.execute(sa.insert(answers.suspensions), rows)
    return list(new)


def lift(db: Connection, addresses: Collection[str]) -> list[str]:
    """Lets mail go to these addresses again; returns those that were suspended."""
    found = sorted(listed(db).keys() & {address.lower() for address in addresses})
    if found:
        db.execute(sa.delete(answers.suspensions).where(answers.suspensions.c.address.in_(found)))
    return found


def within(text: str) -> list[str]:
    """The addresses in what a person entered, in small letters, as suspensions know them."""
    return [word.lower() for word in BETWEEN_ADDRESSES.split(text) if "@" in word]
