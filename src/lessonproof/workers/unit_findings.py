"""Findings of a unit as a whole, told on the recordings that show them. The stored dossiers stay as they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lessonproof.evidence.dossier import Dossier, FailedAnalysis
from lessonproof.evidence.findings import Finding, FindingKind, JsonValue, Severity
from lessonproof.evidence.intervals import Interval
from lessonproof.evidence.training import TeachingUnit
from lessonproof.policy.rules.wall_clock import epoch_ns


@dataclass(frozen=True, slots=True)
class UnitFinding:
    """Something noticed about a unit, not yet on a recording.

    Attributes:
        kind: what it is.
        interval: where, nanoseconds since the epoch.
        cameras: cameras that show it, the best first.
        confidence: as of a finding.
        severity: as of a finding.
        measured_from: as of a finding.
        detail: as of a finding.
    """

    kind: FindingKind
    interval: Interval
    cameras: tuple[str, ...]
    confidence: float
    severity: Severity
    measured_from: str
    detail: Mapping[str, JsonValue]


def with_unit_findings(
    dossiers: Mapping[str, Dossier | FailedAnalysis],
    unit: TeachingUnit,
    found: Sequence[UnitFinding],
    decided: frozenset[FindingKind],
) -> dict[str, Dossier | FailedAnalysis]:
    """Dossiers as a unit is judged on them.

    Each finding is told once, on the first of its cameras that was recording then; where none was, the recording is
    missing and other clauses say so.

    Args:
        dossiers: by file.
        unit: the unit.
        found: what was noticed.
        decided: kinds that were searched for throughout.
    """
    judged = dict(dossiers)
    for one in found:
        _tell(judged, unit, one)
    names = frozenset(kind.value for kind in decided)
    return {
        file: replace(one, findings=tuple(sorted(one.findings, key=Finding.sort_key)), checked=one.checked | names)
        if isinstance(one, Dossier)
        else one
        for file, one in judged.items()
    }


def _tell(judged: dict[str, Dossier | FailedAnalysis], unit: TeachingUnit, one: UnitFinding) -> None:
    showing = [ref for ref in unit.recordings if ref.camera in one.cameras]
    for ref in sorted(showing, key=lambda ref: one.cameras.index(ref.camera)):
        dossier = judged.get(ref.file)
        if ref.started_at is None or not isinstance(dossier, Dossier):
            continue
        here = one.interval.shift(-epoch_ns(ref.started_at)).intersect(dossier.span())
        if here is not None:
            finding = Finding(one.kind, here, one.confidence, one.severity, one.measured_from, one.detail)
            judged[ref.file] = replace(dossier, findings=(*dossier.findings, finding))
            return
