"""Loudness over the recording's own time line."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lessonproof.analysis.sound import find_silence
from lessonproof.media.index import index_recording
from lessonproof.media.sound import measure_levels
from tests.media.clips import CAMERA_CONTAINERS, Clip, name_of, write_clip
from tests.media.files import joined


@pytest.mark.parametrize("clip", CAMERA_CONTAINERS, ids=name_of)
@pytest.mark.parametrize("start_ms", [0, 3000])
def test_a_room_is_heard_throughout(tmp_path: Path, clip: Clip, start_ms: int) -> None:
    path = write_clip(tmp_path / "a", replace(clip, times_ms=range(start_ms, start_ms + 4000, 100)))
    index = index_recording(path)
    levels = measure_levels(path, index)
    assert levels is not None
    assert levels.is_present[:-2].all()
    inner = levels.rms_dbfs[2:-2]
    assert -30 < float(inner.min()) <= float(inner.max()) < -10
    assert find_silence(levels, index.packets.duration_ns) == ()


def test_no_track_no_levels(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", Clip(has_sound=False))
    assert measure_levels(path, index_recording(path)) is None


@pytest.mark.parametrize(("rate_hz", "layout"), [(16_000, "mono"), (44_100, "stereo")])
def test_sound_runs_on_behind_a_join_even_in_another_format(tmp_path: Path, rate_hz: int, layout: str) -> None:
    first = Clip(ending="ts", times_ms=range(0, 3000, 100))
    path = joined(tmp_path / "j.ts", first, replace(first, rate_hz=rate_hz, layout=layout, seed=2))
    index = index_recording(path)
    levels = measure_levels(path, index)
    assert levels is not None
    assert find_silence(levels, index.packets.duration_ns) == ()
    assert np.mean(levels.is_present) > 0.95
