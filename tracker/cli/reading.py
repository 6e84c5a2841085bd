"""extract and timex: what would be read, without any database."""

import json
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click

from ..errors import TrackerError, UsageError
from .doubts import doubt as doubt_words
from .output import plain, print_jsonl, say, word
from .session import Session, common_options, pass_session
from .tables import print_table

if TYPE_CHECKING:
    from ..commitments import Extraction, Target
    from ..documents import Source

Found = tuple[list[dict[str, Any]], bool]  # rows, and whether a person should look
WHAT = ["commitments", "timexes", "items", "set-aside", "review"]


@click.command("extract")
@click.argument("files", nargs=-1, required=True)
@click.option("--published", metavar="DATE", help="When the documents were published: 2018-08 or 2018-08-15.")
@click.option("--what", type=click.Choice(WHAT), default="commitments", show_default=True)
@click.option("--format", "form", type=click.Choice(["table", "jsonl", "html"]), default="table", show_default=True)
@click.option("-o", "--output", metavar="FILE", help="html: where to write the page (default: standard output).")
@common_options
@pass_session
def extract_command(
    session: Session, files: tuple[str, ...], published: str | None, what: str, form: str, output: str | None
) -> int:
    """Read documents and show what would be tracked; as html, one document with every date in it marked."""
    from ..sources import expand, read

    if form == "html":
        return write_page(session, files, published, output)
    if output is not None:
        raise UsageError("-o belongs to --format html; write `> FILE` for the others")
    code, look = 0, False
    rows: list[dict[str, Any]] = []
    dated = published_option(session, published)
    for path in expand(files):
        try:
            source = read(path, published=dated)
            found, doubtful = ROWS[what](source)
            rows += found
            look |= doubtful or not source.confirmed
            if not source.confirmed:
                say(f"{path}: published {source.published_as}? {source.published_from}; confirm with --published")
        except TrackerError as error:
            say(f"tracker: {error}")
            code = max(code, error.exit_code)
    if form == "jsonl":
        print_jsonl(rows)
    elif rows or not code:
        columns = TABLES[what]
        print_table([[row.get(key) for key in columns] for row in rows], columns, whole=WHOLE, weights=WEIGHTS)
    return code or int(look)


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
    explain(source.key, extraction)
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


WHOLE = ["item", "due", "end", "role"]
WEIGHTS = {"value": 2, "quote": 3, "context": 4, "title": 3, "reason": 2, "agencies": 2}
TABLES = {
    "commitments": ["item", "due", "timex", "quote", "agencies"],
    "timexes": ["item", "quote", "value", "mod", "end", "role", "context"],
    "items": ["item", "title", "agencies", "lead"],
    "set-aside": ["item", "quote", "context", "reason"],
    "review": ["item", "quote", "context", "reason"],
}


COMMITMENT = [
    "item", "section", "quote", "start", "stop", "timex", "due", "begin", "precision", "recurrence", "rrule",
    "year_from", "assumed", "agencies", "lead", "support", "extent", "targets", "kind", "confidence", "review",
]  # fmt: skip


def commitment_rows(source: "Source") -> Found:
    """The commitments of a document, and whether a person should look at something."""
    from ..commitments import extract

    extraction = extract(source)
    rows = [
        {"doc": source.key} | {name: plain(getattr(c, name)) for name in COMMITMENT} | {"targets": measured(c.targets)}
        for c in extraction.commitments
    ]
    explain(source.key, extraction)
    return rows, needs_look(extraction)


def measured(targets: "tuple[Target, ...]") -> list[dict[str, Any]]:
    """Targets as JSON has them, each with its amount in a unit that compares."""
    return [plain(t) | plain(dict(zip(("amount", "measure"), t.measured, strict=True))) for t in targets]


def timex_rows(source: "Source") -> Found:
    """Every time expression of a document with its role."""
    from ..commitments import extract

    extraction = extract(source)
    rows = []
    for s in extraction.sightings:
        if s.role == "undated":
            continue
        t = s.mention.timex
        rows.append(plain({
            "doc": source.key, "item": s.item, "quote": s.mention.quote, "context": s.context,
            "start": s.start, "stop": s.stop, "type": t.type, "value": t.value, "mod": t.mod,
            "begin": t.begin, "end": t.end, "role": s.role, "rows": s.mention.rows,
        }))  # fmt: skip
    return rows, needs_look(extraction)


def item_rows(source: "Source") -> Found:
    """The items of a document with their bodies."""
    from ..commitments import items

    rows = [{"doc": source.key, "item": item.number, "title": item.title,
             "agencies": list(bodies.agencies), "lead": list(bodies.lead)}
            for item, bodies in items(source)]  # fmt: skip
    return rows, False


def fate_rows(source: "Source", fates: tuple[str, ...]) -> Found:
    """The mentions that became no commitment, or that a person should look at."""
    from ..commitments import extract

    extraction = extract(source)
    rows = [{"doc": source.key, "item": s.item, "quote": s.mention.quote, "context": s.context, "reason": s.reason}
            for s in extraction.sightings if s.fate in fates]  # fmt: skip
    if "waiting" in fates:
        rows += [{"doc": source.key, "item": c.item, "quote": c.timex, "context": c.quote,
                  "reason": "；".join(c.review)}
                 for c in extraction.commitments if c.review]  # fmt: skip
    return rows, needs_look(extraction)


ROWS: dict[str, Callable[["Source"], Found]] = {
    "commitments": commitment_rows,
    "timexes": timex_rows,
    "items": item_rows,
    "set-aside": lambda source: fate_rows(source, ("set-aside",)),
    "review": lambda source: fate_rows(source, ("waiting",)),
}


def needs_look(extraction: "Extraction") -> bool:
    """Whether something of a document waits for a person, or it has no date at all."""
    waiting = any(s.fate == "waiting" for s in extraction.sightings)
    return (
        waiting
        or bool(extraction.problems)
        or not extraction.sightings
        or any(c.review for c in extraction.commitments)
    )


def explain(key: str, extraction: "Extraction") -> None:
    """The account of every mention, and what went wrong, on standard error."""
    fates = [s.fate for s in extraction.sightings]
    say(f"{key}: {len(fates)} dates = {fates.count('tracked')} tracked + {fates.count('set-aside')} set aside"
        f" + {fates.count('waiting')} waiting; {len(extraction.commitments)} commitments")  # fmt: skip
    for problem in extraction.problems:
        say(f"  {problem}")


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
