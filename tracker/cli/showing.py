"""show and why: one milestone with its history, and where its date comes from."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from .ids import Id
from .output import put, shown, word
from .session import Session, common_options, pass_session
from .tables import print_field, print_table

if TYPE_CHECKING:
    from ..jobs.look import Dossier, Placed
    from ..milestones import Entry, Milestone


@click.command("show")
@click.argument("id", type=Id())
@common_options
@pass_session
def show_command(session: Session, id: int) -> int:
    """One milestone with its history."""
    from ..jobs import look

    dossier = look.dossier(session.open(), session.config, id, today=session.today)
    m = dossier.placed.milestone
    print_field("milestone", f"{m.id}  {m.title}")
    print_field("standing", standing_words(dossier.placed))
    print_field("due", due_words(m))
    print_field("item", f"{m.item or '–'} {m.item_title or ''}")
    print_field("agencies", "、".join(name + part(m, name) for name in m.agencies))
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
    print_table(
        [[e.day, word(e.action), e.actor, changes_words(e.changes), reasons(e)] for e in dossier.history],
        ["day", "what", "who", "changes", "why"],
        whole=["day", "what"],
        weights={"changes": 3, "why": 2},
    )
    return 0


def standing_words(placed: "Placed") -> str:
    """How a milestone stands: a closed one says when it was closed and how late, an open one the days left."""
    m, left = placed.milestone, placed.days_left
    gone = ", withdrawn by the document" if m.withdrawn else ""
    if m.closed:
        late = (m.closed_on - m.due).days if m.closed_on and m.due and m.status == "completed" else 0
        return f"{word(str(m.status))} {m.closed_on}{f', {late} days late' if late > 0 else ''}{gone}"
    if left is None:
        days = ""
    else:
        days = f", {left} days left" if left > 0 else f", {-left} days over" if left < 0 else ", due today"
    return f"{word(str(placed.standing))}{days}, {word(str(m.status))}{gone}"


def due_words(m: "Milestone") -> str:
    """The last day, how exactly it is known, and where it lay first."""
    exact = f" ({m.precision})" if m.precision and m.precision != "day" else ""
    window = f"from {m.begin} to " if m.begin and m.begin != m.due else ""
    first = f", first {shown(m.baseline_due)}" if m.baseline_due != m.due else ""
    again = f", {m.recurrence}" if m.recurrence else ""
    return f"{window}{shown(m.due)}{exact}{first}{again}"


def part(m: "Milestone", name: str) -> str:
    """Whether an agency leads or supports."""
    return "（牵头）" if name in m.lead else "（配合）" if name in m.support else ""


def reasons(entry: "Entry") -> str:
    """Why an entry was made, with its note and evidence."""
    return "; ".join(filter(None, [entry.reason, entry.note, entry.evidence]))


def changes_words(changes: Mapping[str, Any]) -> str:
    """The changes of an entry that a person reads; a first entry sets all fields, of which the last day is named."""
    told = {name: (old, new) for name, (old, new) in changes.items() if not name.startswith(("stated", "decided"))}
    if len(told) > 8:
        return f"{word('due')} {shown(told.get('due', (None, None))[1])}"
    return "; ".join(f"{word(name)}: {value_words(old)} → {value_words(new)}" for name, (old, new) in told.items())


def value_words(value: object) -> str:
    """A value of the history; a status in the language of the person."""
    return word(value) if isinstance(value, str) and value else shown(value)


@click.command("why")
@click.argument("id", type=Id())
@click.option("--reminders", is_flag=True, help="Only what was told of it, and what will be.")
@common_options
@pass_session
def why_command(session: Session, id: int, reminders: bool) -> int:
    """How the date of a milestone was read and from what words, what was told of it, and what comes next."""
    from ..jobs import look

    dossier = look.dossier(session.open(), session.config, id, today=session.today)
    if not reminders:
        print_derivation(dossier)
    print_reminders(dossier, apart=not reminders)
    return 0


YEARS = {"explicit": "said in the sentence", "document": "from a heading, the title or the document's date"}


def print_derivation(dossier: "Dossier") -> None:
    """From the last day back to the sentence."""
    m = dossier.placed.milestone
    stated = m.stated
    if stated is None:
        put(f"milestone {m.id} was added by hand: due {shown(m.due)}")
        return
    put(f"{stated.timex or '–'} → {shown(stated.due)}" + (f" ({stated.precision})" if stated.precision else ""))
    print_field("sentence", stated.quote)
    if dossier.document:
        where = f"item {stated.item or '–'}, characters {stated.start}–{stated.stop}"
        print_field("in", f"{dossier.document.key} 《{dossier.document.title}》 {where}")
    if stated.year_from:
        print_field("year", YEARS.get(stated.year_from, stated.year_from))
    for words in stated.assumed:
        print_field("assumed", words)
    for words in stated.review:
        print_field("look at", words)
    for row in stated.rows:
        print_field("rule", row)
    if m.due != stated.due:
        print_field("now", f"{shown(m.due)}: changed by a person, see `tracker show {m.id}`")


def print_reminders(dossier: "Dossier", *, apart: bool) -> None:
    """What was told, and the next planned days; nothing where there is neither."""
    m = dossier.placed.milestone
    rows = [[t.planned, t.rule, t.agency, f"第{t.number}期", word(t.state), t.reason] for t in dossier.told]
    rows += [[r.planned, r.rule, m.agencies, None, word("planned"), None] for r in dossier.planned]
    if not rows:
        return
    if apart:
        put("")
    columns = ["planned", "rule", "agency", "issue", "state", "why"]
    print_table(rows, columns, whole=["planned", "rule", "issue", "state"], weights={"agency": 2, "why": 2})
