"""done, reopen, cancel: what people decide about milestones."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..errors import UnreadableFile, UsageError
from .ids import Ids, flat
from .output import put, say
from .session import Session, common_options, pass_session

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from ..milestones import Milestone

Command = TypeVar("Command", bound=Callable[..., Any])


def day_option(session: Session, on: str | None) -> date:
    """The business day of a decision: --on, else the session's; never later than the session's."""
    from .dates import read_day

    if on is None:
        return session.today
    day = read_day(on, session.today, "--on")
    if day > session.today:
        raise UsageError(f"--on {day} lies after {session.today}; a decision cannot hold from a day to come")
    return day


def decision_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Who decides, and the day from which it holds."""
    command = click.option("--by", metavar="NAME", help="Who decides (default: the user).")(command)
    return click.option("--on", metavar="DATE", help="The day from which it holds (default: the business day).")(
        command
    )


def reason_option(help: str, *, required: bool = False) -> Callable[[Command], Command]:
    """Why something is decided: where it is given it says something."""

    def spoken(_ctx: click.Context, _option: click.Parameter, reason: str | None) -> str:
        if reason is not None and not reason.strip():
            raise UsageError("--reason says nothing: write why, since the history keeps it")
        return reason or ""

    return click.option("--reason", required=required, help=help, callback=spoken)


def evidence_text(given: str | None) -> str:
    """Evidence as kept: text as it is, a file by its name, size and SHA-256. Raises UnreadableFile."""
    try:
        if not given or not Path(given).is_file():
            return given or ""
    except (OSError, ValueError):  # too long for a file's name: a text
        return given or ""
    digest, size = hashlib.sha256(), 0
    try:
        with Path(given).open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
                size += len(block)
    except OSError as error:
        raise UnreadableFile(f"{given}: cannot be read: {error.strerror}; nothing was changed") from None
    return f"{Path(given).name} ({size} bytes, sha256 {digest.hexdigest()})"


def begun_after(engine: "Engine", milestones: "Sequence[Milestone]", day: date) -> "Iterator[tuple[Milestone, str]]":
    """Those that began after `day`, with what began then: publication of the document, else adding by hand."""
    from ..jobs import look

    if not any(day < m.tracked_from for m in milestones):
        return
    published = look.published(engine)
    for m in milestones:
        first = published.get(m.document or "", m.tracked_from) if m.stated else m.tracked_from
        if day < first:
            yield m, f"{'its document was published' if m.stated else 'it was added'} ({first})"


@click.command("done")
@click.argument("ids", type=Ids(), nargs=-1, required=True)
@click.option("--note", default="", help="A note.")
@click.option("--evidence", metavar="TEXT-OR-FILE", help="What proves it.")
@decision_options
@common_options
@pass_session
def done_command(
    session: Session, ids: tuple[list[int], ...], on: str | None, by: str | None, note: str, evidence: str | None
) -> int:
    """Close milestones (销号): all of the ids named, or none."""
    from ..jobs.decide import done

    day, proof = day_option(session, on), evidence_text(evidence)
    engine = session.open()
    closed = done(engine, flat(ids), day=day, by=by or session.actor, now=session.now, note=note, evidence=proof)
    for m, since in begun_after(engine, closed, day):
        say(f"{m.id}: completed on {day}, before {since}: is the day right? `tracker reopen {m.id}`")
    for m in closed:
        late = (m.closed_on - m.due).days if m.closed_on and m.due else 0
        put(f"{m.id} completed on {m.closed_on}{f', {late} days late' if late > 0 else ''}: {m.title}")
    return 0


@click.command("reopen")
@click.argument("ids", type=Ids(), nargs=-1, required=True)
@reason_option("Why.")
@decision_options
@common_options
@pass_session
def reopen_command(session: Session, ids: tuple[list[int], ...], reason: str, by: str | None, on: str | None) -> int:
    """Open completed or cancelled milestones again."""
    from ..jobs.decide import reopen

    day = day_option(session, on)
    for m in reopen(session.open(), flat(ids), day=day, by=by or session.actor, now=session.now, reason=reason):
        put(f"{m.id} open again: {m.title}")
    return 0


@click.command("ack")
@click.argument("ids", type=Ids(), nargs=-1, required=True)
@click.option("--until", metavar="DATE", required=True, help="The day on which reminders go on; - takes it back.")
@click.option("--agency", metavar="NAME", help="Whose reminders pause (default: those of every agency).")
@reason_option("Why.")
@decision_options
@common_options
@pass_session
def ack_command(
    session: Session,
    ids: tuple[list[int], ...],
    until: str,
    agency: str | None,
    reason: str,
    by: str | None,
    on: str | None,
) -> int:
    """Acknowledge milestones (签收): their reminders and sheets pause until a day, which tells what fell meanwhile.

    That it is overdue is told all the same, once, and so is another last day.
    """
    from ..jobs.decide import acknowledge
    from .dates import read_day

    day, last = day_option(session, on), None if until == "-" else read_day(until, session.today, "--until")
    engine = session.open()
    who = by or session.actor
    for m in acknowledge(engine, flat(ids), last, agency=agency, day=day, by=who, now=session.now, reason=reason):
        told = f"acknowledged until {last}" if last else "reminded of again"
        put(f"{m.id} {told}{f' ({agency})' if agency else ''}: {m.title}")
    return 0


@click.command("cancel")
@click.argument("ids", type=Ids(), nargs=-1, required=True)
@reason_option("Why it need not be met any more.", required=True)
@decision_options
@common_options
@pass_session
def cancel_command(session: Session, ids: tuple[list[int], ...], reason: str, by: str | None, on: str | None) -> int:
    """Cancel milestones that need not be met any more."""
    from ..jobs.decide import cancel

    day = day_option(session, on)
    for m in cancel(session.open(), flat(ids), reason=reason, day=day, by=by or session.actor, now=session.now):
        put(f"{m.id} cancelled: {m.title}")
    return 0
