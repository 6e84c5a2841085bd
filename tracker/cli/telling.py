"""What was told of a milestone, what was withheld and why, and what comes next: the table of `why --reminders`."""

from typing import TYPE_CHECKING, Any

from .output import put, shown, word
from .tables import print_table

if TYPE_CHECKING:
    from ..jobs.look import Dossier


def reminder_rows(dossier: "Dossier") -> list[dict[str, Any]]:
    """By day: what was told (`state` is the outbox's, or folded), what was withheld, and what is planned."""
    told: list[dict[str, Any]] = [
        {"day": t.decided_on, "planned": t.planned, "rule": t.rule, "agency": t.agency, "issue": t.number,
         "state": "folded" if t.folded else t.state, "reason": t.reason, "until": None}
        for t in dossier.told
    ]  # fmt: skip
    withheld: list[dict[str, Any]] = [
        {"day": w.day, "planned": w.planned, "rule": w.rule, "agency": w.agency, "issue": None, "state": "withheld",
         "reason": w.reason, "until": w.until}
        for w in dossier.withheld
    ]  # fmt: skip
    planned: list[dict[str, Any]] = [
        {"day": p.day, "planned": p.rung.planned, "rule": p.rung.rule, "agency": agency or None, "issue": None,
         "state": "planned", "reason": p.hold and p.hold.reason, "until": p.hold and p.hold.until}
        for agency, p in dossier.planned
    ]  # fmt: skip
    past = sorted([*told, *withheld], key=lambda row: (row["day"], row["planned"], row["state"] != "withheld"))
    return [*past, *sorted(planned, key=lambda row: (row["day"], row["planned"]))]


def print_reminders(dossier: "Dossier", *, apart: bool) -> None:
    """The rows as a table, agencies with the same fate together; nothing where there is neither."""
    together: dict[tuple[Any, ...], list[str]] = {}
    for row in reminder_rows(dossier):
        key = tuple(row[name] for name in ("day", "planned", "rule", "issue", "state", "reason", "until"))
        together.setdefault(key, []).append(row["agency"])
    if not together:
        return
    if apart:
        put("")
    rows = [
        [day, planned, rule_words(rule), [name for name in agencies if name], state_words(state, issue),
         reason_words(reason, until)]
        for (day, planned, rule, issue, state, reason, until), agencies in together.items()
    ]  # fmt: skip
    columns = ["day", "planned", "rule", "agency", "state", "why"]
    print_table(rows, columns, whole=["day", "planned", "state"], weights={"rule": 2, "agency": 2, "why": 2})


def state_words(state: str, issue: int | None) -> str:
    """What became of it, and in which issue."""
    return f"{word(state)} 第{issue}期" if issue else word(state)


def reason_words(reason: str | None, until: object) -> str:
    """Why, and until when it waits."""
    return shown(word(reason) if reason else None) + (f" {word('until')} {until}" if until else "")


def rule_words(rule: str) -> str:
    """When a rung is told, in plain words."""
    kind, _, days = rule.partition("-")
    if kind == "intake":
        return word("when tracking began")
    if kind == "moved":
        return word("when its day was moved")
    if rule == "answered":
        return word("when the office answered")
    if kind == "sheet":
        return word(f"{days} sheet")
    if days == "0":
        return word("on the last day")
    unit = "working days" if days.endswith("w") else "days"
    number = days.removesuffix("w")
    words = word(f"{{}} {unit} {'before' if kind == 'lead' else 'after'}").format(number)
    return words.replace("days ", "day ") if number == "1" else words
