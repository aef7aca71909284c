"""Comparisons between recordings: fingerprints, recorder profiles, and what a class file says of venue and device."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0002"
down_revision: Final = "0001"


def upgrade() -> None:
    """Add the tables, and the columns that say where and by which recorder a recording was made."""
    with op.batch_alter_table("unit") as unit:
        unit.add_column(sa.Column("venue", sa.Text(), nullable=True))
    with op.batch_alter_table("unit_recording") as unit_recording:
        unit_recording.add_column(sa.Column("device", sa.Text(), nullable=True))
    with op.batch_alter_table("dossier") as dossier:
        dossier.add_column(sa.Column("is_comparable", sa.Boolean(), server_default=sa.false(), nullable=False))
    _create_fingerprint()
    _create_comparison()
    _create_recorder_profile()


def downgrade() -> None:
    """Drop what :func:`upgrade` added."""
    for table in ("recorder_profile", "comparison", "fingerprint"):
        op.drop_table(table)
    for table, column in (("dossier", "is_comparable"), ("unit_recording", "device"), ("unit", "venue")):
        with op.batch_alter_table(table) as altered:
            altered.drop_column(column)


def _create_fingerprint() -> None:
    op.create_table(
        "fingerprint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recording_sha256", sa.String(length=64), nullable=False),
        sa.Column("method", sa.String(length=32), nullable=False),
        sa.Column("object_sha256", sa.String(length=64), nullable=False),
        sa.Column("duration_ns", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_sha256"], ["recording.sha256"], name="fk_fingerprint_recording_sha256_recording"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_fingerprint"),
        sa.UniqueConstraint("recording_sha256", "method", name="uq_fingerprint_recording_sha256_method"),
    )
    op.create_index("ix_fingerprint_method", "fingerprint", ["method"], unique=False)


def _create_comparison() -> None:
    op.create_table(
        "comparison",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("object_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="fk_comparison_dossier_id_dossier"),
        sa.PrimaryKeyConstraint("id", name="pk_comparison"),
    )
    op.create_index("ix_comparison_dossier_id", "comparison", ["dossier_id"], unique=False)


def _create_recorder_profile() -> None:
    op.create_table(
        "recorder_profile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("recordings", sa.Integer(), nullable=False),
        sa.Column("object_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_recorder_profile"),
    )
    op.create_index(
        "ix_recorder_profile_recorder", "recorder_profile", ["institution", "venue", "device"], unique=False
    )
