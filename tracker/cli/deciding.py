"""done, reopen, cancel: what people decide about milestones."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..errors import UnreadableFile, UsageError
from .changing import changing_options, confirmed, result_option, tell_milestones
from .ids import NAMED_BY, Ids
from .names import agency_named, agency_option
from .output import say
from .session import Session, common_options, pass_session

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from ..milestones import Milestone
    from ..store.files import File

FILE_AT_MOST = 20_000_000  # bytes: a scan or some photographs; a database is no archive of films
FILE_NAME = re.compile(  # what says where a file is, or how its content is written
    r"^(~|\.{0,2})/|\.(pdf|ofd|docx?|wps|xlsx?|et|pptx?|csv|txt|jpe?g|png|gif|tiff?|heic|zip|rar|7z|eml|mp4)$",
    re.IGNORECASE,
)
SHORT_CUT = "直接销号（未经申请和核实）"

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
    """Who decides, the day from which it holds, --dry-run and --yes."""
    command = click.option("--by", metavar="NAME", help="Who decides (default: the user).")(command)
    command = click.option("--on", metavar="DATE", help="The day from which it holds (default: the business day).")(
        command
    )
    return changing_options(command)


def reason_option(help: str, *, required: bool = False) -> Callable[[Command], Command]:
    """Why something is decided: where it is given it says something."""

    def spoken(_ctx: click.Context, _option: click.Parameter, reason: str | None) -> str:
        if reason is not None and not reason.strip():
            raise UsageError("--reason says nothing: write why, since the history keeps it")
        return reason or ""

    return click.option("--reason", required=required, help=help, callback=spoken)


def evidence_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """What proves something: words, a link or a file, as often as there is some."""
    option = click.option("--evidence", metavar="TEXT-OR-FILE", multiple=True, help="What proves it; repeatable.")
    return option(command)


def duty_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--all and --only: whether the others that are one duty with the milestones are meant."""
    command = click.option("--only", is_flag=True, help="Without the others that are one duty with them.")(command)
    return click.option("--all", "whole", is_flag=True, help="With all that is one duty with them.")(command)


def proof(given: Sequence[str]) -> "tuple[str, tuple[File, ...]]":
    """Evidence as words, and the files among it. Raises UnreadableFile, UsageError for a file that is too large."""
    from ..store.files import File

    words, files = [], []
    for one in given:
        if not _is_file(one):
            if FILE_NAME.search(one) and "://" not in one:
                raise UnreadableFile(f"{one}: there is no such file; nothing was changed")
            words.append(one)
            continue
        try:
            if (size := Path(one).stat().st_size) > FILE_AT_MOST:
                raise UsageError(
                    f"{one} has {size:,} bytes, evidence at most {FILE_AT_MOST:,}: give a link; nothing was changed"
                )
            files.append(File(Path(one).name, Path(one).read_bytes()))
        except OSError as error:
            raise UnreadableFile(f"{one}: cannot be read: {error.strerror}; nothing was changed") from None
    return "；".join(words), tuple(files)


def _is_file(given: str) -> bool:
    try:
        return Path(given).is_file()
    except (OSError, ValueError):  # too long for a file's name: a text
        return False


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


