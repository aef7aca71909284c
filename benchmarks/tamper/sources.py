"""Honest files to be edited: pictures by number, sound by sample. Decoded through PyAV; only the last is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.lessons.encode import presented_pts
from benchmarks.lessons.sound import Samples
from benchmarks.lessons.spec import TICKS_PER_S

Image = NDArray[np.uint8]
_WALK_AHEAD: Final = 300
"""Decoding this many frames is cheaper than opening the file anew."""
_FURTHER_BACK_S: Final = (2, 10, 60, 1 << 20)


@dataclass(frozen=True, slots=True)
class SourceTimes:
    """When a file's pictures are shown.

    Attributes:
        ticks: shape ``(N + 1,)``, 90 kHz from the first frame; the last one is where the last frame ends.
        nominal: usual step.
        size: width and height, pixels, both even.
        has_sound: whether there is a sound track.
    """

    ticks: NDArray[np.int64]
    nominal: int
    size: tuple[int, int]
    has_sound: bool

    def frame_at(self, second: float) -> int:
        """Number of the first frame that is shown at or after a moment."""
        found = np.searchsorted(self.ticks, round(second * TICKS_PER_S), side="left")
        return min(int(found), len(self.ticks) - 1)

    @property
    def duration_s(self) -> float:
        """From the first frame to the end of the last one."""
        return float(self.ticks[-1]) / TICKS_PER_S


def read_times(path: Path) -> SourceTimes:
    """Read a file's time stamps and what it holds."""
    pts, time_base = presented_pts(path)
    exact = np.array([round((p - pts[0]) * time_base * TICKS_PER_S) for p in pts], dtype=np.int64)
    nominal = int(np.median(np.diff(exact))) if len(exact) > 1 else TICKS_PER_S // 25
    with av.open(str(path)) as container:
        context = container.streams.video[0].codec_context
        size = (context.width // 2 * 2, context.height // 2 * 2)
        return SourceTimes(np.append(exact, exact[-1] + nominal), nominal, size, bool(container.streams.audio))


class Pictures:
    """A file's pictures by number, in any order; best in rising order."""

    def __init__(self, path: Path, size: tuple[int, int]) -> None:
        self._path = path
        self._size = size
        pts, _ = presented_pts(path)
        self._number = {p: k for k, p in enumerate(pts)}
        self._pts = pts
        self._frames: Iterator[tuple[int, Image]] | None = None
        self._last: tuple[int, Image] | None = None

    def __getitem__(self, number: int) -> Image:
        """Picture as I420 of the wanted size, shape ``(3 * H / 2, W)``; not to be written to."""
        if self._last is not None and self._last[0] == number:
            return self._last[1]
        ahead = number - self._last[0] if self._last is not None else -1
        if self._frames is None or not 0 < ahead <= _WALK_AHEAD:
            self._frames = self._from(number)
        for found, picture in self._frames:
            if found == number:
                self._last = (found, picture)
                return picture
        raise ValueError(f"{self._path} has no picture {number}")

    def stretch(self, first: int, end: int) -> list[Image]:
        """Pictures ``[first, end)``."""
        return [self[number] for number in range(first, end)]

    def _from(self, number: int) -> Iterator[tuple[int, Image]]:
        """Pictures from a number on; a container without an index leads there roughly and is asked further back."""
        for back_s in (0, *_FURTHER_BACK_S):
            pictures = self._sought(number, back_s)
            first = next(pictures, None)
            if first is not None and first[0] == number:
                yield first
                yield from pictures
                return
        raise ValueError(f"{self._path} has no picture {number}")

    def _sought(self, number: int, back_s: int) -> Iterator[tuple[int, Image]]:
        """Pictures from a number on, as far as a seek to so many seconds before it leads there."""
        with av.open(str(self._path)) as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            base = stream.time_base or Fraction(1, TICKS_PER_S)
            container.seek(max(self._pts[0], self._pts[number] - round(back_s / base)), stream=stream, backward=True)
            for frame in container.decode(stream):
                if frame.pts is None or frame.pts not in self._number:
                    continue
                found = self._number[frame.pts]
                if found >= number:
                    yield found, self._sized(frame)

    def _sized(self, frame: av.VideoFrame) -> Image:
        width, height = self._size
        if (frame.width, frame.height) == self._size:
            return np.asarray(frame.to_ndarray(format="yuv420p"), np.uint8)
        bgr = frame.to_ndarray(format="bgr24")
        small = cv2.resize(bgr, (width, height), interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2YUV_I420), np.uint8)


class FileSound:
    """A file's sound, mono, aligned with its first picture; silence outside of it."""

    def __init__(self, path: Path, rate_hz: int) -> None:
        self._samples = _read_sound(path, rate_hz)

    def samples(self, start: int, count: int) -> Samples:
        """Return ``count`` samples from sample ``start`` on, float32."""
        heard = np.zeros(count, np.float32)
        a, b = max(0, start), min(len(self._samples), start + count)
        if a < b:
            heard[a - start : b - start] = self._samples[a:b]
        return heard


def _read_sound(path: Path, rate_hz: int) -> Samples:
    pts, video_base = presented_pts(path)
    origin = pts[0] * video_base
    with av.open(str(path)) as container:
        if not container.streams.audio:
            return np.zeros(0, np.float32)
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=rate_hz)
        chunks: list[tuple[int, Samples]] = []
        for frame in container.decode(container.streams.audio[0]):
            for part in resampler.resample(frame):
                if part.pts is None or part.time_base is None:
                    continue
                chunks.append((_sample(part.pts * part.time_base - origin, rate_hz), part.to_ndarray()[0]))
    heard = np.zeros(max((at + len(c) for at, c in chunks), default=0), np.float32)
    for at, chunk in chunks:
        heard[max(0, at) : at + len(chunk)] = chunk[max(0, -at) :]
    return heard


def _sample(second: Fraction, rate_hz: int) -> int:
    return round(second * rate_hz)
