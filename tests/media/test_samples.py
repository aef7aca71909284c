"""Pictures to count people on, at instants and through stretches of real recordings."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lessonproof.evidence.intervals import NS_PER_MS, NS_PER_S, Interval
from lessonproof.media.decoding import Decoded, decode_all
from lessonproof.media.index import RecordingIndex, index_recording
from lessonproof.media.pictures import rgb_of
from lessonproof.media.samples import SEARCH_NS, SampledFrame, samples_at, samples_through
from tests.media.clips import CAMERA_CONTAINERS, Clip, name_of, write_clip
from tests.media.files import wreck_slices

LONG_SIDE_PX = 64


def times(found: list[SampledFrame]) -> list[int]:
    return [sample.time_ns for sample in found]


def at(path: Path, index: RecordingIndex, *instants_ms: int) -> list[SampledFrame]:
    return list(samples_at(path, index, [ms * NS_PER_MS for ms in instants_ms], LONG_SIDE_PX))


def shown(path: Path, index: RecordingIndex) -> dict[int, np.ndarray]:
    """Every picture as a decode of the whole recording gives it."""
    return {
        item.time_ns: rgb_of(item.frame, LONG_SIDE_PX)
        for item in decode_all(path, index, Interval(0, index.packets.duration_ns))
        if isinstance(item, Decoded)
    }


@pytest.mark.parametrize("clip", CAMERA_CONTAINERS, ids=name_of)
@pytest.mark.parametrize("bframes", [0, 3])
def test_each_instant_gets_the_picture_that_follows_it(tmp_path: Path, clip: Clip, bframes: int) -> None:
    path = write_clip(tmp_path / "a", replace(clip, bframes=bframes))
    index = index_recording(path)
    found = at(path, index, 0, 50, 410, 1200, 3333, 5900)
    assert times(found) == [ms * NS_PER_MS for ms in (0, 100, 500, 1200, 3400, 5900)]
    every = shown(path, index)
    for sample in found:
        assert sample.rgb.shape == (38, 64, 3)
        np.testing.assert_array_equal(sample.rgb, every[sample.time_ns])


def test_without_instants_nothing_is_opened(tmp_path: Path) -> None:
    index = index_recording(write_clip(tmp_path / "a.mp4", Clip()))
    assert at(tmp_path / "there-is-none", index) == []


def test_several_instants_of_one_group_of_pictures_each_get_one(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", Clip(gop=1000))
    index = index_recording(path)
    assert times(at(path, index, 10, 2510, 2590, 5810)) == [ms * NS_PER_MS for ms in (100, 2600, 2700, 5900)]


def test_nothing_stands_for_an_instant_a_second_away(tmp_path: Path) -> None:
    """Behind the end, and in a hole of the timestamps."""
    path = write_clip(
        tmp_path / "a.mkv", Clip(ending="mkv", times_ms=[*range(0, 2000, 100), *range(9000, 11_000, 100)])
    )
    index = index_recording(path)
    assert times(at(path, index, 1900, 4000, 7999, 8001, 10_950)) == [1900 * NS_PER_MS, 9000 * NS_PER_MS]
    assert SEARCH_NS == NS_PER_S


def test_a_picture_that_cannot_be_read_stands_for_no_instant(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", Clip(gop=10))
    packets = index_recording(path).packets
    row = int(np.flatnonzero(packets.is_key)[2])
    wreck_slices(path, int(packets.position_bytes[row]), int(packets.size_bytes[row]))
    index, bad_ns = index_recording(path), int(packets.pts_ns[row])
    before, after = bad_ns - NS_PER_S, bad_ns + NS_PER_S
    found = times(list(samples_at(path, index, [before, bad_ns, after], LONG_SIDE_PX)))
    assert bad_ns not in found
    assert {before, after} <= set(found)


def through(path: Path, index: RecordingIndex, start_ms: int, end_ms: int, step_ms: int) -> list[int]:
    stretch = Interval(start_ms * NS_PER_MS, end_ms * NS_PER_MS)
    found = list(samples_through(path, index, stretch, step_ms * NS_PER_MS, LONG_SIDE_PX))
    return [sample.time_ns // NS_PER_MS for sample in found]


@pytest.mark.parametrize("clip", CAMERA_CONTAINERS, ids=name_of)
@pytest.mark.parametrize("bframes", [0, 3])
def test_a_stretch_is_taken_step_by_step_with_both_ends(tmp_path: Path, clip: Clip, bframes: int) -> None:
    path = write_clip(tmp_path / "a", replace(clip, bframes=bframes))
    index = index_recording(path)
    assert through(path, index, 1500, 2500, 250) == [1500, 1800, 2100, 2400]
    assert through(path, index, 1500, 2500, 500) == [1500, 2000, 2500]
    assert through(path, index, 1500, 1700, 1) == [1500, 1600, 1700]


def test_the_pictures_of_a_stretch_are_those_of_the_recording(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", Clip(bframes=2))
    index = index_recording(path)
    every = shown(path, index)
    found = list(samples_through(path, index, Interval(NS_PER_S, 3 * NS_PER_S), NS_PER_S // 4, LONG_SIDE_PX))
    assert len(found) == 7
    for sample in found:
        np.testing.assert_array_equal(sample.rgb, every[sample.time_ns])


def test_a_stretch_in_a_hole_holds_nothing(tmp_path: Path) -> None:
    times_ms = [*range(0, 2000, 100), *range(9000, 11_000, 100)]
    path = write_clip(tmp_path / "a.mkv", Clip(ending="mkv", times_ms=times_ms))
    assert through(path, index_recording(path), 3000, 8000, 250) == []
