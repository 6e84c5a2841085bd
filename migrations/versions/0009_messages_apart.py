"""The bytes of a message have a table of their own: its row changes at every step of its way, they hardly ever do."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "messages",
        sa.Column("outbox_id", sa.Integer(), nullable=False),
        sa.Column("rfc822", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name="fk_messages_outbox_id_outbox"),
        sa.PrimaryKeyConstraint("outbox_id", name="pk_messages"),
    )
    op.execute("INSERT INTO messages (outbox_id, rfc822) SELECT id, rfc822 FROM outbox")
    op.drop_column("outbox", "rfc822")
    op.drop_index("ix_outbox_state", "outbox")
    op.create_index("ix_outbox_state", "outbox", ["state", "id"])


def downgrade() -> None:
    op.add_column("outbox", sa.Column("rfc822", sa.LargeBinary(), server_default="", nullable=False))
    op.execute("UPDATE outbox SET rfc822 = (SELECT rfc822 FROM messages WHERE outbox_id = outbox.id)")
    op.drop_table("messages")
    op.drop_index("ix_outbox_state", "outbox")
    op.create_index("ix_outbox_state", "outbox", ["state"])
