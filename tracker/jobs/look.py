"""What people look at: milestones on a day, one with its history, the documents, a digest. Nothing is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from sqlalchemy.engine import Engine

from .. import digests, store
from ..config import Config
from ..errors import UsageError
from ..milestones import Entry, Milestone, Standing
from ..milestones.agencies import of_members
from ..milestones.sameness import as_one, open_ids
from ..milestones.slips import Slip, silent
from ..milestones.standing import days_left, standing
from ..reminders import DAY, Coming, decide, missed_days
from ..render import Message
from ..store.agencies import Agency
from ..store.documents import StoredDocument
from ..store.ledger import Told
from ..store.outbox import OutboxRow
from ..store.receipts import Receipt
from ..store.sightings import SetAside, StoredSighting
from ..store.withheld import Kept
from . import superseding
from .addressing import NOWHERE, freeze, reached, recipients
from .amending import revisions, since_last, with_revisions
from .assurance import assurance, heard
from .circumstances import circumstances
from .concerns import concerns
from .coverage import Gaps, numbered
from .coverage import gaps as find_gaps
from .foreseen import foreseen
from .slipping import silently


@dataclass(frozen=True, slots=True)
class Placed:
    """A milestone as it stands on a day; `days_left` is negative after the last day, None without one. `slips` are
    those that nobody approved."""

    milestone: Milestone
    standing: Standing
    days_left: int | None
    slips: tuple[Slip, ...] = ()


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that is known of one milestone: its history, what was told, withheld and will be, and what it was made of.

    `planned` is what each agency (its name) is still owed, and the coming rungs. `text` is the text as read in which
    its sentence stands, empty where a person added it.
    """

    placed: Placed
    history: tuple[Entry, ...]
    told: tuple[Told, ...]
    withheld: tuple[Kept, ...]
    planned: tuple[tuple[str, Coming], ...]
    made_of: tuple[StoredSighting, ...]
    document: StoredDocument | None
    text: str


@dataclass(frozen=True, slots=True)
class Trace:
    """A date expression with the text as read in which it stands, and what people said when they set it aside."""

    sighting: StoredSighting
    text: str
    set_aside: tuple[SetAside, ...]


def milestones(engine: Engine, config: Config, *, today: date) -> list[Placed]:
    """Every milestone as it stood on `today`, closed ones included, by id."""
    with store.reading(engine) as db:
        slips = silently(db, today=today)
        return [place(one, config, today, slips.get(one.id, ())) for one in store.as_of(db, today)]


def place(milestone: Milestone, config: Config, today: date, slips: tuple[Slip, ...] = ()) -> Placed:
    """A milestone with its standing on a day."""
    rules = config.rules
    how = standing(milestone, today, due_soon_days=rules.due_soon_days, first_lead=rules.first_lead(milestone))
    return Placed(milestone, how, days_left(milestone, today), slips)


def dossier(engine: Engine, config: Config, id: int, *, today: date) -> Dossier:
    """One milestone with all that happened to it until `today`. Raises UsageError for an unknown id."""
    with store.reading(engine) as db:
        every = store.as_of(db, today)
        found = next((one for one in every if one.id == id), None)
        if found is None:
            known = store.milestones.by_ids(db, [id])
            raise UsageError(
                f"milestone {id} is not known before {known[id].tracked_from}; look at a later day" if id in known
                else f"no milestone has the id {id}; `tracker list --all` shows them"
            )  # fmt: skip
        history = tuple(entry for entry in store.history.of_milestone(db, id) if entry.day <= today)
        return Dossier(
            place(found, config, today, silent(history)),
            history,
            tuple(one for one in store.ledger.of_milestone(db, id) if one.decided_on <= today),
            tuple(one for one in store.withheld.of_milestone(db, id) if one.day <= today),
            foreseen(db, found, every, config, today),
            tuple(store.sightings.of_milestone(db, id)),
            store.documents.find(db, found.document) if found.document else None,
            store.documents.texts_of(db, [id]).get(id, ""),
        )


def trace(engine: Engine, id: int) -> Trace:
    """A date expression and where it stands. Raises UsageError for an unknown id."""
    with store.reading(engine) as db:
        seen = store.sightings.get(db, id)
        return Trace(seen, store.sightings.text(db, id), tuple(store.sightings.set_asides(db, seen)))


def answering(engine: Engine, name: str) -> list[str]:
    """The names under which an agency answers: first its own, then those of the groups that it is a member of.

    Raises UsageError for one that nobody named.
    """
    with store.reading(engine) as db:
        own = store.agencies.find(db, name).name
        return [own, *(group for group, members in store.agencies.members(db).items() if own in members)]


def new_agencies(engine: Engine, names: Iterable[str]) -> dict[str, list[str]]:
    """Those of `names` that nobody named before, each with the known names that are most like it."""
    with store.reading(engine) as db:
        known, register = store.agencies.known(db), store.recognition.register(db)
        place = store.recognition.place(db)
        unknown = [name for name in names if name not in known]
        meant = store.recognition.by_hand(db, unknown)
    return {
        name: list(dict.fromkeys([*register.alike(name, place), *get_close_matches(name, known, n=3)]))[:3]
        for name in unknown
        if name not in meant
    }


def twins(engine: Engine, milestone: Milestone) -> list[int]:
    """The ids of the other open milestones with the same title, day and agencies."""
    with store.reading(engine) as db:
        return [
            one.id
            for one in store.open_milestones(db)
            if (one.title, one.due, set(one.agencies)) == (milestone.title, milestone.due, set(milestone.agencies))
            and one.id != milestone.id
        ]


