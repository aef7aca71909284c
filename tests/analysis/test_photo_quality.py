"""Sharp, unsharp, dark, blank, and that the size of a photograph changes none of it."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from lessonproof.analysis.photo_quality import LONG_SIDE_PX, UNSHARP_BLUR, blur_of, judge_quality
from lessonproof.evidence.photo import Clarity


def room(width_px: int = 1600, seed: int = 1) -> NDArray[np.uint8]:
    """Boards, desks and people as a flat drawing: edges of all sizes."""
    rng = np.random.default_rng(seed)
    height_px = width_px * 3 // 4
    picture = np.full((height_px, width_px), 150, np.uint8)
    for _ in range(120):
        x, y = rng.integers(0, width_px), rng.integers(0, height_px)
        w, h = rng.integers(width_px // 60, width_px // 8, 2)
        cv2.rectangle(picture, (int(x), int(y)), (int(x + w), int(y + h)), int(rng.integers(20, 240)), -1)
    return picture


def blurred(picture: NDArray[np.uint8], share: float) -> NDArray[np.uint8]:
    """Blurred by a share of the width, as a shaken or unfocused camera does."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), picture.shape[1] * share), np.uint8)


@pytest.mark.parametrize("width_px", [640, 1000, 1600, 3000])
def test_sharpness_does_not_depend_on_size(width_px: int) -> None:
    sharp, soft = judge_quality(room(width_px)), judge_quality(blurred(room(width_px), 0.01))
    assert sharp.clarity is Clarity.CLEAR
    assert soft.clarity is Clarity.UNSHARP
    assert sharp.blur is not None
    assert soft.blur is not None
    assert sharp.blur < UNSHARP_BLUR - 0.1


def test_noise_is_no_sharpness() -> None:
    rng = np.random.default_rng(2)
    soft = blurred(room(640), 0.01).astype(np.int16) + rng.normal(0, 2, (480, 640)).astype(np.int16)
    assert judge_quality(np.clip(soft, 0, 255).astype(np.uint8)).clarity is Clarity.UNSHARP


def test_small_ones_are_not_judged() -> None:
    small = room(LONG_SIDE_PX - 1)
    assert judge_quality(small).clarity is Clarity.UNKNOWN
    assert judge_quality(small).blur is None
    assert judge_quality(np.ascontiguousarray(room(LONG_SIDE_PX).T)).clarity is Clarity.CLEAR, "upright ones are"


def test_dark_and_blank() -> None:
    assert judge_quality((room() // 8).astype(np.uint8)).clarity is Clarity.DARK
    assert judge_quality(np.full((600, 800), 128, np.uint8)).clarity is Clarity.BLANK


def test_blur_lies_between_nothing_and_all() -> None:
    assert blur_of(np.full((50, 50), 9, np.uint8)) == 1.0
    assert 0.0 < blur_of(room(640)) < 1.0
