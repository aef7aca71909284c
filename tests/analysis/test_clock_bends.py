import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonproof.analysis.clock_bends import bent_line
from lessonproof.analysis.clock_fit import Floats

TIMES: Floats = np.arange(0.0, 160.0, 2.0)


def offsets(slope: float, start_s: float, end_s: float, blur_s: float = 0.0) -> Floats:
    noise = np.random.default_rng(1).uniform(-blur_s, blur_s, TIMES.size)
    return np.asarray(7e8 + slope * np.clip(TIMES, start_s, end_s) + noise, np.float64)


@settings(max_examples=40, deadline=None)
@given(
    slope=st.sampled_from([-0.25, -0.05, 0.03, 0.1, 0.25]),
    start_s=st.floats(30.0, 60.0),
    length_s=st.floats(25.0, 70.0),
    off_s=st.floats(-6.0, 6.0),
)
def test_bends_are_found_from_rough_ones(slope: float, start_s: float, length_s: float, off_s: float) -> None:
    end_s = start_s + length_s
    found = bent_line(TIMES, offsets(slope, start_s, end_s), start_s + off_s, end_s - off_s, 12.0)
    assert found is not None
    assert found.start_s == pytest.approx(start_s, abs=0.1)
    assert found.end_s == pytest.approx(end_s, abs=0.1)
    assert found.slope == pytest.approx(slope, rel=0.01)
    assert found.spread_s < 0.01


def test_frames_blur_the_offsets_less_than_the_bends() -> None:
    found = bent_line(TIMES, offsets(0.05, 50.0, 110.0, blur_s=0.02), 47.0, 113.0, 12.0)
    assert found is not None
    assert found.start_s == pytest.approx(50.0, abs=0.4)
    assert found.end_s == pytest.approx(110.0, abs=0.4)
    assert 0.005 < found.spread_s < 0.02


def test_a_slope_that_lasts_to_the_end_has_one_bend() -> None:
    found = bent_line(TIMES, offsets(-0.1, 50.0, 1000.0), 55.0, None, 12.0)
    assert found is not None
    assert found.start_s == pytest.approx(50.0, abs=0.1)
    assert found.end_s is None


def test_without_a_level_there_is_no_bend() -> None:
    assert bent_line(TIMES, offsets(0.1, -50.0, 1000.0), -20.0, None, 5.0) is None
    assert bent_line(TIMES, offsets(0.1, 50.0, 100.0), 100.0, 50.0, 5.0) is None


def test_what_no_slope_explains_shows_in_the_spread() -> None:
    stepped = np.where(TIMES < 80, 0.0, 5.0)
    found = bent_line(TIMES, stepped, 50.0, 110.0, 5.0)
    assert found is not None
    assert found.spread_s > 0.5
