from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonproof.analysis.clock_fit import pieces_of
from lessonproof.analysis.clock_overlay import ClockReading
from lessonproof.analysis.clock_refine import ClockSource
from lessonproof.analysis.clock_series import ClockStretch
from lessonproof.analysis.clock_standing import frozen_finding, standing_runs, standing_stretch, stands
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import NS_PER_S, Interval
from tests.analysis.clock_scenes import FakeSource, Shown, every, series

DURATION_NS = 240 * NS_PER_S
FRAME_S = 0.04


def test_a_clock_that_stands() -> None:
    times = np.arange(0.0, 40.0, 2.0)
    wall = np.floor(times)
    wall[5:9] = wall[5]
    assert standing_runs(times, wall, 1.0) == [(5, 9)]
    assert standing_runs(times, np.floor(times), 1.0) == []


def test_readings_of_one_second_are_no_standing_clock() -> None:
    times = np.arange(0.0, 10.0, 0.4)
    assert standing_runs(times, np.floor(times), 1.0) == []


def stretch_of(shown: Shown, spacing_s: float, source: ClockSource | None) -> ClockStretch:
    seen = series(shown, every(spacing_s))
    (run,) = standing_runs(seen.time_s, seen.wall_s, seen.unit_s)
    pieces = pieces_of(seen.time_s[: run[0]], seen.offset_s[: run[0]], seen.unit_s)
    return standing_stretch(seen, run, pieces, source, DURATION_NS)


@settings(max_examples=60, deadline=None)
@given(
    start_s=st.floats(30.0, 120.0),
    length_s=st.floats(25.0, 60.0),
    phase=st.floats(0.0, 0.999),
    spacing_s=st.sampled_from([1.0, 2.0, 2.002, 4.0, 10.0]),
)
def test_a_clock_that_stops_is_told_to_half_a_second(
    start_s: float, length_s: float, phase: float, spacing_s: float
) -> None:
    end_s = start_s + length_s
    shown: Shown = lambda t: (start_s if start_s <= t < end_s else t) + phase  # noqa: E731
    found = stretch_of(shown, spacing_s, FakeSource(shown))
    assert abs(found.within.start_s - start_s) <= 0.5 + FRAME_S
    assert found.start_uncertain_ns == NS_PER_S // 2
    assert 0 <= found.within.end_s - end_s <= FRAME_S
    assert found.end_uncertain_ns == 0


@settings(max_examples=40, deadline=None)
@given(start_s=st.floats(30.0, 120.0), phase=st.floats(0.0, 0.999))
def test_a_clock_that_goes_on_from_where_it_stood(start_s: float, phase: float) -> None:
    shown: Shown = lambda t: min(t, max(start_s, t - 30.0)) + phase  # noqa: E731
    found = stretch_of(shown, 2.0, FakeSource(shown))
    assert abs(found.within.start_s - start_s) <= 0.5 + FRAME_S
    assert abs(found.within.end_s - start_s - 30.0) <= 0.5 + FRAME_S
    assert found.end_uncertain_ns == NS_PER_S // 2


def test_a_clock_that_is_set_and_stands_from_there_is_exact() -> None:
    shown: Shown = lambda t: 20.4 if 100.1 <= t < 140.0 else t + 0.4  # noqa: E731
    found = stretch_of(shown, 4.0, FakeSource(shown))
    assert found.within.start_s == pytest.approx(100.12)
    assert found.start_uncertain_ns == 0


def test_a_clock_that_stands_from_the_first_to_the_last_picture() -> None:
    found = stretch_of(lambda _t: 20.4, 4.0, FakeSource(lambda _t: 20.4))
    assert found == ClockStretch(Interval(0, DURATION_NS), 0, 0)


def test_without_frames_the_borders_are_said_to_be_coarse() -> None:
    shown: Shown = lambda t: 100.4 if 100.0 <= t < 121.0 else t + 0.4  # noqa: E731
    found = stretch_of(shown, 4.0, None)
    assert abs(found.within.start_s - 100.0) <= found.start_uncertain_ns / NS_PER_S
    assert abs(found.within.end_s - 121.0) <= found.end_uncertain_ns / NS_PER_S


def test_frames_at_the_end_that_cannot_be_read_leave_it_uncertain() -> None:
    class Blind(FakeSource):
        def read(self, stretch: Interval) -> list[ClockReading]:
            return [replace(r, wall_s=None) if r.time_ns > 120 * NS_PER_S else r for r in super().read(stretch)]

    shown: Shown = lambda t: 100.4 if 100.0 <= t < 121.0 else t + 0.4  # noqa: E731
    found = stretch_of(shown, 4.0, Blind(shown))
    assert found.within.end_ns == 120 * NS_PER_S
    assert found.end_uncertain_ns == 4 * NS_PER_S


def test_two_equal_readings_may_be_a_jump_back() -> None:
    stood: Shown = lambda t: 100.4 if 100.0 <= t < 108.0 else t + 0.4  # noqa: E731
    jumped: Shown = lambda t: t + 0.4 - (4.0 if t >= 103.0 else 0.0)  # noqa: E731
    for shown, expected in ((stood, True), (jumped, False)):
        assert stands(series(shown, [96.0, 100.0, 104.0]), (1, 3), FakeSource(shown)) is expected
    assert not stands(series(stood, [96.0, 100.0, 104.0]), (1, 3), None)


def test_the_longer_it_stands_the_surer() -> None:
    seen = series(lambda t: 20.4 if t < 60 else t, every(2.0))
    stretch = ClockStretch(Interval(0, 40 * NS_PER_S), 0, NS_PER_S)
    told = [frozen_finding(seen, (0, end), stretch) for end in (3, 6, 20)]
    assert all(f.kind is FindingKind.CLOCK_FROZEN for f in told)
    assert [f.confidence for f in told] == sorted({f.confidence for f in told})
    assert told[0].detail["end_uncertain_s"] == 1.0
    assert told[0].detail["shown"] == "2024-09-01 08:30:15"
