"""What was read of the targets of a milestone."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("milestones", sa.Column("gauges", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column("milestones", "gauges")
