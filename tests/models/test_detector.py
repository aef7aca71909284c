from pathlib import Path

import numpy as np
import pytest

from lessonproof.models.detector import Detections, DetectorSpec, check_frames, overlaps


def test_boxes_and_scores_belong_together() -> None:
    with pytest.raises(ValueError, match="shapes"):
        Detections(np.zeros((2, 4), np.float32), np.zeros(3, np.float32))


def test_detections_are_float32() -> None:
    with pytest.raises(ValueError, match="float32"):
        Detections(np.zeros((1, 4), np.float64), np.zeros(1, np.float32))


def test_a_batch_has_at_least_one_frame() -> None:
    with pytest.raises(ValueError, match="batch_size"):
        DetectorSpec("ultralytics", "m", Path("m.pt"), batch_size=0)


@pytest.mark.parametrize(
    "shapes",
    [
        pytest.param([(8, 8)], id="grey"),
        pytest.param([(8, 8, 4)], id="with-alpha"),
        pytest.param([(0, 8, 3)], id="no-pixels"),
        pytest.param([(8, 8, 3), (8, 9, 3)], id="two-shapes"),
    ],
)
def test_frames_that_no_detector_takes(shapes: list[tuple[int, ...]]) -> None:
    with pytest.raises(ValueError, match="frames"):
        check_frames([np.zeros(shape, np.uint8) for shape in shapes])


def test_frames_of_floats_are_refused() -> None:
    with pytest.raises(ValueError, match="uint8"):
        check_frames([np.zeros((8, 8, 3), np.float32)])


def test_overlaps_of_half_and_of_contained_boxes() -> None:
    iou, inside = overlaps(np.array([[0, 0, 10, 10]], np.float32), np.array([[5, 0, 15, 10], [2, 2, 4, 4]], np.float32))
    assert iou[0].tolist() == pytest.approx([50 / 150, 4 / 100])
    assert inside[0].tolist() == pytest.approx([0.5, 1.0])
