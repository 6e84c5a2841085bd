"""What a ledger that came back says of endings: status and day of completion, and which decisions they become."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy.engine import Connection

from ..errors import Problem
from ..milestones import Milestone, Status
from .decide import cancel, done, reopen
from .returned import Edit, ReturnedRow, Table

OVER: Final = frozenset({Status.COMPLETED, Status.CANCELLED})


def completed(
    table: Table, row: ReturnedRow, said: Mapping[str, Any], base: Mapping[str, Any], today: date
) -> tuple[dict[str, Any], list[Problem]]:
    """`said` with the day that follows from the status, and what does not go together.

    Who closes without a day closes on `today`; who opens again may leave the old day where it is.
    """
    status, day, was = said["status"], said["closed_on"], base["status"]
    place, words = table.place(row.row, "closed_on"), str(day or "")
    if status in OVER and day is None:
        if status == was:
            return dict(said), [Problem(place, words, "the day was deleted; write it, or open the milestone again")]
        day = today
    elif status not in OVER and day is not None:
        if day != base["closed_on"]:
            return dict(said), [Problem(place, words, "is a day of completion, but the status says that it is open")]
        day = None
    return {**said, "closed_on": day}, []


def refused(table: Table, change: Edit, now: Milestone, today: date, published: date | None) -> Iterator[Problem]:
    """What nobody can decide so, each with its cell. `published` is the first day of the milestone's document."""
    after = change.after
    for field in ("closed_on", "due"):
        day = after.get(field)
        if day is not None and published is not None and day < published:
            yield Problem(table.place(change.row, field), str(day), f"lies before the document ({published})")
    day = after.get("closed_on")
    if day is not None and day > today:
        yield Problem(table.place(change.row, "closed_on"), str(day), f"lies after {today}; nothing is completed yet")
    if not after.get("title", "-"):
        yield Problem(table.place(change.row, "title"), "", "a milestone needs a title")
    status = after.get("status")
    if status is Status.CANCELLED and not change.said["note"]:
        yield Problem(table.place(change.row, "note"), "", "已撤销 needs a reason; write it here")
    claim = "an agency claims with `tracker claim`; write 在办, 已办结 or 已撤销"
    back = "a claim is answered with `tracker verify` or `tracker return`; write 已办结 or 已申请办结"
    if status is Status.CLAIMED:
        yield Problem(table.place(change.row, "status"), "已申请办结", claim)
    if status is Status.OPEN and now.status is Status.CLAIMED:
        yield Problem(table.place(change.row, "status"), "在办", back)


def decide(
    db: Connection, change: Edit, noted: dict[str, str], source: str, *, today: date, by: str, now: datetime
) -> dict[str, str]:
    """Closes, cancels or opens again; what is over already and is to end otherwise is opened for that first.

    `noted` are the remarks of the row that are new; returned are those of them that the decision does not carry.
    """
    status, day, note = change.said["status"], change.said["closed_on"], change.said["note"]
    if change.before.get("status", status) in OVER:
        reopen(db, [change.id], reason=noted.get("note") or source, day=today, by=by, now=now)
    if status is Status.CANCELLED:
        cancel(db, [change.id], reason=note, day=day, by=by, now=now)
    if status is Status.COMPLETED:
        carried = {name: noted[name] for name in ("note", "evidence") if noted.get(name)}
        note, evidence = carried.get("note", ""), carried.get("evidence", "")
        done(db, [change.id], day=day, by=by, now=now, note=note, evidence=evidence)
        return {name: words for name, words in noted.items() if name not in carried}
    return noted
