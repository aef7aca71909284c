import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonproof.analysis.clock_backward import backward_runs, backward_stretch, find_backward, reversed_finding
from lessonproof.analysis.clock_overlay import ClockReading
from lessonproof.analysis.clock_series import ClockStretch, series_of
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import NS_PER_S, Interval
from tests.analysis.clock_scenes import FakeSource, Shown, every, overlay, readings, series

DURATION_NS = 240 * NS_PER_S
FRAME_S = 0.04


def turned(start_s: float, end_s: float, phase: float = 0.4) -> Shown:
    """A stretch shown in reverse."""
    return lambda t: (start_s + end_s - t if start_s <= t < end_s else t) + phase


def test_a_clock_that_runs_backward() -> None:
    times = np.arange(0.0, 60.0, 2.0)
    wall = np.where((times >= 20) & (times < 30), 50 - times, times)
    assert backward_runs(times, wall, 1.0) == [(10, 15)]
    assert backward_runs(times, times, 1.0) == []


@settings(max_examples=60, deadline=None)
@given(
    start_s=st.floats(30.0, 120.0),
    length_s=st.floats(12.0, 60.0),
    phase=st.floats(0.0, 0.999),
    spacing_s=st.sampled_from([1.0, 2.0, 2.002, 3.0]),
)
def test_the_frames_at_which_the_clock_turns(start_s: float, length_s: float, phase: float, spacing_s: float) -> None:
    shown = turned(start_s, start_s + length_s, phase)
    seen, source = series(shown, every(spacing_s)), FakeSource(shown)
    (run,) = find_backward(seen, source)
    found = backward_stretch(seen, run, source, DURATION_NS)
    # Exact, but where the clock turns within a frame of a random-access picture: then it says how far it may be off.
    for error_s, uncertain_ns in (
        (found.within.start_s - start_s, found.start_uncertain_ns),
        (found.within.end_s - start_s - length_s, found.end_uncertain_ns),
    ):
        uncertain_s = uncertain_ns / NS_PER_S
        assert -uncertain_s - 1e-6 <= error_s <= 2 * FRAME_S + uncertain_s + 1e-6
        assert uncertain_s <= 1.5


@pytest.mark.parametrize(("start_s", "end_s"), [(98.0, 104.0), (98.0, 112.0), (92.0, 118.0), (95.6, 101.6)])
def test_one_or_two_readings_are_enough_where_the_frames_tick_backward(start_s: float, end_s: float) -> None:
    shown = turned(start_s, end_s)
    seen, source = series(shown, every(10.0)), FakeSource(shown)
    assert find_backward(seen, None) == []
    (run,) = find_backward(seen, source)
    found = backward_stretch(seen, run, source, DURATION_NS)
    assert found.within.start_s == pytest.approx(start_s, abs=2 * FRAME_S)
    assert found.within.end_s == pytest.approx(end_s, abs=2 * FRAME_S)


@settings(max_examples=30, deadline=None)
@given(row=st.integers(1, 118), wrong_s=st.sampled_from([-3600, -50, -5, 3, 7, 600]))
def test_a_misread_digit_does_not_run_backward(row: int, wrong_s: int) -> None:
    shown: Shown = lambda t: t + 0.4  # noqa: E731
    raw = readings(shown, every(2.0))
    raw[row] = ClockReading(raw[row].time_ns, "", (raw[row].wall_s or 0) + wrong_s, 0.4)
    assert find_backward(series_of(raw, overlay()), FakeSource(shown)) == []


def test_few_frames_are_read_for_misread_digits() -> None:
    shown: Shown = lambda t: t + 0.4  # noqa: E731
    raw = readings(shown, every(2.0, 7200.0))
    raw = [ClockReading(r.time_ns, "", (r.wall_s or 0) + 50 * (k % 9 == 4), 0.4) for k, r in enumerate(raw)]
    source = FakeSource(shown)
    find_backward(series_of(raw, overlay()), source)
    assert sum(asked.length_ns for asked in source.asked) <= 30 * NS_PER_S


def test_midnight_inside_a_stretch_of_a_clock_without_a_date() -> None:
    shown = turned(100.0, 120.0)

    def only_time(raw: list[ClockReading]) -> list[ClockReading]:
        return [ClockReading(r.time_ns, "", ((r.wall_s or 0) + 55_685) % 86_400, 2.0) for r in raw]

    class OnlyTime(FakeSource):
        def read(self, stretch: Interval) -> list[ClockReading]:
            return only_time(super().read(stretch))

    seen = series_of(only_time(readings(shown, every(2.0))), overlay(has_date=False))
    assert np.ptp(seen.wall_s) < 300
    (run,) = find_backward(seen, None)
    found = backward_stretch(seen, run, OnlyTime(shown), DURATION_NS)
    assert found.within.start_s == pytest.approx(100.0, abs=2 * FRAME_S)
    assert found.within.end_s == pytest.approx(120.0, abs=2 * FRAME_S)


def test_a_stretch_shown_there_and_back_is_known_to_a_second() -> None:
    """The clock turns without a jump where footage is followed by itself in reverse."""
    shown: Shown = lambda t: (200.0 - t if 100.0 <= t < 120.0 else t) + 0.4  # noqa: E731
    seen = series(shown, every(2.0))
    (run,) = find_backward(seen, None)
    found = backward_stretch(seen, run, FakeSource(shown), DURATION_NS)
    assert found.start_uncertain_ns == NS_PER_S
    assert abs(found.within.start_s - 100.0) <= 1.0 + FRAME_S
    assert found.end_uncertain_ns == 0
    assert found.within.end_s == pytest.approx(120.0, abs=2 * FRAME_S)
    assert reversed_finding(seen, run, found).detail["start_uncertain_s"] == 1.0


def test_without_frames_the_borders_lie_halfway_and_say_so() -> None:
    shown = turned(100.5, 121.0)
    seen = series(shown, every(4.0))
    (run,) = find_backward(seen, None)
    found = backward_stretch(seen, run, None, DURATION_NS)
    assert found == ClockStretch(Interval(102 * NS_PER_S, 122 * NS_PER_S), 2 * NS_PER_S, 2 * NS_PER_S)
    assert reversed_finding(seen, run, found).detail["located_on"] == "keyframes"


def test_a_recording_that_is_reversed_as_a_whole() -> None:
    shown: Shown = lambda t: 240.0 - t  # noqa: E731
    seen = series(shown, every(4.0))
    (run,) = find_backward(seen, None)
    found = backward_stretch(seen, run, FakeSource(shown), DURATION_NS)
    assert found == ClockStretch(Interval(0, DURATION_NS), 0, 0)
    told = reversed_finding(seen, run, found)
    assert told.kind is FindingKind.REVERSED
    assert (told.detail["shown_first"], told.detail["shown_last"]) == ("2024-09-01 08:33:55", "2024-09-01 08:29:59")
