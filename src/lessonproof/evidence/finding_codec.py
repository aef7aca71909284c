"""Findings to JSON and back without loss; for dossiers and comparisons alike."""

from collections.abc import Mapping
from typing import Any

from lessonproof.evidence.findings import Finding, FindingKind, JsonValue, Severity
from lessonproof.evidence.intervals import Interval

JsonObject = dict[str, JsonValue]


def finding_to_json(finding: Finding) -> JsonObject:
    """A finding as JSON values without loss."""
    return {
        "kind": finding.kind.value,
        "start_ns": finding.interval.start_ns,
        "end_ns": finding.interval.end_ns,
        "confidence": finding.confidence,
        "severity": finding.severity.value,
        "measured_from": finding.measured_from,
        "detail": dict(finding.detail),
        "evidence": list(finding.evidence),
    }


def finding_from_json(value: Mapping[str, Any]) -> Finding:
    """Read back what :func:`finding_to_json` wrote.

    Raises:
        KeyError: a field is missing.
        ValueError: an unknown kind or severity.
    """
    return Finding(
        kind=FindingKind(value["kind"]),
        interval=Interval(value["start_ns"], value["end_ns"]),
        confidence=value["confidence"],
        severity=Severity(value["severity"]),
        measured_from=value["measured_from"],
        detail=dict(value["detail"]),
        evidence=tuple(value["evidence"]),
    )
