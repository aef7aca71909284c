"""Training classes and their units: taking in what a class file declares."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from lessonproof.evidence.training import ClassFile, TeachingUnit
from lessonproof.storage.custody import Action, append_entry
from lessonproof.storage.errors import NotFoundError
from lessonproof.storage.recordings import link_known_recordings
from lessonproof.storage.slots import refuse_ambiguous, slot_of
from lessonproof.storage.tables import ClassFileRow, TrainingClassRow, UnitRecordingRow, UnitRow


@dataclass(frozen=True, slots=True)
class RegisteredClass:
    """What came of a class file.

    Attributes:
        class_id: the class's identifier in addresses.
        is_new_content: whether these very bytes were not in force before.
    """

    class_id: str
    is_new_content: bool


def register_class(session: Session, declared: ClassFile, content_sha256: str, now: datetime) -> RegisteredClass:
    """Put a class file in force: create the class or update its units. The same bytes again change nothing.

    Args:
        session: an open writing transaction.
        declared: what the class file says.
        content_sha256: digest under which its bytes are stored.
        now: the present moment.

    Raises:
        AmbiguousNameError: two of its recordings cannot be told apart by file name.
    """
    units = declared.training_class.units
    refuse_ambiguous(recording.file for unit in units for recording in unit.recordings)
    row = _class_row(session, declared.training_class.class_id, now)
    in_force = session.scalars(_in_force(row.id)).one_or_none()
    if in_force is not None and in_force.sha256 == content_sha256:
        return RegisteredClass(row.id, is_new_content=False)
    _put_in_force(session, row.id, declared, content_sha256, now)
    _replace_units(session, row.id, units)
    link_known_recordings(session, row.id, now)
    append_entry(
        session,
        Action.CLASS_FILE_RECEIVED,
        content_sha256,
        {"class": row.id, "replaces": None if in_force is None else in_force.sha256},
        now,
    )
    return RegisteredClass(row.id, is_new_content=True)


def find_class(session: Session, class_id: str) -> TrainingClassRow:
    """A class by its identifier.

    Raises:
        NotFoundError: there is none.
    """
    row = session.get(TrainingClassRow, class_id)
    if row is None:
        raise NotFoundError(f"there is no class {class_id}", f"没有编号为 {class_id} 的班级")
    return row


def class_file_in_force(session: Session, class_id: str) -> ClassFileRow:
    """The class file that counts now; every class has one."""
    return session.scalars(_in_force(class_id)).one()


def find_unit(session: Session, unit_id: str) -> UnitRow:
    """A unit by its identifier.

    Raises:
        NotFoundError: there is none.
    """
    row = session.get(UnitRow, unit_id)
    if row is None:
        raise NotFoundError(f"there is no unit {unit_id}", f"没有编号为 {unit_id} 的授课单元")
    return row


def _in_force(class_id: str) -> Select[ClassFileRow]:
    return select(ClassFileRow).where(ClassFileRow.class_id == class_id, ClassFileRow.is_in_force)


def _class_row(session: Session, class_number: str, now: datetime) -> TrainingClassRow:
    row = session.scalars(select(TrainingClassRow).where(TrainingClassRow.class_number == class_number)).one_or_none()
    if row is None:
        row = TrainingClassRow(class_number=class_number, created_at=now)
        session.add(row)
        session.flush()
    return row


def _put_in_force(session: Session, class_id: str, declared: ClassFile, sha256: str, now: datetime) -> None:
    session.execute(update(ClassFileRow).where(ClassFileRow.class_id == class_id).values(is_in_force=False))
    earlier = session.scalars(
        select(ClassFileRow).where(ClassFileRow.class_id == class_id, ClassFileRow.sha256 == sha256)
    ).one_or_none()
    if earlier is not None:
        earlier.is_in_force = True
    else:
        session.add(
            ClassFileRow(
                class_id=class_id,
                sha256=sha256,
                rule_pack=declared.rule_pack,
                institution=declared.institution.name,
                occupation=declared.training_class.occupation,
                is_in_force=True,
                received_at=now,
            )
        )
    session.flush()


def _replace_units(session: Session, class_id: str, units: tuple[TeachingUnit, ...]) -> None:
    known = {row.name: row for row in session.scalars(select(UnitRow).where(UnitRow.class_id == class_id))}
    for row in known.values():
        row.is_listed = False
    for unit in units:
        row = known.get(unit.unit_id) or UnitRow(class_id=class_id, name=unit.unit_id)
        row.kind, row.topic, row.venue = unit.kind.value, unit.topic, unit.venue
        row.starts_at, row.ends_at = unit.start, unit.end
        row.is_listed = True
        session.add(row)
        session.flush()
        session.execute(delete(UnitRecordingRow).where(UnitRecordingRow.unit_id == row.id))
        session.add_all(
            UnitRecordingRow(
                unit_id=row.id,
                position=position,
                file=ref.file,
                slot=slot_of(ref.file),
                camera=ref.camera,
                device=ref.device,
            )
            for position, ref in enumerate(unit.recordings)
        )
    session.flush()
