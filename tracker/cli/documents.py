"""ingest and documents: reading documents into the database, and what has been read."""

from typing import TYPE_CHECKING

import click

from ..errors import TrackerError, UsageError
from .output import print_jsonl, print_table, say
from .reading import published_option
from .session import Session, common_options, pass_session

if TYPE_CHECKING:
    from ..jobs.ingest import Report


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
    engine, code, look = None, 0, False
    for path in files:
        try:
            source = read(path, key=key, title=title, issuer=issuer, published=published_option(session, published))
            extraction = extract(source)
            engine = engine or session.open()
            report = ingest(
                engine, source, extraction, today=session.today, now=session.now, actor=session.actor, dry_run=dry_run
            )
            tell(report, source.published_as, source.published_from, source.confirmed)
            look |= bool(report.review or report.waiting or report.problems or not source.confirmed)
        except TrackerError as error:
            say(f"tracker: {error}")
            code = max(code, error.exit_code)
    return code or int(look)


def tell(report: "Report", published: str, found: str, confirmed: bool) -> None:
    """The account of a reading, for a person."""
    would = " (dry run: nothing was stored)" if report.dry_run else ""
    click.echo(f"{report.key} 《{report.title}》, published {published} ({found}){would}")
    if not confirmed:
        click.echo(
            "  the date was inferred: confirm it with --published, or published = … in the .toml beside the file"
        )
    counts = report.counts
    click.echo(
        f"  {counts.all} dates = {counts.tracked} tracked + {counts.set_aside} set aside + {counts.waiting} waiting"
    )
    if report.unchanged:
        click.echo("  the same text was read before: nothing changed")
    for name, number in change_counts(report):
        click.echo(f"  {number} {name}")
    if len(report.changes) <= 20 or report.dry_run:
        for change in report.changes:
            click.echo(f"    {describe(change)}")
    for commitment in report.review:
        click.echo(f"  look at: item {commitment.item or '–'}, {commitment.quote[:40]}: {'; '.join(commitment.review)}")
    for sighting in report.waiting:
        click.echo(f"  waits: item {sighting.item or '–'}, …{sighting.context}…: {sighting.reason}")


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
        print_table([[row[c] for c in columns] for row in rows], columns)
    return 0


@documents_command.command("show")
@click.argument("key")
@common_options
@pass_session
def documents_show(session: Session, key: str) -> int:
    """A document with every date in it and what became of it; `promote` takes the ids shown."""
    from ..jobs import look

    document, sightings, milestones = look.document(session.open(), key)
    click.echo(f"{document.key} 《{document.title}》 {document.issuer}")
    confirmed = "" if document.confirmed else ", to be confirmed"
    click.echo(
        f"published {document.published_as} ({document.published_from}{confirmed}), {len(milestones)} milestones"
    )
    print_table([[s.id, s.item, s.quote, s.context, s.fate, s.reason] for s in sightings],
                ["id", "item", "quote", "context", "fate", "reason"], right=["id"])  # fmt: skip
    return 0


@documents_command.command("withdraw")
@click.argument("key")
@click.option("--reason", default="", help="Why it is withdrawn.")
@click.option("--by", help="Who decides (default: the user).")
@common_options
@pass_session
def documents_withdraw(session: Session, key: str, reason: str, by: str | None) -> int:
    """Flag a document's open milestones as withdrawn, for the office to decide."""
    from ..jobs.ingest import withdraw

    ids = withdraw(session.open(), key, day=session.today, now=session.now, actor=by or session.actor, reason=reason)
    click.echo(f"{key}: withdrawn; {len(ids)} open milestones wait for a decision (cancel, or read the document again)")
    return 0
