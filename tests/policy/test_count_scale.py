"""Reviewers' numbers as a correction of one camera: a prediction interval, never a narrow one from few numbers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.evidence.headcount import FrameCount
from lessonproof.policy.count_scale import LEAST_CORRECTIONS, CountScale, fit_scale, scaled


def test_too_few_numbers_correct_nothing() -> None:
    assert fit_scale([(20, 10)] * (LEAST_CORRECTIONS - 1)) is None


def test_equal_ratios_give_that_ratio_and_still_some_width() -> None:
    scale = fit_scale([(20, 10), (41, 20), (10, 5)])
    assert scale is not None
    assert 1.9 < scale.factor < 2.05
    assert scale.low_factor < 0.9 * scale.factor
    assert scale.high_factor > 1.1 * scale.factor


def test_more_numbers_narrow_it() -> None:
    few, many = fit_scale([(20, 10)] * 3), fit_scale([(20, 10)] * 12)
    assert few is not None
    assert many is not None
    assert many.high_factor - many.low_factor < few.high_factor - few.low_factor


def test_the_interval_holds_a_further_picture_of_the_same_camera() -> None:
    rng = np.random.default_rng(5)
    held, trials = 0, 400
    for _ in range(trials):
        counts = rng.integers(8, 30, 6)
        people = np.maximum(0, np.rint(counts * np.exp(rng.normal(0.3, 0.15, 6)))).astype(int)
        pairs = list(zip(people.tolist(), counts.tolist(), strict=True))
        sample = scaled(FrameCount(0, pairs[-1][1], 0, 99), fit_scale(pairs[:-1]))
        assert sample.low is not None
        assert sample.high is not None
        held += sample.low <= pairs[-1][0] <= sample.high
    assert held >= 0.93 * trials


def test_an_unknown_count_stays_unknown() -> None:
    unknown = FrameCount(0, None, None, None)
    assert scaled(unknown, CountScale(1, 2, 3, 4)) == unknown


@given(st.integers(0, 500), st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80)), min_size=3, max_size=20))
def test_any_correction_gives_an_interval_in_order(count: int, pairs: list[tuple[int, int]]) -> None:
    sample = scaled(FrameCount(0, count, None, None), fit_scale(pairs))
    assert sample.count is not None
    assert sample.low is not None
    assert sample.high is not None
    assert 0 <= sample.low <= sample.count <= sample.high
