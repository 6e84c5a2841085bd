"""The log of the daemon: lines for people, or one JSON object a line; in both, no secret and the id of the digest.

A digest's id (`d3.12.20181105`: its number, agency and day) is the beginning of its Message-ID, so that it is found
again in a mail server's log and in a reply.
"""

import json
import logging
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from .config import Config
from .errors import TrackerError

SHORTEST: Final = 4  # characters: a shorter secret would take the log's own words with it


def about(event: str, digest: str = "") -> dict[str, Any]:
    """`extra` for a line of the log: what happened, and to which digest."""
    return {"event": event, "digest": digest}


class Zoned(logging.Formatter):
    """Lines with the time of the configured zone and its offset, whatever the machine's own zone is."""

    def __init__(self, zone: ZoneInfo, secrets: Sequence[str] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")
        self._zone = zone
        self._secrets = [secret for secret in secrets if len(secret) >= SHORTEST]

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        """The instant of a record, ISO 8601."""
        return datetime.fromtimestamp(record.created, self._zone).isoformat(timespec="seconds")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line, with the digest's id at its end."""
        digest = getattr(record, "digest", "")
        return super().formatMessage(record) + (f" [{digest}]" if digest else "")

    def format(self, record: logging.LogRecord) -> str:
        """The line with its traceback, if there is one, and without secrets."""
        return self.clean(super().format(record))

    def clean(self, text: str) -> str:
        """`text` without what must not be read in a log."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text


class Json(Zoned):
    """One JSON object a line: time, level, event, message; digest and traceback where there are such."""

    def format(self, record: logging.LogRecord) -> str:
        """The object, in one line."""
        fields = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "event": getattr(record, "event", "") or record.name,
            "message": self.clean(record.getMessage()),
        }
        if digest := getattr(record, "digest", ""):
            fields["digest"] = digest
        if record.exc_info:
            fields["traceback"] = self.clean(self.formatException(record.exc_info))
        return json.dumps(fields, ensure_ascii=False)


def start(config: Config, form: Literal["plain", "json"]) -> None:
    """Let what is logged go to standard error, from INFO on."""
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter((Json if form == "json" else Zoned)(config.zone, secrets(config)))
    logging.basicConfig(level=logging.INFO, handlers=[lines])
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def secrets(config: Config) -> list[str]:
    """What no log may show: passwords, addresses of chats, of the URL that is asked for all that is not its host."""
    found = []
    for hidden in (config.mail.password, config.mail.bounce_secret):
        with suppress(TrackerError):  # an unreadable file is the delivery's to complain of
            found.append(hidden.reveal())
    for name in {name for names in config.chat.to.values() for name in names}:
        with suppress(TrackerError):
            found.append(config.chat.urls.reveal(name))
    with suppress(sa.exc.ArgumentError):
        found.append(sa.make_url(config.database.url).password or "")
    url = config.watch.ping_url.reveal()
    parts = urlsplit(url)
    return [*found, url, f"{parts.path}?{parts.query}", parts.path, parts.query]
