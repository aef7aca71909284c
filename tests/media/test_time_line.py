"""One time line: stray times are left out, restarts and false wraps of the clock run on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.evidence.intervals import NS_PER_S
from lessonproof.media.time_line import HALF_WRAP_NS, follow, one_time_line, stray_runs

STEP_NS = 40_000_000


def line(count: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return STEP_NS * np.arange(count, dtype=np.int64)


@given(st.integers(5, 180), st.integers(1, 60), st.integers(2, 40_000), st.booleans())
def test_a_run_that_leaves_and_comes_back_is_stray(start: int, length: int, away_s: int, back: bool) -> None:
    times = line(300)
    times[start : start + length] += (-away_s if back else away_s) * NS_PER_S
    assert np.flatnonzero(stray_runs(times)).tolist() == list(range(start, start + length))


@given(st.integers(5, 290), st.integers(2, 40_000))
def test_a_clock_that_restarts_is_not_stray(start: int, away_s: int) -> None:
    times = line(300)
    times[start:] -= away_s * NS_PER_S
    assert not stray_runs(times).any()


def test_holes_are_not_stray() -> None:
    times = line(300)
    times[100:] += 5 * NS_PER_S
    times[103:] += 7 * NS_PER_S
    assert not stray_runs(times).any()


@pytest.mark.parametrize("hole_ms", [900, 1100, 3000, 20_000])
def test_the_picture_behind_a_hole_is_not_stray_where_bidirectional_ones_in_front_follow_it(hole_ms: int) -> None:
    """As x264 stores it: the picture that is predicted comes before the two that look ahead to it."""
    shown = line(300)
    shown[150:] += hole_ms * 1_000_000
    order = np.arange(300)
    order[1:298] = order[1:298].reshape(-1, 3)[:, [2, 0, 1]].reshape(-1)
    assert 150 in order[148:151]
    assert not stray_runs(shown[order]).any()


@given(st.lists(st.integers(-(2**60), 2**60), min_size=1, max_size=60))
def test_no_times_make_it_fail(times: list[int]) -> None:
    assert stray_runs(np.array(times, np.int64)).shape == (len(times),)


def test_a_restart_that_the_demuxer_took_for_a_wrap_runs_on() -> None:
    """The second stream begins before the first one did: the demuxer adds the whole of the clock's 33 bits."""
    times = np.concatenate([line(100) + 7000 * NS_PER_S, line(100) + 2 * HALF_WRAP_NS])
    joined, joins = one_time_line(times, times, may_wrap=True)
    assert np.diff(joined).tolist() == [STEP_NS] * 199
    (join,) = joins
    assert join.row == 100
    assert one_time_line(times, times, may_wrap=False)[1] == ()
    sound = np.concatenate([line(80) + 7000 * NS_PER_S, line(80) + 2 * HALF_WRAP_NS])
    assert int(np.diff(follow(sound, joins, may_wrap=True)).max()) < NS_PER_S
