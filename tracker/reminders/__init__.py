"""Reminders: the rules, the rungs that follow from them, what is owed to whom, and what is told on a day.

steps -> rules -> rungs -> owing -> holds -> deciding -> foreseeing, and sheets beside them. Pure: no clock, no
database.
"""

from .deciding import Coming, Decided, Known, Withheld, coming, decide
from .foreseeing import foresee
from .holds import Hold, Reason, stopped
from .owing import Reminder, due, folded, missed_days
from .rules import Cadence, Colour, Role, Rules, SheetRule
from .rungs import DAY, INTAKE, MOVED, Rung, is_first_overdue, planned_next
from .sheets import SHEET, Sheet, in_force
from .steps import Step

__all__ = [
    "DAY",
    "INTAKE",
    "MOVED",
    "SHEET",
    "Cadence",
    "Colour",
    "Coming",
    "Decided",
    "Hold",
    "Known",
    "Reason",
    "Reminder",
    "Role",
    "Rules",
    "Rung",
    "Sheet",
    "SheetRule",
    "Step",
    "Withheld",
    "coming",
    "decide",
    "due",
    "folded",
    "foresee",
    "in_force",
    "is_first_overdue",
    "missed_days",
    "planned_next",
    "stopped",
]
