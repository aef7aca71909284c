"""One pass over the file: digest, packet table on one time line, facts."""

import hashlib
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.evidence.errors import NoVideoTrackError, TimesOutOfRangeError, UnknownCodecError
from lessonproof.evidence.intervals import NS_PER_S, rescale_ns
from lessonproof.media.index import index_recording
from lessonproof.media.time_line import near_median, ticks_to_ns
from tests.media.clips import CAMERA_CONTAINERS, EVERY_CONTAINER, Clip, hard_timelines, name_of, write_clip
from tests.media.files import audio_only, cover_picture_only, joined

MS = 1_000_000


@pytest.mark.parametrize("clip", EVERY_CONTAINER, ids=name_of)
def test_the_digest_is_that_of_all_bytes(tmp_path: Path, clip: Clip) -> None:
    path = write_clip(tmp_path / "a", clip)
    index = index_recording(path)
    assert index.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert index.size_bytes == path.stat().st_size
    assert index.read_error is None
    assert index.missing_bytes == 0


@pytest.mark.parametrize("options", [(), (("movflags", "faststart"),), (("movflags", "frag_keyframe+empty_moov"),)])
def test_wherever_an_mp4_keeps_its_index(tmp_path: Path, options: tuple[tuple[str, str], ...]) -> None:
    path = write_clip(tmp_path / "a.mp4", Clip(options=options))
    index = index_recording(path)
    assert index.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert index.facts.packets == 60


@pytest.mark.parametrize(
    "clip", [clip for clip in hard_timelines() if clip.ending in {"mp4", "mkv", "ts"}], ids=name_of
)
def test_frames_stand_where_they_were_put(tmp_path: Path, clip: Clip) -> None:
    """Whatever the order of storage and the rate; Matroska keeps whole milliseconds, a transport stream 90 kHz."""
    index = index_recording(write_clip(tmp_path / "a", clip))
    expected = np.array(clip.times_ms, np.int64)
    presented_ms = index.packets.presented_ns() / MS
    assert np.abs(presented_ms - (expected - expected[0])).max() <= 1
    assert index.facts.keyframes == 5
    assert index.packets.key_times_ns()[0] == 0
    assert index.has_audio


@pytest.mark.parametrize("base", CAMERA_CONTAINERS, ids=name_of)
def test_a_recording_that_begins_late_begins_at_zero(tmp_path: Path, base: Clip) -> None:
    index = index_recording(write_clip(tmp_path / "a", replace(base, times_ms=range(3000, 6000, 100))))
    assert index.packets.presented_ns()[0] == 0
    assert index.packets.duration_ns == pytest.approx(3 * NS_PER_S, abs=70 * MS)
    assert index.origin_ns >= 3 * NS_PER_S


@pytest.mark.parametrize("bframes", [0, 2])
def test_what_an_edit_list_trims_is_not_presented(tmp_path: Path, bframes: int) -> None:
    clip = Clip(
        times_ms=range(-450, 4000, 100), bframes=bframes, has_sound=False, options=(("avoid_negative_ts", "disabled"),)
    )
    index = index_recording(write_clip(tmp_path / "a.mp4", clip))
    assert index.facts.packets == 40
    assert index.packets.presented_ns()[0] == 0


def test_joined_transport_streams_run_on_in_one_time_line(tmp_path: Path) -> None:
    first = Clip(ending="ts", times_ms=range(0, 3000, 100))
    path = joined(tmp_path / "j.ts", first, replace(first, seed=2), replace(first, seed=3))
    index = index_recording(path)
    assert [join.row for join in index.joins] == [30, 60]
    assert np.diff(index.packets.presented_ns()).tolist() == [100 * MS] * 89
    assert not index.packets.is_damaged.any()
    assert len(index.segments) == 1


@pytest.mark.parametrize("ending", ["mp4", "mkv", "ts"])
def test_sound_alone_is_no_recording(tmp_path: Path, ending: str) -> None:
    with pytest.raises(NoVideoTrackError):
        index_recording(audio_only(tmp_path / "a", ending))


def test_a_cover_picture_is_no_video_track(tmp_path: Path) -> None:
    with pytest.raises(NoVideoTrackError):
        index_recording(cover_picture_only(tmp_path / "a.mp4"))


@pytest.mark.parametrize(
    ("ending", "known", "unknown"),
    [("mp4", b"avc1", b"zzz9"), ("mkv", b"V_MPEG4/ISO/AVC", b"V_MPEG4/ISO/ZZZ")],
)
def test_a_coding_that_nobody_knows(tmp_path: Path, ending: str, known: bytes, unknown: bytes) -> None:
    path = write_clip(tmp_path / "a", Clip(ending=ending))
    path.write_bytes(path.read_bytes().replace(known, unknown))
    with pytest.raises(UnknownCodecError):
        index_recording(path)


def test_pictures_that_lie_days_apart_are_no_recording_of_a_lesson(tmp_path: Path) -> None:
    times = [*range(0, 2000, 100), *range(400_000_000, 400_002_000, 100)]
    with pytest.raises(TimesOutOfRangeError):
        index_recording(write_clip(tmp_path / "a", Clip(ending="mkv", times_ms=times, has_sound=False)))


def test_one_stray_time_costs_that_picture_and_not_the_recording(tmp_path: Path) -> None:
    times = [*range(0, 8000, 100), 600_000_000]
    index = index_recording(write_clip(tmp_path / "a", Clip(ending="mkv", times_ms=times, has_sound=False)))
    assert index.facts.packets == 80
    assert index.packets.duration_ns < 9 * NS_PER_S
    assert np.flatnonzero(index.packets.is_damaged).tolist() == [79]


TIME_BASES = st.sampled_from(
    [(1, 90_000), (1, 1000), (1, 12_288), (1001, 30_000), (1, 16_384), (1, 48_000), (1, 10**9)]
)


@given(st.lists(st.integers(-(2**37), 2**37), min_size=1, max_size=20), TIME_BASES)
def test_the_table_and_the_decoder_round_alike(ticks: list[int], base: tuple[int, int]) -> None:
    many = ticks_to_ns(np.array(ticks, np.int64), *base).tolist()
    assert many == [rescale_ns(tick, *base) for tick in ticks]


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=9), TIME_BASES)
def test_what_is_near_the_median_fits_into_nanoseconds(ticks: list[int], base: tuple[int, int]) -> None:
    kept = near_median(np.array(ticks, np.int64), *base)
    for tick, is_kept in zip(ticks, kept.tolist(), strict=True):
        if is_kept:
            assert abs(Fraction(tick * base[0], base[1])) * NS_PER_S < 2**63
