"""What jobs produced: dossiers with their pictures, verdicts with their documents. Written with the end of the job."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lessonproof.evidence.dossier import Dossier, FailedAnalysis
from lessonproof.storage.custody import Action, append_entry
from lessonproof.storage.errors import NotFoundError
from lessonproof.storage.tables import DossierRow, PictureRow, UnitRow, VerdictDossierRow, VerdictRow


@dataclass(frozen=True, slots=True)
class VerdictObjects:
    """Digests of the documents of one verdict."""

    verdict_sha256: str
    findings_sha256: str
    report_sha256: str


@dataclass(frozen=True, slots=True)
class VerdictFacts:
    """What the database keeps of a verdict beside its documents.

    Attributes:
        evidence_hash: digest of class file and dossiers.
        inputs_hash: digest of these and the rules.
        outcome: the unit's outcome.
        payable_class_hours: hours; ``None`` while open.
        dossier_ids: rows of the dossiers that it rests on.
    """

    evidence_hash: str
    inputs_hash: str
    outcome: str
    payable_class_hours: int | None
    dossier_ids: tuple[int, ...]


def record_dossier(
    session: Session,
    recording_sha256: str,
    config_hash: str,
    result: Dossier | FailedAnalysis,
    *,
    object_sha256: str,
    pictures: Mapping[str, str],
    now: datetime,
    is_comparable: bool = False,
) -> DossierRow:
    """Keep what was measured. Measured again with the same configuration, the first dossier stands.

    Args:
        session: an open writing transaction.
        recording_sha256: a received recording.
        config_hash: digest of the configuration that measured.
        result: what was measured, or why nothing could be.
        object_sha256: the stored dossier.
        pictures: digests of stored pictures by name.
        now: the present moment.
        is_comparable: whether the unit waits for its comparison with other recordings.
    """
    known = session.scalars(
        select(DossierRow).where(DossierRow.recording_sha256 == recording_sha256, DossierRow.config_hash == config_hash)
    ).one_or_none()
    if known is not None:
        return known
    failed = result if isinstance(result, FailedAnalysis) else None
    row = DossierRow(
        recording_sha256=recording_sha256,
        config_hash=config_hash,
        object_sha256=object_sha256,
        duration_ns=None if isinstance(result, FailedAnalysis) else result.duration_ns,
        is_comparable=is_comparable and failed is None,
        failure_code=None if failed is None else failed.code,
        failure_en=None if failed is None else failed.en,
        failure_zh=None if failed is None else failed.zh,
        created_at=now,
    )
    session.add(row)
    session.flush()
    session.add_all(PictureRow(dossier_id=row.id, name=name, object_sha256=sha256) for name, sha256 in pictures.items())
    append_entry(
        session, Action.DOSSIER_WRITTEN, recording_sha256, {"dossier": object_sha256, "config": config_hash}, now
    )
    return row


def record_verdict(
    session: Session, unit: UnitRow, facts: VerdictFacts, objects: VerdictObjects, now: datetime
) -> VerdictRow:
    """Keep a verdict. Judged again on the same inputs, the first verdict stands."""
    known = session.scalars(
        select(VerdictRow).where(VerdictRow.unit_id == unit.id, VerdictRow.inputs_hash == facts.inputs_hash)
    ).one_or_none()
    if known is not None:
        return known
    row = VerdictRow(
        unit_id=unit.id,
        evidence_hash=facts.evidence_hash,
        inputs_hash=facts.inputs_hash,
        outcome=facts.outcome,
        payable_class_hours=facts.payable_class_hours,
        verdict_sha256=objects.verdict_sha256,
        findings_sha256=objects.findings_sha256,
        report_sha256=objects.report_sha256,
        created_at=now,
    )
    session.add(row)
    session.flush()
    session.add_all(
        VerdictDossierRow(verdict_id=row.id, dossier_id=dossier_id) for dossier_id in sorted(set(facts.dossier_ids))
    )
    append_entry(
        session,
        Action.VERDICT_WRITTEN,
        unit.id,
        {"verdict": objects.verdict_sha256, "inputs": facts.inputs_hash, "outcome": facts.outcome},
        now,
    )
    return row


def newest_verdict(session: Session, unit_id: str) -> VerdictRow | None:
    """The latest verdict of a unit."""
    return session.scalars(
        select(VerdictRow).where(VerdictRow.unit_id == unit_id).order_by(VerdictRow.id.desc()).limit(1)
    ).first()


def find_verdict(session: Session, unit_id: str) -> VerdictRow:
    """The latest verdict of a unit.

    Raises:
        NotFoundError: it has none yet.
    """
    row = newest_verdict(session, unit_id)
    if row is None:
        raise NotFoundError(f"unit {unit_id} has no verdict yet", f"授课单元 {unit_id} 尚无结论")
    return row


def find_picture(session: Session, unit_id: str, name: str) -> str:
    """Digest of a picture that the unit's latest verdict shows.

    Raises:
        NotFoundError: there is no verdict yet, or no such picture.
    """
    verdict = find_verdict(session, unit_id)
    sha256 = session.scalars(
        select(PictureRow.object_sha256)
        .join(VerdictDossierRow, VerdictDossierRow.dossier_id == PictureRow.dossier_id)
        .where(VerdictDossierRow.verdict_id == verdict.id, PictureRow.name == name)
        .limit(1)
    ).first()
    if sha256 is None:
        raise NotFoundError(f"unit {unit_id} has no picture {name!r}", f"授课单元 {unit_id} 没有图片 {name!r}")
    return sha256


def recording_of_picture(session: Session, unit_id: str, name: str) -> str:
    """Digest of the recording that a picture of the unit's latest verdict was taken of.

    Raises:
        NotFoundError: there is no verdict yet, or no such picture.
    """
    verdict = find_verdict(session, unit_id)
    sha256 = session.scalars(
        select(DossierRow.recording_sha256)
        .join(PictureRow, PictureRow.dossier_id == DossierRow.id)
        .join(VerdictDossierRow, VerdictDossierRow.dossier_id == DossierRow.id)
        .where(VerdictDossierRow.verdict_id == verdict.id, PictureRow.name == name)
        .limit(1)
    ).first()
    if sha256 is None:
        raise NotFoundError(f"unit {unit_id} has no picture {name!r}", f"授课单元 {unit_id} 没有图片 {name!r}")
    return sha256


def pictures_of(session: Session, dossier_id: int) -> dict[str, str]:
    """Digests of a dossier's pictures by name."""
    rows = session.execute(select(PictureRow.name, PictureRow.object_sha256).where(PictureRow.dossier_id == dossier_id))
    return {row.name: row.object_sha256 for row in rows}
