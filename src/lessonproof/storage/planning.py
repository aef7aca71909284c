"""What has to be done next: recordings to analyse, units to judge. Asking twice asks once.

Called in the transaction of every change that can make work (a class file, a receipt, a dossier), so that a crash
between a change and its consequence is impossible, and once at start.
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lessonproof.evidence.codec import canonical_json
from lessonproof.storage.classes import class_file_in_force
from lessonproof.storage.jobs import enqueue, revive
from lessonproof.storage.tables import (
    ClassFileRow,
    DossierRow,
    JobKind,
    JobRow,
    JobState,
    ReceiptRow,
    UnitRecordingRow,
    UnitRow,
    VerdictRow,
)

_ACTIVE = (JobState.QUEUED.value, JobState.RUNNING.value)


@dataclass(frozen=True, slots=True)
class WorkConfig:
    """With what new work is done.

    Attributes:
        analysis_hash: digest of everything that shapes a dossier: settings, stage versions, models.
        rules_hash: digest of everything that shapes a verdict beside the evidence: software and rule packs.
    """

    analysis_hash: str
    rules_hash: str


@dataclass(frozen=True, slots=True)
class UnitEvidence:
    """What a unit can be judged on now.

    Attributes:
        class_file: the class file in force.
        dossiers: newest dossier of each recording, by the recording's name in the class file.
    """

    class_file: ClassFileRow
    dossiers: dict[str, DossierRow]

    @property
    def evidence_hash(self) -> str:
        """Digest of the class file and the dossiers."""
        dossiers = {file: row.object_sha256 for file, row in self.dossiers.items()}
        return _digest({"class_file": self.class_file.sha256, "dossiers": dossiers})

    def inputs_hash(self, rules_hash: str) -> str:
        """Digest of the evidence and the rules: equal inputs give an equal verdict."""
        return _digest({"evidence": self.evidence_hash, "rules": rules_hash})


def plan_work(session: Session, config: WorkConfig, now: datetime, class_ids: Collection[str] | None = None) -> None:
    """Enqueue what is missing: an analysis for each recording that has none, a judgement for each unit that is ready.

    What was judged once on the same evidence stays as it is, whatever rules came since.

    Args:
        session: an open writing transaction.
        config: with what new work is done.
        now: the present moment.
        class_ids: classes whose units may have become ready; ``None`` looks at all.
    """
    for sha256 in _never_analysed(session):
        enqueue(session, JobKind.ANALYSE, sha256, config.analysis_hash, now)
    units = select(UnitRow).where(UnitRow.is_listed)
    for unit in session.scalars(units if class_ids is None else units.where(UnitRow.class_id.in_(class_ids))):
        evidence = gather_evidence(session, unit)
        if evidence is not None and not _was_judged(session, unit, evidence):
            job_id = enqueue(session, JobKind.JUDGE, unit.id, evidence.inputs_hash(config.rules_hash), now)
            # Done without a verdict on this evidence: by the time it ran the unit had other evidence.
            revive(session, job_id, [JobState.DONE], now)


def plan_again(session: Session, unit: UnitRow, config: WorkConfig, now: datetime) -> int:
    """Do a unit over with what is installed now: failed jobs get new attempts, other settings give new dossiers.

    Returns:
        How many jobs are waiting or running for it now.
    """
    jobs: list[int] = []
    for sha256 in sorted(set(receipts_of(session, unit).values())):
        done = session.scalar(
            select(
                exists().where(DossierRow.recording_sha256 == sha256, DossierRow.config_hash == config.analysis_hash)
            )
        )
        if not done:
            jobs.append(enqueue(session, JobKind.ANALYSE, sha256, config.analysis_hash, now))
    evidence = None if jobs else gather_evidence(session, unit)
    if evidence is not None and not has_verdict(session, unit, evidence.inputs_hash(config.rules_hash)):
        jobs.append(enqueue(session, JobKind.JUDGE, unit.id, evidence.inputs_hash(config.rules_hash), now))
    for job_id in jobs:
        revive(session, job_id, [JobState.FAILED, JobState.DONE], now)
    return len(session.scalars(select(JobRow.id).where(JobRow.id.in_(jobs), JobRow.state.in_(_ACTIVE))).all())


def gather_evidence(session: Session, unit: UnitRow) -> UnitEvidence | None:
    """What a unit can be judged on; ``None`` while a recording is missing or still to be analysed."""
    received = receipts_of(session, unit)
    files = files_of(session, unit)
    dossiers: dict[str, DossierRow] = {}
    for file, slot in files.items():
        sha256 = received.get(slot)
        dossier = None if sha256 is None else newest_dossier(session, sha256)
        if dossier is None or _has_active(session, JobKind.ANALYSE, dossier.recording_sha256):
            return None
        dossiers[file] = dossier
    return UnitEvidence(class_file_in_force(session, unit.class_id), dossiers)


def files_of(session: Session, unit: UnitRow) -> dict[str, str]:
    """Slot by file name as written, in the class file's order."""
    rows = session.scalars(
        select(UnitRecordingRow).where(UnitRecordingRow.unit_id == unit.id).order_by(UnitRecordingRow.position)
    )
    return {row.file: row.slot for row in rows}


