"""list: the milestones as they stand on a day."""

from typing import TYPE_CHECKING, Any

import click

from .filters import Filters, filter_options, selected
from .output import counted, plain, print_csv, print_jsonl, put_bytes, say, word
from .paging import paged
from .session import Session, common_options, pass_session
from .tables import print_table

if TYPE_CHECKING:
    from ..jobs.look import Placed

FIELDS = [
    "id", "uid", "item", "title", "quote", "due", "baseline_due", "precision", "status", "standing", "days_left",
    "agencies", "lead", "support", "recurrence", "targets", "document",
    "closed_on", "grade", "claims", "asked", "slips", "forecast", "waits_for", "superseded_by", "ended_by", "gauges",
    "put_off_from",
]  # fmt: skip


@click.command("list")
@filter_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "jsonl", "csv", "ids"]),
    default="table",
    show_default=True,
    help="ids: one a line, for commands that take - for their ids.",
)
@common_options
@pass_session
def list_command(session: Session, filters: Filters, form: str) -> int:
    """The open milestones, the most urgent first."""
    found, left = selected(session, session.open(), filters)
    if form == "ids":
        put_bytes("".join(f"{p.milestone.id}\n" for p in found).encode())
        return 0
    rows = [fields(p) for p in found]
    if form == "jsonl":
        print_jsonl(rows)
    elif form == "csv":
        print_csv(rows, FIELDS)
    else:
        with paged(session):
            print_milestones(found)
        first = f"the first {len(found)} of " if left else ""
        say(f"{first}{counted(len(found) + left, 'milestone')} on {session.today}")
    return 0


def fields(placed: "Placed") -> dict[str, Any]:
    """A milestone in the fields that outside programs rely on; a closed one has no days left."""
    m = placed.milestone
    left = None if m.closed else placed.days_left
    was = placed.slips[0].was.isoformat() if placed.slips else None
    own = {"standing": str(placed.standing), "days_left": left, "status": str(m.status), "put_off_from": was}
    return {name: own[name] if name in own else plain(getattr(m, name)) for name in FIELDS}


COLOURS = {"overdue": "red", "due_soon": "yellow", "closed": "dim"}
COLUMNS = ["id", "item", "due", "days", "standing", "title", "agencies"]


def marks(placed: "Placed") -> dict[str, bool]:
    """What a person should know of a milestone beside how it stands, and whether it is so."""
    m = placed.milestone
    return {
        "原文已无": m.withdrawn,
        "静默推迟": bool(placed.slips),
        "申请办结": m.status == "claimed",
        "申请延期": m.asked is not None and not m.closed,
    }


def print_milestones(found: "list[Placed]") -> None:
    """The milestones as a table; colour says how each stands, and a closed one says how it ended."""
    rows = []
    for p in found:
        m = p.milestone
        how = word(str(m.status if m.closed else p.standing))
        title = m.title + "".join(f"【{mark}】" for mark, applies in marks(p).items() if applies)
        rows.append([m.id, m.item, m.due, None if m.closed else p.days_left, how, title, m.agencies])
    styles = [COLOURS.get(str(p.standing), "") for p in found]
    print_table(rows, COLUMNS, right=["id", "days"], whole=["item", "due", "standing"],
                weights={"title": 3, "agencies": 2}, styles=styles)  # fmt: skip
