"""The first tables."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0001"
down_revision: Final = None

_TABLES: Final = (
    "verdict_dossier", "verdict", "picture", "unit_recording", "unit", "receipt", "dossier", "class_file",
    "training_class", "recording", "job", "custody",
)  # fmt: skip


def upgrade() -> None:
    """Create every table, and let the database itself refuse changes of the custody ledger."""
    _create_bookkeeping()
    _create_classes()
    _create_recordings()
    _create_results()
    _seal_custody()


def downgrade() -> None:
    """Drop every table."""
    for table in _TABLES:
        op.drop_table(table)


def _create_bookkeeping() -> None:
    op.create_table(
        "custody",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_custody"),
        sa.UniqueConstraint("hash", name="uq_custody_hash"),
        sa.UniqueConstraint("previous_hash", name="uq_custody_previous_hash"),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("config_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=255), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("max_tries", sa.Integer(), nullable=False),
        sa.Column("progress_permille", sa.Integer(), nullable=False),
        sa.Column("error_code", sa.String(length=64), nullable=True),
        sa.Column("error_en", sa.Text(), nullable=True),
        sa.Column("error_zh", sa.Text(), nullable=True),
        sa.Column("result_sha256", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sa.UniqueConstraint("kind", "subject", "config_hash", name="uq_job_kind_subject_config_hash"),
    )
    op.create_index("ix_job_state_not_before", "job", ["state", "not_before"], unique=False)
    op.create_index("ix_job_subject", "job", ["subject"], unique=False)


def _create_classes() -> None:
    op.create_table(
        "training_class",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("class_number", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_training_class"),
        sa.UniqueConstraint("class_number", name="uq_training_class_class_number"),
    )
    op.create_table(
        "class_file",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("class_id", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("rule_pack", sa.String(length=32), nullable=False),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("occupation", sa.Text(), nullable=False),
        sa.Column("is_in_force", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["class_id"], ["training_class.id"], name="fk_class_file_class_id_training_class"),
        sa.PrimaryKeyConstraint("id", name="pk_class_file"),
        sa.UniqueConstraint("class_id", "sha256", name="uq_class_file_class_id_sha256"),
    )
    op.create_index(
        "uq_class_file_class_id_in_force",
        "class_file",
        ["class_id"],
        unique=True,
        sqlite_where=sa.text("is_in_force"),
        postgresql_where=sa.text("is_in_force"),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("class_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_listed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["class_id"], ["training_class.id"], name="fk_unit_class_id_training_class"),
        sa.PrimaryKeyConstraint("id", name="pk_unit"),
        sa.UniqueConstraint("class_id", "name", name="uq_unit_class_id_name"),
    )
    op.create_index("ix_unit_class_id", "unit", ["class_id"], unique=False)
    op.create_table(
        "unit_recording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("slot", sa.String(length=255), nullable=False),
        sa.Column("camera", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_unit_recording_unit_id_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_unit_recording"),
        sa.UniqueConstraint("unit_id", "file", name="uq_unit_recording_unit_id_file"),
    )
    op.create_index("ix_unit_recording_slot", "unit_recording", ["slot"], unique=False)


def _create_recordings() -> None:
    op.create_table(
        "recording",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_recording"),
    )
    op.create_table(
        "receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("class_id", sa.String(length=32), nullable=False),
        sa.Column("slot", sa.String(length=255), nullable=False),
        sa.Column("original_name", sa.String(length=255), nullable=False),
        sa.Column("recording_sha256", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["class_id"], ["training_class.id"], name="fk_receipt_class_id_training_class"),
        sa.ForeignKeyConstraint(
            ["recording_sha256"], ["recording.sha256"], name="fk_receipt_recording_sha256_recording"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_receipt"),
    )
    op.create_index("ix_receipt_recording_sha256", "receipt", ["recording_sha256"], unique=False)
    op.create_index(
        "uq_receipt_class_id_slot_in_force",
        "receipt",
        ["class_id", "slot"],
        unique=True,
        sqlite_where=sa.text("replaced_at IS NULL"),
        postgresql_where=sa.text("replaced_at IS NULL"),
    )


def _create_results() -> None:
    op.create_table(
        "dossier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recording_sha256", sa.String(length=64), nullable=False),
        sa.Column("config_hash", sa.String(length=64), nullable=False),
        sa.Column("object_sha256", sa.String(length=64), nullable=False),
        sa.Column("duration_ns", sa.BigInteger(), nullable=True),
        sa.Column("failure_code", sa.String(length=64), nullable=True),
        sa.Column("failure_en", sa.Text(), nullable=True),
        sa.Column("failure_zh", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_sha256"], ["recording.sha256"], name="fk_dossier_recording_sha256_recording"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_dossier"),
        sa.UniqueConstraint("recording_sha256", "config_hash", name="uq_dossier_recording_sha256_config_hash"),
    )
    op.create_table(
        "picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("object_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="fk_picture_dossier_id_dossier"),
        sa.PrimaryKeyConstraint("id", name="pk_picture"),
        sa.UniqueConstraint("dossier_id", "name", name="uq_picture_dossier_id_name"),
    )
    op.create_table(
        "verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.String(length=32), nullable=False),
        sa.Column("evidence_hash", sa.String(length=64), nullable=False),
        sa.Column("inputs_hash", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("payable_class_hours", sa.Integer(), nullable=True),
        sa.Column("verdict_sha256", sa.String(length=64), nullable=False),
        sa.Column("findings_sha256", sa.String(length=64), nullable=False),
        sa.Column("report_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_verdict_unit_id_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_verdict"),
        sa.UniqueConstraint("unit_id", "inputs_hash", name="uq_verdict_unit_id_inputs_hash"),
    )
    op.create_table(
        "verdict_dossier",
        sa.Column("verdict_id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="fk_verdict_dossier_dossier_id_dossier"),
        sa.ForeignKeyConstraint(["verdict_id"], ["verdict.id"], name="fk_verdict_dossier_verdict_id_verdict"),
        sa.PrimaryKeyConstraint("verdict_id", "dossier_id", name="pk_verdict_dossier"),
    )


def _seal_custody() -> None:
    complaint = "the custody ledger is append-only"
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER custody_no_{verb.lower()} BEFORE {verb} ON custody "
                f"BEGIN SELECT RAISE(ABORT, '{complaint}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION custody_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{complaint}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER custody_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON custody "
        "FOR EACH STATEMENT EXECUTE FUNCTION custody_refuse()"
    )
