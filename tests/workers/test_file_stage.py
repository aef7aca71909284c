"""What files say of themselves, on real ones: joints by copy, edit lists, padding, flipped times, missing ends."""

import subprocess
from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.media.index import index_recording
from lessonproof.workers.file_stage import file_findings, file_unchecked, joints_of
from tests.media.clips import CAMERA_CONTAINERS, EVERY_CONTAINER, Clip, hard_timelines, name_of, write_clip

FRAMES_MS = tuple(range(0, 12_000, 40))


def ffmpeg(*arguments: str | Path) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-loglevel", "error", "-y", *map(str, arguments)]
    subprocess.run(command, check=True)


def concatenated(folder: Path, ending: str, *parts: Path) -> Path:
    listing, path = folder / "parts.txt", folder / f"joined.{ending}"
    listing.write_text("".join(f"file '{part}'\n" for part in parts))
    ffmpeg("-f", "concat", "-safe", "0", "-i", listing, "-c", "copy", path)
    return path


@pytest.mark.parametrize("clip", [*EVERY_CONTAINER, *hard_timelines()], ids=name_of)
def test_an_honest_file_is_silent(tmp_path: Path, clip: Clip) -> None:
    index = index_recording(write_clip(tmp_path / "a", clip))
    assert file_findings(index, []) == ()


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
@pytest.mark.parametrize("ending", ["mp4", "mkv", "ts"])
def test_two_recordings_joined_by_copy_are_told_at_the_joint(tmp_path: Path, ending: str, codec: str) -> None:
    clip = Clip(ending=ending, codec=codec, times_ms=FRAMES_MS, gop=50, rate_hz=48_000)
    first = write_clip(tmp_path / f"1.{ending}", clip)
    second = write_clip(tmp_path / f"2.{ending}", replace(clip, seed=2))
    index = index_recording(concatenated(tmp_path, ending, first, second))
    (finding,) = file_findings(index, [])
    assert finding.kind is FindingKind.CONCATENATED
    assert abs(finding.interval.start_ns - 12 * NS_PER_S) < NS_PER_S // 10
    assert finding.interval.start_ns in index.packets.key_times_ns()


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
def test_a_middle_taken_out_by_copy_is_told(tmp_path: Path, ending: str) -> None:
    whole = write_clip(tmp_path / f"a.{ending}", Clip(ending=ending, times_ms=FRAMES_MS, gop=25, rate_hz=44_100))
    head, tail = tmp_path / f"h.{ending}", tmp_path / f"t.{ending}"
    ffmpeg("-i", whole, "-c", "copy", "-t", "4.3", head)
    ffmpeg("-ss", "9", "-i", whole, "-c", "copy", tail)
    index = index_recording(concatenated(tmp_path, ending, head, tail))
    joint_ns = index_recording(head).packets.duration_ns
    found = [f for f in file_findings(index, []) if f.kind is FindingKind.CONCATENATED]
    assert len(found) == 1
    assert abs(found[0].interval.start_ns - joint_ns) < NS_PER_S // 5


def test_a_trimmed_mp4_says_what_its_edit_list_hides(tmp_path: Path) -> None:
    whole = write_clip(tmp_path / "a.mp4", Clip(times_ms=FRAMES_MS, gop=50))
    trimmed = tmp_path / "t.mp4"
    ffmpeg("-ss", "5.2", "-i", whole, "-c", "copy", trimmed)
    index = index_recording(trimmed)
    found = file_findings(index, [])
    assert {finding.kind for finding in found} == {FindingKind.EDIT_LIST}
    hidden = [finding.detail["hidden_s"] for finding in found if finding.detail["track"] == "video"]
    assert hidden == [pytest.approx(1.2, abs=0.05)]
    assert index.packets.presented_ns()[0] == 0
    assert index.packets.duration_ns == pytest.approx(6.8 * NS_PER_S, abs=0.05 * NS_PER_S)


def test_a_hole_in_a_stream_of_constant_rate_is_no_damage(tmp_path: Path) -> None:
    """Null packets fill the hole with as many bytes as its pictures would have taken."""
    times = [*range(0, 6000, 100), *range(10_000, 16_000, 100)]
    plain = write_clip(tmp_path / "a.ts", Clip(ending="ts", times_ms=times, has_sound=False))
    padded = tmp_path / "b.ts"
    ffmpeg("-i", plain, "-c", "copy", "-muxrate", "2M", padded)
    index = index_recording(padded)
    assert index.transport is not None
    assert index.transport.padding is not None
    (gap,) = [f for f in file_findings(index, []) if f.kind is not FindingKind.CONCATENATED]
    assert (gap.kind, gap.interval) == (FindingKind.GAP, Interval(6 * NS_PER_S, 10 * NS_PER_S))


def test_a_flipped_bit_in_a_cluster_time_is_damage_and_no_joint(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mkv", Clip(ending="mkv", times_ms=FRAMES_MS, has_sound=False))
    data = bytearray(path.read_bytes())
    clusters = [at for at in range(len(data) - 8) if data[at : at + 4] == b"\x1f\x43\xb6\x75"]
    place = data.index(b"\xe7", clusters[1])
    data[place + 2] ^= 0x10
    path.write_bytes(data)
    kinds = {finding.kind for finding in file_findings(index_recording(path), [])}
    assert FindingKind.UNREADABLE in kinds
    assert FindingKind.CONCATENATED not in kinds


@pytest.mark.parametrize("base", CAMERA_CONTAINERS, ids=name_of)
def test_a_picture_that_ends_before_the_sound_is_a_missing_end(tmp_path: Path, base: Clip) -> None:
    video = write_clip(tmp_path / f"v.{base.ending}", replace(base, times_ms=range(0, 5000, 40), has_sound=False))
    sound = write_clip(tmp_path / f"s.{base.ending}", replace(base, times_ms=FRAMES_MS))
    path = tmp_path / f"a.{base.ending}"
    ffmpeg("-i", video, "-i", sound, "-map", "0:v", "-map", "1:a", "-c", "copy", path)
    (finding,) = file_findings(index_recording(path), [])
    assert finding.kind is FindingKind.TRUNCATED
    assert finding.interval.start_ns == pytest.approx(5 * NS_PER_S, abs=NS_PER_S // 10)
    assert finding.interval.end_ns == pytest.approx(12 * NS_PER_S, abs=NS_PER_S // 10)


def test_a_transport_stream_whose_clock_wraps_around_is_whole(tmp_path: Path) -> None:
    plain = write_clip(tmp_path / "a.ts", Clip(ending="ts", times_ms=FRAMES_MS))
    wrapped = tmp_path / "b.ts"
    ffmpeg("-i", plain, "-c", "copy", "-output_ts_offset", str(2**33 / 90_000 - 5), wrapped)
    index = index_recording(wrapped)
    assert file_findings(index, []) == ()
    assert index.joins == ()
    assert np.diff(index.packets.presented_ns()).tolist() == [40_000_000] * (len(FRAMES_MS) - 1)


def test_what_leaves_no_trace_is_said(tmp_path: Path) -> None:
    index = index_recording(write_clip(tmp_path / "a.mp4", Clip(times_ms=range(0, 2000, 100), has_sound=False)))
    unchecked = file_unchecked(index, joints_of(index))
    assert unchecked["concatenated"] == "no_trace_to_follow"
    assert unchecked["reencoded"] == "only_marks_compared"
