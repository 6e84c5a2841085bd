"""Digests: what one agency is told in one issue, and what the office is told of all of them."""

from .composing import Frame, agency_digest, compose, fill, frames, with_sheets
from .values import (
    LINES_AT_MOST,
    REVISIONS_AT_MOST,
    AgencyCount,
    Counts,
    Digest,
    Line,
    MentionCounts,
    Overview,
    Revision,
    Revisions,
    Section,
    SectionName,
)

__all__ = [
    "LINES_AT_MOST",
    "REVISIONS_AT_MOST",
    "AgencyCount",
    "Counts",
    "Digest",
    "Frame",
    "Line",
    "MentionCounts",
    "Overview",
    "Revision",
    "Revisions",
    "Section",
    "SectionName",
    "agency_digest",
    "compose",
    "fill",
    "frames",
    "with_sheets",
]
