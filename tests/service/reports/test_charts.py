from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.evidence.headcount import FrameCount, HeadcountSeries
from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.service.reports.charts import (
    COUNT_HEIGHT,
    COUNT_TOP,
    LEFT,
    MIN_MARK,
    PLOT,
    TimeAxis,
    count_chart,
    known_runs,
    strip,
)

HOUR = 3600 * NS_PER_S
AXIS = TimeAxis(HOUR, datetime(2026, 3, 2, 0, 30, tzinfo=UTC))


def _series(*counts: int | None, step_s: int = 10, period_s: int = 10) -> HeadcountSeries:
    samples = tuple(
        FrameCount(i * step_s * NS_PER_S, count, *((None, None) if count is None else (max(0, count - 1), count + 1)))
        for i, count in enumerate(counts)
    )
    return HeadcountSeries(samples, "m@sha256:0", period_s * NS_PER_S)


@given(st.integers(1, 40 * HOUR), st.integers(-HOUR, 41 * HOUR))
def test_every_time_lands_inside_the_plot(duration_ns: int, time_ns: int) -> None:
    assert LEFT <= TimeAxis(duration_ns, None).x(time_ns) <= LEFT + PLOT


@given(st.integers(1, 24 * HOUR))
def test_marks_of_the_time_axis_are_few_and_rise(duration_ns: int) -> None:
    ticks = TimeAxis(duration_ns, None).ticks()
    assert 1 <= len(ticks) <= 10
    assert all(left.position < right.position for left, right in pairwise(ticks))
    assert ticks[0].label == "0:00:00"
    assert ticks[0].wall is None, "an undeclared start gives no time of day"


def test_marks_tell_the_time_of_day_where_it_is_known() -> None:
    assert [tick.wall for tick in AXIS.ticks()][:2] == ["08:30:00", "08:40:00"]


def test_an_unknown_count_breaks_the_line() -> None:
    assert [len(run) for run in known_runs(_series(5, 5, None, 6, 6, 6))] == [2, 3]


def test_a_lost_stretch_breaks_the_line_although_no_sample_says_so() -> None:
    series = _series(5, 5, 5)
    late = FrameCount(100 * NS_PER_S, 5, 4, 6)
    assert [len(run) for run in known_runs(HeadcountSeries((*series.samples, late), "m", 10 * NS_PER_S))] == [3, 1]


def test_nothing_known_draws_nothing_but_the_references() -> None:
    chart = count_chart(_series(None, None), AXIS, roster=12, signed=None)
    assert (chart.lines, chart.dots, chart.bands, chart.signed_y) == ((), (), (), None)
    assert COUNT_TOP <= chart.roster_y < COUNT_TOP + COUNT_HEIGHT


def test_counts_without_an_interval_have_no_band() -> None:
    samples = tuple(FrameCount(i * 60 * NS_PER_S, 5, None, None) for i in range(5))
    chart = count_chart(HeadcountSeries(samples, "m", 60 * NS_PER_S), AXIS, roster=12, signed=11)
    assert len(chart.lines) == 1
    assert chart.bands == ()


def test_a_single_sample_is_a_dot() -> None:
    chart = count_chart(_series(None, 5, None, step_s=60, period_s=60), AXIS, roster=6, signed=6)
    assert len(chart.dots) == 1
    assert chart.lines == ()


def test_crowded_samples_become_medians_and_the_band_keeps_its_outer_ends() -> None:
    counts = [9 if i % 5 == 0 else 8 for i in range(3600)]
    chart = count_chart(_series(*counts, step_s=1, period_s=1), AXIS, roster=10, signed=10)
    assert chart.point_ns is not None
    points = [point.split(",") for point in chart.lines[0].split()]
    assert len(points) <= PLOT // 4 + 1
    of_eight = next(tick.position for tick in chart.ticks_y if tick.label == "8")
    assert {float(y) for _, y in points} == {of_eight}
    top_of_band = min(float(point.split(",")[1]) for point in chart.bands[0].split())
    assert top_of_band == next(tick.position for tick in chart.ticks_y if tick.label == "10")


@given(
    st.lists(st.none() | st.integers(0, 400), min_size=1, max_size=60),
    st.integers(1, 400),
    st.none() | st.integers(0, 400),
)
def test_whatever_was_counted_the_drawing_stays_inside(
    counts: list[int | None], roster: int, signed: int | None
) -> None:
    chart = count_chart(_series(*counts), AXIS, roster=roster, signed=signed)
    heights = [float(p.split(",")[1]) for line in (*chart.lines, *chart.bands) for p in line.split()]
    heights += [y for _, y in chart.dots] + [chart.roster_y] + ([] if chart.signed_y is None else [chart.signed_y])
    assert all(COUNT_TOP <= y <= COUNT_TOP + COUNT_HEIGHT for y in heights)
    assert 2 <= len(chart.ticks_y) <= 7


def test_a_cut_of_one_frame_can_still_be_seen() -> None:
    drawn = strip([(1, 0, Interval(HOUR - 1, HOUR))], 1, AXIS, None)
    assert drawn.marks[0].width == MIN_MARK
    assert drawn.marks[0].x + drawn.marks[0].width <= LEFT + PLOT


def test_numbers_are_written_only_where_there_is_room() -> None:
    items = [(n, 0, Interval(n * NS_PER_S, (n + 1) * NS_PER_S)) for n in range(1, 5)] + [(5, 1, Interval(0, NS_PER_S))]
    labels = [mark.label_x for mark in strip(items, 2, AXIS, None).marks]
    assert labels[0] is not None
    assert labels[1:4] == [None, None, None]
    assert labels[4] is not None, "another lane has its own room"


@pytest.mark.parametrize(
    ("scheduled", "is_shown"),
    [
        pytest.param(None, False, id="start-not-declared"),
        pytest.param(Interval(2 * HOUR, 3 * HOUR), False, id="outside"),
        pytest.param(Interval(-HOUR, HOUR // 2), True, id="partly-before"),
    ],
)
def test_the_schedule_is_shaded_where_it_is_known(scheduled: Interval | None, *, is_shown: bool) -> None:
    assert (strip([], 1, AXIS, scheduled).schedule is not None) == is_shown
