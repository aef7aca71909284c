"""The grid of a track's times, and where it breaks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from lessonproof.analysis.grids import TOO_FEW_TIMES, UNEVEN_TIMES, find_grid

AAC_48K_NS = 1024 * 1e9 / 48_000
TICKS_NS = {"mp4": 1e9 / 48_000, "ts": 1e9 / 90_000, "mkv": 1e6}


def rounded(times_ns: NDArray[np.float64], tick_ns: float) -> NDArray[np.int64]:
    return np.rint(np.rint(times_ns / tick_ns) * tick_ns).astype(np.int64)


@pytest.mark.parametrize("container", sorted(TICKS_NS))
@given(at=st.integers(120, 380), shift_ms=st.floats(1.2, 20.0), back=st.booleans())
def test_a_shifted_grid_breaks_once_and_where_it_was_shifted(
    container: str, at: int, shift_ms: float, back: bool
) -> None:
    times = AAC_48K_NS * np.arange(500, dtype=np.float64)
    times[at:] += (-shift_ms if back else shift_ms) * 1e6
    grid = find_grid(rounded(times, TICKS_NS[container]), TICKS_NS[container], known_steps_ns=[AAC_48K_NS])
    (found,) = grid.breaks
    assert abs(found.row - at) <= (1 if container == "mkv" else 0)  # rounding may hide the shift in the first step
    assert abs(abs(found.shift_ns) / 1e6 - shift_ms) < 1.1 * TICKS_NS[container] / 1e6
    assert not found.is_whole


@pytest.mark.parametrize("container", sorted(TICKS_NS))
@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 44_100, 48_000])
def test_rounding_is_no_break(container: str, rate_hz: int) -> None:
    step = 1024 * 1e9 / rate_hz
    tick = 1e9 / rate_hz if container == "mp4" else TICKS_NS[container]
    grid = find_grid(rounded(step * np.arange(4000, dtype=np.float64) + 12_345, tick), tick, known_steps_ns=[step])
    assert grid.reason is None
    assert grid.breaks == ()


def test_packets_that_are_missing_leave_the_grid_as_it_is() -> None:
    times = np.delete(AAC_48K_NS * np.arange(500, dtype=np.float64), [200, 201])
    (found,) = find_grid(rounded(times, 1e9 / 48_000), 1e9 / 48_000).breaks
    assert (found.row, found.is_whole) == (200, True)
    assert found.shift_ns == pytest.approx(2 * AAC_48K_NS, abs=1)


@given(st.integers(0, 2**32 - 1))
def test_a_jittering_track_has_no_breaks(seed: int) -> None:
    jitter = np.random.default_rng(seed).normal(0, 0.5e6, 3000)
    grid = find_grid(np.rint(40e6 * np.arange(3000) + jitter).astype(np.int64), 1e9 / 90_000)
    assert grid.breaks == ()
    assert grid.reason is None


def test_single_packets_that_come_late_and_return_are_no_break() -> None:
    times = 40e6 * np.arange(400)
    times[200] += 15e6
    assert find_grid(np.rint(times).astype(np.int64), 1e9 / 90_000).breaks == ()


def test_a_variable_rate_has_no_grid() -> None:
    steps = np.random.default_rng(1).integers(20, 90, 800) * 1_000_000
    grid = find_grid(np.cumsum(steps).astype(np.int64), 1e6)
    assert (grid.step_ns, grid.reason) == (None, UNEVEN_TIMES)


def test_few_times_say_nothing() -> None:
    assert find_grid(np.arange(50, dtype=np.int64) * 1000, 1.0).reason == TOO_FEW_TIMES


@given(st.lists(st.integers(0, 2**50), min_size=100, max_size=150))
def test_no_times_make_it_fail(times: list[int]) -> None:
    grid = find_grid(np.sort(np.array(times, np.int64)), 1e6)
    assert all(0 < found.row < len(times) for found in grid.breaks)
