"""Dossiers to JSON and back without loss, and the two documents that others rely on.

``lessonproof.dossier/1`` keeps integer nanoseconds and is what the store holds. ``lessonproof.findings/1`` and
``lessonproof.verdict/1`` speak in float seconds, for people and other programs.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import Any, Final

from lessonproof.evidence.comparison import Comparison
from lessonproof.evidence.comparison_codec import comparison_for_people
from lessonproof.evidence.dossier import Dossier, FailedAnalysis, ModelStamp, PipelineStamp, VideoFacts
from lessonproof.evidence.file_marks import marks_from_json, marks_to_json
from lessonproof.evidence.finding_codec import JsonObject, finding_from_json, finding_to_json
from lessonproof.evidence.findings import Finding
from lessonproof.evidence.headcount_codec import headcount_for_people, headcount_from_json, headcount_to_json
from lessonproof.evidence.intervals import ns_to_s
from lessonproof.evidence.roll_call import roll_call_for_people, roll_call_from_json, roll_call_to_json
from lessonproof.evidence.speech import survey_from_json, survey_to_json
from lessonproof.evidence.verdict import ClauseResult, EvidenceRef, UnitVerdict

DOSSIER_SCHEMA: Final = "lessonproof.dossier/1"
FINDINGS_SCHEMA: Final = "lessonproof.findings/1"
VERDICT_SCHEMA: Final = "lessonproof.verdict/1"


def canonical_json(value: Mapping[str, Any]) -> bytes:
    """The one byte string for a JSON value: sorted keys, no spaces, UTF-8. Its SHA-256 names the value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def dossier_to_json(result: Dossier | FailedAnalysis) -> JsonObject:
    """A dossier, or the failure that stands in its place, as JSON values without loss."""
    if isinstance(result, FailedAnalysis):
        return {"schema": DOSSIER_SCHEMA, "failed": asdict(result)}
    return {
        "schema": DOSSIER_SCHEMA,
        "sha256": result.sha256,
        "size_bytes": result.size_bytes,
        "duration_ns": result.duration_ns,
        "video": asdict(result.video),
        "has_audio": result.has_audio,
        "findings": [finding_to_json(finding) for finding in result.findings],
        "headcount": None if result.headcount is None else headcount_to_json(result.headcount),
        "headcount_reason": result.headcount_reason,
        "checked": sorted(result.checked),
        "unchecked": dict(result.unchecked),
        "shown_start_s": list(result.shown_start_s),
        "marks": None if result.marks is None else marks_to_json(result.marks),
        "speech": None if result.speech is None else survey_to_json(result.speech),
        "roll_call": None if result.roll_call is None else roll_call_to_json(result.roll_call),
        "pipeline": _pipeline_to_json(result.pipeline),
    }


def dossier_from_json(value: Mapping[str, Any]) -> Dossier | FailedAnalysis:
    """Read back what :func:`dossier_to_json` wrote.

    Raises:
        ValueError: another schema.
        KeyError: a field is missing.
    """
    if value["schema"] != DOSSIER_SCHEMA:
        raise ValueError(f"expected {DOSSIER_SCHEMA}, got {value['schema']!r}")
    if "failed" in value:
        return FailedAnalysis(**value["failed"])
    headcount = value["headcount"]
    return Dossier(
        sha256=value["sha256"],
        size_bytes=value["size_bytes"],
        duration_ns=value["duration_ns"],
        video=VideoFacts(**value["video"]),
        has_audio=value["has_audio"],
        findings=tuple(finding_from_json(finding) for finding in value["findings"]),
        headcount=None if headcount is None else headcount_from_json(headcount),
        headcount_reason=value["headcount_reason"],
        checked=frozenset(value["checked"]),
        pipeline=_pipeline_from_json(value["pipeline"]),
        unchecked=dict(value.get("unchecked", {})),  # dossiers of older versions have none
        shown_start_s=tuple(value.get("shown_start_s", ())),
        marks=None if value.get("marks") is None else marks_from_json(value["marks"]),  # nor these
        speech=None if value.get("speech") is None else survey_from_json(value["speech"]),
        roll_call=None if value.get("roll_call") is None else roll_call_from_json(value["roll_call"]),
    )


