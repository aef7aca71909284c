"""A workshop as an array: benches with clutter on a wall, seen by a camera that can be turned."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH_PX: Final = 480
HEIGHT_PX: Final = 270
STATIONS: Final = (
    ((0.1, 0.4), (0.35, 0.4), (0.35, 0.85), (0.1, 0.85)),
    ((0.6, 0.4), (0.85, 0.4), (0.85, 0.85), (0.6, 0.85)),
)
"""Two stations, shares of the picture."""


def room(seed: int = 3) -> NDArray[np.uint8]:
    """The empty room, shape ``(270, 480)``."""
    rng = np.random.default_rng(seed)
    picture = np.full((HEIGHT_PX, WIDTH_PX), 120, np.uint8)
    for _ in range(320):
        x, y = int(rng.integers(0, WIDTH_PX)), int(rng.integers(0, HEIGHT_PX))
        width, height = (int(v) for v in rng.integers(6, 34, 2))
        cv2.rectangle(picture, (x, y), (x + width, y + height), int(rng.integers(40, 210)), -1)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.8), np.uint8)


def taken(picture: NDArray[np.uint8], seed: int = 0, noise: float = 2.0, gain: float = 1.0) -> NDArray[np.uint8]:
    """The picture as a sensor takes it."""
    rng = np.random.default_rng(seed)
    return np.asarray(np.clip(picture * gain + rng.normal(0, noise, picture.shape), 0, 255), np.uint8)


def turned(picture: NDArray[np.uint8], dx_px: float, dy_px: float = 0.0, degrees: float = 0.0) -> NDArray[np.uint8]:
    """The picture after the camera was moved; what comes into view is plain."""
    return np.asarray(cv2.warpAffine(picture, matrix_of(dx_px, dy_px, degrees)[:2], (WIDTH_PX, HEIGHT_PX)), np.uint8)


def matrix_of(dx_px: float, dy_px: float = 0.0, degrees: float = 0.0) -> NDArray[np.float64]:
    """Its homography, shape ``(3, 3)``."""
    matrix = np.vstack((cv2.getRotationMatrix2D((WIDTH_PX / 2, HEIGHT_PX / 2), degrees, 1.0), [0, 0, 1]))
    matrix[:2, 2] += (dx_px, dy_px)
    return np.asarray(matrix, np.float64)


def with_box(picture: NDArray[np.uint8], box: tuple[int, int, int, int], seed: int = 9) -> NDArray[np.uint8]:
    """Something textured before the camera; ``box``: left, top, right, bottom."""
    left, top, right, bottom = box
    other = room(seed)
    changed = picture.copy()
    changed[top:bottom, left:right] = other[top:bottom, left:right]
    return changed
