"""Large pictures that an earlier coding explains, and those that it does not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from lessonproof.analysis.former_keys import MAX_COVER, MIN_PERIOD, former_keys

PICTURES = 4000


def numbers(*groups: NDArray[np.int64] | list[int]) -> NDArray[np.int64]:
    return np.unique(np.concatenate([np.asarray(group, np.int64) for group in groups]))


@pytest.mark.parametrize("behind", [0, 2], ids=["pays at once", "pays up to two pictures later"])
def test_what_recurs_is_explained_and_a_jump_between_is_not(behind: int) -> None:
    jumps = [1013, 2440]
    at = numbers(np.arange(17, PICTURES, 50), jumps)
    last = at + behind * (np.arange(at.size) % 2)
    found = former_keys(last - behind, last, PICTURES)
    assert found.period == 50
    is_jump = np.isin(at, jumps)
    assert not found.is_former[is_jump].any()
    assert found.is_former[~is_jump].all()


def test_a_piece_that_was_put_in_recurs_from_a_beginning_of_its_own() -> None:
    inside = np.arange(1523, 2000, 50)
    at = numbers(np.arange(0, 1500, 50), inside, np.arange(2000, PICTURES, 50), [1500, 2010])
    found = former_keys(at, at, PICTURES)
    assert found.is_former[np.isin(at, inside)].all()
    assert not found.is_former[at == 2010].any()


def test_the_period_is_the_shortest_and_not_a_multiple() -> None:
    at = np.arange(0, PICTURES, 75)
    assert former_keys(at, at, PICTURES).period == 75


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.integers(5, 120))
def test_large_pictures_at_random_are_not_explained(seed: int, count: int) -> None:
    at = np.unique(np.random.default_rng(seed).integers(0, PICTURES, count))
    assert former_keys(at, at, PICTURES).period is None


def test_where_large_pictures_are_everywhere_nothing_is_explained() -> None:
    at = np.arange(0, PICTURES, int(1 / MAX_COVER))
    assert not former_keys(at, at, PICTURES).is_former.any()
    sparser = np.arange(0, PICTURES, MIN_PERIOD)
    assert former_keys(sparser, sparser, PICTURES).is_former.all()


def test_too_few_pictures_say_nothing() -> None:
    at = np.array([3, 20], np.int64)
    assert former_keys(at, at, 25).period is None
    assert former_keys(at[:0], at[:0], 0).is_former.size == 0
