"""Tiny real recordings, written with PyAV: every container, B-frames, holes, odd clocks."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

WIDTH_PX: Final = 160
HEIGHT_PX: Final = 96
TICKS_PER_S: Final = 90_000
RATE_HZ: Final = 16_000
FORMATS: Final = {"mp4": "mp4", "mkv": "matroska", "ts": "mpegts", "avi": "avi", "gif": "gif"}
_TICK: Final = Fraction(1, TICKS_PER_S)
_AAC_SAMPLES: Final = 1024


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip to write.

    Attributes:
        ending: ``mp4``, ``mkv``, ``ts``, ``avi`` or ``gif``.
        times_ms: when each frame is shown.
        codec: encoder.
        gop: frames from one random-access picture to the next.
        bframes: B-frames between reference frames.
        is_open: whether groups of pictures are open.
        is_refreshed: whether x264 renews the picture column by column instead of writing random-access pictures.
        has_sound: whether there is an AAC track.
        rate_hz: its sampling rate.
        layout: its channels.
        noise: standard deviation of the noise, levels.
        options: of the muxer.
        seed: of texture and noise.
    """

    ending: str = "mp4"
    times_ms: Sequence[int] = tuple(range(0, 6000, 100))
    codec: str = "libx264"
    gop: int = 12
    bframes: int = 0
    is_open: bool = False
    is_refreshed: bool = False
    has_sound: bool = True
    rate_hz: int = RATE_HZ
    layout: str = "mono"
    noise: float = 3.0
    options: tuple[tuple[str, str], ...] = ()
    seed: int = 1


def write_clip(path: Path, clip: Clip) -> Path:
    """Write a clip; returns ``path``."""
    with av.open(str(path), "w", format=FORMATS[clip.ending], options=dict(clip.options)) as output:
        video = _add_video(output, clip)
        has_sound = clip.has_sound and clip.ending != "gif"
        audio = output.add_stream("aac", rate=clip.rate_hz, layout=clip.layout) if has_sound else None
        samples = 0
        for number, time_ms in enumerate(clip.times_ms):
            while audio is not None and samples * 1000 < time_ms * clip.rate_hz:
                samples = _write_sound(output, audio, clip, samples)
            frame = av.VideoFrame.from_ndarray(picture(clip, number), format="gray").reformat(format=video.pix_fmt)
            frame.pts = time_ms * TICKS_PER_S // 1000
            frame.time_base = _TICK
            output.mux(video.encode(frame))
        output.mux(video.encode(None))
        if audio is not None:
            output.mux(audio.encode(None))
    return path


@functools.cache
def _texture(seed: int) -> NDArray[np.float32]:
    coarse = np.random.default_rng(seed).uniform(30, 220, (12, 20)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_CUBIC), np.float32)


def picture(clip: Clip, number: int) -> NDArray[np.uint8]:
    """Luma of one frame: a texture that drifts, under noise; shape ``(96, 160)``."""
    rng = np.random.default_rng(clip.seed * 100_003 + number)
    moved = np.roll(_texture(clip.seed), number // 2, axis=1)
    return np.clip(moved + rng.normal(0, clip.noise, moved.shape), 0, 255).astype(np.uint8)


def _add_video(output: OutputContainer, clip: Clip) -> VideoStream:
    gop, bframes, is_open = clip.gop, clip.bframes, int(clip.is_open)
    common = f"keyint={gop}:min-keyint={gop}:scenecut=0:bframes={bframes}:b-adapt=0:open-gop={is_open}"
    options = {
        "libx264": {
            "preset": "ultrafast",
            "crf": "26",
            "x264-params": f"{common}:threads=1:intra-refresh={int(clip.is_refreshed)}",
        },
        "libx265": {"preset": "ultrafast", "x265-params": f"{common}:log-level=none:pools=1:frame-threads=1"},
        "mpeg4": {"g": str(gop), "bf": str(bframes), "b": "600k", "qmax": "4"},
        "gif": {},
    }[clip.codec]
    stream = output.add_stream(clip.codec, rate=25, options=options)
    assert isinstance(stream, VideoStream)
    stream.width, stream.height = WIDTH_PX, HEIGHT_PX
    stream.pix_fmt = "gray" if clip.codec == "gif" else "yuv420p"
    if clip.ending in {"mp4", "mkv", "ts"}:
        stream.codec_context.time_base = stream.time_base = _TICK
    return stream


def _write_sound(output: OutputContainer, audio: AudioStream, clip: Clip, start: int) -> int:
    rng = np.random.default_rng(start)
    channels = 2 if clip.layout == "stereo" else 1
    block = rng.normal(0, 0.1, (channels, _AAC_SAMPLES)).astype(np.float32)
    frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=clip.layout)
    frame.sample_rate = clip.rate_hz
    frame.pts = start
    frame.time_base = Fraction(1, clip.rate_hz)
    output.mux(audio.encode(frame))
    return start + _AAC_SAMPLES


EVERY_CONTAINER: Final = (
    Clip(ending="mp4"),
    Clip(ending="mkv"),
    Clip(ending="ts"),
    Clip(ending="avi", codec="mpeg4"),
    Clip(ending="gif", codec="gif"),
)
CAMERA_CONTAINERS: Final = EVERY_CONTAINER[:3]


def name_of(clip: Clip) -> str:
    """Short name for test ids."""
    extra = [f"b{clip.bframes}"] if clip.bframes else []
    extra += ["open"] if clip.is_open else []
    return "-".join([clip.ending, clip.codec, *extra])


def hard_timelines() -> list[Clip]:
    """Clips whose frames are stored in another order than shown, or at odd times."""
    clips = [
        replace(base, bframes=3, is_open=is_open, codec=codec)
        for base in CAMERA_CONTAINERS
        for codec in ("libx264", "libx265")
        for is_open in (False, True)
    ]
    rng = np.random.default_rng(4)
    jitter = np.cumsum(rng.integers(40, 160, 60)).tolist()
    clips += [replace(base, times_ms=jitter, bframes=2) for base in CAMERA_CONTAINERS]
    return [*EVERY_CONTAINER, *clips]
