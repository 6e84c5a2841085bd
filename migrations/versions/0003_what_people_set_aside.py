"""What people set aside: date expressions that are no obligation, with who said so, when and why."""

import sqlalchemy as sa
from alembic import op

from tracker.store import schema

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "set_asides",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reading_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("stop", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", schema.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["reading_id"], ["readings.id"], name="fk_set_asides_reading_id_readings"),
        sa.PrimaryKeyConstraint("id", name="pk_set_asides"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_set_asides_reading_id", "set_asides", ["reading_id"])


def downgrade() -> None:
    op.drop_table("set_asides")
