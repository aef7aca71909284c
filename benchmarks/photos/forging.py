"""Copies of a photograph as people make them: cropped, scaled, stamped with another watermark, saved again."""

from dataclasses import dataclass
from random import Random
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.media.photos import decode_photo

_KERNELS: Final = (cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC)


@dataclass(frozen=True, slots=True)
class Forgery:
    """What was done.

    Attributes:
        cropped: share of each side that was cut off, 0..0.08.
        scale: what both sides were multiplied by, 0.5..1.
        quality: JPEG quality, 50..95.
        lines: written lines that were painted in.
    """

    cropped: float
    scale: float
    quality: int
    lines: int


def forge(rgb: NDArray[np.uint8], rng: Random) -> tuple[NDArray[np.uint8], Forgery]:
    """Make a copy of a photograph ``(H, W, 3)`` that nobody would call the same file."""
    how = Forgery(rng.uniform(0, 0.08), rng.uniform(0.5, 1), rng.randint(50, 95), rng.choice((0, 0, 1, 2, 3)))
    height, width = rgb.shape[:2]
    left, top = (int(rng.uniform(0, how.cropped) * side) for side in (width, height))
    right, bottom = (start + int(side * (1 - how.cropped)) for start, side in ((left, width), (top, height)))
    cut = rgb[top:bottom, left:right]
    copy = np.asarray(cv2.resize(cut, None, fx=how.scale, fy=how.scale, interpolation=rng.choice(_KERNELS)), np.uint8)
    for line in range(how.lines):
        _write(copy, line, rng)
    return saved(copy, how.quality), how


def saved(rgb: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """A picture as it comes back from a JPEG file."""
    bgr = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
    _, content = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return decode_photo(content.tobytes(), "copy")


def _write(rgb: NDArray[np.uint8], line: int, rng: Random) -> None:
    """A line of a watermark in the lower or upper left, white with a dark edge."""
    height = rgb.shape[0]
    share = 0.95 - 0.07 * line if rng.random() < 0.7 else 0.08 + 0.07 * line
    at = (rng.randint(2, 30), int(height * share))
    text = f"2026-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d} {rng.randint(8, 18):02d}:{rng.randint(0, 59):02d}"
    size = height / 480
    cv2.putText(rgb, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, (20, 20, 20), 3, cv2.LINE_AA)
    cv2.putText(rgb, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, (255, 255, 255), 1, cv2.LINE_AA)
