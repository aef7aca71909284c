"""Finer looks say how many people the ordinary pictures hide."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.analysis.people_counts import count_series
from lessonproof.analysis.people_detections import SeenPeople
from lessonproof.analysis.people_fine import FINE_EVERY_NS, FINE_LEAST, FineLook, plan_fine, unseen_people
from tests.analysis.people_scenes import CALIBRATION, PERIOD_NS, THRESHOLD, Figure, row_of


def people(number: int) -> list[Figure]:
    return [Figure(0.05 * k, 0.2 * (k % 4), look=k) for k in range(number)]


def room(*numbers: int) -> tuple[SeenPeople, ...]:
    return row_of(*(people(number) for number in numbers))


def look(sample: int, *scores: float) -> FineLook:
    return FineLook(sample * PERIOD_NS, np.array(sorted(scores, reverse=True), np.float32))


def test_a_finer_look_adds_what_the_ordinary_one_lacks() -> None:
    unseen = unseen_people(room(3, 3, 3), [look(1, *[0.9] * 8, 0.1)], THRESHOLD)
    assert unseen.typical.tolist() == unseen.most.tolist() == [5, 5, 5]


def test_a_finer_look_that_shows_fewer_takes_nobody_away() -> None:
    assert unseen_people(room(3, 3), [look(0, 0.9)], THRESHOLD).typical.tolist() == [0, 0]


def test_the_nearest_look_counts_and_the_greater_one_beside_bounds_it() -> None:
    unseen = unseen_people(room(*[2] * 7), [look(1, *[0.9] * 4), look(5, *[0.9] * 8)], THRESHOLD)
    assert unseen.typical.tolist() == [2, 2, 2, 2, 6, 6, 6]
    assert unseen.most.tolist() == [2, 2, 6, 6, 6, 6, 6]


def test_when_a_class_files_out_those_who_were_not_seen_leave_too() -> None:
    unseen = unseen_people(room(4, 2, 0), [look(0, *[0.9] * 10)], THRESHOLD)
    assert unseen.typical.tolist() == [6, 3, 0]
    assert unseen.most.tolist() == [6, 6, 6], "nobody says that they did"


def test_who_comes_later_does_not_multiply_the_unseen() -> None:
    assert unseen_people(room(2, 8), [look(0, *[0.9] * 5)], THRESHOLD).typical.tolist() == [3, 3]


def test_a_look_at_another_instant_says_nothing() -> None:
    stray = FineLook(PERIOD_NS + 1, np.full(9, 0.9, np.float32))
    assert unseen_people(room(1, 1), [stray], THRESHOLD).most.tolist() == [0, 0]
    assert unseen_people((), [stray], THRESHOLD).most.tolist() == []


@pytest.mark.parametrize(
    ("samples", "minutes", "number"), [(0, 0, 0), (2, 1, 2), (12, 2, FINE_LEAST), (270, 45, 9), (360, 60, 12)]
)
def test_looks_are_spread_over_the_recording(samples: int, minutes: int, number: int) -> None:
    seen = room(*[0] * samples)
    chosen = plan_fine(seen, minutes * 60_000_000_000)
    assert len(chosen) == len(set(chosen)) == number
    assert list(chosen) == sorted(chosen)
    assert set(chosen) <= {picture.time_ns for picture in seen}
    if number > FINE_LEAST:
        assert np.diff([0, *chosen, minutes * 60_000_000_000]).max() <= FINE_EVERY_NS


def test_the_count_and_the_upper_end_rise_and_the_lower_end_proves_nobody() -> None:
    seen = room(5, 5, 5)
    plain = count_series(seen, CALIBRATION).samples
    finer = count_series(seen, CALIBRATION, [look(1, *[0.9] * 20, 0.3, 0.3)]).samples
    for before, after in zip(plain, finer, strict=True):
        assert (before.count, after.count) == (5, 20)
        assert after.low == before.low
        assert before.high is not None
        assert after.high is not None
        assert after.high >= before.high + 17


@given(
    st.lists(st.integers(0, 6), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 12)), max_size=4),
)
def test_bounds_hold_what_they_bound(numbers: list[int], looked: list[tuple[int, int]]) -> None:
    looks = [look(sample, *[0.9] * more) for sample, more in dict(sorted(looked)).items()]
    seen = room(*numbers)
    unseen = unseen_people(seen, looks, THRESHOLD)
    assert unseen.typical.shape == (len(seen),)
    assert (unseen.typical >= 0).all()
    assert (unseen.typical <= unseen.most).all()
    for sample in count_series(seen, CALIBRATION, looks).samples:
        assert sample.low is not None