@click.command("done", epilog=NAMED_BY)
@click.argument("ids", type=Ids(), nargs=-1, required=True)
@click.option("--note", default="", help="A note.")
@evidence_option
@duty_options
@result_option
@decision_options
@common_options
@pass_session
def done_command(
    session: Session,
    ids: tuple[list[int], ...],
    on: str | None,
    by: str | None,
    note: str,
    evidence: tuple[str, ...],
    whole: bool,
    only: bool,
    form: str,
) -> int:
    """Close milestones (销号): all of the ids named, or none. Where closing takes two steps, this cuts them short.

    Where others are one duty with them (`tracker same`), it asks whether all of it is done; a script says --all or
    --only.
    """
    from ..jobs.decide import done
    from .same import with_its_duty

    day, (words, files) = day_option(session, on), proof(evidence)
    wanted, engine, who = confirmed(session, ids), session.open(), by or session.actor
    chosen = with_its_duty(engine, wanted, "closes", whole=whole, only=only)
    reason = SHORT_CUT if session.config.closing.steps == 2 else ""
    closed = done(
        engine, chosen, day=day, by=who, now=session.now, reason=reason, note=note, evidence=words, files=files,
        as_claimed=on is None,
    )  # fmt: skip
    for m, since in begun_after(engine, closed, day):
        say(f"{m.id}: completed on {m.closed_on}, before {since}: is the day right? `tracker reopen {m.id}`")
    tell_milestones(session, form, closed, lambda m: f"{m.id} completed on {m.closed_on}{late_words(m)}: {m.title}")
    return 0


def late_words(m: "Milestone") -> str:
    """By how much a completed milestone was late; nothing where it was in time."""
    late = (m.closed_on - m.due).days if m.closed_on and m.due else 0
    return f", {late} days late" if late > 0 else ""


@click.command("reopen", epilog=NAMED_BY)
@click.argument("ids", type=Ids(closed=True), nargs=-1, required=True)
@reason_option("Why.")
@result_option
@decision_options
@common_options
@pass_session
def reopen_command(
    session: Session, ids: tuple[list[int], ...], reason: str, by: str | None, on: str | None, form: str
) -> int:
    """Open completed or cancelled milestones again."""
    from ..jobs.decide import reopen

    day, wanted = day_option(session, on), confirmed(session, ids)
    found = reopen(session.open(), wanted, day=day, by=by or session.actor, now=session.now, reason=reason)
    tell_milestones(session, form, found, lambda m: f"{m.id} open again: {m.title}")
    return 0


@click.command("ack", epilog=NAMED_BY)
@click.argument("ids", type=Ids(), nargs=-1, required=True)
@click.option("--until", metavar="DATE", required=True, help="The day on which reminders go on; - takes it back.")
@agency_option("Whose reminders pause (default: those of every agency).")
@reason_option("Why.")
@result_option
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
    form: str,
) -> int:
    """Acknowledge milestones (签收): their reminders and sheets pause until a day, which tells what fell meanwhile.

    That it is overdue is told all the same, once, and so is another last day.
    """
    from ..jobs.decide import acknowledge
    from .dates import read_day

    day, last = day_option(session, on), None if until == "-" else read_day(until, session.today, "--until")
    wanted, engine, who = confirmed(session, ids), session.open(), by or session.actor
    name = agency_named(engine, agency) if agency else None
    found = acknowledge(engine, wanted, last, agency=name, day=day, by=who, now=session.now, reason=reason)
    told = (f"acknowledged until {last}" if last else "reminded of again") + (f" ({name})" if name else "")
    tell_milestones(session, form, found, lambda m: f"{m.id} {told}: {m.title}")
    return 0


@click.command("cancel", epilog=NAMED_BY)
@click.argument("ids", type=Ids(), nargs=-1, required=True)
@reason_option("Why it need not be met any more.", required=True)
@click.option("--document", metavar="KEY", help="The document that ends it.")
@result_option
@decision_options
@common_options
@pass_session
def cancel_command(
    session: Session,
    ids: tuple[list[int], ...],
    reason: str,
    document: str | None,
    by: str | None,
    on: str | None,
    form: str,
) -> int:
    """Cancel milestones that need not be met any more."""
    from ..jobs import look
    from ..jobs.decide import cancel

    day, wanted = day_option(session, on), confirmed(session, ids)
    engine, who = session.open(), by or session.actor
    if document is not None:
        look.document(engine, document)  # a key that nobody knows is a mistake
    found = cancel(engine, wanted, reason=reason, day=day, by=who, now=session.now, document=document)
    tell_milestones(session, form, found, lambda m: f"{m.id} cancelled: {m.title}")
    return 0
