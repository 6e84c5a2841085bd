"""export: calendars and ledgers."""

import contextlib
import json
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UnreadableFile, UsageError
from .filters import Filters, filter_options, selected
from .names import agency_named
from .output import counted, csv_text, plain, put_bytes, say, unwritable
from .session import Session, common_options, pass_session

if TYPE_CHECKING:
    from ..jobs.look import Placed
    from ..milestones.remarks import LedgerRow


@click.command("export")
@click.argument("form", metavar="ics|csv|xlsx|json", type=click.Choice(["ics", "csv", "xlsx", "json"]))
@filter_options
@click.option(
    "--as",
    "kind",
    type=click.Choice(["event", "todo"]),
    default="event",
    show_default=True,
    help="ics: all-day events, or tasks.",
)
@click.option(
    "--check",
    is_flag=True,
    help="ics: look for defects, also against what FILE (-o) held before; exit code 1 where there are any.",
)
@click.option("-o", "--output", metavar="FILE", help="Where to write (default: standard output).")
@common_options
@pass_session
def export_command(session: Session, form: str, filters: Filters, kind: str, check: bool, output: str | None) -> int:
    """Export the milestones, closed ones too: a calendar, or a ledger for spreadsheets and programs."""
    from ..jobs import calendars, ledgers, look

    if check and form != "ics":
        raise UsageError("--check looks at calendars: export ics")
    if form == "xlsx" and output in (None, "-") and sys.stdout.isatty():
        raise UsageError("a workbook is no text for a terminal; name a file: -o FILE.xlsx")
    engine, config = session.open(), session.config
    name = agency_named(engine, filters.agency) if filters.agency else None
    placed, _ = selected(session, engine, replace(filters, agency=name, everything=True))
    ids = [p.milestone.id for p in placed]
    of = replace(calendars.whose(engine, config, name, filters.item), ids=frozenset(ids))
    if form == "ics":
        every = look.milestones(engine, config, today=session.today)
        return export_calendar(
            calendars.as_file([p.milestone for p in every], of, config, today=session.today, as_todo=kind == "todo"),
            sum(p.milestone.due is None for p in every if of(p.milestone)),
            check,
            output,
        )
    found = list(zip(placed, ledgers.rows(engine, placed, session.today), strict=True))
    if form == "xlsx":
        from ..render.ledger import workbook

        title = f"{of.who}督查事项台账"
        data = workbook([row for _, row in found], config.rules, session.today, title, config.office.name)
    else:
        data = ledger(found, form)
    write(data, output)
    return 0


def export_calendar(data: bytes, undated: int, check: bool, output: str | None) -> int:
    """Writes a calendar and says what is not in it; 1 where it was to be checked and is not in order."""
    faults = []
    if check:
        from .. import ics

        faults = ics.lint(data, former(output))
    write(data, output)
    if undated:
        say(f"{undated} undated milestones have no place in a calendar and were left out")
    for fault in faults:
        say(str(fault))
    if check:
        say(f"{counted(len(faults), 'defect')} found")
    return int(bool(faults))


def former(output: str | None) -> bytes | None:
    """A file as it is before it is written; None where there is none to be read."""
    if output in (None, "-"):
        return None
    try:
        return Path(str(output)).read_bytes()
    except OSError:
        return None


def ledger(found: "list[tuple[Placed, LedgerRow]]", form: str) -> bytes:
    """The milestones as CSV (with a byte order mark, for spreadsheets) or as one JSON array."""
    from ..milestones.remarks import REMARKS
    from .listing import FIELDS, fields

    rows = [fields(placed) | plain(row.remarks) | {"mark": str(row.mark)} for placed, row in found]
    if form == "json":
        return (json.dumps(rows, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")
    return csv_text(rows, [*FIELDS, *REMARKS, "mark"], "\r\n").encode("utf-8-sig", "replace")


def write(data: bytes, output: str | None) -> None:
    """Writes to a file all or nothing, or to standard output. Raises UnreadableFile where it cannot."""
    if output in (None, "-"):
        put_bytes(data)
        return
    path = Path(str(output))
    if path.is_dir():
        raise UnreadableFile(f"{path}: is a folder; name a file in it")
    if not path.parent.is_dir():
        raise UnreadableFile(f"{path}: the folder {path.parent} does not exist; create it first")
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.chmod(temporary, 0o666 & ~current_umask())
            os.replace(temporary, path)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
    except OSError as error:
        raise unwritable(str(path), error) from None
    say(f"{path}: {len(data)} bytes")


def current_umask() -> int:
    """The permissions that this process withholds from new files."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
