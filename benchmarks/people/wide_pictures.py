"""What happens to the wide picture of a room before a camera's encoder sees it: boards, the camera's view, darkness.

Pictures are I420, shape ``(3 * H / 2, W)``, uint8.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

WIDE_PX: Final = (1280, 720)
VIEW_PX: Final = (960, 540)
DARK_SHARE: Final = 0.05

Matrix = NDArray[np.float64]


def put_before(picture: NDArray[np.uint8], box: tuple[int, int, int, int], look: str) -> None:
    """Draw a board into a wide I420 picture, in place."""
    left, top, right, bottom = (value // 2 * 2 for value in box)
    width, height = right - left, bottom - top
    rng = np.random.default_rng(1)
    if look == "plain":
        board = np.full((height, width), 196, np.uint8)
    elif look == "stripes":
        board = np.where(np.arange(width)[None] % 24 < 12, 90, 170).repeat(height, axis=0).astype(np.uint8)
    else:
        coarse = rng.integers(40, 215, (max(2, height // 14), max(2, width // 14)), np.uint8)
        board = np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8)
    picture[top:bottom, left:right] = board
    flat, area = picture.reshape(-1), WIDE_PX[0] * WIDE_PX[1]
    for first in (area, area + area // 4):
        plane = flat[first : first + area // 4].reshape(WIDE_PX[1] // 2, WIDE_PX[0] // 2)
        plane[top // 2 : bottom // 2, left // 2 : right // 2] = 128


def seen_by(picture: NDArray[np.uint8], matrix: Matrix) -> NDArray[np.uint8]:
    """A wide I420 picture as a camera sees it, I420."""
    flat, area = picture.reshape(-1), WIDE_PX[0] * WIDE_PX[1]
    half = np.diag([0.5, 0.5, 1.0]) @ matrix @ np.diag([2.0, 2.0, 1.0])
    planes = [cv2.warpPerspective(picture[: WIDE_PX[1]], matrix, VIEW_PX, borderMode=cv2.BORDER_REPLICATE)]
    for first in (area, area + area // 4):
        plane = flat[first : first + area // 4].reshape(WIDE_PX[1] // 2, WIDE_PX[0] // 2)
        size = (VIEW_PX[0] // 2, VIEW_PX[1] // 2)
        planes.append(cv2.warpPerspective(plane, half, size, borderMode=cv2.BORDER_REPLICATE))
    return np.concatenate([np.asarray(plane, np.uint8).reshape(-1) for plane in planes]).reshape(-1, VIEW_PX[0])


def darkened(picture: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """At night: hardly any light, the sensor's noise, no colour."""
    dark = picture.copy()
    luma = dark[: VIEW_PX[1]]
    noise = rng.normal(0, 1.5, luma.shape).astype(np.float32)
    luma[:] = np.clip(16 + (luma.astype(np.float32) - 16) * DARK_SHARE + noise, 16, 235)
    dark[VIEW_PX[1] :] = 128
    return dark
