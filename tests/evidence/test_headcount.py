"""Head counts: what a sample may say, and how segments become one series."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.evidence.headcount import FrameCount, HeadcountSeries, merge_samples, without
from lessonproof.evidence.intervals import Interval
from tests.evidence.values import frame_counts

SERIES = st.lists(st.lists(frame_counts(), max_size=6), max_size=4)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        pytest.param(None, 1, 2, id="an-unknown-count-has-no-interval"),
        pytest.param(None, None, 2, id="nor-half-of-one"),
        pytest.param(3, 1, None, id="an-interval-has-two-ends"),
        pytest.param(3, None, 5, id="or-none"),
        pytest.param(3, 4, 5, id="low-above-count"),
        pytest.param(3, 1, 2, id="high-below-count"),
        pytest.param(3, -1, 5, id="low-below-zero"),
        pytest.param(-1, None, None, id="no-minus-one-for-unknown"),
    ],
)
def test_a_count_that_cannot_be_is_refused(count: int | None, low: int | None, high: int | None) -> None:
    with pytest.raises(ValueError, match=r"count|interval|ends"):
        FrameCount(0, count, low, high)


@given(frame_counts())
def test_every_count_lies_in_its_interval(sample: FrameCount) -> None:
    if sample.low is not None and sample.high is not None and sample.count is not None:
        assert 0 <= sample.low <= sample.count <= sample.high


def test_samples_rise_in_time() -> None:
    sample = FrameCount(5, 1, None, None)
    with pytest.raises(ValueError, match="rise strictly"):
        HeadcountSeries((sample, sample), "m", 1)


def test_a_window_is_half_open() -> None:
    series = HeadcountSeries(tuple(FrameCount(t, 1, None, None) for t in (0, 10, 20)), "m", 10)
    assert [sample.time_ns for sample in series.within(Interval(0, 20))] == [0, 10]


@given(SERIES)
def test_merged_samples_make_a_series_of_all_instants(parts: list[list[FrameCount]]) -> None:
    merged = merge_samples(parts)
    HeadcountSeries(merged, "m", 1)
    assert {sample.time_ns for sample in merged} == {sample.time_ns for part in parts for sample in part}
    assert merge_samples([merged]) == merged


def test_where_two_segments_share_an_instant_the_first_stands() -> None:
    first, second = FrameCount(7, 3, None, None), FrameCount(7, 4, None, None)
    assert merge_samples([[first], [second]]) == (first,)


def test_nobody_is_counted_on_a_picture_that_shows_nothing() -> None:
    samples = tuple(FrameCount(t, 0, 0, 3) for t in (0, 10, 20))
    masked = without(samples, [Interval(10, 20)])
    assert [sample.count for sample in masked] == [0, None, 0]
    assert masked[1].high is None


@given(st.lists(frame_counts(), max_size=6), st.lists(st.tuples(st.integers(0, 100), st.integers(0, 30)), max_size=3))
def test_where_nothing_is_shown_nobody_is_counted_and_nobody_is_absent(
    found: list[FrameCount], dark: list[tuple[int, int]]
) -> None:
    samples = merge_samples([found])
    stretches = [Interval(start, start + length) for start, length in dark]
    kept = without(samples, stretches)
    assert [sample.time_ns for sample in kept] == [sample.time_ns for sample in samples]
    for before, after in zip(samples, kept, strict=True):
        is_dark = any(stretch.start_ns <= before.time_ns < stretch.end_ns for stretch in stretches)
        assert after == (FrameCount(before.time_ns, None, None, None) if is_dark else before)
