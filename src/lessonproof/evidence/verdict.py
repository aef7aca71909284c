"""Verdicts: the status of every clause for one teaching unit, and what follows for the unit.

A unit is ``pass`` only where every applicable clause passes, ``fail`` only where a failing clause rests on evidence
that stands in the verdict, else ``review``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from lessonproof.evidence.dossier import Dossier, FailedAnalysis
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import Interval
from lessonproof.evidence.photo import PhotoSet
from lessonproof.evidence.station_coverage import StationCoverage
from lessonproof.evidence.training import ClassFile, TeachingUnit


class ClauseStatus(StrEnum):
    """Exactly one of these per clause (regulations page, "Verdict states")."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    UNCERTAIN = "uncertain"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"
    NOT_CHECKED = "not_checked"


class Scope(StrEnum):
    """What a clause speaks of: only those of the unit decide a unit; the others are gates of the class."""

    UNIT = "unit"
    CLASS = "class"


class Outcome(StrEnum):
    """What a unit's clauses add up to."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Bilingual:
    """One sentence in both languages of the product."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class EvidenceRef:
    """What a clause's status rests on: a stretch of a recording, or a record of the class file.

    Attributes:
        recording_sha256: digest of the recording; ``None`` where the evidence is a record.
        interval: the stretch; ``None`` where the evidence is a record or the whole recording.
        finding: kind of the finding, where there is one.
        record: which record of the class file (``units[T1].sheets[0]``), where it is one.
    """

    recording_sha256: str | None = None
    interval: Interval | None = None
    finding: FindingKind | None = None
    record: str | None = None

    def __post_init__(self) -> None:
        if self.recording_sha256 is None and self.record is None:
            raise ValueError("evidence must name a recording or a record")


@dataclass(frozen=True, slots=True)
class ClauseResult:
    """One clause, decided or not.

    Attributes:
        clause_id: its ID in the regulations page.
        quote: the clause's own words, Chinese.
        scope: whether it speaks of one unit or of the whole class.
        status: what holds.
        consequences: codes that the regulation attaches; proposed, never executed by the machine.
        reason: why, in both languages.
        defaults_used: open points (``Q6``, ...) whose default took part in the outcome.
        evidence: what it rests on; never empty where the status is ``fail``.
    """

    clause_id: str
    quote: str
    scope: Scope
    status: ClauseStatus
    consequences: tuple[str, ...]
    reason: Bilingual
    defaults_used: tuple[str, ...] = ()
    evidence: tuple[EvidenceRef, ...] = ()

    def __post_init__(self) -> None:
        if self.status is ClauseStatus.FAIL and not self.evidence:
            raise ValueError(f"clause {self.clause_id} cannot fail without evidence")


@dataclass(frozen=True, slots=True)
class PackStamp:
    """Which rules judged: prefix, version and digest of the rule pack."""

    pack_id: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class UnitVerdict:
    """The outcome of one teaching unit.

    Attributes:
        class_id: class number.
        unit_id: unit.
        pack: which rules judged.
        outcome: what the clauses add up to.
        payable_class_hours: hours that may be paid as things stand; ``None`` while the outcome is open.
        clauses: every clause of the pack, in its order.
        needs: what is missing or undecided and who can supply it, one line each.
        recordings: digests of the recordings that took part.
        documents: digests of the documents that took part (the class file among them).
        models: ``name sha256`` of the models that took part.
        pipeline_version: software version(s) that measured, sorted.
        comparisons: digests of the stored comparisons with other recordings that took part.
    """

    class_id: str
    unit_id: str
    pack: PackStamp
    outcome: Outcome
    payable_class_hours: int | None
    clauses: tuple[ClauseResult, ...]
    needs: tuple[Bilingual, ...]
    recordings: tuple[str, ...]
    documents: tuple[str, ...]
    models: tuple[str, ...]
    pipeline_version: str
    comparisons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitCase:
    """Everything that one unit is judged on.

    Attributes:
        class_file: what was declared.
        unit: the unit to judge, one of the class file's.
        dossiers: by ``RecordingRef.file`` of the unit's recordings: what was measured, or why nothing could be.
            A handed-in recording that is absent here has not been analysed. Findings of a comparison with other
            recordings stand in the dossiers already (``analysis.compared.with_comparison``).
        comparisons: digests of these comparisons' documents.
        stations: what was measured of the training stations; ``None`` where the unit has no venue layout.
        photos: what was measured of its photographs; ``None`` where it has none, or nobody measured them.
    """

    class_file: ClassFile
    unit: TeachingUnit
    dossiers: Mapping[str, Dossier | FailedAnalysis]
    comparisons: tuple[str, ...] = ()
    stations: StationCoverage | None = None
    photos: PhotoSet | None = None


def outcome_of(clauses: Iterable[ClauseResult]) -> Outcome:
    """Add the clauses of unit scope up to the unit's outcome.

    ``not_checked`` leaves a unit in review: a person has yet to record that clause, so "every applicable clause
    passes" does not hold. Clauses of class scope are gates before payout and stand in the verdict for the reader.
    """
    statuses = {clause.status for clause in clauses if clause.scope is Scope.UNIT}
    if ClauseStatus.FAIL in statuses:
        return Outcome.FAIL
    if ClauseStatus.PASS in statuses and statuses <= {ClauseStatus.PASS, ClauseStatus.NOT_APPLICABLE}:
        return Outcome.PASS
    return Outcome.REVIEW
