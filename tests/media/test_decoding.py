"""Decoding windows: exactly the frames of the table, at the times of the table, in every container."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.media.decoding import Decoded, Undecodable, decode_all, decode_keyframes, shows_a_picture
from lessonproof.media.index import RecordingIndex, index_recording
from lessonproof.media.pictures import luma_of
from tests.media.clips import CAMERA_CONTAINERS, Clip, hard_timelines, name_of, picture, write_clip
from tests.media.files import joined, wreck_slices

MS = 1_000_000
CLIPS = hard_timelines()


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, RecordingIndex]]:
    """Every clip with its index, by number."""
    folder = tmp_path_factory.mktemp("clips")
    made: dict[str, tuple[Path, RecordingIndex]] = {}
    for number, clip in enumerate(CLIPS):
        path = write_clip(folder / str(number), clip)
        made[str(number)] = (path, index_recording(path))
    return made


@pytest.mark.parametrize("number", range(len(CLIPS)), ids=[name_of(clip) for clip in CLIPS])
def test_keyframes_come_at_the_times_of_the_table(indexed: dict[str, tuple[Path, RecordingIndex]], number: int) -> None:
    path, index = indexed[str(number)]
    items = list(decode_keyframes(path, index, Interval(0, index.packets.duration_ns)))
    assert all(isinstance(item, Decoded) for item in items)
    assert [item.time_ns for item in items] == index.packets.key_times_ns().tolist()


@settings(max_examples=120)
@given(st.integers(0, len(CLIPS) - 1), st.integers(-200, 7000), st.integers(0, 7000))
def test_any_window_gives_exactly_the_frames_of_the_table(
    indexed: dict[str, tuple[Path, RecordingIndex]], number: int, start_ms: int, length_ms: int
) -> None:
    path, index = indexed[str(number)]
    window = Interval(start_ms * MS, (start_ms + length_ms) * MS)
    presented = index.packets.presented_ns()
    inside = presented[(presented >= window.start_ns) & (presented < window.end_ns)]
    items = list(decode_all(path, index, window))
    assert all(isinstance(item, Decoded) for item in items)
    assert [item.time_ns for item in items] == inside.tolist()


@pytest.mark.parametrize("clip", CAMERA_CONTAINERS, ids=name_of)
def test_each_time_has_its_own_picture(tmp_path: Path, clip: Clip) -> None:
    clip = replace(clip, bframes=2, noise=0.5)
    path = write_clip(tmp_path / "a", clip)
    index = index_recording(path)
    items = list(decode_all(path, index, Interval(2000 * MS, 4000 * MS)))
    assert len(items) == 20
    for number, item in enumerate(items, start=20):
        assert isinstance(item, Decoded)
        shown = luma_of(item.frame).astype(np.int16)
        distances = [np.abs(shown - picture(clip, other).astype(np.int16)).mean() for other in range(0, 60, 2)]
        assert abs(2 * int(np.argmin(distances)) - number) <= 1


@pytest.fixture(scope="module")
def long_stream(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RecordingIndex]:
    """A transport stream of several megabytes: more than the demuxer reads ahead."""
    clip = Clip(ending="ts", times_ms=range(0, 120_000, 100), gop=25, bframes=3, noise=25.0)
    path = write_clip(tmp_path_factory.mktemp("long") / "a.ts", clip)
    assert path.stat().st_size > 3_000_000
    return path, index_recording(path)


@pytest.mark.parametrize("start_s", [0, 13, 40, 77, 99, 117])
def test_seeking_a_transport_stream_lands_before_the_window(
    long_stream: tuple[Path, RecordingIndex], start_s: int
) -> None:
    """It has no index; wherever the demuxer's guess lands, no frame may be lost."""
    path, index = long_stream
    keys = index.packets.key_times_ns()
    at_key = int(keys[np.searchsorted(keys, start_s * NS_PER_S)])
    for start_ns in (start_s * NS_PER_S, at_key):
        window = Interval(start_ns, start_ns + NS_PER_S)
        presented = index.packets.presented_ns()
        inside = presented[(presented >= window.start_ns) & (presented < window.end_ns)]
        assert [item.time_ns for item in decode_all(path, index, window)] == inside.tolist()


