"""Arithmetic of windows against a model of single nanoseconds, and exact rescaling against fractions."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.evidence.intervals import (
    NS_PER_S,
    Interval,
    intersection,
    ns_to_s,
    rescale_ns,
    s_to_ns,
    subtract,
    total_ns,
    union,
)

WINDOWS = st.lists(
    st.tuples(st.integers(-30, 30), st.integers(0, 20)).map(lambda pair: Interval(pair[0], pair[0] + pair[1])),
    max_size=6,
)


def covered(windows: list[Interval] | tuple[Interval, ...]) -> frozenset[int]:
    return frozenset(ns for window in windows for ns in range(window.start_ns, window.end_ns))


def assert_is_normal(windows: tuple[Interval, ...]) -> None:
    """Sorted, not empty, with a hole between any two."""
    assert all(window.length_ns > 0 for window in windows)
    assert all(a.end_ns < b.start_ns for a, b in itertools.pairwise(windows))


def test_an_interval_cannot_run_backwards() -> None:
    with pytest.raises(ValueError, match="cannot end before it starts"):
        Interval(2, 1)


def test_an_instant_has_no_length() -> None:
    assert Interval(5, 5).length_ns == 0


@given(WINDOWS)
def test_union_covers_what_its_parts_cover(windows: list[Interval]) -> None:
    result = union(windows)
    assert covered(result) == covered(windows)
    assert_is_normal(result)
    assert union(result) == result


@given(WINDOWS, WINDOWS)
def test_subtract_is_the_difference_of_sets(left: list[Interval], right: list[Interval]) -> None:
    result = subtract(left, right)
    assert covered(result) == covered(left) - covered(right)
    assert_is_normal(result)


@given(WINDOWS, WINDOWS)
def test_intersection_is_the_intersection_of_sets(left: list[Interval], right: list[Interval]) -> None:
    result = intersection(left, right)
    assert covered(result) == covered(left) & covered(right)
    assert_is_normal(result)
    assert result == intersection(right, left)


@given(WINDOWS, WINDOWS)
def test_what_is_left_and_what_is_common_make_the_whole(left: list[Interval], right: list[Interval]) -> None:
    assert total_ns(left) == total_ns(subtract(left, right)) + total_ns(intersection(left, right))
    assert total_ns(left) == len(covered(left))


@given(WINDOWS, st.integers(-100, 100))
def test_shifting_there_and_back_changes_nothing(windows: list[Interval], by_ns: int) -> None:
    assert [window.shift(by_ns).shift(-by_ns) for window in windows] == windows


@given(WINDOWS, WINDOWS)
def test_two_windows_meet_where_both_are(left: list[Interval], right: list[Interval]) -> None:
    for a, b in zip(left, right, strict=False):
        common = a.intersect(b)
        assert (covered([common]) if common else frozenset()) == covered([a]) & covered([b])


@given(st.integers(-(2**62), 2**62), st.integers(1, 100_000), st.integers(1, 10**9))
def test_rescaling_is_exact(pts: int, numerator: int, denominator: int) -> None:
    exact = Fraction(pts * numerator * NS_PER_S, denominator)
    got = rescale_ns(pts, numerator, denominator)
    assert abs(got - exact) <= Fraction(1, 2)
    if abs(got - exact) == Fraction(1, 2):
        assert abs(got) > abs(exact)  # half away from zero
    assert got == -rescale_ns(-pts, numerator, denominator)


@given(st.integers(0, 2 * 10**11).map(lambda us: us * 1000))
def test_whole_microseconds_survive_the_way_to_people_and_back(time_ns: int) -> None:
    assert s_to_ns(ns_to_s(time_ns)) == time_ns


def test_seconds_are_for_people() -> None:
    window = Interval(1_500_000_000, 2_000_000_499)
    assert (window.start_s, window.end_s) == (1.5, 2.0)
