"""show and why: one milestone with its history, and where its date comes from."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, tzinfo
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

import click

from .account import UNTOLD, difference, said, with_short_hashes
from .doubts import doubt
from .ids import DateId, MilestoneId
from .listing import FIELDS
from .listing import fields as fields_of
from .lives import life_words
from .output import chinese, exactly, plain, print_jsonl, put, shown, word
from .paging import paged
from .session import Session, common_options, pass_session
from .tables import print_field, print_table

if TYPE_CHECKING:
    from ..jobs.look import Dossier, Placed, Trace
    from ..milestones import Entry, Milestone
    from ..workdays import Calendar


@click.command("show")
@click.argument("id", type=MilestoneId())
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
@common_options
@pass_session
def show_command(session: Session, id: int, form: str) -> int:
    """One milestone with its history. As JSON, the fields of `list` and all others that are kept of it."""
    from ..jobs import look

    dossier = look.dossier(session.open(), session.config, id, today=session.today)
    if form == "jsonl":
        print_jsonl([dossier_row(dossier)])
        return 0
    with paged(session):
        print_dossier(session, dossier)
    return 0


def dossier_row(dossier: "Dossier") -> dict[str, Any]:
    """A milestone with its history, for programs."""
    history = [plain(entry) for entry in dossier.history]
    return fields_of(dossier.placed) | {
        name: value for name, value in plain(dossier.placed.milestone).items() if name not in FIELDS
    } | {"history": history}  # fmt: skip


def print_dossier(session: Session, dossier: "Dossier") -> None:
    """A milestone with its history, for a person."""
    m = dossier.placed.milestone
    print_field("milestone", f"{m.id}  {m.title}")
    print_field("standing", standing_words(dossier.placed, session.config.calendar, session.today))
    print_field("due", due_words(m))
    for slip in dossier.placed.slips:
        print_field("put off", f"{slip.was} → {slip.now} by the document of {slip.day}, not approved (静默推迟)")
    print_field("item", f"{m.item or '–'} {m.item_title or ''}")
    print_field("agencies", "、".join(name + part(m, name) for name in m.agencies))
    if m.stated and set(m.stated.agencies) != set(m.agencies):
        print_field("as written", "、".join(m.stated.agencies) or "–")
    if m.remind:
        print_field("remind", shown(m.remind))
    if m.acknowledged:
        print_field("ack", acknowledged_words(m.acknowledged))
    for name, words in life_words(m, session.today):
        print_field(name, words)
    for t in m.targets:
        print_field("target", f"{t.indicator} {t.op} {t.value:g} {t.unit}")
    print_field("quote", m.quote)
    if dossier.document:
        document = dossier.document
        print_field("document", f"{document.key} 《{document.title}》 {document.published_as}")
    for sighting in dossier.made_of:
        print_field("made of", f"{sighting.quote}, {sighting.reason or sighting.fate}")
    print_field("uid", f"{m.uid}, sequence {m.sequence}")
    put("")
    print_history(dossier.history, session.config.zone)


def print_history(history: "Sequence[Entry]", zone: tzinfo) -> None:
    """The entries as a table; those written on another day than the one from which they hold say when."""
    written = [day if (day := e.at.astimezone(zone).date()) != e.day else None for e in history]
    columns = ["day", "what", "who", "changes", "why"]
    rows = [[e.day, word(e.action), e.actor, changes_words(e), reasons(e)] for e in history]
    if any(written):
        columns.insert(1, "written")
        rows = [[row[0], day, *row[1:]] for row, day in zip(rows, written, strict=True)]
    print_table(rows, columns, whole=["day", "written", "what"], weights={"changes": 3, "why": 2})


def standing_words(placed: "Placed", calendar: "Calendar", today: date) -> str:
    """How a milestone stands: a closed one says when it was closed and how late, an open one the days left."""
    m, left = placed.milestone, placed.days_left
    gone = ", withdrawn by the document" if m.withdrawn else ""
    if m.closed:
        late = (m.closed_on - m.due).days if m.closed_on and m.due and m.status == "completed" else 0
        return f"{word(str(m.status))} {m.closed_on}{f', {late} days late' if late > 0 else ''}{gone}"
    working = f" ({calendar.working_days_between(today, m.due)} working)" if m.due else ""
    if left is None:
        days = ""
    else:
        days = f", {left} days left{working}" if left > 0 else f", {-left} days over" if left < 0 else ", due today"
    return f"{word(str(placed.standing))}{days}, {word(str(m.status))}{gone}"


def due_words(m: "Milestone") -> str:
    """The last day, how exactly it is known, and where it lay first."""
    exact = exactly(m.precision) if m.precision != "day" else ""
    window = f"from {m.begin} to " if m.begin and m.begin != m.due else ""
    first = f", first {shown(m.baseline_due)}" if m.baseline_due != m.due else ""
    again = f", {m.recurrence}" if m.recurrence else ""
    return f"{window}{shown(m.due)}{exact}{first}{again}"


def part(m: "Milestone", name: str) -> str:
    """Whether an agency leads or supports."""
    return "（牵头）" if name in m.lead else "（配合）" if name in m.support else ""


def acknowledged_words(pauses: Iterable[Sequence[object]]) -> str:
    """For whom reminders pause, and until when."""
    return "、".join(f"{name or word('all')} {word('until')} {until}" for name, until in pauses) or "–"


def reasons(entry: "Entry") -> str:
    """Why an entry was made, with its note and evidence."""
    return "; ".join(filter(None, [entry.reason, entry.note, with_short_hashes(entry.evidence)]))


def changes_words(entry: "Entry") -> str:
    """The changes of an entry that a person reads; a first entry sets all fields, of which the last day is named.

    What the document says now is told where the milestone did not follow it.
    """
    if entry.action in ("added", "opened"):
        return f"{word('due')} {shown(entry.changes.get('due', (None, None))[1])}"
    told = []
    for name, (old, new) in entry.changes.items():
        field = name.removeprefix(STATED)
        if field == "acknowledged":
            told.append(f"{acknowledged_words(old)} → {acknowledged_words(new)}")
        elif field == name:
            told.append(f"{word(name)}: {said(old)} {word('kept')}" if old == new else difference(name, old, new))
        elif field not in entry.changes and field not in UNTOLD[1:]:
            told.append(f"{word('the document says')} {difference(field, old, new)}")
    return "; ".join(told)


STATED = "stated."  # before the fields of what the document says


@click.command("why")
@click.argument("id", metavar="ID|DATE-ID")
@click.option("--reminders", is_flag=True, help="Only what was told of it, and what will be.")
@click.option("--rules", is_flag=True, help="The rows of the time grammar that read it, with their patterns.")
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
@common_options
@pass_session
def why_command(session: Session, id: str, reminders: bool, rules: bool, form: str) -> int:
    """How the date of a milestone was read and from what words, what was told of it, and what comes next.

    With the id of a date expression (d12): what became of it, and why. JSON lines are of the reminders.
    """
    from ..jobs import look
    from .telling import print_reminders, reminder_rows

    engine = session.open()
    if re.fullmatch(r"d\d+", id.strip()):
        print_trace(look.trace(engine, DateId().convert(id, None, None)))
        return 0
    dossier = look.dossier(engine, session.config, MilestoneId().convert(id, None, None), today=session.today)
    if form == "jsonl":
        print_jsonl(reminder_rows(dossier))
        return 0
    with paged(session):
        if not reminders:
            print_derivation(dossier, rules=rules)
        print_reminders(dossier, apart=not reminders)
    return 0


YEARS = {"explicit": "said in the sentence", "document": "from a heading, the title or the document's date"}


TWICE = re.compile(r"(\d{4}-\d\d-\d\d) \1")


def assumption(words: str) -> str:
    """What was taken from elsewhere, in the language of the person."""
    from ..digests import wording

    return wording.assumption(words) if chinese() else TWICE.sub(r"\1", words)


def examples(rows: Sequence[str], words: str) -> list[str]:
    """For each grammar row the one of its own examples that is most like the words that it read."""
    from ..timex.grammar import BOUNDS, LINKS, PARTS, PERIODS

    known = {row.name: row for table in (PERIODS, PARTS, BOUNDS, LINKS) for row in table}
    found = [
        max(known[name].examples, key=lambda example: SequenceMatcher(None, example, words).ratio())
        for name in rows
        if name in known
    ]
    return list(dict.fromkeys(found))


def print_derivation(dossier: "Dossier", *, rules: bool) -> None:
    """From the last day back to the sentence."""
    m = dossier.placed.milestone
    stated = m.stated
    if stated is None:
        put(f"milestone {m.id} was added by hand: due {shown(m.due)}")
        return
    put(f"{stated.timex or '–'} → {shown(stated.due)}{exactly(stated.precision)}")
    print_field("sentence", stated.quote)
    print_as_read(dossier.text, stated.start, stated.stop, stated.quote)
    if dossier.document:
        where = f"{word('item')} {stated.item or '–'}, {word('characters')} {stated.start}–{stated.stop}"
        print_field("in", f"{dossier.document.key} 《{dossier.document.title}》 {where}")
    if stated.year_from:
        print_field("year", word(YEARS.get(stated.year_from, stated.year_from)))
    for words in stated.assumed:
        print_field("assumed", assumption(words))
    for words in stated.review:
        print_field("look at", doubt(words))
    if m.to_confirm:
        known = f"tracker edit {m.id} --due DATE sets or confirms this day"
        print_field("then", f"{known}; tracker add --document {m.document} --due DATE adds another one")
    if rules:
        for row in stated.rows:
            print_field("rule", row)
    elif alike := examples(stated.rows, stated.timex):
        print_field("read like", "、".join(alike))
    if m.due != stated.due:
        print_field("now", f"{shown(m.due)}: {word('changed by a person, see')} `tracker show {m.id}`")
    for entry in dossier.history:
        if entry.action in ("edited", "cancelled"):
            print_field("decided", f"{entry.day} {entry.actor}: {changes_words(entry)} {reasons(entry)}")


def print_as_read(text: str, start: int, stop: int, healed: str) -> None:
    """Where a sentence stands in the text as read, and how, where healing changed it; ⏎ marks the ends of its lines."""
    from ..documents import line_of

    raw = text[start:stop]
    if not raw:
        return
    first, last = line_of(text, start), line_of(text, stop - 1)
    place = f"{word('line')} {first}" if first == last else f"{word('line')} {first}–{last}"
    words = "" if raw == healed else ": " + re.sub(r"\s*\n\s*", "⏎", raw)
    print_field("as read", place + words)


def print_trace(trace: "Trace") -> None:
    """What became of a date expression that is no milestone, and why."""
    seen = trace.sighting
    put(f"{seen.quote} → {shown(seen.due)}{exactly(seen.precision)}")
    print_field("sentence", f"…{seen.context}…")
    print_as_read(trace.text, seen.start, seen.stop, seen.quote)
    print_field(
        "in", f"{seen.document}, {word('item')} {seen.item or '–'}, {word('characters')} {seen.start}–{seen.stop}"
    )
    made = f", milestone {seen.milestone}" if seen.milestone else ""
    print_field("fate", f"{word(seen.fate)}{made}: {seen.role}{f', {doubt(seen.reason)}' if seen.reason else ''}")
    for decision in trace.set_aside:
        print_field("decided", f"{decision.day} {decision.actor}: {decision.reason}")
