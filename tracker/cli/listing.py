"""list: the milestones as they stand on a day."""

from typing import TYPE_CHECKING, Any

import click

from .output import counted, plain, print_csv, print_jsonl, say, word
from .session import Session, common_options, pass_session
from .tables import print_table

if TYPE_CHECKING:
    from ..jobs.look import Placed

FIELDS = [
    "id", "uid", "item", "title", "quote", "due", "baseline_due", "precision", "status", "standing", "days_left",
    "agencies", "lead", "support", "recurrence", "targets", "document",
    "closed_on", "grade", "claims", "asked", "slips", "forecast", "waits_for", "superseded_by", "ended_by",
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
@click.option("--look", is_flag=True, help="Only those whose day a person should look at (edit --due confirms it).")
@click.option("--no-agency", is_flag=True, help="Only those that name no agency.")
@click.option("--withdrawn", is_flag=True, help="Only those that their document no longer has.")
@click.option("--format", "form", type=click.Choice(["table", "jsonl", "csv"]), default="table", show_default=True)
@common_options
@pass_session
def list_command(
    session: Session, everything: bool, agency: str | None, document: str | None, item: str | None,
    standing: str | None, due_before: str | None, search: str | None, look: bool, no_agency: bool, withdrawn: bool,
    form: str,
) -> int:  # fmt: skip
    """The open milestones, the most urgent first."""
    from ..jobs import look as found_by
    from .dates import read_day

    before = read_day(due_before, session.today, "--due-before") if due_before else None
    engine = session.open()
    names = found_by.answering(engine, agency) if agency else []
    if document is not None:
        found_by.document(engine, document)  # a key that nobody knows is a mistake, and not an empty list
    found = [
        p for p in found_by.milestones(engine, session.config, today=session.today)
        if (everything or standing == "closed" or not p.milestone.closed)
        and (not names or not set(names).isdisjoint(p.milestone.agencies))
        and (document is None or p.milestone.document == document)
        and (item is None or p.milestone.item == item)
        and (standing is None or p.standing == standing)
        and (before is None or (p.milestone.due is not None and p.milestone.due <= before))
        and (not look or p.milestone.to_confirm)
        and not (no_agency and p.milestone.agencies)
        and (not withdrawn or p.milestone.withdrawn)
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
        say(f"{counted(len(found), 'milestone')} on {session.today}")
    return 0


def fields(placed: "Placed") -> dict[str, Any]:
    """A milestone in the fields that outside programs rely on; a closed one has no days left."""
    m = placed.milestone
    left = None if m.closed else placed.days_left
    own = {"standing": str(placed.standing), "days_left": left, "status": str(m.status)}
    return {name: own[name] if name in own else plain(getattr(m, name)) for name in FIELDS}


COLOURS = {"overdue": "red", "due_soon": "yellow", "closed": "dim"}
COLUMNS = ["id", "item", "due", "days", "standing", "title", "agencies"]


def print_milestones(found: "list[Placed]") -> None:
    """The milestones as a table; colour says how each stands, and a closed one says how it ended."""
    rows = []
    for p in found:
        m = p.milestone
        how = word(str(m.status if m.closed else p.standing))
        title = f"{m.title}【原文已无】" if m.withdrawn else m.title
        rows.append([m.id, m.item, m.due, None if m.closed else p.days_left, how, title, m.agencies])
    styles = [COLOURS.get(str(p.standing), "") for p in found]
    print_table(rows, COLUMNS, right=["id", "days"], whole=["item", "due", "standing"],
                weights={"title": 3, "agencies": 2}, styles=styles)  # fmt: skip