def findings_document(
    results: Sequence[tuple[str, Dossier | FailedAnalysis]],
    comparisons: Mapping[str, Comparison] = MappingProxyType({}),
) -> JsonObject:
    """``findings.json``: the contract of ``analyse`` and ``verify``.

    Args:
        results: path as the user wrote it, and what came of it, findings of its comparison included.
        comparisons: by path, with what recordings were compared; a recording that is not there was not compared.
    """
    return {
        "schema": FINDINGS_SCHEMA,
        "recordings": [_recording_entry(path, result, comparisons) for path, result in results],
    }


def _recording_entry(path: str, result: Dossier | FailedAnalysis, comparisons: Mapping[str, Comparison]) -> JsonObject:
    if isinstance(result, FailedAnalysis):
        return {
            "path": path,
            "sha256": result.sha256,
            "duration_s": None,
            "error": {"code": result.code, "en": result.en, "zh": result.zh},
            "findings": [],
            "headcount": None,
            "comparison": None,
            "roll_call": None,
            "pipeline": None,
        }
    compared = comparisons.get(path)
    return {
        "path": path,
        "sha256": result.sha256,
        "size_bytes": result.size_bytes,
        "duration_s": ns_to_s(result.duration_ns),
        "error": None,
        "video": asdict(result.video),
        "has_audio": result.has_audio,
        "findings": [_finding_for_people(finding) for finding in result.findings],
        "headcount": None if result.headcount is None else headcount_for_people(result.headcount),
        "headcount_reason": result.headcount_reason,
        "checked": sorted(result.checked),
        "unchecked": dict(result.unchecked),
        "comparison": None if compared is None else comparison_for_people(compared),
        "roll_call": None if result.roll_call is None else roll_call_for_people(result.roll_call),
        "pipeline": _pipeline_to_json(result.pipeline),
    }


def verdict_document(verdict: UnitVerdict) -> JsonObject:
    """``verdict.json``: the contract of ``verify`` and of the API."""
    return {
        "schema": VERDICT_SCHEMA,
        "class": verdict.class_id,
        "unit": verdict.unit_id,
        "pack": {"id": verdict.pack.pack_id, "version": verdict.pack.version, "sha256": verdict.pack.sha256},
        "outcome": verdict.outcome.value,
        "payable_class_hours": verdict.payable_class_hours,
        "needs": [{"zh": need.zh, "en": need.en} for need in verdict.needs],
        "clauses": [_clause_for_people(clause) for clause in verdict.clauses],
        "inputs": {
            "recordings": list(verdict.recordings),
            "documents": list(verdict.documents),
            "models": list(verdict.models),
            "comparisons": list(verdict.comparisons),
            "pipeline": verdict.pipeline_version,
        },
        "decided_by": None,
        "signature": None,
    }


def _clause_for_people(clause: ClauseResult) -> JsonObject:
    return {
        "id": clause.clause_id,
        "quote": clause.quote,
        "scope": clause.scope.value,
        "status": clause.status.value,
        "consequences": list(clause.consequences),
        "reason": {"zh": clause.reason.zh, "en": clause.reason.en},
        "defaults_used": list(clause.defaults_used),
        "evidence": [_evidence_for_people(reference) for reference in clause.evidence],
    }


def _evidence_for_people(reference: EvidenceRef) -> JsonObject:
    return {
        "recording": reference.recording_sha256,
        "start_s": None if reference.interval is None else reference.interval.start_s,
        "end_s": None if reference.interval is None else reference.interval.end_s,
        "finding": None if reference.finding is None else reference.finding.value,
        "record": reference.record,
    }


def _finding_for_people(finding: Finding) -> JsonObject:
    return {
        "kind": finding.kind.value,
        "start_s": finding.interval.start_s,
        "end_s": finding.interval.end_s,
        "confidence": round(finding.confidence, 3),
        "severity": finding.severity.value,
        "measured_from": finding.measured_from,
        "detail": dict(finding.detail),
        "evidence": list(finding.evidence),
    }


def _pipeline_to_json(stamp: PipelineStamp) -> JsonObject:
    return {
        "version": stamp.version,
        "stages": dict(stamp.stages),
        "models": [{"name": model.name, "sha256": model.sha256} for model in stamp.models],
        "settings": dict(stamp.settings),
        "tools": dict(stamp.tools),
    }


def _pipeline_from_json(value: Mapping[str, Any]) -> PipelineStamp:
    return PipelineStamp(
        version=value["version"],
        stages=dict(value["stages"]),
        models=tuple(ModelStamp(**model) for model in value["models"]),
        settings=dict(value["settings"]),
        tools=dict(value["tools"]),
    )
