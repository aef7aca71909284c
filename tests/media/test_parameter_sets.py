"""Encoder state at random-access pictures: signatures, parameter sets, numbers of IDR pictures."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.media.index import index_recording
from lessonproof.media.parameter_sets import (
    KeyScanner,
    SpsFacts,
    annex_b_units,
    idr_pic_id,
    prefixed_units,
    sps_facts,
)
from lessonproof.media.sei import encoder_marks, unescaped
from tests.media.clips import Clip, write_clip

X264 = bytes.fromhex("dc45e9bde6d948b7962cd820d923eeef")


def message(kind: int, payload: bytes) -> bytes:
    sizes = b"\xff" * (len(payload) // 255) + bytes([len(payload) % 255])
    return bytes([kind]) + sizes + payload


def test_a_signature_is_read_with_version_and_settings() -> None:
    text = b"x264 - core 164 r3108 - H.264/MPEG-4 AVC codec - options: cabac=1 ref=3\0"
    (mark,) = encoder_marks(message(1, b"ab") + message(5, X264 + text) + b"\x80")
    assert (mark.name, mark.settings) == ("x264", "cabac=1 ref=3")
    assert mark.version is not None
    assert mark.version.startswith("x264 - core 164")


def test_of_strangers_only_the_identity_is_kept() -> None:
    (mark,) = encoder_marks(message(5, bytes(range(16)) + "张老师 13800000000".encode()))
    assert mark.uuid == bytes(range(16)).hex()
    assert (mark.name, mark.version, mark.settings) == (None, None, None)


@given(st.binary(max_size=400))
def test_no_bytes_make_the_signature_reader_fail(data: bytes) -> None:
    assert len(list(encoder_marks(data))) <= 32
    assert len(unescaped(data)) <= len(data)


@pytest.mark.parametrize("ending", ["mp4", "mkv", "ts"])
@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_one_encoder_run_signs_and_numbers_its_pictures(tmp_path: Path, ending: str, codec: str) -> None:
    index = index_recording(write_clip(tmp_path / "a", Clip(ending=ending, codec=codec)))
    keys = index.key_marks
    assert index.packets.is_key[keys.rows].all()
    assert keys.rows.size == 5
    assert not keys.sets_changed.any()
    if codec == "libx264":
        assert [mark.name for mark in index.marks.encoders] == ["x264"]
        assert keys.is_signed.tolist() == [True, False, False, False, False]
        assert keys.idr_pic_id.tolist() == [0, 1, 0, 1, 0]
        assert keys.has_idr_pic_id.all()
    else:
        assert not keys.has_idr_pic_id.any()
        # In MP4 and Matroska x265 signs in the track header alone.
        assert [mark.name for mark in index.marks.encoders] == ["x265"]


def test_a_parameter_set_that_is_replaced_is_told_once() -> None:
    scanner = KeyScanner("h264", None)
    first, second = b"\x67\x64\x00\x1e\xac\xd9\x40", b"\x67\x64\x00\x1e\xac\xd9\x41"
    for row, unit in enumerate([first, first, second, second]):
        scanner.add(row, memoryview(b"\0\0\0\1" + unit + b"\0\0\1\x65\x88\x84\x00\x10"))
    assert scanner.marks().sets_changed.tolist() == [False, False, True, False]


def test_a_new_track_header_replaces_the_sets() -> None:
    header = b"\x01\x64\x00\x1e\xff\xe1\x00\x05\x67\x64\x00\x1e\xac\x01\x00\x03\x68\xee\x3c"
    scanner = KeyScanner("h264", header)
    picture = memoryview(b"\0\0\0\x05\x65\x88\x84\x00\x10")
    scanner.add(0, picture)
    scanner.add(7, picture, header=header.replace(b"\xac", b"\xad"))
    assert scanner.marks().sets_changed.tolist() == [False, True]
    assert scanner.marks().rows.tolist() == [0, 7]


def test_other_codings_say_nothing() -> None:
    scanner = KeyScanner("mpeg4", b"\0\0\1\xb0")
    scanner.add(0, memoryview(b"abc"))
    assert scanner.marks().rows.size == 0


@given(st.binary(max_size=200), st.sampled_from(["h264", "hevc"]), st.binary(max_size=60), st.booleans())
def test_no_bytes_make_the_scanner_fail(data: bytes, codec: str, header: bytes, has_prefix: bool) -> None:
    scanner = KeyScanner(codec, (b"\x01" if has_prefix else b"") + header)
    scanner.add(0, memoryview(data), header=header)
    marks = scanner.marks()
    assert marks.rows.tolist() == [0]
    assert 0 <= int(marks.idr_pic_id[0]) < 1 << 16


@given(st.binary(max_size=300), st.sampled_from([1, 2, 4]))
def test_units_end(data: bytes, prefix_bytes: int) -> None:
    assert len(list(annex_b_units(data))) <= 64
    assert len(list(prefixed_units(data, prefix_bytes))) <= 64
    facts = sps_facts(b"\x67" + data)
    assert facts is None or 4 <= facts.frame_num_bits <= 16
    number = idr_pic_id(b"\x65" + data, SpsFacts(4, has_colour_planes=False, only_frames=True))
    assert number is None or 0 <= number < 1 << 16


def test_columns_have_one_row_for_each_keyframe() -> None:
    marks = KeyScanner("h264", None).marks()
    assert {column.dtype for column in (marks.sets_changed, marks.is_signed)} == {np.dtype(np.bool_)}
