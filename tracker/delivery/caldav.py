"""A calendar on a CalDAV server (RFC 4791): what is in it, and entries put or deleted, never over another's change."""

import base64
import contextlib
import http.client
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape

from lxml import etree

from ..errors import ConfigError, TrackerError

BYTES_AT_MOST: Final = 50_000_000  # of an answer
CALENDAR: Final = "text/calendar; charset=utf-8"
XML: Final = "application/xml; charset=utf-8"
NAMESPACES: Final = {"d": "DAV:", "c": "urn:ietf:params:xml:ns:caldav"}
ASK: Final = b"""<?xml version="1.0" encoding="utf-8"?>
<d:propfind xmlns:d="DAV:"><d:prop><d:resourcetype/><d:getetag/></d:prop></d:propfind>"""
MAKE: Final = """<?xml version="1.0" encoding="utf-8"?>
<c:mkcalendar xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:set><d:prop>
<d:displayname>{name}</d:displayname>
<c:supported-calendar-component-set><c:comp name="{kind}"/></c:supported-calendar-component-set>
</d:prop></d:set></c:mkcalendar>"""
# What an answer means for everything that would follow: the words after the server's name.
STOPS: Final = {
    403: "it is forbidden to change this calendar (403); may the user write there?",
    404: "the calendar is gone (404); publish again, and it is made anew",
    405: "this is no CalDAV calendar (405); is the URL that of a calendar?",
    423: "the calendar is locked (423); publish again later",
    429: "too many requests (429); publish again later",
    501: "this is no CalDAV server (501); is the URL that of a calendar?",
    507: "the server is full (507); make room there, then publish again",
}
MOVED: Final = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Account:
    """A calendar on a server and who writes it. `url` ends in a slash; no `user`, no login."""

    url: str
    user: str
    password: Callable[[], str]
    timeout: float

    @property
    def host(self) -> str:
        """The server's name in messages."""
        return urlsplit(self.url).netloc


class Changed(Exception):
    """The entry is not as it was: somebody else changed, made or deleted it (412)."""


