"""A drawn room with people who never hold still, photographed with noise; shared by the tests of photographs."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH_PX, HEIGHT_PX = 640, 480
_PERSON_W, _PERSON_H = 90, 170
_SEATS: Final = ((90, 240), (280, 220), (470, 250))


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A photograph and where its people are.

    Attributes:
        luma: shape ``(480, 640)``, uint8.
        people_xyxy_px: shape ``(P, 4)``, float32.
    """

    luma: NDArray[np.uint8]
    people_xyxy_px: NDArray[np.float32]


def photograph(moment: int, *, people: int = 3, room: int = 7, walks: bool = False) -> Photo:
    """The room at a moment: walls and desks as ever, people moved by a few pixels, other noise."""
    picture = _textured(HEIGHT_PX, WIDTH_PX, room)
    rng = np.random.default_rng(1000 * room + moment)
    boxes = []
    for number, (x, y) in enumerate(_SEATS[:people]):
        left, top = x + int(rng.integers(-4, 5)), y + int(rng.integers(-3, 4))
        picture[top : top + _PERSON_H, left : left + _PERSON_W] = _person(number, rng)
        boxes.append((left, top, left + _PERSON_W, top + _PERSON_H))
    if walks:
        left = 20 + 40 * (moment % 12)
        picture[60:180, left : left + 40] = _textured(120, 40, 900)
    noisy = picture.astype(np.float32) + rng.normal(0, 2.0, picture.shape)
    return Photo(np.clip(noisy, 0, 255).astype(np.uint8), np.array(boxes, np.float32).reshape(-1, 4))


def saved_again(photo: Photo, *, quality: int = 70, scale: float = 1.0, cropped: float = 0.0) -> Photo:
    """The same exposure compressed, scaled, and cut at the left and upper edge."""
    left, top = int(cropped * WIDTH_PX), int(cropped * HEIGHT_PX)
    cut = photo.luma[top:, left:]
    small = cv2.resize(cut, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    _, content = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(content, cv2.IMREAD_GRAYSCALE)
    moved = (photo.people_xyxy_px - np.array([left, top, left, top], np.float32)) * np.float32(scale)
    return Photo(np.asarray(decoded, np.uint8), np.asarray(moved, np.float32))


def _person(number: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The same clothes, each time in other folds: a field of displacements of some pixels."""
    cloth = _textured(_PERSON_H + 40, _PERSON_W + 40, 50 + number)
    coarse = rng.normal(0, 4.0, (2, 5, 4)).astype(np.float32)
    folds = [cv2.resize(part, (_PERSON_W, _PERSON_H), interpolation=cv2.INTER_CUBIC) for part in coarse]
    rows, columns = np.mgrid[20 : 20 + _PERSON_H, 20 : 20 + _PERSON_W].astype(np.float32)
    return np.asarray(cv2.remap(cloth, columns + folds[0], rows + folds[1], cv2.INTER_LINEAR), np.uint8)


def _textured(height_px: int, width_px: int, seed: int) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    picture = np.full((height_px, width_px), 140, np.uint8)
    for _ in range(height_px * width_px // 500):
        x, y = int(rng.integers(0, width_px)), int(rng.integers(0, height_px))
        w, h = (int(side) for side in rng.integers(4, 26, 2))
        cv2.rectangle(picture, (x, y), (x + w, y + h), int(rng.integers(40, 230)), -1)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.8), np.uint8)
