"""What is kept of a sampled picture."""

import numpy as np
import pytest

from lessonproof.analysis.people_detections import LOOK_COLUMNS, LOOK_ROWS, SeenPeople, seen_people
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


def test_a_look_is_the_luma_inside_its_box() -> None:
    rgb = np.zeros((100, 200, 3), np.uint8)
    rgb[20:60, 50:90] = 200
    rgb[20:60, 50:70] = 100
    bright, dark = seen_people(0, rgb, found((50, 20, 90, 60), (120, 20, 160, 60))).looks
    assert bright.shape == (LOOK_ROWS, LOOK_COLUMNS)
    assert set(bright[:, : LOOK_COLUMNS // 2].ravel().tolist()) == {100}
    assert set(bright[:, LOOK_COLUMNS // 2 :].ravel().tolist()) == {200}
    assert not dark.any()


def test_a_look_is_the_mean_of_what_lies_in_each_cell() -> None:
    """Noise of single pixels is no movement."""
    rgb = np.random.default_rng(1).integers(90, 111, (160, 120, 3)).astype(np.uint8)
    (look,) = seen_people(0, rgb, found((0, 0, 120, 160))).looks
    assert np.abs(look.astype(int) - 100).max() <= 4


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


def test_boxes_scores_and_looks_belong_together() -> None:
    looks = np.zeros((2, LOOK_ROWS, LOOK_COLUMNS), np.uint8)
    with pytest.raises(ValueError, match="shapes"):
        SeenPeople(0, np.zeros((1, 4), np.float32), np.zeros(1, np.float32), looks)
