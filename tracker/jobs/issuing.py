"""Issuing: numbered digests are rendered, frozen, and written with the ledger that they fulfil."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.engine import Connection

from .. import store
from ..config import Config
from ..digests import Digest
from ..milestones import Milestone
from ..reminders import Decided as Owed
from ..reminders import Rules, Withheld
from ..render import brief, message
from ..store.digests import OFFICE, Issue
from ..store.ledger import Decided
from ..store.outbox import Outgoing
from .addressing import Frozen, Recipient, freeze, reached


@dataclass(frozen=True, slots=True)
class Ready:
    """A numbered digest with its bytes."""

    digest: Digest
    recipient: Recipient
    text: str
    frozen: Frozen


def rendered(
    digests: Sequence[Digest],
    shown: Sequence[Milestone],
    people: Mapping[str, Recipient],
    rules: Rules,
    config: Config,
    now: datetime,
) -> list[Ready]:
    """The digests that reach somebody, frozen; `shown` are the milestones that they were composed of."""
    ready = []
    own: dict[str, list[Milestone]] = defaultdict(list)  # of each recipient: none looks through all of them
    own[OFFICE] = list(shown)
    for one in shown:
        for agency in one.agencies:
            own[agency].append(one)
    for digest in digests:
        recipient = people[digest.recipient]
        if reached(recipient, config):
            body = message(digest, own[digest.recipient], rules, office_email=config.office.email)
            frozen = freeze(digest, body, recipient, config, digest.day, now)
            ready.append(Ready(digest, recipient, body.text, frozen))
    return ready


def write(
    db: Connection, ready: Sequence[Ready], owed: Owed, people: Mapping[str, Recipient], channel: str, today: date
) -> dict[str, int]:
    """Store the issues, the ledger of what they tell, their sheets and messages, and what was withheld; returns the
    digest's id by recipient."""
    ids = store.digests.insert(db, [_issue(one) for one in ready])
    issued = {one.digest.recipient: (id, one.digest.day) for one, id in zip(ready, ids, strict=True)}
    rows = [
        Decided(
            milestone=one.milestone,
            rule=one.rule,
            planned=one.planned,
            agency=people[one.agency].id,
            decided_on=issued[one.agency][1],
            reason=one.reason,
            digest=issued[one.agency][0],
        )
        for one in owed.told
    ]
    store.ledger.record(db, rows)
    by_agency = {name: one.id for name, one in people.items()}
    store.sheets.insert(db, owed.sheets, by_agency, {name: id for name, (id, _) in issued.items()})
    store.withheld.record(db, [_withheld(one, by_agency, today) for one in owed.withheld])
    store.outbox.insert(db, [_outgoing(one, id, channel) for one, id in zip(ready, ids, strict=True)])
    return {recipient: id for recipient, (id, _) in issued.items()}


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


def _issue(one: Ready) -> Issue:
    return Issue(
        agency=one.recipient.id or None,
        recipient=one.digest.recipient,
        day=one.digest.day,
        number=one.digest.number or 0,
        subject=one.frozen.subject,
        text=one.text,
        brief=brief(one.digest),
    )


def _outgoing(one: Ready, id: int, channel: str) -> Outgoing:
    frozen = one.frozen
    return Outgoing(
        digest=id,
        channel=channel,
        recipients=frozen.recipients,
        message_id=frozen.message_id,
        rfc822=frozen.rfc822,
    )
