from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonproof.analysis.clock_fit import Floats, pieces_of, unwrapped

SPACINGS = st.sampled_from([1.0, 2.0, 2.002, 1.96, 4.0, 7.3, 10.0])
PHASES = st.floats(0.0, 0.999)


def shown_offsets(true_wall: Floats, times: Floats, unit: float = 1.0) -> Floats:
    return np.asarray(np.floor(true_wall / unit) * unit + unit / 2 - times, np.float64)


@settings(max_examples=40, deadline=None)
@given(spacing=SPACINGS, phase=PHASES, n=st.integers(1, 400))
def test_an_even_clock_is_one_level(spacing: float, phase: float, n: int) -> None:
    times: Floats = np.arange(n, dtype=np.float64) * spacing
    pieces = pieces_of(times, shown_offsets(times + phase, times), 1.0)
    assert [(p.first, p.end, p.slope) for p in pieces] == [(0, n, 0.0)]
    assert abs(pieces[0].offset_s - phase) <= 0.65


@settings(max_examples=40, deadline=None)
@given(spacing=SPACINGS, phase=PHASES, minutes=st.integers(3, 40))
def test_a_clock_of_minutes_is_one_level(spacing: float, phase: float, minutes: int) -> None:
    times = np.arange(0.0, minutes * 60, spacing)
    pieces = pieces_of(times, shown_offsets(times + 60 * phase, times, 60.0), 60.0)
    assert len(pieces) == 1


@settings(max_examples=40, deadline=None)
@given(
    spacing=SPACINGS,
    phase=PHASES,
    at=st.floats(0.3, 0.7),
    jump_s=st.one_of(st.floats(2.0, 5000.0), st.floats(-5000.0, -2.0)),
)
def test_a_jump_of_two_seconds_breaks_it_in_two(spacing: float, phase: float, at: float, jump_s: float) -> None:
    times = np.arange(0.0, 40 * spacing, spacing)
    border = at * times[-1]
    wall = times + phase + np.where(times >= border, jump_s, 0.0)
    pieces = pieces_of(times, shown_offsets(wall, times), 1.0)
    assert [p.slope for p in pieces] == [0.0, 0.0]
    assert pieces[0].end == int(np.searchsorted(times, border))
    assert abs((pieces[1].offset_s - pieces[0].offset_s) - jump_s) <= 1.0


@settings(max_examples=40, deadline=None)
@given(spacing=SPACINGS, phase=PHASES, slope=st.sampled_from([-0.2, -0.05, 0.01, 0.02, 0.1]))
def test_a_clock_at_another_speed_is_one_line(spacing: float, phase: float, slope: float) -> None:
    times = np.arange(0.0, 600.0, spacing)
    pieces = pieces_of(times, shown_offsets(times * (1 + slope) + phase, times), 1.0)
    assert len(pieces) == 1
    assert pieces[0].slope_low - 1e-6 <= slope <= pieces[0].slope_high + 1e-6
    assert pieces[0].slope == pytest.approx(slope, abs=0.003)


@settings(max_examples=40, deadline=None)
@given(spacing=st.sampled_from([2.0, 2.002, 1.96, 4.0]), phase=PHASES, slope=st.sampled_from([-0.1, -0.07, 0.07, 0.1]))
def test_a_faster_minute_lies_between_two_levels(spacing: float, phase: float, slope: float) -> None:
    times = np.arange(0.0, 240.0, spacing)
    wall = times + phase + slope * np.clip(times - 90.0, 0.0, 60.0)
    pieces = pieces_of(times, shown_offsets(wall, times), 1.0)
    slanted = [p for p in pieces if not p.is_honest]
    assert len(slanted) == 1
    assert slanted[0].slope == pytest.approx(slope, abs=0.03)
    assert abs(times[slanted[0].first] - 90.0) < 25.0
    assert abs(times[slanted[0].end - 1] - 150.0) < 25.0


def test_hundred_ppm_over_eight_hours_are_honest() -> None:
    times = np.arange(0.0, 8 * 3600.0, 4.0)
    pieces = pieces_of(times, shown_offsets(times * 1.0001, times), 1.0)
    assert all(p.is_honest for p in pieces)
    borders = [(a, b, float(times[b.first])) for a, b in pairwise(pieces)]
    assert all(abs(b.offset_at(t) - a.offset_at(t)) < 1.5 for a, b, t in borders)


@settings(max_examples=40, deadline=None)
@given(start=st.integers(0, 86_399), spacing=SPACINGS)
def test_a_clock_without_a_date_goes_on_over_midnight(start: int, spacing: float) -> None:
    times = np.arange(0.0, 100_000.0, spacing * 97)
    wall = np.floor(times + start) % 86_400 + 0.5
    offset = unwrapped(times, wall, 86_400)
    assert np.ptp(offset) <= 1.0 + 1e-6


def test_garbage_ends_in_time() -> None:
    rng = np.random.default_rng(3)
    times = np.arange(0.0, 1200.0, 2.0)
    pieces = pieces_of(times, rng.uniform(-4000, 4000, times.size), 1.0)
    assert pieces[0].first == 0
    assert pieces[-1].end == times.size


@settings(max_examples=40, deadline=None)
@given(row=st.integers(30, 85), wrong_s=st.sampled_from([-3600, -7, 10, 50]), phase=PHASES)
def test_a_misread_digit_on_a_slope_takes_no_neighbours_with_it(row: int, wrong_s: int, phase: float) -> None:
    times = np.arange(0.0, 240.0, 2.0)
    wall = times + phase + 0.25 * np.clip(times - 40.0, 0.0, 140.0)
    offsets = shown_offsets(wall, times)
    offsets[row] += wrong_s
    pieces = pieces_of(times, offsets, 1.0)
    assert [(p.first, p.end) for p in pieces if p.first <= row < p.end] == [(row, row + 1)]
