"""ingest and documents: reading documents into the database, and what has been read."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from .deciding import day_option, decision_options, reason_option
from .doubts import doubt
from .ids import ranges
from .many import Tally, many_options, progress, workers
from .output import counted, print_jsonl, put, word
from .reading import published_option
from .session import Session, common_options, pass_session
from .tables import print_folded, print_table

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from ..milestones import Milestone
    from ..store.sightings import StoredSighting


@click.command("ingest")
@click.argument("files", nargs=-1, required=True)
@click.option("--published", metavar="DATE", help="When the documents were published: 2018-08 or 2018-08-15.")
@click.option("--title", help="The document's title.")
@click.option("--issuer", help="Who issued it.")
@click.option("--as", "key", metavar="KEY", help="The key by which a revised document is known again.")
@click.option("--dry-run", is_flag=True, help="Show what would change; store nothing.")
@many_options
@common_options
@pass_session
def ingest_command(
    session: Session, files: tuple[str, ...], published: str | None, title: str | None, issuer: str | None,
    key: str | None, dry_run: bool, jobs: int | None, engine: str | None,
) -> int:  # fmt: skip
    """Read documents, reconcile them with what is known, and store the result; each document all or nothing.

    A folder or an archive stands for the documents in it. What was read before and has not changed is not read again.
    """
    from ..jobs.intake import take_in
    from ..jobs.reading import About
    from ..sources import expand
    from .account import tell_file

    crew, paths = workers(jobs, engine), list(expand(files))
    if len(paths) > 1 and (key or title):
        raise UsageError("--as and --title name one document; give one file")
    about = About(key, title, issuer, published_option(session, published))
    file, opened = session.database_file, cache(lambda: database(session, dry_run))
    words: dict[str, Any] = {"today": session.today, "actor": session.actor, "dry_run": dry_run}
    words |= {"named": {*files}, "fresh": file is not None and not file.exists(), "clock": lambda: session.now}
    tally, unheard = Tally(), None
    with progress(len(paths)) as advance, tally.told(put):
        for found in take_in(opened, paths, about, crew, **words):
            try:
                tell_file(found, tally, brief=len(paths) > TOLD_IN_FULL)
            except OSError as error:  # nobody reads us any more: the other files are read all the same
                unheard = error
            advance()
    if unheard is not None:
        raise unheard
    return tally.exit_code


TOLD_IN_FULL = 20  # files: of more, each gets a line


def database(session: Session, dry_run: bool) -> "Engine":
    """The database to read into. A dry run creates none: it compares with what is known, which may be nothing."""
    file = session.database_file
    if dry_run and file is not None and not file.exists():
        from .. import store

        return store.connect("sqlite://")
    return session.open()


@click.group("documents", invoke_without_command=True)
@common_options
@click.pass_context
def documents_command(ctx: click.Context) -> None:
    """What has been read; without a subcommand, the list."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(documents_list)


@documents_command.command("list")
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
@common_options
@pass_session
def documents_list(session: Session, form: str) -> int:
    """The documents that were read."""
    from ..jobs import look

    found = look.documents(session.open())
    rows = [
        {"key": d.key, "title": d.title, "issuer": d.issuer, "published": d.published_as, "confirmed": d.confirmed,
         "read_at": d.read_at, "withdrawn_on": d.withdrawn_on} for d in found
    ]  # fmt: skip
    if form == "jsonl":
        print_jsonl(rows)
    else:
        columns = ["key", "title", "published", "confirmed", "withdrawn_on"]
        print_table([[row[c] for c in columns] for row in rows], columns, whole=columns[2:], weights={"title": 2})
    return 0


@documents_command.command("show")
@click.argument("key")
@common_options
@pass_session
def documents_show(session: Session, key: str) -> int:
    """A document with every date in it and what became of it; `promote` takes the ids shown."""
    from ..jobs import look
    from .account import tell_gaps

    engine = session.open()
    document, sightings, milestones = look.document(engine, key)
    made = milestones_of(sightings, milestones)
    doubts = {m.id: m.stated.review for m in milestones if m.stated and m.to_confirm}
    cancelled = {m.id for m in milestones if m.status == "cancelled"}
    fates = {s.id: "cancelled" if made[s.id] and cancelled.issuperset(made[s.id]) else s.fate for s in sightings}
    why = {s.id: reasons(s, [words for m in made[s.id] for words in doubts.get(m, ())]) for s in sightings}
    print_folded(f"{document.key} 《{document.title}》 {document.issuer}", rest="  ")
    confirmed = "" if document.confirmed else ", to be confirmed"
    dated = f"published {document.published_as} ({document.published_from}{confirmed}), read from {document.file_name}"
    print_folded(f"{dated}, {counted(len(milestones), 'milestone')}", rest="  ")
    for problem in document.problems:
        print_folded(f"look at: {problem}", rest="  ")
    print_table(
        [[s.id, s.item, s.quote, s.context, word(fates[s.id]), ranges(made[s.id]), why[s.id]] for s in sightings],
        ["id", "item", "date", "context", "fate", "milestone", "reason"],
        right=["id"],
        whole=["item", "fate", "milestone"],
        weights={"context": 3, "reason": 2},
    )
    tell_gaps(look.gaps(engine, key))
    return 0


def reasons(sighting: "StoredSighting", doubts: Sequence[str]) -> str:
    """Why a date was set aside or waits, and what a person should look at in the milestones that it led to."""
    return "; ".join(dict.fromkeys(map(doubt, filter(None, [sighting.reason, *doubts]))))


def milestones_of(sightings: "Sequence[StoredSighting]", milestones: "Sequence[Milestone]") -> "dict[int, list[int]]":
    """The ids of the milestones that each tracked date expression led to, by the id of the sighting."""
    from ..commitments import origins

    found: dict[int, list[int]] = {s.id: [s.milestone] if s.milestone else [] for s in sightings}
    read = [s for s in sightings if s.fate == "tracked" and not s.milestone]
    stated = {m.id: m.stated for m in milestones if m.stated}
    places = origins(stated.values(), [(s.quote, s.item, s.start) for s in read])
    for id, place in zip(stated, places, strict=True):
        if place is not None:
            found[read[place].id].append(id)
    return found


@documents_command.command("withdraw")
@click.argument("key")
@reason_option("Why it is withdrawn.")
@decision_options
@common_options
@pass_session
def documents_withdraw(session: Session, key: str, reason: str, by: str | None, on: str | None) -> int:
    """Flag a document's open milestones as withdrawn, for the office to decide."""
    from ..jobs.ingest import withdraw

    day = day_option(session, on)
    ids = withdraw(session.open(), key, day=day, now=session.now, actor=by or session.actor, reason=reason)
    waiting = f"{counted(len(ids), 'open milestone')} {'waits' if len(ids) == 1 else 'wait'} for a decision"
    put(f"{key}: withdrawn; {waiting} (cancel, or read the document again)")
    return 0