class Refused(Exception):
    """The server does not take this one entry; its words say why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said; the names of `headers` are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Calendar:
    """A connection to one calendar, opened when it is first needed and again when the server has closed it.

    Every method raises TrackerError, or ConfigError for a login, with one message that says what to do.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._line: http.client.HTTPConnection | None = None
        self._path = urlsplit(account.url).path
        self._credentials = _credentials(account)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def place(self, uid: str) -> str:
        """The path of a new entry."""
        return f"{self._path}{uid}.ics"

    def listing(self) -> dict[str, str] | None:
        """The version (ETag) of every entry by its path, unquoted; None where there is no such calendar."""
        answer = self._ask("PROPFIND", self._path, ASK, {"Depth": "1", "Content-Type": XML})
        if answer.status == 404:
            return None
        if answer.status != 207:
            raise self._stop(answer)
        found, is_calendar = {}, False
        for response in self._xml(answer).iterfind("d:response", NAMESPACES):
            path = unquote(urlsplit(response.findtext("d:href", "", NAMESPACES)).path)
            if path.rstrip("/") == unquote(self._path).rstrip("/"):
                is_calendar = response.find(".//d:resourcetype/c:calendar", NAMESPACES) is not None
            else:
                found[path] = response.findtext(".//d:getetag", "", NAMESPACES)
        if not is_calendar:
            raise TrackerError(f"{self._account.url} is a folder on that server, no calendar: name a calendar in it")
        return found

    def make(self, name: str, kind: str) -> None:
        """Makes the calendar, for VEVENT or VTODO."""
        body = MAKE.format(name=escape(name), kind=kind).encode()
        answer = self._ask("MKCALENDAR", self._path, body, {"Content-Type": XML})
        if answer.status == 409:
            raise TrackerError(f"{self._account.url}: no calendar can be made there (409): its folder does not exist")
        if answer.status not in (200, 201):
            raise self._stop(answer)

    def get(self, path: str) -> tuple[bytes, str] | None:
        """An entry and its version; None where there is none."""
        answer = self._ask("GET", path)
        if answer.status in (404, 410):
            return None
        if answer.status != 200:
            raise self._stop(answer)
        return answer.body, answer.headers.get("etag", "")

    def put(self, path: str, data: bytes, etag: str | None) -> str:
        """Puts an entry: a new one for None, else in place of that version; returns its version now.

        Raises Changed where it is another version there, Refused where the server does not take it.
        """
        condition = {"If-None-Match": "*"} if etag is None else {"If-Match": etag or "*"}
        answer = self._ask("PUT", path, data, {"Content-Type": CALENDAR, **condition})
        self._check(answer)
        if "etag" in answer.headers:
            return answer.headers["etag"]
        stored = self.get(path)  # the server has changed what it was given, and says so by naming no version
        return stored[1] if stored else ""

    def delete(self, path: str, etag: str) -> None:
        """Deletes that version of an entry; one that is gone already is deleted. Raises Changed, Refused."""
        answer = self._ask("DELETE", path, headers={"If-Match": etag or "*"})
        if answer.status not in (404, 410):
            self._check(answer)

    def _check(self, answer: Answer) -> None:
        if answer.status in (200, 201, 204):
            return
        if answer.status == 412:
            raise Changed
        if answer.status in STOPS or answer.status == 401 or answer.status >= 500 or answer.status < 400:
            raise self._stop(answer)
        raise Refused(_said(answer))

    def _stop(self, answer: Answer) -> TrackerError:
        account = self._account
        if answer.status == 401:
            return _login(account, answer)
        if answer.status in MOVED:
            place = answer.headers.get("location", "elsewhere")
            return TrackerError(f"{account.host}: the calendar has moved to {place}: write that URL instead")
        words = STOPS.get(answer.status) or f"the server answers {_said(answer)}"
        return TrackerError(f"{account.host}: {words}")

    def _ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request. A line that the server closed while it was idle is opened once more."""
        reused = self._line is not None
        try:
            return self._once(method, path, body, headers or {})
        except (http.client.RemoteDisconnected, ConnectionError) as error:
            self._close()
            if not reused:
                raise self._unreachable(error) from None
        except (OSError, http.client.HTTPException) as error:
            self._close()
            raise self._unreachable(error) from None
        try:
            return self._once(method, path, body, headers or {})
        except (OSError, http.client.HTTPException) as error:
            self._close()
            raise self._unreachable(error) from None

    def _once(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        if self._line is None:
            self._line = _connect(self._account)
        self._line.request(method, path, body, {**headers, **self._credentials})
        response = self._line.getresponse()
        content = response.read(BYTES_AT_MOST + 1)
        if len(content) > BYTES_AT_MOST:
            raise http.client.HTTPException(f"an answer of more than {BYTES_AT_MOST // 1_000_000} MB")
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, content)

    def _close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def _xml(self, answer: Answer) -> etree._Element:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        try:
            return etree.fromstring(answer.body, parser)
        except etree.XMLSyntaxError:
            raise TrackerError(f"{self._account.host}: its answer is no XML: is this a CalDAV server?") from None

    def _unreachable(self, error: Exception) -> TrackerError:
        return TrackerError(f"{self._account.host}: {_explained(error)}")


def _connect(account: Account) -> http.client.HTTPConnection:
    """A line to the server; its certificate is verified."""
    parts = urlsplit(account.url)
    host, port = parts.hostname or "", parts.port
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, port, timeout=account.timeout, context=context)
    return http.client.HTTPConnection(host, port, timeout=account.timeout)


def _credentials(account: Account) -> dict[str, str]:
    if not account.user:
        return {}
    token = base64.b64encode(f"{account.user}:{account.password()}".encode()).decode()
    return {"Authorization": f"Basic {token}"}


def _login(account: Account, answer: Answer) -> ConfigError:
    asked = answer.headers.get("www-authenticate", "")
    if not account.user:
        return ConfigError(f"{account.host}: it asks for a login (401): set [caldav] user and password_file")
    if asked and "basic" not in asked.lower():
        return ConfigError(
            f"{account.host}: it asks for a login by {asked.split()[0]} (401); only Basic is spoken here"
        )
    return ConfigError(f"{account.host}: the login of {account.user} was refused (401): see [caldav] password_file")


def _said(answer: Answer) -> str:
    """The status and the first words of what the server explains."""
    words = " ".join(answer.body[:2000].decode("utf-8", "replace").split())
    with contextlib.suppress(etree.XMLSyntaxError, ValueError):
        words = " ".join("".join(etree.fromstring(answer.body).itertext()).split()) or words
    return f"{answer.status} {words[:200]}".strip()


def _explained(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time ([caldav] timeout_seconds); publish again later"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"no encrypted line ({error.reason}); is it https:// on that port?"
    if isinstance(error, socket.gaierror):
        return "no such host; see [caldav] url"
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return f"no connection: {words}; publish again later"
