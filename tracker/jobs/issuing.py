"""Issuing: numbered digests are rendered, frozen, and written with the ledger that they fulfil."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.engine import Connection

from .. import store
from ..config import Config
from ..digests import Digest, Frame, fill
from ..milestones import Schedule
from ..milestones.agencies import of_members
from ..milestones.sameness import standing_for
from ..reminders import Decided as Owed
from ..reminders import Known, Rules, Withheld
from ..render import EVENTS_AT_MOST, Message, brief, message
from ..store.digests import OFFICE, Issue
from ..store.ledger import Decided
from ..store.outbox import Outgoing
from .addressing import Frozen, Recipient, freeze, reached
from .spool import Slip, Spool

MILESTONES_AT_ONCE: Final = 5000  # with their words, some kilobytes each
DIGESTS_AT_ONCE: Final = 100  # that are written in one statement: a mail has some hundred kilobytes

Wanted = tuple[Frame, set[int]]  # a digest and the milestones that it takes


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A numbered digest whose bytes wait in the spool; `told` is how many milestones it tells anew."""

    recipient: Recipient
    name: str
    number: int
    day: date
    told: int
    subject: str
    brief: str
    text: Slip
    rfc822: Slip
    recipients: tuple[str, ...]
    message_id: str


def rendered(
    db: Connection,
    frames: Sequence[Frame],
    shown: Sequence[Schedule],
    people: Mapping[str, Recipient],
    known: Known,
    rules: Rules,
    config: Config,
    now: datetime,
    spool: Spool,
) -> list[Ready]:
    """The digests that reach somebody, frozen; `shown` are the milestones that they were made of.

    Of the milestones only those of a few digests are in memory at a time, with their words.
    """
    calendars = _calendars(shown)
    heads = {one.id: one for one in shown if one.beside}
    groups = store.agencies.members(db)
    wanted = [
        (frame, {*frame.ids, *calendars[frame.digest.recipient]})
        for frame in frames
        if reached(people[frame.digest.recipient], config)
    ]
    ready = []
    for some in _few(wanted):
        ids = set().union(*(ids for _, ids in some))
        loaded = of_members(store.milestones.by_ids(db, ids).values(), groups)
        milestones = {one.id: standing_for(one, heads.get(one.id)) for one in loaded}
        for frame, own in some:
            digest = fill(frame, milestones, rules, known)
            recipient = people[digest.recipient]
            mine = [milestones[id] for id in sorted(own)]
            body = message(digest, mine, rules, office_email=config.office.email)
            frozen = freeze(digest, body, recipient, config, digest.day, now)
            ready.append(_ready(digest, recipient, body, frozen, spool))
    return ready


def _calendars(shown: Sequence[Schedule]) -> Mapping[str, Sequence[int]]:
    """The milestones in the calendar of each recipient; none where there would be too many for one."""
    own: dict[str, list[int]] = defaultdict(list)
    for one in shown:
        if one.due is not None and not one.closed:
            for recipient in (OFFICE, *one.agencies):
                own[recipient].append(one.id)
    return defaultdict(list, {name: ids for name, ids in own.items() if len(ids) <= EVENTS_AT_MOST})


def _few(wanted: Sequence[Wanted]) -> Iterator[Sequence[Wanted]]:
    """Digests in their order, as many at a time as have MILESTONES_AT_ONCE milestones together, and at least one."""
    some: list[Wanted] = []
    for one in wanted:
        if some and sum(len(ids) for _, ids in some) + len(one[1]) > MILESTONES_AT_ONCE:
            yield some
            some = []
        some.append(one)
    if some:
        yield some


def _ready(digest: Digest, recipient: Recipient, body: Message, frozen: Frozen, spool: Spool) -> Ready:
    return Ready(
        recipient=recipient,
        name=digest.recipient,
        number=digest.number or 0,
        day=digest.day,
        told=digest.news,
        subject=frozen.subject,
        brief=brief(digest),
        text=spool.put(body.text.encode()),
        rfc822=spool.put(frozen.rfc822),
        recipients=frozen.recipients,
        message_id=frozen.message_id,
    )


def write(
    db: Connection,
    ready: Sequence[Ready],
    spool: Spool,
    owed: Owed,
    people: Mapping[str, Recipient],
    channel: str,
    today: date,
    *,
    heard: int,
) -> dict[str, int]:
    """Store the issues, the ledger of what they tell, their sheets and messages, and what was withheld; returns the
    digest's id by recipient. `heard` is the last entry of the history that they know of."""
    ids: dict[str, int] = {}
    for start in range(0, len(ready), DIGESTS_AT_ONCE):
        some = ready[start : start + DIGESTS_AT_ONCE]
        stored = store.digests.insert(db, [_issue(one, spool, heard) for one in some])
        ids |= {one.name: id for one, id in zip(some, stored, strict=True)}
        store.outbox.insert(db, [_outgoing(one, ids[one.name], channel, spool) for one in some])
    days = {one.name: one.day for one in ready}
    store.ledger.record(
        db,
        (
            Decided(
                milestone=one.milestone,
                rule=one.rule,
                planned=one.planned,
                agency=people[one.agency].id,
                decided_on=days[one.agency],
                reason=one.reason,
                digest=ids[one.agency],
            )
            for one in owed.told
        ),
    )
    by_agency = {name: one.id for name, one in people.items()}
    store.sheets.insert(db, owed.sheets, by_agency, ids)
    store.withheld.record(db, [_withheld(one, by_agency, today) for one in owed.withheld])
    return ids


def _withheld(one: Withheld, agencies: Mapping[str, int], day: date) -> dict[str, object]:
    return {
        "milestone_id": one.milestone,
        "rule": one.rule,
        "planned": one.planned,
        "agency_id": agencies[one.agency],
        "reason": one.reason,
        "day": day,
        "until": one.until,
    }


def _issue(one: Ready, spool: Spool, heard: int) -> Issue:
    return Issue(
        agency=one.recipient.id or None,
        recipient=one.name,
        day=one.day,
        number=one.number,
        subject=one.subject,
        text=spool.get(one.text).decode(),
        brief=one.brief,
        heard=heard,
    )


def _outgoing(one: Ready, id: int, channel: str, spool: Spool) -> Outgoing:
    return Outgoing(
        digest=id,
        channel=channel,
        recipients=one.recipients,
        message_id=one.message_id,
        rfc822=spool.get(one.rfc822),
    )
