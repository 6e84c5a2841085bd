"""The last look before a message leaves: what was closed since is told to nobody, and nothing goes to an old address.

Only before the first attempt: from then on somebody may have these very bytes, and a message is never changed again.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.engine import Connection, Engine

from .. import store
from ..config import Config
from ..digests import agency_digest
from ..milestones.agencies import of_members
from ..milestones.sameness import as_one
from ..reminders import DAY, Known, Reminder, missed_days
from ..render import brief, digest_id, message
from ..store.issued import Tells, cancel, rewrite, tells, with_something_closed
from ..store.outbox import OutboxRow
from .addressing import Recipient, freeze, reached, readdressed, recipient, tried_out
from .amending import of_issue, revisions, with_revisions
from .circumstances import cadences

CLOSED: Final = "everything that it tells was closed meanwhile"
UNREACHED: Final = "its agency has no address any more: what it tells stays owed"

log = logging.getLogger("tracker")


def outdated(db: Connection, rows: Sequence[OutboxRow], config: Config) -> set[int]:
    """The ids of those of `rows`, none claimed yet, that tell something closed or go where their agency is no more.

    The office's digest tells what others are told, and stays; so does a message that was redirected.
    """
    fresh = {row.digest: row for row in rows if _is_fresh(row, config)}
    if not fresh:
        return set()
    closed = with_something_closed(db, fresh)
    moved = {
        digest
        for digest, agency in store.agencies.of_digests(db, fresh).items()
        if _moved(recipient(agency, config), fresh[digest], config)
    }
    return {fresh[digest].id for digest in closed | moved}


def recheck(engine: Engine, row: OutboxRow, config: Config, now: datetime) -> OutboxRow:
    """The message as it may leave: itself, frozen anew as things stand now, or cancelled where nothing is left of it.

    `row` was found outdated, and claimed. One that cannot be looked at again leaves as it was frozen.
    """
    try:
        return _rechecked(engine, row, config, now)
    except Exception as error:  # whatever is wrong with one message must not keep the others
        digest = {"event": "recheck", "digest": digest_id(row.message_id)}
        log.warning("message %d leaves as it was frozen: %s: %s", row.id, type(error).__name__, error, extra=digest)
        return row


def _rechecked(engine: Engine, row: OutboxRow, config: Config, now: datetime) -> OutboxRow:
    """Read, render without a lock, write."""
    rules = config.rules
    with store.reading(engine) as db:
        told, agency = tells(db, row.digest), store.agencies.of_digests(db, [row.digest]).get(row.digest)
        if not told or agency is None:
            return row
        left, whom = [one for one in told if one.open], recipient(agency, config)
        if len(left) == len(told) and not _moved(whom, row, config):
            return row
        own = store.milestones.of_agency(db, agency.id, row.day - timedelta(days=rules.completed_days))
        shown = of_members(own, store.agencies.members(db))
        before = store.ledger.last_scan(db, row.day - DAY)
        told_before = store.ledger.last_telling(db, row.day - DAY, rules.calendar)
        known = Known(
            sheets=store.sheets.latest(db, row.day), cadences=cadences([agency]), open=store.milestones.open_ids(db)
        )
        merged = store.waiting.merged(db, row.digest)
        amended = revisions(db, [agency.name], of_issue(db, row.digest, row.day))
    if not left or not reached(whom, config):
        with store.writing(engine) as db:
            cancel(db, row.digest, UNREACHED if left else CLOSED)
            return store.outbox.show(db, row.id)
    digest = agency_digest(
        shown,
        agency.name,
        rules,
        row.day,
        office=config.office.name,
        reminders=_reminders(left, agency.name),
        missed_days=missed_days(told_before and told_before[0], row.day, rules),
        last_scan=before and before[0],
        known=known,
    )
    numbered = replace(with_revisions(digest, amended), number=row.number, merged=merged)
    body = message(numbered, as_one(shown), rules, office_email=config.office.email)
    frozen = freeze(numbered, body, whom, config, row.day, now)
    with store.writing(engine) as db:
        rewrite(
            db,
            row.digest,
            subject=frozen.subject,
            text=body.text,
            brief=brief(numbered),
            message_id=frozen.message_id,
            rfc822=frozen.rfc822,
            recipients=frozen.recipients,
            dropped={one.milestone for one in told if not one.open},
        )
        return store.outbox.show(db, row.id)


def _is_fresh(row: OutboxRow, config: Config) -> bool:
    """Whether a message may still be changed: it is an agency's, was never tried, and goes where it was meant to."""
    tried = row.attempts or (tried_out(row.rfc822) and not config.delivery.redirect_to)
    return bool(row.agency) and row.channel == config.channel and not tried


def _moved(whom: Recipient, row: OutboxRow, config: Config) -> bool:
    return not config.delivery.redirect_to and readdressed(whom, config, row.recipients)


def _reminders(left: Sequence[Tells], agency: str) -> list[Reminder]:
    """As the scan owed them: of each milestone the newest is told, the others are folded into it."""
    newest = {one.milestone: one for one in left}
    return [
        Reminder(one.milestone, one.rule, one.planned, agency, one.reason, folded=one is not newest[one.milestone])
        for one in left
    ]
