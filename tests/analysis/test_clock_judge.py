from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lessonproof.analysis.clock_judge import CLOCK_KINDS, CLOCK_SHOWS_MINUTES, CLOCK_UNREADABLE, judge_clock
from lessonproof.analysis.clock_overlay import ClockReading
from lessonproof.analysis.clock_text import moment_of, seconds_of
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import NS_PER_S, Interval
from tests.analysis.clock_scenes import START, FakeSource, Shown, every, overlay, readings

MINUTE_NS = 60 * NS_PER_S
FOUR_MINUTES_NS = 4 * MINUTE_NS


def jumping(at_s: float, by_s: float) -> Shown:
    return lambda t: t + 0.4 + (by_s if t >= at_s else 0.0)


@settings(max_examples=40, deadline=None)
@given(
    start_s=st.integers(seconds_of(datetime(2001, 1, 1, tzinfo=UTC)), seconds_of(datetime(2090, 1, 1, tzinfo=UTC))),
    spacing_s=st.sampled_from([1.0, 2.0, 2.002, 4.0, 10.0]),
)
def test_an_honest_clock_is_silent_at_any_hour(start_s: int, spacing_s: float) -> None:
    start = moment_of(start_s)
    shown: Shown = lambda t: t + 0.3  # noqa: E731
    verdict = judge_clock(
        readings(shown, every(spacing_s), start), overlay(), FOUR_MINUTES_NS, source=FakeSource(shown, start)
    )
    assert (verdict.findings, verdict.hints, verdict.speed) == ((), (), ())
    assert verdict.checked == frozenset(CLOCK_KINDS)
    assert verdict.first_wall_s == (start_s,)


@pytest.mark.parametrize("hour", [0, 12])
def test_midnight_and_noon_of_a_clock_without_a_date(hour: int) -> None:
    start = datetime(2024, 12, 31, (hour - 1) % 24, 58, tzinfo=UTC)
    raw = readings(lambda t: t + 0.3, every(2.0), start)
    only_time = [ClockReading(r.time_ns, "", None if r.wall_s is None else r.wall_s % 86_400, 2.0) for r in raw]
    verdict = judge_clock(only_time, overlay(has_date=False), FOUR_MINUTES_NS)
    assert verdict.findings == ()
    assert verdict.first_wall_s == ()


@settings(max_examples=40, deadline=None)
@given(
    jump_s=st.one_of(st.floats(2.0, 4000.0), st.floats(-4000.0, -2.0)),
    at_s=st.floats(60.0, 180.0),
    spacing_s=st.sampled_from([1.0, 2.0, 2.002, 4.0, 10.0]),
)
@example(jump_s=2.0, at_s=162.1875, spacing_s=2.002)  # between a random-access picture and the very next frame
def test_a_jump_is_found_on_its_frames(jump_s: float, at_s: float, spacing_s: float) -> None:
    shown = jumping(at_s, jump_s)
    verdict = judge_clock(readings(shown, every(spacing_s)), overlay(), FOUR_MINUTES_NS, source=FakeSource(shown))
    jumps = [f for f in verdict.findings if f.kind is FindingKind.CLOCK_JUMP]
    assert len(jumps) == 1
    size = jumps[0].detail["jump_s"]
    assert isinstance(size, float)
    assert abs(size - jump_s) <= 1.0
    assert abs(jumps[0].interval.start_s - at_s) <= 0.5
    assert abs(jumps[0].interval.end_s - at_s) <= 0.5
    assert jumps[0].detail["direction"] == ("forward" if jump_s > 0 else "backward")


def test_without_frames_a_jump_lies_between_two_readings() -> None:
    verdict = judge_clock(readings(jumping(101.0, -600.0), every(10.0)), overlay(), FOUR_MINUTES_NS)
    (jump,) = verdict.findings
    assert jump.interval == Interval(100 * NS_PER_S, 110 * NS_PER_S)
    assert [hint.within for hint in verdict.hints] == [jump.interval]


def test_a_greater_jump_is_surer() -> None:
    sure = [
        judge_clock(readings(jumping(101, s), every(2.0)), overlay(), FOUR_MINUTES_NS).findings[0].confidence
        for s in (2, 5, 60)
    ]
    assert sure == sorted(sure)
    assert sure[0] < sure[-1]


