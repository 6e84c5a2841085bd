"""agencies: who is reminded where, and by which other names the documents call them."""

import csv
import io
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from .changing import confirm, dry_run_option, result_option, yes_option
from .correcting import warn_of_new_agencies
from .names import AgencyName
from .output import counted, print_jsonl, put, say, word
from .paging import paged
from .session import Session, common_options, pass_session
from .tables import print_table

if TYPE_CHECKING:
    from ..store.agencies import Agency

COLUMNS = {
    "name": ("name", "agency", "单位", "名称", "单位名称", "责任单位", "部门", "部门名称"),
    "email": ("email", "e-mail", "mail", "邮箱", "电子邮箱", "单位邮箱", "邮件", "电子邮件", "邮箱地址"),
    "head": ("head", "领导邮箱", "领导", "负责人邮箱"),
    "cc": ("cc", "抄送", "抄送邮箱"),
    "cadence": ("cadence", "频次", "提醒频次"),
}
COLUMN = {heading: column for column, headings in COLUMNS.items() for heading in headings}
ADDRESSES = ("email", "head", "cc")
DELIMITERS = ",;\t，；"


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

    rows = [fields(agency) for agency in look.agencies(session.open())]
    if form == "jsonl":
        print_jsonl(rows)
        return 0
    some = [column for column in ("head", "cc", "cadence", "aliases", "members") if any(row[column] for row in rows)]
    columns = ["name", "email", *some]
    with paged(session):
        print_table([[told(row, c) for c in columns] for row in rows], columns, weights={"email": 2})
    return 0


def fields(agency: "Agency") -> dict[str, Any]:
    """An agency in the fields that outside programs rely on."""
    return {
        "name": agency.name,
        "email": agency.email,
        "head": agency.head,
        "cc": agency.cc,
        "aliases": list(agency.aliases),
        "members": list(agency.members),
        "cadence": agency.cadence or None,
        "suspended": list(agency.suspended),
    }


def tell(form: str, agencies: "Iterable[Agency]", words: str) -> None:
    """What became of agencies: in words, or for programs the fields of `agencies list`."""
    if form == "jsonl":
        print_jsonl(map(fields, agencies))
    else:
        put(words)


def told(row: Mapping[str, Any], column: str) -> Any:
    """A cell for a person: an address to which nothing goes says so."""
    from ..config import separate

    if column not in ADDRESSES:
        return row[column]
    mark = f"（{word('suspended')}）"
    return "、".join(one + mark * (one.lower() in row["suspended"]) for one in separate(row[column]))


@agencies_command.command("set")
@click.argument("name", type=AgencyName())
@click.option("--email", help="Where its digests go; several with commas; '' for none.")
@click.option("--head", help="Its leader's address.")
@click.option("--cc", help="Who gets a copy.")
@click.option(
    "--cadence",
    type=click.Choice(["daily", "weekly", "immediate", "default"]),
    help="How often it is told: daily; weekly; immediate: nothing ahead of the last day; default: as configured.",
)
@result_option
@dry_run_option
@common_options
@pass_session
def agencies_set(
    session: Session, name: str, email: str | None, head: str | None, cc: str | None, cadence: str | None, form: str
) -> int:
    """Set an agency's addresses, and how often it is told; one of them that is suspended is tried again."""
    from ..jobs.agencies import set_addresses, unheard

    said = {"email": email, "head": head, "cc": cc, "cadence": cadence}
    given = {k: v for k, v in said.items() if v is not None}
    if not given:
        raise UsageError("give --email, --head, --cc or --cadence")
    engine = session.open()
    warn_of_new_agencies(engine, {"agencies": (name,)})
    agency = set_addresses(engine, {name: given}, confirmed=True)[0]
    if unheard(engine, [agency])[0]:
        say(f"no milestone names {agency.name}; `tracker agencies alias` tells who is meant")
    beside = (("head", agency.head), ("cc", agency.cc), ("told", agency.cadence))
    tell(form, [agency], "; ".join([f"{agency.name}: {agency.email or 'no address'}",
                                    *(f"{k} {v}" for k, v in beside if v)]))  # fmt: skip
    return 0


@agencies_command.command("alias")
@click.argument("alias")
@click.argument("name", type=AgencyName())
@result_option
@dry_run_option
@yes_option
@common_options
@pass_session
def agencies_alias(session: Session, alias: str, name: str, form: str) -> int:
    """Let ALIAS mean the agency NAME; what was kept under the alias is merged into it."""
    from ..jobs.agencies import add_alias, of_agency

    engine = session.open()
    confirm(session, len(of_agency(engine, alias)), alone=True)
    agency = add_alias(engine, alias, name, day=session.today, by=session.actor, now=session.now)
    tell(form, [agency], f"{alias} means {agency.name}; its other names: {'、'.join(agency.aliases)}")
    return 0


@agencies_command.command("members")
@click.argument("group", type=AgencyName())
@click.argument("names", type=AgencyName(), nargs=-1, required=True, metavar="NAME...")
@result_option
@dry_run_option
@common_options
@pass_session
def agencies_members(session: Session, group: str, names: tuple[str, ...], form: str) -> int:
    """Let GROUP, such as 各区县人民政府, stand for these agencies.

    Each is told what the group is; - for none.
    """
    from ..jobs.agencies import set_members

    agency = set_members(session.open(), group, () if names == ("-",) else names)
    tell(form, [agency], f"{agency.name}: {'、'.join(agency.members) or 'no members'}")
    return 0


@agencies_command.command("import")
@click.argument("file")
@result_option
@dry_run_option
@common_options
@pass_session
def agencies_import(session: Session, file: str, form: str) -> int:
    """Set addresses from a table with a heading; - reads standard input.

    \b
    Its columns: name (单位), email (邮箱), head (领导邮箱), cc (抄送),
    cadence (频次). Others are passed over, which is said.

    Commas, semicolons or tabs stand between them.
    """
    from ..jobs.agencies import set_addresses, unheard

    engine, rows = session.open(), read_csv(file)
    try:
        agencies = set_addresses(engine, rows)
    except UsageError as error:
        raise UsageError(f"{file}: {error}; nothing was changed") from None
    tell(form, agencies, f"{counted(len(agencies), 'agency')} set")
    if silent := [agency.name for agency in agencies if not agency.email]:
        say(f"without an address: {'、'.join(silent)}")
    unnamed, left = unheard(engine, agencies)
    if unnamed:
        say(f"in no document: {'、'.join(unnamed)}; `tracker agencies alias` tells who is meant")
    if left:
        say(f"{counted(left, 'agency')} of the documents without an address: `tracker agencies list`")
    return 0


def read_csv(file: str) -> dict[str, dict[str, str]]:
    """{name: {"email": …}} of a CSV file. Raises UnreadableFile, and UsageError that names the line."""
    text = read_text(file)
    first = text.partition("\n")[0].strip()
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=first.count))
    try:
        named = next(rows, [])
        heading = [COLUMN.get(column.strip().lower()) for column in named]
        if not {"name", "email"} <= set(heading):
            raise UsageError(
                f"{file}, line 1: wanted are columns name and email (and head, cc), "
                f"表头须有 单位,邮箱（可加 领导邮箱,抄送）; found: {first[:60]}"
            )
        if unread := [name.strip() for name, column in zip(named, heading, strict=True) if name.strip() and not column]:
            say(f"passed over: {'、'.join(unread)}")
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
