"""Each digest has a short text for chats, and each sending of it to a chat a row of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("digests", sa.Column("brief", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "chats",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest_id", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(length=200), nullable=False),
        sa.Column("service", sa.String(length=20), server_default="", nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("parts_sent", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try", sa.DateTime(timezone=True), nullable=True),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply", sa.Text(), server_default="", nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("possible_duplicate", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "state IN ('ready', 'sending', 'sent', 'failed', 'unknown', 'cancelled')", name=op.f("ck_chats_state")
        ),
        sa.ForeignKeyConstraint(["digest_id"], ["digests.id"], name="fk_chats_digest_id_digests"),
        sa.PrimaryKeyConstraint("id", name="pk_chats"),
        sa.UniqueConstraint("digest_id", "target", name="uq_chats_digest_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_chats_state", "chats", ["state"])


def downgrade() -> None:
    op.drop_table("chats")
    op.drop_column("digests", "brief")
