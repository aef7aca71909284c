"""How things stand, for the page and the API: every unit with its recordings, in a handful of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lessonproof.storage.jobs import JobError
from lessonproof.storage.tables import (
    DossierRow,
    JobKind,
    JobRow,
    JobState,
    ReceiptRow,
    RecordingRow,
    TrainingClassRow,
    UnitRecordingRow,
    UnitRow,
    VerdictRow,
)


class RecordingPhase(StrEnum):
    """Where a recording stands. ``unreadable`` is an answer (the file is at fault), ``failed`` is none (we are)."""

    MISSING = "missing"
    QUEUED = "queued"
    ANALYSING = "analysing"
    ANALYSED = "analysed"
    UNREADABLE = "unreadable"
    FAILED = "failed"


class UnitPhase(StrEnum):
    """Where a unit stands."""

    WAITING = "waiting"
    ANALYSING = "analysing"
    JUDGING = "judging"
    JUDGED = "judged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RecordingState:
    """A recording that a unit names, and what became of it.

    Attributes:
        file: name as written in the class file.
        slot: file name that an upload must have.
        camera: which camera.
        phase: where it stands.
        progress: share of the analysis that is done, 0..1; ``None`` unless it is being analysed.
        sha256: digest; ``None`` while it is missing.
        size_bytes: size; ``None`` while it is missing.
        original_name: name of the file that was uploaded; ``None`` while it is missing.
        received_at: when; ``None`` while it is missing.
        duration_ns: length; ``None`` unless it was read.
        error: why it is unreadable or failed.
    """

    file: str
    slot: str
    camera: str
    phase: RecordingPhase
    progress: float | None = None
    sha256: str | None = None
    size_bytes: int | None = None
    original_name: str | None = None
    received_at: datetime | None = None
    duration_ns: int | None = None
    error: JobError | None = None


@dataclass(frozen=True, slots=True)
class UnitState:
    """A unit, what was declared of it, and where it stands.

    Attributes:
        unit_id: identifier in addresses.
        class_id: identifier of its class.
        class_number: number of its class.
        name: its name in the class file.
        kind: form of the lesson.
        topic: what is taught.
        starts_at: scheduled start.
        ends_at: scheduled end.
        phase: where it stands.
        waiting_for: recordings that are missing.
        progress: share of the analysis of all its recordings, 0..1; ``None`` unless they are being analysed.
        outcome: outcome of the latest verdict; ``None`` where there is none.
        payable_class_hours: hours of the latest verdict; ``None`` where they are open.
        judged_at: when the latest verdict was written.
        error: why it failed.
        recordings: in the class file's order.
    """

    unit_id: str
    class_id: str
    class_number: str
    name: str
    kind: str
    topic: str
    starts_at: datetime
    ends_at: datetime
    phase: UnitPhase
    waiting_for: int
    progress: float | None
    outcome: str | None
    payable_class_hours: int | None
    judged_at: datetime | None
    error: JobError | None
    recordings: tuple[RecordingState, ...]


def unit_states(
    session: Session, *, class_id: str | None = None, unit_id: str | None = None, with_unlisted: bool = False
) -> list[UnitState]:
    """Every listed unit by class and time; only those of a class, or only one, where asked for.

    Args:
        session: an open transaction.
        class_id: only units of this class.
        unit_id: only this unit.
        with_unlisted: also units that the class file in force no longer names.
    """
    query = (
        select(UnitRow, TrainingClassRow.class_number)
        .join(TrainingClassRow, TrainingClassRow.id == UnitRow.class_id)
        .order_by(TrainingClassRow.created_at, UnitRow.starts_at, UnitRow.name)
    )
    if not with_unlisted:
        query = query.where(UnitRow.is_listed)
    if class_id is not None:
        query = query.where(UnitRow.class_id == class_id)
    if unit_id is not None:
        query = query.where(UnitRow.id == unit_id)
    rows = session.execute(query).all()
    units = [unit for unit, _ in rows]
    recordings = _recordings_by_unit(session, units)
    judging = _newest_jobs(session, JobKind.JUDGE, [unit.id for unit in units])
    verdicts = _newest_verdicts(session, [unit.id for unit in units])
    return [
        _unit_state(unit, number, recordings[unit.id], judging.get(unit.id), verdicts.get(unit.id))
        for unit, number in rows
    ]


def _unit_state(
    unit: UnitRow,
    class_number: str,
    recordings: tuple[RecordingState, ...],
    judging: JobRow | None,
    verdict: VerdictRow | None,
) -> UnitState:
    phase, error = _unit_phase(recordings, judging, verdict)
    return UnitState(
        unit_id=unit.id,
        class_id=unit.class_id,
        class_number=class_number,
        name=unit.name,
        kind=unit.kind,
        topic=unit.topic,
        starts_at=unit.starts_at,
        ends_at=unit.ends_at,
        phase=phase,
        waiting_for=sum(recording.phase is RecordingPhase.MISSING for recording in recordings),
        progress=_mean_progress(recordings) if phase is UnitPhase.ANALYSING else None,
        outcome=None if verdict is None else verdict.outcome,
        payable_class_hours=None if verdict is None else verdict.payable_class_hours,
        judged_at=None if verdict is None else verdict.created_at,
        error=error,
        recordings=recordings,
    )


def _unit_phase(
    recordings: tuple[RecordingState, ...], judging: JobRow | None, verdict: VerdictRow | None
) -> tuple[UnitPhase, JobError | None]:
    phases = {recording.phase for recording in recordings}
    if RecordingPhase.MISSING in phases:
        return UnitPhase.WAITING, None
    if phases & {RecordingPhase.QUEUED, RecordingPhase.ANALYSING}:
        return UnitPhase.ANALYSING, None
    if RecordingPhase.FAILED in phases:
        return UnitPhase.FAILED, next(r.error for r in recordings if r.phase is RecordingPhase.FAILED)
    if judging is not None and judging.state == JobState.FAILED.value and not _is_newer(verdict, judging):
        return UnitPhase.FAILED, _error_of(judging)
    is_busy = judging is not None and judging.state in {JobState.QUEUED.value, JobState.RUNNING.value}
    return (UnitPhase.JUDGING if is_busy or verdict is None else UnitPhase.JUDGED), None


def _is_newer(verdict: VerdictRow | None, job: JobRow) -> bool:
    return verdict is not None and job.finished_at is not None and verdict.created_at >= job.finished_at


def _mean_progress(recordings: tuple[RecordingState, ...]) -> float:
    done = {RecordingPhase.ANALYSED, RecordingPhase.UNREADABLE, RecordingPhase.FAILED}
    return sum(1.0 if r.phase in done else r.progress or 0.0 for r in recordings) / len(recordings)


def _recordings_by_unit(session: Session, units: Iterable[UnitRow]) -> Mapping[str, tuple[RecordingState, ...]]:
    class_of = {unit.id: unit.class_id for unit in units}
    named = session.scalars(
        select(UnitRecordingRow)
        .where(UnitRecordingRow.unit_id.in_(class_of))
        .order_by(UnitRecordingRow.unit_id, UnitRecordingRow.position)
    ).all()
    receipts = {
        (receipt.class_id, receipt.slot): (receipt, size_bytes)
        for receipt, size_bytes in session.execute(
            select(ReceiptRow, RecordingRow.size_bytes)
            .join(RecordingRow, RecordingRow.sha256 == ReceiptRow.recording_sha256)
            .where(ReceiptRow.class_id.in_(set(class_of.values())), ReceiptRow.replaced_at.is_(None))
        )
    }
    digests = {receipt.recording_sha256 for receipt, _ in receipts.values()}
    jobs = _newest_jobs(session, JobKind.ANALYSE, digests)
    comparing = _newest_jobs(session, JobKind.COMPARE, digests)
    dossiers = newest_dossiers(session, digests)
    states: dict[str, list[RecordingState]] = defaultdict(list)
    for row in named:
        receipt, size_bytes = receipts.get((class_of[row.unit_id], row.slot), (None, None))
        if receipt is None:
            states[row.unit_id].append(RecordingState(row.file, row.slot, row.camera, RecordingPhase.MISSING))
            continue
        sha256 = receipt.recording_sha256
        phase, error = _recording_phase(jobs.get(sha256), dossiers.get(sha256), receipt)
        if phase is RecordingPhase.ANALYSED:
            phase, error = _comparing_phase(comparing.get(sha256))
        states[row.unit_id].append(
            RecordingState(
                file=row.file,
                slot=row.slot,
                camera=row.camera,
                phase=phase,
                progress=_progress(jobs.get(sha256)) if phase is RecordingPhase.ANALYSING else None,
                sha256=sha256,
                size_bytes=size_bytes,
                original_name=receipt.original_name,
                received_at=receipt.received_at,
                duration_ns=dossiers[sha256].duration_ns if sha256 in dossiers else None,
                error=error,
            )
        )
    return defaultdict(tuple, {unit_id: tuple(found) for unit_id, found in states.items()})


def _recording_phase(
    job: JobRow | None, dossier: DossierRow | None, receipt: ReceiptRow
) -> tuple[RecordingPhase, JobError | None]:
    if job is not None and job.state == JobState.RUNNING.value:
        return RecordingPhase.ANALYSING, None
    if job is not None and job.state == JobState.QUEUED.value:
        return RecordingPhase.QUEUED, None
    if dossier is not None and dossier.failure_code is not None:
        return RecordingPhase.UNREADABLE, failure_of(dossier, receipt.slot)
    if dossier is not None:
        return RecordingPhase.ANALYSED, None
    if job is not None and job.state == JobState.FAILED.value:
        return RecordingPhase.FAILED, _error_of(job)
    return RecordingPhase.QUEUED, None


def _comparing_phase(job: JobRow | None) -> tuple[RecordingPhase, JobError | None]:
    """Of an analysed recording: it is done when it was compared with the others too."""
    if job is not None and job.state in {JobState.QUEUED.value, JobState.RUNNING.value}:
        return RecordingPhase.ANALYSING, None
    if job is not None and job.state == JobState.FAILED.value:
        return RecordingPhase.FAILED, _error_of(job)
    return RecordingPhase.ANALYSED, None


def _progress(job: JobRow | None) -> float:
    return 0.0 if job is None else job.progress_permille / 1000


def failure_of(dossier: DossierRow, name: str) -> JobError | None:
    """Why a recording could not be read, in words that call it by its file name and not by its digest."""
    if dossier.failure_code is None:
        return None
    en, zh = dossier.failure_en or "", dossier.failure_zh or ""
    digest = dossier.recording_sha256
    return JobError(dossier.failure_code, en.replace(digest, name), zh.replace(digest, name))


def _error_of(job: JobRow) -> JobError | None:
    return None if job.error_code is None else JobError(job.error_code, job.error_en or "", job.error_zh or "")


def _newest_jobs(session: Session, kind: JobKind, subjects: Iterable[str]) -> dict[str, JobRow]:
    """By subject the job that tells most: one that is waiting or running, else the newest."""
    rows = session.scalars(
        select(JobRow).where(JobRow.kind == kind.value, JobRow.subject.in_(list(subjects))).order_by(JobRow.id)
    )
    active = {JobState.QUEUED.value, JobState.RUNNING.value}
    newest: dict[str, JobRow] = {}
    for row in rows:
        known = newest.get(row.subject)
        if known is None or row.state in active or known.state not in active:
            newest[row.subject] = row
    return newest


def newest_dossiers(session: Session, digests: Iterable[str]) -> dict[str, DossierRow]:
    """The latest dossier of each recording."""
    newest = (
        select(func.max(DossierRow.id))
        .where(DossierRow.recording_sha256.in_(list(digests)))
        .group_by(DossierRow.recording_sha256)
    )
    rows = session.scalars(select(DossierRow).where(DossierRow.id.in_(newest)))
    return {row.recording_sha256: row for row in rows}


def _newest_verdicts(session: Session, unit_ids: list[str]) -> dict[str, VerdictRow]:
    newest = select(func.max(VerdictRow.id)).where(VerdictRow.unit_id.in_(unit_ids)).group_by(VerdictRow.unit_id)
    rows = session.scalars(select(VerdictRow).where(VerdictRow.id.in_(newest)))
    return {row.unit_id: row for row in rows}
