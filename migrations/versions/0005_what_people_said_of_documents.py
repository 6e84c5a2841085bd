"""A document keeps what people said of it with options, so that a later reading without them takes nothing back."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("documents", sa.Column("given", sa.JSON(), server_default="{}", nullable=False))
    columns = *map(sa.column, ("id", "published_as", "published_from")), sa.column("given", sa.JSON)
    document = sa.table("documents", *columns)
    said = document.c.published_from == "the option --published"
    for id, day in op.get_bind().execute(sa.select(document.c.id, document.c.published_as).where(said)).all():
        op.execute(sa.update(document).where(document.c.id == id).values(given={"published": day}))


def downgrade() -> None:
    op.drop_column("documents", "given")
