"""What the recording says against the unit record (SX-3.1.4); the record itself is tested with the changes."""

from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.training import UnitKind
from tests.policy.cases import (
    FAIL,
    FAILED,
    PASS,
    UNCERTAIN,
    case,
    change,
    change_file,
    clause,
    dossier,
    finding,
    measured,
    review,
    status,
    unit,
)

WRONG_DATE = finding(FindingKind.WRONG_DATE, 0, 10)


def test_a_suspicion_is_uncertain_until_reviewed() -> None:
    suspected = case("SX", measured=dossier(WRONG_DATE))
    assert status(suspected, "SX-3.1.4") is UNCERTAIN
    both = change_file(suspected, reviews=(review(FindingKind.WRONG_DATE, 0, "R1", "R2", confirmed=True),))
    result = clause(both, "SX-3.1.4")
    assert (result.status, result.defaults_used) == (FAIL, ("Q12",))
    rejected = change_file(suspected, reviews=(review(FindingKind.WRONG_DATE, 0, "R1", confirmed=False),))
    assert status(rejected, "SX-3.1.4") is PASS


def test_theory_needs_a_recording_that_agrees() -> None:
    assert status(change(case(), recordings=()), "SX-3.1.4") is UNCERTAIN
    assert status(measured(case(), FAILED), "SX-3.1.4") is UNCERTAIN
    assert status(measured(case()), "SX-3.1.4") is UNCERTAIN


def test_a_voluntary_recording_is_shown_and_changes_nothing() -> None:
    practical = case("SX", unit(UnitKind.PRACTICAL), dossier(WRONG_DATE))
    result = clause(practical, "SX-3.1.4")
    assert result.status is PASS
    assert "wrong_date" in result.reason.en
    assert status(change(practical, recordings=()), "SX-3.1.4") is PASS


def test_the_clause_on_the_record_alone_ignores_the_recording() -> None:
    assert status(change(case(), recordings=()), "SX-3.1.1") is PASS