@settings(max_examples=40, deadline=None)
@given(row=st.integers(1, 118), wrong_s=st.sampled_from([-3600, -50, -5, 3, 7, 600]), refines=st.booleans())
def test_one_misread_digit_is_no_jump(row: int, wrong_s: int, refines: bool) -> None:
    shown: Shown = lambda t: t + 0.4  # noqa: E731
    seen = readings(shown, every(2.0))
    wall_s = seen[row].wall_s
    assert wall_s is not None
    seen[row] = ClockReading(seen[row].time_ns, "", wall_s + wrong_s, 0.4)
    verdict = judge_clock(seen, overlay(), FOUR_MINUTES_NS, source=FakeSource(shown) if refines else None)
    assert verdict.findings == ()


def test_digits_misread_for_a_while_are_no_jump_when_the_frames_say_otherwise() -> None:
    shown: Shown = lambda t: t + 0.4  # noqa: E731
    seen = readings(shown, every(2.0))
    for row in (50, 51):
        seen[row] = ClockReading(seen[row].time_ns, "", (seen[row].wall_s or 0) + 600, 0.4)
    verdict = judge_clock(seen, overlay(), FOUR_MINUTES_NS, source=FakeSource(shown))
    assert verdict.findings == ()


@settings(max_examples=40, deadline=None)
@given(
    step_s=st.sampled_from([-1.0, -0.5, 0.5, 1.0]),
    spacing_s=st.sampled_from([1.0, 2.0, 2.002, 1.96, 10.0]),
    at_s=st.floats(30.0, 200.0),
)
def test_the_network_may_set_the_clock_by_a_second(step_s: float, spacing_s: float, at_s: float) -> None:
    shown = jumping(at_s + 0.013, step_s)
    verdict = judge_clock(readings(shown, every(spacing_s)), overlay(), FOUR_MINUTES_NS, source=FakeSource(shown))
    assert [f for f in verdict.findings if f.kind is FindingKind.CLOCK_JUMP] == []


def test_a_clock_that_stands_is_told_from_its_first_second() -> None:
    shown: Shown = lambda t: 100.4 if 100.0 <= t < 121.0 else t + 0.4  # noqa: E731
    verdict = judge_clock(readings(shown, every(4.0)), overlay(), FOUR_MINUTES_NS, source=FakeSource(shown))
    (frozen,) = verdict.findings
    assert frozen.kind is FindingKind.CLOCK_FROZEN
    assert abs(frozen.interval.start_s - 100.0) <= 0.5
    assert frozen.interval.end_s == pytest.approx(121.0)


def test_a_clock_that_stands_with_its_picture_is_a_frozen_picture() -> None:
    shown: Shown = lambda t: min(t, 100.0) + 0.4 if t < 121.0 else t - 21.0 + 0.4  # noqa: E731
    still = [Interval(100 * NS_PER_S, 121 * NS_PER_S)]
    verdict = judge_clock(readings(shown, every(2.0)), overlay(), FOUR_MINUTES_NS, still=still)
    assert verdict.findings == ()
    assert verdict.hints


def test_a_clock_that_runs_backward() -> None:
    shown: Shown = lambda t: (220.0 - t if 100.0 <= t < 120.0 else t) + 0.4  # noqa: E731
    verdict = judge_clock(readings(shown, every(2.0)), overlay(), FOUR_MINUTES_NS)
    (found,) = verdict.findings
    assert found.kind is FindingKind.REVERSED
    assert found.interval.start_s == pytest.approx(100, abs=2.1)
    assert found.interval.end_s == pytest.approx(120, abs=2.1)
    assert [e.factor for e in verdict.speed] == [-1.0]


@pytest.mark.parametrize("factor", [0.98, 1.01, 1.05])
def test_a_drifting_clock(factor: float) -> None:
    shown: Shown = lambda t: t * factor + 0.4  # noqa: E731
    verdict = judge_clock(readings(shown, every(2.0)), overlay(), FOUR_MINUTES_NS, source=FakeSource(shown))
    (found,) = verdict.findings
    assert found.kind is FindingKind.CLOCK_DRIFT
    low, ppm, high = (found.detail[name] for name in ("drift_ppm_low", "drift_ppm", "drift_ppm_high"))
    assert isinstance(low, int)
    assert isinstance(ppm, int)
    assert isinstance(high, int)
    assert low <= (factor - 1) * 1e6 <= high
    assert ppm == pytest.approx((factor - 1) * 1e6, abs=1500)
    assert found.interval == Interval(0, FOUR_MINUTES_NS)


