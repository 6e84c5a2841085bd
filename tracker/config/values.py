"""Config and its tables: what `config.toml` says, as values. docs/configuration.md explains each key."""

from datetime import date, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct
from msgspec.structs import asdict

from ..errors import ConfigError
from ..workdays import Calendar
from .chats import Chats

if TYPE_CHECKING:
    from ..reminders import Rules

Positive = Annotated[int, Meta(ge=1)]
Days = Annotated[int, Meta(ge=0, le=3660)]
Step = Days | Annotated[str, Meta(pattern=r"^[1-9]\d{0,2}w$")]  # calendar days, or working days: "3w"
Weekday = Annotated[int, Meta(ge=0, le=7)]  # ISO 8601, and 0 for none
Port = Annotated[int, Meta(ge=1, le=65535)]


class Secret:
    """A password that no repr, log or traceback shows: a value, or the file that holds it, which is read when asked.

    `key` is the key of the configuration that names the file, with its table.
    """

    __slots__ = ("_file", "_key", "_value")

    def __init__(self, value: str = "", file: str = "", key: str = "[mail] password_file") -> None:
        self._value = value
        self._file = file
        self._key = key

    def __repr__(self) -> str:
        return "Secret(set)" if self else "Secret(none)"

    def __bool__(self) -> bool:
        return bool(self._value or self._file)

    def reveal(self) -> str:
        """The password; the value goes before the file. Raises ConfigError for a file unreadable or empty."""
        if self._value or not self._file:
            return self._value
        try:
            text = Path(self._file).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise ConfigError(f"{self._key}: {self._file} cannot be read: {reason}") from None
        if not text:
            raise ConfigError(f"{self._key}: {self._file} is empty")
        return text


class Office(Struct, frozen=True, kw_only=True):
    """The supervision office; `email` is empty where it has none."""

    name: str
    email: str


class Database(Struct, frozen=True, kw_only=True):
    """`url` is SQLAlchemy's, with an absolute path for SQLite."""

    url: str


class Mail(Struct, frozen=True, kw_only=True, rename={"sender": "from"}):
    """The mail server; an empty `host` means that digests go to the console.

    `bounce` is the address that hears of what could not be delivered, empty for the sender's.
    """

    host: str
    port: Port
    security: Literal["starttls", "tls", "none"]
    user: str
    password_file: str
    sender: str
    timeout_seconds: Positive
    bounce: str
    bounce_secret_file: str
    password: Secret = Secret()
    bounce_secret: Secret = Secret()


class Delivery(Struct, frozen=True, kw_only=True):
    """How the outbox is emptied; `retry_minutes` are the pauses after a temporary failure; the last repeats.

    `unknown` says what becomes of a message of which nobody knows whether it arrived.
    """

    lease_seconds: Positive
    unknown: Literal["resend", "hold"]
    redirect_to: str
    retry_minutes: Annotated[tuple[Positive, ...], Meta(min_length=1)]


class Caldav(Struct, frozen=True, kw_only=True):
    """A calendar server: `url` is that of the office's calendar there, `to` maps agencies to those of theirs."""

    url: str
    user: str
    password_file: str
    timeout_seconds: Annotated[int, Meta(ge=1, le=600)]
    to: dict[str, str]
    password: Secret = Secret()


class Closing(Struct, frozen=True, kw_only=True):
    """1: `tracker done` closes; 2: an agency claims, the office verifies."""

    steps: Literal[1, 2]


class Schedule(Struct, frozen=True, kw_only=True):
    """Times of day in the configured zone."""

    scan: time
    deliver: time
    deliver_every_minutes: Annotated[int, Meta(ge=1, le=720)]
    deliver_until: time


class Workdays(Struct, frozen=True, kw_only=True):
    """Days that the office told by hand, before the published notices; those of `file` are among them once read."""

    holidays: frozenset[date]
    working: frozenset[date]
    file: str


