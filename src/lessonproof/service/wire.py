"""What the API says and takes: wire types, apart from rows and domain values."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from lessonproof.evidence.intervals import ns_to_s
from lessonproof.storage.jobs import JobError
from lessonproof.storage.listing import ClassState, RecordingFile
from lessonproof.storage.overview import RecordingPhase, RecordingState, UnitPhase, UnitState, failure_of
from lessonproof.storage.tables import JobKind, JobRow, JobState


class Wire(BaseModel):
    """Root of the wire types: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Problem(Wire):
    """An error (RFC 9457). `code` is stable and listed in the documentation; `zh` and `en` are for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    zh: str
    en: str


class ErrorOut(Wire):
    """Why something could not be done."""

    code: str
    zh: str
    en: str


class RecordingOut(Wire):
    """A recording that a unit names, and what became of it."""

    file: str = Field(description="name as written in the class file")
    upload_name: str = Field(description="file name to upload it under")
    camera: str
    state: RecordingPhase
    progress: float | None = Field(description="share of the analysis done, 0..1, while it is analysed")
    sha256: str | None
    size_bytes: int | None
    original_name: str | None
    received_at: datetime | None
    duration_s: float | None
    error: ErrorOut | None


class UnitOut(Wire):
    """A teaching unit and where it stands."""

    id: str
    class_id: str
    class_number: str
    name: str
    kind: str
    topic: str
    starts_at: datetime
    ends_at: datetime
    state: UnitPhase
    waiting_for: int = Field(description="recordings that are still missing")
    progress: float | None = Field(description="share of the analysis of all recordings, 0..1, while analysed")
    outcome: str | None = Field(description="`pass`, `fail` or `review` of the latest verdict")
    payable_class_hours: int | None
    judged_at: datetime | None
    error: ErrorOut | None
    recordings: list[RecordingOut]


class UnblurredIn(Wire):
    """Who wants to see a picture unblurred, and what for; both are kept in the custody ledger for good."""

    viewer: str = Field(min_length=1, max_length=100, pattern=r"\S", description="name of whoever looks, as declared")
    reason: str = Field(min_length=1, max_length=500, pattern=r"\S", description="what it is needed for")


class ClassOut(Wire):
    """A training class with its units."""

    id: str
    class_number: str
    institution: str
    occupation: str
    rule_pack: str
    class_file_sha256: str
    received_at: datetime
    units: list[UnitOut]


class ReceiptOut(Wire):
    """A recording is received: its bytes are on the disk and were read back from it."""

    sha256: str
    size_bytes: int
    received_at: datetime
    is_new: bool = Field(description="false where the very same recording had been received before")


class AnalysisOut(Wire):
    """What was measured on a recording with one configuration."""

    dossier_sha256: str
    config_hash: str
    created_at: datetime
    duration_s: float | None
    error: ErrorOut | None


class RecordingDetail(Wire):
    """A received recording."""

    sha256: str
    size_bytes: int
    received_at: datetime
    received_as: list[str] = Field(description="names under which it is in force")
    analyses: list[AnalysisOut]


class JobOut(Wire):
    """A durable job."""

    id: int
    kind: JobKind
    subject: str
    state: JobState
    progress: float
    tries: int
    max_tries: int
    created_at: datetime
    finished_at: datetime | None
    error: ErrorOut | None


class AgainOut(Wire):
    """How many jobs wait or run for the unit after it was asked for again; 0 where all is up to date."""

    jobs: int


class LimitsOut(Wire):
    """What an upload may be right now."""

    max_upload_bytes: int
    free_bytes: int | None = Field(description="room for uploads; null where the store does not tell")


class HealthOut(Wire):
    """Whether the process answers."""

    status: str
    version: str


class ReadyOut(Wire):
    """Whether everything that is needed answers; `workers` is `starting`, `ready` or `restarting`."""

    is_ready: bool
    database: bool
    store: bool
    workers: str


def error_out(error: JobError | None) -> ErrorOut | None:
    """Why something failed."""
    return None if error is None else ErrorOut(code=error.code, zh=error.zh, en=error.en)


def recording_out(state: RecordingState) -> RecordingOut:
    """A recording of a unit."""
    return RecordingOut(
        file=state.file,
        upload_name=state.slot,
        camera=state.camera,
        state=state.phase,
        progress=state.progress,
        sha256=state.sha256,
        size_bytes=state.size_bytes,
        original_name=state.original_name,
        received_at=state.received_at,
        duration_s=None if state.duration_ns is None else ns_to_s(state.duration_ns),
        error=error_out(state.error),
    )


def unit_out(state: UnitState) -> UnitOut:
    """A unit."""
    return UnitOut(
        id=state.unit_id,
        class_id=state.class_id,
        class_number=state.class_number,
        name=state.name,
        kind=state.kind,
        topic=state.topic,
        starts_at=state.starts_at,
        ends_at=state.ends_at,
        state=state.phase,
        waiting_for=state.waiting_for,
        progress=state.progress,
        outcome=state.outcome,
        payable_class_hours=state.payable_class_hours,
        judged_at=state.judged_at,
        error=error_out(state.error),
        recordings=[recording_out(recording) for recording in state.recordings],
    )


def class_out(state: ClassState) -> ClassOut:
    """A class."""
    return ClassOut(
        id=state.class_id,
        class_number=state.class_number,
        institution=state.institution,
        occupation=state.occupation,
        rule_pack=state.rule_pack,
        class_file_sha256=state.class_file_sha256,
        received_at=state.received_at,
        units=[unit_out(unit) for unit in state.units],
    )


def recording_detail(file: RecordingFile) -> RecordingDetail:
    """A received recording."""
    return RecordingDetail(
        sha256=file.row.sha256,
        size_bytes=file.row.size_bytes,
        received_at=file.row.received_at,
        received_as=list(file.names),
        analyses=[
            AnalysisOut(
                dossier_sha256=row.object_sha256,
                config_hash=row.config_hash,
                created_at=row.created_at,
                duration_s=None if row.duration_ns is None else ns_to_s(row.duration_ns),
                error=error_out(failure_of(row, "recording")),
            )
            for row in file.dossiers
        ],
    )


def job_out(row: JobRow) -> JobOut:
    """A job."""
    error = None if row.error_code is None else JobError(row.error_code, row.error_en or "", row.error_zh or "")
    return JobOut(
        id=row.id,
        kind=JobKind(row.kind),
        subject=row.subject,
        state=JobState(row.state),
        progress=row.progress_permille / 1000,
        tries=row.tries,
        max_tries=row.max_tries,
        created_at=row.created_at,
        finished_at=row.finished_at,
        error=error_out(error),
    )
