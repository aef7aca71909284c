"""How well a photograph can be made out, whatever its resolution: sharp, unsharp, dark, or nothing on it.

Everything is measured at one size, so that a large photograph that is a little soft counts as a viewer sees it. What
has fewer pixels than that is not judged: enlarged, everything looks soft.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.evidence.photo import Clarity

LONG_SIDE_PX: Final = 640
UNSHARP_BLUR: Final = 0.76
DARK_LEVEL: Final = 40
"""Where nineteen of twenty pixels are darker, faces cannot be made out."""
BLANK_SPREAD: Final = 12
"""Levels between the darkest and the brightest twentieth of a wall, a sheet of paper, a lens cap."""
_PRESMOOTH_SIGMA_PX: Final = 0.6
_NOISE_LEVELS: Final = 4.0
"""Noise is no sharpness: smaller changes between neighbours are passed over."""
_BOX_PX: Final = 9


@dataclass(frozen=True, slots=True)
class Quality:
    """What was measured; ``blur`` is ``None`` where there is nothing to measure it on."""

    clarity: Clarity
    blur: float | None


def judge_quality(luma: NDArray[np.uint8]) -> Quality:
    """Judge a photograph.

    Args:
        luma: shape ``(H, W)``.
    """
    if max(luma.shape) < LONG_SIDE_PX:
        return Quality(Clarity.UNKNOWN, None)
    scale = LONG_SIDE_PX / max(luma.shape)
    size = (LONG_SIDE_PX, max(1, round(luma.shape[0] * scale)))
    if luma.shape[0] > luma.shape[1]:
        size = (max(1, round(luma.shape[1] * scale)), LONG_SIDE_PX)
    small = np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8)
    low, high = np.percentile(small, (5, 95))
    if high < DARK_LEVEL:
        return Quality(Clarity.DARK, None)
    if high - low < BLANK_SPREAD:
        return Quality(Clarity.BLANK, None)
    blur = round(blur_of(small), 4)
    return Quality(Clarity.UNSHARP if blur >= UNSHARP_BLUR else Clarity.CLEAR, blur)


def blur_of(luma: NDArray[np.uint8]) -> float:
    """How little of a picture's changes a further blur takes away, 0 (sharp) to 1.

    Args:
        luma: shape ``(H, W)``.

    Source: Crete, Dolmiere, Ladret and Nicolas (2007), "The blur effect", SPIE 6492.
    """
    picture = cv2.GaussianBlur(luma.astype(np.float32), (0, 0), _PRESMOOTH_SIGMA_PX)
    found = []
    for axis, kernel in ((0, (1, _BOX_PX)), (1, (_BOX_PX, 1))):
        softer = cv2.blur(picture, kernel)
        before = np.abs(np.diff(picture, axis=axis))
        before[before < _NOISE_LEVELS] = 0.0
        after = np.abs(np.diff(softer, axis=axis))
        whole = float(before.sum())
        lost = float(np.maximum(0.0, before - after).sum())
        found.append(1.0 if whole == 0.0 else 1.0 - lost / whole)
    return max(found)
