"""letter: a 督办通知单 to an agency."""

import sys
from pathlib import Path

import click

from ..errors import UnreadableFile, UsageError
from .exporting import write
from .names import AgencyName, agency_named
from .session import Session, common_options, pass_session


@click.command("letter")
@click.argument("agency", type=AgencyName(), metavar="[AGENCY]", required=False)
@click.option("-o", "--output", metavar="FILE.docx|.pdf", help="Where to write (default: standard output, docx).")
@click.option("--all", "every", is_flag=True, help="All that is open, not only what is overdue or due soon.")
@click.option(
    "--number", default="", metavar="N", help="The letter's running number, or 文号 in full (default: left open)."
)
@click.option("--reply-by", metavar="DATE", help="Until when to answer (default: in 5 working days).")
@click.option("--template", metavar="FILE.docx", help="A template of your own.")
@click.option(
    "--template-out", metavar="FILE.docx", help="Write the template that comes with the program, to change it."
)
@common_options
@pass_session
def letter_command(
    session: Session, agency: str | None, output: str | None, every: bool, number: str, reply_by: str | None,
    template: str | None, template_out: str | None,
) -> int:  # fmt: skip
    """Write a 督办通知单 to an agency: what is overdue or due soon, until when to answer. LibreOffice makes the pdf."""
    from ..jobs import letters
    from .dates import read_day

    if template_out:
        write(letters.template(), template_out)
        return 0
    if agency is None:
        raise UsageError("name the agency: `tracker letter 市住建委 -o FILE.docx`")
    suffix = Path(output or "-").suffix.lower()
    if output not in (None, "-") and suffix not in (".docx", ".pdf"):
        raise UsageError(f"{output}: a letter is written as .docx or .pdf; name such a file")
    if output in (None, "-") and sys.stdout.isatty():
        raise UsageError("a letter is no text for a terminal; name a file: -o FILE.docx or -o FILE.pdf")
    answer = read_day(reply_by, session.today, "--reply-by") if reply_by else None
    if answer is not None and answer <= session.today:
        raise UsageError(f"--reply-by {answer}: that is not after {session.today}; leave time to answer")
    form = own_template(template) if template else letters.template()
    engine, config = session.open(), session.config
    name, placed = letters.matters(engine, config, agency_named(engine, agency), today=session.today, every=every)
    made = letters.write(config, name, placed, form, today=session.today, reply_by=answer, number=number)
    write(letters.as_pdf(made) if suffix == ".pdf" else made, output)
    return 0


def own_template(path: str) -> bytes:
    """The bytes of a template. Raises UnreadableFile."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise UnreadableFile(f"{path}: cannot be read: {error.strerror or error}") from None
