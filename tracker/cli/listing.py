"""list, show and why: the milestones as they stand on a day, and where a date comes from."""

from typing import TYPE_CHECKING, Any

import click

from .output import plain, print_csv, print_jsonl, print_table, say, shown
from .session import Session, common_options, pass_session

if TYPE_CHECKING:
    from ..jobs.look import Dossier, Placed
    from ..milestones import Entry

FIELDS = [
    "id", "uid", "item", "title", "quote", "due", "baseline_due", "precision", "status", "standing", "days_left",
    "agencies", "lead", "support", "recurrence", "targets", "document",
]  # fmt: skip
STANDINGS = ["overdue", "due_soon", "upcoming", "undated", "closed"]


@click.command("list")
@click.option("--all", "everything", is_flag=True, help="Closed and cancelled ones too.")
@click.option("--agency", help="Only this agency's.")
@click.option("--document", help="Only this document's (its key).")
@click.option("--item", help="Only this item's.")
@click.option("--standing", type=click.Choice(STANDINGS), help="Only those that stand so.")
@click.option("--due-before", metavar="DATE", help="Only those due on that day or earlier.")
@click.option("--search", metavar="WORDS", help="Only those whose title or quote has these words.")
@click.option("--format", "form", type=click.Choice(["table", "jsonl", "csv"]), default="table", show_default=True)
@common_options
@pass_session
def list_command(
    session: Session, everything: bool, agency: str | None, document: str | None, item: str | None,
    standing: str | None, due_before: str | None, search: str | None, form: str,
) -> int:  # fmt: skip
    """The open milestones, the most urgent first."""
    from ..jobs import look
    from .dates import read_day

    engine = session.open()
    before = read_day(due_before, session.today, "--due-before") if due_before else None
    name = look.agency_name(engine, agency) if agency else None
    found = [
        p for p in look.milestones(engine, session.config, today=session.today)
        if (everything or standing == "closed" or not p.milestone.closed)
        and (name is None or name in p.milestone.agencies)
        and (document is None or p.milestone.document == document)
        and (item is None or p.milestone.item == item)
        and (standing is None or p.standing == standing)
        and (before is None or (p.milestone.due is not None and p.milestone.due <= before))
        and (search is None or search in p.milestone.title or search in p.milestone.quote)
    ]  # fmt: skip
    found.sort(key=lambda p: (p.milestone.due is None, p.milestone.due, p.milestone.id))
    rows = [fields(p) for p in found]
    if form == "jsonl":
        print_jsonl(rows)
    elif form == "csv":
        print_csv(rows, FIELDS)
    else:
        print_milestones(found)
        say(f"{len(found)} milestones on {session.today}")
    return 0


def fields(placed: "Placed") -> dict[str, Any]:
    """A milestone in the fields that outside programs rely on."""
    m = placed.milestone
    own = {"standing": str(placed.standing), "days_left": placed.days_left, "status": str(m.status)}
    return {name: own[name] if name in own else plain(getattr(m, name)) for name in FIELDS}


COLOURS = {"overdue": "red", "due_soon": "yellow", "closed": "dim"}


def print_milestones(found: "list[Placed]") -> None:
    """The milestones as a table; colour says how each stands."""
    from rich.text import Text

    def row(p: "Placed") -> list[Any]:
        m, style = p.milestone, COLOURS.get(str(p.standing), "")
        title = f"{m.title}【原文已无】" if m.withdrawn else m.title
        left = "" if p.days_left is None else p.days_left
        when = Text(shown(m.due), style=style)
        return [
            str(m.id),
            m.item,
            when,
            Text(str(left), style=style),
            Text(str(p.standing), style=style),
            title,
            m.agencies,
        ]

    columns = ["id", "item", "due", "days", "standing", "title", "agencies"]
    print_table(map(row, found), columns, right=["id", "days"], whole=["item", "due", "standing"])


