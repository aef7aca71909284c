"""The shared decode: facts of each random-access picture, and pictures to count people on."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lessonproof.analysis.packets import cut_segments
from lessonproof.evidence.intervals import NS_PER_S
from lessonproof.media.index import RecordingIndex, index_recording
from lessonproof.media.keyframes import SegmentScan, plan_samples, sample_period_ns, scan_keyframes
from tests.media.clips import CAMERA_CONTAINERS, Clip, name_of, write_clip

PERIOD_NS = NS_PER_S


def scans(path: Path, index: RecordingIndex, target_ns: int) -> list[SegmentScan]:
    return [
        scan_keyframes(path, index, segment, period_ns=PERIOD_NS, long_side_px=64)
        for segment in cut_segments(index.packets, target_ns)
    ]


@pytest.mark.parametrize("clip", CAMERA_CONTAINERS, ids=name_of)
@pytest.mark.parametrize("bframes", [0, 3])
def test_facts_and_samples_do_not_depend_on_segments(tmp_path: Path, clip: Clip, bframes: int) -> None:
    path = write_clip(tmp_path / "a", replace(clip, bframes=bframes))
    index = index_recording(path)
    (whole,) = scans(path, index, 60 * NS_PER_S)
    parts = scans(path, index, NS_PER_S)
    assert len(parts) > 2
    assert tuple(fact for part in parts for fact in part.facts) == whole.facts
    assert [fact.time_ns for fact in whole.facts] == index.packets.key_times_ns().tolist()
    together = [sample for part in parts for sample in part.samples]
    assert [sample.time_ns for sample in together] == [sample.time_ns for sample in whole.samples]
    assert all(np.array_equal(a.rgb, b.rgb) for a, b in zip(together, whole.samples, strict=True))
    assert len(whole.samples) == 6
    assert whole.samples[0].rgb.shape == (38, 64, 3)


@pytest.mark.parametrize("gop", [5, 12, 1000])
def test_a_sample_lies_near_each_instant_however_rare_keyframes_are(tmp_path: Path, gop: int) -> None:
    path = write_clip(tmp_path / "a.mp4", Clip(gop=gop))
    index = index_recording(path)
    (scan,) = scans(path, index, 60 * NS_PER_S)
    targets = np.arange(PERIOD_NS // 2, index.packets.duration_ns, PERIOD_NS)
    times = np.array([sample.time_ns for sample in scan.samples])
    assert all(np.abs(times - target).min() <= PERIOD_NS // 2 for target in targets)


def test_nobody_is_sampled_in_a_hole(tmp_path: Path) -> None:
    """A hole of eleven hours has nothing to count in it, and costs nothing."""
    times = [*range(0, 3000, 100), *range(40_000_000, 40_003_000, 100)]
    path = write_clip(tmp_path / "a.mkv", Clip(ending="mkv", times_ms=times, has_sound=False))
    index = index_recording(path)
    on_keys, off_keys = plan_samples(index, 10 * NS_PER_S)
    assert len(on_keys) + len(off_keys) <= 2


def test_without_counting_nothing_is_sampled(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", Clip())
    index = index_recording(path)
    scan = scan_keyframes(path, index, index.segments[0], period_ns=None, long_side_px=640)
    assert scan.samples == ()
    assert len(scan.facts) == 5


@pytest.mark.parametrize(
    ("duration_s", "wanted_s", "expected_s"), [(5400, 10, 10), (60, 10, 5), (6, 10, 1), (0, 10, 1), (5400, 1, 1)]
)
def test_short_recordings_are_sampled_more_densely(duration_s: int, wanted_s: int, expected_s: int) -> None:
    assert sample_period_ns(duration_s * NS_PER_S, wanted_s * NS_PER_S) == expected_s * NS_PER_S
