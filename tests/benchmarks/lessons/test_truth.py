from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.lessons.truth import _runs, pts_to_ns


@given(st.lists(st.integers(1, 4), min_size=0, max_size=60), st.integers(-1000, 100_000))
def test_runs_of_steps_give_every_time_stamp_back(steps: list[int], first: int) -> None:
    pts = [first]
    for step in steps:
        pts.append(pts[-1] + step)
    back = [first]
    for step, count in _runs(pts):
        for _ in range(count):
            back.append(back[-1] + step)
    assert back == pts


def test_time_stamps_become_nanoseconds_without_drift() -> None:
    assert pts_to_ns(90_000 * 7200, Fraction(1, 90_000)) == 7_200_000_000_000
    assert pts_to_ns(1, Fraction(1, 90_000)) == 11_111
    assert pts_to_ns(33, Fraction(1, 1000)) == 33_000_000
