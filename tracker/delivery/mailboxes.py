"""Mailboxes: the messages of a file, an mbox, a maildir, or a folder on an IMAP server."""

import imaplib
import mailbox
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from ..errors import ConfigError, UnreadableFile, UsageError

BYTES_AT_MOST: Final = 10_000_000  # of one message; a report is small
TIMEOUT_SECONDS: Final = 60
PORTS: Final = {"imaps": 993, "imap": 143}

Done = Callable[[], None]


def _nothing() -> None:
    """What is left to do with a message of a file."""


def messages(place: str, password: Callable[[], str]) -> Iterator[tuple[str, bytes, Done]]:
    """Each message with a name for it, and what says that it need not be read again.

    `place` is a path or an URL, imaps://USER@HOST/FOLDER (or imap://, which begins with STARTTLS). Raises UsageError,
    UnreadableFile, ConfigError.
    """
    if place.partition("://")[0] in PORTS and "://" in place:
        yield from _imap(place, password)
        return
    path = Path(place)
    try:
        yield from ((name, data, _nothing) for name, data in _stored(path))
    except OSError as error:
        raise UnreadableFile(f"{place}: cannot be read: {error.strerror or error}") from None


def _stored(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.is_dir():
        if not (path / "cur").is_dir() or not (path / "new").is_dir():
            raise UnreadableFile(f"{path}: this folder is no maildir: it has no cur and new")
        box: mailbox.Mailbox[mailbox.Message] = mailbox.Maildir(path, create=False)
    else:
        with path.open("rb") as file:
            if file.read(5) != b"From ":
                file.seek(0)
                yield path.name, file.read(BYTES_AT_MOST)
                return
        box = mailbox.mbox(path, create=False)
    with closing(box):
        for key in sorted(box.keys()):
            yield f"{path.name}:{key}", box.get_bytes(key)[:BYTES_AT_MOST]


def _imap(url: str, password: Callable[[], str]) -> Iterator[tuple[str, bytes, Done]]:
    """The unread messages of a folder; `Done` marks one as read."""
    parts = urlsplit(url)
    if parts.password:
        raise UsageError("a password does not stand in the URL: others see it; TRACKER_IMAP_PASSWORD gives it")
    if not parts.hostname or not parts.username:
        raise UsageError(f"{url}: write imaps://USER@HOST/FOLDER")
    folder = unquote(parts.path.strip("/")) or "INBOX"
    where = f"{parts.hostname}:{parts.port or PORTS[parts.scheme]}"
    try:
        line = _open(parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme])
        try:
            line.login(unquote(parts.username), password())
            if line.select(f'"{folder}"')[0] != "OK":
                raise ConfigError(f"{where}: there is no folder {folder}")
            for number in line.uid("SEARCH", "UNSEEN")[1][0].split():
                found = line.uid("FETCH", number.decode(), f"(BODY.PEEK[]<0.{BYTES_AT_MOST}>)")[1]
                data = next((part[1] for part in found if isinstance(part, tuple)), b"")
                yield f"{folder}:{number.decode()}", data, partial(_seen, line, number.decode())
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                line.logout()
    except (OSError, imaplib.IMAP4.error) as error:
        raise ConfigError(f"{where}: the mailbox cannot be read: {error}") from None


def _open(scheme: str, host: str, port: int) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    if scheme == "imaps":
        return imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=TIMEOUT_SECONDS)
    line = imaplib.IMAP4(host, port, timeout=TIMEOUT_SECONDS)
    if host not in {"localhost", "127.0.0.1", "::1"}:  # a password never travels in the clear
        line.starttls(context)
    return line


def _seen(line: imaplib.IMAP4, uid: str) -> None:
    line.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")
