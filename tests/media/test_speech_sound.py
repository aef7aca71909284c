"""The first minutes of the sound at 16 kHz, on the recording's own time line."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lessonproof.evidence.intervals import NS_PER_S
from lessonproof.media.index import index_recording
from lessonproof.media.speech_sound import first_minutes
from lessonproof.models.speech_detector import SPEECH_RATE_HZ
from tests.media.clips import Clip, write_clip
from tests.media.files import joined
from tests.media.test_sound import write_sound

LOW_RATE_HZ = 8_000


def beep(second: float, seconds: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Silence with a tone of half a second in it, 8 kHz."""
    sound = np.zeros(round(seconds * LOW_RATE_HZ), np.float32)
    start = round(second * LOW_RATE_HZ)
    t = np.arange(LOW_RATE_HZ // 2) / LOW_RATE_HZ
    sound[start : start + t.size] = 0.3 * np.sin(2 * np.pi * 440 * t)
    return sound


@pytest.mark.parametrize("ending", ["mp4", "mkv", "ts"])
def test_sound_lies_where_it_is_heard(tmp_path: Path, ending: str) -> None:
    path = write_sound(tmp_path / f"a.{ending}", beep(2.0, 5.0), ending)
    index = index_recording(path)
    samples = first_minutes(path, index, 60 * NS_PER_S)
    assert samples is not None
    assert samples.dtype == np.float32
    assert samples.size == index.packets.duration_ns * SPEECH_RATE_HZ // NS_PER_S
    loud = np.flatnonzero(np.abs(samples) > 0.1) / SPEECH_RATE_HZ
    assert float(loud[0]) == pytest.approx(2.0, abs=0.06)
    assert float(loud[-1]) == pytest.approx(2.5, abs=0.06)


def test_only_the_beginning_is_given(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.mp4", beep(2.0, 5.0), "mp4")
    samples = first_minutes(path, index_recording(path), NS_PER_S)
    assert samples is not None
    assert samples.size == SPEECH_RATE_HZ
    assert float(np.abs(samples).max()) < 0.05


def test_a_hole_is_silent_and_what_follows_keeps_its_place(tmp_path: Path) -> None:
    sound = np.random.default_rng(1).normal(0, 0.1, 5 * LOW_RATE_HZ).astype(np.float32)
    path = write_sound(tmp_path / "a.mkv", sound, "mkv", hole=range(30, 61))
    samples = first_minutes(path, index_recording(path), 60 * NS_PER_S)
    assert samples is not None
    quiet = np.flatnonzero(samples == 0)
    assert 0.8 * SPEECH_RATE_HZ < quiet.size < 1.3 * SPEECH_RATE_HZ
    assert float(np.abs(samples[-SPEECH_RATE_HZ // 2 : -2000]).mean()) > 0.02


def test_a_joined_file_goes_on_behind_the_joint(tmp_path: Path) -> None:
    first = Clip(ending="ts", times_ms=range(0, 3000, 100))
    path = joined(tmp_path / "j.ts", first, replace(first, rate_hz=44_100, layout="stereo", seed=2))
    samples = first_minutes(path, index_recording(path), 60 * NS_PER_S)
    assert samples is not None
    level = np.sqrt(np.mean(samples[: samples.size // 8000 * 8000].reshape(-1, 8000) ** 2, axis=1))
    assert float(np.min(level[1:-1])) > 0.01


def test_no_track_gives_none(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", Clip(has_sound=False))
    assert first_minutes(path, index_recording(path), 60 * NS_PER_S) is None
