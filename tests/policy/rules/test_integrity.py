from dataclasses import replace
from datetime import timedelta

import pytest

from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.training import InstitutionKind, RecordingRef, UnitKind
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
    class_file,
    clause,
    dossier,
    finding,
    measured,
    review,
    said,
    status,
    unit,
)

GENUINE = [("SX", "SX-5.1.5"), ("NK", "NK-6.2.2e")]
SUSPICIOUS = [
    FindingKind.CUT,
    FindingKind.SPLICE,
    FindingKind.LOOP,
    FindingKind.FREEZE,
    FindingKind.REUSE,
    FindingKind.SPEED,
    FindingKind.REVERSED,
    FindingKind.CLOCK_JUMP,
    FindingKind.WRONG_DATE,
    FindingKind.GAP,
]


def with_cut(pack_id: str, *reviewers: str, confirmed: bool = True) -> UnitCase:
    base = case(pack_id, measured=dossier(finding(FindingKind.CUT, 100, 101.5)))
    reviews = (review(FindingKind.CUT, 100, *reviewers, confirmed=confirmed),) if reviewers else ()
    return change_file(base, reviews=reviews)


@pytest.mark.parametrize(("pack_id", "clause_id"), GENUINE)
class TestEveryPack:
    def test_a_searched_recording_without_findings_passes(self, pack_id: str, clause_id: str) -> None:
        assert status(case(pack_id), clause_id) is PASS

    def test_a_missing_recording_fails_plainly(self, pack_id: str, clause_id: str) -> None:
        result = clause(change(case(pack_id), recordings=()), clause_id)
        assert result.status is FAIL
        assert result.evidence[0].finding is FindingKind.MISSING_RECORDING
        assert result.consequences

    @pytest.mark.parametrize("kind", SUSPICIOUS)
    def test_a_machine_finding_is_only_suspected(self, pack_id: str, clause_id: str, kind: FindingKind) -> None:
        result = clause(case(pack_id, measured=dossier(finding(kind, 100, 101))), clause_id)
        assert result.status is UNCERTAIN
        assert result.defaults_used == ("Q12",)
        assert result.evidence[0].finding is kind
        assert "疑似" in result.reason.zh

    def test_two_different_reviewers_make_it_stand(self, pack_id: str, clause_id: str) -> None:
        assert status(with_cut(pack_id, "R1", "R2"), clause_id) is FAIL
        assert status(with_cut(pack_id, "R1"), clause_id) is UNCERTAIN
        assert status(with_cut(pack_id, "R1", "R1 "), clause_id) is UNCERTAIN

    def test_a_rejected_finding_no_longer_counts_and_stays_visible(self, pack_id: str, clause_id: str) -> None:
        result = clause(with_cut(pack_id, "R1", confirmed=False), clause_id)
        assert result.status is PASS
        assert "cut 100-101.5 s" in result.reason.en
        assert status(with_cut(pack_id, " ", confirmed=False), clause_id) is UNCERTAIN

    def test_contradicting_reviews_leave_it_open(self, pack_id: str, clause_id: str) -> None:
        both = (
            review(FindingKind.CUT, 100, "R1", "R2", confirmed=True),
            review(FindingKind.CUT, 100, "R3", confirmed=False),
        )
        assert status(change_file(with_cut(pack_id), reviews=both), clause_id) is UNCERTAIN

    def test_reviews_of_something_else_do_not_count(self, pack_id: str, clause_id: str) -> None:
        right = review(FindingKind.CUT, 100, "R1", confirmed=False)
        for wrong in (
            replace(right, start_s=100.002),
            replace(right, kind="loop"),
            replace(right, recording_sha256="b" * 64),
        ):
            assert status(change_file(with_cut(pack_id), reviews=(wrong,)), clause_id) is UNCERTAIN

    def test_a_record_cannot_take_the_place_of_two_reviewers(self, pack_id: str, clause_id: str) -> None:
        assert status(change_file(with_cut(pack_id), records=(said(clause_id),)), clause_id) is UNCERTAIN

    def test_what_was_not_searched_for_is_named(self, pack_id: str, clause_id: str) -> None:
        seen = dossier(checked=frozenset({"gap", "freeze", "cut"}))
        result = clause(case(pack_id, measured=seen), clause_id)
        assert result.status is UNCERTAIN
        assert "splice, loop, reuse, speed, reversed, clock_jump, wrong_date" in result.reason.en

    def test_what_could_not_be_decided_says_why(self, pack_id: str, clause_id: str) -> None:
        base = dossier()
        reasons = {"cut": "noise_hides_jumps", "splice": "noise_hides_jumps", "clock_jump": "no_clock"}
        seen = replace(base, checked=base.checked - set(reasons), unchecked=reasons)
        result = clause(case(pack_id, measured=seen), clause_id)
        assert result.status is UNCERTAIN
        assert (
            "剪切、拼接（画面变化或噪点较多，可能掩盖剪切留下的跳变）；画面时钟跳变（画面上没有显示时间）"
            in result.reason.zh
        )
        assert "clock_jump (no clock is shown in the picture)" in result.reason.en

    def test_two_cameras_may_have_two_reasons(self, pack_id: str, clause_id: str) -> None:
        refs = (RecordingRef("a", "front", at("08:25")), RecordingRef("b", "back", at("08:25")))
        whole = dossier()
        dark, far = (
            replace(whole, checked=whole.checked - {"cut"}, unchecked={"cut": code}, sha256=digest * 64)
            for code, digest in (("undecodable", "a"), ("budget_spent", "b"))
        )
        result = clause(measured(change(case(pack_id), recordings=refs), dark, far), clause_id)
        assert "剪切（部分画面损坏，无法解码；可疑之处太多，限定的计算量内未能全部核对）" in result.reason.zh

    def test_many_findings_are_counted(self, pack_id: str, clause_id: str) -> None:
        seven = dossier(*(finding(FindingKind.CUT, start, start + 1) for start in range(100, 170, 10)))
        reason = clause(case(pack_id, measured=seven), clause_id).reason
        assert "剪切 130-131 秒、剪切 140-141 秒等 7 处，" in reason.zh
        assert "cut 140-141 s (+2);" in reason.en

    def test_an_unreadable_recording_is_uncertain_with_its_error(self, pack_id: str, clause_id: str) -> None:
        result = clause(measured(case(pack_id), FAILED), clause_id)
        assert result.status is UNCERTAIN
        assert "the recorder never closed the file" in result.reason.en
        assert "录像文件没有正常关闭" in result.reason.zh

    def test_a_recording_that_nobody_analysed_is_uncertain(self, pack_id: str, clause_id: str) -> None:
        assert status(measured(case(pack_id)), clause_id) is UNCERTAIN

    def test_one_suspicious_camera_is_enough(self, pack_id: str, clause_id: str) -> None:
        refs = (RecordingRef("a", "front", at("08:25")), RecordingRef("b", "back", at("08:25")))
        base = change(case(pack_id), recordings=refs)
        cut = dossier(finding(FindingKind.CUT, 100, 101), sha256="b" * 64)
        assert status(measured(base, dossier(), cut), clause_id) is UNCERTAIN
        assert status(measured(base, FAILED, cut), clause_id) is UNCERTAIN


