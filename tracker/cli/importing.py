"""import: a ledger that people wrote in comes back."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from .changing import dry_run_option
from .output import counted, plain, print_jsonl, put, say, shown, word
from .session import Session, common_options, pass_session

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from ..jobs.importing import Import
    from ..jobs.returned import Edit

SHOWN_AT_MOST = 20  # problems: the rest is of the same kind, and a screen holds no more


@click.command("import")
@click.argument("file", metavar="FILE.xlsx|.csv|.json")
@dry_run_option
@click.option("--by", metavar="NAME", help="Who decides (default: the user).")
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
@common_options
@pass_session
def import_command(session: Session, file: str, by: str | None, form: str) -> int:
    """Read back a ledger that `tracker export` wrote and people edited: status, day, progress, note, evidence …

    What changed in it is decided in one transaction; what somebody else has changed meanwhile is listed and left alone
    (exit code 1). Where a cell cannot be read nothing is changed (exit code 2).
    """
    from ..jobs.importing import import_rows
    from ..jobs.returned import find_table, read_rows
    from ..sources import ledgers

    table, problems = find_table(ledgers.read(file))
    if table is None or problems:
        raise refused(file, problems)
    rows, problems = read_rows(table)
    if problems:
        raise refused(file, problems)
    engine = session.open()
    warn_of_new_agencies(engine, rows)
    found = import_rows(
        engine, table, rows, source=Path(file).name, today=session.today, by=by or session.actor, now=session.now
    )  # fmt: skip
    if found.problems:
        raise refused(file, found.problems)
    if form == "jsonl":
        print_jsonl(as_rows(found, session.dry_run))
    else:
        tell(found, session.dry_run)
    return int(bool(found.conflicts))


def refused(file: str, problems: "Iterable[Any]") -> UsageError:
    """The failure of a ledger of which some cells cannot be read: one line each."""
    lines = [shown(str(problem)) for problem in problems]
    rest = [f"… and {len(lines) - SHOWN_AT_MOST} more"] if len(lines) > SHOWN_AT_MOST else []
    return UsageError("\n  ".join([f"{file}: nothing was changed", *lines[:SHOWN_AT_MOST], *rest]))


def warn_of_new_agencies(engine: "Engine", rows: "Iterable[Any]") -> None:
    """Says which agencies nobody named before, and which known ones may be meant."""
    from .correcting import warn_of_new_agencies as warn

    names = {name for row in rows for part in ("agencies", "lead", "support") for name in row.said.get(part, ())}
    warn(engine, {"agencies": sorted(names)})


def tell(found: "Import", dry_run: bool) -> None:
    """Each change and each conflict, a line a field; then how many there were."""
    for edit in found.changes:
        for line in lines(edit):
            put(line)
    for edit in found.conflicts:
        since = "; ".join(f"{e.day} {word(e.action)} ({e.actor})" for e in edit.meanwhile)
        for line in lines(edit):
            say(f"{line} — not changed: since the export {since}")
    would = "would change" if dry_run else "changed"
    ids = len({edit.id for edit in found.changes})
    put(f"{counted(ids, 'milestone')} of {found.rows} {would}, {counted(len(found.conflicts), 'conflict')}")


def lines(edit: "Edit") -> Iterator[str]:
    """What changes: the id, the field, its value before and after."""
    for field, after in edit.after.items():
        before = edit.before[field]
        yield f"{edit.id} {word(field)}: {shown(worded(before))} → {shown(worded(after))}"


def worded(value: Any) -> Any:
    """A status in the language of the person, all else as it is."""
    from ..milestones import Status

    return word(str(value)) if isinstance(value, Status) else value


def as_rows(found: "Import", dry_run: bool) -> Iterator[dict[str, Any]]:
    """A row for each field that differs."""
    for edits, result in ((found.changes, "would change" if dry_run else "changed"), (found.conflicts, "conflict")):
        for edit in edits:
            for field, after in edit.after.items():
                meanwhile = [{"day": plain(e.day), "action": e.action, "by": e.actor} for e in edit.meanwhile]
                yield {"id": edit.id, "field": field, "before": plain(edit.before[field]), "after": plain(after),
                       "result": result, "meanwhile": meanwhile}  # fmt: skip
