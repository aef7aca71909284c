import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.people.fit import (
    MIN_SCENE_PICTURES,
    Observation,
    bound_values,
    detected,
    fit_high,
    fit_low,
    fit_threshold,
    mean_absolute_error,
    scene_members,
    set_weights,
    truths,
)

THRESHOLDS = [0.1, 0.3]


def _seen(truth: int, *scores: float, set_name: str = "s", scene: str = "a") -> Observation:
    return Observation(set_name, scene, truth, np.array(sorted(scores, reverse=True), np.float32))


_OBSERVATIONS = st.lists(
    st.builds(
        lambda truth, percents, scene: _seen(truth, *(p / 100 for p in percents), scene=scene),
        st.integers(0, 12),
        st.lists(st.integers(5, 100), max_size=12),
        st.sampled_from("abc"),
    ),
    min_size=1,
    max_size=30,
)


def test_detections_at_the_threshold_count() -> None:
    assert detected([_seen(0, 0.3, 0.29), _seen(0)], 0.3).tolist() == [1, 0]


def test_every_set_has_the_same_say() -> None:
    observations = [_seen(1), _seen(1), _seen(1), _seen(1, set_name="other")]
    np.testing.assert_allclose(set_weights(observations), [1 / 6, 1 / 6, 1 / 6, 1 / 2])
    assert mean_absolute_error([_seen(0), _seen(0), _seen(4, set_name="other")], 0.1) == pytest.approx(2.0)


def test_small_scenes_are_taken_together() -> None:
    large = [_seen(1, scene="large")] * MIN_SCENE_PICTURES
    assert set(scene_members([*large, _seen(1, scene="b"), _seen(1, scene="c")])) == {("s", "large"), ("s", "")}


def test_the_threshold_with_the_least_error_wins_and_the_higher_of_two_equals() -> None:
    observations = [_seen(2, 0.9, 0.4, 0.15)]
    assert fit_threshold(observations, [0.1, 0.2, 0.3, 0.5]) == 0.3


@settings(max_examples=25, deadline=None)
@given(_OBSERVATIONS, st.sampled_from([0.5, 0.9, 0.95, 1.0]))
def test_bounds_hold_in_every_scene(observations: list[Observation], coverage: float) -> None:
    high = bound_values(observations, fit_high(observations, THRESHOLDS, coverage), is_high=True)
    low = bound_values(observations, fit_low(observations, THRESHOLDS, coverage), is_high=False)
    truth = truths(observations)
    assert np.all(high > 0)
    assert np.all(low >= 0)
    for members in scene_members(observations).values():
        assert np.mean((truth <= high)[members]) >= coverage
        assert np.mean((low <= truth)[members]) >= coverage


def test_a_detector_that_never_errs_gets_the_tightest_bounds() -> None:
    observations = [_seen(n, *[0.9] * n) for n in range(10)]
    low, high = fit_low(observations, THRESHOLDS, 0.95), fit_high(observations, THRESHOLDS, 0.95)
    assert (low.factor, low.offset) == (1.0, 0.0)
    assert bound_values(observations, high, is_high=True).tolist() == [n + 1 for n in range(10)]