def published(engine: Engine) -> dict[str, date]:
    """The first day on which each document can have been published (a month is known by its last day)."""
    with store.reading(engine) as db:
        return {
            one.key: one.published.replace(day=1) if len(one.published_as) == 7 else one.published
            for one in store.documents.listed(db)
        }


def documents(engine: Engine) -> list[StoredDocument]:
    """Every document that was read."""
    with store.reading(engine) as db:
        return store.documents.listed(db)


def document(engine: Engine, key: str) -> tuple[StoredDocument, list[StoredSighting], list[Milestone]]:
    """A document, the date expressions of its latest reading, its milestones. Raises UsageError for an unknown key."""
    with store.reading(engine) as db:
        found = store.documents.get(db, key)
        return found, store.sightings.of_reading(db, found.reading), store.milestones.of_document(db, key)


def untracked(engine: Engine, words: str, key: str | None) -> list[StoredSighting]:
    """The date expressions that wait or were set aside and have these words in them or around them.

    Only those whose own words they are, where there are such, and only a document's where its key is given.
    """
    with store.reading(engine) as db:
        there = [one for one in store.sightings.untracked(db) if key in (None, one.document)]
    return [one for one in there if one.quote == words] or [one for one in there if words in one.context]


def gaps(engine: Engine, key: str) -> Gaps:
    """What nobody is reminded of in a document as it was read last. Raises UsageError for an unknown key."""
    with store.reading(engine) as db:
        return find_gaps(numbered(store.documents.text(db, key)), store.milestones.of_document(db, key))


def digest(
    engine: Engine, config: Config, agency: str | None, *, today: date
) -> tuple[digests.Digest, Sequence[Milestone]]:
    """The digest of the day for an agency, or the office's for None, and the milestones it was composed of.

    What a scan of `today` tells after all that was told before that day; whether it ran already makes no difference.
    Raises UsageError for an agency that no milestone names.
    """
    rules, before = config.rules, today - DAY
    with store.reading(engine) as db:
        every = of_members(store.as_of(db, today), store.agencies.members(db))
        found = as_one(every)
        everybody = store.agencies.listed(db)
        untold = superseding.read(db, config.channel, before)
        scanned, told = store.ledger.last_scan(db, before), store.ledger.last_telling(db, before, rules.calendar)
        missed = missed_days(told and told[0], today, rules)
        beside = circumstances(
            db,
            config,
            everybody,
            today=today,
            told_by=before,
            last_telling=told and told[0],
            untold=untold,
            numbered_by=before,
            open=open_ids(found),
        )
        owed = untold.decided(decide(found, rules, today, beside), found, beside.mute)
        since = since_last(db, before, today)
        common: dict[str, Any] = {
            "office": config.office.name,
            "missed_days": missed,
            "last_scan": scanned and scanned[0],
            "known": beside,
            "sheets": owed.sheets,
        }
        if agency is not None:
            name = store.agencies.find(db, agency).name
            owed_to = {one.agency for one in (*owed.told, *owed.silent)}
            old = superseding.merged(untold.of(owed_to & {name})).get(name)
            reminders = [*owed.told, *owed.silent]
            shown = digests.agency_digest(every, name, rules, today, reminders=reminders, **common)
            shown = with_revisions(shown, revisions(db, [name], since))
            return replace(shown, merged=old or store.waiting.merged_on(db, name, today)), found
        concern, news = concerns(db, found, config, today), bool(owed.told or owed.silent)
        weekly = rules.tells_on(today) and config.watch.weekly
        word = weekly and assurance(found, concern, heard(db, rules, today, before), rules, today, news=news)
        told_office = digests.compose(
            owed.told,
            every,
            rules,
            today,
            without_address=beside.mute,
            unconfirmed=concern.unconfirmed,
            mentions=concern.mentions,
            remarks=concern.remarks,
            undelivered=[*superseding.words(untold.of({one.agency for one in owed.told})), *concern.undelivered],
            chain=concern.chain,
            office_always=news or not word,
            assurance=word or "",
            **common,
        )[-1]
        return with_revisions(told_office, revisions(db, [told_office.recipient], since)), found


def specimen(engine: Engine, config: Config, issue: digests.Digest, message: Message, *, now: datetime) -> bytes:
    """A digest as the mail that would be sent, without a number (RFC 5322)."""
    with store.reading(engine) as db:
        person = recipients({one.name: one for one in store.agencies.listed(db)}, config)[issue.recipient]
    if not reached(person, config):
        person = replace(person, to=(NOWHERE,))
    return freeze(issue, message, person, config, issue.day, now).rfc822


def agencies(engine: Engine) -> list[Agency]:
    """Every agency, by name."""
    with store.reading(engine) as db:
        return store.agencies.listed(db)


def outbox(engine: Engine) -> list[OutboxRow]:
    """The messages in the outbox, oldest first, without their bytes."""
    with store.reading(engine) as db:
        return store.outbox.listed(db)


def message(engine: Engine, id: int) -> tuple[OutboxRow, list[Receipt]]:
    """One message with its bytes, and what single recipients answered. Raises UsageError for an unknown id."""
    with store.reading(engine) as db:
        return store.outbox.show(db, id), store.receipts.of_message(db, id)
