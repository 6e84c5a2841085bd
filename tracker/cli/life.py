"""claim, verify, return, defer, approve, refuse, block, supersede, forecast: what is asked and answered to the end."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from ..milestones.life import GRADES
from .changing import confirmed, result_option, tell_milestones
from .deciding import (
    begun_after,
    day_option,
    decision_options,
    duty_options,
    evidence_option,
    late_words,
    proof,
    reason_option,
)
from .ids import NAMED_BY, Ids, MilestoneId, flat
from .names import agency_named, agency_option
from .output import say
from .same import with_its_duty
from .session import Session, common_options, pass_session

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from ..jobs.life import Said
    from ..milestones import Milestone

Told = tuple["list[Milestone]", "Callable[[Milestone], str]"]  # the milestones, and what became of each


def about(name: str) -> Callable[[Callable[..., Any]], click.Command]:
    """A command about some milestones."""
    ids = click.argument("ids", type=Ids(), nargs=-1, required=True)
    return lambda command: click.command(name, epilog=NAMED_BY)(ids(command))


def decided(
    does: str = "", waiting: "Callable[[Milestone], object] | None" = None
) -> Callable[[Callable[..., Told]], Any]:
    """With what every command takes that changes milestones: `command` gets the database and their ids, and says what
    became of them.

    `does` is what it does to a duty, of which it asks whether all is meant, or all that is `waiting` for it; "" for one
    that does not ask.
    """

    def with_options(command: Callable[..., Told]) -> Callable[..., Any]:
        @wraps(command)
        def told(session: Session, ids: tuple[list[int], ...], form: str, **given: Any) -> int:
            chosen, engine = confirmed(session, ids), session.open()
            if does:
                meant = {name: given.pop(name) for name in ("whole", "only")}
                chosen = with_its_duty(engine, chosen, does, waiting, **meant)
            found, words = command(session, engine, chosen, **given)
            tell_milestones(session, form, found, lambda m: f"{m.id} {words(m)}: {m.title}")
            return 0

        told_of = result_option(decision_options(common_options(pass_session(told))))
        return duty_options(told_of) if does else told_of

    return with_options


def said(session: Session, on: str | None, by: str | None, reason: str = "", note: str = "",
         evidence: tuple[str, ...] = ()) -> "Said":  # fmt: skip
    """What the options of a command say."""
    from ..jobs.life import Said

    words, files = proof(evidence)
    return Said(
        day=day_option(session, on), by=by or session.actor, now=session.now, reason=reason, note=note, evidence=words,
        files=files,
    )  # fmt: skip


@about("claim")
@agency_option("Who has finished (default: who leads, or the only one).")
@click.option("--note", default="", help="A note.")
@evidence_option
@decided("claims")
def claim_command(
    session: Session, engine: "Engine", ids: list[int], agency: str | None, note: str, evidence: tuple[str, ...],
    on: str | None, by: str | None,
) -> Told:  # fmt: skip
    """An agency says that it has finished (申请办结); the office then verifies or returns it.

    Reminders stop meanwhile, and the office's digest names what waits. Where some agencies lead, all of them must
    claim, else all agencies must.
    """
    from ..jobs.life import claim

    def words(m: "Milestone") -> str:
        return "claimed, to be verified" if m.status == "claimed" else "claimed, others still must"

    name = agency_named(engine, agency) if agency else None
    claimed = claim(engine, ids, name, what := said(session, on, by, "", note, evidence))
    for m, since in begun_after(engine, claimed, what.day):
        say(f"{m.id}: claimed on {what.day}, before {since}: is the day right? `tracker undo {m.id}`")
    return claimed, words


@about("verify")
@click.option("--grade", type=click.Choice(GRADES), help="How well it was done.")
@click.option("--note", default="", help="A note.")
@decided("closes")
def verify_command(
    session: Session, engine: "Engine", ids: list[int], grade: str | None, note: str, on: str | None, by: str | None
) -> Told:  # fmt: skip
    """The office confirms what was claimed (销号): completed on the day of the claim, however late it looks at it."""
    from ..jobs.life import verify

    def words(m: "Milestone") -> str:
        return f"completed on {m.closed_on}{late_words(m)}{f', {m.grade}' if m.grade else ''}"

    return verify(engine, ids, grade, said(session, on, by, "", note)), words


@about("return")
@reason_option("Why it is not finished; the agency reads it.", required=True)
@decided("returns", lambda m: m.status == "claimed")
def return_command(
    session: Session, engine: "Engine", ids: list[int], reason: str, on: str | None, by: str | None
) -> Told:
    """The office does not confirm what was claimed (退回): open again, and the next digest tells the agency why."""
    from ..jobs.life import give_back

    return give_back(engine, ids, said(session, on, by, reason)), lambda _: "returned, open again"


@about("defer")
@click.option("--to", metavar="DATE", required=True, help="The last day that is asked for.")
@reason_option("Why the present one cannot be kept.", required=True)
@click.option("--late", is_flag=True, help="Ask though the last day has passed; it is marked.")
@decided("defers")
def defer_command(
    session: Session, engine: "Engine", ids: list[int], to: str, reason: str, late: bool, on: str | None, by: str | None
) -> Told:  # fmt: skip
    """Ask for another last day (延期); the office approves or refuses it. Until then the present one holds."""
    from ..jobs.life import defer
    from .dates import read_day

    last = read_day(to, session.today, "--to")
    found = defer(engine, ids, last, said(session, on, by, reason), late=late)
    return found, lambda m: f"asks to be due on {last} instead of {m.due}"


@about("approve")
@reason_option("A word on it.")
@decided("puts off", lambda m: m.asked)
def approve_command(
    session: Session, engine: "Engine", ids: list[int], reason: str, on: str | None, by: str | None
) -> Told:
    """The office grants the deferral: the last day moves, the first one ever and the number of slips stay on record."""
    from ..jobs.life import approve

    def words(m: "Milestone") -> str:
        slip = m.slips[-1]
        return f"due on {slip.now} instead of {slip.was}, slip {len(m.slips)}"

    return approve(engine, ids, said(session, on, by, reason)), words


@about("refuse")
@reason_option("Why; the agency reads it.", required=True)
@decided("refuses", lambda m: m.asked)
def refuse_command(
    session: Session, engine: "Engine", ids: list[int], reason: str, on: str | None, by: str | None
) -> Told:
    """The office refuses the deferral: the last day stays, and the next digest tells the agency why."""
    from ..jobs.life import refuse

    return refuse(engine, ids, said(session, on, by, reason)), lambda m: f"still due on {m.due}"


@about("block")
@click.option("--for", "blockers", type=Ids(), multiple=True, help="What must be closed first; repeatable.")
@click.option("--none", "nothing", is_flag=True, help="It waits for nothing any more.")
@reason_option("Why.")
@decided()
def block_command(
    session: Session, engine: "Engine", ids: list[int], blockers: tuple[list[int], ...], nothing: bool, reason: str,
    on: str | None, by: str | None,
) -> Told:  # fmt: skip
    """Milestones wait until others are closed: nobody is reminded of them meanwhile, and of the others as ever."""
    from ..jobs.life import block

    if nothing == bool(blockers):
        raise click.UsageError("name what they wait for with --for, or say --none")
    found = block(engine, ids, flat(blockers), said(session, on, by, reason))
    return found, lambda m: f"waits for {', '.join(map(str, m.waits_for)) or 'nothing'}"


@about("supersede")
@click.option("--with", "successor", type=MilestoneId(), required=True, help="The milestone that takes its place.")
@reason_option("Why.")
@decided()
def supersede_command(
    session: Session, engine: "Engine", ids: list[int], successor: int, reason: str, on: str | None, by: str | None
) -> Told:  # fmt: skip
    """Another milestone takes the place of some, which are cancelled."""
    from ..jobs.life import supersede

    found = supersede(engine, ids, successor, said(session, on, by, reason))
    return found, lambda m: f"cancelled, {m.superseded_by} takes its place"


@about("forecast")
@click.option("--day", metavar="DATE", required=True, help="When the agency expects to finish; - takes it back.")
@reason_option("Why.")
@decided()
def forecast_command(
    session: Session, engine: "Engine", ids: list[int], day: str, reason: str, on: str | None, by: str | None
) -> Told:
    """When an agency expects to finish; after the last day that is a warning in the next digests."""
    from ..jobs.life import forecast
    from .dates import read_day

    expected = None if day == "-" else read_day(day, session.today, "--day")

    def words(m: "Milestone") -> str:
        late = (m.forecast - m.due).days if m.forecast and m.due else 0
        return f"expected on {m.forecast}{f', {late} days late' if late > 0 else ''}" if m.forecast else "not forecast"

    return forecast(engine, ids, expected, said(session, on, by, reason)), words


@click.command("evidence")
@click.argument("hash")
@click.option(
    "-o", "--output", metavar="FILE", help="Where it goes (default: its own name, here, where nothing has it)."
)
@common_options
@pass_session
def evidence_command(session: Session, hash: str, output: str | None) -> int:
    """Write a file that was given as evidence, by its hash or the first characters of it."""
    from ..jobs.life import evidence
    from .exporting import write

    file = evidence(session.open(), hash.lower())
    own = Path(file.name).name
    if output is None and Path(own).exists():
        raise UsageError(f"{own} is there already, and is not overwritten: -o FILE says where the evidence goes")
    write(file.data, output or own)
    return 0
