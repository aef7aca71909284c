"""Filings: for which units of which classes a recording was handed in, and in which order."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lessonproof.storage.tables import (
    ClassFileRow,
    ReceiptRow,
    TrainingClassRow,
    UnitRecordingRow,
    UnitRow,
)


@dataclass(frozen=True, slots=True)
class Filing:
    """A recording in force for one listed unit.

    Attributes:
        sha256: which recording.
        slot: under which name.
        received_at: since when it stands there.
        receipt_id: tells apart what was received at the same moment; rises.
        class_id: identifier of the class.
        class_number: its number, for people.
        institution: who handed it in.
        unit_id: identifier of the unit.
        unit_name: its name in the class file.
        venue: declared place; ``None`` where an older version took the class file in.
        device: recorder that the class file names, else the camera.
    """

    sha256: str
    slot: str
    received_at: datetime
    receipt_id: int
    class_id: str
    class_number: str
    institution: str
    unit_id: str
    unit_name: str
    venue: str | None
    device: str

    def is_before(self, other: "Filing") -> bool:
        """Whether it was received earlier."""
        return (self.received_at, self.receipt_id) < (other.received_at, other.receipt_id)


def filings_of(session: Session, digests: Collection[str]) -> dict[str, tuple[Filing, ...]]:
    """Filings in force of recordings, earliest first; a recording that has none is left out."""
    rows = session.execute(
        select(ReceiptRow, UnitRow, UnitRecordingRow, TrainingClassRow.class_number, ClassFileRow.institution)
        .join(UnitRecordingRow, UnitRecordingRow.slot == ReceiptRow.slot)
        .join(UnitRow, (UnitRow.id == UnitRecordingRow.unit_id) & (UnitRow.class_id == ReceiptRow.class_id))
        .join(TrainingClassRow, TrainingClassRow.id == ReceiptRow.class_id)
        .join(ClassFileRow, (ClassFileRow.class_id == ReceiptRow.class_id) & ClassFileRow.is_in_force)
        .where(ReceiptRow.recording_sha256.in_(list(digests)), ReceiptRow.replaced_at.is_(None), UnitRow.is_listed)
        .order_by(ReceiptRow.received_at, ReceiptRow.id, UnitRow.starts_at, UnitRow.name)
    )
    found: dict[str, list[Filing]] = defaultdict(list)
    for receipt, unit, named, class_number, institution in rows:
        found[receipt.recording_sha256].append(
            Filing(
                sha256=receipt.recording_sha256,
                slot=receipt.slot,
                received_at=receipt.received_at,
                receipt_id=receipt.id,
                class_id=receipt.class_id,
                class_number=class_number,
                institution=institution,
                unit_id=unit.id,
                unit_name=unit.name,
                venue=unit.venue,
                device=named.device or named.camera,
            )
        )
    return {sha256: tuple(filings) for sha256, filings in found.items()}
