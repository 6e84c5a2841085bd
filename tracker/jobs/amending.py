"""What revised documents changed since a recipient was last told, for its next issue."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sqlalchemy.engine import Connection

from .. import store
from ..digests import REVISIONS_AT_MOST, Digest, Revisions
from ..digests.revisions import revision, told
from ..milestones import Milestone
from ..milestones.amendments import Amendment, of_entries

OFFICE: Final = ""  # the office's name as a recipient
AT_ONCE: Final = 5000  # milestones with their words


@dataclass(frozen=True, slots=True)
class Since:
    """From where in the history each recipient is told (0 for one that never was), and up to where; what holds only
    after `day` is left out."""

    heard: Mapping[str, int]
    until: int
    day: date = date.max


def since_last(db: Connection, told_by: date, day: date = date.max) -> Since:
    """For new issues, after those of days until `told_by`."""
    return Since(store.amendments.heard(db, told_by), store.amendments.newest(db), day)


def of_issue(db: Connection, digest: int, day: date) -> Since:
    """For an issue that is rendered anew: what it was to tell itself, and nothing newer."""
    return Since(store.amendments.heard(db, day, before=digest), store.amendments.known_to(db, digest))


def revisions(db: Connection, recipients: Collection[str], since: Since) -> dict[str, Revisions]:
    """What each recipient is told of; nothing for those that are told of nothing."""
    first = min((since.heard.get(name, 0) for name in recipients), default=since.until)
    if first >= since.until:
        return {}
    entries = store.amendments.entries(db, first, since.until, since.day)
    members = store.agencies.members(db)
    names = store.agencies.names(db)
    found: dict[str, list[Amendment]] = defaultdict(list)
    titles: dict[str, str] = {}
    ids = sorted(entries)
    for start in range(0, len(ids), AT_ONCE):
        for milestone in store.milestones.by_ids(db, ids[start : start + AT_ONCE]).values():
            if milestone.document:
                titles[milestone.document] = milestone.document_title or milestone.document
            own = entries[milestone.id]
            whole = of_entries(milestone, own)
            concerned = {OFFICE, *_concerned(milestone, whole, members, names)}
            for name in concerned & {*recipients}:
                new = [one for one in own if (one.id or 0) > since.heard.get(name, 0)]
                amendment = whole if len(new) == len(own) else of_entries(milestone, new) if new else None
                if amendment is not None:
                    found[name].append(amendment)
    made = {name: _revisions(name, told(some), titles) for name, some in found.items()}
    return {name: some for name, some in made.items() if some.total}


def with_revisions(digest: Digest, found: Mapping[str, Revisions]) -> Digest:
    """The digest with what its recipient is told of revised documents."""
    return replace(digest, revisions=found.get(digest.recipient, Revisions()))


def _concerned(
    milestone: Milestone,
    amendment: Amendment | None,
    members: Mapping[str, Sequence[str]],
    names: Mapping[str, str],
) -> Collection[str]:
    """Whom a change of a milestone concerns, under the names of now; a group's members in its place."""
    listed = amendment.agencies if amendment else milestone.agencies
    own = [names.get(name, name) for name in listed]
    return {each for name in own for each in members.get(name, (name,))}


def _revisions(name: str, amendments: Sequence[Amendment], titles: Mapping[str, str]) -> Revisions:
    made = [revision(one, titles.get(one.document or "", one.document or ""), office=name == OFFICE) for one in
            amendments[:REVISIONS_AT_MOST]]  # fmt: skip
    return Revisions(tuple(made), len(amendments))
