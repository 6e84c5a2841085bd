"""The agencies: who is reminded where, and by which other names the documents call them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..bodies import BY_LEVEL, place_of
from ..errors import UsageError
from . import acknowledgements, naming, recognition, rows, schema, suspensions, telling
from .waiting import LEFT, NEVER_LEFT

FIELDS = ("email", "head", "cc", "cadence")  # what people say of an agency
REFERRING = (
    *(schema.milestone_agencies, schema.ledger, telling.withheld, telling.sheets, schema.digests),
    *(naming.aliases, naming.full_names),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """A responsible body. `email`, `head` (its leader), `cc`: addresses, several with commas; "" where unknown.

    `cadence` is how often it is told (daily, weekly, immediate), "" where it goes by the configuration. `members` are
    the agencies that a group stands for, `suspended` those of its addresses to which nothing goes, in small letters.
    """

    id: int
    name: str
    email: str = ""
    head: str = ""
    cc: str = ""
    cadence: str = ""
    aliases: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    suspended: tuple[str, ...] = ()


def listed(db: Connection) -> list[Agency]:
    """Every agency, by name."""
    aliases: dict[int, list[str]] = {}
    for name, agency in db.execute(sa.select(naming.aliases.c.name, naming.aliases.c.agency_id).order_by("name")):
        aliases.setdefault(agency, []).append(name)
    groups = members(db)
    off = suspensions.listed(db)
    return [
        Agency(
            id=row.id,
            name=row.name,
            email=row.email,
            head=row.head,
            cc=row.cc,
            cadence=row.cadence,
            aliases=tuple(aliases.get(row.id, ())),
            members=groups.get(row.name, ()),
            suspended=_suspended(row, off),
        )
        for row in db.execute(sa.select(schema.agencies).order_by(schema.agencies.c.name))
    ]


def of_digests(db: Connection, digests: Collection[int]) -> dict[int, Agency]:
    """The agency that each of `digests` is for, without its other names and members; the office's are left out."""
    own, digest = schema.agencies, schema.digests.c
    query = sa.select(digest.id.label("digest"), own).join_from(schema.digests, own).where(digest.id.in_(digests))
    off = suspensions.listed(db)
    found = {}
    for row in db.execute(query):
        id, *fields = row
        found[id] = Agency(**dict(zip(own.c.keys(), fields, strict=True)), suspended=_suspended(row, off))
    return found


def _suspended(row: Any, off: Collection[str]) -> tuple[str, ...]:
    """Those of an agency's addresses to which nothing goes."""
    if not off:
        return ()
    own = suspensions.within(f"{row.email},{row.head},{row.cc}")
    return tuple(address for address in dict.fromkeys(own) if address in off)


def known(db: Connection) -> dict[str, int]:
    """The id of every agency by its name and by each of its aliases."""
    own = sa.select(schema.agencies.c.name, schema.agencies.c.id)
    query = own.union_all(sa.select(naming.aliases.c.name, naming.aliases.c.agency_id))
    return {name: id for name, id in db.execute(query)}  # noqa: C416 - dict() of rows has no type


def names(db: Connection) -> dict[str, str]:
    """The agency's own name by each alias."""
    query = sa.select(naming.aliases.c.name, schema.agencies.c.name).join_from(naming.aliases, schema.agencies)
    return {alias: name for alias, name in db.execute(query)}  # noqa: C416 - dict() of rows has no type


