"""ingest and documents: reading documents into the database, and what has been read."""

from typing import TYPE_CHECKING

import click

from ..errors import ConfigError, UnreadableFile, UsageError
from .deciding import day_option, decision_options
from .output import print_jsonl, put, say, word
from .reading import published_option
from .session import Session, common_options, pass_session
from .tables import print_table

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from ..jobs.ingest import Report
    from ..store.sightings import StoredSighting


@click.command("ingest")
@click.argument("files", nargs=-1, required=True)
@click.option("--published", metavar="DATE", help="When the documents were published: 2018-08 or 2018-08-15.")
@click.option("--title", help="The document's title.")
@click.option("--issuer", help="Who issued it.")
@click.option("--as", "key", metavar="KEY", help="The key by which a revised document is known again.")
@click.option("--dry-run", is_flag=True, help="Show what would change; store nothing.")
@common_options
@pass_session
def ingest_command(
    session: Session, files: tuple[str, ...], published: str | None, title: str | None, issuer: str | None,
    key: str | None, dry_run: bool,
) -> int:  # fmt: skip
    """Read documents, reconcile them with what is known, and store the result; each document all or nothing."""
    from ..commitments import extract
    from ..jobs.ingest import ingest
    from ..sources import read

    if len(files) > 1 and (key or title):
        raise UsageError("--as and --title name one document; give one file")
    dated, today = published_option(session, published), session.today
    engine: Engine | None = None
    unheard: OSError | None = None
    code, look = 0, False
    for path in files:
        try:
            source = read(path, key=key, title=title, issuer=issuer, published=dated)
            extraction = extract(source)
            engine = engine or database(session, dry_run)
            report = ingest(
                engine, source, extraction, today=today, now=session.now, actor=session.actor, dry_run=dry_run
            )
        except (UsageError, ConfigError, UnreadableFile) as error:  # of this file; the others may be sound
            say(f"tracker: {error}")
            code = max(code, error.exit_code)
            continue
        look |= bool(
            report.review or report.waiting or report.problems or not source.confirmed or not report.counts.all
        )
        if unheard is None:
            try:
                tell(report, source.published_as, source.published_from, source.confirmed)
            except OSError as error:  # nobody reads us any more: the other files are read all the same
                unheard = error
    if unheard is not None:
        raise unheard
    return code or int(look)


def database(session: Session, dry_run: bool) -> "Engine":
    """The database to read into. A dry run creates none: it compares with what is known, which may be nothing."""
    file = session.database_file
    if dry_run and file is not None and not file.exists():
        from .. import store

        return store.connect("sqlite://")
    return session.open()


def tell(report: "Report", published: str, found: str, confirmed: bool) -> None:
    """The account of a reading, for a person."""
    would = " (dry run: nothing was stored)" if report.dry_run else ""
    put(f"{report.key} 《{report.title}》, published {published} ({found}){would}")
    if not confirmed:
        put("  the date was inferred: confirm it with --published, or published = … in the .toml beside the file")
    counts = report.counts
    put(f"  {counts.all} dates = {counts.tracked} tracked + {counts.set_aside} set aside + {counts.waiting} waiting")
    if not counts.all:
        put("  no date stands in it, so nothing is tracked: is it the right document, and whole?")
    if report.unchanged:
        put("  the same text was read before: nothing changed")
    for name, number in change_counts(report):
        put(f"  {number} {name}")
    if len(report.changes) <= 20 or report.dry_run:
        for change in report.changes:
            put(f"    {describe(change)}")
    for commitment in report.review:
        put(f"  look at: item {commitment.item or '–'}, {commitment.quote[:40]}: {'; '.join(commitment.review)}")
    for sighting in report.waiting:
        put(f"  waits: item {sighting.item or '–'}, …{sighting.context}…: {sighting.reason}")


def change_counts(report: "Report") -> list[tuple[str, int]]:
    """How many milestones were added, moved and so on; nothing for what did not occur."""
    kinds = [type(change).__name__.lower() for change in report.changes]
    found = [(f"milestones {kind}", kinds.count(kind)) for kind in dict.fromkeys(kinds)]
    return [*found, *([("later occurrences opened", len(report.opened))] if report.opened else [])]


def describe(change: object) -> str:
    """One change on one line."""
    kind = type(change).__name__
    commitment = getattr(change, "commitment", None)
    milestone = getattr(change, "milestone", None)
    if milestone is None and commitment is not None:
        return f"{kind}: {commitment.due or 'undated'} {commitment.quote[:50]}"
    was = f"{milestone.id}: {milestone.due or 'undated'}" if milestone else ""
    now = (
        f" → {commitment.due or 'undated'} {commitment.quote[:50]}"
        if commitment
        else f" {milestone.title if milestone else ''}"
    )
    return f"{kind}: {was}{now}"


@click.group("documents")
@common_options
@click.pass_context
def documents_command(ctx: click.Context) -> None:
    """What has been read."""


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

    document, sightings, milestones = look.document(session.open(), key)
    put(f"{document.key} 《{document.title}》 {document.issuer}")
    confirmed = "" if document.confirmed else ", to be confirmed"
    put(f"published {document.published_as} ({document.published_from}{confirmed}), {len(milestones)} milestones")
    for problem in document.problems:
        put(f"look at: {problem}")
    print_table(
        [[s.id, s.item, s.quote, s.context, became(s), s.reason] for s in sightings],
        ["id", "item", "quote", "context", "fate", "reason"],
        right=["id"],
        whole=["item", "fate"],
        weights={"context": 3, "reason": 2},
    )
    return 0


def became(sighting: "StoredSighting") -> str:
    """What became of a date expression, with the milestone that a person made of it."""
    return word(sighting.fate) + (f" {sighting.milestone}" if sighting.milestone else "")


@documents_command.command("withdraw")
@click.argument("key")
@click.option("--reason", default="", help="Why it is withdrawn.")
@decision_options
@common_options
@pass_session
def documents_withdraw(session: Session, key: str, reason: str, by: str | None, on: str | None) -> int:
    """Flag a document's open milestones as withdrawn, for the office to decide."""
    from ..jobs.ingest import withdraw

    day = day_option(session, on)
    ids = withdraw(session.open(), key, day=day, now=session.now, actor=by or session.actor, reason=reason)
    put(f"{key}: withdrawn; {len(ids)} open milestones wait for a decision (cancel, or read the document again)")
    return 0
