"""Commitments: what a document promises, by when, by whom."""

from .extract import extract, items
from .origins import origins
from .values import Commitment, Comparator, Extraction, Kind, Role, SectionName, Sighting, Target

__all__ = [
    "Commitment",
    "Comparator",
    "Extraction",
    "Kind",
    "Role",
    "SectionName",
    "Sighting",
    "Target",
    "extract",
    "items",
    "origins",
]
