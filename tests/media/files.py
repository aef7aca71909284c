"""Files that are unusual in a way that a writer of clips cannot make: joined, patched, without pictures."""

from pathlib import Path
from typing import Final

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.stream import Disposition

from tests.media.clips import FORMATS, RATE_HZ, Clip, write_clip

_TKHD_MATRIX_OFFSET: Final = 40
_SAMPLES: Final = 1024


def joined(path: Path, *clips: Clip) -> Path:
    """Transport streams one behind the other, byte by byte."""
    parts = [write_clip(path.with_suffix(f".{number}"), clip).read_bytes() for number, clip in enumerate(clips)]
    path.write_bytes(b"".join(parts))
    return path


def _write_noise(output: OutputContainer, audio: AudioStream) -> None:
    for number in range(20):
        block = np.random.default_rng(number).normal(0, 0.1, (1, _SAMPLES)).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="mono")
        frame.sample_rate = RATE_HZ
        frame.pts = number * _SAMPLES
        output.mux(audio.encode(frame))
    output.mux(audio.encode(None))


def audio_only(path: Path, ending: str) -> Path:
    """A second of sound, no picture."""
    with av.open(str(path), "w", format=FORMATS[ending]) as output:
        _write_noise(output, output.add_stream("aac", rate=RATE_HZ, layout="mono"))
    return path


def cover_picture_only(path: Path) -> Path:
    """Sound with a cover picture, as a music player wants it."""
    with av.open(str(path), "w", format="mp4") as output:
        audio = output.add_stream("aac", rate=RATE_HZ, layout="mono")
        cover = output.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 64, "yuvj420p"
        cover.disposition = Disposition.attached_pic
        frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), 90, np.uint8), format="rgb24")
        frame.pts = 0
        output.mux(cover.encode(frame))
        output.mux(cover.encode(None))
        _write_noise(output, audio)
    return path


def turned_clockwise(path: Path) -> Path:
    """Write into an MP4's track header that a viewer has to turn the picture by a quarter, clockwise."""
    data = bytearray(path.read_bytes())
    start = data.index(b"tkhd") + 4 + _TKHD_MATRIX_OFFSET
    matrix = (0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
    data[start : start + 36] = b"".join(value.to_bytes(4, "big", signed=True) for value in matrix)
    path.write_bytes(data)
    return path


def wreck_slices(path: Path, start_bytes: int, size_bytes: int) -> None:
    """Overwrite the coded picture of one packet of an MP4 and leave its units' lengths and headers as they are."""
    data = bytearray(path.read_bytes())
    position = start_bytes
    while position < start_bytes + size_bytes:
        length = int.from_bytes(data[position : position + 4], "big")
        data[position + 5 : position + 4 + length] = b"\xff" * (length - 1)
        position += 4 + length
    path.write_bytes(data)
