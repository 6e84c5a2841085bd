"""extract and timex: what would be read, without any database."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from .doubts import doubt as doubt_words
from .many import Tally, many_options, progress, workers
from .output import print_jsonl, put_bytes, say, word
from .paging import paged
from .rows import ROWS, Shown, account, needs_look, show
from .session import Session, common_options, pass_session
from .tables import print_table

if TYPE_CHECKING:
    from ..jobs.reading import Failure


@click.command("extract")
@click.argument("files", nargs=-1, required=True)
@click.option("--published", metavar="DATE", help="When the documents were published: 2018-08 or 2018-08-15.")
@click.option("--what", type=click.Choice([*ROWS]), default="commitments", show_default=True)
@click.option("--format", "form", type=click.Choice(["table", "jsonl", "html"]), default="table", show_default=True)
@click.option("-o", "--output", metavar="FILE", help="html: where to write the page (default: standard output).")
@many_options
@common_options
@pass_session
def extract_command(
    session: Session, files: tuple[str, ...], published: str | None, what: str, form: str, output: str | None,
    jobs: int | None, engine: str | None,
) -> int:  # fmt: skip
    """Read documents and show what would be tracked; as html, one document with every date in it marked.

    A folder or an archive stands for the documents in it.
    """
    from functools import partial

    from ..jobs.reading import About, Failure, File, read_files
    from ..sources import expand

    if form == "html":
        return write_page(session, files, published, output)
    if output is not None:
        raise UsageError("-o belongs to --format html; write `> FILE` for the others")
    crew, about = workers(jobs, engine), About(published=published_option(session, published))
    paths = list(expand(files))
    size = crew.batch(len(paths))
    batches = ([File(path) for path in paths[at : at + size]] for at in range(0, len(paths), size))
    tally, rows = Tally(), list[dict[str, Any]]()
    with progress(len(paths), shown=form == "table" or not sys.stdout.isatty()) as advance, tally.told(say):
        for batch in read_files(batches, about, partial(show, what=what, form=form), crew):
            for file, found in batch:
                tell_shown(file.path, found, tally)
                rows += [] if isinstance(found, Failure) else found.rows
                advance()
    if form == "table" and (rows or not tally.code):
        columns = TABLES[what]
        with paged(session):
            print_table([[row.get(key) for key in columns] for row in rows], columns, whole=WHOLE, weights=WEIGHTS)
    return tally.exit_code


WHOLE = ["item", "due", "end", "role"]
WEIGHTS = {"value": 2, "quote": 3, "context": 4, "title": 3, "reason": 2, "agencies": 2}
TABLES = {
    "commitments": ["item", "due", "timex", "quote", "agencies"],
    "timexes": ["item", "quote", "value", "mod", "end", "role", "context"],
    "items": ["item", "title", "agencies", "lead"],
    "set-aside": ["item", "quote", "context", "reason"],
    "review": ["item", "quote", "context", "reason"],
}


def tell_shown(path: str, found: "Shown | Failure", tally: Tally) -> None:
    """What was found in a file, and its account; a table is printed at the end."""
    if isinstance(found, Shown):
        for line in found.said:
            say(line)
        if found.doubt:
            say(f"{path}: {found.doubt}; confirm with --published")
        put_bytes(found.lines)
        tally.document(found.commitments, Counter(found.fates), found.to_look_at)
    else:
        say(f"tracker: {found.message}")
        tally.failure(found.exit_code)


def write_page(session: Session, files: tuple[str, ...], published: str | None, output: str | None) -> int:
    """Writes the page of one document. Raises UsageError for several."""
    from ..commitments import extract
    from ..render.document import page
    from ..sources import expand, read
    from .exporting import write

    paths = list(expand(files))
    if len(paths) != 1:
        raise UsageError("--format html makes the page of one document; call it once for each file")
    source = read(paths[0], published=published_option(session, published))
    extraction = extract(source)
    write(page(source, extraction).encode("utf-8", "replace"), output)
    for line in account(source.key, extraction):
        say(line)
    return int(needs_look(extraction) or not source.confirmed)


def published_option(session: Session, words: str | None) -> str | None:
    """A publication date as typed: a month stays a month, anything else becomes a day."""
    import re

    from .dates import read_day

    if words is None:
        return None
    if re.fullmatch(r"\d{4}|\d{6,8}|\d{4}-\d{1,2}(?:-\d{1,2})?|\d{4}年(?:\d{1,2}月(?:\d{1,2}[日号])?)?", words.strip()):
        from ..sources import parse_published

        parse_published(words)
        return words
    return read_day(words, session.today, "--published").isoformat()


@click.command("timex")
@click.argument("text", nargs=-1)
@click.option("--reference", metavar="DATE", help="The day that the words are read against (default: today).")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "jsonl"]),
    default=None,
    help="Default: table for TEXT, jsonl for standard input.",
)
@common_options
@pass_session
def timex_command(session: Session, text: tuple[str, ...], reference: str | None, form: str | None) -> int:
    """Read time expressions; without TEXT, JSON lines {"text", "reference"} from standard input."""
    from .dates import read_day

    day = read_day(reference, session.clock_day, "--reference") if reference else None
    cases = [(words, (day or session.today).isoformat()) for words in text] if text else list(from_stdin(session, day))
    answers = [answer(words, on) for words, on in cases]
    if form == "jsonl" or (form is None and not text):
        print_jsonl(answers)
    else:
        columns = ["quote", "type", "value", "mod", "begin", "end"]
        none: dict[str, Any] = {"value": word("no time expression")}
        rows = [[t.get(key) for key in columns] for a in answers for t in a["timexes"] or [none | {"quote": a["text"]}]]
        print_table(rows, columns)
        for reason in (reason for a in answers for t in a["timexes"] for reason in t["review"]):
            say(f"look at: {doubt_words(reason)}")
    return 0


def from_stdin(session: Session, day: Any) -> Iterator[tuple[str, str]]:
    """The cases on standard input. Raises UsageError that names the line."""
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            case = json.loads(line)
            yield str(case["text"]), str(case.get("reference") or day or session.today)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise UsageError(
                f'standard input, line {number}: not a JSON object with "text" (and "reference")'
            ) from None


def answer(text: str, reference: str) -> dict[str, Any]:
    """One text and its time expressions."""
    from datetime import date

    from ..commitments.numbering import doubt
    from ..timex import find_timexes

    try:
        day = date.fromisoformat(reference)
    except ValueError:
        raise UsageError(f"reference {reference}: write it as 2018-08-15") from None
    timexes = []
    for m in find_timexes(text, day):
        t = m.timex
        timexes.append({
            "quote": m.quote, "start": m.start, "stop": m.stop, "type": t.type, "value": t.value, "mod": t.mod,
            "begin": t.begin, "end": t.end, "ends": list(t.ends) or None,
            "review": list(filter(None, [doubt(text, m.start)])),
        })  # fmt: skip
    return {"text": text, "reference": reference, "timexes": timexes}
