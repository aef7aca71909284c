"""Lists for the API: classes with their units, jobs by page, what is known of one recording."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from lessonproof.storage.classes import class_file_in_force, find_class
from lessonproof.storage.database import Database
from lessonproof.storage.overview import UnitState, unit_states
from lessonproof.storage.recordings import find_recording
from lessonproof.storage.tables import DossierRow, JobRow, JobState, ReceiptRow, RecordingRow, TrainingClassRow


@dataclass(frozen=True, slots=True)
class ClassState:
    """A class, its class file in force, and its units.

    Attributes:
        class_id: identifier in addresses.
        class_number: its number.
        institution: who trains.
        occupation: trade.
        rule_pack: prefix of its rule pack.
        class_file_sha256: digest of the class file.
        received_at: when that was handed in.
        units: in time order.
    """

    class_id: str
    class_number: str
    institution: str
    occupation: str
    rule_pack: str
    class_file_sha256: str
    received_at: datetime
    units: tuple[UnitState, ...]


@dataclass(frozen=True, slots=True)
class RecordingFile:
    """A received recording.

    Attributes:
        row: what was received.
        names: names under which it is in force.
        dossiers: what was measured on it, the newest first.
    """

    row: RecordingRow
    names: tuple[str, ...]
    dossiers: tuple[DossierRow, ...]


def class_state(session: Session, class_id: str) -> ClassState:
    """One class.

    Raises:
        NotFoundError: there is none.
    """
    return _state_of(session, find_class(session, class_id))


def class_states(session: Session) -> list[ClassState]:
    """Every class, the oldest first."""
    rows = session.scalars(select(TrainingClassRow).order_by(TrainingClassRow.created_at))
    return [_state_of(session, row) for row in rows]


def recording_file(session: Session, sha256: str) -> RecordingFile:
    """One recording.

    Raises:
        NotFoundError: none of this digest was received.
    """
    row = find_recording(session, sha256)
    names = session.scalars(
        select(ReceiptRow.slot)
        .where(ReceiptRow.recording_sha256 == sha256, ReceiptRow.replaced_at.is_(None))
        .order_by(ReceiptRow.id)
    )
    dossiers = session.scalars(
        select(DossierRow).where(DossierRow.recording_sha256 == sha256).order_by(DossierRow.id.desc())
    )
    return RecordingFile(row, tuple(names), tuple(dossiers))


def jobs_page(session: Session, state: JobState | None, limit: int, before: int | None) -> list[JobRow]:
    """Jobs, the newest first.

    Args:
        session: an open transaction.
        state: only jobs in this state.
        limit: how many at most.
        before: only jobs with a smaller id.
    """
    query = select(JobRow).order_by(JobRow.id.desc()).limit(limit)
    if state is not None:
        query = query.where(JobRow.state == state.value)
    if before is not None:
        query = query.where(JobRow.id < before)
    return list(session.scalars(query))


def ask_database(database: Database) -> None:
    """Find out whether the database answers.

    Raises:
        DatabaseUnreachableError: it does not.
    """
    with database.read() as session:
        session.execute(text("SELECT 1"))


def _state_of(session: Session, row: TrainingClassRow) -> ClassState:
    class_file = class_file_in_force(session, row.id)
    return ClassState(
        class_id=row.id,
        class_number=row.class_number,
        institution=class_file.institution,
        occupation=class_file.occupation,
        rule_pack=class_file.rule_pack,
        class_file_sha256=class_file.sha256,
        received_at=class_file.received_at,
        units=tuple(unit_states(session, class_id=row.id)),
    )
