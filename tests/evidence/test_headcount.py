"""Head counts: what a sample may say, and how segments become one series."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.evidence.headcount import (
    MINUTE_NS,
    FrameCount,
    HeadcountSeries,
    MinuteCount,
    merge_samples,
    per_minute,
)
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


def minutes_of(*samples: FrameCount) -> tuple[MinuteCount, ...]:
    return per_minute(HeadcountSeries(samples, "m", 10))


def spread(counts: list[FrameCount], step_ns: int) -> HeadcountSeries:
    """The same counts so far apart."""
    return HeadcountSeries(tuple(replace(c, time_ns=k * step_ns) for k, c in enumerate(counts)), "m", step_ns)


def test_a_minute_tells_the_middle_of_its_samples() -> None:
    (minute,) = minutes_of(FrameCount(0, 5, 4, 6), FrameCount(20, 9, 6, 12), FrameCount(40, 6, 5, 9))
    assert minute == MinuteCount(0, 6, 5, 9, 3)


def test_of_two_samples_the_interval_is_the_wider_way_round() -> None:
    (minute,) = minutes_of(FrameCount(0, 5, 4, 6), FrameCount(20, 9, 6, 12))
    assert minute == MinuteCount(0, 5, 4, 12, 2)


def test_a_sample_that_could_not_be_read_is_left_out_and_one_without_interval_takes_it_away() -> None:
    unread = FrameCount(50, None, None, None)
    assert minutes_of(FrameCount(0, 5, 4, 6), unread) == (MinuteCount(0, 5, 4, 6, 1),)
    assert minutes_of(FrameCount(0, 5, 4, 6), FrameCount(20, 7, None, None)) == (MinuteCount(0, 5, None, None, 2),)


def test_a_minute_without_a_picture_is_unknown_and_not_left_out() -> None:
    minutes = minutes_of(FrameCount(MINUTE_NS - 1, 5, 4, 6), FrameCount(3 * MINUTE_NS, 2, 1, 3))
    assert [minute.start_ns // MINUTE_NS for minute in minutes] == [0, 1, 2, 3]
    assert [minute.count for minute in minutes] == [5, None, None, 2]
    assert minutes[1] == MinuteCount(MINUTE_NS, None, None, None, 0)
    assert minutes_of() == ()


@given(st.lists(frame_counts(), max_size=30), st.integers(1, 3 * MINUTE_NS))
def test_a_minute_lies_within_its_samples(counts: list[FrameCount], step_ns: int) -> None:
    series = spread(counts, step_ns)
    minutes = per_minute(series)
    assert sum(minute.samples for minute in minutes) == sum(sample.count is not None for sample in series.samples)
    for minute in minutes:
        inside = series.within(Interval(minute.start_ns, minute.start_ns + MINUTE_NS))
        known = [sample.count for sample in inside if sample.count is not None]
        assert (minute.count is None) == (not known)
        if minute.count is not None:
            assert min(known) <= minute.count <= max(known)
        is_bounded = bool(known) and all(sample.low is not None for sample in inside if sample.count is not None)
        assert (minute.low is not None) == (minute.high is not None) == is_bounded
        if minute.count is not None and minute.low is not None and minute.high is not None:
            assert 0 <= minute.low <= minute.count <= minute.high
