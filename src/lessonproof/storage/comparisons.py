"""Rows of fingerprints, comparisons and recorder profiles: what may be compared, and what came of it.

A recording is accepted, and others are compared with it, while it stands in force in a listed unit and its analysis
succeeded. One that was replaced is nobody's evidence any more, and the better copy that took its place must not be
told to repeat it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lessonproof.evidence.recorder_profile import RecorderProfile
from lessonproof.storage.custody import Action, append_entry
from lessonproof.storage.filings import Filing
from lessonproof.storage.tables import (
    ClassFileRow,
    ComparisonRow,
    DossierRow,
    FingerprintRow,
    PictureRow,
    ReceiptRow,
    RecorderProfileRow,
    UnitRecordingRow,
    UnitRow,
)

LEARNED_FROM_AT_MOST: Final = 40
"""Latest recordings of a recorder that its profile is learned from: old files tell of old firmware."""


@dataclass(frozen=True, slots=True)
class StoredFingerprint:
    """Where a fingerprint lies, and how long its recording is."""

    object_sha256: str
    duration_ns: int


@dataclass(frozen=True, slots=True)
class RecorderFacts:
    """A recorder and what was learned of it.

    Attributes:
        institution: whose recordings.
        venue: declared place.
        device: recorder that the class file names, else the camera.
        profile: what its accepted recordings have in common.
        object_sha256: under which the profile is stored.
    """

    institution: str
    venue: str
    device: str
    profile: RecorderProfile
    object_sha256: str


def record_fingerprint(
    session: Session, sha256: str, method: str, stored: StoredFingerprint, now: datetime
) -> FingerprintRow:
    """Keep a recording's fingerprint. Made again by the same method, the first one stands."""
    known = session.scalars(
        select(FingerprintRow).where(FingerprintRow.recording_sha256 == sha256, FingerprintRow.method == method)
    ).one_or_none()
    if known is not None:
        return known
    row = FingerprintRow(
        recording_sha256=sha256,
        method=method,
        object_sha256=stored.object_sha256,
        duration_ns=stored.duration_ns,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def accepted_fingerprints(session: Session, method: str) -> dict[str, StoredFingerprint]:
    """What an index of ``method`` has to hold, by recording."""
    rows = session.scalars(
        select(FingerprintRow).where(
            FingerprintRow.method == method,
            exists()
            .where(
                ReceiptRow.recording_sha256 == FingerprintRow.recording_sha256,
                ReceiptRow.replaced_at.is_(None),
                UnitRecordingRow.slot == ReceiptRow.slot,
                UnitRow.id == UnitRecordingRow.unit_id,
                UnitRow.class_id == ReceiptRow.class_id,
                UnitRow.is_listed,
            )
            .correlate(FingerprintRow),
        )
    )
    return {row.recording_sha256: StoredFingerprint(row.object_sha256, row.duration_ns) for row in rows}


def newest_fingerprint(session: Session, sha256: str) -> FingerprintRow | None:
    """The latest fingerprint of a recording, by whatever method."""
    return session.scalars(
        select(FingerprintRow)
        .where(FingerprintRow.recording_sha256 == sha256)
        .order_by(FingerprintRow.id.desc())
        .limit(1)
    ).first()


def record_comparison(
    session: Session,
    dossier: DossierRow,
    object_sha256: str,
    now: datetime,
    *,
    pictures: Mapping[str, str],
    recorder: RecorderFacts | None,
) -> ComparisonRow:
    """Keep a comparison. Where nothing has changed since the one before, that one stands.

    Args:
        session: an open writing transaction.
        dossier: of the recording.
        object_sha256: the stored comparison.
        now: the present moment.
        pictures: digests of stored pictures of its findings by name.
        recorder: what its file was held against; ``None`` where nobody knows the recorder.
    """
    if recorder is not None:
        _record_profile(session, recorder, now)
    before = newest_comparison(session, dossier.id)
    if before is not None and before.object_sha256 == object_sha256:
        return before
    row = ComparisonRow(dossier_id=dossier.id, object_sha256=object_sha256, created_at=now)
    session.add(row)
    known = set(session.scalars(select(PictureRow.name).where(PictureRow.dossier_id == dossier.id)))
    session.add_all(
        PictureRow(dossier_id=dossier.id, name=name, object_sha256=sha256)
        for name, sha256 in pictures.items()
        if name not in known
    )
    session.flush()
    append_entry(
        session,
        Action.COMPARISON_WRITTEN,
        dossier.recording_sha256,
        {"comparison": object_sha256, "dossier": dossier.object_sha256},
        now,
    )
    return row


def newest_comparison(session: Session, dossier_id: int) -> ComparisonRow | None:
    """The latest comparison of a dossier."""
    return session.scalars(
        select(ComparisonRow).where(ComparisonRow.dossier_id == dossier_id).order_by(ComparisonRow.id.desc()).limit(1)
    ).first()


def dossiers_of_recorder(session: Session, filing: Filing, before_id: int) -> list[DossierRow]:
    """Dossiers of accepted recordings of the same institution, venue and recorder, newest first.

    Args:
        session: an open transaction.
        filing: of the recording that is to be held against them; it is not among them itself.
        before_id: only dossiers older than this row: what came later cannot speak of what came before.
    """
    device = UnitRecordingRow.device == filing.device
    camera = UnitRecordingRow.device.is_(None) & (UnitRecordingRow.camera == filing.device)
    rows = session.scalars(
        select(DossierRow)
        .join(ReceiptRow, ReceiptRow.recording_sha256 == DossierRow.recording_sha256)
        .join(UnitRecordingRow, UnitRecordingRow.slot == ReceiptRow.slot)
        .join(UnitRow, (UnitRow.id == UnitRecordingRow.unit_id) & (UnitRow.class_id == ReceiptRow.class_id))
        .join(ClassFileRow, (ClassFileRow.class_id == ReceiptRow.class_id) & ClassFileRow.is_in_force)
        .where(
            ReceiptRow.replaced_at.is_(None),
            UnitRow.is_listed,
            UnitRow.venue == filing.venue,
            ClassFileRow.institution == filing.institution,
            device | camera,
            DossierRow.id < before_id,
            DossierRow.is_comparable,
            DossierRow.failure_code.is_(None),
            DossierRow.recording_sha256 != filing.sha256,
        )
        .order_by(DossierRow.id.desc())
    )
    newest: dict[str, DossierRow] = {}
    for row in rows:
        newest.setdefault(row.recording_sha256, row)
        if len(newest) == LEARNED_FROM_AT_MOST:
            break
    return list(newest.values())


def _record_profile(session: Session, recorder: RecorderFacts, now: datetime) -> None:
    """Keep what was learned of a recorder. The same learned again is one row."""
    columns = {
        "institution": recorder.institution,
        "venue": recorder.venue,
        "device": recorder.device,
        "object_sha256": recorder.object_sha256,
    }
    if session.scalars(select(RecorderProfileRow).filter_by(**columns).limit(1)).first() is None:
        session.add(RecorderProfileRow(**columns, recordings=recorder.profile.recordings, created_at=now))
        session.flush()
