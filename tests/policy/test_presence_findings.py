"""``low_count`` and ``high_count``: told for long and sure stretches only."""

import pytest

from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.headcount import FrameCount, HeadcountSeries
from lessonproof.evidence.intervals import NS_PER_S
from lessonproof.evidence.verdict import UnitCase
from lessonproof.policy.presence import presence_of
from lessonproof.policy.presence_findings import (
    HIGH_MINUTES,
    LOW_MINUTES,
    PresenceFinding,
    decided_kinds,
    presence_findings,
)
from tests.policy.cases import case, change, dossier, headcount, measured, sheet

K = FindingKind


def minutes_of(few: int, many: int, *, count: int, before: int = 20) -> UnitCase:
    """Ten sign; for ``few`` minutes, ``before`` minutes into the lesson, ``count`` are in view, else eleven."""
    counts = [11] * (before + 5) + [count] * few + [11] * many  # the recording begins 5 minutes before the lesson
    samples = tuple(FrameCount(k * 60 * NS_PER_S, n, max(0, n - 1), n + 1) for k, n in enumerate(counts))
    return measured(case(), dossier(people=HeadcountSeries(samples, "m", 60 * NS_PER_S)))


def found(of: UnitCase) -> tuple[PresenceFinding, ...]:
    return presence_findings(of, presence_of(of))


def test_a_class_in_good_order_is_not_told_of() -> None:
    assert found(case()) == ()
    assert decided_kinds(case(), presence_of(case())) == {K.LOW_COUNT, K.HIGH_COUNT}


@pytest.mark.parametrize(("length", "is_told"), [(LOW_MINUTES - 1, False), (LOW_MINUTES, True)])
def test_a_break_is_no_finding_and_a_longer_absence_is(length: int, is_told: bool) -> None:
    of = minutes_of(length, 60, count=2)
    kinds = [one.kind for one in found(of)]
    assert kinds == ([K.LOW_COUNT] if is_told else [])
    if is_told:
        (one,) = found(of)
        assert one.interval.length_ns == LOW_MINUTES * 60 * NS_PER_S
        assert one.detail == {"signed": 10, "people_at_most": 3, "declared_staff": 1, "minutes": LOW_MINUTES}


@pytest.mark.parametrize(("count", "is_told"), [(9, False), (8, True)])
def test_the_whole_interval_must_lie_below_the_signatures(count: int, is_told: bool) -> None:
    # Ten signed: with 9 in view there may be 10, with 8 at most 9.
    assert bool(found(minutes_of(30, 50, count=count))) is is_told


@pytest.mark.parametrize(("count", "is_told"), [(12, False), (13, True)])
def test_more_people_than_enrolled_less_the_staff(count: int, is_told: bool) -> None:
    # Ten are enrolled, one of staff: 12 in view may be 11 less one; 13 are at least 12 less one.
    kinds = [one.kind for one in found(minutes_of(HIGH_MINUTES, 60, count=count))]
    assert kinds == ([K.HIGH_COUNT] if is_told else [])


def test_visitors_for_a_moment_are_no_finding() -> None:
    assert found(minutes_of(HIGH_MINUTES - 1, 60, count=30)) == ()


def test_a_greater_margin_is_surer() -> None:
    (near,), (far,) = found(minutes_of(30, 50, count=8)), found(minutes_of(30, 50, count=1))
    assert 0.5 < near.confidence < far.confidence <= 1


def test_an_unknown_minute_interrupts_and_leaves_it_undecided() -> None:
    samples = [FrameCount(k * 60 * NS_PER_S, 2, 1, 3) for k in range(100) if k % 15]
    of = measured(case(), dossier(people=HeadcountSeries(tuple(samples), "m", 60 * NS_PER_S)))
    assert found(of) == ()
    assert decided_kinds(of, presence_of(of)) == frozenset()


def test_without_signatures_there_is_nothing_to_be_below() -> None:
    of = change(measured(case(), dossier(people=headcount(0, spread=0))), sheets=(sheet(frozenset()),))
    assert found(of) == ()
    assert decided_kinds(of, presence_of(of)) == {K.HIGH_COUNT}
