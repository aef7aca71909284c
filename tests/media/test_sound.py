"""The sound, decoded once onto the recording's own time line, and again in places."""

import pickle
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from lessonproof.analysis.sound_features import RATE_HZ
from lessonproof.analysis.sound_judge import judge_sound
from lessonproof.analysis.sound_levels import find_silence
from lessonproof.evidence.findings import FindingKind
from lessonproof.media.index import index_recording
from lessonproof.media.sound import decode_sound, decode_stretch, scan_sound
from tests.analysis.sounds import hum, noise, talk
from tests.media.clips import CAMERA_CONTAINERS, FORMATS, Clip, name_of, write_clip
from tests.media.files import joined

CLIP_RATE_HZ = 32_000


@pytest.mark.parametrize("clip", CAMERA_CONTAINERS, ids=name_of)
@pytest.mark.parametrize("start_ms", [0, 3000])
def test_a_room_is_heard_throughout(tmp_path: Path, clip: Clip, start_ms: int) -> None:
    path = write_clip(tmp_path / "a", replace(clip, times_ms=range(start_ms, start_ms + 4000, 100)))
    index = index_recording(path)
    scan = scan_sound(path, index)
    assert scan is not None
    level = scan.features.rms_dbfs.astype(np.float32)
    assert np.isfinite(level[:-2]).all()
    inner = level[2:-2]
    assert -30 < float(inner.min()) <= float(inner.max()) < -10
    assert find_silence(scan.features.rms_dbfs, index.packets.duration_ns).findings == ()


def test_no_track_no_scan(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", Clip(has_sound=False))
    index = index_recording(path)
    assert scan_sound(path, index) is None
    assert list(decode_sound(path, index)) == []
    assert decode_stretch(path, index, 0, 100) is None


@pytest.mark.parametrize(("rate_hz", "layout"), [(16_000, "mono"), (44_100, "stereo")])
def test_sound_runs_on_behind_a_join_even_in_another_format(tmp_path: Path, rate_hz: int, layout: str) -> None:
    first = Clip(ending="ts", times_ms=range(0, 3000, 100))
    path = joined(tmp_path / "j.ts", first, replace(first, rate_hz=rate_hz, layout=layout, seed=2))
    index = index_recording(path)
    scan = scan_sound(path, index)
    assert scan is not None
    assert find_silence(scan.features.rms_dbfs, index.packets.duration_ns).findings == ()
    assert np.isfinite(scan.features.rms_dbfs.astype(np.float32)).mean() > 0.95


def write_sound(path: Path, sound: NDArray[np.float32], ending: str, *, hole: range = range(0)) -> Path:
    """A recording with a still picture and this sound, given at 8 kHz; packets in ``hole`` are left out."""
    at = np.arange(len(sound) * CLIP_RATE_HZ // RATE_HZ) * (RATE_HZ / CLIP_RATE_HZ)
    fine = np.interp(at, np.arange(len(sound)), sound).astype(np.float32)
    with av.open(str(path), "w", format=FORMATS[ending]) as output:
        video = output.add_stream("libx264", rate=5, options={"preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        audio = output.add_stream("aac", rate=CLIP_RATE_HZ, layout="mono")
        audio.bit_rate = 64_000
        for number in range(len(sound) * 5 // RATE_HZ):
            picture = av.VideoFrame.from_ndarray(np.full((72, 64), 128, np.uint8), format="yuv420p")
            picture.pts, picture.time_base = number, Fraction(1, 5)
            output.mux(video.encode(picture))
        output.mux(video.encode(None))
        for first in range(0, len(fine) - 1024, 1024):
            frame = av.AudioFrame.from_ndarray(fine[None, first : first + 1024], format="fltp", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = CLIP_RATE_HZ, first, Fraction(1, CLIP_RATE_HZ)
            packets = audio.encode(frame)
            output.mux([] if first // 1024 in hole else packets)
        output.mux(audio.encode(None))
    return path


@pytest.mark.parametrize("ending", ["mp4", "mkv", "ts"])
def test_a_stretch_is_the_same_as_in_the_whole(tmp_path: Path, ending: str) -> None:
    path = write_sound(tmp_path / "a", talk(20) + noise(20), ending)
    index = index_recording(path)
    runs = list(decode_sound(path, index))
    whole = np.zeros(20 * RATE_HZ, np.float32)
    for run in runs:
        low, high = max(0, run.start), min(len(whole), run.start + run.samples.size)
        whole[low:high] = run.samples[low - run.start : high - run.start]
    assert sum(run.is_new for run in runs) == 1
    start, count = 9 * RATE_HZ + 123, 3 * RATE_HZ
    stretch = decode_stretch(path, index, start, count)
    assert stretch is not None
    near = [np.corrcoef(stretch, whole[start + off : start + off + count])[0, 1] for off in range(-9, 10)]
    assert max(near) > 0.99
    assert decode_stretch(path, index, 19 * RATE_HZ, 3 * RATE_HZ) is None


def test_missing_packets_are_a_gap_of_their_length(tmp_path: Path) -> None:
    sound = talk(20) + noise(20)
    path = write_sound(tmp_path / "a.mkv", sound, "mkv", hole=range(250, 350))
    index = index_recording(path)
    verdict = judge_sound(scan_sound(path, index), index.packets.duration_ns, has_track=index.has_audio)
    (gap,) = verdict.findings
    assert gap.kind is FindingKind.AUDIO_GAP
    assert gap.detail["share_without_samples"] == 1.0
    assert gap.interval.start_ns / 1e9 == pytest.approx(250 * 1024 / CLIP_RATE_HZ, abs=0.15)
    assert gap.interval.length_ns / 1e9 == pytest.approx(100 * 1024 / CLIP_RATE_HZ, abs=0.15)


def test_a_cut_and_a_replay_are_found_in_a_coded_file(tmp_path: Path) -> None:
    room = noise(100) + talk(100) + hum(100)
    cut = np.concatenate([room[: 40 * RATE_HZ], room[round(47.0133 * RATE_HZ) :]])
    sound = np.concatenate([cut[: 70 * RATE_HZ], cut[10 * RATE_HZ : 17 * RATE_HZ], cut[70 * RATE_HZ :]])
    path = write_sound(tmp_path / "a.mp4", sound, "mp4")
    index = index_recording(path)
    scan = scan_sound(path, index)
    assert scan is not None
    verdict = judge_sound(scan, index.packets.duration_ns, has_track=True)
    middles = [(f.interval.start_ns + f.interval.end_ns) / 2e9 for f in verdict.findings]
    assert middles[0] == pytest.approx(40.0, abs=0.1)
    (replay,) = verdict.replays
    assert replay.source_start_ns / 1e9 == pytest.approx(10.0, abs=0.1)
    assert replay.start_ns / 1e9 == pytest.approx(70.0, abs=0.1)
    assert replay.length_ns / 1e9 == pytest.approx(7.0, abs=0.1)
    assert len(pickle.dumps(scan)) < 100 * 5e6 / 3600


def test_honest_sound_gives_nothing(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.mp4", noise(60) + talk(60) + hum(60), "mp4")
    index = index_recording(path)
    verdict = judge_sound(scan_sound(path, index), index.packets.duration_ns, has_track=True)
    assert verdict.findings == ()
    assert verdict.replays == ()
