from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from lessonproof.evidence.attendance import AttendanceFile, SourceKind
from lessonproof.evidence.codec import verdict_document
from lessonproof.evidence.errors import DocumentError
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.training import RecordingRef, UnitKind
from lessonproof.evidence.verdict import ClauseStatus, Outcome, Scope, UnitCase
from lessonproof.policy.judge import judge
from lessonproof.policy.packs import load_packs
from lessonproof.policy.rules.base import Parameters, RuleContext, RuleEntry, RuleOutcome, failed
from lessonproof.policy.rules.registry import RULES
from tests.policy.cases import (
    BY_ID,
    FAIL,
    FAILED,
    LET_THROUGH,
    NK,
    NOT_APPLICABLE,
    NOT_CHECKED,
    PASS,
    SX,
    UNCERTAIN,
    at,
    case,
    change,
    change_class,
    change_file,
    clause,
    dossier,
    finding,
    measured,
    review,
    said,
    unit,
    verdict,
)


def with_all_records(base: UnitCase) -> UnitCase:
    """Whatever of the unit is open and may be settled is recorded as held by somebody who looked."""
    open_ids = [c.clause_id for c in verdict(base).clauses if c.status not in LET_THROUGH and c.scope is Scope.UNIT]
    return change_file(base, records=tuple(said(clause_id) for clause_id in open_ids))


@pytest.mark.parametrize("pack_id", ["SX", "NK"])
@pytest.mark.parametrize("kind", list(UnitKind))
def test_every_clause_has_exactly_one_result_in_the_packs_order(pack_id: str, kind: UnitKind) -> None:
    result = verdict(case(pack_id, unit(kind)))
    assert [c.clause_id for c in result.clauses] == [c.clause_id for c in BY_ID[pack_id].clauses]
    assert [c.quote for c in result.clauses] == [c.quote for c in BY_ID[pack_id].clauses]


@pytest.mark.parametrize("pack_id", ["SX", "NK"])
def test_the_same_case_gives_the_same_verdict(pack_id: str) -> None:
    spoiled = case(pack_id, measured=dossier(finding(FindingKind.CUT, 5, 6), finding(FindingKind.GAP, 7, 8)))
    assert verdict_document(verdict(spoiled)) == verdict_document(verdict(spoiled))


@pytest.mark.parametrize(
    ("pack_id", "kind"), [("SX", UnitKind.THEORY), ("SX", UnitKind.PRACTICAL), ("NK", UnitKind.THEORY)]
)
def test_a_unit_in_good_order_passes_once_people_have_recorded_their_part(pack_id: str, kind: UnitKind) -> None:
    good = case(pack_id, unit(kind))
    assert verdict(good).outcome is Outcome.REVIEW
    assert verdict(good).payable_class_hours is None
    recorded = with_all_records(good)
    assert verdict(recorded).outcome is Outcome.PASS, [
        c for c in verdict(recorded).clauses if c.status not in LET_THROUGH
    ]
    assert verdict(recorded).payable_class_hours == 2


@pytest.mark.parametrize("pack_id", ["SX", "NK"])
def test_confirmed_tampering_fails_the_unit_whatever_else_is_recorded(pack_id: str) -> None:
    edited = with_all_records(case(pack_id, measured=dossier(finding(FindingKind.LOOP, 100, 160))))
    assert verdict(edited).outcome is Outcome.REVIEW
    confirmed = change_file(edited, reviews=(review(FindingKind.LOOP, 100, "R1", "R2", confirmed=True),))
    assert verdict(confirmed).outcome is Outcome.FAIL
    assert verdict(confirmed).payable_class_hours == 0


def test_a_failing_clause_carries_codes_evidence_and_effect() -> None:
    broken = clause(change(case("NK"), held_teacher="Teacher B"), "NK-6.2.3a")
    assert broken.status is FAIL
    assert broken.evidence
    assert broken.reason.en.endswith("(the unit counts as deviating)")
    voided = clause(change(case(), held_venue="Elsewhere"), "SX-3.1.4")
    assert voided.consequences == ("HOUR_VOID",)
    assert clause(case(), "SX-3.1.4").consequences == ()


def test_inputs_stand_in_the_verdict() -> None:
    refs = (RecordingRef("a", "front", at("08:25")), RecordingRef("b", "back", at("08:25")), RecordingRef("c", "x"))
    two = measured(change(case(), recordings=refs), dossier(), replace(FAILED, sha256="b" * 64))
    result = verdict(two)
    assert result.recordings == ("a" * 64, "b" * 64)
    assert result.documents == ("c" * 64,)
    assert result.models == (f"a-detector {'d' * 64}",)
    assert result.pipeline_version == "0.1.0"
    assert result.pack == SX.stamp
    assert (result.class_id, result.unit_id) == ("C1", "T1")


def test_nothing_measured_means_no_inputs() -> None:
    empty = verdict(change(case(), recordings=()))
    assert (empty.recordings, empty.models, empty.pipeline_version) == ((), (), "")


def test_needs_name_each_thing_once_with_its_clauses() -> None:
    lines = [need.en for need in verdict(change(case(), sheets=())).needs]
    (sheet,) = [line for line in lines if "sign-in sheet" in line]
    assert sheet.endswith("(SX-3.1.6a, SX-3.1.6b, SX-5.1.2, SX-A3a, SX-A3b, SX-A3c, SX-A5.6)")
    assert len(lines) == len(set(lines))
    to_record = [line for line in lines if line.startswith("A reviewer has to record")]
    assert to_record == ["A reviewer has to record these clauses (records) (SX-5.1.1)"]
    assert any(line.startswith("Clauses of the class") and "SX-2.1a" in line for line in lines)