def test_a_slow_drift_is_told_by_single_frames() -> None:
    """Readings a full number of seconds apart show one step of a second, which the network's setting would show too."""
    shown: Shown = lambda t: t * 1.005 + 0.4  # noqa: E731
    seen = readings(shown, every(2.0))
    assert judge_clock(seen, overlay(), FOUR_MINUTES_NS).findings == ()
    (found,) = judge_clock(seen, overlay(), FOUR_MINUTES_NS, source=FakeSource(shown)).findings
    assert found.kind is FindingKind.CLOCK_DRIFT


def test_quartz_is_honest() -> None:
    shown: Shown = lambda t: t * 1.0001 + 0.4  # noqa: E731
    seen = readings(shown, every(4.0, 4 * 3600.0))
    verdict = judge_clock(seen, overlay(), 4 * 3600 * NS_PER_S, source=FakeSource(shown))
    assert (verdict.findings, verdict.speed) == ((), ())


@pytest.mark.parametrize("factor", [0.9, 1.1])
def test_a_faster_minute_speaks_of_speed_and_not_of_the_clock(factor: float) -> None:
    shown: Shown = lambda t: t + 0.4 + (factor - 1) * float(np.clip(t - 90.0, 0.0, 60.0))  # noqa: E731
    verdict = judge_clock(readings(shown, every(2.0)), overlay(), FOUR_MINUTES_NS, source=FakeSource(shown))
    assert verdict.findings == ()
    (told,) = verdict.speed
    assert told.factor == pytest.approx(factor, abs=0.03)
    assert told.within.start_s == pytest.approx(90, abs=12)
    assert told.within.end_s == pytest.approx(150, abs=12)


def test_an_unread_clock_is_not_clean() -> None:
    seen = [
        ClockReading(r.time_ns, "?", None, 0.1) if k % 2 else r for k, r in enumerate(readings(lambda t: t, every(2.0)))
    ]
    verdict = judge_clock(seen, overlay(), FOUR_MINUTES_NS)
    assert verdict.checked == frozenset()
    assert set(verdict.unchecked) == {kind.value for kind in CLOCK_KINDS}
    assert set(verdict.unchecked.values()) == {CLOCK_UNREADABLE}
    assert (verdict.read, verdict.unread) == (60, 60)


def test_a_clock_of_minutes_tells_great_jumps_and_leaves_small_ones_open() -> None:
    def seen(jump_s: float) -> list[ClockReading]:
        raw = readings(jumping(600.0, jump_s), every(2.0, 1200.0))
        return [ClockReading(r.time_ns, "", (r.wall_s or 0) // 60 * 60, 2.0) for r in raw]

    verdict = judge_clock(seen(600.0), overlay(unit_s=60), 20 * MINUTE_NS)
    assert [f.kind for f in verdict.findings] == [FindingKind.CLOCK_JUMP]
    assert verdict.unchecked[FindingKind.CLOCK_JUMP.value] == CLOCK_SHOWS_MINUTES
    assert judge_clock(seen(0.0), overlay(unit_s=60), 20 * MINUTE_NS).findings == ()


def test_the_first_moment_is_not_taken_from_one_misread_digit() -> None:
    seen = readings(lambda t: t, every(2.0))
    seen[0] = ClockReading(0, "", (seen[0].wall_s or 0) - 80 * 86_400, 0.4)
    start = START.replace(tzinfo=None)
    assert [moment_of(w) for w in judge_clock(seen, overlay(), FOUR_MINUTES_NS).first_wall_s] == [start]
    assert start + timedelta(0) == START.replace(tzinfo=None)


def test_a_minute_that_is_misread_from_a_carry_on_leaves_jumps_undecided() -> None:
    def misread(time_s: float) -> float:
        shown = time_s + 0.4
        return shown - 60.0 if shown >= 185.0 else shown  # 08:33 is read as 08:32

    verdict = judge_clock(readings(misread, every(4.0)), overlay(), FOUR_MINUTES_NS, source=FakeSource(misread))
    assert FindingKind.CLOCK_JUMP not in {finding.kind for finding in verdict.findings}
    assert FindingKind.CLOCK_JUMP not in verdict.checked
    assert verdict.unchecked[FindingKind.CLOCK_JUMP.value] == CLOCK_UNREADABLE
