"""The register: which known agency a name means, by what people decided first and by the full name second."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from .naming import full_name, is_group, likeness, successors

BY_LEVEL = tuple("省市州盟县区旗")  # how a body is called inside its place


@dataclass(frozen=True, slots=True)
class Meant:
    """What a name means: a known agency, or None for a new one; the full name; whether the agency was renamed to it."""

    agency: str | None
    full: str
    renamed: bool = False


@dataclass(frozen=True, slots=True)
class Register:
    """The agencies that are known: `called` maps their names and aliases to them, `full` their full names.

    `own` are the names and those aliases that only abbreviate a full name: what they mean depends on the place. `full`
    holds more than one full name of an agency that was reorganised, or that was known before its place was.
    """

    called: dict[str, str]
    own: set[str]
    full: dict[str, str]

    def by_hand(self, name: str, place: str) -> Meant:
        """Whom a person means who works with the documents of `place`."""
        full = full_name(name, place)
        return Meant(self.called.get(name) or self.full.get(full), full)

    def in_document(
        self, name: str, place: str, published: date, today: date, beside: Collection[str] = (), *, alone: bool = True
    ) -> Meant:
        """Whom a document means that was issued at `place`, and names the agencies `beside` apart from this one.

        `alone` says that documents of one place only are known: then a body is of that place though nobody says so.
        A reorganised body is the agency that it was, where only one agency that is known became it.
        """
        full, agency = full_name(name, place), self.called.get(name)
        if agency and (name not in self.own or (not place and (alone or name != agency or self._placeless(agency)))):
            return Meant(agency, full)
        if agency := self.full.get(full) or (self._unplaced(name, full) if alone else None):
            return Meant(agency, full)
        now = {self.full[one] for one in successors(full, today) if one in self.full}
        former = {agency for one, agency in self.full.items() if full in successors(one, published)}
        for reformed, renamed in ((now, False), (former, True)):
            if len(reformed) == 1 and reformed.isdisjoint(beside):
                return Meant(reformed.pop(), full, renamed)
        return Meant(None, full)

    def _unplaced(self, name: str, full: str) -> str | None:
        """The agency of this name of which nobody has said yet where it is."""
        found = self.called.get(name) or self.full.get(full_name(name))
        known = {one for one, agency in self.full.items() if agency == found}
        return found if found and known <= {full_name(name), full} else None

    def _placeless(self, agency: str) -> bool:
        """Whether nobody has said yet where an agency is that is called after its level: 市发改委."""
        own = {one for one, named in self.full.items() if named == agency}
        return agency.startswith(BY_LEVEL) and own <= {full_name(agency)}

    def namesakes(self, name: str, full: str) -> dict[str, str]:
        """The agencies of other places that documents of those call by the name that is `full` here, or where nobody
        says the place; by them their full names, the present ones."""
        tail = full_name(name)
        if not tail.startswith(BY_LEVEL):
            return {}
        return {
            agency: one
            for one, agency in self.full.items()
            if one.endswith(tail) and one not in (full, tail) and one.endswith(full_name(agency))
        }

    def alike(self, name: str, place: str = "") -> list[str]:
        """The agencies that may be the one of this name: the same words, another ending (住建局, 住建委), and, where
        nobody says its place, those of all places."""
        own = (one for one, agency in self.full.items() if agency == name)
        wanted = {likeness(one) for one in (full_name(name), full_name(name, place), *own)}
        anywhere = likeness(full_name(name)) if self._placeless(name) and name in self.called else "-"
        every = (
            agency for one, agency in self.full.items() if likeness(one) in wanted or likeness(one).endswith(anywhere)
        )
        return list(dict.fromkeys(agency for agency in every if agency != name))

    def doubts(self, today: date) -> Iterator[tuple[str, str]]:
        """Pairs of agencies that may be one, which a person decides: one that would go, one that would stay."""
        seen = set[frozenset[str]]()
        for full, agency in self.full.items():
            if is_group(agency):
                continue
            become = [self.full[one] for one in successors(full, today) if one in self.full]
            for other in (*become, *self.alike(agency)):
                if other != agency and frozenset((agency, other)) not in seen:
                    seen.add(frozenset((agency, other)))
                    yield agency, other
