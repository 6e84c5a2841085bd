"""What a scan and a delivery did, as lines of the daemon's log."""

import logging
from zoneinfo import ZoneInfo

from ..logs import about
from .scan import ScanReport
from .settling import DeliveryReport

log = logging.getLogger("tracker")


def scanned(report: ScanReport) -> str:
    """A scan in one line."""
    words = [f"scan {report.day}: {len(report.issued)} digests, {report.reminders} reminders"]
    if report.ahead is not None:
        words.append(f"the last scan was of {report.ahead}, a day to come: it counts for nothing until then")
    if report.held_until is not None:
        words.append(f"a day off: {report.held} milestones wait for {report.held_until}")
    if report.held_until is None and report.withheld:
        words.append("withheld: " + ", ".join(f"{number} {reason}" for reason, number in report.withheld.items()))
    if report.missed:
        words.append(f"made up for {len(report.missed)} missed days")
    if report.unreachable:
        named = "、".join(f"{agency} ({count})" for agency, count in sorted(report.unreachable.items()))
        words.append(f"no address, milestones untold: {named}")
    if report.office_unreachable:
        words.append("the office has no address: [office] email is empty")
    return "; ".join(words)


def log_each(report: DeliveryReport, zone: ZoneInfo) -> None:
    """One line for each message, but none for those that wait for the server: that is one event, and logged as one."""
    kinds = (
        (logging.INFO, "sent", "sent", report.sent),
        (logging.WARNING, "refused", "sent, but not to all", report.refused),
        (logging.WARNING, "deferred", "put off", [one for one in report.deferred if one.reply != report.stopped_by]),
        (logging.ERROR, "failed", "failed", report.failed),
        (logging.WARNING, "doubtful", "in doubt", report.doubtful),
        (logging.INFO, "cancelled", "not sent", report.cancelled),
    )
    for address, said in report.suspended.items():
        log.error("suspended, nothing goes there any more: %s: %s", address, said, extra=about("suspended"))
    for level, event, kind, messages in kinds:
        for one in messages:
            later = f"; again at {one.next_try.astimezone(zone):%Y-%m-%d %H:%M}" if one.next_try else ""
            doubt = "; perhaps a duplicate" if one.possible_duplicate else ""
            words = f"{kind}: {one.subject} (message {one.id}): {one.reply}{later}{doubt}"
            log.log(level, "%s", words, extra=about(event, one.digest))
