from dataclasses import replace

import numpy as np
import pytest

from benchmarks.people.decisions import (
    COUNT_CLAUSE,
    DAY,
    LESSON_S,
    WINDOW_NS,
    Decision,
    class_case,
    decide,
    decision_line,
    repeated,
    signature_numbers,
)
from benchmarks.people.rooms import Moment, RoomTruth
from lessonproof.evidence.dossier import Dossier, ModelStamp, PipelineStamp, VideoFacts
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.headcount import FrameCount, HeadcountSeries
from lessonproof.evidence.intervals import NS_PER_S
from lessonproof.evidence.verdict import ClauseStatus
from lessonproof.policy.packs import load_packs, select_pack
from lessonproof.policy.rules.headcount import CountParameters

PASS, FAIL, UNCERTAIN = ClauseStatus.PASS, ClauseStatus.FAIL, ClauseStatus.UNCERTAIN
TRUTH = RoomTruth(
    1,
    "classroom",
    12,
    tuple(Moment(s * NS_PER_S, 10, 11, ()) for s in range(0, 121, 10)),
    (),
    (),
    np.zeros((0, 4)),
)


def dossier(count: int, low: int, high: int) -> Dossier:
    samples = tuple(FrameCount(s * NS_PER_S, count, low, high) for s in range(0, 120, 10))
    return Dossier(
        sha256="a" * 64,
        size_bytes=1,
        duration_ns=120 * NS_PER_S,
        video=VideoFacts("mp4", "h264", 640, 360, 480, 60),
        has_audio=True,
        findings=(),
        headcount=HeadcountSeries(samples, "a-detector", 10 * NS_PER_S),
        headcount_reason=None,
        checked=frozenset(kind.value for kind in FindingKind),
        pipeline=PipelineStamp("0.1.0", {"index": "1"}, (ModelStamp("a-detector", "d" * 64),)),
    )


@pytest.mark.parametrize(
    ("came", "numbers"), [(10, (10, 13, 15)), (1, (1, 2)), (4, (4, 6)), (0, (0, 1)), (40, (40, 52, 60))]
)
def test_signatures_that_are_tried(came: int, numbers: tuple[int, ...]) -> None:
    assert signature_numbers(came) == numbers


@pytest.mark.parametrize(
    ("signed", "status", "told", "is_wrong", "is_caught"),
    [
        (10, PASS, (), False, False),
        (10, UNCERTAIN, (), False, False),
        (10, FAIL, (), True, False),
        (10, UNCERTAIN, ("low_count",), True, False),
        (14, PASS, (), True, False),
        (14, UNCERTAIN, (), False, False),
        (14, UNCERTAIN, ("low_count",), False, True),
        (14, FAIL, (), False, True),
    ],
)
def test_what_is_a_wrong_decision(
    signed: int, status: ClauseStatus, told: tuple[str, ...], is_wrong: bool, is_caught: bool
) -> None:
    decision = Decision(signed, 10, status, told)
    assert decision.is_wrong is is_wrong
    assert decision.is_caught is is_caught


def test_the_real_rule_judges_and_an_exact_camera_is_never_wrong() -> None:
    decisions = decide(TRUTH, dossier(11, 11, 11))
    assert [(d.signed, d.is_honest) for d in decisions] == [(10, True), (13, False), (15, False)]
    assert not any(d.is_wrong for d in decisions)
    assert decisions[0].status is PASS


def test_a_camera_that_nobody_measured_decides_nothing() -> None:
    blind = dossier(11, 11, 11)
    assert blind.headcount is not None
    samples = tuple(replace(sample, low=None, high=None) for sample in blind.headcount.samples)
    unmeasured = replace(blind, headcount=replace(blind.headcount, samples=samples))
    assert {d.status for d in decide(TRUTH, unmeasured)} == {UNCERTAIN}


def test_the_case_has_the_signatures_the_roster_and_the_teacher() -> None:
    case = class_case(TRUTH, dossier(11, 11, 11), 15)
    (sheet,) = case.unit.sheets
    assert sheet.signed_numbers == frozenset(range(1, 16))
    assert len(case.class_file.training_class.roster.trainees) == 15
    assert case.unit.declared_staff == 1
    assert (case.unit.end - case.unit.start).total_seconds() == LESSON_S


def test_counts_come_again_until_the_lesson_is_over() -> None:
    series = repeated(dossier(11, 10, 12)).headcount
    assert series is not None
    times_s = [sample.time_ns / NS_PER_S for sample in series.samples]
    assert times_s[:14] == [*range(0, 120, 10), 120.0, 130.0]
    assert times_s[-1] == LESSON_S - 10
    assert {sample.count for sample in series.samples} == {11}


def test_too_few_people_are_told_of_and_an_honest_class_is_not() -> None:
    (honest, *invented) = decide(TRUTH, dossier(11, 10, 12))
    assert honest.told == ()
    assert {one.told for one in invented} == {("low_count",)}
    assert all(one.is_caught for one in invented)


def test_the_window_is_that_of_the_pack() -> None:
    pack = select_pack(load_packs(), "SX", DAY, frozenset({"SX"}))
    (clause,) = [one for one in pack.clauses if one.clause_id == COUNT_CLAUSE]
    assert clause.rule is not None
    assert isinstance(clause.rule.parameters, CountParameters)
    assert clause.rule.parameters.window_s * NS_PER_S == WINDOW_NS


def test_shares_of_statuses_are_told() -> None:
    line = decision_line([Decision(10, 10, PASS, ()), Decision(10, 10, FAIL, ()), Decision(9, 9, UNCERTAIN, ())])
    assert "3 classes, wrong 1" in line
    assert "pass 0.33, fail 0.33, uncertain 0.33" in line
