"""What a detector saw in one sampled picture of a recording, kept small: boxes, scores, and the picture's luma."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.models.detector import Detections

LUMA_LONG_SIDE_PX: Final = 320
"""Fine enough to show that somebody in the last row moves, coarse enough to swallow noise: some 60 kB a picture."""


@dataclass(frozen=True, slots=True, eq=False)
class SeenPeople:
    """One sampled picture; lives as long as the analysis of its recording, and is never stored.

    Attributes:
        time_ns: presentation time.
        boxes_xyxy: shape ``(K, 4)``, float32: left, top, right, bottom as shares of the picture's width and height.
        scores: shape ``(K,)``, float32, falling.
        luma: shape ``(rows, columns)``, uint8: the picture, its longer side :data:`LUMA_LONG_SIDE_PX` at most.
        is_capped: the detector gave as many boxes as it is able to.
    """

    time_ns: int
    boxes_xyxy: NDArray[np.float32]
    scores: NDArray[np.float32]
    luma: NDArray[np.uint8]
    is_capped: bool = False

    def __post_init__(self) -> None:
        number = self.scores.size
        if self.boxes_xyxy.shape != (number, 4) or self.luma.ndim != 2 or not self.luma.size:
            raise ValueError(f"shapes do not fit: {self.boxes_xyxy.shape} {self.scores.shape} {self.luma.shape}")


def seen_people(time_ns: int, rgb: NDArray[np.uint8], found: Detections) -> SeenPeople:
    """Keep of a picture what counting needs.

    Args:
        time_ns: presentation time.
        rgb: shape ``(H, W, 3)``, uint8.
        found: persons in it, pixels.
    """
    height_px, width_px = rgb.shape[:2]
    size = np.array([width_px, height_px, width_px, height_px], np.float32)
    boxes = np.clip(found.boxes_xyxy_px, 0, size)
    luma = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)
    share = LUMA_LONG_SIDE_PX / max(height_px, width_px)
    if share < 1:
        small = max(1, round(width_px * share)), max(1, round(height_px * share))
        luma = np.asarray(cv2.resize(luma, small, interpolation=cv2.INTER_AREA), np.uint8)
    return SeenPeople(time_ns, np.asarray(boxes / size, np.float32), found.scores, luma, found.is_capped)
