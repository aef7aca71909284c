"""Files that somebody will hand in one day, and what has to be said of each."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from lessonproof.evidence.errors import (
    EmptyFileError,
    IndexMissingError,
    NoReadableFramesError,
    NotARegularFileError,
    NoVideoTrackError,
    RecordingError,
    UnknownCodecError,
    UnknownContainerError,
)
from tests.media.clips import Clip, write_clip
from tests.media.files import audio_only, cover_picture_only

Maker = Callable[[Path], Path]
"""Makes the file in a folder of its own."""


def _written(name: str, data: bytes) -> Maker:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(data)
        return path

    return make


def _without_index(folder: Path) -> Path:
    path = write_clip(folder / "unfinished.mp4", Clip())
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"moov") - 4])
    return path


def _half_an_mp4_with_the_index_behind(folder: Path) -> Path:
    path = write_clip(folder / "half.mp4", Clip())
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    return path


def _unknown_coding(folder: Path) -> Path:
    path = write_clip(folder / "coding.mp4", Clip())
    path.write_bytes(path.read_bytes().replace(b"avc1", b"zzz9"))
    return path


def _no_picture_left(folder: Path) -> Path:
    path = write_clip(folder / "rubble.mp4", Clip(options=(("movflags", "faststart"),)))
    data = bytearray(path.read_bytes())
    start = data.index(b"mdat") + 4
    data[start:] = b"\x5a" * (len(data) - start)
    path.write_bytes(data)
    return path


def _link(folder: Path) -> Path:
    path = folder / "link.mp4"
    path.symlink_to(write_clip(folder / "target.mp4", Clip()))
    return path


def _folder(folder: Path) -> Path:
    path = folder / "folder.mp4"
    path.mkdir()
    return path


def _pipe(folder: Path) -> Path:
    path = folder / "pipe.mp4"
    os.mkfifo(path)
    return path


UNREADABLE: Final[Mapping[str, tuple[Maker, type[RecordingError]]]] = {
    "zero-bytes": (_written("empty.mp4", b""), EmptyFileError),
    "text": (_written("text.mp4", "这不是录像。\n".encode() * 40), UnknownContainerError),
    "playlist": (_written("list.m3u8", b"#EXTM3U\n#EXTINF:10,\n/etc/hostname\n"), UnknownContainerError),
    "playlist-as-mp4": (_written("list.mp4", b"#EXTM3U\n#EXTINF:10,\nfile:///etc/hostname\n"), UnknownContainerError),
    "no-moov": (_without_index, IndexMissingError),
    "half-an-mp4": (_half_an_mp4_with_the_index_behind, IndexMissingError),
    "sound-alone-mp4": (lambda folder: audio_only(folder / "a.mp4", "mp4"), NoVideoTrackError),
    "sound-alone-mkv": (lambda folder: audio_only(folder / "a.mkv", "mkv"), NoVideoTrackError),
    "sound-alone-ts": (lambda folder: audio_only(folder / "a.ts", "ts"), NoVideoTrackError),
    "cover-picture": (lambda folder: cover_picture_only(folder / "cover.mp4"), NoVideoTrackError),
    "unknown-coding": (_unknown_coding, UnknownCodecError),
    "no-picture-left": (_no_picture_left, NoReadableFramesError),
    "link": (_link, NotARegularFileError),
    "folder": (_folder, NotARegularFileError),
    "pipe": (_pipe, NotARegularFileError),
    "missing": (lambda folder: folder / "none.mp4", NotARegularFileError),
    "address": (lambda _folder: Path("http://example.invalid/lesson.mp4"), NotARegularFileError),
    "concat": (lambda _folder: Path("concat:a.mp4|b.mp4"), NotARegularFileError),
}
"""By name: how to make it, and the error that it is."""
