"""The tables of the first release."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "agencies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("head", sa.Text(), server_default="", nullable=False),
        sa.Column("cc", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agencies"),
        sa.UniqueConstraint("name", name="uq_agencies_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("published", sa.Date(), nullable=False),
        sa.Column("published_as", sa.String(length=10), nullable=False),
        sa.Column("published_from", sa.Text(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
        sa.UniqueConstraint("key", name="uq_documents_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "scans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("digests", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_scans"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_scans_day", "scans", ["day"])
    op.create_table(
        "aliases",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name="fk_aliases_agency_id_agencies"),
        sa.PrimaryKeyConstraint("name", name="pk_aliases"),
    )
    op.create_index("ix_aliases_agency_id", "aliases", ["agency_id"])
    op.create_table(
        "digests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name="fk_digests_agency_id_agencies"),
        sa.PrimaryKeyConstraint("id", name="pk_digests"),
        sa.UniqueConstraint("recipient", "number", name="uq_digests_recipient"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "readings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_readings_document_id_documents"),
        sa.PrimaryKeyConstraint("id", name="pk_readings"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_readings_document_id", "readings", ["document_id"])
    op.create_table(
        "milestones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("reading_id", sa.Integer(), nullable=True),
        sa.Column("item", sa.String(length=50), nullable=True),
        sa.Column("item_title", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("begin", sa.Date(), nullable=True),
        sa.Column("baseline_due", sa.Date(), nullable=True),
        sa.Column("precision", sa.String(length=10), nullable=True),
        sa.Column("recurrence", sa.String(length=20), nullable=True),
        sa.Column("rrule", sa.String(length=100), nullable=True),
        sa.Column("targets", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("tracked_from", sa.Date(), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("decided", sa.JSON(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("modified", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stated", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("series", sa.Integer(), nullable=True),
        sa.Column("occurrence", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('deadline', 'window', 'recurrence', 'duration')", name=op.f("ck_milestones_kind")),
        sa.CheckConstraint(
            "precision IN ('day', 'dekad', 'month', 'quarter', 'half', 'year', 'plan')",
            name=op.f("ck_milestones_precision"),
        ),
        sa.CheckConstraint(
            "recurrence IN ('DAILY', 'WEEKLY', 'MONTHLY', 'QUARTERLY', 'HALF-YEARLY', 'YEARLY')",
            name=op.f("ck_milestones_recurrence"),
        ),
        sa.CheckConstraint(
            "status IN ('open', 'claimed', 'completed', 'cancelled')", name=op.f("ck_milestones_status")
        ),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_milestones_document_id_documents"),
        sa.ForeignKeyConstraint(["reading_id"], ["readings.id"], name="fk_milestones_reading_id_readings"),
        sa.ForeignKeyConstraint(["series"], ["milestones.id"], name="fk_milestones_series_milestones"),
        sa.PrimaryKeyConstraint("id", name="pk_milestones"),
        sa.UniqueConstraint("series", "occurrence", name="uq_milestones_series"),
        sa.UniqueConstraint("uid", name="uq_milestones_uid"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_milestones_document_id", "milestones", ["document_id"])
    op.create_index("ix_milestones_due", "milestones", ["due"])
    op.create_index("ix_milestones_reading_id", "milestones", ["reading_id"])
    op.create_index("ix_milestones_status", "milestones", ["status"])
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("recipients", sa.JSON(), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("rfc822", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try", sa.DateTime(timezone=True), nullable=True),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply", sa.Text(), server_default="", nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("possible_duplicate", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "state IN ('ready', 'sending', 'sent', 'failed', 'unknown', 'held', 'cancelled')",
            name=op.f("ck_outbox_state"),
        ),
        sa.ForeignKeyConstraint(["digest_id"], ["digests.id"], name="fk_outbox_digest_id_digests"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("digest_id", name="uq_outbox_digest_id"),
        sa.UniqueConstraint("message_id", name="uq_outbox_message_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_state", "outbox", ["state"])
    op.create_table(
        "history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name="fk_history_milestone_id_milestones"),
        sa.PrimaryKeyConstraint("id", name="pk_history"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_history_day", "history", ["day"])
    op.create_index("ix_history_milestone_id", "history", ["milestone_id"])
    op.create_table(
        "ledger",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=30), nullable=False),
        sa.Column("planned", sa.Date(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("digest_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name="fk_ledger_agency_id_agencies"),
        sa.ForeignKeyConstraint(["digest_id"], ["digests.id"], name="fk_ledger_digest_id_digests"),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name="fk_ledger_milestone_id_milestones"),
        sa.PrimaryKeyConstraint("id", name="pk_ledger"),
        sa.UniqueConstraint("milestone_id", "rule", "planned", "agency_id", name="uq_ledger_milestone_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ledger_digest_id", "ledger", ["digest_id"])
    op.create_index("ix_ledger_milestone_agency", "ledger", ["milestone_id", "agency_id"])
    op.create_table(
        "milestone_agencies",
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("lead", sa.Boolean(), nullable=False),
        sa.Column("support", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name="fk_milestone_agencies_agency_id_agencies"),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestones.id"], name="fk_milestone_agencies_milestone_id_milestones"
        ),
        sa.PrimaryKeyConstraint("milestone_id", "agency_id", name="pk_milestone_agencies"),
    )
    op.create_index("ix_milestone_agencies_agency_id", "milestone_agencies", ["agency_id"])
    op.create_table(
        "sightings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reading_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=50), nullable=True),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("context", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("stop", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("begin", sa.Date(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("precision", sa.String(length=10), nullable=True),
        sa.Column("fate", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("fate IN ('tracked', 'set-aside', 'waiting')", name=op.f("ck_sightings_fate")),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name="fk_sightings_milestone_id_milestones"),
        sa.ForeignKeyConstraint(["reading_id"], ["readings.id"], name="fk_sightings_reading_id_readings"),
        sa.PrimaryKeyConstraint("id", name="pk_sightings"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sightings_milestone_id", "sightings", ["milestone_id"])
    op.create_index("ix_sightings_reading_id", "sightings", ["reading_id"])


def downgrade() -> None:
    for table in (
        "sightings",
        "milestone_agencies",
        "ledger",
        "history",
        "outbox",
        "milestones",
        "readings",
        "digests",
        "aliases",
        "scans",
        "documents",
        "agencies",
    ):
        op.drop_table(table)
