"""Decode the sound once, at a low rate, and keep only its loudness."""

from pathlib import Path
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.sound import LEVEL_STEP_NS, LevelSeries
from lessonproof.evidence.intervals import NS_PER_S, rescale_ns
from lessonproof.media.index import BACKWARD_JUMP_NS, RecordingIndex, time_base
from lessonproof.media.opening import RecordingFile, open_container, packets_of

_RATE_HZ: Final = 8000
_STEP_SAMPLES: Final = _RATE_HZ * LEVEL_STEP_NS // NS_PER_S


def measure_levels(path: Path, index: RecordingIndex) -> LevelSeries | None:
    """Loudness of the first audio track over the recording; ``None`` where there is no track or none can be decoded.

    Samples behind the picture's end are left out: a recording ends with its picture.
    """
    steps = -(-index.packets.duration_ns // LEVEL_STEP_NS)
    energy = np.zeros(steps, np.float64)
    samples = np.zeros(steps, np.int64)
    with RecordingFile(path) as file, open_container(file) as container:
        if not container.streams.audio or container.streams.audio[0].codec_context is None:
            return None
        stream = container.streams.audio[0]
        numerator, denominator = time_base(stream)
        mono, clock = _Mono(), _Clock(index)
        try:
            for packet in packets_of(lambda: container.demux(stream)):
                for frame in _decode(stream.codec_context, packet):
                    if frame.pts is None:
                        continue
                    start_ns = clock.next_time(rescale_ns(frame.pts, numerator, denominator))
                    _add(energy, samples, start_ns, mono.samples(frame))
        except av.error.FFmpegError:
            pass  # what came before stands; the rest has no samples and is told as such
    if not samples.any():
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        rms_dbfs = 10.0 * np.log10(energy / samples)
    return LevelSeries(rms_dbfs.astype(np.float32), samples > 0)


class _Clock:
    """Puts sound on the recording's one time line: where the file's clock starts over, it does so for the sound too."""

    def __init__(self, index: RecordingIndex) -> None:
        self._offsets_ns = [0, *(join.offset_ns for join in index.joins)]
        self._origin_ns = index.origin_ns
        self._restarts = 0
        self._last_ns: int | None = None

    def next_time(self, file_time_ns: int) -> int:
        """Time of the next frame in file order, from its time in the file."""
        if self._last_ns is not None and file_time_ns < self._last_ns - BACKWARD_JUMP_NS:
            self._restarts += 1
        self._last_ns = file_time_ns
        offset_ns = self._offsets_ns[min(self._restarts, len(self._offsets_ns) - 1)]
        return file_time_ns - self._origin_ns + offset_ns


class _Mono:
    """Turns frames of any kind into mono samples at the low rate; joined files change their kind on the way."""

    def __init__(self) -> None:
        self._kind: tuple[str, str, int] | None = None
        self._resampler: av.AudioResampler | None = None

    def samples(self, frame: av.AudioFrame) -> NDArray[np.float32]:
        """Samples of one frame, shape ``(N,)``."""
        kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        if self._resampler is None or kind != self._kind:
            self._kind = kind
            self._resampler = av.AudioResampler(format="flt", layout="mono", rate=_RATE_HZ)
        blocks = [np.asarray(block.to_ndarray(), np.float32).reshape(-1) for block in self._resampler.resample(frame)]
        return np.concatenate(blocks) if blocks else np.empty(0, np.float32)


def _decode(context: av.AudioCodecContext, packet: "av.Packet[av.AudioStream]") -> list[av.AudioFrame]:
    """Frames of one packet; a damaged one gives none, and its time stays without samples."""
    try:
        return context.decode(packet)
    except av.error.FFmpegError:
        return []


def _add(energy: NDArray[np.float64], samples: NDArray[np.int64], start_ns: int, mono: NDArray[np.float32]) -> None:
    """Sort samples into their steps."""
    first = start_ns * _RATE_HZ // NS_PER_S
    step = (first + np.arange(mono.size)) // _STEP_SAMPLES
    inside = (step >= 0) & (step < energy.size)
    np.add.at(energy, step[inside], np.square(mono[inside], dtype=np.float64))
    np.add.at(samples, step[inside], 1)
