"""Closing in two steps, deferrals, waiting, forecasts; the files that prove something."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

FORMER = ("day off", "acknowledged", "inhibited", "no address", "cadence", "budget", "closed")
REASONS = ("day off", "claimed", "waiting", "acknowledged", "inhibited", "no address", "cadence", "budget", "closed")


def upgrade() -> None:
    for name in ("claims", "slips", "waits_for"):
        op.add_column("milestones", sa.Column(name, sa.JSON(), server_default="[]", nullable=False))
    op.add_column("milestones", sa.Column("grade", sa.String(10)))
    op.add_column("milestones", sa.Column("asked", sa.JSON()))
    op.add_column("milestones", sa.Column("forecast", sa.Date()))
    op.add_column("milestones", sa.Column("answer", sa.Text(), server_default="", nullable=False))
    op.add_column("milestones", sa.Column("answered_on", sa.Date()))
    op.add_column("milestones", sa.Column("superseded_by", sa.Integer()))
    op.add_column("milestones", sa.Column("ended_by", sa.String(200)))
    _allow(REASONS)
    op.create_table(
        "files",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_files")),
    )


def downgrade() -> None:
    op.drop_table("files")
    op.execute("DELETE FROM withheld WHERE reason IN ('claimed', 'waiting')")
    _allow(FORMER)
    for name in (
        *("ended_by", "superseded_by", "answered_on", "answer", "forecast", "asked", "grade"),
        *("waits_for", "slips", "claims"),
    ):
        op.drop_column("milestones", name)


def _allow(reasons: tuple[str, ...]) -> None:
    """Lets `withheld.reason` be these: SQLite cannot alter a CHECK, so there the table is written anew."""
    check = f"reason IN ({', '.join(map(repr, reasons))})"
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_withheld_reason"), "withheld", type_="check")
        op.create_check_constraint(op.f("ck_withheld_reason"), "withheld", check)
        return
    op.execute("CREATE TABLE former AS SELECT * FROM withheld")
    op.drop_table("withheld")
    op.create_table(
        "withheld",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(30), nullable=False),
        sa.Column("planned", sa.Date(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.CheckConstraint(check, name=op.f("ck_withheld_reason")),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name=op.f("fk_withheld_milestone_id_milestones")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_withheld_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withheld")),
        sa.UniqueConstraint(
            *("milestone_id", "agency_id", "rule", "planned", "reason"), name=op.f("uq_withheld_milestone_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_withheld_agency_id"), "withheld", ["agency_id"])
    op.execute("INSERT INTO withheld SELECT * FROM former")
    op.drop_table("former")
