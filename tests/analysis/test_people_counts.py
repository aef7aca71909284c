"""From detections to counts: arithmetic that must hold for any room, and rooms whose truth is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonproof.analysis.people_counts import count_series
from lessonproof.analysis.people_detections import SeenPeople
from lessonproof.analysis.people_places import find_places
from lessonproof.analysis.people_statics import static_places
from lessonproof.evidence.headcount import FrameCount
from lessonproof.evidence.intervals import Interval
from lessonproof.models.calibration import high_bound, low_bound
from tests.analysis.people_scenes import (
    CALIBRATION,
    PERIOD_NS,
    THRESHOLD,
    Figure,
    picture,
    rooms,
    row_of,
    sitting,
    together,
)

MINUTES = 40
"""Samples of which a figure that never moves is known."""


def counts(seen: tuple[SeenPeople, ...]) -> list[int | None]:
    return [sample.count for sample in count_series(seen, CALIBRATION).samples]


def highs(seen: tuple[SeenPeople, ...]) -> list[int]:
    return [sample.high for sample in count_series(seen, CALIBRATION).samples if sample.high is not None]


def test_without_gaps_each_picture_is_counted_by_its_detections() -> None:
    (sample,) = count_series(
        row_of([Figure(0.1), Figure(0.5, score=0.5), Figure(0.8, score=0.25)]), CALIBRATION
    ).samples
    assert sample.count == 2
    assert sample.low == low_bound(1, CALIBRATION.low_factor, CALIBRATION.low_offset)
    assert sample.high == high_bound(3, CALIBRATION.high_factor, CALIBRATION.high_offset)


def test_nothing_seen_is_nothing_counted_and_no_sample_is_no_series() -> None:
    nothing = count_series((), CALIBRATION)
    assert (nothing.samples, nothing.still_figures, nothing.refound_share) == ((), (), None)
    (sample,) = count_series(row_of([]), CALIBRATION).samples
    assert sample == FrameCount(0, 0, 0, high_bound(0, CALIBRATION.high_factor, CALIBRATION.high_offset))


def test_weights_that_nobody_measured_give_no_interval() -> None:
    (sample,) = count_series(row_of([Figure(0.1, score=0.3), Figure(0.5, score=0.2)]), None).samples
    assert sample == FrameCount(0, 1, None, None)


def test_a_detector_at_its_limit_gives_no_interval() -> None:
    seen = (picture(0, [Figure(0.1)], is_capped=True), picture(PERIOD_NS, [Figure(0.1)]))
    capped, whole = count_series(seen, CALIBRATION).samples
    assert (capped.count, capped.low, capped.high) == (1, None, None)
    assert whole.low is not None


def test_who_is_overlooked_for_a_moment_raises_the_upper_end_only() -> None:
    seen = together(sitting(8, 0.1, missing=(4,)), sitting(8, 0.5))
    assert counts(seen) == [2, 2, 2, 2, 1, 2, 2, 2]
    assert len(set(highs(seen))) == 1
    assert count_series(seen, CALIBRATION).refound_share == pytest.approx(11 / 12)


def test_a_figure_that_never_moves_is_listed_and_not_counted() -> None:
    seen = together(sitting(MINUTES, 0.1, alive=False), sitting(MINUTES, 0.5))
    counted = count_series(seen, CALIBRATION)
    assert {sample.count for sample in counted.samples} == {1}
    (figure,) = counted.still_figures
    assert figure.box_xyxy == pytest.approx(Figure(0.1).box_xyxy)
    assert (figure.seen, figure.samples) == (Interval(0, (MINUTES - 1) * PERIOD_NS), MINUTES)
    both = count_series(together(sitting(MINUTES, 0.1), sitting(MINUTES, 0.5)), CALIBRATION)
    assert [sample.high for sample in counted.samples] == [sample.high for sample in both.samples]


def test_the_upper_end_holds_a_still_figure_even_where_it_was_overlooked() -> None:
    seen = together(sitting(MINUTES, 0.1, missing=(20,), alive=False), sitting(MINUTES, 0.5))
    assert len(set(highs(seen))) == 1
    assert set(counts(seen)) == {1}


def test_the_upper_end_holds_a_still_figure_that_was_clear_only_once() -> None:
    figure = [[] if k == 20 else [Figure(0.1, score=0.3 if k else 0.9)] for k in range(MINUTES)]
    assert len(set(highs(together(figure)))) == 1


@given(rooms(), st.booleans())
def test_every_count_lies_in_its_interval(seen: tuple[SeenPeople, ...], is_calibrated: bool) -> None:
    counted = count_series(seen, CALIBRATION if is_calibrated else None)
    assert [sample.time_ns for sample in counted.samples] == [shown.time_ns for shown in seen]
    for sample, shown in zip(counted.samples, seen, strict=True):
        assert sample.count is not None
        assert (sample.low is None) == (shown.is_capped or not is_calibrated)
        if sample.low is not None and sample.high is not None:
            assert 0 <= sample.low <= sample.count <= sample.high
    assert counted.refound_share is None or 0 <= counted.refound_share <= 1


@settings(max_examples=25)
@given(st.integers(0, 5), st.integers(0, 2**16))
def test_a_still_figure_lowers_count_and_low_and_never_high(others: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = [
        sitting(MINUTES, 0.15 + 0.12 * k, missing=np.flatnonzero(rng.random(MINUTES) < 0.1).tolist())
        for k in range(others)
    ]
    alive = together(sitting(MINUTES, 0.02), *rows)
    still = together(sitting(MINUTES, 0.02, alive=False), *rows)
    assert len(static_places(still, find_places(still, THRESHOLD))) == 1
    for moving, standing in zip(
        count_series(alive, CALIBRATION).samples, count_series(still, CALIBRATION).samples, strict=True
    ):
        assert moving.count is not None
        assert moving.low is not None
        assert standing.count == moving.count - 1
        assert standing.low is not None
        assert standing.low <= moving.low
        assert standing.high == moving.high


def test_a_seldom_place_is_nobody_who_stays() -> None:
    """Seen twice: it may have been anything, so nobody is missed in between."""
    seen = together([[Figure(0.1)], [], [Figure(0.1)]], sitting(3, 0.5))
    without = together([[Figure(0.1)], [], []], sitting(3, 0.5))
    assert highs(seen)[1] == highs(without)[1] < highs(seen)[0]
