"""What agencies are called, and whom groups stand for. As in `schema`."""

from sqlalchemy import Column, ForeignKey, String, Table

from .schema import metadata

aliases = Table(
    "aliases",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("agency_id", ForeignKey("agencies.id"), nullable=False, index=True),
)

full_names = Table(  # what an agency is called in full, place included, now and before it was reorganised
    "full_names",
    metadata,
    Column("name", String(400), primary_key=True),
    Column("agency_id", ForeignKey("agencies.id"), nullable=False, index=True),
)

agency_members = Table(  # whom a group stands for
    "agency_members",
    metadata,
    Column("group_id", ForeignKey("agencies.id"), primary_key=True),
    Column("member_id", ForeignKey("agencies.id"), primary_key=True, index=True),
)
