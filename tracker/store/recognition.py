"""Recognition: the names that documents and people write, each as the agency that it means."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..bodies import Meant, Register, full_name, place_of
from ..documents import Source, simplified_name
from . import acknowledgements, naming, rows, schema


def register(db: Connection) -> Register:
    """Every agency with its names, its aliases and its full names."""
    agencies, aliases, full = schema.agencies.c, naming.aliases.c, naming.full_names.c
    names = {row.id: row.name for row in db.execute(sa.select(agencies.id, agencies.name).order_by(agencies.id))}
    called = {row.name: names[row.agency_id] for row in db.execute(sa.select(aliases.name, aliases.agency_id))}
    placed = {row.name: names[row.agency_id] for row in db.execute(sa.select(full.name, full.agency_id))}
    for name in set(names.values()) - set(placed.values()):
        placed.setdefault(full_name(simplified_name(name)), name)
    short = {alias for alias, name in called.items() for one, agency in placed.items()
             if agency == name and full_name(alias, place_of(one)) == one}  # fmt: skip
    return Register(called | {name: name for name in names.values()}, {*names.values(), *short}, placed)


def places(db: Connection) -> set[str]:
    """The places that documents were issued at; those that do not say it are left out."""
    return {place_of(issuer) for issuer in db.execute(sa.select(schema.documents.c.issuer).distinct()).scalars()} - {""}


def place(db: Connection) -> str:
    """The place that all documents were issued at; "" where they are of several, or of none that is known."""
    found = places(db)
    return found.pop() if len(found) == 1 else ""


def by_hand(db: Connection, names: Iterable[str]) -> dict[str, int]:
    """The ids of those agencies among `names` that people call by another name than they are kept under."""
    known, at = register(db), place(db)
    meant = {name: known.by_hand(simplified_name(name), at).agency for name in names}
    own = {row.name: row.id for row in db.execute(sa.select(schema.agencies.c.id, schema.agencies.c.name))}
    return {name: own[agency] for name, agency in meant.items() if agency is not None}


def identify(db: Connection, named: Sequence[tuple[Source, Collection[str]]], today: date) -> list[dict[str, str]]:
    """For each document, given with the names in it, the agency's own name for each, in the order of the documents.

    New agencies are stored, and what is learned of others: where they are, and how those are called now that were
    reorganised. Their former names become aliases. A document whose issuer says no place speaks for the one that all
    others do. Bodies of several places that are called alike go by their full names. The number of statements grows
    only with the known agencies of which something is learned.
    """
    known, home, news = register(db), places(db), _News()
    alone = len(home) <= 1
    found = [dict[str, str]() for _ in named]
    for (source, names), own in zip(named, found, strict=True):
        at, learned = place_of(source.issuer) or ("".join(home) if alone else ""), False
        for name in dict.fromkeys(names):
            meant = known.in_document(simplified_name(name), at, source.published, today, own.values(), alone=alone)
            kept = meant.agency is not None and not meant.renamed
            alike = {} if alone or kept else known.namesakes(name, meant.full)
            renamed = {former: full for former, full in alike.items() if full not in known.called}
            agency = _called(known, name, meant, alike)
            if meant.agency is not None and agency != meant.agency:
                renamed[meant.agency] = agency
            if renamed:
                news.write(db)
                for former, now in renamed.items():
                    _rename(db, former, now, alias=former == meant.agency)
                for one in found:
                    one.update({written: renamed[before] for written, before in one.items() if before in renamed})
                known = register(db)
            own[name] = agency
            if meant.agency is None:
                news.agencies.append(agency)
            if meant.full not in known.full:
                news.full[meant.full] = agency
                learned |= meant.agency is not None
            known.called[agency] = agency
            known.own.add(agency)
            known.full.setdefault(meant.full, agency)
        if learned:
            news.write(db)
            known = register(db)
    news.write(db)
    return found


def _called(known: Register, name: str, meant: Meant, alike: Collection[str]) -> str:
    """What the agency of a name in a document is called from now on: as written, unless others are called so."""
    if meant.agency is not None and not meant.renamed:
        return meant.agency
    placed = meant.full != full_name(simplified_name(name))
    return meant.full if name in known.called or (placed and alike) else name


@dataclass(frozen=True, slots=True)
class _News:
    """What is still to be stored: new agencies, and full names with the agencies that they mean."""

    agencies: list[str] = field(default_factory=list)
    full: dict[str, str] = field(default_factory=dict)

    def write(self, db: Connection) -> None:
        new = [{"name": name, "email": "", "head": "", "cc": ""} for name in self.agencies]
        rows.insert(db, schema.agencies, new, key=("name",))
        if self.full:
            agency = schema.agencies.c
            id = sa.select(agency.id).where(agency.name == sa.bindparam("agency")).scalar_subquery()
            full = [{"full": full, "agency": name} for full, name in self.full.items()]
            db.execute(sa.insert(naming.full_names).values(name=sa.bindparam("full"), agency_id=id), full)
        self.agencies.clear()
        self.full.clear()


def _rename(db: Connection, former: str, name: str, *, alias: bool) -> None:
    """An agency goes on under another name, with its history, addresses and issue numbers; the former one is an `alias`
    where it was reorganised, and nobody's where agencies of several places were called so."""
    agencies, digests = schema.agencies, schema.digests
    id = db.execute(sa.select(agencies.c.id).where(agencies.c.name == former)).scalar_one()
    db.execute(sa.update(agencies).where(agencies.c.id == id).values(name=name))
    if alias:
        db.execute(sa.insert(naming.aliases).values(name=former, agency_id=id))
    db.execute(sa.update(digests).where(digests.c.recipient == former).values(recipient=name))
    acknowledgements.rename(db, former, name)
