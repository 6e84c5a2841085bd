"""publish: calendars kept up to date on a server."""

from typing import TYPE_CHECKING

import click

from .names import agency_named, agency_option
from .output import print_jsonl, put, say
from .session import Session, common_options, pass_session

if TYPE_CHECKING:
    from ..jobs.publishing import PublishReport

# What was done, in words.
DONE = {"create": "created", "update": "updated", "delete": "deleted", "restore": "restored"}


@click.command("publish")
@click.argument("where", metavar="caldav", type=click.Choice(["caldav"]))
@click.argument("url", required=False)
@agency_option("This agency's calendar (default: the office's and all of [caldav.to]).")
@click.option("--item", metavar="NUMBER", help="This item's (a pilot's) calendar; needs a URL.")
@click.option(
    "--as",
    "kind",
    type=click.Choice(["event", "todo"]),
    default="event",
    show_default=True,
    help="All-day events, or tasks.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--overwrite", is_flag=True, help="Also put what somebody else changed on the server.")
@click.option("--format", "form", type=click.Choice(["text", "jsonl"]), default="text", show_default=True)
@common_options
@pass_session
def publish_command(
    session: Session, where: str, url: str | None, agency: str | None, item: str | None, kind: str, dry_run: bool,
    overwrite: bool, form: str,
) -> int:  # fmt: skip
    """Publish calendars to a CalDAV server: put and delete only what changed since the last time.

    URL is that of a calendar; one that is not there is made. Without it, those that [caldav] names.
    """
    from ..config import is_calendar_url
    from ..errors import UsageError
    from ..jobs import publishing

    if url is not None and not is_calendar_url(url):
        raise UsageError(
            "write the URL of a calendar, https://HOST/…/, without user and password: those are [caldav] user and "
            "password_file"
        )
    engine, config, code = session.open(), session.config, 0
    name = agency_named(engine, agency) if agency else None
    for target in publishing.targets(engine, config, url, name, item, as_todo=kind == "todo"):
        report = publishing.publish(
            engine,
            config,
            target,
            today=session.today,
            clock=lambda: session.now,
            dry_run=dry_run,
            overwrite=overwrite,
        )
        (tell if form == "text" else tell_jsonl)(report, dry_run=dry_run)
        code = max(code, tell_troubles(report))
    return code


def tell(report: "PublishReport", *, dry_run: bool) -> None:
    """What became of a calendar, for a person; of a dry run also each entry."""
    for step in report.done if dry_run else ():
        put(f"{step.action} {step.summary or step.uid}")
    if report.made:
        say(f"{report.url}: {'a new calendar would be made' if dry_run else 'a new calendar'}")
    counts = [f"{number} {said}" for action, said in DONE.items() if (number := report.count(action))]
    counts += [f"{len(report.troubles)} left"] if report.troubles else []
    counts += [f"{report.unchanged} unchanged"] if report.unchanged else []
    if report.stopped_by and not counts:
        return
    put(f"{report.who}: {'would be ' if dry_run and report.done else ''}{', '.join(counts) or 'nothing to do'}")


def tell_jsonl(report: "PublishReport", *, dry_run: bool) -> None:
    """One line an entry that was, or would be, changed or left."""
    rows = [{"action": one.action, "uid": one.uid, "summary": one.summary or None} for one in report.done]
    rows += [{"action": "left", "uid": one.uid, "summary": one.summary or None} for one in report.troubles]
    print_jsonl([{"calendar": report.url, "who": report.who, "done": not dry_run, **row} for row in rows])


def tell_troubles(report: "PublishReport") -> int:
    """What was left as it is and why it ended, and the exit code that this costs."""
    for trouble in report.troubles:
        say(f"{trouble.summary or trouble.uid}: {trouble.words}")
    if any(trouble.theirs for trouble in report.troubles):
        say("what somebody changed on the server was left as it is there; --overwrite puts ours in its place")
    if report.stopped_by is None:
        return int(bool(report.troubles))
    done = f"; {len(report.done)} done before that are recorded" if report.done else ""
    say(f"tracker: {report.stopped_by}{done}")
    return report.stopped_by.exit_code
