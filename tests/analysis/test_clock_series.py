import numpy as np

from lessonproof.analysis.clock_overlay import ClockReading
from lessonproof.analysis.clock_series import runs_of, series_of
from lessonproof.evidence.intervals import NS_PER_S, Interval
from tests.analysis.clock_scenes import every, overlay, series


def test_readings_without_a_time_are_left_out() -> None:
    read = [ClockReading(k * NS_PER_S, "", None if k == 1 else 100 + k, 1.0) for k in range(4)]
    found = series_of(read, overlay())
    assert found.time_ns == (0, 2 * NS_PER_S, 3 * NS_PER_S)
    assert found.size == 3
    assert found.offset_s.tolist() == [100.5, 100.5, 100.5]
    assert [found.shown(row) for row in range(3)] == [100, 102, 103]


def test_midnight_is_no_step() -> None:
    read = [ClockReading(k * NS_PER_S, "", (86_398 + k) % 86_400, 1.0) for k in range(5)]
    assert np.ptp(series_of(read, overlay(has_date=False)).offset_s) == 0.0
    assert series_of(read, overlay(has_date=False)).on_clock(3, 86_402.0) == 86_403.5
    assert series_of(read, overlay()).on_clock(3, 86_402.0) == 3.5


def test_stretches_and_what_is_left_without_them() -> None:
    found = series(lambda t: t, every(2.0, 20.0))
    assert found.within(2, 5) == Interval(4 * NS_PER_S, 8 * NS_PER_S)
    assert found.around(2, 5) == Interval(2 * NS_PER_S, 10 * NS_PER_S)
    assert found.around(0, 10) == Interval(0, 18 * NS_PER_S)
    assert found.without([(0, 2), (5, 10)]).time_ns == (4 * NS_PER_S, 6 * NS_PER_S, 8 * NS_PER_S)


def test_runs_of_joined_items() -> None:
    assert runs_of([True, False, False, True, True]) == [(0, 2), (3, 6)]
    assert runs_of([]) == []