def receipts_of(session: Session, unit: UnitRow) -> dict[str, str]:
    """Digest of the recording in force, by slot, for the unit's slots that have one."""
    rows = session.execute(
        select(ReceiptRow.slot, ReceiptRow.recording_sha256)
        .join(UnitRecordingRow, UnitRecordingRow.slot == ReceiptRow.slot)
        .where(
            UnitRecordingRow.unit_id == unit.id,
            ReceiptRow.class_id == unit.class_id,
            ReceiptRow.replaced_at.is_(None),
        )
    )
    return {row.slot: row.recording_sha256 for row in rows}


def classes_with(session: Session, sha256: str) -> tuple[str, ...]:
    """Classes in which a recording is in force."""
    return tuple(
        session.scalars(
            select(ReceiptRow.class_id)
            .where(ReceiptRow.recording_sha256 == sha256, ReceiptRow.replaced_at.is_(None))
            .distinct()
        )
    )


def newest_dossier(session: Session, sha256: str) -> DossierRow | None:
    """The latest dossier of a recording."""
    return session.scalars(
        select(DossierRow).where(DossierRow.recording_sha256 == sha256).order_by(DossierRow.id.desc()).limit(1)
    ).first()


def _never_analysed(session: Session) -> Iterable[str]:
    """Recordings in force in a listed unit without a dossier and without a job, whatever the job's state."""
    return session.scalars(
        select(ReceiptRow.recording_sha256)
        .join(UnitRecordingRow, UnitRecordingRow.slot == ReceiptRow.slot)
        .join(UnitRow, (UnitRow.id == UnitRecordingRow.unit_id) & (UnitRow.class_id == ReceiptRow.class_id))
        .where(
            UnitRow.is_listed,
            ReceiptRow.replaced_at.is_(None),
            ~exists().where(DossierRow.recording_sha256 == ReceiptRow.recording_sha256),
            ~exists().where(JobRow.kind == JobKind.ANALYSE.value, JobRow.subject == ReceiptRow.recording_sha256),
        )
        .distinct()
    ).all()


def _has_active(session: Session, kind: JobKind, subject: str) -> bool:
    return bool(
        session.scalar(
            select(exists().where(JobRow.kind == kind.value, JobRow.subject == subject, JobRow.state.in_(_ACTIVE)))
        )
    )


def _was_judged(session: Session, unit: UnitRow, evidence: UnitEvidence) -> bool:
    return bool(
        session.scalar(
            select(exists().where(VerdictRow.unit_id == unit.id, VerdictRow.evidence_hash == evidence.evidence_hash))
        )
    )


def has_verdict(session: Session, unit: UnitRow, inputs_hash: str) -> bool:
    """Whether the unit was judged on exactly these inputs."""
    return bool(
        session.scalar(select(exists().where(VerdictRow.unit_id == unit.id, VerdictRow.inputs_hash == inputs_hash)))
    )


def _digest(value: dict[str, object]) -> str:
    return hashlib.sha256(canonical_json(value)).hexdigest()