@click.command("show")
@click.argument("id", type=int)
@common_options
@pass_session
def show_command(session: Session, id: int) -> int:
    """One milestone with its history."""
    from ..jobs import look

    dossier = look.dossier(session.open(), session.config, id, today=session.today)
    m, p = dossier.placed.milestone, dossier.placed
    say_field("milestone", f"{m.id}  {m.title}")
    say_field(
        "standing",
        f"{p.standing}, {m.status}"
        + (f" on {m.closed_on}" if m.closed_on else "")
        + (", withdrawn by the document" if m.withdrawn else ""),
    )
    say_field(
        "due",
        f"{shown(m.due)}" + (f" (first {m.baseline_due})" if m.baseline_due != m.due else "") + days_words(p.days_left),
    )
    say_field("item", f"{m.item or '–'} {m.item_title or ''}")
    say_field(
        "agencies",
        "、".join(
            name + ("（牵头）" if name in m.lead else "（配合）" if name in m.support else "") for name in m.agencies
        )
        or "–",
    )
    for t in m.targets:
        say_field("target", f"{t.indicator} {t.op} {t.value:g} {t.unit}")
    say_field("quote", m.quote)
    if dossier.document:
        say_field("document", f"{dossier.document.key} 《{dossier.document.title}》 {dossier.document.published_as}")
    say_field("uid", f"{m.uid}, sequence {m.sequence}")
    click.echo()
    print_table([[e.day, e.action, e.actor, changes_words(e.changes), reasons(e)] for e in dossier.history],
                ["day", "what", "who", "changes", "why"], whole=["day", "what"])  # fmt: skip
    return 0


def say_field(name: str, value: str) -> None:
    """One labelled line."""
    click.echo(f"{name:10} {shown(value)}")


def reasons(entry: "Entry") -> str:
    """Why an entry was made, with its note and evidence."""
    return "; ".join(filter(None, [entry.reason, entry.note, entry.evidence]))


def days_words(days: int | None) -> str:
    """Days left in words."""
    if days is None:
        return ""
    return f", {days} days left" if days > 0 else ", today" if days == 0 else f", {-days} days over"


def changes_words(changes: dict[str, Any]) -> str:
    """The changes of an entry that a person reads; a first entry sets all fields and is not listed one by one."""
    told = {name: (old, new) for name, (old, new) in changes.items() if not name.startswith("stated")}
    if len(told) > 8:
        return f"{len(told)} fields set"
    return "; ".join(f"{name}: {shown(old)} → {shown(new)}" for name, (old, new) in told.items())


@click.command("why")
@click.argument("id", type=int)
@click.option("--reminders", is_flag=True, help="Only what was told of it, and what will be.")
@common_options
@pass_session
def why_command(session: Session, id: int, reminders: bool) -> int:
    """How the date of a milestone was read and from what words, what was told of it, and what comes next."""
    from ..jobs import look

    dossier = look.dossier(session.open(), session.config, id, today=session.today)
    if not reminders:
        print_derivation(dossier)
    print_reminders(dossier)
    return 0


def print_derivation(dossier: "Dossier") -> None:
    """From the last day back to the sentence."""
    m = dossier.placed.milestone
    stated = m.stated
    if stated is None:
        click.echo(f"milestone {m.id} was added by hand: due {shown(m.due)}")
        return
    click.echo(f"{stated.timex or '–'} → {shown(stated.due)}" + (f" ({stated.precision})" if stated.precision else ""))
    say_field("sentence", stated.quote)
    if dossier.document:
        say_field(
            "in",
            f"{dossier.document.key} 《{dossier.document.title}》 item {stated.item or '–'}, "
            f"characters {stated.start}–{stated.stop}",
        )
    for row in stated.rows:
        say_field("rule", row)
    for words in stated.assumed:
        say_field("assumed", words)
    for words in stated.review:
        say_field("look at", words)
    if m.due != stated.due:
        say_field("now", f"{shown(m.due)}: changed by a person, see `tracker show {m.id}`")


def print_reminders(dossier: "Dossier") -> None:
    """What was told, and the next planned days."""
    rows = [[t.planned, t.rule, t.agency, f"第{t.number}期", t.state or "–", t.reason] for t in dossier.told]
    rows += [[r.planned, r.rule, dossier.placed.milestone.agencies, "–", "planned", ""] for r in dossier.planned]
    if rows:
        click.echo()
        print_table(rows, ["planned", "rule", "agency", "issue", "state", "why"], whole=["planned", "rule"])