def test_findings_that_touch_a_clause_are_shown_beside_it() -> None:
    jumped = clause(case("SX", measured=dossier(finding(FindingKind.CLOCK_JUMP, 3, 4))), "SX-3.1.6a")
    assert jumped.status is PASS
    assert "also noted: clock_jump 3-4 s" in jumped.reason.en
    assert jumped.evidence[-1].finding is FindingKind.CLOCK_JUMP


def test_a_draft_that_is_not_switched_on_is_refused() -> None:
    (draft,) = [pack for pack in load_packs() if pack.pack_id == "SX"]
    with pytest.raises(DocumentError, match="draft"):
        judge(draft, case("SX"))


def test_a_class_filed_under_another_regulation_is_refused() -> None:
    with pytest.raises(DocumentError, match="filed under SX, not under NK"):
        judge(NK, case("SX"))


def test_a_record_of_an_unknown_clause_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"records\[0\]\.clause: got NK-6\.1\.9"):
        verdict(change_file(case("NK"), records=(said("NK-6.1.9"),)))


# Fault injection: whatever a rule does wrong costs its own clause and never yields a pass.


class BrokenRuleError(Exception):
    """What an injected fault raises; its text must not reach a verdict."""


def _raise(error: BaseException) -> Any:
    def rule(_case: UnitCase, _context: RuleContext, _parameters: Parameters) -> RuleOutcome:
        raise error

    return rule


def _return(value: Any) -> Any:
    def rule(_case: UnitCase, _context: RuleContext, _parameters: Parameters) -> RuleOutcome:
        return value  # type: ignore[no-any-return]

    return rule


FAULTS = [
    pytest.param(_raise(BrokenRuleError("secret name")), id="own error"),
    pytest.param(_raise(KeyError("x")), id="missing key"),
    pytest.param(_raise(MemoryError()), id="out of memory"),
    pytest.param(_raise(RecursionError()), id="too deep"),
    pytest.param(_return(None), id="nothing returned"),
    pytest.param(_return(True), id="not an outcome"),
    pytest.param(_return(failed("坏", "bad", ())), id="failure without evidence"),
]


def injected(name: str, rule: Any) -> Mapping[str, RuleEntry[Any]]:
    return {**RULES, name: RuleEntry(rule, RULES[name].parameters)}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", sorted(RULES))
def test_a_faulty_rule_never_yields_a_pass(name: str, fault: Any) -> None:
    for pack_id in ("SX", "NK"):
        for kind in (UnitKind.THEORY, UnitKind.PRACTICAL):
            good = with_all_records(case(pack_id, unit(kind)))
            result = judge(BY_ID[pack_id], good, injected(name, fault))
            sound = {c.clause_id: c for c in verdict(good).clauses}
            for spec, found in zip(BY_ID[pack_id].clauses, result.clauses, strict=True):
                if spec.rule is None or spec.rule.name != name:
                    assert found == sound[found.clause_id]
                elif sound[found.clause_id].status is not NOT_APPLICABLE or found.status is not NOT_APPLICABLE:
                    assert found.status is UNCERTAIN
                    assert "Internal error" in found.reason.en
                    assert "secret" not in found.reason.en
                    if found.scope is Scope.UNIT:
                        assert result.outcome is not Outcome.PASS


def test_a_rule_that_is_not_in_the_library_is_uncertain() -> None:
    fewer = {name: entry for name, entry in RULES.items() if name != "sheet_header"}
    (found,) = [c for c in judge(SX, case(), fewer).clauses if c.clause_id == "SX-A3a"]
    assert found.status is UNCERTAIN


def test_settings_of_another_rule_are_uncertain() -> None:
    swapped = {**RULES, "sheet_header": RULES["count_agrees_at_start"]}
    (found,) = [c for c in judge(SX, case(), swapped).clauses if c.clause_id == "SX-A3a"]
    assert found.status is UNCERTAIN
    assert "TypeError" in found.reason.en


def test_stopping_the_process_is_no_rules_error() -> None:
    with pytest.raises(KeyboardInterrupt):
        judge(SX, case(), injected("sheet_header", _raise(KeyboardInterrupt())))


def test_clauses_without_a_rule_are_not_checked() -> None:
    for pack_id, pack in BY_ID.items():
        for found, spec in zip(verdict(case(pack_id)).clauses, pack.clauses, strict=True):
            if spec.rule is None:
                assert found.status in {NOT_CHECKED, NOT_APPLICABLE}, spec.clause_id


def test_every_status_is_reached() -> None:
    reached = {c.status for pack_id in BY_ID for c in verdict(case(pack_id)).clauses}
    reached |= {c.status for c in verdict(change_class(change(case(), recordings=()), attendant=None)).clauses}
    assert reached == set(ClauseStatus)


def test_every_rule_of_the_library_is_used_by_a_pack() -> None:
    used = {c.rule.name for pack in BY_ID.values() for c in pack.clauses if c.rule is not None}
    assert used == set(RULES)


def test_files_of_attendance_are_inputs_of_the_verdict() -> None:
    export = AttendanceFile(SourceKind.PUNCHES, "p.csv", "9" * 64)
    assert "9" * 64 not in verdict(case()).documents
    assert "9" * 64 in verdict(change(case(), attendance=(export,))).documents
