"""Documents: healing broken text, and finding its items, sections and clauses."""

from .healing import heal
from .outline import outline
from .values import Clause, Document, Healed, Item, Remark, Section, SectionName, Source

__all__ = ["Clause", "Document", "Healed", "Item", "Remark", "Section", "SectionName", "Source", "heal", "outline"]
