"""What the outermost structure promises, on whole files and on files cut off anywhere."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.media.structure import missing_bytes, mp4_boxes, mp4_has_index
from tests.media.clips import EVERY_CONTAINER, Clip, name_of, write_clip

NAMES = {"mp4": "mov", "mkv": "matroska", "ts": "mpegts", "avi": "avi", "gif": "gif"}


class Bytes(io.BytesIO):
    """Bytes as a file of known size."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.size_bytes = len(data)


@pytest.mark.parametrize("clip", EVERY_CONTAINER, ids=name_of)
def test_a_whole_file_misses_nothing(tmp_path: Path, clip: Clip) -> None:
    data = write_clip(tmp_path / "a", clip).read_bytes()
    assert missing_bytes(Bytes(data), NAMES[clip.ending]) == 0


@pytest.mark.parametrize("clip", [c for c in EVERY_CONTAINER if c.ending in {"mkv", "avi"}], ids=name_of)
def test_a_length_in_the_header_tells_how_much_is_missing(tmp_path: Path, clip: Clip) -> None:
    data = write_clip(tmp_path / "a", clip).read_bytes()
    for kept in (len(data) // 3, len(data) // 2, len(data) - 1):
        assert missing_bytes(Bytes(data[:kept]), NAMES[clip.ending]) == len(data) - kept


def test_an_mp4_promises_its_boxes(tmp_path: Path) -> None:
    whole = write_clip(tmp_path / "a", Clip(options=(("movflags", "faststart"),))).read_bytes()
    assert missing_bytes(Bytes(whole[:-700]), "mov") == 700
    assert mp4_has_index(Bytes(whole[:-700]))
    assert [box.kind for box in mp4_boxes(Bytes(whole))][:2] == [b"ftyp", b"moov"]


def test_a_transport_stream_cut_inside_a_packet_misses_the_rest_of_it(tmp_path: Path) -> None:
    data = write_clip(tmp_path / "a", Clip(ending="ts")).read_bytes()
    assert missing_bytes(Bytes(data[:-88]), "mpegts") == 88


def test_a_gif_ends_with_its_trailer(tmp_path: Path) -> None:
    data = write_clip(tmp_path / "a", Clip(ending="gif", codec="gif")).read_bytes()
    assert missing_bytes(Bytes(data[:-1]), "gif") == 1


@given(st.binary(min_size=12, max_size=400), st.sampled_from(sorted({*NAMES.values(), "other"})))
def test_no_bytes_make_it_fail_or_hang(data: bytes, container: str) -> None:
    assert missing_bytes(Bytes(data), container) >= 0
    assert mp4_has_index(Bytes(data)) in {True, False}


def test_a_box_of_size_zero_reaches_to_the_end_and_a_broken_one_ends_the_walk() -> None:
    open_end = b"\0\0\0\x08free" + b"\0\0\0\0mdat" + b"x" * 50
    assert [(box.kind, box.end_bytes) for box in mp4_boxes(Bytes(open_end))] == [(b"free", 8), (b"mdat", 66)]
    broken = b"\0\0\0\x08free" + b"\0\0\0\x03mdat" + b"x" * 50
    assert [box.kind for box in mp4_boxes(Bytes(broken))] == [b"free"]


def test_a_matroska_file_of_unknown_length_promises_nothing() -> None:
    live = b"\x1a\x45\xdf\xa3\x80" + b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff" + b"x" * 40
    assert missing_bytes(Bytes(live), "matroska") == 0
