"""Which agency a person means by part of its name."""

import re

from sqlalchemy.engine import Connection, Engine

from .. import store
from ..errors import UsageError
from ..store.agencies import Agency

NAMED = 8  # agencies that a message names at most


def meant(engine: Engine, words: str) -> Agency:
    """The agency of this name, alias or full name, else the one that has these words in one of them.

    Where none has them together, the one that has their characters in this order (发改 in 发展改革委). Raises
    UsageError where that is none, or several, and names those that may be meant.
    """
    with store.reading(engine) as db:
        exact = store.agencies.known(db).get(words) or store.recognition.by_hand(db, [words]).get(words)
        every = {agency.id: agency for agency in store.agencies.listed(db)}
        if exact is not None:
            return every[exact]
        names = _names(db)
        found = _having(names, words)
        if len(found) > 1:
            more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
            some = "、".join(found[:NAMED])
            raise UsageError(f"{words}: several agencies are called so: {some}{more}; write more of the name")
        if not found:
            return store.agencies.find(db, words)
        return next(agency for agency in every.values() if agency.name == found[0])


def _names(db: Connection) -> dict[str, str]:
    """The agency's own name by each of its names."""
    register = store.recognition.register(db)
    return {**register.full, **register.called}


def _having(names: dict[str, str], words: str) -> list[str]:
    """The agencies with the words in one of their names, else with their characters in this order, by name."""
    if not words.strip():
        return []
    for pattern in (re.escape(words), ".*".join(map(re.escape, words))):
        found = {agency for name, agency in names.items() if re.search(pattern, name)}
        if found:
            return sorted(found)
    return []
