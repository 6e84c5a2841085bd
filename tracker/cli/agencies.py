"""agencies: who is reminded where, and by which other names the documents call them."""

import csv
import io
import sys
from pathlib import Path

import click

from ..errors import UsageError
from .output import print_jsonl, put, say
from .session import Session, common_options, pass_session
from .tables import print_table

COLUMNS = {
    "name": "name", "email": "email", "head": "head", "cc": "cc",
    "单位": "name", "名称": "name", "邮箱": "email", "领导邮箱": "head", "抄送": "cc",
}  # fmt: skip


@click.group("agencies")
@common_options
@click.pass_context
def agencies_command(ctx: click.Context) -> None:
    """Who is reminded where."""


@agencies_command.command("list")
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
@common_options
@pass_session
def agencies_list(session: Session, form: str) -> int:
    """The agencies that documents name, with their addresses."""
    from ..jobs import look

    rows = [
        {"name": a.name, "email": a.email, "head": a.head, "cc": a.cc, "aliases": list(a.aliases)}
        for a in look.agencies(session.open())
    ]
    if form == "jsonl":
        print_jsonl(rows)
    else:
        columns = ["name", "email", "head", "cc", "aliases"]
        print_table([[row[c] for c in columns] for row in rows], columns, weights={"email": 2})
    return 0


@agencies_command.command("set")
@click.argument("name")
@click.option("--email", help="Where its digests go; several with commas; '' for none.")
@click.option("--head", help="Its leader's address.")
@click.option("--cc", help="Who gets a copy.")
@common_options
@pass_session
def agencies_set(session: Session, name: str, email: str | None, head: str | None, cc: str | None) -> int:
    """Set an agency's addresses."""
    from ..jobs.agencies import set_addresses

    given = {k: v for k, v in {"email": email, "head": head, "cc": cc}.items() if v is not None}
    if not given:
        raise UsageError("give --email, --head or --cc")
    agency = set_addresses(session.open(), {name: given})[0]
    put(f"{agency.name}: {agency.email or 'no address'}" + (f", cc {agency.cc}" if agency.cc else ""))
    return 0


@agencies_command.command("alias")
@click.argument("alias")
@click.argument("name")
@common_options
@pass_session
def agencies_alias(session: Session, alias: str, name: str) -> int:
    """Let ALIAS mean the agency NAME; what was kept under the alias is merged into it."""
    from ..jobs.agencies import add_alias

    agency = add_alias(session.open(), alias, name)
    put(f"{alias} means {agency.name}; its other names: {'、'.join(agency.aliases)}")
    return 0


@agencies_command.command("import")
@click.argument("file")
@common_options
@pass_session
def agencies_import(session: Session, file: str) -> int:
    """Set addresses from a CSV file with the columns name (单位), email (邮箱), head, cc; - for standard input."""
    from ..jobs.agencies import set_addresses

    rows = read_csv(file)
    try:
        agencies = set_addresses(session.open(), rows)
    except UsageError as error:
        raise UsageError(f"{file}: {error}; nothing was changed") from None
    put(f"{len(agencies)} agencies set")
    if silent := [agency.name for agency in agencies if not agency.email]:
        say(f"without an address: {'、'.join(silent)}")
    return 0


def read_csv(file: str) -> dict[str, dict[str, str]]:
    """{name: {"email": …}} of a CSV file. Raises UnreadableFile, and UsageError that names the line."""
    rows = csv.reader(io.StringIO(read_text(file), newline=""))
    try:
        heading = [COLUMNS.get(column.strip().lower()) for column in next(rows, [])]
        if not {"name", "email"} <= set(heading):
            raise UsageError(f"{file}, line 1: wanted are columns name and email (and head, cc), commas between")
        found: dict[str, dict[str, str]] = {}
        for row in rows:
            given = {column: cell.strip() for column, cell in zip(heading, row, strict=False) if column}
            if not any(given.values()):
                continue
            name = given.pop("name", "")
            if not name:
                raise UsageError(f"{file}, line {rows.line_num}: no name")
            if name in found:
                raise UsageError(f"{file}, line {rows.line_num}: {name} stands in an earlier line already")
            found[name] = given
    except csv.Error as error:
        raise UsageError(f"{file}, line {rows.line_num}: not CSV: {error}") from None
    if not found:
        raise UsageError(f"{file}: no agencies below the heading")
    return found


def read_text(file: str) -> str:
    """The text of a file, or of standard input for -. Raises UnreadableFile."""
    from ..sources import read_file
    from ..sources.encoding import decode

    return decode(sys.stdin.buffer.read() if file == "-" else read_file(Path(file)), file)