@pytest.mark.parametrize(
    ("other_start", "expected"),
    [
        pytest.param(at("08:25"), PASS, id="the camera ran on while the teachers changed"),
        pytest.param(at("08:25") + timedelta(days=1), UNCERTAIN, id="the same file on another day"),
        pytest.param(None, UNCERTAIN, id="the other start is not declared"),
    ],
)
def test_one_file_for_two_units(other_start: object, expected: object) -> None:
    first = unit()
    second = replace(
        unit(unit_id="T2", start="10:00", end="11:30"),
        recordings=(RecordingRef("T1.mp4", "front", other_start),),  # type: ignore[arg-type]
    )
    base = case()
    assert status(replace(base, class_file=class_file("SX", (first, second))), "SX-5.1.5") is expected


def test_practical_recordings_of_others_than_private_institutions() -> None:
    school = change_institution(case("NK", unit(UnitKind.PRACTICAL)), kind=InstitutionKind.VOCATIONAL_SCHOOL)
    assert status(school, "NK-6.2.2e") is PASS
    without = change(school, recordings=())
    assert status(without, "NK-6.2.2e") is MISSING
    settled = change_file(without, records=(said("NK-6.2.2e", note="none was to be handed in"),))
    assert status(settled, "NK-6.2.2e") is PASS


def test_sx_asks_for_no_practical_recording() -> None:
    practical = case("SX", unit(UnitKind.PRACTICAL))
    assert status(practical, "SX-5.1.5") is NOT_APPLICABLE
    assert status(practical, "SX-A5.4") is NOT_APPLICABLE


def test_the_join_of_the_claim() -> None:
    assert status(case(), "SX-A5.4") is PASS
    assert status(measured(case(), FAILED), "SX-A5.4") is PASS
    assert status(change(case(), recordings=()), "SX-A5.4") is FAIL
