"""db and doctor: the database, and whether everything is in order."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import TrackerError, UsageError
from .output import counted, print_jsonl, put, say
from .session import Session, common_options, pass_session
from .tables import print_field

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Engine


@click.group("db")
@common_options
@click.pass_context
def db_command(ctx: click.Context) -> None:
    """The database."""


@db_command.command("upgrade")
@common_options
@pass_session
def db_upgrade(session: Session) -> int:
    """Bring the database's schema to this program's."""
    from .. import store

    engine = session.open(upgrading=True)
    before = store.current(engine)
    store.upgrade(engine)
    after = store.current(engine)
    put(f"schema {after}" + ("" if before != after else ": nothing to do"))
    return 0


form_option = click.option(
    "--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True
)


@db_command.command("current")
@form_option
@common_options
@pass_session
def db_current(session: Session, form: str) -> int:
    """The revision of the database's schema."""
    from .. import store

    revision = store.current(session.open(create=False, upgrading=True))
    if form == "jsonl":
        print_jsonl([{"revision": revision}])
        return 0
    put(revision or "no schema yet; `tracker db upgrade` creates it")
    return 0


@db_command.command("check")
@form_option
@common_options
@pass_session
def db_check(session: Session, form: str) -> int:
    """Is the database sound, and its schema this program's? JSON lines are of the faults."""
    from .. import store

    faults = store.check(session.open(create=False))
    if form == "jsonl":
        print_jsonl({"fault": fault} for fault in faults)
        return int(bool(faults))
    for fault in faults:
        say(fault)
    put("the database is sound" if not faults else counted(len(faults), "fault"))
    return int(bool(faults))


@db_command.command("backup")
@click.argument("file")
@common_options
@pass_session
def db_backup(session: Session, file: str) -> int:
    """Copy the database to a new file while others go on using it."""
    from .. import store

    store.backup(session.open(create=False), Path(file))
    put(f"{file}: {Path(file).stat().st_size} bytes, sound")
    return 0


@db_command.command("restore")
@click.argument("file")
@click.option("--replace", is_flag=True, help="Put a database that has data aside, beside the new one.")
@common_options
@pass_session
def db_restore(session: Session, file: str, replace: bool) -> int:
    """Put a backup in the place of the database, all or nothing.

    The backup is checked first. Nobody may have the database open: stop `tracker run`.
    """
    from .. import store
    from ..config import make_data_folder

    make_data_folder(session.config)
    aside = store.restore(Path(file), session.config.database.url, replace=replace, now=session.now)
    engine = session.open(create=False)
    with store.reading(engine) as db:
        rows = store.copying.counts(db)
    put(f"{session.database_file}: restored from {file}: {counted(rows['milestones'], 'milestone')}, "
        f"{rows['history']} entries of their history")  # fmt: skip
    if aside is not None:
        put(f"what was there before: {aside}")
    return 0


@db_command.command("copy")
@click.argument("url")
@form_option
@common_options
@pass_session
def db_copy(session: Session, url: str, form: str) -> int:
    """Copy everything into another, empty database: from SQLite to PostgreSQL, or back.

    \b
    postgresql+psycopg://USER@HOST/NAME   a database that exists, without tables
    sqlite:///FILE                        a new file
    Stop `tracker run` first; afterwards name the new one in [database] url.
    """
    from .. import store

    rows = store.copy(session.open(create=False), url)
    if form == "jsonl":
        print_jsonl({"table": table, "rows": number} for table, number in rows.items())
        return 0
    for table, number in rows.items():
        put(f"{number:9}  {table}")
    put(f"{counted(len(rows), 'table')}, {counted(sum(rows.values()), 'row')}, counted in both")
    return 0


@click.command("doctor")
@click.option("--mail", metavar="ADDRESS", help="Send a test message there.")
@form_option
@common_options
@pass_session
def doctor_command(session: Session, mail: str | None, form: str) -> int:
    """Is everything in order? Each fault with what to do. JSON lines are of the faults and notes."""
    from ..jobs.doctor import Finding, examine
    from ..jobs.watch import write_metrics

    config = session.config
    engine = session.open(create=False)
    if form == "table":
        print_surroundings(session, engine)
    findings = examine(engine, config, today=session.today, now=session.now)
    try:
        write_metrics(engine, config, today=session.today, now=session.now)
    except TrackerError as error:
        findings.append(Finding(str(error)))
    faults = sum(finding.fault for finding in findings)
    if form == "jsonl":
        print_jsonl({"fault": finding.fault, "words": finding.words} for finding in findings)
    for finding in findings if form == "table" else ():
        print_field("FAULT" if finding.fault else "note", finding.words)
    if mail is not None:
        faults += not test_mail(session, mail, put if form == "table" else say)
    if form == "table":
        put("everything is in order" if not faults else counted(faults, "fault"))
    return int(bool(faults))


def print_surroundings(session: Session, engine: "Engine") -> None:
    """What the doctor looks at: the configuration, the database, the clock, the last scan."""
    from .. import store

    config = session.config
    put(f"config      {config.file}")
    put(f"database    {look_at(str(engine.url.render_as_string(hide_password=True)))}")
    put(f"clock       {session.now.astimezone(config.zone):%Y-%m-%d %H:%M:%S} ({config.timezone})")
    with store.reading(engine) as db:
        beat = store.vitals.heartbeat(db)
    if beat:
        put(f"last scan   {beat.at.astimezone(config.zone):%Y-%m-%d %H:%M:%S}, for {beat.day}")


def look_at(url: str) -> str:
    """The database as a person knows it."""
    return url.removeprefix("sqlite:///")


def test_mail(session: Session, address: str, tell: "Callable[[str], None]") -> bool:
    """Sends a test message; whether the server took it."""
    from ..delivery import Sent
    from ..jobs.deliver import test_mail as send

    if "@" not in address:
        raise UsageError(f"--mail {address}: not an address")
    outcome = send(session.config, address, now=session.now)
    taken = isinstance(outcome, Sent) and not outcome.refused
    tell(f"test message to {address}: {'taken' if taken else 'not taken'}: {outcome.reply}")
    return taken
