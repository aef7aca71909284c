"""What is kept of a sampled picture."""

import numpy as np
import pytest
from numpy.typing import NDArray

from lessonproof.analysis.people_detections import LUMA_LONG_SIDE_PX, SeenPeople, seen_people
from lessonproof.models.detector import Detections


def found(*boxes: tuple[float, float, float, float], is_capped: bool = False) -> Detections:
    return Detections(
        np.array(boxes, np.float32).reshape(-1, 4), np.linspace(0.9, 0.5, len(boxes)).astype(np.float32), is_capped
    )


@pytest.mark.parametrize(("height_px", "width_px"), [(180, 320), (320, 180)], ids=["landscape", "portrait"])
def test_boxes_are_shares_of_the_picture(height_px: int, width_px: int) -> None:
    rgb = np.zeros((height_px, width_px, 3), np.uint8)
    seen = seen_people(7, rgb, found((width_px / 4, height_px / 2, width_px / 2, height_px)))
    assert seen.time_ns == 7
    assert seen.boxes_xyxy.dtype == np.float32
    assert seen.boxes_xyxy.tolist() == [[0.25, 0.5, 0.5, 1.0]]


def test_what_reaches_over_the_border_is_cut_off() -> None:
    seen = seen_people(0, np.zeros((100, 200, 3), np.uint8), found((-20, -5, 300, 400)))
    assert seen.boxes_xyxy.tolist() == [[0, 0, 1, 1]]


def test_a_large_picture_is_kept_small_and_a_small_one_as_it_is() -> None:
    rgb = np.zeros((720, 1280, 3), np.uint8)
    rgb[:, 640:] = 200
    luma = seen_people(0, rgb, found()).luma
    assert luma.shape == (LUMA_LONG_SIDE_PX * 720 // 1280, LUMA_LONG_SIDE_PX)
    assert set(luma[:, : LUMA_LONG_SIDE_PX // 2].ravel().tolist()) == {0}
    assert set(luma[:, LUMA_LONG_SIDE_PX // 2 :].ravel().tolist()) == {200}
    assert seen_people(0, rgb[:100, :50], found()).luma.shape == (100, 50)


def test_noise_of_single_pixels_is_swallowed() -> None:
    """Noise of single pixels is no movement."""
    rgb = np.random.default_rng(1).integers(60, 141, (1080, 1920, 3)).astype(np.uint8)
    luma = seen_people(0, rgb, found()).luma
    assert luma.astype(float).std() < rgb.astype(float).std() / 6


@pytest.mark.parametrize(
    "box",
    [
        pytest.param((10, 10, 10, 10), id="no-size"),
        pytest.param((10, 10, 10.2, 50), id="no-width"),
        pytest.param((200, 100, 200, 100), id="in-the-corner-outside"),
        pytest.param((250, 120, 280, 160), id="wholly-outside"),
    ],
)
def test_a_box_without_pixels_is_no_error(box: tuple[float, float, float, float]) -> None:
    rgb = np.full((100, 200, 3), 50, np.uint8)
    seen = seen_people(0, rgb, found(box))
    assert seen.scores.size == 1
    assert np.isfinite(seen.boxes_xyxy).all()


def test_nobody_and_too_many_are_kept_as_such() -> None:
    rgb = np.zeros((10, 10, 3), np.uint8)
    nobody = seen_people(0, rgb, found())
    assert (nobody.boxes_xyxy.shape, nobody.scores.shape, nobody.is_capped) == ((0, 4), (0,), False)
    assert seen_people(0, rgb, found((0, 0, 1, 1), is_capped=True)).is_capped


@pytest.mark.parametrize("luma", [np.zeros((0, 4), np.uint8), np.zeros((2, 2, 3), np.uint8)], ids=["empty", "colour"])
def test_a_picture_must_be_a_picture(luma: NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match="shapes"):
        SeenPeople(0, np.zeros((1, 4), np.float32), np.zeros(1, np.float32), luma)


def test_boxes_and_scores_belong_together() -> None:
    with pytest.raises(ValueError, match="shapes"):
        SeenPeople(0, np.zeros((1, 4), np.float32), np.zeros(2, np.float32), np.zeros((2, 2), np.uint8))
