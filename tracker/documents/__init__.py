"""Documents: healing broken text, and finding its items, sections and clauses."""

from .healing import heal
from .outline import outline
from .traditional import as_written, simplified
from .values import Clause, Document, Healed, Item, Remark, Section, SectionName, Source, TableRow

__all__ = [
    "Clause",
    "Document",
    "Healed",
    "Item",
    "Remark",
    "Section",
    "SectionName",
    "Source",
    "TableRow",
    "as_written",
    "heal",
    "outline",
    "simplified",
]
