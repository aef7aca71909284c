from dataclasses import replace
from datetime import timedelta

import pytest

from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import NS_PER_S
from lessonproof.evidence.training import ApprovedChange, InstitutionKind, RecordingRef, UnitKind
from lessonproof.evidence.verdict import UnitCase
from tests.policy.cases import (
    FAIL,
    FAILED,
    MISSING,
    NOT_APPLICABLE,
    PASS,
    UNCERTAIN,
    at,
    case,
    change,
    change_file,
    change_institution,
    clause,
    dossier,
    finding,
    measured,
    review,
    status,
    unit,
)

THROUGHOUT = [
    pytest.param("SX", "SX-3.1.7", UnitKind.THEORY, id="SX theory"),
    pytest.param("NK", "NK-6.1.1", UnitKind.THEORY, id="NK theory"),
    pytest.param("NK", "NK-6.1.2", UnitKind.PRACTICAL, id="NK practical"),
]


def beginning(late_s: float, duration_ns: int) -> UnitCase:
    """A theory lesson of 5400 s whose recording begins ``late_s`` after its start."""
    recording = RecordingRef("T1.mp4", "front", at("08:30") + timedelta(seconds=late_s))
    base = change(case(), recordings=(recording,))
    return measured(base, replace(dossier(), duration_ns=duration_ns))


@pytest.mark.parametrize(("pack_id", "clause_id", "kind"), THROUGHOUT)
class TestEveryPack:
    def test_a_whole_lesson_passes(self, pack_id: str, clause_id: str, kind: UnitKind) -> None:
        result = clause(case(pack_id, unit(kind)), clause_id)
        assert result.status is PASS
        assert result.defaults_used == ()

    def test_a_hole_inside_fails_and_shows_the_finding(self, pack_id: str, clause_id: str, kind: UnitKind) -> None:
        hole = finding(FindingKind.GAP, 1000, 1000.04)
        result = clause(case(pack_id, unit(kind), dossier(hole)), clause_id)
        assert result.status is FAIL
        assert result.evidence[0].finding is FindingKind.GAP
        assert result.evidence[0].interval == hole.interval

    def test_no_recording_is_missing(self, pack_id: str, clause_id: str, kind: UnitKind) -> None:
        assert status(change(case(pack_id, unit(kind)), recordings=()), clause_id) is MISSING

    def test_unknown_start_is_uncertain(self, pack_id: str, clause_id: str, kind: UnitKind) -> None:
        base = change(case(pack_id, unit(kind)), recordings=(RecordingRef("T1.mp4", "front"),))
        result = clause(base, clause_id)
        assert result.status is UNCERTAIN
        assert "首帧" in result.reason.zh

    @pytest.mark.parametrize("kind_out", [FindingKind.TRUNCATED, FindingKind.UNREADABLE])
    def test_what_cannot_be_decoded_is_not_recorded(
        self, pack_id: str, clause_id: str, kind: UnitKind, kind_out: FindingKind
    ) -> None:
        assert status(case(pack_id, unit(kind), dossier(finding(kind_out, 1000, 1001))), clause_id) is FAIL

    @pytest.mark.parametrize("kind_out", [FindingKind.BLACK, FindingKind.COVERED])
    def test_what_only_looks_unrecorded_waits_for_two_reviewers(
        self, pack_id: str, clause_id: str, kind: UnitKind, kind_out: FindingKind
    ) -> None:
        suspected = case(pack_id, unit(kind), dossier(finding(kind_out, 1000, 1020)))
        assert status(suspected, clause_id) is UNCERTAIN
        both = change_file(suspected, reviews=(review(kind_out, 1000, "R1", "R2", confirmed=True),))
        assert status(both, clause_id) is FAIL
        rejected = change_file(suspected, reviews=(review(kind_out, 1000, "R1", confirmed=False),))
        assert status(rejected, clause_id) is PASS


@pytest.mark.parametrize(
    ("short_ns", "expected"),
    [
        pytest.param(0, PASS, id="whole"),
        pytest.param(120 * NS_PER_S, PASS, id="120 s are reported"),
        pytest.param(120 * NS_PER_S + 1, FAIL, id="one nanosecond more fails"),
    ],
)
def test_open_point_q6_at_the_end(short_ns: int, expected: object) -> None:
    result = clause(beginning(0, 5400 * NS_PER_S - short_ns), "SX-3.1.7")
    assert result.status is expected
    assert result.defaults_used == (("Q6",) if short_ns else ())


def test_open_point_q6_adds_late_start_and_early_end() -> None:
    assert status(beginning(60, 5280 * NS_PER_S), "SX-3.1.7") is PASS
    assert status(beginning(60, 5280 * NS_PER_S - 1), "SX-3.1.7") is FAIL


def test_the_exact_loss_is_named() -> None:
    assert "120.000000001 s" in clause(beginning(0, 5280 * NS_PER_S - 1), "SX-3.1.7").reason.en


