from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.lessons.sound import RoomSound

RATE = 16_000


@pytest.fixture(scope="module")
def room() -> RoomSound:
    return RoomSound(seed=4, rate_hz=RATE)


def hum_phase(samples: np.ndarray[tuple[int, ...], np.dtype[np.float32]], start_s: float) -> float:
    """Phase of the 50 Hz line, measured against one clock for the whole recording."""
    t = start_s + np.arange(len(samples)) / RATE
    return float(np.angle(np.sum(samples * np.hanning(len(samples)) * np.exp(-2j * np.pi * 50 * t))))


@settings(max_examples=8, deadline=None)
@given(start=st.integers(0, 20 * RATE), counts=st.lists(st.integers(1, 5000), min_size=2, max_size=5))
def test_it_is_one_function_of_time_however_it_is_asked_for(start: int, counts: list[int]) -> None:
    room = RoomSound(seed=4, rate_hz=RATE)
    whole = room.samples(start, sum(counts))
    starts = np.cumsum([start, *counts[:-1]])
    parts = np.concatenate([room.samples(int(s), c) for s, c in zip(starts, counts, strict=True)])
    np.testing.assert_allclose(whole, parts, atol=2e-4)


def test_it_neither_clips_nor_falls_silent(room: RoomSound) -> None:
    heard = room.samples(0, 60 * RATE)
    assert 0.3 < np.abs(heard).max() < 1.0
    assert np.abs(heard).reshape(-1, RATE // 10).max(axis=1).min() > 1e-3


def test_speech_comes_in_syllables_with_pauses(room: RoomSound) -> None:
    heard = room.samples(0, 120 * RATE).reshape(-1, RATE // 50)
    loud = np.sqrt((heard**2).mean(axis=1)) > 0.03
    assert 0.35 < loud.mean() < 0.85
    onsets_per_s = (np.diff(loud.astype(int)) == 1).sum() / 120
    assert 1.0 < onsets_per_s < 8.0


def test_the_hum_runs_on_and_a_cut_breaks_it(room: RoomSound) -> None:
    before, after = room.samples(9 * RATE, RATE), room.samples(10 * RATE, RATE)
    steady = abs(np.angle(np.exp(1j * (hum_phase(after, 10.0) - hum_phase(before, 9.0)))))
    assert steady < 0.3
    # 3.13 s removed: half a hum period is left over.
    later = room.samples(round(13.13 * RATE), RATE)
    broken = abs(np.angle(np.exp(1j * (hum_phase(later, 10.0) - hum_phase(before, 9.0)))))
    assert broken > 1.0


def test_rooms_and_moments_sound_different(room: RoomSound) -> None:
    other = RoomSound(seed=5, rate_hz=RATE)
    here, there = room.samples(0, 5 * RATE), other.samples(0, 5 * RATE)
    assert abs(np.corrcoef(here, there)[0, 1]) < 0.2
    assert abs(np.corrcoef(here, room.samples(40 * RATE, 5 * RATE))[0, 1]) < 0.2
