"""Suspended addresses, what became of messages with single recipients, and issues that a newer one stands for."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "suspensions",
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_suspensions"),
    )
    op.create_table(
        "receipts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("report", sa.String(length=64), server_default="", nullable=False),
        sa.CheckConstraint("outcome IN ('taken', 'refused', 'delayed', 'bounced')", name="outcome"),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name="fk_receipts_outbox_id_outbox"),
        sa.PrimaryKeyConstraint("id", name="pk_receipts"),
        sa.UniqueConstraint("outbox_id", "address", "outcome", "report", name="uq_receipts_outbox_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "supersessions",
        sa.Column("digest_id", sa.Integer(), nullable=False),
        sa.Column("by_digest_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["digest_id"], ["digests.id"], name="fk_supersessions_digest_id_digests"),
        sa.ForeignKeyConstraint(["by_digest_id"], ["digests.id"], name="fk_supersessions_by_digest_id_digests"),
        sa.PrimaryKeyConstraint("digest_id", name="pk_supersessions"),
    )
    op.create_index("ix_supersessions_by_digest_id", "supersessions", ["by_digest_id"])


def downgrade() -> None:
    op.drop_table("supersessions")
    op.drop_table("receipts")
    op.drop_table("suspensions")
