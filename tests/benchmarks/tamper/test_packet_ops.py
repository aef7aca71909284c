import hashlib
from pathlib import Path

import av
import numpy as np
import pytest

from benchmarks.lessons.render import render_lesson
from benchmarks.lessons.spec import Encoding, LessonSpec
from benchmarks.tamper import packet_ops
from benchmarks.tamper.boxes import parse, set_rotation
from benchmarks.tamper.dress import dress, without_sei
from benchmarks.tamper.sources import FileSound
from benchmarks.tamper.spec import CopyJoin, CopyRanges, HideByEditList, Recorder, Remux, Resound, Truncate
from benchmarks.tamper.truth import frame_times_ns
from tests.benchmarks.tamper.conftest import tiny_lesson


def picture_digests(path: Path) -> list[str]:
    with av.open(str(path)) as container:
        return [hashlib.sha256(f.to_ndarray(format="gray").tobytes()).hexdigest() for f in container.decode(video=0)]


@pytest.mark.parametrize("container", ["mp4", "mkv", "ts"])
def test_a_cut_by_packets_leaves_whole_groups_out(lesson: Path, tmp_path: Path, container: str) -> None:
    path = tmp_path / f"cut.{container}"
    truth = packet_ops.copy_ranges(CopyRanges((1.5, 3.5), True, container), lesson, path, "case")
    take = picture_digests(lesson)
    assert picture_digests(path) == take[:20] + take[40:]
    (event,) = truth.events
    assert (event.kind, event.start_ns, event.end_ns) == ("cut", 1_900_000_000, 2_000_000_000)
    assert truth.duration_ns == 4_000_000_000


def test_a_hole_by_packets_keeps_the_times(lesson: Path, tmp_path: Path) -> None:
    path = tmp_path / "gap.mkv"
    truth = packet_ops.copy_ranges(CopyRanges((1.5, 3.5), False, "mkv"), lesson, path, "case")
    (event,) = truth.events
    assert (event.kind, event.start_ns, event.end_ns) == ("gap", 2_000_000_000, 4_000_000_000)
    assert frame_times_ns(path)[0][-1] == 5_900_000_000


def test_a_join_by_packets(lesson: Path, other_lesson: Path, tmp_path: Path) -> None:
    path = tmp_path / "join.mp4"
    truth = packet_ops.copy_join(CopyJoin(2.5, 3.5, "mp4"), lesson, other_lesson, path, "case")
    assert picture_digests(path)[:30] == picture_digests(lesson)[:30]
    assert len(picture_digests(path)) == 50
    (event,) = truth.events
    assert (event.kind, event.start_ns, event.end_ns) == ("concatenated", 2_900_000_000, 3_000_000_000)


@pytest.mark.parametrize("container", ["mp4", "mkv"])
def test_a_truncated_file_still_opens_and_ends_early(lesson: Path, tmp_path: Path, container: str) -> None:
    path = tmp_path / f"truncated.{container}"
    truth = packet_ops.truncate(Truncate(0.6, container), lesson, path, "case")
    assert truth.duration_ns == 6_000_000_000
    with av.open(str(path)) as opened:
        packets = [p for p in opened.demux(opened.streams.video[0]) if p.size]
    assert 0 < len(packets) < 60


@pytest.mark.parametrize("bframes", [0, 2])
def test_an_edit_list_hides_a_stretch_from_players(tmp_path: Path, bframes: int) -> None:
    take = tiny_lesson(tmp_path, 5, bframes=bframes)
    path = tmp_path / "hidden.mp4"
    truth = packet_ops.hide_by_edit_list(HideByEditList((2.0, 4.0)), take, path, "case")
    all_of_them = picture_digests(take)
    assert picture_digests(path) == all_of_them[:20] + all_of_them[40:]
    (event,) = truth.events
    assert (event.kind, event.end_ns, truth.duration_ns) == ("edit_list", 2_000_000_000, 4_000_000_000)


