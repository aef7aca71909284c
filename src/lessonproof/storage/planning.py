"""What has to be done next: recordings to analyse and to compare, units to judge. Asking twice asks once.

Called in the transaction of every change that can make work (a class file, a receipt, a dossier), so that a crash
between a change and its consequence is impossible, and once at start.
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from lessonproof.evidence.codec import canonical_json
from lessonproof.storage.classes import class_file_in_force
from lessonproof.storage.comparisons import newest_comparison
from lessonproof.storage.filings import Filing, filings_of
from lessonproof.storage.jobs import enqueue, revive
from lessonproof.storage.tables import (
    ClassFileRow,
    ComparisonRow,
    DossierRow,
    FingerprintRow,
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
        comparisons: newest comparison of each of these dossiers that has one, likewise.
    """

    class_file: ClassFileRow
    dossiers: dict[str, DossierRow]
    comparisons: dict[str, ComparisonRow]

    @property
    def evidence_hash(self) -> str:
        """Digest of the class file, the dossiers and the comparisons."""
        value: dict[str, object] = {
            "class_file": self.class_file.sha256,
            "dossiers": {file: row.object_sha256 for file, row in self.dossiers.items()},
        }
        if self.comparisons:  # evidence of versions that compared nothing keeps its digest
            value["comparisons"] = {file: row.object_sha256 for file, row in self.comparisons.items()}
        return _digest(value)

    def inputs_hash(self, rules_hash: str) -> str:
        """Digest of the evidence and the rules: equal inputs give an equal verdict."""
        return _digest({"evidence": self.evidence_hash, "rules": rules_hash})


def plan_work(session: Session, config: WorkConfig, now: datetime, class_ids: Collection[str] | None = None) -> None:
    """Enqueue what is missing: analyses of recordings, comparisons of new dossiers, judgements of units that are ready.

    What was judged once on the same evidence stays as it is, whatever rules came since.

    Args:
        session: an open writing transaction.
        config: with what new work is done.
        now: the present moment.
        class_ids: classes whose units may have become ready; ``None`` looks at all.
    """
    for sha256 in _never_analysed(session):
        enqueue(session, JobKind.ANALYSE, sha256, config.analysis_hash, now)
    for dossier in _never_compared(session):
        enqueue(session, JobKind.COMPARE, dossier.recording_sha256, _first_comparison(dossier), now)
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
        dossier = newest_dossier(session, sha256)
        if dossier is not None and dossier.is_comparable and newest_comparison(session, dossier.id) is None:
            jobs.append(enqueue(session, JobKind.COMPARE, sha256, _first_comparison(dossier), now))
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
    comparisons: dict[str, ComparisonRow] = {}
    for file, slot in files.items():
        sha256 = received.get(slot)
        dossier = None if sha256 is None else newest_dossier(session, sha256)
        if dossier is None or _has_active(session, dossier.recording_sha256):
            return None
        comparison = newest_comparison(session, dossier.id)
        if dossier.is_comparable and comparison is None:
            return None
        dossiers[file] = dossier
        if comparison is not None:
            comparisons[file] = comparison
    return UnitEvidence(class_file_in_force(session, unit.class_id), dossiers, comparisons)


def compare_later_ones(
    session: Session, own: Filing, others: Collection[str], fingerprint: FingerprintRow, now: datetime
) -> None:
    """Ask for another comparison of recordings that came later than this one and were compared before it was there.

    A common stretch is told on the later of two recordings, whichever was analysed first.

    Args:
        session: an open writing transaction.
        own: first filing of the recording that was accepted.
        others: digests of recordings that have something in common with it.
        fingerprint: of the recording; written when it was accepted.
        now: the present moment.
    """
    for sha256, filings in filings_of(session, others).items():
        dossier = newest_dossier(session, sha256)
        compared = None if dossier is None else newest_comparison(session, dossier.id)
        is_behind = compared is not None and compared.created_at <= fingerprint.created_at
        if own.is_before(filings[-1]) and is_behind:
            reason = _digest({"recording": sha256, "because_of": own.sha256})
            enqueue(session, JobKind.COMPARE, sha256, reason, now)


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


def _never_compared(session: Session) -> Iterable[DossierRow]:
    """Newest dossiers of recordings in force that wait for a comparison and have no job for it, whatever its state."""
    newest = select(func.max(DossierRow.id)).group_by(DossierRow.recording_sha256)
    rows = session.scalars(
        select(DossierRow)
        .where(
            DossierRow.id.in_(newest),
            DossierRow.is_comparable,
            ~exists().where(ComparisonRow.dossier_id == DossierRow.id),
            exists()
            .where(
                ReceiptRow.recording_sha256 == DossierRow.recording_sha256,
                ReceiptRow.replaced_at.is_(None),
                UnitRecordingRow.slot == ReceiptRow.slot,
                UnitRow.id == UnitRecordingRow.unit_id,
                UnitRow.class_id == ReceiptRow.class_id,
                UnitRow.is_listed,
            )
            .correlate(DossierRow),
        )
        .order_by(DossierRow.id)
    ).all()
    return [row for row in rows if not _has_job(session, JobKind.COMPARE, row.recording_sha256, _first_comparison(row))]


def _first_comparison(dossier: DossierRow) -> str:
    """What names the job that compares a dossier for the first time."""
    return _digest({"dossier": dossier.object_sha256})


def _has_job(session: Session, kind: JobKind, subject: str, config_hash: str) -> bool:
    return bool(
        session.scalar(
            select(
                exists().where(JobRow.kind == kind.value, JobRow.subject == subject, JobRow.config_hash == config_hash)
            )
        )
    )


def _has_active(session: Session, sha256: str) -> bool:
    """Whether a recording is about to be analysed or compared."""
    kinds = (JobKind.ANALYSE.value, JobKind.COMPARE.value)
    return bool(
        session.scalar(
            select(exists().where(JobRow.kind.in_(kinds), JobRow.subject == sha256, JobRow.state.in_(_ACTIVE)))
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
