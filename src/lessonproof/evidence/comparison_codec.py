"""Comparisons to JSON and back without loss: ``lessonproof.comparison/1``, what the store holds."""

from collections.abc import Mapping
from typing import Any, Final

from lessonproof.evidence.comparison import Comparison
from lessonproof.evidence.finding_codec import JsonObject, finding_from_json, finding_to_json

COMPARISON_SCHEMA: Final = "lessonproof.comparison/1"


def comparison_to_json(comparison: Comparison) -> JsonObject:
    """A comparison as JSON values without loss."""
    return {
        "schema": COMPARISON_SCHEMA,
        "sha256": comparison.sha256,
        "compared_with": list(comparison.compared_with),
        "index_digest": comparison.index_digest,
        "hours_compared": comparison.hours_compared,
        "findings": [finding_to_json(finding) for finding in comparison.findings],
        "checked": sorted(comparison.checked),
        "unchecked": dict(comparison.unchecked),
        "profile_digest": comparison.profile_digest,
        "source_digest": comparison.source_digest,
    }


def comparison_from_json(value: Mapping[str, Any]) -> Comparison:
    """Read back what :func:`comparison_to_json` wrote.

    Raises:
        ValueError: another schema.
        KeyError: a field is missing.
    """
    if value["schema"] != COMPARISON_SCHEMA:
        raise ValueError(f"expected {COMPARISON_SCHEMA}, got {value['schema']!r}")
    return Comparison(
        sha256=value["sha256"],
        compared_with=tuple(value["compared_with"]),
        index_digest=value["index_digest"],
        hours_compared=value["hours_compared"],
        findings=tuple(finding_from_json(finding) for finding in value["findings"]),
        checked=frozenset(value["checked"]),
        unchecked=dict(value["unchecked"]),
        profile_digest=value["profile_digest"],
        source_digest=value["source_digest"],
    )


def comparison_for_people(comparison: Comparison) -> JsonObject:
    """What ``findings.json`` says of a comparison; its findings stand with the recording's others."""
    return {
        "compared_with": list(comparison.compared_with),
        "index_digest": comparison.index_digest,
        "hours_compared": round(comparison.hours_compared, 3),
        "profile": comparison.profile_digest,
        "source": comparison.source_digest,
    }
