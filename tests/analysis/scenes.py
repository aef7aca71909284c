"""Synthetic rooms as arrays: a textured wall, textured people, sensor noise. No file, no encoder."""

from collections.abc import Callable, Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.frames import FrameWindow, WindowBuilder

HEIGHT_PX: Final = 192
WIDTH_PX: Final = 320
FRAME_NS: Final = 40_000_000
PEOPLE: Final = ((40, 90), (110, 100), (180, 84), (250, 96), (75, 130), (220, 132))
"""Left and top of six people, pixels."""
PERSON_PX: Final = (44, 26)
"""Height and width of a person."""

Picture = NDArray[np.float32]


def texture(seed: int, height: int = HEIGHT_PX, width: int = WIDTH_PX, *, cell_px: int = 7) -> Picture:
    """Smooth random texture between 40 and 200 levels."""
    rng = np.random.default_rng(seed)
    coarse = rng.uniform(40, 200, (height // cell_px + 2, width // cell_px + 2)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def room(
    places: Sequence[tuple[int, int]] = PEOPLE, *, background_seed: int = 1, size_px: tuple[int, int] = PERSON_PX
) -> Picture:
    """A wall with people at the given places (left, top), each with a texture of their own."""
    picture = texture(background_seed)
    height, width = size_px
    for number, (left, top) in enumerate(places):
        person = texture(100 + number, height, width, cell_px=5)
        x0, x1 = max(0, left), min(WIDTH_PX, left + width)
        y0, y1 = max(0, top), min(HEIGHT_PX, top + height)
        if x0 < x1 and y0 < y1:
            picture[y0:y1, x0:x1] = person[y0 - top : y1 - top, x0 - left : x1 - left]
    return picture


def window(
    count: int, picture_at: Callable[[int], Picture], *, keys: frozenset[int] = frozenset({0}), noise: float = 1.5
) -> FrameWindow:
    """A decoded window of ``count`` frames at 25 frames a second.

    Args:
        count: frames.
        picture_at: the noiseless picture of each frame.
        keys: which frames are random-access pictures.
        noise: standard deviation of the sensor's noise, levels.
    """
    rng = np.random.default_rng(7)
    builder = WindowBuilder()
    for number in range(count):
        picture = picture_at(number)
        noisy = picture + rng.normal(0.0, noise, picture.shape) if noise else picture
        luma = np.clip(np.round(noisy), 0, 255).astype(np.uint8)
        builder.add(number * FRAME_NS, luma, is_key=number in keys)
    built = builder.build()
    assert built is not None
    return built


def swaying(number: int) -> Picture:
    """People who sway by a pixel or two, each at a pace of their own."""
    places = [
        (left + round(1.6 * np.sin(0.5 * number + 1.3 * k)), top + round(1.2 * np.cos(0.4 * number + k)))
        for k, (left, top) in enumerate(PEOPLE)
    ]
    return room(places)
