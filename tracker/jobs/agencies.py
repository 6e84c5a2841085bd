"""Who is reminded where: what people say of the agencies."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.engine import Connection, Engine

from .. import store
from ..config import is_address, separate
from ..errors import UsageError
from ..milestones import Milestone
from ..milestones.agencies import of_members
from ..milestones.recording import recorded
from ..store.agencies import Agency
from .fitting import refuse_names

CADENCES = {  # as people write them
    "": "", "default": "", "默认": "", "daily": "daily", "每日": "daily", "weekly": "weekly", "每周": "weekly",
    "immediate": "immediate", "即时": "immediate",
}  # fmt: skip


def set_addresses(engine: Engine, rows: Mapping[str, Mapping[str, str]], *, confirmed: bool = False) -> list[Agency]:
    """Sets the addresses and the cadence of agencies ({name: {"email", "head", "cc", "cadence"}}), all or nothing.

    An empty address removes it, as "default" does a cadence. Unknown agencies are added. `confirmed` says that a person
    knows the addresses to be right: suspended ones among them are tried again. Raises UsageError for what is no
    address, and for a cadence that is none.
    """
    refuse_names(rows)
    rows = {name: {**_addresses(name, given), **_cadence(name, given)} for name, given in rows.items()}
    with store.writing(engine) as db:
        store.agencies.set_many(db, rows)
        if confirmed:
            given_now = (text for given in rows.values() for text in given.values())
            store.suspensions.lift(db, [one for text in given_now for one in store.suspensions.within(text)])
        store.suspensions.lift(db, _nobodys(db))
        ids = store.agencies.resolve(db, rows)
        known = {agency.id: agency for agency in store.agencies.listed(db)}
        return [known[ids[name]] for name in rows]


def _addresses(name: str, given: Mapping[str, str]) -> dict[str, str]:
    """The addresses of each field with commas between them."""
    found = {field: separate(text) for field, text in given.items() if field != "cadence"}
    for field, addresses in found.items():
        for address in addresses:
            if not is_address(address):
                raise UsageError(f"{name}: {field} {address!r} is not an address such as office@example.org")
    return {field: ",".join(addresses) for field, addresses in found.items()}


def _cadence(name: str, given: Mapping[str, str]) -> dict[str, str]:
    words = given.get("cadence")
    if words is None:
        return {}
    if words not in CADENCES:
        raise UsageError(f"{name}: cadence {words!r} is none of {', '.join(filter(None, CADENCES))}")
    return {"cadence": CADENCES[words]}


def _nobodys(db: Connection) -> set[str]:
    """Suspended addresses that are no agency's any more: who gets one of them anew is tried."""
    suspended = store.suspensions.listed(db)
    return (
        set(suspended).difference(*(agency.suspended for agency in store.agencies.listed(db))) if suspended else set()
    )


def unheard(engine: Engine, agencies: Sequence[Agency]) -> tuple[list[str], int]:
    """The names of those of `agencies` that no milestone names, and how many that one names have no address yet."""
    with store.reading(engine) as db:
        named = named_by_milestones(db)
        left = sum(agency.name in named and not agency.email for agency in store.agencies.listed(db))
    return [agency.name for agency in agencies if agency.name not in named], left


def named_by_milestones(db: Connection) -> set[str]:
    """The names of the agencies that are told of milestones, closed ones too; a group's are its members."""
    told = of_members(store.milestones.all_milestones(db), store.agencies.members(db))
    return {name for milestone in told for name in milestone.agencies}


def set_members(engine: Engine, group: str, names: Sequence[str]) -> Agency:
    """Lets a group stand for these agencies, each of which is told in its place. Raises UsageError."""
    refuse_names((group, *names))
    with store.writing(engine) as db:
        return store.agencies.set_members(db, group, names)


def of_agency(engine: Engine, name: str) -> list[Milestone]:
    """The milestones that name an agency, by exactly this name."""
    with store.reading(engine) as db:
        return _of_agency(db, name)


def _of_agency(db: Connection, name: str) -> list[Milestone]:
    return [one for one in store.milestones.all_milestones(db) if name in one.agencies]


def add_alias(engine: Engine, alias: str, name: str, *, day: date, by: str, now: datetime) -> Agency:
    """Lets `alias` mean the agency `name`; the history of what was the alias' own says so from `day`.

    Raises UsageError where that cannot be.
    """
    refuse_names([alias])
    with store.writing(engine) as db:
        before = _of_agency(db, alias)
        agency = store.agencies.add_alias(db, alias, name)
        after = store.milestones.by_ids(db, [one.id for one in before])
        reason = f"{alias}即{agency.name}"
        written = [
            recorded(one, after[one.id], action="edited", day=day, at=now, actor=by, reason=reason) for one in before
        ]
        store.milestones.save(db, [milestone for milestone, _ in written])
        store.history.append(db, [entry for _, entry in written])
        return agency