def test_remuxing_changes_no_picture(lesson: Path, tmp_path: Path) -> None:
    path = tmp_path / "remuxed.mkv"
    truth = packet_ops.remux(Remux("mkv", "container_mismatch"), lesson, path, "case")
    assert picture_digests(path) == picture_digests(lesson)
    assert truth.events[0].whole


@pytest.mark.parametrize("missing", [False, True])
def test_muted_sound_leaves_the_picture_alone(lesson: Path, tmp_path: Path, missing: bool) -> None:
    path = tmp_path / "muted.mp4"
    operation = Resound("audio_gap", "mp4", 2.0, 4.0, missing=missing)
    truth = packet_ops.resound(operation, lesson, path, "case")
    assert picture_digests(path) == picture_digests(lesson)
    (event,) = truth.events
    assert (event.start_ns, event.end_ns) == (2_000_000_000, 4_000_000_000)
    heard = FileSound(path, 32_000).samples(0, 192_000)
    assert np.abs(heard[68_000:124_000]).max() < 0.01 < np.abs(heard[130_000:]).max()


def test_a_break_in_the_sound_plays_another_moment_from_there_on(lesson: Path, tmp_path: Path) -> None:
    path = tmp_path / "break.mp4"
    packet_ops.resound(Resound("audio_break", "mp4", 4.0, other_start_s=1.0), lesson, path, "case")
    heard, take = (FileSound(p, 32_000).samples(0, 192_000) for p in (path, lesson))
    assert np.corrcoef(heard[:120_000], take[:120_000])[0, 1] > 0.9
    assert np.corrcoef(heard[132_000:180_000], take[36_000:84_000])[0, 1] > 0.9


def test_no_audio_drops_the_track(lesson: Path, tmp_path: Path) -> None:
    path = tmp_path / "silent.mp4"
    truth = packet_ops.resound(Resound("no_audio", "mp4"), lesson, path, "case")
    with av.open(str(path)) as container:
        assert not container.streams.audio
    assert truth.events[0].whole
    assert not truth.has_audio


@pytest.mark.parametrize("recorder", [Recorder.NVR, Recorder.PHONE])
def test_a_recorders_file_names_neither_encoder_nor_library(lesson: Path, tmp_path: Path, recorder: Recorder) -> None:
    path = tmp_path / "dressed.mp4"
    dress(lesson, path, recorder, "mp4", 90 if recorder is Recorder.PHONE else 0)
    assert picture_digests(path) == picture_digests(lesson)
    data = path.read_bytes()
    assert b"x264" in lesson.read_bytes()
    assert b"x264" not in data
    assert b"Lavf" not in data
    with av.open(str(path)) as container:
        packets = [bytes(p) for p in container.demux(container.streams.video[0]) if p.size]
    for packet in packets:  # lengths in front of NAL units, as MP4 wants them
        assert without_sei(packet, "h264") == packet


@pytest.mark.parametrize("container", ["mp4", "mkv", "ts"])
def test_a_recorders_h265_shows_the_same_pictures_in_every_container(tmp_path: Path, container: str) -> None:
    encoding = Encoding(codec="h265", gop=10, preset="ultrafast", threads=1, signed=False)
    take, path = tmp_path / "take.mp4", tmp_path / f"dressed.{container}"
    render_lesson(LessonSpec(seed=6, duration_s=2.0, fps=10, size=(160, 96), people=1, encoding=encoding), take)
    dress(take, path, Recorder.NVR, container)
    assert picture_digests(path) == picture_digests(take)
    assert b"x265" not in path.read_bytes()


def test_lengths_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="NAL unit"):
        without_sei(b"\x00\x00\x00\x09\x65\x00", "h264")


def test_rotation_is_in_the_track_header(lesson: Path, tmp_path: Path) -> None:
    path = tmp_path / "turned.mp4"
    path.write_bytes(lesson.read_bytes())
    set_rotation(path, 90)
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
    assert frame.rotation in {90, -90}


def test_boxes_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        parse(b"\x00\x00\x00\x20moov")
