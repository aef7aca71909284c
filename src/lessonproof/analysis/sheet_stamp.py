"""Whether a page carries a round red seal, and where: found by colour and size, whatever it is pressed over."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

RED: Final = 0.15
"""Red share above the others: a seal's ink has 0.3 and more, paper and pens noise."""
_SEAL_MM: Final = (26.0, 62.0)
"""Least and greatest width: round seals of institutions are 38 to 42 mm wide; part of one may be faint."""
_LEAST_RED_MM2: Final = 60.0
_NO_RED_MM2: Final = 15.0
_NO_COLOUR: Final = 0.02


@dataclass(frozen=True, slots=True)
class Seals:
    """Seals on a page.

    Attributes:
        is_stamped: whether there is one; ``None`` where the picture cannot tell.
        area: where they are, shape ``(H, W)`` of the page.
    """

    is_stamped: bool | None
    area: NDArray[np.bool_]


def find_seals(shares: NDArray[np.float32], red: NDArray[np.float32], px_per_mm: float) -> Seals:
    """Look for seals.

    Args:
        shares: colours as shares of the paper's, RGB, shape ``(H, W, 3)``.
        red: their redness, shape ``(H, W)``.
        px_per_mm: scale of the page.
    """
    size_mm = (round(red.shape[1] / px_per_mm), round(red.shape[0] / px_per_mm))
    per_mm2 = cv2.resize((red > RED).astype(np.float32), size_mm, interpolation=cv2.INTER_AREA)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
    joined = cv2.morphologyEx((per_mm2 > 0.08).astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    area = np.zeros(labels.shape, np.uint8)
    for label in range(1, count):
        x, y, width, height = (int(value) for value in stats[label, :4])
        is_round = _SEAL_MM[0] <= min(width, height) and max(width, height) <= _SEAL_MM[1]
        if is_round and per_mm2[labels == label].sum() >= _LEAST_RED_MM2:
            radius = max(width, height) // 2 + 2
            cv2.circle(area, (x + width // 2, y + height // 2), radius, 1, -1)
    whole = cv2.resize(area, (red.shape[1], red.shape[0]), interpolation=cv2.INTER_NEAREST).astype(bool)
    if area.any():
        return Seals(is_stamped=True, area=whole)
    can_tell = per_mm2.sum() < _NO_RED_MM2 and _has_colour(shares)
    return Seals(is_stamped=False if can_tell else None, area=whole)


def _has_colour(shares: NDArray[np.float32]) -> bool:
    """Whether the picture holds colour at all: a black and white copy shows no seal's red."""
    small = cv2.resize(shares, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    return bool(np.percentile(small.max(axis=2) - small.min(axis=2), 99.5) > _NO_COLOUR)
