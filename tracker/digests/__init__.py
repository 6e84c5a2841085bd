"""Digests: what one agency is told in one issue, and what the office is told of all of them."""

from .composing import agency_digest, compose
from .values import AgencyCount, Counts, Digest, Line, MentionCounts, Overview, Section, SectionName

__all__ = [
    "AgencyCount",
    "Counts",
    "Digest",
    "Line",
    "MentionCounts",
    "Overview",
    "Section",
    "SectionName",
    "agency_digest",
    "compose",
]
