"""A document keeps the fingerprint of what was read last, so that a file that was read is known without reading it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("documents", sa.Column("fingerprint", sa.String(length=64), server_default="", nullable=False))
    op.create_index("ix_documents_fingerprint", "documents", ["fingerprint"])


def downgrade() -> None:
    op.drop_index("ix_documents_fingerprint", "documents")
    op.drop_column("documents", "fingerprint")
