"""What a detector saw in one sampled picture of a recording, kept small: boxes, scores, and how each box looks."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.models.detector import Detections

LOOK_COLUMNS: Final = 12
LOOK_ROWS: Final = 16


@dataclass(frozen=True, slots=True, eq=False)
class SeenPeople:
    """One sampled picture; lives as long as the analysis of its recording, and is never stored.

    Attributes:
        time_ns: presentation time.
        boxes_xyxy: shape ``(K, 4)``, float32: left, top, right, bottom as shares of the picture's width and height.
        scores: shape ``(K,)``, float32, falling.
        looks: shape ``(K, LOOK_ROWS, LOOK_COLUMNS)``, uint8: luma inside each box, a few cells that show nobody's face.
        is_capped: the detector gave as many boxes as it is able to.
    """

    time_ns: int
    boxes_xyxy: NDArray[np.float32]
    scores: NDArray[np.float32]
    looks: NDArray[np.uint8]
    is_capped: bool = False

    def __post_init__(self) -> None:
        number = self.scores.size
        if self.boxes_xyxy.shape != (number, 4) or self.looks.shape != (number, LOOK_ROWS, LOOK_COLUMNS):
            raise ValueError(f"shapes do not fit: {self.boxes_xyxy.shape} {self.scores.shape} {self.looks.shape}")


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
    looks = np.zeros((len(boxes), LOOK_ROWS, LOOK_COLUMNS), np.uint8)
    for look, (left, top, right, bottom) in zip(looks, boxes.round().astype(int).tolist(), strict=True):
        inside = luma[top : max(bottom, top + 1), left : max(right, left + 1)]
        if inside.size:
            look[...] = cv2.resize(inside, (LOOK_COLUMNS, LOOK_ROWS), interpolation=cv2.INTER_AREA)
    return SeenPeople(time_ns, np.asarray(boxes / size, np.float32), found.scores, looks, found.is_capped)
