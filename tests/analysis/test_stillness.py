"""Stretches that may stand still, from packet sizes and thumbnails."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from lessonproof.analysis.packets import PacketTable
from lessonproof.analysis.stillness import (
    changed_shares,
    equal_pairs,
    is_leading,
    sizes_repeat_by_nature,
    still_candidates,
    tail_nats,
)
from lessonproof.analysis.thumbnails import NO_THUMBNAILS, Thumbnails
from lessonproof.evidence.intervals import NS_PER_S, Interval
from tests.analysis.tables import table

FRAME_MS = 40
GOP = 50
COUNT = 3000


def living(seed: int = 1, *, mean: int = 800) -> NDArray[np.int64]:
    """Sizes of a camera's pictures: each a little different."""
    rng = np.random.default_rng(seed)
    sizes = (mean * np.exp(rng.normal(0, 0.15, COUNT))).astype(np.int64)
    sizes[::GOP] = 20_000
    return sizes


def recording(sizes: NDArray[np.int64]) -> PacketTable:
    return table([FRAME_MS * i for i in range(len(sizes))], gop=GOP, sizes=sizes.tolist())


def seconds(start: float, end: float) -> Interval:
    return Interval(round(start * NS_PER_S), round(end * NS_PER_S))


def noise_thumbs(count: int, seed: int = 5) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    room = rng.integers(40, 200, (36, 64))
    return np.clip(room + rng.normal(0, 1.5, (count, 36, 64)), 0, 255).astype(np.uint8)


def thumbs(luma: NDArray[np.uint8]) -> Thumbnails:
    return Thumbnails(np.arange(len(luma), dtype=np.int64) * 2 * NS_PER_S, luma)


def test_a_living_recording_suspects_nothing() -> None:
    assert still_candidates(recording(living()), thumbs(noise_thumbs(COUNT // GOP))) == ()


@pytest.mark.parametrize("size", [30, 800, 2400], ids=["nearly-empty", "as-large-as-usual", "larger"])
def test_sizes_that_repeat_suspect_a_frozen_picture(size: int) -> None:
    sizes = living()
    sizes[1010:1049] = size
    found = still_candidates(recording(sizes), NO_THUMBNAILS)
    assert len(found) == 1
    assert abs(found[0].within.start_s - 1010 * 0.04) < 0.5
    assert abs(found[0].within.end_s - 1048 * 0.04) < 0.5
    assert found[0].repeat_nats > 30
    assert found[0].nats > 30


def test_sizes_that_fall_one_after_the_other_suspect_a_picture_that_is_refined() -> None:
    sizes = living()
    sizes[1010:1024] = np.geomspace(8000, 300, 14).astype(np.int64)
    (found,) = still_candidates(recording(sizes), NO_THUMBNAILS)
    assert abs(found.within.start_s - 1010 * 0.04) < 0.2
    assert abs(found.within.end_s - 1024 * 0.04) < 0.2
    assert found.nats == found.decline_nats > 12


def test_sizes_that_fall_by_little_say_nothing() -> None:
    sizes = living()
    sizes[1010:1024] = np.linspace(900, 700, 14).astype(np.int64)
    assert still_candidates(recording(sizes), NO_THUMBNAILS) == ()


def test_a_rhythm_of_sizes_repeats_as_well() -> None:
    sizes = living()
    sizes[1010:1049] = np.resize([36, 33, 29, 33], 39)
    (found,) = still_candidates(recording(sizes), NO_THUMBNAILS)
    assert found.repeat_nats > 30


def test_near_empty_pictures_that_do_not_repeat_suspect_it_too() -> None:
    sizes = living()
    sizes[1005:1050] = np.random.default_rng(3).integers(60, 120, 45)
    (found,) = still_candidates(recording(sizes), NO_THUMBNAILS)
    assert found.empty_nats > 10
    assert found.repeat_nats < 5


def test_a_coder_that_says_nothing_in_general_suspects_nothing() -> None:
    rng = np.random.default_rng(2)
    sizes = np.where(rng.random(COUNT) < 0.9, 22, rng.integers(23, 90, COUNT))
    sizes[::GOP] = 20_000
    silent = recording(sizes)
    assert sizes_repeat_by_nature(silent)
    assert all(candidate.nats < 6 for candidate in still_candidates(silent, NO_THUMBNAILS))
    assert not sizes_repeat_by_nature(recording(living()))


def test_bidirectional_pictures_are_not_leading() -> None:
    # Shown in the order 0 1 2 3 4; stored with what the two in the middle look ahead to before them.
    assert is_leading(table([0, 120, 40, 80, 160], gop=5)).tolist() == [True, True, False, False, True]


def test_leading_pictures_speak_where_the_others_always_repeat() -> None:
    """Bidirectional pictures of a quiet room are skipped throughout; only those that they look to live."""
    rng = np.random.default_rng(4)
    times, sizes = [0], [9000]
    for group in range(1, 800):
        base = 160 * group
        times += [base, base - 80, base - 120, base - 40]
        frozen = 300 <= group < 314
        sizes += [52 if frozen else int(rng.integers(55, 400)), 44, 43, 43]
    found = still_candidates(table(times, gop=400, sizes=sizes), NO_THUMBNAILS)
    assert any(c.repeat_nats > 12 and c.within.start_s < 50 and c.within.end_s > 48.5 for c in found)


def test_equal_random_access_pictures_are_told() -> None:
    luma = noise_thumbs(60)
    luma[21:24] = luma[20]
    assert equal_pairs(thumbs(luma)) == (seconds(40, 46),)
    (found,) = still_candidates(recording(living()), thumbs(luma))
    assert found.within == seconds(40, 46)
    assert found.equal_nats > 10


def test_a_running_clock_does_not_hide_equal_pictures() -> None:
    luma = noise_thumbs(60)
    luma[21:24] = luma[20]
    luma[:, 2:4, 5:9] = (np.arange(60) % 2 * 200)[:, None, None]
    assert changed_shares(thumbs(luma))[20:23].max() == 0
    assert equal_pairs(thumbs(luma)) == (seconds(40, 46),)


def test_a_screen_stands_still_by_nature() -> None:
    luma = np.repeat(noise_thumbs(15), 4, axis=0)
    assert equal_pairs(thumbs(luma)) == ()
    assert equal_pairs(NO_THUMBNAILS) == ()


@given(st.lists(st.floats(0.01, 1.0), min_size=20, max_size=200), st.floats(0.0001, 1.0))
def test_the_smaller_a_value_the_more_it_surprises(others: list[float], value: float) -> None:
    values = np.array(others)
    assert tail_nats(values, value / 2, 1e-5) >= tail_nats(values, value, 1e-5)


def test_too_few_others_say_nothing() -> None:
    assert tail_nats(np.array([0.5, 0.6]), 0.0001, 1e-5) == 0


@pytest.mark.parametrize("count", [1, 40, 99])
def test_short_recordings_suspect_nothing(count: int) -> None:
    assert still_candidates(recording(living()[:count]), NO_THUMBNAILS) == ()
