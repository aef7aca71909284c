"""Pictures with a burned-in clock, and a reader that knows which texts may stand there."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.lessons.clock_overlay import SHANGHAI, ClockOverlay, clock_text
from benchmarks.lessons.glyphs import GLYPHS
from benchmarks.lessons.spec import ClockStyle
from lessonproof.analysis.clock_glyphs import GlyphSet
from lessonproof.analysis.clock_overlay import ClockLayout, ClockLine, ClockReading
from lessonproof.analysis.clock_overlay import ClockOverlay as LearnedOverlay
from lessonproof.analysis.clock_series import ClockSeries, series_of
from lessonproof.analysis.clock_text import seconds_of
from lessonproof.evidence.dossier import ModelStamp
from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.models.clock_reader import ReadLine, TextBox

SIZE: Final = (480, 270)
START: Final = datetime(2024, 9, 1, 8, 29, 55, tzinfo=SHANGHAI)


def room(seed: int, size: tuple[int, int] = SIZE) -> NDArray[np.uint8]:
    """A room without a clock; the light and the noise are other ones for each seed."""
    width, height = size
    fixed = np.random.default_rng(7).normal(0, 30, (height // 30 + 1, width // 30 + 1)).astype(np.float32)
    wall = cv2.resize(fixed, size, interpolation=cv2.INTER_CUBIC) + 120 + 12 * np.sin(seed)
    noisy = wall + np.random.default_rng(seed).normal(0, 2, wall.shape)
    return np.asarray(np.clip(noisy, 0, 255), np.uint8)


class Scene:
    """A camera with a clock of some style."""

    def __init__(self, pattern: str, corner: str = "tl", height_share: float = 0.07, *, plate: bool = False) -> None:
        self.style = ClockStyle(pattern, corner, height_share, plate)
        self._drawn = ClockOverlay(self.style, SIZE)

    def text(self, wall: datetime) -> str:
        """What the clock shows at a moment."""
        return clock_text(self.style, wall, 0)

    def picture(self, wall: datetime, seed: int = 0) -> NDArray[np.uint8]:
        """Luma of the picture at a moment."""
        luma = room(seed)
        chroma = np.full((SIZE[1] // 2, SIZE[0] // 2), 128, np.uint8)
        self._drawn.draw((luma, chroma, chroma.copy()), self.text(wall))
        return luma

    def pictures(self, seconds: Sequence[int]) -> list[tuple[int, NDArray[np.uint8]]]:
        """Time and luma of pictures so many seconds after the start."""
        return [(s * NS_PER_S, self.picture(START + timedelta(seconds=s), s)) for s in seconds]

    def reader(self, seconds: Sequence[int]) -> "KnownTextReader":
        """A reader that knows all texts shown at these seconds."""
        texts = sorted({self.text(START + timedelta(seconds=s)) for s in seconds})
        return KnownTextReader(self._drawn, texts)


class KnownTextReader:
    """A ``ClockReader`` that takes the one of the known texts whose drawing is most like the crop.

    It reads one line only; what it tells of places is as rough as what a real one tells.
    """

    def __init__(self, drawn: ClockOverlay, texts: Sequence[str]) -> None:
        self._drawn = drawn
        self._texts = texts
        self.crops_read = 0
        self._parts = [self._draw(text) for text in texts]

    @property
    def stamps(self) -> tuple[ModelStamp, ...]:
        return (ModelStamp("known", "0" * 64),)

    def find_lines(self, luma: NDArray[np.uint8]) -> list[TextBox]:  # noqa: ARG002  it knows the place
        return [TextBox(*self._drawn.box(self._texts[0]))]

    def read_lines(self, crops: Sequence[NDArray[np.uint8]]) -> list[ReadLine]:
        self.crops_read += len(crops)
        return [self._read(crop) for crop in crops]

    def _read(self, crop: NDArray[np.uint8]) -> ReadLine:
        x0, y0, _, y1 = self._drawn.box(self._texts[0])
        wide, high = round(0.6 * (y1 - y0)), round(0.08 * (y1 - y0))
        left, top = min(x0, wide), min(y0, high)
        part = self._parts[0]
        seen = np.ascontiguousarray(crop[top : top + part.shape[0], left : left + part.shape[1]])
        scores = [float(np.mean(cv2.absdiff(part, seen))) for part in self._parts]
        text = self._texts[int(np.argmin(scores))]
        return ReadLine(text, 0.9, self._places(text, left, crop.shape[1], y1 - y0))

    def _draw(self, text: str) -> NDArray[np.uint8]:
        luma = np.full((SIZE[1], SIZE[0]), 120, np.uint8)
        chroma = np.full((SIZE[1] // 2, SIZE[0] // 2), 128, np.uint8)
        self._drawn.draw((luma, chroma, chroma.copy()), text)
        x0, y0, x1, y1 = self._drawn.box(self._texts[0])
        return luma[y0:y1, x0:x1]

    def _places(self, text: str, left: int, width: int, box_height: int) -> tuple[float, ...]:
        height = max(8, round(self._drawn._style.height_share * SIZE[1]))
        pad = max(2, round(0.22 * height))
        widths = [(GLYPHS[sign][0] + 10) * height / 100 for sign in text]
        starts = accumulate([0.0, *widths[:-1]])
        rough = box_height / 12  # a reader answers in steps
        centres = [left + pad + a + w / 2 for a, w in zip(starts, widths, strict=True)]
        return tuple(min(1.0, round(c / rough) * rough / width) for c in centres)


Shown = Callable[[float], float]
"""Seconds on the clock after the start, by presentation time in seconds."""


def readings(shown: Shown, times_s: Sequence[float], start: datetime = START) -> list[ClockReading]:
    """What is read of a clock that shows full seconds."""
    first = seconds_of(start)
    return [ClockReading(round(t * NS_PER_S), "", first + int(shown(t) // 1), 2.0) for t in times_s]


def every(spacing_s: float, end_s: float = 240.0) -> list[float]:
    """Times of random-access pictures, seconds."""
    return np.arange(0.0, end_s, spacing_s).tolist()


def overlay(*, has_date: bool = True, unit_s: int = 1) -> LearnedOverlay:
    """A clock that was found, for those who read nothing with it."""
    nothing = np.zeros((10, 1), np.float32)
    glyphs = GlyphSet("0123456789", nothing, nothing, np.ones(1, np.float32), 1, 1.0)
    line = ClockLine(TextBox(0, 0, 10, 10), (ClockLayout("HHMMSS", np.zeros(6)),), glyphs)
    return LearnedOverlay((100, 100), (line,), (), has_date, unit_s)


def series(shown: Shown, times_s: Sequence[float]) -> ClockSeries:
    """The same as :func:`readings`, as a series."""
    return series_of(readings(shown, times_s), overlay())


class FakeSource:
    """A ``ClockSource`` of 25 frames a second."""

    def __init__(self, shown: Shown, start: datetime = START) -> None:
        self._shown = shown
        self._start = start
        self.asked: list[Interval] = []

    def read(self, stretch: Interval) -> list[ClockReading]:
        self.asked.append(stretch)
        first, end = -(-stretch.start_ns * 25 // NS_PER_S), -(-stretch.end_ns * 25 // NS_PER_S)
        return readings(self._shown, [k / 25 for k in range(first, end)], self._start)
