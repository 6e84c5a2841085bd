"""What waits for a person, and what a person answers: each answer is one transaction, remembered in later readings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy.engine import Connection, Engine

from .. import store
from ..documents import Healed, Span, as_written, heal, line_of, outline, sentence, simplified
from ..errors import UsageError
from ..milestones import Milestone
from ..store.sightings import SetAside, StoredSighting
from ..timex import Precision
from . import add, decide
from .fitting import refuse_nul

ACCEPTED = "复核：按原文确认"
CORRECTED = "复核：更正"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What waits for a person: a date expression without a milestone, or a milestone whose day is open to doubt.

    `sentence` is healed text, `marked` the half-open span of `words` in it, None where they stand elsewhere; `start`
    is where they begin in the text as read, `line` the number of that line. `due`, `precision` and `agencies` are what
    was read, `reasons` why a person should look.
    """

    about: Milestone | StoredSighting
    document: str
    item: str | None
    words: str
    sentence: str
    marked: Span | None
    start: int
    line: int
    due: date | None
    precision: Precision | None
    agencies: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def id(self) -> str:
        """The id of the milestone, or `d` and that of the date expression."""
        return f"d{self.about.id}" if isinstance(self.about, StoredSighting) else str(self.about.id)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person says: it is set aside with a reason, or it holds with `changes` of some of `decide.EDITABLE`."""

    changes: Mapping[str, Any] = field(default_factory=dict)
    aside: str = ""
    reason: str = ""


def questions(engine: Engine) -> list[Question]:
    """All that waits, document by document, in the order of the text."""
    with store.reading(engine) as db:
        found = [*_about_sightings(db), *_about_milestones(db)]
        order = {document.key: number for number, document in enumerate(store.documents.listed(db))}
    return sorted(found, key=lambda one: (order[one.document], one.start, one.about.id))


def answer(engine: Engine, question: Question, given: Answer, *, day: date, by: str, now: datetime) -> Milestone | None:
    """Does what a person answered; returns the milestone that it is about, None for a date expression set aside.

    A milestone is confirmed, corrected or cancelled; a date expression becomes a milestone or is set aside. Raises
    UsageError where somebody else decided meanwhile, and where no day was read and none is given.
    """
    about = question.about
    reason = given.reason or (CORRECTED if given.changes else ACCEPTED)
    if isinstance(about, Milestone):
        if given.aside:
            return decide.cancel(engine, [about.id], reason=given.aside, day=day, by=by, now=now)[0]
        changes = {"due": about.due} | dict(given.changes)
        return decide.edit(engine, about.id, changes, reason=reason, day=day, by=by, now=now)
    if given.aside:
        set_aside(engine, about.id, given.aside, day=day, by=by, now=now)
        return None
    if about.due is None and "due" not in given.changes:
        raise UsageError(f"{question.id}: no day was read from {about.quote}; give one, or none for an undated duty")
    return add.promote(engine, about.id, given.changes, reason=reason, day=day, by=by, now=now)


def set_aside(engine: Engine, sighting: int, reason: str, *, day: date, by: str, now: datetime) -> None:
    """Sets a date expression that waits aside: it is not asked about again where a later reading has it too.

    Raises UsageError for an unknown one, and for one that does not wait.
    """
    refuse_nul([reason, by])
    with store.writing(engine) as db:
        seen = store.sightings.get(db, sighting)
        if seen.fate != "waiting":
            raise UsageError(f"{seen.quote} does not wait: it is {seen.fate.replace('-', ' ')} already")
        store.sightings.set_aside(db, sighting, SetAside(reason, by, day, now))


def _about_sightings(db: Connection) -> Iterator[Question]:
    """The date expressions that wait, each where it stands."""
    for key, waiting in groupby(store.sightings.waiting(db), lambda seen: seen.document):
        raw, milestones = store.documents.text(db, key), store.milestones.of_document(db, key)
        healed, written = _read(raw)
        document = outline(healed.text)
        for seen in waiting:
            start, stop = healed.healed_span(seen.start, seen.stop)
            begin, end = sentence(healed.text, start, stop)
            model = add.sibling(milestones, document.item_at(start))
            yield Question(
                about=seen,
                document=key,
                item=seen.item,
                words=seen.quote,
                sentence=written[begin:end],
                marked=(start - begin, stop - begin),
                start=seen.start,
                line=line_of(raw, seen.start),
                due=seen.due,
                precision=seen.precision,
                agencies=model.agencies if model else (),
                reasons=(seen.reason,),
            )


def _about_milestones(db: Connection) -> Iterator[Question]:
    """The milestones whose day is open to doubt, each with the sentence that states it."""
    doubtful = [one for one in store.open_milestones(db) if one.to_confirm]
    read_once = cache(_read)
    texts = store.documents.texts_of(db, [one.id for one in doubtful])
    for one in doubtful:
        said, raw = one.stated, texts[one.id]
        assert said is not None  # only what a document states is open to doubt
        assert one.document is not None
        healed, written = read_once(raw)
        start, stop = healed.healed_span(said.start, said.stop)
        begin, end = sentence(healed.text, start, stop)
        at = written.rfind(said.timex, begin, stop)
        yield Question(
            about=one,
            document=one.document,
            item=one.item,
            words=said.timex,
            sentence=written[begin:end],
            marked=(at - begin, at - begin + len(said.timex)) if at >= 0 else None,
            start=said.start,
            line=line_of(raw, said.start),
            due=one.due,
            precision=one.precision,
            agencies=one.agencies,
            reasons=said.review,
        )


def _read(raw: str) -> tuple[Healed, str]:
    """A text as the extraction reads it, in simplified characters, and the same as it is written."""
    healed = heal(simplified(raw))
    return healed, as_written(healed, raw)
