import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.models.calibration import (
    CountCalibration,
    PeopleCount,
    UnknownInterval,
    count_people,
    high_bound,
    low_bound,
)
from lessonproof.models.detector import SCORE_FLOOR, Detections
from lessonproof.models.manifest import packaged_manifest


def _found(*scores: float, is_capped: bool = False) -> Detections:
    return Detections(np.zeros((len(scores), 4), np.float32), np.array(scores, np.float32), is_capped)


def _calibration(
    *,
    thresholds: tuple[float, float, float] = (0.1, 0.2, 0.5),
    low: tuple[float, float] = (0.9, 0.5),
    high: tuple[float, float] = (1.5, 2.0),
) -> CountCalibration:
    return CountCalibration(
        high_threshold=thresholds[0],
        score_threshold=thresholds[1],
        low_threshold=thresholds[2],
        low_factor=low[0],
        low_offset=low[1],
        high_factor=high[0],
        high_offset=high[1],
        coverage=0.95,
        measured_on="a test",
        measured_at="2026-11-21",
    )


_SCORES = st.integers(5, 100).map(lambda percent: percent / 100)
_CALIBRATIONS = st.builds(
    lambda t, a, b: _calibration(thresholds=(t[0], t[1], t[2]), low=a, high=b),
    st.lists(st.floats(SCORE_FLOOR, 1), min_size=3, max_size=3).map(sorted),
    st.tuples(st.floats(0, 1), st.floats(0, 10)),
    st.tuples(st.floats(1, 5), st.floats(0.5, 20)),
)


@given(st.lists(_SCORES, max_size=60), _CALIBRATIONS)
def test_the_count_lies_in_a_finite_interval(scores: list[float], calibration: CountCalibration) -> None:
    people = count_people(_found(*scores), calibration)
    assert people.low is not None
    assert people.high is not None
    assert 0 <= people.low <= people.count <= people.high
    assert people.high > 0


def test_clear_ones_bound_it_below_and_faint_ones_above() -> None:
    people = count_people(_found(0.9, 0.6, 0.3, 0.15, 0.12), _calibration())
    # clear: 2 -> floor(0.9 * 2 - 0.5) = 1; counted: 3; faint: 5 -> ceil(1.5 * 5 + 2) = 10
    assert people == PeopleCount(3, 1, 10)


def test_an_empty_picture_may_still_hold_people() -> None:
    assert count_people(_found(), _calibration()) == PeopleCount(0, 0, 2)


def test_a_score_at_the_threshold_counts() -> None:
    assert count_people(_found(0.2), _calibration()).count == 1


def test_uncalibrated_weights_count_without_an_interval() -> None:
    assert count_people(_found(0.9, 0.24), None) == PeopleCount(1, None, None, "not_calibrated")


def test_a_capped_frame_has_no_upper_end_and_so_no_interval() -> None:
    assert count_people(_found(0.9, is_capped=True), _calibration()) == PeopleCount(1, None, None, "detector_limit")


@given(st.integers(0, 500), st.integers(0, 20), st.integers(0, 40))
def test_decimal_factors_do_not_widen_by_a_rounding_error(found: int, twentieths: int, tenths: int) -> None:
    assert low_bound(found, twentieths / 20, 0.0) == found * twentieths // 20
    assert high_bound(found, tenths / 10, 0.0) == -(-found * tenths // 10)


@pytest.mark.parametrize("thresholds", [(0.01, 0.2, 0.5), (0.3, 0.2, 0.5), (0.1, 0.6, 0.5), (0.1, 0.2, 1.5)])
def test_thresholds_out_of_order_are_refused(thresholds: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="threshold"):
        _calibration(thresholds=thresholds)


@pytest.mark.parametrize(
    ("low", "high"),
    [((1.1, 0.0), (1.0, 1.0)), ((0.9, -1.0), (1.0, 1.0)), ((1.0, 0.0), (0.9, 1.0)), ((1.0, 0.0), (1.0, 0.0))],
)
def test_bounds_that_could_cross_the_count_are_refused(low: tuple[float, float], high: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="bound"):
        _calibration(low=low, high=high)


@pytest.mark.parametrize(
    ("low", "high", "reason"),
    [(None, 3, "not_calibrated"), (1, 3, "not_calibrated"), (None, None, None), (3, 4, None), (0, 1, None)],
)
def test_a_count_without_its_interval_says_why(
    low: int | None, high: int | None, reason: UnknownInterval | None
) -> None:
    with pytest.raises(ValueError, match=r"interval|hold"):
        PeopleCount(2, low, high, reason)


def test_the_packaged_calibration_cannot_prove_a_room_empty() -> None:
    calibrations = [entry.calibration for entry in packaged_manifest().entries if entry.calibration is not None]
    assert calibrations
    for calibration in calibrations:
        assert (count_people(_found(), calibration).high or 0) > 0
