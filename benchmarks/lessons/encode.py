"""Writes pictures and sound to a file, joins files by packet copy, and encodes a file again.

H.264 and H.265 by libx264 and libx265, sound by AAC, all through PyAV. Time stamps are 90 kHz ticks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import av.container
import numpy as np
from av.audio.stream import AudioStream
from av.video.stream import VideoStream
from numpy.typing import NDArray

from benchmarks.lessons.spec import TICKS_PER_S, Encoding

_FORMATS: Final = {"mp4": "mp4", "mkv": "matroska", "ts": "mpegts"}
_AAC_FRAME: Final = 1024
_TICK: Final = Fraction(1, TICKS_PER_S)


class Writer:
    """One encode into one file. Use as a context by ``open_writer``."""

    def __init__(
        self,
        output: av.container.OutputContainer,
        encoding: Encoding,
        *,
        size: tuple[int, int],
        fps: int,
        audio: bool,
    ) -> None:
        self._output = output
        self._rate_hz = encoding.audio_rate_hz
        self._video = _add_video(output, encoding, size, fps)
        self._audio = _add_audio(output, encoding) if audio else None
        self._pending: list[NDArray[np.float32]] = []
        self._pending_count = 0
        self._pending_start = 0

    def frame(self, i420: NDArray[np.uint8], tick: int) -> None:
        """Encode a picture.

        Args:
            i420: shape ``(3 * H / 2, W)``, uint8.
            tick: presentation time, 90 kHz.
        """
        picture = av.VideoFrame.from_ndarray(i420, format="yuv420p")
        picture.pts = tick
        picture.time_base = _TICK
        self._output.mux(self._video.encode(picture))

    def sound(self, start: int, samples: NDArray[np.float32]) -> None:
        """Encode sound. A start that does not follow on leaves a hole in the packets.

        Args:
            start: number of the first sample.
            samples: shape ``(N,)``, float32, -1 to 1.
        """
        if self._pending_count and start != self._pending_start + self._pending_count:
            self._pad()
        if not self._pending_count:
            self._pending_start = start
        self._pending.append(samples)
        self._pending_count += len(samples)
        if self._pending_count >= _AAC_FRAME:
            self._encode_pending()

    def finish(self) -> None:
        """Flush both encoders."""
        self._output.mux(self._video.encode(None))
        if self._audio is not None:
            self._pad()
            self._output.mux(self._audio.encode(None))

    def _pad(self) -> None:
        missing = -self._pending_count % _AAC_FRAME
        self._pending.append(np.zeros(missing, np.float32))
        self._pending_count += missing
        self._encode_pending()

    def _encode_pending(self) -> None:
        if self._audio is None or not self._pending_count:
            return
        together = np.concatenate(self._pending)
        whole = len(together) // _AAC_FRAME * _AAC_FRAME
        for at in range(0, whole, _AAC_FRAME):
            chunk = np.ascontiguousarray(together[None, at : at + _AAC_FRAME])
            frame = av.AudioFrame.from_ndarray(chunk, format="fltp", layout="mono")
            frame.sample_rate = self._rate_hz
            frame.pts = self._pending_start + at
            frame.time_base = Fraction(1, self._rate_hz)
            self._output.mux(self._audio.encode(frame))
        self._pending = [together[whole:]]
        self._pending_count = len(together) - whole
        self._pending_start += whole


@contextmanager
def open_writer(path: Path, encoding: Encoding, *, size: tuple[int, int], fps: int, audio: bool) -> Iterator[Writer]:
    """Open a file for one encode; flushed and closed at the end.

    Args:
        path: file to write; replaced where it exists.
        encoding: codec, container and settings.
        size: width and height, pixels.
        fps: nominal frames per second, for the encoder's rate control only.
        audio: whether there is a sound track.
    """
    # Matroska writes a random identity unless told to be bit-exact.
    options = {"fflags": "+bitexact"} if encoding.container == "mkv" else {}
    with av.open(str(path), "w", format=_FORMATS[encoding.container], options=options) as output:
        writer = Writer(output, encoding, size=size, fps=fps, audio=audio)
        yield writer
        writer.finish()


def _add_video(
    output: av.container.OutputContainer, encoding: Encoding, size: tuple[int, int], fps: int
) -> VideoStream:
    gop, scenecut = encoding.gop, 40 if encoding.scenecut else 0
    if encoding.codec == "h264":
        tuning = (
            f"keyint={gop}:min-keyint={1 if encoding.scenecut else gop}:scenecut={scenecut}:bframes={encoding.bframes}"
        )
        options = {"preset": encoding.preset, "crf": str(encoding.crf), "x264-params": tuning}
        stream = output.add_stream("libx264", rate=fps, options=options)
    else:
        tuning = (
            f"keyint={gop}:min-keyint={1 if encoding.scenecut else gop}:scenecut={scenecut}:bframes={encoding.bframes}"
            f":open-gop=0:pools={encoding.threads}:frame-threads=1:log-level=error:info={int(encoding.signed)}"
        )
        options = {"preset": encoding.preset, "crf": str(encoding.crf), "x265-params": tuning}
        stream = output.add_stream("libx265", rate=fps, options=options)
        if encoding.container == "mp4":
            stream.codec_context.codec_tag = "hvc1"
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    stream.codec_context.time_base = _TICK
    stream.time_base = _TICK
    stream.codec_context.thread_count = encoding.threads
    return stream


def _add_audio(output: av.container.OutputContainer, encoding: Encoding) -> AudioStream:
    stream = output.add_stream("aac", rate=encoding.audio_rate_hz, layout="mono")
    stream.bit_rate = encoding.audio_kbps * 1000
    return stream


def join_by_copy(parts: list[Path], start_ticks: list[int], path: Path, container: str) -> None:
    """Join files packet by packet, as "concatenate without encoding" in an editor does.

    Args:
        parts: files of equal settings.
        start_ticks: when each one begins in the joined file, 90 kHz.
        path: file to write.
        container: ``mp4``, ``mkv`` or ``ts``.
    """
    options = {"fflags": "+bitexact"} if container == "mkv" else {}
    with av.open(str(path), "w", format=_FORMATS[container], options=options) as output:
        with av.open(str(parts[0])) as first:
            streams = {s.type: output.add_stream_from_template(s) for s in first.streams}
        last_dts: dict[str, int] = {}
        for part, start_tick in zip(parts, start_ticks, strict=True):
            with av.open(str(part)) as source:
                for packet in source.demux():
                    if packet.dts is None or packet.pts is None or packet.time_base is None:
                        continue
                    kind = packet.stream.type
                    offset = round(Fraction(start_tick, TICKS_PER_S) / packet.time_base)
                    packet.pts, packet.dts = packet.pts + offset, packet.dts + offset
                    # The encoder delay of the next part's sound reaches back over the seam.
                    if kind in last_dts and packet.dts <= last_dts[kind]:
                        continue
                    last_dts[kind] = packet.dts
                    packet.stream = streams[kind]
                    output.mux(packet)


def encode_again(source_path: Path, path: Path, encoding: Encoding, *, fps: int) -> None:
    """Decode a file and encode it with other settings; time stamps stay.

    Args:
        source_path: the first generation.
        path: the second generation.
        encoding: settings of the second generation.
        fps: nominal frames per second.
    """
    with av.open(str(source_path)) as source:
        video = source.streams.video[0]
        audio = source.streams.audio[0] if source.streams.audio else None
        size = (video.codec_context.width, video.codec_context.height)
        with open_writer(path, encoding, size=size, fps=fps, audio=audio is not None) as writer:
            wanted = [s for s in (video, audio) if s is not None]
            for packet in source.demux(wanted):
                for frame in packet.decode():
                    if not isinstance(frame, av.VideoFrame | av.AudioFrame):
                        continue
                    if frame.pts is None or frame.time_base is None:
                        continue
                    if isinstance(frame, av.VideoFrame):
                        tick = round(frame.pts * frame.time_base * TICKS_PER_S)
                        writer.frame(frame.to_ndarray(format="yuv420p").astype(np.uint8), tick)
                    else:
                        start = round(frame.pts * frame.time_base * encoding.audio_rate_hz)
                        writer.sound(start, frame.to_ndarray()[0].astype(np.float32))


def presented_pts(path: Path) -> tuple[list[int], Fraction]:
    """Return the presentation time stamps of a file's pictures, ascending, and their time base."""
    with av.open(str(path)) as source:
        stream = source.streams.video[0]
        pts = sorted(p.pts for p in source.demux(stream) if p.pts is not None)
        if stream.time_base is None:
            raise ValueError(f"{path} has a video track without a time base")
        return pts, stream.time_base