def test_windows_across_a_join_come_at_the_times_of_the_table(tmp_path: Path) -> None:
    first = Clip(ending="ts", times_ms=range(0, 3000, 100), bframes=2)
    path = joined(tmp_path / "j.ts", first, replace(first, seed=2))
    index = index_recording(path)
    items = list(decode_all(path, index, Interval(2500 * MS, 3500 * MS)))
    presented = index.packets.presented_ns()
    assert [item.time_ns for item in items] == presented[(presented >= 2500 * MS) & (presented < 3500 * MS)].tolist()


@pytest.mark.parametrize(("codec", "gop"), [("libx265", 160), ("libx265", 256), ("libx264", 160)])
def test_keyframes_of_long_open_groups_all_come_in_order(tmp_path: Path, codec: str, gop: int) -> None:
    """They carry the low bits of their place only: fed without what lies between, the decoder mixed them up."""
    clip = Clip(ending="mkv", codec=codec, gop=gop, bframes=2, is_open=True, times_ms=range(0, 30 * 3 * gop, 30))
    path = write_clip(tmp_path / "a.mkv", replace(clip, has_sound=False))
    index = index_recording(path)
    keys = index.packets.key_times_ns()
    assert keys.size >= 3
    items = list(decode_keyframes(path, index, Interval(0, index.packets.duration_ns)))
    assert all(isinstance(item, Decoded) for item in items)
    assert [item.time_ns for item in items] == keys.tolist()


@pytest.mark.parametrize("ending", ["mp4", "ts"])
def test_a_picture_that_is_renewed_bit_by_bit_is_no_random_access_picture(tmp_path: Path, ending: str) -> None:
    """A decoder that starts there shows nothing at first, and such honest files were called unreadable."""
    clip = Clip(ending=ending, is_refreshed=True, gop=20, has_sound=False)
    path = write_clip(tmp_path / f"a.{ending}", clip)
    index = index_recording(path)
    assert index.packets.key_times_ns().tolist() == [0]
    everything = Interval(0, index.packets.duration_ns)
    assert [type(item) for item in decode_keyframes(path, index, everything)] == [Decoded]
    assert [item.time_ns for item in decode_all(path, index, everything)] == index.packets.presented_ns().tolist()


@pytest.mark.parametrize("key", [0, 2, 4])
def test_a_picture_that_the_decoder_refuses_is_told_at_its_own_time(tmp_path: Path, key: int) -> None:
    """With two threads at work the decoder complains one picture late."""
    path = write_clip(tmp_path / "a.mp4", Clip())
    index = index_recording(path)
    row = int(np.flatnonzero(index.packets.is_key)[key])
    wreck_slices(path, int(index.packets.position_bytes[row]), int(index.packets.size_bytes[row]))
    items = list(decode_keyframes(path, index, Interval(0, index.packets.duration_ns)))
    keys = index.packets.key_times_ns().tolist()
    bad = [item.time_ns for item in items if isinstance(item, Undecodable)]
    good = [item.time_ns for item in items if isinstance(item, Decoded)]
    assert bad == [keys[key]]
    assert good == [time_ns for time_ns in keys if time_ns != keys[key]]


def test_pictures_without_any_random_access_picture_are_pictures(tmp_path: Path) -> None:
    clip = Clip(times_ms=range(-450, 3000, 100), gop=100, has_sound=False, options=(("avoid_negative_ts", "disabled"),))
    path = write_clip(tmp_path / "a.mp4", clip)
    index = index_recording(path)
    assert index.packets.key_times_ns().size == 0
    assert shows_a_picture(path, index)


def test_damaged_index_entries_lead_nowhere_but_do_no_harm(tmp_path: Path) -> None:
    """Matroska's own table of places points at nonsense: decoding goes on from the start instead."""
    path = write_clip(tmp_path / "a.mkv", Clip(ending="mkv"))
    data = bytearray(path.read_bytes())
    cues = data.rindex(b"\x1c\x53\xbb\x6b")
    data[cues + 8 :] = b"\x77" * (len(data) - cues - 8)
    path.write_bytes(data)
    index = index_recording(path)
    items = list(decode_all(path, index, Interval(4 * NS_PER_S, 5 * NS_PER_S)))
    assert len(items) == 10
