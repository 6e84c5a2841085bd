"""Milestones: the obligations as the office tracks them."""

from .values import Action, Entry, Milestone, Standing, Status

__all__ = ["Action", "Entry", "Milestone", "Standing", "Status"]
