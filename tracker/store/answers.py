"""The tables of what mail servers answered: suspended addresses, receipts of single recipients, superseded issues."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from .schema import Instant, metadata, one_of

suspensions = Table(  # addresses to which nothing goes, since a server said that it takes no mail for them
    "suspensions",
    metadata,
    Column("address", String(320), primary_key=True),  # in small letters
    Column("since", Instant, nullable=False),
    Column("reply", Text, nullable=False),
)

receipts = Table(  # what became of a message with single recipients, where that is not the same for all of them
    "receipts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("outbox_id", ForeignKey("outbox.id"), nullable=False),
    Column("address", String(320), nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("reply", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("report", String(64), nullable=False, default="", server_default=""),  # SHA-256 of the bounce that said it
    one_of("outcome", "taken", "refused", "delayed", "bounced"),
    UniqueConstraint("outbox_id", "address", "outcome", "report"),
    sqlite_autoincrement=True,
)

supersessions = Table(  # an issue that never left, and the one that tells its content
    "supersessions",
    metadata,
    Column("digest_id", ForeignKey("digests.id"), primary_key=True),
    Column("by_digest_id", ForeignKey("digests.id"), nullable=False, index=True),
)
