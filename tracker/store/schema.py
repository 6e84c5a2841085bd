"""The tables. Days are DATE, instants are UTC, lists and values are JSON text."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored in UTC; SQLite returns naive values, which are UTC by this rule."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        found: datetime = value
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def one_of(column: str, *values: str) -> CheckConstraint:
    """A CHECK that keeps a column to a closed list of words."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


documents = Table(
    "documents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("published", Date, nullable=False),
    Column("published_as", String(10), nullable=False),  # as stated: 2018-08 or 2018-08-15
    Column("published_from", Text, nullable=False),  # where the date was found, in words
    Column("confirmed", Boolean, nullable=False),  # False: the date was inferred and waits for a person
    Column("withdrawn_on", Date),
    Column(
        "fingerprint", String(64), nullable=False, default="", server_default="", index=True
    ),  # of all that was read
    Column("given", JSON, nullable=False, default=dict, server_default="{}"),  # what people said of it
    Column("url", Text, nullable=False, default="", server_default=""),  # where people can read it
    sqlite_autoincrement=True,
)

readings = Table(  # each text of a document that was read; provenance points into it
    "readings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document_id", ForeignKey("documents.id"), nullable=False, index=True),
    Column("sha256", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("read_at", Instant, nullable=False),
    Column("problems", JSON, nullable=False),
    sqlite_autoincrement=True,
)