def members(db: Connection) -> dict[str, tuple[str, ...]]:
    """The members of each group that has some, by its name."""
    link, member, group = naming.agency_members, schema.agencies.alias(), schema.agencies
    query = (
        sa.select(group.c.name, member.c.name.label("member"))
        .join_from(link, group, link.c.group_id == group.c.id)
        .join(member, link.c.member_id == member.c.id)
        .order_by(group.c.name, member.c.name)
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in db.execute(query):
        found[row.name] = (*found.get(row.name, ()), row.member)
    return found


def set_members(db: Connection, group: str, names: Collection[str]) -> Agency:
    """Lets a group stand for these agencies and no others; agencies nobody named before are added.

    Raises UsageError for a group that would be a member of itself, or of another.
    """
    link, ids = naming.agency_members, resolve(db, [group, *names])
    others = {ids[name] for name in names}
    if ids[group] in others:
        raise UsageError(f"{group} cannot be a member of itself")
    groups = {agency.id: agency.name for agency in listed(db) if agency.members and agency.id != ids[group]}
    if taken := [groups[id] for id in others if id in groups]:
        raise UsageError(f"{'、'.join(taken)} has members itself; name those")
    db.execute(sa.delete(link).where(link.c.group_id == ids[group]))
    if others:
        db.execute(sa.insert(link), [{"group_id": ids[group], "member_id": other} for other in others])
    return find(db, group)


def resolve(db: Connection, names: Iterable[str]) -> dict[str, int]:
    """The id for each of `names`, by name, alias or full name; an agency nobody named before is added."""
    wanted = list(dict.fromkeys(names))
    ids = known(db)
    if not ids.keys() >= set(wanted):
        ids |= recognition.by_hand(db, [name for name in wanted if name not in ids])
    missing = [name for name in wanted if name not in ids]
    if missing:
        new = [{"name": name, "email": "", "head": "", "cc": "", "cadence": ""} for name in missing]
        ids |= zip(missing, rows.insert(db, schema.agencies, new, key=("name",)), strict=True)
    return {name: ids[name] for name in wanted}


def find(db: Connection, name: str) -> Agency:
    """The agency of this name, alias or full name. Raises UsageError that lists names containing it."""
    every = listed(db)
    id = known(db).get(name) or recognition.by_hand(db, [name]).get(name)
    for agency in every:
        if agency.id == id:
            return agency
    alike = recognition.register(db).alike(name, recognition.place(db))
    within = (one.name for one in every if name in one.name or one.name in name)
    cores = {_core(one.name): one.name for one in every}
    mistyped = (cores[core] for core in get_close_matches(_core(name), cores, cutoff=0.5))
    similar = dict.fromkeys([*alike, *within, *mistyped])
    hint = f"; did you mean {'、'.join([*similar][:5])}?" if similar else "; `tracker agencies list` shows those known"
    raise UsageError(f"no agency is called {name}{hint}")


def _core(name: str) -> str:
    """A name without what most names have in common: 住建 of 市住建委."""
    return name.removeprefix("市").rstrip("局委办厅部") or name


def set_addresses(db: Connection, name: str, addresses: Mapping[str, str]) -> Agency:
    """Sets some of FIELDS; an agency nobody named before is added."""
    id = resolve(db, [name])[name]
    if addresses:
        db.execute(sa.update(schema.agencies).where(schema.agencies.c.id == id).values(**addresses))
    return find(db, name)


def set_many(db: Connection, addresses: Mapping[str, Mapping[str, str]]) -> int:
    """Sets some of FIELDS of several agencies, {name: {"email": …}}; returns how many agencies are new."""
    before = set(known(db).values())
    ids = resolve(db, addresses)
    current = {agency.id: agency for agency in listed(db)}
    changes: list[dict[str, Any]] = [
        {"agency": ids[name]}
        | {f"new_{field}": given.get(field, getattr(current[ids[name]], field)) for field in FIELDS}
        for name, given in addresses.items()
    ]
    if changes:
        statement = (
            sa.update(schema.agencies)
            .where(schema.agencies.c.id == sa.bindparam("agency"))
            .values({field: sa.bindparam(f"new_{field}") for field in FIELDS})
        )
        db.execute(statement, changes)
    return len(set(ids.values()) - before)


def add_alias(db: Connection, alias: str, name: str) -> Agency:
    """Lets `alias` mean the agency `name`. An agency that was known by the alias is merged into it, ledger included.

    Raises UsageError where `name` is unknown, or the alias means another agency already.
    """
    agency = find(db, name)
    former = {row.name: row for row in listed(db)}.get(alias)
    if alias == agency.name:
        raise UsageError(f"{alias} is the agency's own name")
    taken = known(db).get(alias)
    if former is None and taken is not None and taken != agency.id:
        raise UsageError(f"{alias} is an alias of another agency already")
    if former is not None:
        _refuse_another_place(db, former.name, agency.name)
        _merge(db, former, agency)
    if taken != agency.id:
        db.execute(sa.insert(naming.aliases).values(name=alias, agency_id=agency.id))
    return find(db, name)


def _refuse_another_place(db: Connection, alias: str, name: str) -> None:
    """市发改委 of one city is not that of another: a body that moved is named in full."""
    full = recognition.register(db).full
    placed = [(agency, place_of(one)) for one, agency in full.items() if not one.startswith(BY_LEVEL)]
    here, there = ({place for agency, place in placed if agency == which} - {""} for which in (alias, name))
    if alias.startswith(BY_LEVEL) and here and there and not here & there:
        raise UsageError(f"{alias} is of {'、'.join(sorted(here))}, {name} of {'、'.join(sorted(there))}: two bodies")


def _merge(db: Connection, former: Agency, agency: Agency) -> None:
    """Where both answer for a milestone, the one that is left has the parts of both."""
    link = schema.milestone_agencies
    for part in ("lead", "support"):
        has_it = sa.select(link.c.milestone_id).where(link.c.agency_id == former.id, link.c[part])
        also = link.c.agency_id == agency.id, link.c.milestone_id.in_(has_it.scalar_subquery())
        db.execute(sa.update(link).where(*also).values({part: True}))
    _forget_untold(db, former, agency)
    for table, key in (
        (schema.milestone_agencies, ("milestone_id",)),
        (schema.ledger, ("milestone_id", "rule", "planned")),
        (telling.withheld, ("milestone_id", "rule", "planned", "reason")),
    ):
        kept = table.alias()
        twice = sa.exists().where(kept.c.agency_id == agency.id, *(kept.c[column] == table.c[column] for column in key))
        db.execute(sa.delete(table).where(table.c.agency_id == former.id, twice))
    _merge_members(db, former, agency)
    acknowledgements.rename(db, former.name, agency.name)
    for table in REFERRING:
        db.execute(sa.update(table).where(table.c.agency_id == former.id).values(agency_id=agency.id))
    inherited = {
        field: getattr(former, field) for field in FIELDS if getattr(former, field) and not getattr(agency, field)
    }
    if inherited:
        db.execute(sa.update(schema.agencies).where(schema.agencies.c.id == agency.id).values(**inherited))
    db.execute(sa.delete(schema.agencies).where(schema.agencies.c.id == former.id))


def _forget_untold(db: Connection, former: Agency, agency: Agency) -> None:
    """What left for one name counts, and not what never left for the other, whichever is kept."""
    ledger, told = schema.ledger, schema.ledger.alias()
    message, its_message = schema.outbox.c, schema.outbox.alias()
    same = (told.c[column] == ledger.c[column] for column in ("milestone_id", "rule", "planned"))
    left = sa.exists().where(
        told.c.agency_id == former.id, *same, its_message.c.digest_id == told.c.digest_id, its_message.c.state.in_(LEFT)
    )
    waits = sa.select(message.digest_id).where(message.state.in_(NEVER_LEFT))
    own = ledger.c.agency_id == agency.id, ledger.c.digest_id.in_(waits)
    db.execute(sa.delete(ledger).where(*own, left))


def _merge_members(db: Connection, former: Agency, agency: Agency) -> None:
    """A group keeps those that it stands for, and one that is a member remains one, once."""
    link = naming.agency_members
    pairs = {(row.group_id, row.member_id) for row in db.execute(sa.select(link))}
    moved = {tuple(agency.id if one == former.id else one for one in pair) for pair in pairs}
    left = [{"group_id": group, "member_id": member} for group, member in moved if group != member]
    db.execute(sa.delete(link))
    if left:
        db.execute(sa.insert(link), left)


def without_address(db: Connection, among: Collection[int]) -> list[str]:
    """The names of those agencies among `among` that cannot be reached, by name."""
    table = schema.agencies.c
    query = sa.select(table.name).where(table.id.in_(among), table.email == "").order_by(table.name)
    return list(db.execute(query).scalars())
