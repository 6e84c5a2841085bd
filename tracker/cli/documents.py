"""ingest and documents: reading documents into the database, and what has been read."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from .changing import confirm, dry_run_option
from .deciding import day_option, decision_options, reason_option
from .doubts import doubt
from .ids import ranges
from .many import Tally, many_options, progress, workers
from .output import counted, print_jsonl, put, word
from .paging import paged
from .reading import published_option
from .session import Session, common_options, pass_session
from .tables import print_folded, print_table

if TYPE_CHECKING:
    from ..jobs.coverage import Gaps
    from ..milestones import Milestone
    from ..store.documents import StoredDocument
    from ..store.sightings import StoredSighting


@click.command("ingest")
@click.argument("files", nargs=-1, required=True)
@click.option("--published", metavar="DATE", help="When the documents were published: 2018-08 or 2018-08-15.")
@click.option("--title", help="The document's title.")
@click.option("--issuer", help="Who issued it.")
@click.option("--as", "key", metavar="KEY", help="The key by which a revised document is known again.")
@dry_run_option
@click.option(
    "--report", metavar="FILE", help="Write what changed of documents known before, as a page (.html) or text (.txt)."
)
@many_options
@common_options
@pass_session
def ingest_command(
    session: Session, files: tuple[str, ...], published: str | None, title: str | None, issuer: str | None,
    key: str | None, report: str | None, jobs: int | None, engine: str | None,
) -> int:  # fmt: skip
    """Read documents, reconcile them with what is known, and store the result; each document all or nothing.

    A folder or an archive stands for the documents in it. What was read before and has not changed is not read again.
    """
    from ..jobs.intake import take_in
    from ..jobs.reading import About
    from ..sources import expand
    from .account import tell_file
    from .amended import Amendments

    crew, paths = workers(jobs, engine), list(expand(files))
    if len(paths) > 1 and (key or title):
        raise UsageError("--as and --title name one document; give one file")
    about = About(key, title, issuer, published_option(session, published))
    file, opened = session.database_file, cache(session.open)
    words: dict[str, Any] = {"today": session.today, "actor": session.actor, "dry_run": session.dry_run}
    words |= {"named": {*files}, "fresh": file is not None and not file.exists(), "clock": lambda: session.now}
    tally, unheard = Tally(), None
    amended = None if report is None else Amendments(report)
    with progress(len(paths)) as advance, tally.told(put):
        for found in take_in(opened, paths, about, crew, **words):
            try:
                if amended is not None:
                    amended.take(found)
                tell_file(found, tally, brief=len(paths) > TOLD_IN_FULL)
            except OSError as error:  # nobody reads us any more: the other files are read all the same
                unheard = error
            advance()
    if amended is not None:
        amended.write()
    if unheard is not None:
        raise unheard
    return tally.exit_code


TOLD_IN_FULL = 20  # files: of more, each gets a line


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
        with paged(session):
            print_table([[row[c] for c in columns] for row in rows], columns, whole=columns[2:], weights={"title": 2})
    return 0


@documents_command.command("show")
@click.argument("key")
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
@common_options
@pass_session
def documents_show(session: Session, key: str, form: str) -> int:
    """A document with every date in it and what became of it; `promote` takes the ids shown.

    JSON lines are of the dates.
    """
    from ..jobs import look

    engine = session.open()
    document, sightings, milestones = look.document(engine, key)
    rows = fates(sightings, milestones)
    if form == "jsonl":
        print_jsonl({"document": key, **row} for row in rows)
        return 0
    with paged(session):
        print_document(document, rows, len(milestones), look.gaps(engine, key))
    return 0


def fates(sightings: "Sequence[StoredSighting]", milestones: "Sequence[Milestone]") -> list[dict[str, Any]]:
    """What became of each date of a document, and why."""
    made = milestones_of(sightings, milestones)
    doubts = {m.id: m.stated.review for m in milestones if m.stated and m.to_confirm}
    cancelled = {m.id for m in milestones if m.status == "cancelled"}
    return [
        {
            "id": s.id,
            "item": s.item,
            "quote": s.quote,
            "context": s.context,
            "due": s.due,
            "fate": "cancelled" if made[s.id] and cancelled.issuperset(made[s.id]) else s.fate,
            "milestones": made[s.id],
            "reason": reasons(s, [words for m in made[s.id] for words in doubts.get(m, ())]),
        }
        for s in sightings
    ]


def print_document(document: "StoredDocument", rows: Sequence[dict[str, Any]], milestones: int, gaps: "Gaps") -> None:
    """A document, what became of each of its dates, and what nobody is reminded of."""
    from .account import tell_gaps

    print_folded(f"{document.key} 《{document.title}》 {document.issuer}", rest="  ")
    confirmed = "" if document.confirmed else ", to be confirmed"
    dated = f"published {document.published_as} ({document.published_from}{confirmed}), read from {document.file_name}"
    print_folded(f"{dated}, {counted(milestones, 'milestone')}", rest="  ")
    for problem in document.problems:
        print_folded(f"look at: {problem}", rest="  ")
    print_table(
        [
            [
                row["id"],
                row["item"],
                row["quote"],
                row["context"],
                word(row["fate"]),
                ranges(row["milestones"]),
                row["reason"],
            ]
            for row in rows
        ],
        ["id", "item", "date", "context", "fate", "milestone", "reason"],
        right=["id"],
        whole=["item", "fate", "milestone"],
        weights={"context": 3, "reason": 2},
    )
    tell_gaps(gaps)


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
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
@decision_options
@common_options
@pass_session
def documents_withdraw(session: Session, key: str, reason: str, by: str | None, on: str | None, form: str) -> int:
    """Flag a document's open milestones as withdrawn, for the office to decide."""
    from ..jobs import look
    from ..jobs.ingest import withdraw

    day, engine = day_option(session, on), session.open()
    flagged = sum(not m.closed and not m.withdrawn for m in look.document(engine, key)[2])
    confirm(session, flagged, alone=True)
    ids = withdraw(engine, key, day=day, now=session.now, actor=by or session.actor, reason=reason)
    if form == "jsonl":
        print_jsonl([{"document": key, "withdrawn_on": day, "milestones": ids}])
        return 0
    waiting = f"{counted(len(ids), 'open milestone')} {'waits' if len(ids) == 1 else 'wait'} for a decision"
    put(f"{key}: withdrawn; {waiting} (cancel, or read the document again)")
    return 0
