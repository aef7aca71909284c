"""Runs of flags, and what is measured between neighbouring frames."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.analysis.frames import WindowBuilder, runs
from lessonproof.analysis.structure import SMALL_HEIGHT_PX, SMALL_WIDTH_PX
from tests.analysis.scenes import FRAME_NS, room, swaying, window


@given(st.lists(st.booleans(), max_size=40))
def test_runs_are_the_true_stretches(flags: list[bool]) -> None:
    found = runs(flags)
    inside = {i for a, b in found for i in range(a, b)}
    assert inside == {i for i, flag in enumerate(flags) if flag}
    assert all(a < b for a, b in found)
    assert all(b < later for (_, b), (later, _) in itertools.pairwise(found))


def test_a_window_keeps_small_pictures_of_all_frames() -> None:
    built = window(10, swaying, keys=frozenset({0, 5}))
    assert built.small.shape == (10, SMALL_HEIGHT_PX, SMALL_WIDTH_PX)
    assert built.small.dtype == np.uint8
    assert built.time_ns.tolist() == [i * FRAME_NS for i in range(10)]
    assert np.flatnonzero(built.is_key).tolist() == [0, 5]


def test_brightness_and_spread_are_those_of_the_small_pictures() -> None:
    built = window(4, swaying)
    flat = built.small.reshape(4, -1)
    assert built.bright_luma.tolist() == np.quantile(flat, 0.99, axis=1, method="inverted_cdf").tolist()
    np.testing.assert_allclose(built.spread_luma, flat.std(axis=1))


def test_noise_changes_every_block_and_a_repeated_frame_none() -> None:
    noisy = window(6, lambda _: room())
    repeated = window(6, lambda _: room(), noise=0)
    assert noisy.equal_share[1:].max() < 0.01
    assert repeated.equal_share.tolist() == [1.0] * 6
    assert repeated.still_share.tolist() == [1.0] * 6


def test_an_instant_that_is_shown_twice_counts_once() -> None:
    builder = WindowBuilder()
    luma = np.zeros((96, 160), np.uint8)
    for time_ns in (0, 10, 10, 5, 20):
        builder.add(time_ns, luma, is_key=False)
    built = builder.build()
    assert built is not None
    assert built.time_ns.tolist() == [0, 10, 20]


def test_no_frame_no_window() -> None:
    assert WindowBuilder().build() is None


def test_a_change_of_size_is_no_comparison() -> None:
    builder = WindowBuilder()
    builder.add(0, np.zeros((96, 160), np.uint8), is_key=True)
    builder.add(1, np.full((48, 80), 200, np.uint8), is_key=True)
    built = builder.build()
    assert built is not None
    assert built.equal_share.tolist() == [1.0, 1.0]
