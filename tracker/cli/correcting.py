"""edit, add, promote: what people correct, and what the extraction could not know."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from .changing import result_option, tell_milestones
from .deciding import Command, begun_after, day_option, decision_options, reason_option
from .ids import DateId, MilestoneId, ranges
from .output import put, say
from .session import Session, common_options, pass_session

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from ..milestones import Milestone
    from ..reminders import Step

PRECISIONS = ["day", "dekad", "month", "quarter", "half", "year", "plan"]
RECURRENCES = ["DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "HALF-YEARLY", "YEARLY"]


def field_options(command: Command) -> Command:
    """The fields of a milestone that a person can set."""
    for option in reversed([
        click.option("--title", help="A short form of the obligation."),
        click.option("--due", metavar="DATE", help="The last acceptable day, or none."),
        click.option("--begin", metavar="DATE", help="The first day of a window."),
        click.option("--precision", type=click.Choice(PRECISIONS), help="How exactly the last day is known."),
        click.option("--agency", "agencies", multiple=True, metavar="NAME", help="A responsible body; repeatable."),
        click.option("--lead", multiple=True, metavar="NAME", help="A body that leads; repeatable."),
        click.option("--support", multiple=True, metavar="NAME", help="A body that supports; repeatable."),
    ]):  # fmt: skip
        command = option(command)
    return command


def ladder(words: str) -> "tuple[Step, ...]":
    """The ladder of one milestone, () for -. Raises UsageError."""
    from ..reminders.steps import parse

    try:
        return () if words.strip() == "-" else parse(words)
    except ValueError as error:
        raise UsageError(f"--remind {words}: {error} is no number of days (7) or working days (3w)") from None


def given_fields(session: Session, given: dict[str, Any]) -> dict[str, Any]:
    """The fields that the options set, dates read."""
    from .dates import precision, read_day

    found = {name: value for name, value in given.items() if value not in (None, ())}
    for name in ("due", "begin"):
        if (words := found.get(name)) is not None:
            found[name] = None if words == "none" else read_day(words, session.today, f"--{name}")
    if given.get("due") and (exact := precision(given["due"], session.today)) not in (None, "day"):
        found.setdefault("precision", exact)
    return found


def warn_of_new_agencies(engine: "Engine", given: Mapping[str, Any]) -> None:
    """Says which agencies nobody named before, and which known ones may be meant."""
    from ..jobs import look

    names = [name for part in ("agencies", "lead", "support") for name in given.get(part, ())]
    for name, similar in look.new_agencies(engine, names).items():
        meant = f"; did you mean {'、'.join(similar)}?" if similar else ""
        say(f"new agency: {name}{meant}")


def warn_of_past_day(session: Session, engine: "Engine", m: "Milestone") -> None:
    """Says where the last day that a person gave is over already, or was so when the document came out."""
    if m.due is None or m.due >= session.today:
        return
    for _, since in begun_after(engine, [m] if m.stated else [], m.due):
        say(f"{m.id}: due {m.due}, before {since}: is the day right?")
        return
    say(f"{m.id}: due {m.due} is past already")


@click.command("edit")
@click.argument("id", type=MilestoneId())
@field_options
@click.option(
    "--remind", metavar="STEPS", help='Days before the last day, such as "30,7,3w,0"; - for its precision\'s.'
)
@reason_option("Why the milestone is corrected.", required=True)
@result_option
@decision_options
@common_options
@pass_session
def edit_command(
    session: Session,
    id: int,
    remind: str | None,
    reason: str,
    by: str | None,
    on: str | None,
    form: str,
    **given: Any,
) -> int:
    """Correct a milestone. A later reading of its document leaves the corrected fields alone."""
    from ..jobs.decide import edit

    day = day_option(session, on)
    changes = given_fields(session, given) | ({} if remind is None else {"remind": ladder(remind)})
    if not changes:
        options = "--due, --title, --agency, --lead, --support, --begin, --precision or --remind"
        raise UsageError(f"nothing to change: give {options}")
    engine = session.open()
    warn_of_new_agencies(engine, changes)
    m = edit(engine, id, changes, reason=reason, day=day, by=by or session.actor, now=session.now)
    tell_milestones(session, form, [m], lambda m: f"{m.id} corrected: {said_of(m)}")
    if "due" in changes:
        warn_of_past_day(session, engine, m)
    if m.series is not None and "due" in changes:
        (put if form == "table" else say)("  only this occurrence; the next one follows the document")
    return 0


@click.command("add")
@field_options
@click.option("--recurrence", type=click.Choice(RECURRENCES), help="How often it is due again.")
@click.option("--document", metavar="KEY", help="The document it belongs to.")
@click.option("--item", help="The item it belongs to.")
@reason_option("Why it is added.")
@result_option
@decision_options
@common_options
@pass_session
def add_command(
    session: Session,
    recurrence: str | None,
    document: str | None,
    item: str | None,
    reason: str,
    by: str | None,
    on: str | None,
    form: str,
    **given: Any,
) -> int:
    """Add a milestone by hand: --title, --due and --agency at least."""
    from ..jobs import look
    from ..jobs.add import Wanted, add

    found = given_fields(session, given)
    if not found.get("title") or "due" not in found:
        raise UsageError("a milestone needs --title and --due (or --due none)")
    found.setdefault("due", None)
    found["agencies"] = tuple(
        dict.fromkeys((*found.get("agencies", ()), *found.get("lead", ()), *found.get("support", ())))
    )
    if found["due"] and not found.get("precision"):
        found["precision"] = "day"
    wanted = Wanted(recurrence=recurrence, document=document, item=item, **found)
    engine, day = session.open(), day_option(session, on)
    warn_of_new_agencies(engine, found)
    m = add(engine, wanted, day=day, by=by or session.actor, now=session.now, reason=reason)
    warn_of_past_day(session, engine, m)
    if twins := look.twins(engine, m):
        say(f"{ranges(twins)}: open with the same title, day and agencies; if {m.id} is one too many, cancel it")
    tell_milestones(session, form, [m], lambda m: f"{m.id} added: {said_of(m)}")
    return 0


def said_of(m: "Milestone") -> str:
    """A milestone in the words that answer a correction."""
    return f"{m.title}, due {m.due or 'undated'}, {'、'.join(m.agencies) or 'no agency'}"


@click.command("promote")
@click.argument("sighting", metavar="DATE-ID|WORDS")
@click.option("--document", metavar="KEY", help="The document in which the words stand.")
@field_options
@reason_option("Why it is one.")
@result_option
@decision_options
@common_options
@pass_session
def promote_command(
    session: Session,
    sighting: str,
    document: str | None,
    reason: str,
    by: str | None,
    on: str | None,
    form: str,
    **given: Any,
) -> int:
    """Make a milestone of a date that was set aside or waits.

    It is named by its id (`tracker documents show KEY`, `tracker review --list`) or by its words, with as much of what
    stands around them as tells it from others.
    """
    from ..jobs.add import promote

    engine, changes = session.open(), given_fields(session, given)
    id = date_id(engine, sighting, document)
    warn_of_new_agencies(engine, changes)
    m = promote(
        engine,
        id,
        changes,
        day=day_option(session, on),
        by=by or session.actor,
        now=session.now,
        reason=reason,
    )
    tell_milestones(session, form, [m], lambda m: f"{m.id} added: {said_of(m)}")
    return 0


def date_id(engine: "Engine", words: str, document: str | None) -> int:
    """The id of a date expression that is named by it, or by its words. Raises UsageError where that is not one."""
    from ..jobs import look

    if re.fullmatch(r"d?\d+", words.strip(), re.ASCII):
        return DateId().convert(words, None, None)
    found = look.untracked(engine, words, document)
    if len(found) != 1:
        several = "; ".join(f"d{one.id} …{one.context}…" for one in found[:5])
        raise UsageError(
            f"{words}: {len(found)} dates have these words; name one by its id: {several}" if found
            else f"{words}: no date that is set aside or waits has these words; `tracker documents show KEY` lists them"
        )  # fmt: skip
    return found[0].id
