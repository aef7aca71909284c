"""Only local regular files of known containers are opened, and their bytes are hashed once on the way."""

import hashlib
import io
import os
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.evidence.errors import (
    EmptyFileError,
    IndexMissingError,
    NotARegularFileError,
    RecordingError,
    UnknownContainerError,
)
from lessonproof.media.opening import RecordingFile, container_of, open_container, sha256_of_file
from tests.media.clips import EVERY_CONTAINER, Clip, name_of, write_clip


def open_and_close(path: Path) -> None:
    with RecordingFile(path) as file, open_container(file):
        pass


@pytest.mark.parametrize("clip", EVERY_CONTAINER, ids=name_of)
def test_the_first_bytes_name_the_demuxer(tmp_path: Path, clip: Clip) -> None:
    path = write_clip(tmp_path / "a-name-that-says-nothing", clip)
    expected = {"mp4": "mov", "mkv": "matroska", "ts": "mpegts"}.get(clip.ending, clip.ending)
    assert container_of(path.read_bytes()[:1024]) == expected
    open_and_close(path)


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"#EXTM3U\n#EXT-X-VERSION:3\n/etc/passwd\n", id="playlist"),
        pytest.param("这是一份文字说明，不是录像。".encode(), id="text"),
        pytest.param(b"ffconcat version 1.0\nfile '/etc/passwd'\n", id="concat-script"),
        pytest.param(b"<?xml version='1.0'?><MPD/>", id="dash-manifest"),
        pytest.param(b"\xff\xd8\xff\xe0" + b"\0" * 400, id="jpeg"),
        pytest.param(b"RIFF\x24\0\0\0WAVEfmt ", id="wav"),
        pytest.param(b"G" + b"x" * 187 + b"H", id="almost-a-transport-stream"),
        pytest.param(b"FLV\x01\x05\0\0\0\x09", id="flv"),
        pytest.param(b"ID3\x04" + b"\0" * 60, id="mp3"),
    ],
)
def test_everything_else_is_refused(tmp_path: Path, head: bytes) -> None:
    assert container_of(head) is None
    path = tmp_path / "lesson.mp4"
    path.write_bytes(head)
    with pytest.raises((UnknownContainerError, EmptyFileError)):
        open_and_close(path)


@given(st.binary(max_size=1024))
def test_no_bytes_confuse_the_sniffer(head: bytes) -> None:
    assert container_of(head) in {None, "mov", "matroska", "avi", "gif", "mpegts"}


def test_an_mp4_without_its_index_is_told_as_such(tmp_path: Path) -> None:
    data = write_clip(tmp_path / "a.mp4", Clip()).read_bytes()
    path = tmp_path / "b.mp4"
    path.write_bytes(data[: data.index(b"moov") - 4])
    with pytest.raises(IndexMissingError, match="moov"):
        open_and_close(path)


def test_a_link_is_refused(tmp_path: Path) -> None:
    target = write_clip(tmp_path / "a.mp4", Clip())
    link = tmp_path / "b.mp4"
    link.symlink_to(target)
    with pytest.raises(NotARegularFileError, match="symbolic link"):
        open_and_close(link)


def test_a_folder_and_a_device_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, Path("/dev/zero")):
        with pytest.raises(NotARegularFileError, match="not a regular file"):
            open_and_close(path)


def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.mp4"
    os.mkfifo(pipe)
    with pytest.raises(NotARegularFileError, match="not a regular file"):
        open_and_close(pipe)


@pytest.mark.parametrize(
    "text",
    [
        "http://example.invalid/a.mp4",
        "https://example.invalid/a.mp4",
        "concat:a.mp4|b.mp4",
        "file:///a.mp4",
        "rtsp://x",
    ],
)
def test_an_address_is_no_path(text: str) -> None:
    with pytest.raises(NotARegularFileError, match="addresses are not opened"):
        open_and_close(Path(text))


def test_a_colon_in_a_file_name_makes_no_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_clip(tmp_path / "class:1.mp4", Clip())
    open_and_close(Path("class:1.mp4"))


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotARegularFileError, match="No such file"):
        open_and_close(tmp_path / "none.mp4")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read_says_so(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", Clip())
    path.chmod(0)
    with pytest.raises(NotARegularFileError, match="Permission denied"):
        open_and_close(path)


@given(data=st.binary(min_size=1, max_size=5000), seed=st.integers(0, 10**6))
def test_the_hash_is_right_however_the_demuxer_jumps(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, seed: int
) -> None:
    path = tmp_path_factory.mktemp("hash") / "x"
    path.write_bytes(data)
    jumps = random.Random(seed)  # noqa: S311 - reproducible
    with RecordingFile(path, hashing=True) as file:
        for _ in range(8):
            if jumps.random() < 0.4:
                file.seek(jumps.randrange(len(data) + 10))
            start = file.tell()
            size = jumps.choice([-1, 0, 1, 100, 10_000])
            assert file.read(size) == data[start : None if size < 0 else start + size]
        assert file.finish_hash() == hashlib.sha256(data).hexdigest()
    assert sha256_of_file(path) == (hashlib.sha256(data).hexdigest(), len(data))


def test_a_file_that_becomes_shorter_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"x" * 100)
    with RecordingFile(path, hashing=True) as file:
        path.write_bytes(b"x" * 50)
        with pytest.raises(RecordingError, match="became shorter"):
            file.finish_hash()


def test_seeking_is_that_of_a_plain_file(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"0123456789")
    with RecordingFile(path) as file:
        assert file.seek(-3, io.SEEK_END) == 7
        assert file.read(2) == b"78"
        assert file.seek(-4, io.SEEK_CUR) == 5
        assert file.read() == b"56789"
        assert file.read() == b""
        with pytest.raises(ValueError, match="without hashing"):
            file.finish_hash()
