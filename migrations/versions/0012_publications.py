"""What calendar servers hold of ours, and where a document can be read."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("documents", sa.Column("url", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "publications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collection", sa.String(500), nullable=False),
        sa.Column("holds", sa.Text(), nullable=False),
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("href", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
        sa.UniqueConstraint("collection", "uid", name=op.f("uq_publications_collection")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("publications")
    op.drop_column("documents", "url")
