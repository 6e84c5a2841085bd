"""A digest on a terminal: its own text in colours, never cut and never read as markup."""

from typing import Final

from rich.text import Text

from ..digests import Digest
from ..milestones import Standing
from ..reminders import Rules
from .page import Page, lay_out
from .text import COLUMNS, text

STYLES: Final = {
    "new_overdue": "bold red",
    "overdue": "bold red",
    "due_soon": "bold yellow",
    "later": "bold",
    "completed": "bold bright_black",
}
WORDS: Final = {Standing.OVERDUE: "red", Standing.DUE_SOON: "yellow", Standing.CLOSED: "bright_black"}


def console(digest: Digest, rules: Rules, columns: int = COLUMNS) -> Text:
    """Everything in `digest`, wrapped at `columns` by our own rules; print it with rich, which then only folds."""
    page = lay_out(digest, rules, None)
    lines = text(page, columns).splitlines()
    styles = _headings(page)
    whens = {entry.line.when: WORDS[entry.line.standing] for block in page.blocks for entry in block.entries
             if entry.line.standing in WORDS}  # fmt: skip
    result = Text(no_wrap=False, overflow="fold")
    for number, line in enumerate(lines):
        shown = Text(line, style="bold" if number == 0 else styles.get(line, ""))
        for when, style in whens.items():
            if line.endswith(f"　{when}"):
                shown.stylize(style, len(line) - len(when))
        result.append_text(shown).append("\n")
    result.rstrip()
    return result


def _headings(page: Page) -> dict[str, str]:
    return {f"{block.heading}（{block.total}项）": STYLES[block.name] for block in page.blocks}
