"""Receipts: which recording stands in which slot of a class, and since when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lessonproof.storage.custody import Action, append_entry
from lessonproof.storage.errors import (
    AlreadyReceivedError,
    NotFoundError,
    UnexpectedRecordingError,
    WrongDigestError,
)
from lessonproof.storage.objects import StoredObject
from lessonproof.storage.slots import DIGEST_PREFIX
from lessonproof.storage.tables import ReceiptRow, RecordingRow, UnitRecordingRow, UnitRow


@dataclass(frozen=True, slots=True)
class Receipt:
    """A recording that is in force in a slot.

    Attributes:
        sha256: which recording.
        size_bytes: its size.
        received_at: since when it stands there.
        is_new: whether it was not there before this call.
    """

    sha256: str
    size_bytes: int
    received_at: datetime
    is_new: bool


def expect_slot(session: Session, class_id: str, slot: str) -> None:
    """Check that a listed unit of the class waits for, or has, a recording in this slot.

    Raises:
        UnexpectedRecordingError: none does; the message says which names are expected.
    """
    slots = expected_slots(session, class_id)
    if slot in slots:
        return
    names = ", ".join(sorted(slots)) or "-"
    raise UnexpectedRecordingError(
        f"no unit of this class names a recording {slot!r}; expected are: {names}",
        f"本班班级文件中没有名为 {slot!r} 的录像；应为：{names}",
    )


def expected_slots(session: Session, class_id: str) -> frozenset[str]:
    """Slots of every listed unit of a class."""
    return frozenset(
        session.scalars(
            select(UnitRecordingRow.slot)
            .join(UnitRow, UnitRow.id == UnitRecordingRow.unit_id)
            .where(UnitRow.class_id == class_id, UnitRow.is_listed)
        )
    )


def receive(
    session: Session,
    class_id: str,
    slot: str,
    stored: StoredObject,
    now: datetime,
    *,
    original_name: str,
    may_replace: bool = False,
) -> Receipt:
    """Record that a recording, safely stored already, was received for a slot. The same one again changes nothing.

    Args:
        session: an open writing transaction.
        class_id: an existing class.
        slot: one of its slots.
        stored: what the object store keeps.
        now: the present moment.
        original_name: what the file was called where it came from.
        may_replace: whether another recording in this slot gives way; it stays on record.

    Raises:
        UnexpectedRecordingError: no unit names this slot.
        AlreadyReceivedError: another recording stands there and ``may_replace`` is false.
        WrongDigestError: the slot asks for one certain digest and this is another.
    """
    expect_slot(session, class_id, slot)
    _refuse_other_content(slot, stored)
    before = receipt_in_force(session, class_id, slot)
    if before is not None and before.recording_sha256 == stored.sha256:
        return Receipt(stored.sha256, stored.size_bytes, before.received_at, is_new=False)
    if before is not None:
        _replace(before, slot, now, may_replace=may_replace)
        session.flush()
    if session.get(RecordingRow, stored.sha256) is None:
        session.add(RecordingRow(sha256=stored.sha256, size_bytes=stored.size_bytes, received_at=now))
        session.flush()
    session.add(
        ReceiptRow(
            class_id=class_id,
            slot=slot,
            original_name=original_name,
            recording_sha256=stored.sha256,
            received_at=now,
        )
    )
    append_entry(
        session,
        Action.RECORDING_RECEIVED if before is None else Action.RECORDING_REPLACED,
        stored.sha256,
        {
            "class": class_id,
            "slot": slot,
            "original_name": original_name,
            "size_bytes": stored.size_bytes,
            "replaces": None if before is None else before.recording_sha256,
        },
        now,
    )
    return Receipt(stored.sha256, stored.size_bytes, now, is_new=True)


def link_known_recordings(session: Session, class_id: str, now: datetime) -> None:
    """Fill slots that ask for a digest (``sha256:…``) with recordings that were received before."""
    for slot in expected_slots(session, class_id):
        sha256 = slot.removeprefix(DIGEST_PREFIX)
        is_open = slot.startswith(DIGEST_PREFIX) and receipt_in_force(session, class_id, slot) is None
        if is_open and session.get(RecordingRow, sha256) is not None:
            session.add(
                ReceiptRow(class_id=class_id, slot=slot, original_name=slot, recording_sha256=sha256, received_at=now)
            )
            append_entry(session, Action.RECORDING_LINKED, sha256, {"class": class_id, "slot": slot}, now)


def receipt_in_force(session: Session, class_id: str, slot: str) -> ReceiptRow | None:
    """What stands in a slot."""
    return session.scalars(
        select(ReceiptRow).where(
            ReceiptRow.class_id == class_id, ReceiptRow.slot == slot, ReceiptRow.replaced_at.is_(None)
        )
    ).one_or_none()


def find_recording(session: Session, sha256: str) -> RecordingRow:
    """A received recording.

    Raises:
        NotFoundError: none of this digest was received.
    """
    row = session.get(RecordingRow, sha256)
    if row is None:
        raise NotFoundError(f"no recording {sha256} was received", f"没有收到摘要为 {sha256} 的录像")
    return row


def _replace(before: ReceiptRow, slot: str, now: datetime, *, may_replace: bool) -> None:
    if not may_replace:
        raise AlreadyReceivedError(
            f"{slot}: another recording was received under this name on {before.received_at:%Y-%m-%d %H:%M} UTC "
            f"(SHA-256 {before.recording_sha256}); ask for its replacement if it was the wrong one",
            f"{slot}：该名称下已收到另一份录像（SHA-256 {before.recording_sha256}）；如确属传错，请选择替换",
        )
    before.replaced_at = now


def _refuse_other_content(slot: str, stored: StoredObject) -> None:
    if slot.startswith(DIGEST_PREFIX) and slot != DIGEST_PREFIX + stored.sha256:
        raise WrongDigestError(
            f"the class file asks for the recording {slot}; the one that arrived has SHA-256 {stored.sha256}",
            f"班级文件要求录像 {slot}，收到的录像 SHA-256 为 {stored.sha256}",
        )
