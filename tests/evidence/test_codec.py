"""Dossiers go to JSON and back without loss; documents for people say what the contract promises."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.evidence.codec import canonical_json, dossier_from_json, dossier_to_json, findings_document
from lessonproof.evidence.dossier import Dossier, FailedAnalysis
from lessonproof.evidence.intervals import ns_to_s
from tests.evidence.values import JSON_VALUES, WORDS, dossiers, failures


@given(dossiers() | failures())
def test_a_dossier_survives_the_way_through_bytes(result: Dossier | FailedAnalysis) -> None:
    stored = canonical_json(dossier_to_json(result))
    assert dossier_from_json(json.loads(stored)) == result
    assert canonical_json(dossier_to_json(dossier_from_json(json.loads(stored)))) == stored


@given(st.dictionaries(WORDS, JSON_VALUES, max_size=4))
def test_one_value_has_one_byte_string(value: dict[str, object]) -> None:
    turned_round = dict(reversed(list(value.items())))
    assert canonical_json(value) == canonical_json(turned_round)
    assert json.loads(canonical_json(value)) == value


def test_not_a_number_has_no_byte_string() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"count": float("nan")})


@given(dossiers())
def test_a_dossier_of_a_version_that_did_not_listen_stays_readable(dossier: Dossier) -> None:
    stored = json.loads(canonical_json(dossier_to_json(dossier)))
    del stored["speech"], stored["roll_call"]
    read = dossier_from_json(stored)
    assert read == replace(dossier, speech=None, roll_call=None)


@given(dossiers())
def test_a_roll_call_stands_in_findings_json_in_seconds(dossier: Dossier) -> None:
    (entry,) = json.loads(canonical_json(findings_document([("a.mp4", dossier)])))["recordings"]
    said = dossier.roll_call
    if said is None:
        assert entry["roll_call"] is None
        return
    assert entry["roll_call"]["state"] == said.state.value
    assert entry["roll_call"]["pairs"] == said.pairs
    assert entry["roll_call"]["reason"] == said.reason
    assert entry["roll_call"]["start_s"] == (None if said.interval is None else said.interval.start_s)
    assert entry["roll_call"]["end_s"] == (None if said.interval is None else said.interval.end_s)


def test_another_schema_is_refused() -> None:
    with pytest.raises(ValueError, match=r"lessonproof\.dossier/1"):
        dossier_from_json({"schema": "lessonproof.dossier/2"})


@given(dossiers())
def test_findings_json_speaks_in_seconds(dossier: Dossier) -> None:
    document = json.loads(canonical_json(findings_document([("a.mp4", dossier)])))
    (entry,) = document["recordings"]
    assert document["schema"] == "lessonproof.findings/1"
    assert entry["path"] == "a.mp4"
    assert entry["error"] is None
    assert entry["duration_s"] == ns_to_s(dossier.duration_ns)
    assert [f["kind"] for f in entry["findings"]] == [finding.kind for finding in dossier.findings]
    assert [f["start_s"] for f in entry["findings"]] == [finding.interval.start_s for finding in dossier.findings]
    assert {"version", "stages", "models"} <= set(entry["pipeline"])
    if dossier.headcount is None:
        assert entry["headcount"] is None
        assert entry["headcount_reason"] == "no_weights"
    else:
        columns = [entry["headcount"][name] for name in ("t_s", "count", "low", "high")]
        assert {len(column) for column in columns} == {len(dossier.headcount.samples)}


@given(failures())
def test_a_failure_stands_in_findings_json_without_any_number(failure: FailedAnalysis) -> None:
    (entry,) = json.loads(canonical_json(findings_document([("b.mp4", failure)])))["recordings"]
    assert entry["error"] == {"code": failure.code, "en": failure.en, "zh": failure.zh}
    assert entry["duration_s"] is None
    assert entry["headcount"] is None
    assert entry["findings"] == []
