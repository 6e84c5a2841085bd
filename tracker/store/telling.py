"""The tables beside the ledger: what was withheld, and the sheets that were issued. As in `schema`."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from .schema import metadata, one_of

withheld = Table(  # append-only: what was owed and not told on a day, once for each reason
    "withheld",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("milestone_id", ForeignKey("milestones.id"), nullable=False),
    Column("rule", String(30), nullable=False),
    Column("planned", Date, nullable=False),
    Column("agency_id", ForeignKey("agencies.id"), nullable=False, index=True),
    Column("reason", String(20), nullable=False),
    Column("day", Date, nullable=False),
    Column("until", Date),  # when it could be told, where that was known
    one_of(
        "reason",
        "day off",
        "claimed",
        "waiting",
        "acknowledged",
        "inhibited",
        "no address",
        "cadence",
        "budget",
        "closed",
    ),
    UniqueConstraint("milestone_id", "agency_id", "rule", "planned", "reason"),
    sqlite_autoincrement=True,
)

sheets = Table(  # 督办单, numbered for each colour and year
    "sheets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("milestone_id", ForeignKey("milestones.id"), nullable=False),
    Column("agency_id", ForeignKey("agencies.id"), nullable=False, index=True),
    Column("colour", String(10), nullable=False),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("due", Date, nullable=False),  # the last day for which it was issued
    Column("issued", Date, nullable=False),
    Column("limit_day", Date, nullable=False),
    Column("digest_id", ForeignKey("digests.id"), nullable=False, index=True),
    one_of("colour", "blue", "yellow", "red"),
    UniqueConstraint("colour", "year", "number"),
    sqlite_autoincrement=True,
)

Index("ix_sheets_milestone_agency", sheets.c.milestone_id, sheets.c.agency_id)
