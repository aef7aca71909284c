"""What a unit's stations and its teaching area say, told on the recordings that show them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from lessonproof.analysis.station_moves import MIN_WAY_SHARE
from lessonproof.evidence.dossier import Dossier, FailedAnalysis
from lessonproof.evidence.findings import Finding, FindingKind, JsonValue, Severity
from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.evidence.station_coverage import CameraMove, Coverage, StationCoverage, StationSpan
from lessonproof.evidence.training import TeachingUnit, UnitKind
from lessonproof.policy.rules.wall_clock import epoch_ns
from lessonproof.workers.unit_findings import UnitFinding, with_unit_findings

K = FindingKind
SAME_MOVE_NS: Final = 10 * NS_PER_S
"""Two measurements that tell a camera's move so near each other tell the same one."""
LEAST_CONFIDENCE: Final = 0.5
MOST_CONFIDENCE: Final = 0.95
MEASURED_FROM: Final = "stations"


def with_stations(
    dossiers: Mapping[str, Dossier | FailedAnalysis], unit: TeachingUnit, coverage: StationCoverage | None
) -> dict[str, Dossier | FailedAnalysis]:
    """Dossiers as a unit is judged on them: with what its stations, teaching area and cameras say.

    A camera's move is told where the dossier tells none there; ``no_teacher`` of theory lessons only, as a teacher of
    practice walks from bench to bench. The stored dossier stays as it is.
    """
    if coverage is None:
        return dict(dossiers)
    found = [*_of_stations(coverage), *(_of_teaching(coverage) if unit.kind is UnitKind.THEORY else ())]
    judged = with_unit_findings(dossiers, unit, found, _decided(coverage, unit))
    for move in coverage.moves:
        _tell_move(judged, unit, move)
    return {
        file: replace(one, findings=tuple(sorted(one.findings, key=Finding.sort_key)))
        if isinstance(one, Dossier)
        else one
        for file, one in judged.items()
    }


def _of_stations(coverage: StationCoverage) -> Iterator[UnitFinding]:
    for row in coverage.rows:
        for span in row.uncovered:
            yield _finding(K.STATION_UNCOVERED, span, Severity.WARNING, {"station": row.name})
        for span in row.idle:
            yield _finding(K.STATION_IDLE, span, Severity.INFO, {"station": row.name})


def _of_teaching(coverage: StationCoverage) -> Iterator[UnitFinding]:
    for span in () if coverage.teaching is None else coverage.teaching.absent:
        yield _finding(K.NO_TEACHER, span, Severity.WARNING, {})


def _finding(kind: FindingKind, span: StationSpan, severity: Severity, named: Mapping[str, str]) -> UnitFinding:
    detail: dict[str, JsonValue] = {
        "reason": span.reason,
        "cameras": list(span.cameras),
        "strength": round(span.strength, 3),
    }
    confidence = confidence_of(span.strength)
    return UnitFinding(kind, span.interval, span.cameras, confidence, severity, MEASURED_FROM, {**named, **detail})


def _decided(coverage: StationCoverage, unit: TeachingUnit) -> frozenset[FindingKind]:
    """Kinds whose silence means something: a minute that could not be judged is not one in which all was well."""
    decided = set()
    teaching = coverage.teaching
    if unit.kind is UnitKind.THEORY and teaching is not None and teaching.is_known:
        decided.add(K.NO_TEACHER)
    minutes = [minute for row in coverage.rows for minute in row.minutes]
    if minutes and not any(row.time_ns[Coverage.UNKNOWN] for row in coverage.rows):
        decided.add(K.STATION_UNCOVERED)
        is_watched = all(minute.occupied is not None for minute in minutes if minute.state is Coverage.COVERED)
        decided |= {K.STATION_IDLE} if coverage.people_reason is None and is_watched else set()
    return frozenset(decided)


def confidence_of(strength: float) -> float:
    """What a stretch's strength (0..1) is worth: a guess either way at the limit, and never beyond all doubt."""
    return LEAST_CONFIDENCE + (MOST_CONFIDENCE - LEAST_CONFIDENCE) * min(1.0, max(0.0, strength))


def _tell_move(judged: dict[str, Dossier | FailedAnalysis], unit: TeachingUnit, move: CameraMove) -> None:
    for ref in unit.recordings:
        dossier = judged.get(ref.file)
        if ref.camera != move.camera or ref.started_at is None or not isinstance(dossier, Dossier):
            continue
        here = move.interval.shift(-epoch_ns(ref.started_at)).intersect(dossier.span())
        if here is None:
            continue
        near = Interval(here.start_ns - SAME_MOVE_NS, here.end_ns + SAME_MOVE_NS)
        if all(one.interval.intersect(near) is None for one in dossier.of_kind(FindingKind.CAMERA_MOVED)):
            finding = Finding(
                FindingKind.CAMERA_MOVED,
                here,
                confidence=confidence_of(1.0 - MIN_WAY_SHARE / move.way_share),
                severity=Severity.WARNING,
                measured_from=MEASURED_FROM,
                detail={
                    "shift_x_share_of_width": round(move.shift_x_share, 4),
                    "shift_y_share_of_width": round(move.shift_y_share, 4),
                    "turn_degrees": round(move.turn_degrees, 2),
                    "scale": round(move.scale, 3),
                },
            )
            judged[ref.file] = replace(dossier, findings=(*dossier.findings, finding))
