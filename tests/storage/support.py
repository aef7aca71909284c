"""What the tests of storage share: a database in a folder, a clock that is told, and class files made of values."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from lessonproof.evidence.dossier import Dossier, PipelineStamp, VideoFacts
from lessonproof.evidence.training import (
    ClassFile,
    Institution,
    RecordingRef,
    Roster,
    TeachingUnit,
    Trainee,
    TrainingClass,
    UnitKind,
)
from lessonproof.storage.database import Database, upgrade_database

NOW = datetime(2026, 4, 8, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def digest(letter: str) -> str:
    """A digest that is easy to tell from others."""
    return letter * 64


def fresh_database(folder: Path) -> Database:
    """A database with all tables."""
    database = Database(f"sqlite:///{folder / 'rows.db'}")
    upgrade_database(database)
    return database


def class_file(
    *units: tuple[str, Sequence[str]], number: str = "C-1", source: str = "f", institution: str = "school"
) -> ClassFile:
    """A class file of units, each with its recordings."""
    return ClassFile(
        rule_pack="NK",
        institution=Institution(institution, None),
        training_class=TrainingClass(
            class_id=number,
            class_type=None,
            occupation="welder",
            level="5",
            opened_on=date(2026, 4, 7),
            attendant=None,
            roster=Roster((Trainee(1, "A"),)),
            units=tuple(_unit(name, files) for name, files in units),
        ),
        source_sha256=digest(source),
    )


def _unit(name: str, files: Sequence[str]) -> TeachingUnit:
    return TeachingUnit(
        unit_id=name,
        kind=UnitKind.THEORY,
        start=NOW,
        end=NOW + timedelta(hours=3),
        teacher="T",
        venue="V",
        topic=f"topic of {name}",
        class_hours=4,
        recordings=tuple(RecordingRef(file, "front") for file in files),
    )


def dossier(sha256: str) -> Dossier:
    """A dossier without findings."""
    return Dossier(
        sha256=sha256,
        size_bytes=10,
        duration_ns=5_000_000_000,
        video=VideoFacts("mov", "h264", 640, 360, 125, 3),
        has_audio=True,
        findings=(),
        headcount=None,
        headcount_reason="no_weights",
        checked=frozenset({"cut"}),
        pipeline=PipelineStamp("0", {"index": "1"}),
    )