def test_a_hole_inside_has_no_tolerance() -> None:
    one_ns = replace(finding(FindingKind.GAP, 1000, 1001))
    one_ns = replace(one_ns, interval=replace(one_ns.interval, end_ns=one_ns.interval.start_ns + 1))
    assert status(case("SX", measured=dossier(one_ns)), "SX-3.1.7") is FAIL


def test_a_gap_before_the_lesson_takes_nothing_from_it() -> None:
    result = clause(case("SX", measured=dossier(finding(FindingKind.GAP, 10, 20))), "SX-3.1.7")
    assert result.status is PASS
    assert "also noted: gap 10-20 s" in result.reason.en


def test_freeze_touches_integrity_and_not_coverage() -> None:
    frozen = case("SX", measured=dossier(finding(FindingKind.FREEZE, 1000, 1100)))
    assert status(frozen, "SX-3.1.7") is PASS
    assert status(frozen, "SX-5.1.5") is UNCERTAIN


def test_a_suspicion_outside_the_lesson_does_not_stand_in_its_way() -> None:
    before = finding(FindingKind.BLACK, 10, 20)
    assert status(case("SX", measured=dossier(before)), "SX-3.1.7") is PASS
    unsearched = clause(case("SX", measured=dossier(before, checked=frozenset({"black"}))), "SX-3.1.7")
    assert "Not searched for throughout: gap, truncated, unreadable" in unsearched.reason.en


def two_cameras(second: RecordingRef) -> UnitCase:
    first = RecordingRef("T1.mp4", "front", at("08:25"))
    return change(case(), recordings=(first, second))


def test_a_second_camera_fills_the_first_ones_hole() -> None:
    base = two_cameras(RecordingRef("back.mp4", "back", at("08:25")))
    holed = dossier(finding(FindingKind.GAP, 1000, 1010))
    assert status(measured(base, holed, dossier(sha256="b" * 64)), "SX-3.1.7") is PASS
    assert status(measured(base, holed, FAILED), "SX-3.1.7") is UNCERTAIN
    assert status(measured(base, holed), "SX-3.1.7") is UNCERTAIN
    same_hole = dossier(finding(FindingKind.GAP, 1009, 1020), sha256="b" * 64)
    assert status(measured(base, holed, same_hole), "SX-3.1.7") is FAIL


def test_consecutive_recordings_add_up_without_a_gap_between_them() -> None:
    second = RecordingRef("b.mp4", "front", at("09:10"))
    halves = dossier(minutes=45), dossier(minutes=50, sha256="b" * 64)
    assert status(measured(two_cameras(second), *halves), "SX-3.1.7") is PASS
    later = RecordingRef("b.mp4", "front", at("09:10:00.001"))
    result = clause(measured(two_cameras(later), *halves), "SX-3.1.7")
    assert result.status is FAIL
    assert "holes inside: 1, 0.001 s" in result.reason.en


def test_unplaced_recordings_that_are_too_short_wherever_they_begin_fail() -> None:
    unplaced = change(case(), recordings=(RecordingRef("T1.mp4", "front"),))
    assert status(measured(unplaced, dossier(minutes=88)), "SX-3.1.7") is UNCERTAIN
    result = clause(measured(unplaced, dossier(minutes=87.99)), "SX-3.1.7")
    assert result.status is FAIL
    assert result.defaults_used == ("Q6",)


def test_failed_analysis_and_absent_analysis_are_uncertain() -> None:
    assert status(measured(case(), FAILED), "SX-3.1.7") is UNCERTAIN
    assert status(measured(case()), "SX-3.1.7") is UNCERTAIN


def test_silence_of_a_kind_that_was_not_searched_for_is_uncertain() -> None:
    seen = dossier(checked=frozenset({"gap", "truncated", "unreadable"}))
    result = clause(case("SX", measured=seen), "SX-3.1.7")
    assert result.status is UNCERTAIN
    assert "black" in result.reason.en


def test_an_approved_change_of_time_moves_the_lesson() -> None:
    moved = change(
        case(), held_start=at("09:00"), held_end=at("10:30"), recordings=(RecordingRef("T1.mp4", "f", at("08:55")),)
    )
    assert status(moved, "SX-3.1.7") is FAIL
    approved = change_file(
        moved, changes=(ApprovedChange("T1", "time", at("09:00") - timedelta(days=3), approved=True),)
    )
    assert status(approved, "SX-3.1.7") is PASS


def test_practical_units_are_recorded_by_private_institutions_only() -> None:
    practical = case("NK", unit(UnitKind.PRACTICAL))
    assert status(practical, "NK-6.1.1") is NOT_APPLICABLE
    assert status(change_institution(practical, kind=InstitutionKind.PUBLIC_BASE), "NK-6.1.2") is NOT_APPLICABLE
    assert status(change_institution(practical, kind=None), "NK-6.1.2") is MISSING
    assert status(case("SX", unit(UnitKind.PRACTICAL)), "SX-3.1.7") is NOT_APPLICABLE
