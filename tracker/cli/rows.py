"""What extract shows of a document, as rows: made where the document is read, which may be another process."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .output import json_lines, plain

if TYPE_CHECKING:
    from ..commitments import Extraction, Target
    from ..documents import Source

Rows = list[dict[str, Any]]
COMMITMENT = [
    "item", "section", "quote", "start", "stop", "timex", "due", "begin", "precision", "recurrence", "rrule",
    "year_from", "assumed", "agencies", "lead", "support", "extent", "targets", "kind", "confidence", "review",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """What extract shows of a document: `rows` for a table or `lines` of JSON, `said` on standard error; its counts.

    `doubt` is what is said of its date where that was inferred, "" elsewhere.
    """

    rows: Rows
    lines: bytes
    said: tuple[str, ...]
    doubt: str
    commitments: int
    fates: tuple[str, ...]
    to_look_at: bool


def show(source: "Source", *, what: str, form: str) -> Shown:
    """The rows of a document (`what` is a key of ROWS) in a form, table or jsonl."""
    from ..commitments import extract

    extraction = extract(source)
    rows = ROWS[what](source, extraction)
    fates = tuple(s.fate for s in extraction.sightings)
    return Shown(
        rows=rows if form == "table" else [],
        lines=b"" if form == "table" else json_lines(rows),
        said=tuple(account(source.key, extraction)) if what == "commitments" else (),
        doubt="" if source.confirmed else f"published {source.published_as}? {source.published_from}",
        commitments=len(extraction.commitments),
        fates=fates,
        to_look_at=not source.confirmed or (what != "items" and needs_look(extraction)),
    )


def commitment_rows(source: "Source", extraction: "Extraction") -> Rows:
    """The commitments of a document."""
    return [
        {"doc": source.key} | {name: plain(getattr(c, name)) for name in COMMITMENT} | {"targets": measured(c.targets)}
        for c in extraction.commitments
    ]


def measured(targets: "tuple[Target, ...]") -> Rows:
    """Targets as JSON has them, each with its amount in a unit that compares."""
    return [plain(t) | plain(dict(zip(("amount", "measure"), t.measured, strict=True))) for t in targets]


def timex_rows(source: "Source", extraction: "Extraction") -> Rows:
    """Every time expression of a document with its role."""
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
    return rows


def item_rows(source: "Source", _: "Extraction") -> Rows:
    """The items of a document with their bodies."""
    from ..commitments import items

    return [{"doc": source.key, "item": item.number, "title": item.title,
             "agencies": list(bodies.agencies), "lead": list(bodies.lead)}
            for item, bodies in items(source)]  # fmt: skip


def set_aside_rows(source: "Source", extraction: "Extraction") -> Rows:
    """The mentions that became no commitment, with the reason."""
    return fate_rows(source, extraction, "set-aside")


def review_rows(source: "Source", extraction: "Extraction") -> Rows:
    """What a person should look at: mentions that wait, and commitments in doubt."""
    return fate_rows(source, extraction, "waiting") + [
        {"doc": source.key, "item": c.item, "quote": c.timex, "context": c.quote, "reason": "；".join(c.review)}
        for c in extraction.commitments if c.review
    ]  # fmt: skip


def fate_rows(source: "Source", extraction: "Extraction", fate: str) -> Rows:
    """The mentions of one fate."""
    return [{"doc": source.key, "item": s.item, "quote": s.mention.quote, "context": s.context, "reason": s.reason}
            for s in extraction.sightings if s.fate == fate]  # fmt: skip


ROWS: dict[str, Callable[["Source", "Extraction"], Rows]] = {
    "commitments": commitment_rows,
    "timexes": timex_rows,
    "items": item_rows,
    "set-aside": set_aside_rows,
    "review": review_rows,
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


def account(key: str, extraction: "Extraction") -> list[str]:
    """The account of every mention, and what went wrong."""
    fates = [s.fate for s in extraction.sightings]
    told = (f"{key}: {len(fates)} dates = {fates.count('tracked')} tracked + {fates.count('set-aside')} set aside"
            f" + {fates.count('waiting')} waiting; {len(extraction.commitments)} commitments")  # fmt: skip
    return [told, *(f"  {problem}" for problem in extraction.problems)]
