"""Milestones that are one duty, and up to where in the history each digest had read."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("milestones", sa.Column("duty", sa.Integer()))
    op.create_index("ix_milestones_duty", "milestones", ["duty"])
    op.add_column("digests", sa.Column("heard", sa.Integer(), server_default="0", nullable=False))
    op.execute("UPDATE digests SET heard = (SELECT COALESCE(MAX(id), 0) FROM history)")


def downgrade() -> None:
    op.drop_column("digests", "heard")
    op.drop_index("ix_milestones_duty", "milestones")
    op.drop_column("milestones", "duty")
