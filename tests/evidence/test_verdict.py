"""How clauses add up to the outcome of a unit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.evidence.verdict import (
    Bilingual,
    ClauseResult,
    ClauseStatus,
    EvidenceRef,
    Outcome,
    Scope,
    outcome_of,
)


def clause(status: ClauseStatus, scope: Scope = Scope.UNIT) -> ClauseResult:
    evidence = (EvidenceRef(record="units[T1]"),) if status is ClauseStatus.FAIL else ()
    return ClauseResult("NK-1", "原文", scope, status, (), Bilingual("因", "why"), evidence=evidence)


STATUSES = st.lists(st.sampled_from(ClauseStatus), max_size=8)


@given(STATUSES, STATUSES)
def test_the_outcome_of_any_clauses(unit: list[ClauseStatus], of_class: list[ClauseStatus]) -> None:
    clauses = [clause(status) for status in unit] + [clause(status, Scope.CLASS) for status in of_class]
    if ClauseStatus.FAIL in unit:
        expected = Outcome.FAIL
    elif ClauseStatus.PASS in unit and all(s in {ClauseStatus.PASS, ClauseStatus.NOT_APPLICABLE} for s in unit):
        expected = Outcome.PASS
    else:
        expected = Outcome.REVIEW
    assert outcome_of(clauses) is expected
    assert outcome_of(reversed(clauses)) is expected


@pytest.mark.parametrize(
    "open_status", [ClauseStatus.UNCERTAIN, ClauseStatus.MISSING, ClauseStatus.NOT_CHECKED], ids=str
)
def test_one_open_clause_keeps_a_unit_from_passing(open_status: ClauseStatus) -> None:
    assert outcome_of([clause(ClauseStatus.PASS), clause(open_status)]) is Outcome.REVIEW


def test_a_unit_to_which_nothing_applies_does_not_pass() -> None:
    assert outcome_of([]) is Outcome.REVIEW
    assert outcome_of([clause(ClauseStatus.NOT_APPLICABLE)]) is Outcome.REVIEW


def test_a_failing_clause_needs_evidence() -> None:
    with pytest.raises(ValueError, match="cannot fail without evidence"):
        ClauseResult("NK-1", "原文", Scope.UNIT, ClauseStatus.FAIL, (), Bilingual("因", "why"))


def test_evidence_names_something() -> None:
    with pytest.raises(ValueError, match="must name a recording or a record"):
        EvidenceRef()
