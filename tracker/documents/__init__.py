"""Documents: healing broken text, and finding its items, sections and clauses."""

from .values import Clause, Healed, Item, Section, SectionName, Source

__all__ = ["Clause", "Healed", "Item", "Section", "SectionName", "Source"]
