from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from benchmarks.lessons.sound import RoomSound

RATE = 16_000
HUMMING, SILENT, GAINED = 662, 659, 650
"""Seeds of rooms: with hum and no automatic gain, without hum, with automatic gain."""


@pytest.fixture(scope="module")
def room() -> RoomSound:
    return RoomSound(seed=HUMMING, rate_hz=RATE)


def hum_phase(samples: NDArray[np.float32], start_s: float) -> float:
    """Phase of the 100 Hz line, measured against one clock for the whole recording."""
    t = start_s + np.arange(len(samples)) / RATE
    return float(np.angle(np.sum(samples * np.hanning(len(samples)) * np.exp(-2j * np.pi * 100 * t))))


def turn(one: float, other: float) -> float:
    return float(abs(np.angle(np.exp(1j * (one - other)))))


@pytest.mark.parametrize("seed", [HUMMING, GAINED])
@settings(max_examples=5, deadline=None)
@given(start=st.integers(-5 * RATE, 20 * RATE), counts=st.lists(st.integers(1, 5000), min_size=2, max_size=5))
def test_it_is_one_function_of_time_however_it_is_asked_for(seed: int, start: int, counts: list[int]) -> None:
    room = RoomSound(seed, rate_hz=RATE)
    whole = room.samples(start, sum(counts))
    starts = np.cumsum([start, *counts[:-1]])
    fresh = RoomSound(seed, rate_hz=RATE)
    parts = np.concatenate([fresh.samples(int(s), c) for s, c in zip(starts, counts, strict=True)])
    np.testing.assert_array_equal(whole, parts)


@pytest.mark.parametrize("seed", [HUMMING, SILENT, GAINED])
def test_it_neither_clips_nor_falls_silent(seed: int) -> None:
    heard = RoomSound(seed, rate_hz=RATE).samples(0, 60 * RATE)
    assert 0.1 < np.abs(heard).max() < 0.95
    assert np.abs(heard).reshape(-1, RATE // 10).max(axis=1).min() > 3e-4


def test_speech_comes_in_syllables_with_pauses(room: RoomSound) -> None:
    heard = room.samples(0, 120 * RATE).reshape(-1, RATE // 20)
    level_db = 10 * np.log10((heard**2).mean(axis=1))
    loud = level_db > np.percentile(level_db, 90) - 12
    assert 0.35 < loud.mean() < 0.9
    rises_per_s = (np.diff(level_db) > 4).sum() / 120
    assert 0.8 < rises_per_s < 6.0


def test_a_room_lets_sound_fade() -> None:
    """Falls are slower than rises: reverberation."""
    heard = RoomSound(SILENT, rate_hz=RATE).samples(0, 60 * RATE).reshape(-1, RATE // 50)
    steps_db = np.diff(10 * np.log10((heard**2).mean(axis=1)))
    assert np.mean(steps_db**3) > 0


def test_the_hum_runs_on_and_a_cut_breaks_it(room: RoomSound) -> None:
    before, after = room.samples(9 * RATE, RATE), room.samples(10 * RATE, RATE)
    assert turn(hum_phase(after, 10.0), hum_phase(before, 9.0)) < 0.4
    # 3.005 s removed: half a period of 100 Hz is left over.
    later = room.samples(round(13.005 * RATE), RATE)
    assert turn(hum_phase(later, 10.0), hum_phase(before, 9.0)) > 1.0


def test_some_rooms_hum_and_others_do_not() -> None:
    levels = [RoomSound(seed, rate_hz=8000).hum_rms for seed in range(600, 620)]
    assert 2 < sum(level == 0 for level in levels) < 14
    assert any(level > 1e-3 for level in levels)


def test_rooms_and_moments_sound_different(room: RoomSound) -> None:
    other = RoomSound(seed=5, rate_hz=RATE)
    here, there = room.samples(0, 5 * RATE), other.samples(0, 5 * RATE)
    assert abs(np.corrcoef(here, there)[0, 1]) < 0.2
    assert abs(np.corrcoef(here, room.samples(40 * RATE, 5 * RATE))[0, 1]) < 0.2


def test_another_day_in_the_same_room_has_its_hum_and_its_own_voices() -> None:
    one, other = (RoomSound(seed, rate_hz=RATE, room_seed=HUMMING) for seed in (1, 2))
    assert one.hum_rms == other.hum_rms > 0
    assert abs(np.corrcoef(one.samples(0, 5 * RATE), other.samples(0, 5 * RATE))[0, 1]) < 0.2
