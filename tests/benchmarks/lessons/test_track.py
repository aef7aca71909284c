from __future__ import annotations

import numpy as np
import pytest

from benchmarks.lessons import LessonSpec, parse_edit
from benchmarks.lessons.sound import RoomSound
from benchmarks.lessons.spec import TICKS_PER_S
from benchmarks.lessons.timeline import plan
from benchmarks.lessons.track import SoundTrack

RATE = 16_000
Heard = np.ndarray[tuple[int, ...], np.dtype[np.float32]]


@pytest.fixture(scope="module")
def room() -> RoomSound:
    return RoomSound(seed=4, rate_hz=RATE)


def heard(edit: str, room: RoomSound, step_s: float = 0.4) -> tuple[Heard, list[tuple[int, int]]]:
    """The whole output, missing sound as NaN, and the pieces as they were handed out."""
    result = plan(LessonSpec(seed=4, duration_s=10, edits=(parse_edit(edit),)))
    track = SoundTrack(result, RATE, lambda _source: room)
    out = np.full(round(result.end_tick * RATE / TICKS_PER_S), np.nan, np.float32)
    pieces = []
    for goal in np.arange(step_s, result.end_tick / TICKS_PER_S + step_s, step_s):
        for start, samples in track.until(round(goal * TICKS_PER_S)):
            out[start : start + len(samples)] = samples
            pieces.append((start, len(samples)))
    return out, pieces


def test_it_is_handed_out_once_and_in_order(room: RoomSound) -> None:
    _, pieces = heard("cut@4:2", room)
    at = 0
    for start, count in pieces:
        assert start == at
        at += count
    assert at == 8 * RATE


def test_a_cut_removes_the_sound_of_the_same_stretch(room: RoomSound) -> None:
    out, _ = heard("cut@4:2", room)
    np.testing.assert_allclose(out[: 4 * RATE], room.samples(0, 4 * RATE), atol=2e-4)
    np.testing.assert_allclose(out[4 * RATE :], room.samples(6 * RATE, 4 * RATE), atol=2e-4)


def test_reversed_sound_runs_backwards(room: RoomSound) -> None:
    out, _ = heard("reversed@4:2", room)
    np.testing.assert_allclose(out[4 * RATE : 6 * RATE], room.samples(4 * RATE, 2 * RATE)[::-1], atol=2e-4)


def test_fast_sound_is_resampled(room: RoomSound) -> None:
    out, _ = heard("speed@4:2,factor=2", room)
    assert len(out) == 9 * RATE
    np.testing.assert_allclose(out[4 * RATE : 5 * RATE], room.samples(4 * RATE, 2 * RATE)[::2], atol=2e-4)


def test_muted_is_digital_silence_and_missing_is_nothing(room: RoomSound) -> None:
    muted, _ = heard("audio_gap@4:2", room)
    assert not muted[4 * RATE : 6 * RATE].any()
    missing, _ = heard("audio_gap@4:2,missing=yes", room)
    assert np.isnan(missing[4 * RATE : 6 * RATE]).all()
    assert not np.isnan(np.delete(missing, np.s_[4 * RATE : 6 * RATE])).any()
