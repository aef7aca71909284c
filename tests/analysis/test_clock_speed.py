import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonproof.analysis.clock_fit import pieces_of
from lessonproof.analysis.clock_overlay import ClockReading
from lessonproof.analysis.clock_series import series_of
from lessonproof.analysis.clock_speed import drift_finding, find_speeds, is_drift
from lessonproof.analysis.speed import SpeedEvidence, SpeedSource
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import NS_PER_S, Interval
from tests.analysis.clock_scenes import FakeSource, Shown, every, overlay, readings, series

DURATION_S = 240.0
DURATION_NS = 240 * NS_PER_S


def faster(factor: float, start_s: float, end_s: float, phase: float = 0.4) -> Shown:
    """A stretch at another speed."""
    return lambda t: t + phase + (factor - 1) * float(np.clip(t - start_s, 0.0, end_s - start_s))


def told_of(
    shown: Shown, spacing_s: float, source: FakeSource | None, duration_s: float = DURATION_S
) -> list[SpeedEvidence]:
    seen = series(shown, every(spacing_s, duration_s))
    pieces = pieces_of(seen.time_s, seen.offset_s, seen.unit_s)
    return find_speeds(seen, pieces, round(duration_s * NS_PER_S), source, jumps=False)


@settings(max_examples=60, deadline=None)
@given(
    factor=st.sampled_from([0.75, 0.9, 1.1, 1.25]),
    start_s=st.floats(40.0, 120.0),
    length_s=st.floats(45.0, 80.0),
    phase=st.floats(0.0, 0.999),
    spacing_s=st.sampled_from([1.0, 2.0, 2.002, 4.0, 10.0]),
)
def test_the_borders_of_a_faster_minute(
    factor: float, start_s: float, length_s: float, phase: float, spacing_s: float
) -> None:
    shown = faster(factor, start_s, start_s + length_s, phase)
    (told,) = told_of(shown, spacing_s, FakeSource(shown))
    assert told.factor == pytest.approx(factor, abs=0.005)
    assert told.low <= told.factor <= told.high
    assert told.within.start_s == pytest.approx(start_s, abs=0.5)
    assert told.within.end_s == pytest.approx(start_s + length_s, abs=0.5)


@settings(max_examples=40, deadline=None)
@given(factor=st.sampled_from([0.95, 1.05]), start_s=st.floats(40.0, 120.0), phase=st.floats(0.0, 0.999))
def test_borders_at_five_percent_are_good_to_what_a_frame_tells(factor: float, start_s: float, phase: float) -> None:
    """A change of the text is seen to half a frame, 20 ms, which at 5 % are gained in 0.4 s."""
    shown = faster(factor, start_s, start_s + 60.0, phase)
    (told,) = told_of(shown, 2.0, FakeSource(shown))
    assert told.within.start_s == pytest.approx(start_s, abs=0.8)
    assert told.within.end_s == pytest.approx(start_s + 60.0, abs=0.8)


def test_a_faster_minute_of_an_hour_is_looked_at_closely() -> None:
    shown = faster(1.04, 1900.0, 1960.0)
    (told,) = told_of(shown, 10.0, FakeSource(shown), 3600.0)
    assert told.factor == pytest.approx(1.04, abs=0.005)
    assert told.within.start_s == pytest.approx(1900.0, abs=1.0)
    assert told.within.end_s == pytest.approx(1960.0, abs=1.0)


def test_few_frames_are_read_for_a_clock_that_is_set() -> None:
    shown: Shown = lambda t: t + (1.4 if t >= 1000.0 else 0.4)  # noqa: E731
    source = FakeSource(shown)
    assert told_of(shown, 4.0, source, 3600.0) == []
    assert sum(asked.length_ns for asked in source.asked) < 90 * NS_PER_S


def test_a_misread_digit_inside_is_passed_over() -> None:
    shown = faster(1.25, 60.0, 130.0)
    raw = readings(shown, every(2.0))
    raw[50] = ClockReading(raw[50].time_ns, "", (raw[50].wall_s or 0) - 50, 0.4)
    seen = series_of(raw, overlay())
    pieces = [p for p in pieces_of(seen.time_s, seen.offset_s, 1.0) if p.readings > 1]
    told = find_speeds(seen, pieces, DURATION_NS, FakeSource(shown), jumps=False)
    assert [t.factor for t in told] == pytest.approx([1.25], abs=0.005)


def test_the_whole_recording_has_no_borders() -> None:
    for factor in (0.95, 1.1):
        shown: Shown = lambda t, factor=factor: t * factor + 0.4  # type: ignore[misc]  # noqa: E731
        (told,) = told_of(shown, 4.0, FakeSource(shown))
        assert told.within == Interval(0, DURATION_NS)
        assert is_drift(told, DURATION_NS, 1.0)


def test_a_jump_is_no_speed() -> None:
    shown: Shown = lambda t: t + (5.4 if t >= 100.0 else 0.4)  # noqa: E731
    seen = series(shown, every(2.0))
    pieces = pieces_of(seen.time_s, seen.offset_s, 1.0)
    assert find_speeds(seen, pieces, DURATION_NS, FakeSource(shown), jumps=True) == []


def test_only_a_slope_to_the_end_may_be_the_clock_itself() -> None:
    def told(start_s: int, end_s: int, factor: float) -> SpeedEvidence:
        within = Interval(start_s * NS_PER_S, end_s * NS_PER_S)
        return SpeedEvidence(within, factor, factor - 0.001, factor + 0.001, SpeedSource.CLOCK)

    assert is_drift(told(0, 240, 1.01), DURATION_NS, 1.0)
    assert not is_drift(told(0, 120, 1.01), DURATION_NS, 1.0)
    assert not is_drift(told(0, 240, 1.25), DURATION_NS, 1.0)
    assert not is_drift(told(0, 240, 1.001), DURATION_NS, 1.0)


def test_the_more_it_gains_the_surer() -> None:
    found = [
        drift_finding(SpeedEvidence(Interval(0, DURATION_NS), f, f - 0.001, f + 0.001, SpeedSource.CLOCK))
        for f in (1.005, 1.01, 1.05)
    ]
    assert all(f.kind is FindingKind.CLOCK_DRIFT for f in found)
    assert [f.confidence for f in found] == sorted({f.confidence for f in found})
    assert found[1].detail == {"drift_ppm": 10_000, "drift_ppm_low": 9000, "drift_ppm_high": 11_000, "gained_s": 2.4}
