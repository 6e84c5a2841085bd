"""Milestones: the obligations as the office tracks them."""

from .reconcile import Added, Change, Moved, Restored, Reworded, Withdrawn, reconcile
from .replay import replay
from .standing import Dated, days_left, standing
from .values import Action, Claim, Deferral, Draft, Entry, Milestone, Schedule, Scheduled, Slip, Standing, Status

__all__ = [
    "Action",
    "Added",
    "Change",
    "Claim",
    "Dated",
    "Deferral",
    "Draft",
    "Entry",
    "Milestone",
    "Moved",
    "Restored",
    "Reworded",
    "Schedule",
    "Scheduled",
    "Slip",
    "Standing",
    "Status",
    "Withdrawn",
    "days_left",
    "reconcile",
    "replay",
    "standing",
]
