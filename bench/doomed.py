"""The program, but one that kills itself: `python bench/doomed.py [--die STEP:N] [--days FILE] ARGUMENTS OF tracker`.

STEP is one of STEPS, at its Nth time; the process ends as by `kill -9`. FILE holds by how many days the daemon's
clock is ahead: a simulated day begins when somebody writes another number there.
"""

import os
import signal
import smtplib
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tracker import scheduler, store
from tracker.cli import main
from tracker.delivery import Sender

# name: (where the function stands, what it is called, whether death comes before it or after it)
STEPS: dict[str, tuple[Any, str, str]] = {
    "nothing decided": (store.digests, "insert", "before"),
    "digests written": (store.digests, "insert", "after"),
    "ledger written": (store.ledger, "record", "after"),
    "outbox written": (store.outbox, "insert", "after"),
    "scan noted, not committed": (store.ledger, "record_scan", "after"),
    "claimed, not committed": (store.claims, "claim", "after"),
    "claimed": (Sender, "send", "before"),
    "words or body sent": (smtplib.SMTP, "send", "after"),
    "answer outstanding": (smtplib.SMTP, "getreply", "before"),  # to any of the words, or to the body
    "answer read": (smtplib.SMTP, "getreply", "after"),
    "taken, not noted": (Sender, "send", "after"),
    "noting": (store.claims, "mark_sent", "before"),
    "noted, not committed": (store.claims, "mark_sent", "after"),
}
TIMES_A_MESSAGE = {"words or body sent": 2, "answer outstanding": 4, "answer read": 4}
OF_A_SCAN = ("nothing decided", "digests written", "ledger written", "outbox written", "scan noted, not committed")
OF_A_DELIVERY = tuple(name for name in STEPS if name not in OF_A_SCAN)


def doom(step: str, times: int) -> None:
    """Lets the process die at a step's nth time."""
    place, name, when = STEPS[step]
    real: Callable[..., Any] = getattr(place, name)
    left = times

    def last(*arguments: Any, **options: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0 and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = real(*arguments, **options)
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(place, name, last)


def shift(days: Path) -> None:
    """Sets the daemon's clock ahead."""
    former = scheduler.utc_now

    def ahead() -> datetime:
        return datetime.now(UTC) + timedelta(days=int(days.read_text("utf-8")))

    given = scheduler.Daemon.__init__.__defaults__ or ()
    scheduler.Daemon.__init__.__defaults__ = tuple(ahead if one is former else one for one in given)
    scheduler.utc_now = ahead


if __name__ == "__main__":
    words = sys.argv[1:]
    while words[0] in ("--die", "--days"):
        option, value, *words = words
        if option == "--days":
            shift(Path(value))
        else:
            named, _, number = value.partition(":")
            doom(named, int(number))
    sys.argv = ["tracker", *words]
    main()
