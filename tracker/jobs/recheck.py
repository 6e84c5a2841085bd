"""The last look before a message leaves: what was closed since the scan is told to nobody.

Only before the first attempt: from then on somebody may have these very bytes, and a message is never changed again.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from .. import store
from ..config import Config
from ..digests import compose
from ..reminders import Reminder, missed_days
from ..render import message
from ..store.issued import Tells, cancel, rewrite, scanned_before, tells
from ..store.outbox import OutboxRow
from .addressing import freeze, recipients


def recheck(db: Connection, row: OutboxRow, config: Config, now: datetime) -> OutboxRow | None:
    """The message as it may leave: itself, frozen anew without what was closed, or None where nothing is left.

    `row` was just claimed. The office's digest tells what others are told, and stays.
    """
    if row.attempts != 1 or not row.agency or row.channel != config.channel:
        return row
    told = tells(db, row.digest)
    left = [one for one in told if one.open]
    if len(left) == len(told):
        return row
    if not left:
        cancel(db, row.digest, "not sent: everything that it tells was closed meanwhile")
        return None
    _freeze_anew(db, row, left, config, now)
    return store.outbox.show(db, row.id)


def _freeze_anew(db: Connection, row: OutboxRow, left: Sequence[Tells], config: Config, now: datetime) -> None:
    rules = config.rules
    shown = [
        *store.open_milestones(db),
        *store.milestones.closed_since(db, row.day - timedelta(days=rules.completed_days)),
    ]
    before = scanned_before(db, row.day)
    digest, *_ = compose(
        _reminders(left, row.agency),
        shown,
        rules,
        row.day,
        office=config.office.name,
        missed_days=missed_days(before, row.day, rules),
        last_scan=before,
    )
    numbered = replace(digest, number=row.number)
    body = message(numbered, shown, rules, office_email=config.office.email)
    people = recipients({agency.name: agency for agency in store.agencies.listed(db)}, config)
    frozen = freeze(numbered, body, people[row.agency], config, row.day, now)
    rewrite(
        db,
        row.digest,
        subject=frozen.subject,
        text=body.text,
        message_id=frozen.message_id,
        rfc822=frozen.rfc822,
        recipients=frozen.recipients or row.recipients,
    )


def _reminders(left: Sequence[Tells], agency: str) -> list[Reminder]:
    """As the scan owed them: of each milestone the newest is told, the others are folded into it."""
    newest = {one.milestone: one for one in left}
    return [
        Reminder(one.milestone, one.rule, one.planned, agency, one.reason, folded=one is not newest[one.milestone])
        for one in left
    ]
