"""Calendars of milestones, RFC 5545: an all-day entry on each last day, for phones, Outlook and calendar servers."""

from .calendar import KEPT_DAYS, calendar, left_out, resources
from .differences import differences, summary
from .lint import Fault, lint

__all__ = ["KEPT_DAYS", "Fault", "calendar", "differences", "left_out", "lint", "resources", "summary"]
