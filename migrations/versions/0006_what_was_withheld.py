"""Ladders of single milestones, acknowledgements, cadences of agencies, sheets, and what was withheld."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

REASONS = ("day off", "acknowledged", "inhibited", "no address", "cadence", "budget", "closed")


def upgrade() -> None:
    op.add_column("milestones", sa.Column("remind", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("milestones", sa.Column("acknowledged", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("agencies", sa.Column("cadence", sa.String(10), server_default="", nullable=False))
    op.create_table(
        "withheld",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(30), nullable=False),
        sa.Column("planned", sa.Date(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.CheckConstraint(f"reason IN ({', '.join(map(repr, REASONS))})", name=op.f("ck_withheld_reason")),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name=op.f("fk_withheld_milestone_id_milestones")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_withheld_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withheld")),
        sa.UniqueConstraint(
            *("milestone_id", "agency_id", "rule", "planned", "reason"), name=op.f("uq_withheld_milestone_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_withheld_agency_id"), "withheld", ["agency_id"])
    op.create_table(
        "sheets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("colour", sa.String(10), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("issued", sa.Date(), nullable=False),
        sa.Column("limit_day", sa.Date(), nullable=False),
        sa.Column("digest_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("colour IN ('blue', 'yellow', 'red')", name=op.f("ck_sheets_colour")),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name=op.f("fk_sheets_milestone_id_milestones")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_sheets_agency_id_agencies")),
        sa.ForeignKeyConstraint(["digest_id"], ["digests.id"], name=op.f("fk_sheets_digest_id_digests")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheets")),
        sa.UniqueConstraint("colour", "year", "number", name=op.f("uq_sheets_colour")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_sheets_agency_id"), "sheets", ["agency_id"])
    op.create_index(op.f("ix_sheets_digest_id"), "sheets", ["digest_id"])
    op.create_index("ix_sheets_milestone_agency", "sheets", ["milestone_id", "agency_id"])


def downgrade() -> None:
    op.drop_table("sheets")
    op.drop_table("withheld")
    op.drop_column("agencies", "cadence")
    op.drop_column("milestones", "acknowledged")
    op.drop_column("milestones", "remind")
