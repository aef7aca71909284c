"""The burned-in clock: text of a moment, and its pixels on the picture."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.lessons.glyphs import GLYPHS
from benchmarks.lessons.spec import ClockStyle
from benchmarks.lessons.sprites import Image

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_WEEKDAYS: Final = "一二三四五六日"
_OVERSAMPLING: Final = 4
LARGE: Final = "#"
"""Begins a line that is drawn twice as high, like the time on a watermark app's card."""
CARD_PATTERNS: Final = (
    "#{H}:{M}\n{Y}-{m}-{d} 星期{weekday}\nA201",
    "#{H}:{M}:{S}\n{Y}.{m}.{d}",
    "A201\n{Y}-{m}-{d}\n{H}:{M}:{S}",
    "{Y}-{m}-{d} {I}:{M}:{S} {ampm}",
    "{H}:{M}:{S}",
)
"""What watermark apps and odd cameras write, several lines or minutes only; ``CLOCK_PATTERNS`` are the usual ones."""


def clock_text(style: ClockStyle, wall_start: datetime, clock_ns: int) -> str:
    """Return what the clock shows, in Shanghai time.

    Args:
        style: the pattern.
        wall_start: wall-clock time of the take's first frame, timezone-aware.
        clock_ns: nanoseconds after it.
    """
    moment = (wall_start + timedelta(microseconds=clock_ns // 1000)).astimezone(SHANGHAI)
    return style.pattern.format(
        Y=f"{moment.year:04d}", m=f"{moment.month:02d}", d=f"{moment.day:02d}",
        H=f"{moment.hour:02d}", I=f"{(moment.hour - 1) % 12 + 1:02d}", M=f"{moment.minute:02d}",
        S=f"{moment.second:02d}", weekday=_WEEKDAYS[moment.weekday()], half="上午" if moment.hour < 12 else "下午",
        ampm="AM" if moment.hour < 12 else "PM",
    )  # fmt: skip


class ClockOverlay:
    """Draws the clock on frames of one size."""

    def __init__(self, style: ClockStyle, size: tuple[int, int]) -> None:
        self._style = style
        self._size = size
        self._height = max(8, round(style.height_share * size[1]))

    def box(self, text: str) -> tuple[int, int, int, int]:
        """Return where a text lies: x0, y0, x1, y1 in pixels of the picture, even, half-open."""
        high, wide = _rendered(text, self._height, self._style.plate)[0].shape
        width, height = self._size
        edge = 2 * max(2, round(0.009 * width))
        wide, high = min(wide, width - 2 * edge), min(high, height - 2 * edge)
        x0 = edge if self._style.corner.endswith("l") else (width - edge - wide) // 2 * 2
        y0 = edge if self._style.corner.startswith("t") else (height - edge - high) // 2 * 2
        return x0, y0, x0 + wide, y0 + high

    def draw(self, planes: tuple[Image, Image, Image], text: str) -> None:
        """Draw a text into Y, U and V planes of the picture, in place."""
        x0, y0, x1, y1 = self.box(text)
        add, rest, rest_half, add_half = _rendered(text, self._height, self._style.plate)
        high, wide = y1 - y0, x1 - x0
        luma = planes[0][y0:y1, x0:x1]
        cv2.multiply(luma, rest[:high, :wide], dst=luma, scale=1 / 255)
        cv2.add(luma, add[:high, :wide], dst=luma)
        for plane in planes[1:]:
            chroma = plane[y0 // 2 : y1 // 2, x0 // 2 : x1 // 2]
            cv2.multiply(chroma, rest_half[: high // 2, : wide // 2], dst=chroma, scale=1 / 255)
            cv2.add(chroma, add_half[: high // 2, : wide // 2], dst=chroma)


@lru_cache(maxsize=64)
def _rendered(text: str, height: int, plate: bool) -> tuple[Image, Image, Image, Image]:
    """Luma to add, 255 minus alpha, the same at half size, and chroma to add at half size."""
    lines = [
        _Line(line.removeprefix(LARGE), height * (2 if line.startswith(LARGE) else 1)) for line in text.split("\n")
    ]
    pad = max(2, round(0.22 * height)) * _OVERSAMPLING
    grid = 2 * _OVERSAMPLING
    tall = sum(line.height * _OVERSAMPLING + 2 * pad for line in lines)
    shape = (-(-tall // grid) * grid, -(-(max(line.wide for line in lines) + 2 * pad) // grid) * grid)
    ink, under = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    y = pad
    for line in lines:
        thick = max(_OVERSAMPLING, round(0.115 * line.height * _OVERSAMPLING))
        own = np.zeros(shape, np.uint8)
        line.draw(own, (pad, y), thick)
        cv2.max(ink, own, dst=ink)
        cv2.max(under, cv2.dilate(own, np.ones((thick, thick), np.uint8)), dst=under)
        y += line.height * _OVERSAMPLING + 2 * pad
    if plate:
        under = np.full(shape, 150, np.uint8)
    small = (shape[1] // _OVERSAMPLING, shape[0] // _OVERSAMPLING)
    white = cv2.resize(ink, small, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    dark = cv2.resize(under, small, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    alpha = white + (1 - white) * dark
    luma = white * 235 + (1 - white) * dark * 20
    half = cv2.resize(alpha, (small[0] // 2, small[1] // 2), interpolation=cv2.INTER_AREA)
    return _u8(luma), _u8(255 - 255 * alpha), _u8(255 - 255 * half), _u8(128 * half)


class _Line:
    """One line of text at a height in pixels."""

    def __init__(self, text: str, height: int) -> None:
        self.text = text
        self.height = height
        self._scale = height * _OVERSAMPLING / 100
        self.wide = round(sum(GLYPHS[c][0] + 10 for c in text) * self._scale)

    def draw(self, ink: Image, origin: tuple[int, int], thick: int) -> None:
        """Draw it with its upper left corner at ``origin``, in place."""
        x, y = float(origin[0]), origin[1]
        for sign in self.text:
            width, strokes = GLYPHS[sign]
            for stroke in strokes:
                points = np.round(np.asarray(stroke) * self._scale + (x, y)).astype(np.int32)
                cv2.polylines(ink, [points], False, (255,), thick, cv2.LINE_AA)
            x += (width + 10) * self._scale


def _u8(values: NDArray[Any] | cv2.typing.MatLike) -> Image:
    return np.asarray(np.clip(np.round(values), 0, 255), dtype=np.uint8)
