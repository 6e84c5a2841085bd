"""Milestones: the obligations as the office tracks them."""

from .progress import Gauge, Progress, progress
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
    "Gauge",
    "Milestone",
    "Moved",
    "Progress",
    "Restored",
    "Reworded",
    "Schedule",
    "Scheduled",
    "Slip",
    "Standing",
    "Status",
    "Withdrawn",
    "days_left",
    "progress",
    "reconcile",
    "replay",
    "standing",
]
