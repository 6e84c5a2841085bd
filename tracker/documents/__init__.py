"""Documents: healing broken text, and finding its items, sections and clauses."""

from .healing import heal
from .outline import outline
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
    "heal",
    "outline",
]
