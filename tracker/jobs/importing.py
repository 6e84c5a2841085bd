"""Ledgers come back: what people wrote in them becomes decisions, all in one transaction, or nothing.

A row is compared three ways: what the ledger said when it was exported (the history tells), what it says now, what the
milestone is now. Written is what people changed and nobody else has changed meanwhile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy.engine import Connection, Engine

from .. import store
from ..errors import Problem, UsageError
from ..milestones import Entry, Milestone
from ..milestones.agencies import renamed
from ..milestones.remarks import REMARKS, Remarks, as_marked, check, origin, remarks
from ..render.columns import CHINESE, responsible, said_in_chinese, said_in_english
from . import endings
from .decide import edit
from .ledgers import histories
from .remarking import remark
from .returned import Edit, ReturnedRow, Table, canonical

GROUPS: Final = (  # fields that are one decision
    ("status", "closed_on"), ("title",), ("due",), ("agencies", "lead", "support"), *((name,) for name in REMARKS),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Import:
    """What became of a ledger. With `problems` nothing was written."""

    rows: int
    changes: tuple[Edit, ...] = ()
    conflicts: tuple[Edit, ...] = ()
    problems: tuple[Problem, ...] = ()


def import_rows(
    engine: Engine, table: Table, rows: Sequence[ReturnedRow], *, source: str, today: date, by: str, now: datetime
) -> Import:  # fmt: skip
    """Decides what people wrote in a ledger; `source` names it in the history.

    Raises UsageError, with the row, for what a decision refuses; nothing was changed then.
    """
    with store.writing(engine) as db:
        found = _compare(db, table, rows, today)
        if found.problems:
            return found
        for number, of_row in groupby(found.changes, lambda change: change.row):
            try:
                _apply(db, list(of_row), table, f"台账导入：{source}", day=today, by=by, now=now)
            except UsageError as error:
                raise UsageError(f"{table.place(number)}: {error}; nothing was changed") from None
    return found


def _compare(db: Connection, table: Table, rows: Sequence[ReturnedRow], today: date) -> Import:
    problems = _foreign(db, table, rows)
    known = store.milestones.by_ids(db, [row.id for row in rows])
    entries, names = histories(db), store.agencies.names(db)
    first = {one.key: one.published.replace(day=1) if len(one.published_as) == 7 else one.published
             for one in store.documents.listed(db)}  # fmt: skip
    changes: list[Edit] = []
    conflicts: list[Edit] = []
    for row in rows if not problems else ():
        problem = _unknown(table, row, known, entries[row.id])
        if problem:
            problems.append(problem)
            continue
        now, own = known[row.id], entries[row.id]
        then, remarked = as_marked(now, own, row.mark)
        base, current = _said(table, renamed(then, names), remarked), _said(table, now, remarks(own))
        said = row.said | {name: tuple(names.get(one, one) for one in row.said[name])
                           for name in ("agencies", "lead", "support") if name in row.said}  # fmt: skip
        said, wrong = endings.completed(table, row, said, base, today)
        problems += wrong
        later = tuple(e for e in own if (e.id or 0) > row.mark.revision or e.day > row.mark.day)
        for change in _edits(row, said, base, current, later):
            (conflicts if change.meanwhile else changes).append(change)
            problems += endings.refused(table, change, now, today, first.get(now.document or ""))
    return Import(len(rows), tuple(changes), tuple(conflicts), tuple(problems))


def _foreign(db: Connection, table: Table, rows: Sequence[ReturnedRow]) -> list[Problem]:
    """Why a ledger is none of this database, told once, by its first such row."""
    home = origin(store.milestones.first_uid(db))
    strange = [row for row in rows if row.mark.origin != home]
    if not strange:
        return []
    rest = f", and so are {len(strange) - 1} other rows" if len(strange) > 1 else ""
    reason = f"is of a ledger that another office's database exported{rest}; import it there"
    return [Problem(table.place(strange[0].row, "mark"), str(strange[0].mark), reason)]


def _unknown(
    table: Table, row: ReturnedRow, known: Mapping[int, Milestone], entries: Sequence[Entry]
) -> Problem | None:
    """Why a row is none that this database has exported."""
    if row.id not in known:
        reason = "no milestone has this id: was the database restored from a backup? Export anew"
    elif row.mark.check != check(row.mark.origin, row.id, row.mark.day, row.mark.revision, row.quote):
        names = "、".join(table.names[field] for field in ("id", "mark", "quote"))
        reason = f"{names} of this row do not belong together: were cells moved or the quote altered? Export anew"
    elif row.mark.revision and row.mark.revision not in {entry.id for entry in entries}:
        reason = "knows of a change that this database has not: was it restored from a backup? Export anew"
    else:
        return None
    return Problem(table.place(row.row, "id"), str(row.id), reason)


def _said(table: Table, milestone: Milestone, remarked: Remarks) -> dict[str, Any]:
    """What a ledger says of a milestone, in the form in which cells are compared."""
    said = (said_in_chinese if table.names is CHINESE else said_in_english)(milestone, remarked)
    return {field: canonical(field, said[field]) for group in GROUPS for field in group if field in table.columns}


def _edits(
    row: ReturnedRow, said: Mapping[str, Any], base: Mapping[str, Any], now: Mapping[str, Any], later: tuple[Entry, ...]
) -> list[Edit]:
    """What the row says otherwise than its ledger did, a group of fields each; nothing where that is so already."""
    found = []
    for group in GROUPS:
        fields = [field for field in group if field in base]
        mine, then, current = ({field: of[field] for field in fields} for of in (said, base, now))
        if mine in (then, current):
            continue
        alone = then == current and (base["status"] == now["status"] or group[0] in REMARKS)
        changed = [field for field in fields if mine[field] != current[field]]
        before, after = ({field: of[field] for field in changed} for of in (current, mine))
        found.append(Edit(row.row, row.id, before, after, dict(said), () if alone else later))
    return found


def _apply(
    db: Connection, changes: Sequence[Edit], table: Table, source: str, *, day: date, by: str, now: datetime
) -> None:
    """Makes the changes of one row by the decisions that are for them."""
    after = {field: value for change in changes for field, value in change.after.items()}
    id = changes[0].id
    noted: dict[str, str] = {name: after.pop(name) for name in REMARKS if name in after}
    ending = next((change for change in changes if not {"status", "closed_on"}.isdisjoint(change.after)), None)
    if ending:
        noted = endings.decide(db, ending, noted, source, today=day, by=by, now=now)
    fields = {name: value for name, value in after.items() if name not in ("status", "closed_on")}
    if table.names is CHINESE and not {"lead", "support"}.isdisjoint(fields):
        before = store.milestones.by_ids(db, [id])[id]
        parts = responsible(said_in_chinese(before, Remarks()) | fields, before)
        fields = {name: value for name, value in fields.items() if name not in parts} | parts
    if fields:
        edit(db, id, fields, reason=source, day=day, by=by, now=now)
    if noted:
        remark(db, id, noted, day=day, by=by, now=now)
