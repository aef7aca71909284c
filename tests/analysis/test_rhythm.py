"""Sizes against their like: what a jump of the picture costs stands out, what the coder's rhythm costs does not."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from lessonproof.analysis.packets import PacketTable
from lessonproof.analysis.rhythm import off_rhythm_keys, size_excess
from tests.analysis.tables import MS, table

GROUP: Final = 3
"""A leading picture is stored in front of the two bidirectional ones that are shown before it."""


def noisy(count: int, usual: int, seed: int = 3) -> NDArray[np.int64]:
    return np.round(usual * (1 + 0.03 * np.random.default_rng(seed).standard_normal(count))).astype(np.int64)


def with_bidirectional(groups: int, sizes: Sequence[int], *, short: int | None = None) -> PacketTable:
    """A random-access picture, then groups P b b; group number ``short`` has one bidirectional picture only."""
    times, bytes_ = [0], [20_000]
    shown = 0
    for group in range(groups):
        length = 2 if group == short else GROUP
        times += [(shown + length) * 40, *((shown + 1 + k) * 40 for k in range(length - 1))]
        bytes_ += [int(sizes[group]), *([300] * (length - 1))]
        shown += length
    return table(times, gop=10_000, sizes=bytes_)


def test_a_picture_that_pays_for_a_jump_stands_out_by_both_measures() -> None:
    sizes = noisy(300, 1000)
    sizes[::50] = 9000
    sizes[170] = 2500
    found = size_excess(table(list(range(0, 12_000, 40)), gop=50, sizes=sizes.tolist()))
    assert found.rows[found.excess.argmax()] == 170
    assert found.rows[found.spike.argmax()] == 170
    assert np.count_nonzero(found.excess > 5) == 1


def test_a_jump_into_a_livelier_scene_is_not_hidden_by_what_follows() -> None:
    sizes = np.concatenate((noisy(100, 1000), noisy(100, 2500, seed=5)))
    sizes[100] = 4000
    found = size_excess(table(list(range(0, 8000, 40)), gop=10_000, sizes=sizes.tolist()))
    at = int(np.flatnonzero(found.rows == 100)[0])
    assert found.excess[at] > 8
    assert found.excess[at] == found.excess.max()


def test_bidirectional_pictures_are_left_out_and_their_leaders_compared_with_each_other() -> None:
    sizes = noisy(100, 2000)
    sizes[40] = 3500
    packets = with_bidirectional(100, sizes.tolist())
    found = size_excess(packets)
    assert found.rows.tolist() == [1 + GROUP * group for group in range(100)]
    assert found.excess.argmax() == 40
    # The jump lies behind the last picture shown before, which is three frames earlier, and not behind its own.
    row = int(found.rows[40])
    assert (int(found.onset_ns[40]), int(packets.pts_ns[row])) == (40 * GROUP * 40 * MS, 41 * GROUP * 40 * MS)


def test_a_group_that_ends_early_is_odd_where_groups_never_do() -> None:
    packets = with_bidirectional(300, noisy(300, 2000).tolist(), short=120)
    odd = size_excess(packets).odd
    assert odd.argmax() == 120
    assert np.count_nonzero(odd) == 1


def test_a_group_that_a_random_access_picture_cuts_short_is_not_odd() -> None:
    packets = with_bidirectional(300, noisy(300, 2000).tolist(), short=120)
    is_key = packets.is_key.copy()
    is_key[size_excess(packets).rows[121]] = True
    assert size_excess(replace(packets, is_key=is_key)).odd.max() == 0


def test_the_coder_s_thrift_behind_a_random_access_picture_does_not_hide_a_jump() -> None:
    """Behind each random-access picture this coder spends half, and more from picture to picture."""
    rows = np.arange(1000)
    sizes = noisy(1000, 1000) * np.minimum(0.5 + 0.05 * (rows % 50), 1.0)
    sizes[::50] = 9000
    sizes[652] *= 1.7
    found = size_excess(table((rows * 40).tolist(), gop=50, sizes=sizes.astype(int).tolist()))
    assert found.rows[found.excess.argmax()] == 652


def test_an_even_recording_has_no_excess_and_a_short_one_no_neighbourhood() -> None:
    even = size_excess(table(list(range(0, 8000, 40))))
    assert (even.excess.max(), even.spike.max(), even.odd.max()) == (0, 0, 0)
    assert size_excess(table(list(range(0, 200, 40)))).rows.size == 0


@settings(max_examples=25)
@given(st.lists(st.integers(0, 100_000), min_size=30, max_size=120), st.integers(2, 40))
def test_any_sizes_give_finite_excess_for_predicted_pictures_only(sizes: list[int], gop: int) -> None:
    packets = table([40 * k for k in range(len(sizes))], gop=gop, sizes=sizes)
    found = size_excess(packets)
    for values in (found.excess, found.spike, found.odd):
        assert values.shape == found.rows.shape
        assert np.isfinite(values).all()
        assert (values >= 0).all()
    assert not packets.is_key[found.rows].any()
    assert (found.onset_ns < packets.pts_ns[found.rows]).all()


@pytest.mark.parametrize("early", [120, 160])
def test_a_key_that_breaks_the_rhythm_is_told(early: int) -> None:
    packets = table(list(range(0, 8000, 40)), gop=50)
    assert off_rhythm_keys(packets).size == 0
    is_key = packets.is_key.copy()
    is_key[early] = True
    assert early in off_rhythm_keys(replace(packets, is_key=is_key)).tolist()
