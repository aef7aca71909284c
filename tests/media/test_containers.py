"""Marks of MP4 and Matroska files: what they say, and that no bytes make the readers fail."""

import struct
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.evidence.file_marks import EditSegment
from lessonproof.media.containers_mkv import read_mkv_marks
from lessonproof.media.containers_mp4 import read_mp4_marks, runs
from tests.media.clips import Clip, write_clip
from tests.media.test_structure import Bytes

MS = 1_000_000


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def test_an_mp4_tells_its_brands_boxes_and_tracks(tmp_path: Path) -> None:
    marks = read_mp4_marks(Bytes(write_clip(tmp_path / "a.mp4", Clip(bframes=2)).read_bytes()))
    assert marks.major_brand == "isom"
    assert "mp41" in marks.brands
    assert marks.boxes == ("ftyp", "free", "mdat", "moov")
    assert [track.kind for track in marks.tracks] == ["video", "audio"]
    video, audio = marks.tracks
    assert (video.codec, video.handler, audio.codec) == ("avc1", "VideoHandler", "mp4a")
    assert audio.timescale == 16_000
    assert video.media_start_ns is not None
    (edit,) = video.edits
    assert edit.start_ns == video.media_start_ns
    assert marks.texts["writer"].startswith("Lavf")
    assert marks.not_examined is None


def test_a_fragmented_mp4_shows_its_pairs_of_boxes(tmp_path: Path) -> None:
    clip = Clip(options=(("movflags", "frag_keyframe+empty_moov"),))
    boxes = read_mp4_marks(Bytes(write_clip(tmp_path / "a.mp4", clip).read_bytes())).boxes
    assert boxes == ("ftyp", "moov", "moof*5", "mdat*5", "mfra")


def test_repeated_boxes_are_told_once_with_their_number() -> None:
    assert runs(["ftyp", "mdat", "mdat", "moov", "moov", "free"]) == ("ftyp", "mdat*2", "moov*2", "free")


def test_a_device_is_named_and_its_owner_is_not() -> None:
    keys = ["com.apple.quicktime.model", "com.apple.quicktime.location.ISO6709", "com.apple.quicktime.make"]
    values = [b"iPhone 12", b"+22.5431+114.0579/", b"Apple"]
    names = b"".join(box(b"mdta", key.encode()) for key in keys)
    data = b"".join(
        box(struct.pack(">I", n), box(b"data", struct.pack(">II", 1, 0) + value)) for n, value in enumerate(values, 1)
    )
    meta = box(
        b"meta",
        box(b"hdlr", bytes(25)) + box(b"keys", struct.pack(">II", 0, len(keys)) + names) + box(b"ilst", data),
    )
    owner = box(b"\xa9nam", struct.pack(">HH", 6, 0) + "张老师".encode())
    place = box(b"\xa9xyz", struct.pack(">HH", 18, 0) + b"+22.5431+114.0579/")
    make = box(b"\xa9mak", struct.pack(">HH", 6, 0) + b"HUAWEI")
    file = Bytes(box(b"ftyp", b"qt  \0\0\0\0qt  ") + box(b"moov", meta + box(b"udta", owner + place + make)))
    marks = read_mp4_marks(file)
    assert marks.texts == {"make": "HUAWEI", "model": "iPhone 12"}
    assert "114" not in repr(marks)
    assert "张" not in repr(marks)


def test_times_count_from_1970_and_nothing_set_is_unknown() -> None:
    def moov(created: int) -> Bytes:
        mvhd = box(b"mvhd", struct.pack(">IIIII", 0, created, created, 1000, 5000) + bytes(80))
        return Bytes(box(b"ftyp", b"mp42\0\0\0\0") + box(b"moov", mvhd))

    assert read_mp4_marks(moov(3_600_000_000)).created_s == 3_600_000_000 - 2_082_844_800
    assert read_mp4_marks(moov(0)).created_s is None
    assert read_mp4_marks(moov(0)).duration_ns == 5_000 * MS


def test_an_edit_list_is_read_with_holes_and_rates() -> None:
    mdhd = box(b"mdhd", struct.pack(">IIIII", 0, 0, 0, 1000, 9000) + bytes(4))
    stts = box(b"stts", struct.pack(">IIII", 0, 1, 9, 1000))
    mdia = box(b"mdia", mdhd + box(b"minf", box(b"stbl", stts)))
    edits = struct.pack(">Iihh", 500, -1, 1, 0) + struct.pack(">IihH", 2000, 4000, 0, 0x8000)
    elst = box(b"elst", struct.pack(">II", 0, 2) + edits)
    mvhd = box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, 2500) + bytes(80))
    file = Bytes(box(b"moov", mvhd + box(b"trak", mdia + box(b"edts", elst))))
    (track,) = read_mp4_marks(file).tracks
    assert track.edits == (EditSegment(None, 500 * MS, 1.0), EditSegment(4000 * MS, 2000 * MS, 0.5))
    assert (track.media_start_ns, track.media_end_ns) == (0, 9000 * MS)


def test_a_matroska_file_tells_its_applications_and_tracks(tmp_path: Path) -> None:
    marks = read_mkv_marks(Bytes(write_clip(tmp_path / "a.mkv", Clip(ending="mkv")).read_bytes()))
    assert marks.muxer is not None
    assert marks.muxer.startswith("Lavf")
    assert [(track.kind, track.codec) for track in marks.tracks] == [("video", "V_MPEG4/ISO/AVC"), ("audio", "A_AAC")]
    assert marks.duration_ns == pytest.approx(6_000 * MS, abs=80 * MS)
    assert {"Info", "Tracks", "Cluster", "Cues"} <= {name.split("*")[0] for name in marks.parts}
    assert marks.timescale == 1000
    assert marks.not_examined is None


def test_what_is_no_such_file_has_a_reason() -> None:
    assert read_mkv_marks(Bytes(b"nothing")).not_examined == "no_segment"
    assert read_mp4_marks(Bytes(box(b"ftyp", b"isom"))).not_examined == "no_index"
    cut = struct.pack(">I4s", 900, b"moov") + b"x" * 50
    assert read_mp4_marks(Bytes(cut)).not_examined == "index_cut_off"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("whole")
    short = Clip(times_ms=range(0, 1000, 100), bframes=2, options=(("movflags", "faststart"),))
    return {
        "mp4": write_clip(folder / "a.mp4", short).read_bytes(),
        "mkv": write_clip(folder / "a.mkv", replace(short, ending="mkv", options=())).read_bytes(),
    }


@given(
    st.sampled_from(["mp4", "mkv"]),
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), max_size=60),
    st.integers(0, 6000),
)
def test_no_flipped_bytes_make_the_readers_fail(
    whole: dict[str, bytes], ending: str, flips: list[tuple[int, int]], kept: int
) -> None:
    data = bytearray(whole[ending][: max(16, kept)])
    for where, value in flips:
        data[where % len(data)] = value
    read_mp4_marks(Bytes(bytes(data)))
    read_mkv_marks(Bytes(bytes(data)))


@given(st.binary(max_size=600))
def test_no_bytes_make_the_readers_fail(data: bytes) -> None:
    read_mp4_marks(Bytes(data))
    read_mkv_marks(Bytes(data))
    read_mp4_marks(Bytes(box(b"moov", data)))
    read_mp4_marks(Bytes(box(b"moov", box(b"trak", box(b"mdia", data)))))
    read_mkv_marks(Bytes(b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\xff" + data))