sightings = Table(  # every date expression of a reading and what was made of it
    "sightings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reading_id", ForeignKey("readings.id"), nullable=False, index=True),
    Column("item", String(50)),
    Column("quote", Text, nullable=False),
    Column("context", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("stop", Integer, nullable=False),
    Column("role", String(20), nullable=False),
    Column("begin", Date),  # what the words denote: the days that a promotion proposes
    Column("due", Date),
    Column("precision", String(10)),
    Column("fate", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("milestone_id", ForeignKey("milestones.id"), index=True),  # set when a person promoted it
    one_of("fate", "tracked", "set-aside", "waiting"),
    sqlite_autoincrement=True,
)

set_asides = Table(  # append-only: what a person set aside, by its place in the text in which it was seen
    "set_asides",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reading_id", ForeignKey("readings.id"), nullable=False, index=True),
    Column("start", Integer, nullable=False),
    Column("stop", Integer, nullable=False),
    Column("quote", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("at", Instant, nullable=False),
    sqlite_autoincrement=True,
)

milestones = Table(
    "milestones",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("uid", String(36), nullable=False, unique=True),
    Column("document_id", ForeignKey("documents.id"), index=True),
    Column("reading_id", ForeignKey("readings.id"), index=True),  # the text that `stated` points into
    Column("item", String(50)),
    Column("item_title", Text),
    Column("title", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("due", Date, index=True),
    Column("begin", Date),
    Column("baseline_due", Date),
    Column("precision", String(10)),
    Column("recurrence", String(20)),
    Column("rrule", String(100)),
    Column("targets", JSON, nullable=False),
    Column("status", String(20), nullable=False, index=True),
    Column("closed_on", Date),
    Column("tracked_from", Date, nullable=False),
    Column("moved_on", Date),  # the day of the first scan that knew of the present due day, where another went before
    Column("withdrawn", Boolean, nullable=False),
    Column("decided", JSON, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("modified", Instant, nullable=False),
    Column("stated", JSON(none_as_null=True)),
    Column("series", ForeignKey("milestones.id")),
    Column("occurrence", Date),
    Column("remind", JSON, nullable=False, default=list, server_default="[]"),  # a ladder of its own; [] for none
    Column("acknowledged", JSON, nullable=False, default=list, server_default="[]"),  # [agency or "", until]
    Column("claims", JSON, nullable=False, default=list, server_default="[]"),  # what agencies say: 申请办结
    Column("grade", String(10)),
    Column("gauges", JSON, nullable=False, default=list, server_default="[]"),  # what was read of the targets
    Column("asked", JSON(none_as_null=True)),  # a deferral that waits for the office
    Column("slips", JSON, nullable=False, default=list, server_default="[]"),  # deferrals that were approved
    Column("forecast", Date),
    Column("waits_for", JSON, nullable=False, default=list, server_default="[]"),  # ids of milestones
    Column("answer", Text, nullable=False, default="", server_default=""),  # of the office, to be told
    Column("answered_on", Date),
    Column("superseded_by", Integer),  # a milestone's id, which may be a later one
    Column("ended_by", String(200)),  # the key of a document
    Column("duty", Integer, index=True),  # the least id among the milestones that are one duty with it
    one_of("kind", "deadline", "window", "recurrence", "duration"),
    one_of("precision", "day", "dekad", "month", "quarter", "half", "year", "plan"),
    one_of("recurrence", "DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "HALF-YEARLY", "YEARLY"),
    one_of("status", "open", "claimed", "completed", "cancelled"),
    UniqueConstraint("series", "occurrence"),
    sqlite_autoincrement=True,
)

agencies = Table(
    "agencies",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("email", Text, nullable=False, default="", server_default=""),
    Column("head", Text, nullable=False, default="", server_default=""),  # the leader's address
    Column("cc", Text, nullable=False, default="", server_default=""),
    Column("cadence", String(10), nullable=False, default="", server_default=""),  # "": that of the configuration
    sqlite_autoincrement=True,
)

milestone_agencies = Table(
    "milestone_agencies",
    metadata,
    Column("milestone_id", ForeignKey("milestones.id"), primary_key=True),
    Column("agency_id", ForeignKey("agencies.id"), primary_key=True, index=True),
    Column("position", Integer, nullable=False),
    Column("lead", Boolean, nullable=False),
    Column("support", Boolean, nullable=False),
)

history = Table(  # append-only
    "history",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("milestone_id", ForeignKey("milestones.id"), nullable=False, index=True),
    Column("day", Date, nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(20), nullable=False),
    Column("changes", JSON, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("reason", "note", "evidence")),
    Column("along", JSON, nullable=False, default=dict, server_default="{}"),  # what the program itself keeps
    Column("decision", Integer, nullable=False, server_default="0"),  # the first id of what was decided together
    Column("undoes", Integer),  # the decision that this one reverses
    Column("hash", String(64), nullable=False, server_default=""),  # milestones.chain
    sqlite_autoincrement=True,
)

scans = Table(  # one row a completed scan: the heartbeat, and what tells a missed day
    "scans",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("day", Date, nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("reminders", Integer, nullable=False),
    Column("digests", Integer, nullable=False),
    sqlite_autoincrement=True,
)

digests = Table(
    "digests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("agency_id", ForeignKey("agencies.id")),  # NULL: the office's own
    Column("recipient", String(200), nullable=False),  # the agency's name, or "" for the office
    Column("day", Date, nullable=False),
    Column("number", Integer, nullable=False),  # 第N期
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("brief", Text, nullable=False, default="", server_default=""),  # the short text for chats
    Column("heard", Integer, nullable=False, default=0, server_default="0"),  # the last history entry that it knew of
    UniqueConstraint("recipient", "number"),
    sqlite_autoincrement=True,
)

ledger = Table(  # what was decided, each once: the unique key makes deciding idempotent
    "ledger",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("milestone_id", ForeignKey("milestones.id"), nullable=False),
    Column("rule", String(30), nullable=False),
    Column("planned", Date, nullable=False),
    Column("agency_id", ForeignKey("agencies.id"), nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("digest_id", ForeignKey("digests.id"), nullable=False, index=True),
    UniqueConstraint("milestone_id", "rule", "planned", "agency_id"),
    Index("ix_ledger_milestone_agency", "milestone_id", "agency_id"),
    sqlite_autoincrement=True,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest_id", ForeignKey("digests.id"), nullable=False, unique=True),
    Column("channel", String(20), nullable=False),  # smtp or console
    Column("recipients", JSON, nullable=False),
    Column("message_id", String(200), nullable=False, unique=True),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try", Instant),
    Column("owner", Text, nullable=False, default="", server_default=""),
    Column("lease_until", Instant),
    Column("reply", Text, nullable=False, default="", server_default=""),  # what the server said last
    Column("sent_at", Instant),
    Column("failed_at", Instant),  # when it was given up
    Column("possible_duplicate", Boolean, nullable=False),  # 可能重复: resent after an attempt whose end is unknown
    one_of("state", "ready", "sending", "sent", "failed", "unknown", "held", "cancelled"),
    Index(None, "state", "id"),  # the oldest of a state
    sqlite_autoincrement=True,
)

# The frozen bytes of each message (RFC 5322), apart from the row that changes at every step of its way.
messages = Table(
    "messages",
    metadata,
    Column("outbox_id", ForeignKey("outbox.id"), primary_key=True),
    Column("rfc822", LargeBinary, nullable=False),
)
