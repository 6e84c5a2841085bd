"""Milestones for the tests: made of a few words, or of the seed document as people read it."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from tracker.commitments import Commitment, Target
from tracker.milestones import Milestone, Status, titles
from tracker.reminders import DAY, Reminder, Rules, due
from tracker.workdays import is_workday

SEED = Path(__file__).parent.parent / "seeds" / "ningbo-reform-pilots-2018"
TITLE = "宁波市承担的国家级改革试点任务清单"
INGESTED = date(2018, 8, 31)
MODIFIED = datetime(2018, 8, 31, 1, 30, tzinfo=UTC)


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def commitment(**fields: Any) -> Commitment:
    given: dict[str, Any] = {
        "item": None, "item_title": None, "section": "other", "quote": "", "start": 0, "stop": 0, "timex": "",
        "due": None, "begin": None, "precision": None, "recurrence": None, "rrule": None, "year_from": None,
        "assumed": (), "rows": (), "agencies": (), "lead": (), "support": (), "extent": "", "targets": (),
        "kind": "deadline", "confidence": "high", "review": (),
    }  # fmt: skip
    return Commitment(**given | fields)


def milestone(number: int = 1, due: date | None = date(2018, 11, 30), **fields: Any) -> Milestone:
    """A milestone of 市住建委, worded "11月底"; any field may be given. `stated` follows the fields unless given."""
    given: dict[str, Any] = {
        "id": number, "uid": str(uuid5(NAMESPACE_URL, f"milestone {number}")), "document": "ningbo",
        "document_title": TITLE, "item": "97", "item_title": "国家老旧小区改造试点", "title": "完成6个小区的改造任务",
        "kind": "deadline", "due": due, "begin": None, "baseline_due": due, "precision": "month" if due else None,
        "recurrence": None, "rrule": None, "agencies": ("市住建委",), "lead": ("市住建委",), "support": (),
        "targets": (), "status": Status.OPEN, "closed_on": None, "tracked_from": INGESTED, "withdrawn": False,
        "decided": (), "sequence": 0, "modified": MODIFIED,
    }  # fmt: skip
    given |= fields
    if "stated" not in given:
        shared = ("item", "item_title", "precision", "recurrence", "agencies", "lead", "support", "targets")
        given["stated"] = commitment(
            quote=f"按照住建部要求于11月底{given['title']}", timex="11月底", due=given["due"],
            assumed=("year 2018 from the document date 2018-08",), **{name: given[name] for name in shared},
        )  # fmt: skip
    return Milestone(**given)


def seed() -> list[Milestone]:
    """The commitments of the seed document, all open, tracked from the day after it came out."""
    pilots = {row["item"]: row["title"] for row in _rows("items.jsonl")}
    return [_from_row(number, row, pilots) for number, row in enumerate(_rows("commitments.jsonl"), 1)]


def of_the_day(milestones: list[Milestone], rules: Rules, today: date) -> list[Reminder]:
    """What a scan of `today` owes where the scan of the working day before it told all that it owed."""
    before = today - DAY
    while rules.working_days_only and not is_workday(before):
        before -= DAY
    told = {(milestone.id, agency): before for milestone in milestones for agency in milestone.agencies}
    return due(milestones, rules, today, told)


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SEED / name).read_text("utf-8").splitlines()]


def _from_row(number: int, row: dict[str, Any], pilots: dict[str, str]) -> Milestone:
    due = day(row["due"])
    stated = commitment(
        item=row["item"], item_title=pilots[row["item"]], section=row["section"], quote=row["quote"],
        timex=row["timex"], due=due, recurrence=row["recurrence"], precision=_precision(row["timex"]) if due else None,
        year_from=row["year_from"], agencies=tuple(row["agencies"]), lead=tuple(row["lead"]),
        assumed=("year 2018 from the document date 2018-08",) if row["year_from"] == "document" else (),
        support=tuple(row["support"]), targets=tuple(Target(**target) for target in row["targets"]),
        kind=row["kind"], confidence=row["confidence"], extent=row["extent"],
    )  # fmt: skip
    made = milestone(
        number,
        due,
        title=titles.title(stated.quote, stated.timex),
        item=stated.item,
        item_title=stated.item_title,
        stated=stated,
    )
    names = ("kind", "precision", "recurrence", "agencies", "lead", "support", "targets")
    return replace(made, **{name: getattr(stated, name) for name in names})


def _precision(words: str) -> str:
    """Roughly, for tests: 2018年12月底前 is a month, 2018年底 a year, 8月底或9月上旬 a dekad."""
    if "旬" in words:
        return "dekad"
    return "month" if "月" in words else "year"
