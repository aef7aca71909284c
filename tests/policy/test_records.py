from dataclasses import replace
from datetime import timedelta

import pytest

from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.training import ClauseRecord
from lessonproof.evidence.verdict import UnitCase
from tests.policy.cases import (
    FAIL,
    MISSING,
    NOT_APPLICABLE,
    NOT_CHECKED,
    PASS,
    UNCERTAIN,
    case,
    change,
    change_class,
    change_file,
    clause,
    dossier,
    finding,
    said,
    status,
)


def with_records(base: UnitCase, *records: ClauseRecord) -> UnitCase:
    return change_file(base, records=records)


def test_a_clause_for_people_is_what_they_recorded() -> None:
    assert status(case(), "SX-5.1.1") is NOT_CHECKED
    held = clause(with_records(case(), said("SX-5.1.1", note="slides follow the plan")), "SX-5.1.1")
    assert held.status is PASS
    assert held.evidence[0].record == "records[0]"
    assert "slides follow the plan" in held.reason.en
    assert "R1 2024-09-02 20:00:00" in held.reason.zh
    broken = clause(with_records(case(), said("SX-5.1.1", holds=False)), "SX-5.1.1")
    assert broken.status is FAIL
    assert broken.consequences == ("HOUR_VOID", "WARN", "SUSPEND")


def test_a_record_of_the_class_speaks_for_every_unit_and_another_units_for_none() -> None:
    assert status(with_records(case(), said("SX-5.1.1", unit_id=None)), "SX-5.1.1") is PASS
    assert status(with_records(case(), said("SX-5.1.1", unit_id="T9")), "SX-5.1.1") is NOT_CHECKED


def test_people_who_disagree_leave_it_open() -> None:
    both = with_records(case(), said("SX-5.1.1"), said("SX-5.1.1", holds=False, by="R2"))
    assert status(both, "SX-5.1.1") is UNCERTAIN


def test_a_person_may_correct_themself() -> None:
    first = said("SX-5.1.1", holds=False)
    later = replace(said("SX-5.1.1"), at=first.at + timedelta(minutes=1))
    assert status(with_records(case(), first, later), "SX-5.1.1") is PASS
    assert status(with_records(case(), later, first), "SX-5.1.1") is PASS


@pytest.mark.parametrize(
    ("base", "clause_id", "before"),
    [
        pytest.param(case(), "SX-5.1.2", NOT_CHECKED, id="H: signatures compared"),
        pytest.param(case(), "SX-A1.1", UNCERTAIN, id="D: both copies seen"),
        pytest.param(change(case(), recordings=()), "SX-3.1.6b", MISSING, id="V: counted on the spot"),
        pytest.param(case("NK"), "NK-6.1.4", UNCERTAIN, id="V with a note"),
    ],
)
def test_a_person_settles_what_a_person_can_know(base: UnitCase, clause_id: str, before: object) -> None:
    assert status(base, clause_id) is before
    settled = clause(with_records(base, said(clause_id)), clause_id)
    assert settled.status is PASS
    assert "the machine:" in settled.reason.en
    assert status(with_records(base, said(clause_id, holds=False)), clause_id) is FAIL


def test_arithmetic_is_not_settled_by_anybodys_word() -> None:
    absent = change(case("NK"), sheets=())
    assert status(absent, "NK-6.2.4b") is MISSING
    assert status(with_records(absent, said("NK-6.2.4b", unit_id=None)), "NK-6.2.4b") is MISSING


def test_what_a_person_saw_needs_a_note_and_a_unit() -> None:
    assert status(with_records(case("NK"), said("NK-6.1.4", note="  ")), "NK-6.1.4") is UNCERTAIN
    assert status(with_records(case("NK"), said("NK-6.1.4", unit_id=None)), "NK-6.1.4") is UNCERTAIN


def test_a_contradicted_pass_is_uncertain() -> None:
    result = clause(with_records(case(), said("SX-A3b", holds=False)), "SX-A3b")
    assert result.status is UNCERTAIN
    assert "against the machine" in result.reason.en


def test_a_failure_stays_and_shows_the_record() -> None:
    base = change(case(), held_venue="Elsewhere")
    result = clause(with_records(base, said("SX-3.1.4")), "SX-3.1.4")
    assert result.status is FAIL
    assert "Recorded: it holds" in result.reason.en
    both = with_records(base, said("SX-3.1.4"), said("SX-3.1.4", holds=False, by="R2"))
    assert status(both, "SX-3.1.4") is FAIL


def test_an_agreeing_record_stands_beside_a_pass() -> None:
    result = clause(with_records(case(), said("SX-A3b")), "SX-A3b")
    assert result.status is PASS
    assert result.evidence[-1].record == "records[0]"


def test_a_clause_that_does_not_apply_stays_so() -> None:
    assert status(with_records(case(), said("SX-3.1.8a", holds=False)), "SX-3.1.8a") is NOT_APPLICABLE


def test_suspected_findings_are_closed_to_records() -> None:
    covered = case(measured=dossier(finding(FindingKind.COVERED, 1000, 1100)))
    assert status(with_records(covered, said("SX-3.1.7")), "SX-3.1.7") is UNCERTAIN


@pytest.mark.parametrize(
    ("base", "clause_id"),
    [
        pytest.param(change(case(), sheets=()), "SX-3.1.6a", id="sheet"),
        pytest.param(change(case(), held_teacher=None), "SX-3.1.1", id="unit record"),
        pytest.param(change_class(case(), attendant=None), "SX-3.1.2", id="attendant"),
        pytest.param(change_file(case(), documents=()), "SX-A1.6", id="paper"),
        pytest.param(change(case(), recordings=()), "SX-3.1.7", id="recording"),
    ],
)
def test_nobodys_word_replaces_what_can_be_handed_in(base: UnitCase, clause_id: str) -> None:
    result = clause(with_records(base, said(clause_id, unit_id=None), said(clause_id, by="R2")), clause_id)
    assert result.status is MISSING
    assert "Recorded: it holds" in result.reason.en
