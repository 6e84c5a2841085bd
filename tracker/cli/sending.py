"""scan, deliver, digest, run: from what is owed to what was sent."""

from typing import TYPE_CHECKING, Literal

import click

from .changing import dry_run_option
from .ids import ranges
from .names import agency_named, agency_option
from .output import counted, put, put_bytes, say, word
from .session import Session, common_options, pass_session

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from ..jobs.deliver import DeliveryReport
    from ..jobs.scan import ScanReport


@click.command("scan")
@click.option("--force", is_flag=True, help="On a day off, too.")
@dry_run_option
@common_options
@pass_session
def scan_command(session: Session, force: bool) -> int:
    """Decide what is owed on the day and put the digests into the outbox; a second scan adds nothing."""
    from ..jobs.scan import scan

    if session.today > session.clock_day:
        say(f"{session.today} lies ahead: what this scan tells counts as told from that day on, not before")
    engine = session.open()
    report = scan(engine, session.config, today=session.today, now=session.now, force=force)
    tell_scan(report)
    if not session.dry_run:
        tell_others(session, engine, scanned=True)
    return int(bool(report.unreachable) or report.office_unreachable)


def tell_scan(report: "ScanReport") -> None:
    """What a scan decided, for a person."""
    if report.ahead is not None:
        say(f"the last scan was of {report.ahead}, a day to come: it counts for nothing until then")
    for issue in report.issued:
        put(f"{issue.agency or '(office)'} 第{issue.number}期: {issue.subject}")
    if report.opened:
        put(f"{counted(len(report.opened), 'occurrence')} of recurring milestones opened: {ranges(report.opened)}")
    for agency, number in report.unreachable.items():
        waiting = f"{counted(number, 'milestone')} {'waits' if number == 1 else 'wait'}"
        say(f"{agency} has no address: {waiting}; `tracker agencies set {agency} --email …`")
    if report.office_unreachable:
        say("the office has no address ([office] email): its digest was not sent")
    if report.held:
        held = f"{counted(report.held, 'milestone')} {'is' if report.held == 1 else 'are'} held"
        put(f"{report.day} is no working day: {held} until {report.held_until}")
    elif report.withheld:
        reasons = ", ".join(f"{number} {word(reason)}" for reason, number in report.withheld.items())
        put(f"withheld: {reasons}; `tracker why ID --reminders` says until when")
    elif not report.issued:
        put(f"{report.day}: nothing new is owed")


def tell_others(session: Session, engine: "Engine", *, scanned: bool = False) -> None:
    """Asks for the configured URL after a scan, writes the file of figures; a failure of either is only said."""
    from ..errors import TrackerError
    from ..jobs.watch import ask, write_metrics

    try:
        if scanned and session.today == session.clock_day:
            ask(session.config)
    except TrackerError as error:
        say(f"tracker: {error}")
    try:
        write_metrics(engine, session.config, today=session.today, now=session.now)
    except TrackerError as error:
        say(f"tracker: {error}")


@click.command("deliver")
@common_options
@pass_session
def deliver_command(session: Session) -> int:
    """Send what the outbox holds, once each."""
    from ..jobs.chat import send_chats
    from ..jobs.deliver import deliver

    engine = session.open()
    report = deliver(engine, session.config, clock=lambda: session.now, out=click.echo)
    tell_delivery(report)
    chats = send_chats(engine, session.config, clock=lambda: session.now)
    for one in chats.troubles:
        say(f"{one.words}: {one.outcome}: {one.reply}")
    if chats.sent:
        say(f"{counted(len(chats.sent), 'chat message')} sent")
    tell_others(session, engine)
    return 0 if report.complete and not chats.troubles else 1


# What became of messages that are not simply sent, by the report's field.
OUTCOMES = {"refused": "sent, but not to all", "deferred": "deferred", "failed": "failed", "doubtful": "doubtful"}


def tell_delivery(report: "DeliveryReport") -> None:
    """What became of each message, for a person."""
    for outcome, said in OUTCOMES.items():
        for one in getattr(report, outcome):
            again = f", tried again after {one.next_try:%Y-%m-%d %H:%M}Z" if one.next_try else ""
            say(f"{one.id} {one.agency or '(office)'}: {said}: {one.reply}{again}")
    for address, words in report.suspended.items():
        say(f"{address} is suspended, nothing goes there any more: {words}; `tracker agencies set` sets it right")
    if report.stopped_by:
        say(f"stopped: {report.stopped_by}; the rest stays in the outbox")
    printed = sum(one.printed for one in report.sent)
    if printed:
        say(f"{printed} printed, since no mail server is set; what was printed counts as told")
    if not printed or len(report.sent) > printed or report.refused:
        say(f"{len(report.sent) + len(report.refused) - printed} sent")


@click.command("digest")
@agency_option("The agency (default: the office's own digest).")
@click.option("--format", "form", type=click.Choice(["text", "html", "eml", "chat"]), default="text", show_default=True)
@common_options
@pass_session
def digest_command(session: Session, agency: str | None, form: str) -> int:
    """Show the digest that a scan of the day sends, after all that was told before it; record nothing."""
    from .. import render
    from ..jobs import look

    engine, config = session.open(), session.config
    name = agency_named(engine, agency) if agency else None
    digest, milestones = look.digest(engine, config, name, today=session.today)
    if form == "text":
        from rich.console import Console

        console = Console(highlight=False)
        console.print(render.console(digest, config.rules, min(console.width, 100)), soft_wrap=True)
        return 0
    if form == "chat":
        put(render.brief(digest))
        return 0
    message = render.message(digest, milestones, config.rules, office_email=config.office.email)
    data = message.html.encode() if form == "html" else look.specimen(engine, config, digest, message, now=session.now)
    put_bytes(data)
    return 0


@click.command("run")
@click.option(
    "--log", "form", type=click.Choice(["plain", "json"]), help="The form of the log (default: [log] format)."
)
@common_options
@pass_session
def run_command(session: Session, form: 'Literal["plain", "json"] | None') -> int:
    """Scan and deliver on schedule until stopped (docs/running.md has the systemd unit)."""
    from ..errors import UsageError
    from ..scheduler import run

    if session.as_of is not None:
        raise UsageError("--as-of has no meaning for `run`, which lives in the present")
    run(session.config, out=click.echo, form=form)
    return 0
