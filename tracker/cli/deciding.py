"""done, reopen, cancel: what people decide about milestones."""

import re
from datetime import date
from pathlib import Path

import click

from ..errors import UsageError
from .session import Session, common_options, pass_session


class Ids(click.ParamType[list[int]]):
    """Milestone ids: 12, 14,15 or the range 12-15."""

    name = "ID"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> list[int]:
        """The ids that a word names."""
        found: list[int] = []
        for part in str(value).split(","):
            m = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", part.strip())
            if m is None:
                self.fail(f"{value!r} is no id; write 12, 12,14 or 12-15", param, ctx)
            first, last = int(m[1]), int(m[2] or m[1])
            if last < first or last - first > 999:
                self.fail(f"{part}: a range goes upwards, over 1000 ids at most", param, ctx)
            found += range(first, last + 1)
        return found


def flat(ids: tuple[list[int], ...]) -> list[int]:
    """The ids of a call, each once, in order."""
    return list(dict.fromkeys(id for some in ids for id in some))


def day_option(session: Session, on: str | None) -> date:
    """The business day of a decision: --on, else the session's; never later than the session's."""
    from .dates import read_day

    if on is None:
        return session.today
    day = read_day(on, session.today, "--on")
    if day > session.today:
        raise UsageError(f"--on {day} lies after {session.today}; a decision cannot hold from a day to come")
    return day


def evidence_text(given: str | None) -> str:
    """Evidence as kept: text as it is, a file by its name, size and SHA-256."""
    import hashlib

    if not given or "\n" in given or len(given) > 255 or not Path(given).is_file():
        return given or ""
    data = Path(given).read_bytes()
    return f"{Path(given).name} ({len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()})"


@click.command("done")
@click.argument("ids", type=Ids(), nargs=-1, required=True)
@click.option("--on", metavar="DATE", help="The day it was done (default: the business day).")
@click.option("--by", help="Who says so (default: the user).")
@click.option("--note", default="", help="A note.")
@click.option("--evidence", metavar="TEXT-OR-FILE", help="What proves it.")
@common_options
@pass_session
def done_command(
    session: Session, ids: tuple[list[int], ...], on: str | None, by: str | None, note: str, evidence: str | None
) -> int:
    """Close milestones (销号): all of the ids named, or none."""
    from ..jobs.decide import done

    closed = done(session.open(), flat(ids), day=day_option(session, on), by=by or session.actor, now=session.now,
                  note=note, evidence=evidence_text(evidence))  # fmt: skip
    for m in closed:
        late = (m.closed_on - m.due).days if m.closed_on and m.due else 0
        click.echo(f"{m.id} completed on {m.closed_on}{f', {late} days late' if late > 0 else ''}: {m.title}")
    return 0


@click.command("reopen")
@click.argument("ids", type=Ids(), nargs=-1, required=True)
@click.option("--reason", default="", help="Why.")
@click.option("--by", help="Who decides (default: the user).")
@click.option("--on", metavar="DATE", help="The day from which it holds (default: the business day).")
@common_options
@pass_session
def reopen_command(session: Session, ids: tuple[list[int], ...], reason: str, by: str | None, on: str | None) -> int:
    """Open completed or cancelled milestones again."""
    from ..jobs.decide import reopen

    opened = reopen(
        session.open(), flat(ids), day=day_option(session, on), by=by or session.actor, now=session.now, reason=reason
    )
    for m in opened:
        click.echo(f"{m.id} open again: {m.title}")
    return 0


@click.command("cancel")
@click.argument("ids", type=Ids(), nargs=-1, required=True)
@click.option("--reason", required=True, help="Why it need not be met any more.")
@click.option("--by", help="Who decides (default: the user).")
@click.option("--on", metavar="DATE", help="The day from which it holds (default: the business day).")
@common_options
@pass_session
def cancel_command(session: Session, ids: tuple[list[int], ...], reason: str, by: str | None, on: str | None) -> int:
    """Cancel milestones that need not be met any more."""
    from ..jobs.decide import cancel

    dropped = cancel(
        session.open(), flat(ids), reason=reason, day=day_option(session, on), by=by or session.actor, now=session.now
    )
    for m in dropped:
        click.echo(f"{m.id} cancelled: {m.title}")
    return 0
