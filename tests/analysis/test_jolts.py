"""One transform of the picture explains a jolt of the camera; people and other rooms are never excused by it."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from lessonproof.analysis.jolts import is_jolt

MARGIN_PX = 24


def room(seed: int) -> NDArray[np.uint8]:
    """A room of boxes wider than what a camera shows, shape ``(144, 208)``."""
    rng = np.random.default_rng(seed)
    canvas = np.full((96 + 2 * MARGIN_PX, 160 + 2 * MARGIN_PX), 120, np.uint8)
    for _ in range(90):
        x, y = int(rng.integers(0, 200)), int(rng.integers(0, 136))
        size = int(rng.integers(6, 24)), int(rng.integers(6, 24))
        cv2.rectangle(canvas, (x, y), (x + size[0], y + size[1]), int(rng.integers(30, 220)), -1)
    return np.asarray(cv2.GaussianBlur(canvas, (0, 0), 0.8), np.uint8)


def seen(canvas: NDArray[np.uint8], x: float = 0, y: float = 0, turn: float = 0, zoom: float = 1) -> NDArray[np.uint8]:
    """What a camera shows of a room that is shifted, turned (degrees) and zoomed, shape ``(96, 160)``."""
    height, width = canvas.shape
    transform = cv2.getRotationMatrix2D((width / 2, height / 2), turn, zoom)
    transform[:, 2] += np.array([x, y])
    moved = cv2.warpAffine(canvas, transform, (width, height), flags=cv2.INTER_CUBIC)
    return np.asarray(moved[MARGIN_PX:-MARGIN_PX, MARGIN_PX:-MARGIN_PX], np.uint8)


def with_people(canvas: NDArray[np.uint8], at: int) -> NDArray[np.uint8]:
    """The room with a roomful of people, each ``at`` pixels to the right of their seats."""
    peopled = canvas.copy()
    for row in range(3):
        for seat in range(5):
            x, y = 40 + 28 * seat + at, 50 + 24 * row
            cv2.ellipse(peopled, (x, y), (5, 9), 0, 0, 360, 25 + 40 * seat, -1)
    return peopled


@pytest.mark.parametrize(("x", "y", "turn"), [(12, 0, 0), (0, -9, 0), (14, 6, 0), (5.5, 3.5, 1), (-10, 4, 2)], ids=str)
def test_a_shift_or_turn_of_the_whole_picture_is_a_jolt(x: float, y: float, turn: float) -> None:
    canvas = with_people(room(1), 0)
    assert is_jolt(seen(canvas), seen(canvas, x, y, turn))


def test_people_that_jump_are_not_excused_by_a_camera_that_moved_too() -> None:
    assert not is_jolt(seen(with_people(room(1), 0)), seen(with_people(room(1), 7), 12, 4))


def test_people_that_jump_before_a_camera_that_stands_are_no_jolt() -> None:
    assert not is_jolt(seen(with_people(room(1), 0)), seen(with_people(room(1), 7)))


@pytest.mark.parametrize("seed", range(2, 8))
def test_another_room_is_no_jolt(seed: int) -> None:
    assert not is_jolt(seen(room(1)), seen(room(seed)))


def test_a_lens_does_not_zoom_from_one_frame_to_the_next() -> None:
    assert not is_jolt(seen(room(1)), seen(room(1), zoom=1.08))


@pytest.mark.parametrize("level", [0, 128])
def test_nothing_is_told_of_a_picture_without_structure(level: int) -> None:
    flat = np.full((96, 160), level, np.uint8)
    assert not is_jolt(flat, seen(room(1)))
    assert not is_jolt(flat, flat)