class Watch(Struct, frozen=True, kw_only=True):
    """How others see that scans and deliveries go on; the URL may hold a token, 0 MB are never too few."""

    weekly: bool
    ping_url: Secret
    metrics_file: str
    disk_free_mb: Annotated[int, Meta(ge=0)]


class Log(Struct, frozen=True, kw_only=True):
    """How `tracker run` writes its log."""

    format: Literal["plain", "json"]


class Lead(Struct, frozen=True, kw_only=True):
    """Lead times before the last day, by precision, longest first."""

    day: tuple[Step, ...]
    dekad: tuple[Step, ...]
    month: tuple[Step, ...]
    quarter: tuple[Step, ...]
    half: tuple[Step, ...]
    year: tuple[Step, ...]
    plan: tuple[Step, ...]


class Sheet(Struct, frozen=True, kw_only=True):
    """One colour of 督办单; a limit of 0 means that none is issued."""

    limit: Step
    to: tuple[Literal["contact", "head", "office"], ...]


class NearSheet(Sheet, frozen=True, kw_only=True):
    """The first colour: `before` says how near the last day must be."""

    before: Step


class Sheets(Struct, frozen=True, kw_only=True):
    """The colours, in the order in which they follow each other."""

    blue: NearSheet
    yellow: Sheet
    red: Sheet


class Reminders(Struct, frozen=True, kw_only=True):
    """When an agency is told; `overdue`: steps after the last day, then on every `overdue_weekday` (0: never)."""

    working_days_only: bool
    due_soon_days: Days
    completed_days: Days
    overdue: tuple[Annotated[int, Meta(ge=1)] | Annotated[str, Meta(pattern=r"^[1-9]\d{0,2}w$")], ...]
    overdue_weekday: Weekday
    overdue_monthly_after: Days
    cadence: Literal["daily", "weekly", "immediate"]
    weekly_budget: Days
    lead: Lead
    sheets: Sheets


class Config(Struct, frozen=True, kw_only=True):
    """The whole configuration.

    `file` names the file it was read from, or the built-in defaults, in words; `data_folder` is the folder that the
    default database lies in, empty where the database is named.
    """

    timezone: str
    office: Office
    database: Database
    mail: Mail
    delivery: Delivery
    chat: Chats
    caldav: Caldav
    closing: Closing
    schedule: Schedule
    reminders: Reminders
    workdays: Workdays
    watch: Watch
    log: Log
    file: str = ""
    data_folder: str = ""

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the business day."""
        return ZoneInfo(self.timezone)

    @property
    def rules(self) -> "Rules":
        """The table [reminders] as the reminders' own rules."""
        from ..reminders import Rules, SheetRule  # not at the top: what only reads the configuration need not load it

        told = self.reminders
        return Rules(
            lead=asdict(told.lead),
            overdue=told.overdue,
            overdue_weekday=told.overdue_weekday,
            overdue_monthly_after=told.overdue_monthly_after,
            due_soon_days=told.due_soon_days,
            completed_days=told.completed_days,
            working_days_only=told.working_days_only,
            cadence=told.cadence,
            weekly_budget=told.weekly_budget,
            sheets=tuple(
                SheetRule(colour, **asdict(getattr(told.sheets, colour)))
                for colour in ("blue", "yellow", "red")
                if getattr(told.sheets, colour).limit
            ),
            calendar=self.calendar,
        )

    @property
    def calendar(self) -> Calendar:
        """The office's working days."""
        return Calendar(self.workdays.holidays, self.workdays.working)

    @property
    def channel(self) -> Literal["smtp", "console"]:
        """Where digests go: by mail once a server is named, else to the console, where every agency is reached."""
        return "smtp" if self.mail.host else "console"

    @property
    def sender(self) -> str:
        """The address that mail comes from: the configured one, else the office's, else empty."""
        return self.mail.sender or self.office.email
