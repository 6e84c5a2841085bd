"""Full names: what makes two names one agency; and the members of groups."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "full_names",
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name="fk_full_names_agency_id_agencies"),
        sa.PrimaryKeyConstraint("name", name="pk_full_names"),
    )
    op.create_index("ix_full_names_agency_id", "full_names", ["agency_id"])
    op.create_table(
        "agency_members",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["agencies.id"], name="fk_agency_members_group_id_agencies"),
        sa.ForeignKeyConstraint(["member_id"], ["agencies.id"], name="fk_agency_members_member_id_agencies"),
        sa.PrimaryKeyConstraint("group_id", "member_id", name="pk_agency_members"),
    )
    op.create_index("ix_agency_members_member_id", "agency_members", ["member_id"])


def downgrade() -> None:
    for table in ("agency_members", "full_names"):
        op.drop_table(table)
