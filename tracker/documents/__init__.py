"""Documents: healing broken text, and finding its items, sections and clauses."""

from .healing import heal
from .outline import outline
from .places import Identity, Span, identities, line_of, sentence
from .punctuation import widened
from .traditional import as_written, simplified, simplified_name
from .values import Clause, Document, Healed, Item, Remark, Section, SectionName, Source, TableRow

__all__ = [
    "Clause",
    "Document",
    "Healed",
    "Identity",
    "Item",
    "Remark",
    "Section",
    "SectionName",
    "Source",
    "Span",
    "TableRow",
    "as_written",
    "heal",
    "identities",
    "line_of",
    "outline",
    "sentence",
    "simplified",
    "simplified_name",
    "widened",
]
