"""The rows of the database, typed. What they mean is said here; what may be done with them, in the modules beside it.

Times are timezone-aware UTC. Objects are named by their SHA-256; names that people gave (files, units) are columns and
never parts of a path.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from uuid import uuid4

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, MetaData, String, Text, UniqueConstraint, false, text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

NAMING: Final = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A timezone-aware moment; kept as UTC, which SQLite cannot say for itself."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse moments without a time zone; a wall clock is not a time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a timezone-aware moment is needed, got {value!r}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment its time zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


def new_id() -> str:
    """An identifier that tells nothing and can stand in an address."""
    return uuid4().hex


class JobKind(StrEnum):
    """What a job does."""

    ANALYSE = "analyse"
    COMPARE = "compare"
    JUDGE = "judge"


class JobState(StrEnum):
    """Where a job stands. ``failed`` is final unless somebody asks for another attempt."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Base(DeclarativeBase):
    """Root of the tables."""

    metadata = MetaData(naming_convention=NAMING)


Id = String(32)
Digest = String(64)
Word = String(32)
Name = String(255)


class TrainingClassRow(Base):
    """A training class, whatever class files say of it over time."""

    __tablename__ = "training_class"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    class_number: Mapped[str] = mapped_column(Name, unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ClassFileRow(Base):
    """One class file as it was handed in; the bytes are an object. One of each class is in force; earlier ones stay."""

    __tablename__ = "class_file"
    __table_args__ = (
        UniqueConstraint("class_id", "sha256"),
        Index(
            "uq_class_file_class_id_in_force",
            "class_id",
            unique=True,
            sqlite_where=text("is_in_force"),
            postgresql_where=text("is_in_force"),
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    class_id: Mapped[str] = mapped_column(ForeignKey("training_class.id"))
    sha256: Mapped[str] = mapped_column(Digest)
    rule_pack: Mapped[str] = mapped_column(Word)
    institution: Mapped[str] = mapped_column(Text)
    occupation: Mapped[str] = mapped_column(Text)
    is_in_force: Mapped[bool]
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


class UnitRow(Base):
    """A teaching unit of a class. ``is_listed`` is false where the class file in force no longer names it.

    ``venue`` is ``None`` for units that an older version took in.
    """

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("class_id", "name"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    class_id: Mapped[str] = mapped_column(ForeignKey("training_class.id"), index=True)
    name: Mapped[str] = mapped_column(Name)
    kind: Mapped[str] = mapped_column(Word)
    topic: Mapped[str] = mapped_column(Text)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    venue: Mapped[str | None] = mapped_column(Text)
    is_listed: Mapped[bool]


class UnitRecordingRow(Base):
    """A recording that a unit names.

    ``file`` is the name as written in the class file; ``slot`` is what an upload is matched by (see ``slots``).
    ``device`` names the recorder; ``None`` where the class file does not.
    """

    __tablename__ = "unit_recording"
    __table_args__ = (UniqueConstraint("unit_id", "file"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    position: Mapped[int]
    file: Mapped[str] = mapped_column(Text)
    slot: Mapped[str] = mapped_column(Name, index=True)
    camera: Mapped[str] = mapped_column(Text)
    device: Mapped[str | None] = mapped_column(Text)


class RecordingRow(Base):
    """A recording that was received; its bytes are an object of the same digest."""

    __tablename__ = "recording"

    sha256: Mapped[str] = mapped_column(Digest, primary_key=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReceiptRow(Base):
    """A recording received for a slot of a class. Replaced ones stay; at most one of a slot is in force."""

    __tablename__ = "receipt"
    __table_args__ = (
        Index(
            "uq_receipt_class_id_slot_in_force",
            "class_id",
            "slot",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[str] = mapped_column(ForeignKey("training_class.id"))
    slot: Mapped[str] = mapped_column(Name)
    original_name: Mapped[str] = mapped_column(Name)
    recording_sha256: Mapped[str] = mapped_column(ForeignKey("recording.sha256"), index=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class JobRow(Base):
    """Durable work. The same work (``kind``, ``subject``, ``config_hash``) is one row however often it is asked for.

    ``subject`` is a recording's digest or a unit's id. ``tries`` counts attempts that began; ``lease_until`` is when
    the attempt of ``owner`` is given up unless renewed.
    """

    __tablename__ = "job"
    __table_args__ = (
        UniqueConstraint("kind", "subject", "config_hash"),
        Index("ix_job_state_not_before", "state", "not_before"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Word)
    subject: Mapped[str] = mapped_column(Digest, index=True)
    config_hash: Mapped[str] = mapped_column(Digest)
    state: Mapped[str] = mapped_column(Word)
    owner: Mapped[str | None] = mapped_column(Name)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int]
    max_tries: Mapped[int]
    progress_permille: Mapped[int]
    error_code: Mapped[str | None] = mapped_column(String(64))
    error_en: Mapped[str | None] = mapped_column(Text)
    error_zh: Mapped[str | None] = mapped_column(Text)
    result_sha256: Mapped[str | None] = mapped_column(Digest)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DossierRow(Base):
    """What was measured on a recording with one configuration; the dossier is an object.

    ``is_comparable`` is false for dossiers of versions that compared nothing: they are judged as they were.
    """

    __tablename__ = "dossier"
    __table_args__ = (UniqueConstraint("recording_sha256", "config_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    recording_sha256: Mapped[str] = mapped_column(ForeignKey("recording.sha256"))
    config_hash: Mapped[str] = mapped_column(Digest)
    object_sha256: Mapped[str] = mapped_column(Digest)
    duration_ns: Mapped[int | None] = mapped_column(BigInteger)
    is_comparable: Mapped[bool] = mapped_column(server_default=false())
    failure_code: Mapped[str | None] = mapped_column(String(64))
    failure_en: Mapped[str | None] = mapped_column(Text)
    failure_zh: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FingerprintRow(Base):
    """The fingerprint of a recording by one method; the fingerprint is an object. What indexes are filled from."""

    __tablename__ = "fingerprint"
    __table_args__ = (UniqueConstraint("recording_sha256", "method"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    recording_sha256: Mapped[str] = mapped_column(ForeignKey("recording.sha256"))
    method: Mapped[str] = mapped_column(Word, index=True)
    object_sha256: Mapped[str] = mapped_column(Digest)
    duration_ns: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ComparisonRow(Base):
    """What a dossier's recording has in common with others, as found at one time; the comparison is an object."""

    __tablename__ = "comparison"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    object_sha256: Mapped[str] = mapped_column(Digest)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RecorderProfileRow(Base):
    """What the accepted recordings of one recorder had in common, as learned at one time; the profile is an object."""

    __tablename__ = "recorder_profile"
    __table_args__ = (Index("ix_recorder_profile_recorder", "institution", "venue", "device"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    institution: Mapped[str] = mapped_column(Text)
    venue: Mapped[str] = mapped_column(Text)
    device: Mapped[str] = mapped_column(Text)
    recordings: Mapped[int]
    object_sha256: Mapped[str] = mapped_column(Digest)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PictureRow(Base):
    """A picture that shows a finding of a dossier; ``name`` is what the finding calls it."""

    __tablename__ = "picture"
    __table_args__ = (UniqueConstraint("dossier_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    name: Mapped[str] = mapped_column(Name)
    object_sha256: Mapped[str] = mapped_column(Digest)


class VerdictRow(Base):
    """What a unit was judged to be, on one set of inputs.

    ``evidence_hash`` is the digest of the class file and dossiers alone, ``inputs_hash`` of these and the rules.
    """

    __tablename__ = "verdict"
    __table_args__ = (UniqueConstraint("unit_id", "inputs_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    evidence_hash: Mapped[str] = mapped_column(Digest)
    inputs_hash: Mapped[str] = mapped_column(Digest)
    outcome: Mapped[str] = mapped_column(Word)
    payable_class_hours: Mapped[int | None]
    verdict_sha256: Mapped[str] = mapped_column(Digest)
    findings_sha256: Mapped[str] = mapped_column(Digest)
    report_sha256: Mapped[str] = mapped_column(Digest)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class VerdictDossierRow(Base):
    """A dossier that a verdict rests on; its pictures are the unit's frames."""

    __tablename__ = "verdict_dossier"

    verdict_id: Mapped[int] = mapped_column(ForeignKey("verdict.id"), primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), primary_key=True)


class CustodyRow(Base):
    """One entry of the custody ledger, chained to the one before by its hash; never changed, never removed."""

    __tablename__ = "custody"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    action: Mapped[str] = mapped_column(Word)
    subject: Mapped[str] = mapped_column(Name)
    detail: Mapped[str] = mapped_column(Text)
    previous_hash: Mapped[str] = mapped_column(Digest, unique=True)
    hash: Mapped[str] = mapped_column(Digest, unique=True)
