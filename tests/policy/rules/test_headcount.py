from dataclasses import replace

import pytest

from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.headcount import FrameCount, HeadcountSeries
from lessonproof.evidence.intervals import NS_PER_S
from lessonproof.evidence.training import RecordingRef
from lessonproof.evidence.verdict import UnitCase
from tests.policy.cases import (
    FAILED,
    MISSING,
    PASS,
    UNCERTAIN,
    at,
    case,
    change,
    change_file,
    clause,
    dossier,
    finding,
    headcount,
    measured,
    said,
    sheet,
    status,
    verdict,
    without_people,
)

CLAUSE = "SX-3.1.6b"


def seen(count: int, spread: int = 1, *, signed: int = 10, staff: int = 1) -> UnitCase:
    base = change(case(), sheets=(sheet(frozenset(range(1, signed + 1))),), declared_staff=staff)
    return measured(base, dossier(people=headcount(count, spread=spread)))


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        pytest.param(8, UNCERTAIN, id="high 9 is below 10 signatures"),
        pytest.param(9, UNCERTAIN, id="high 10 reaches them, and only 7 are surely there"),
        pytest.param(10, PASS, id="80 % of them, 8, are surely there"),
        pytest.param(11, PASS, id="the middle"),
        pytest.param(12, PASS, id="low 11 less one of staff reaches them"),
        pytest.param(13, UNCERTAIN, id="low 12 less one of staff is above"),
    ],
)
def test_signatures_inside_the_interval(count: int, expected: object) -> None:
    result = clause(seen(count), CLAUSE)
    assert result.status is expected
    assert result.defaults_used == ("Q11",)


def test_an_interval_into_which_invented_signatures_fit_proves_nothing() -> None:
    honest, padded = seen(11, 5, signed=10), seen(11, 5, signed=15)
    for of in (honest, padded):
        result = clause(of, CLAUSE)
        assert result.status is UNCERTAIN
        assert "the interval is too wide" in result.reason.en
        assert "误差区间太宽" in result.reason.zh


def test_a_camera_that_was_not_counted_might_disagree() -> None:
    second = RecordingRef("back.mp4", "back", at("08:25"))
    both = change(seen(11), recordings=(*case().unit.recordings, second))
    shown = dossier(people=headcount(11))
    assert status(measured(both, shown, dossier(sha256="b" * 64, people=headcount(9))), CLAUSE) is PASS
    assert status(measured(both, shown), CLAUSE) is UNCERTAIN, "not analysed"
    assert status(measured(both, shown, FAILED), CLAUSE) is UNCERTAIN
    assert status(measured(both, shown, without_people(dossier(sha256="b" * 64))), CLAUSE) is UNCERTAIN
    later = change(both, recordings=(*case().unit.recordings, RecordingRef("back.mp4", "back", at("09:00"))))
    assert status(measured(later, shown, without_people(dossier(sha256="b" * 64))), CLAUSE) is PASS, "not at the start"


def test_a_count_alone_never_fails_anybody() -> None:
    assert status(seen(0, 0), CLAUSE) is UNCERTAIN


def test_staff_is_subtracted_but_never_below_nobody() -> None:
    assert status(seen(2, 0, signed=0, staff=5), CLAUSE) is PASS


def test_only_the_start_counts() -> None:
    # The recording runs 300 s before the lesson: the start is at 300 s, the looked-at window ends before 600 s.
    def people(inside_s: int) -> HeadcountSeries:
        return HeadcountSeries((FrameCount(inside_s * NS_PER_S, 11, 10, 12),), "m", NS_PER_S)

    for second, expected in ((299, UNCERTAIN), (300, PASS), (599, PASS), (600, UNCERTAIN)):
        assert status(case(measured=dossier(people=people(second))), CLAUSE) is expected


def test_a_count_without_an_interval_is_uncertain() -> None:
    uncalibrated = case(measured=dossier(people=headcount(11, spread=None)))
    assert status(uncalibrated, CLAUSE) is UNCERTAIN
    assert status(case(measured=dossier(people=headcount(None))), CLAUSE) is UNCERTAIN


def test_no_weights_is_uncertain_and_says_how_to_get_them() -> None:
    blind = case(measured=without_people(dossier()))
    result = clause(blind, CLAUSE)
    assert result.status is UNCERTAIN
    assert "no_weights" in result.reason.en
    assert any("lessonproof doctor" in need.en and CLAUSE in need.en for need in verdict(blind).needs)


def test_what_is_absent_is_named() -> None:
    assert status(change(case(), sheets=()), CLAUSE) is MISSING
    assert status(change(case(), recordings=()), CLAUSE) is MISSING
    assert status(measured(case(), FAILED), CLAUSE) is UNCERTAIN
    unplaced = change(case(), recordings=(RecordingRef("T1.mp4", "front"),))
    assert "首帧" in clause(unplaced, CLAUSE).reason.zh


def test_a_second_camera_may_see_who_the_first_misses() -> None:
    refs = (RecordingRef("a", "front", at("08:25")), RecordingRef("b", "back", at("08:25")))
    few = dossier(people=headcount(3))
    enough = dossier(people=headcount(11), sha256="b" * 64)
    base = change(case(), recordings=refs)
    assert status(measured(base, few, enough), CLAUSE) is PASS
    assert status(measured(base, few, replace(few, sha256="b" * 64)), CLAUSE) is UNCERTAIN


def test_whoever_watched_may_settle_it_with_a_note() -> None:
    low = seen(5)
    assert status(change_file(low, records=(said(CLAUSE, note="five sat outside the frame"),)), CLAUSE) is PASS
    assert status(change_file(low, records=(said(CLAUSE, note=" "),)), CLAUSE) is UNCERTAIN
    assert status(change_file(low, records=(said(CLAUSE, unit_id=None),)), CLAUSE) is UNCERTAIN


def test_a_low_count_is_shown_beside_the_attendance_clause() -> None:
    low = case(measured=dossier(finding(FindingKind.LOW_COUNT, 300, 900)))
    assert "low_count" in clause(low, "SX-5.1.2").reason.en
