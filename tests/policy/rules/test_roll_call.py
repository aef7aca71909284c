"""NK-6.1.4: found, suspected missing, undecided; late recordings, several cameras, and what people say."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.evidence.roll_call import NO_SPEECH, RollCall, RollCallState, uncertain
from lessonproof.evidence.speech import NO_DETECTOR
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
    said,
    status,
    unit,
    verdict,
)

CLAUSE = "NK-6.1.4"
CALLED = RollCall(RollCallState.FOUND, Interval(200 * NS_PER_S, 265 * NS_PER_S), 18, 0.94)
LECTURE = RollCall(RollCallState.NOT_FOUND, Interval(0, 1200 * NS_PER_S), 0, 0.5)
MISSED = finding(FindingKind.NO_ROLL_CALL, 0, 1200)


def heard(roll_call: RollCall | None, **fields: str) -> Dossier:
    return replace(dossier(**fields), roll_call=roll_call)  # type: ignore[arg-type]


def suspected() -> Dossier:
    return replace(dossier(MISSED), roll_call=LECTURE)


def begun(*starts: str | None) -> UnitCase:
    """A unit of 08:30 whose recordings begin at these times."""
    refs = tuple(
        RecordingRef(f"{number}.mp4", f"camera {number}", None if start is None else at(start))
        for number, start in enumerate(starts)
    )
    return change(case("NK"), recordings=refs)


class TestFound:
    def test_passes_with_its_place_and_number(self) -> None:
        result = clause(case("NK", measured=heard(CALLED)), CLAUSE)
        assert result.status is PASS
        assert "3:20 to 4:25" in result.reason.en
        assert "2024-09-02 08:28:20" in result.reason.en
        assert "18 calls with an answer, confidence 94 %" in result.reason.en
        assert "一呼一应 18 次" in result.reason.zh
        assert [(one.recording_sha256, one.interval) for one in result.evidence] == [("a" * 64, CALLED.interval)]

    @pytest.mark.parametrize(("late_s", "expected"), [(-1, PASS), (0, PASS), (1, UNCERTAIN)])
    def test_the_recording_begins_no_later_than_the_lesson(self, late_s: int, expected: object) -> None:
        ref = RecordingRef("T1.mp4", "f", at("08:30") + timedelta(seconds=late_s))
        late = measured(change(case("NK"), recordings=(ref,)), heard(CALLED))
        assert status(late, CLAUSE) is expected
        if late_s > 0:
            reason = clause(late, CLAUSE).reason
            assert "begins 1 s after" in reason.en
            assert "A roll call is heard" in reason.en
            assert "听到点名" in reason.zh

    def test_the_lesson_is_the_approved_one(self) -> None:
        moved = change(measured(begun("08:45"), heard(CALLED)), held_start=at("09:00"), held_end=at("10:30"))
        assert status(moved, CLAUSE) is UNCERTAIN
        approved = ApprovedChange("T1", "time", at("08:00"), approved=True)
        assert status(change_file(moved, changes=(approved,)), CLAUSE) is PASS

    def test_one_camera_that_heard_it_is_enough(self) -> None:
        two = begun("08:25", "08:25")
        other = heard(uncertain(NO_SPEECH), sha256="b" * 64)
        assert status(measured(two, heard(CALLED), other), CLAUSE) is PASS
        assert status(measured(two, heard(CALLED), FAILED), CLAUSE) is PASS
        assert status(measured(two, heard(CALLED)), CLAUSE) is PASS

    def test_without_a_declared_start_nobody_knows_whether_it_begins_before(self) -> None:
        result = clause(measured(begun(None), heard(CALLED)), CLAUSE)
        assert result.status is UNCERTAIN
        assert "is not declared" in result.reason.en
        assert any("first frame of 0.mp4" in need.en for need in verdict(measured(begun(None), heard(CALLED))).needs)

    def test_whoever_watched_and_saw_none_makes_it_uncertain(self) -> None:
        against = change_file(case("NK", measured=heard(CALLED)), records=(said(CLAUSE, holds=False),))
        assert status(against, CLAUSE) is UNCERTAIN


class TestSuspected:
    def test_a_lecture_alone_is_a_suspicion(self) -> None:
        result = clause(case("NK", measured=suspected()), CLAUSE)
        assert result.status is UNCERTAIN
        assert "疑似没有点名" in result.reason.zh
        assert any(one.finding is FindingKind.NO_ROLL_CALL for one in result.evidence)

    def test_two_reviewers_make_it_stand_and_one_does_not(self) -> None:
        base = case("NK", measured=suspected())
        one = review(FindingKind.NO_ROLL_CALL, 0, "R1", confirmed=True)
        assert status(change_file(base, reviews=(one,)), CLAUSE) is UNCERTAIN
        two = review(FindingKind.NO_ROLL_CALL, 0, "R1", "R2", confirmed=True)
        failed = clause(change_file(base, reviews=(two,)), CLAUSE)
        assert failed.status is FAIL
        assert failed.consequences == ("FAIL_CHECK",)

    def test_a_rejected_one_leaves_the_question_to_a_person(self) -> None:
        no = review(FindingKind.NO_ROLL_CALL, 0, "R1", confirmed=False)
        base = change_file(case("NK", measured=suspected()), reviews=(no,))
        result = clause(base, CLAUSE)
        assert result.status is UNCERTAIN
        assert "did not confirm" in result.reason.en
        assert all(one.finding is None for one in result.evidence)

    def test_a_person_who_saw_one_settles_it(self) -> None:
        base = change_file(case("NK", measured=suspected()), records=(said(CLAUSE, note="names read at 8:29"),))
        result = clause(base, CLAUSE)
        assert result.status is PASS
        assert "names read at 8:29" in result.reason.en

    def test_it_is_a_note_under_a_regulation_that_asks_for_none(self) -> None:
        quiet, told = (verdict(case("SX", measured=one)) for one in (dossier(), suspected()))
        assert [one.status for one in told.clauses] == [one.status for one in quiet.clauses]


class TestUndecided:
    @pytest.mark.parametrize(
        ("roll_call", "words", "need"),
        [
            (uncertain(NO_SPEECH), "nobody is heard to speak", "A reviewer looks"),
            (uncertain(NO_DETECTOR), "no speech detector is installed", "The operator"),
            (None, "speech at the beginning was not measured", "The operator"),
        ],
    )
    def test_says_why_and_who_can_help(self, roll_call: RollCall | None, words: str, need: str) -> None:
        base = case("NK", measured=heard(roll_call))
        result = clause(base, CLAUSE)
        assert result.status is UNCERTAIN
        assert words in result.reason.en
        assert any(one.en.startswith(need) and CLAUSE in one.en for one in verdict(base).needs)

    def test_a_person_decides_and_the_machines_reason_stays_visible(self) -> None:
        base = case("NK", measured=heard(uncertain(NO_SPEECH)))
        result = clause(change_file(base, records=(said(CLAUSE, note="list read aloud"),)), CLAUSE)
        assert result.status is PASS
        assert "list read aloud" in result.reason.en
        assert "does not tell whether names are called" in result.reason.en

    def test_a_late_recording_cannot_hold_one_and_says_so(self) -> None:
        late = measured(begun("08:30:01"), heard(uncertain(NO_SPEECH)))
        assert "begins 1 s after" in clause(late, CLAUSE).reason.en
        both = measured(begun("08:30:01", "08:29"), heard(CALLED), heard(None, sha256="b" * 64))
        assert status(both, CLAUSE) is PASS

    def test_what_is_absent_is_named(self) -> None:
        assert status(change(case("NK"), recordings=()), CLAUSE) is MISSING
        unread = measured(case("NK"), FAILED)
        assert status(unread, CLAUSE) is UNCERTAIN
        assert status(change_file(unread, records=(said(CLAUSE),)), CLAUSE) is UNCERTAIN

    def test_only_recorded_units_are_asked(self) -> None:
        other = change_institution(case("NK", unit(UnitKind.PRACTICAL)), kind=InstitutionKind.PUBLIC_BASE)
        assert status(other, CLAUSE) is NOT_APPLICABLE
