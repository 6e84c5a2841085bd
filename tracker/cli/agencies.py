"""agencies: who is reminded where, and by which other names the documents call them."""

import csv
import sys
from pathlib import Path

import click

from ..errors import UnreadableFile, UsageError
from .output import print_jsonl, print_table
from .session import Session, common_options, pass_session

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
        print_table([[row[c] or "–" for c in columns] for row in rows], columns)
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
    click.echo(f"{agency.name}: {agency.email or 'no address'}" + (f", cc {agency.cc}" if agency.cc else ""))
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
    click.echo(f"{alias} means {agency.name}; its other names: {'、'.join(agency.aliases)}")
    return 0


@agencies_command.command("import")
@click.argument("file")
@common_options
@pass_session
def agencies_import(session: Session, file: str) -> int:
    """Set addresses from a CSV file with the columns name (单位), email (邮箱), head, cc; - for standard input."""
    from ..jobs.agencies import set_addresses

    rows = read_csv(file)
    agencies = set_addresses(session.open(), rows)
    click.echo(f"{len(agencies)} agencies set")
    return 0


def read_csv(file: str) -> dict[str, dict[str, str]]:
    """{name: {"email": …}} of a CSV file. Raises UnreadableFile, and UsageError that names the line."""
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise UnreadableFile(f"{file}: {error.strerror}") from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise UnreadableFile(f"{file}: neither UTF-8 nor GB18030; save it as UTF-8")
    reader = csv.DictReader(text.splitlines())
    names = {
        column: COLUMNS[column.strip().lower()]
        for column in reader.fieldnames or ()
        if column and column.strip().lower() in COLUMNS
    }
    if "name" not in names.values() or "email" not in names.values():
        raise UsageError(f"{file}, line 1: wanted are the columns name and email (and head, cc)")
    found: dict[str, dict[str, str]] = {}
    for row in reader:
        given = {names[c]: (v or "").strip() for c, v in row.items() if c in names}
        if not given.get("name"):
            raise UsageError(f"{file}, line {reader.line_num}: no name")
        found[given.pop("name")] = given
    return found
