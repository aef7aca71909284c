import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from lessonproof.models.calibration import count_people
from lessonproof.models.detector import DetectorSpec, PersonDetector
from lessonproof.models.errors import DetectorUnavailableError, WeightsUnreadableError
from lessonproof.models.registry import open_detector
from lessonproof.models.ultralytics_detector import MAX_BOXES
from lessonproof.models.ultralytics_runtime import load_ultralytics
from lessonproof.models.weights import ResolvedWeights

CLEAR = 0.2
"""Every person of the two photographs scores more than this; nothing else in them does."""


def _photograph(name: str) -> NDArray[np.uint8]:
    path = Path(str(load_ultralytics().__file__)).parent / "assets" / name
    return np.asarray(cv2.cvtColor(np.asarray(cv2.imread(str(path))), cv2.COLOR_BGR2RGB), dtype=np.uint8)


@pytest.mark.weights
@pytest.mark.parametrize(("name", "people"), [("bus.jpg", 4), ("zidane.jpg", 2)])
def test_the_people_of_a_photograph_are_found(
    detector: PersonDetector, weights: ResolvedWeights, name: str, people: int
) -> None:
    (found,) = detector.detect([_photograph(name)])
    assert np.count_nonzero(found.scores > CLEAR) == people
    assert not found.is_capped
    counted = count_people(found, weights.entry.calibration)
    assert counted.low is not None
    assert counted.high is not None
    assert counted.low <= people <= counted.high


@pytest.mark.weights
def test_boxes_lie_on_the_people(detector: PersonDetector) -> None:
    (found,) = detector.detect([_photograph("zidane.jpg")])
    centres_px = (found.boxes_xyxy_px[:2, :2] + found.boxes_xyxy_px[:2, 2:]) / 2
    # By eye in the 1280x720 photograph: one head and chest about the middle left, one on the right.
    assert sorted(int(x // 640) for x in centres_px[:, 0]) == [0, 1]


@pytest.mark.weights
def test_channels_are_red_green_blue(detector: PersonDetector) -> None:
    rgb = _photograph("bus.jpg")
    (right,), (swapped,) = detector.detect([rgb]), detector.detect([rgb[..., ::-1]])
    assert right.scores[0] != swapped.scores[0]
    assert right.scores[:3].sum() > swapped.scores[:3].sum()


@pytest.mark.weights
def test_nobody_in_an_empty_picture(detector: PersonDetector) -> None:
    (found,) = detector.detect([np.full((360, 640, 3), 127, np.uint8)])
    assert np.count_nonzero(found.scores > CLEAR) == 0


def _spec(path: Path) -> DetectorSpec:
    return DetectorSpec("ultralytics", "m@sha256:0", path, image_size_px=64)


def test_the_class_of_persons_is_found_by_its_name(untrained_pt: Path) -> None:
    assert open_detector(_spec(untrained_pt)).detect([np.zeros((64, 64, 3), np.uint8)])


def test_a_frame_with_as_many_boxes_as_can_be_kept_is_capped(untrained_pt: Path) -> None:
    noise = np.random.default_rng(5).integers(0, 256, (640, 640, 3), dtype=np.uint8)
    (few,) = open_detector(_spec(untrained_pt)).detect([noise])
    (many,) = open_detector(replace(_spec(untrained_pt), image_size_px=1280)).detect([noise])
    assert 0 < few.scores.size < MAX_BOXES
    assert few.scores[0] > few.scores[-1]
    assert not few.is_capped
    assert many.scores.size == MAX_BOXES
    assert many.is_capped


def test_a_class_that_the_weights_do_not_have(untrained_pt: Path) -> None:
    with pytest.raises(WeightsUnreadableError, match="no class 80"):
        open_detector(replace(_spec(untrained_pt), person_class=80))


def test_frames_are_batched_where_asked(untrained_pt: Path) -> None:
    frames = list(np.random.default_rng(3).integers(0, 256, (5, 64, 64, 3), dtype=np.uint8))
    one_by_one = open_detector(_spec(untrained_pt)).detect(frames)
    batched = open_detector(replace(_spec(untrained_pt), batch_size=2)).detect(frames)
    for one, other in zip(one_by_one, batched, strict=True):
        np.testing.assert_allclose(one.scores, other.scores, atol=1e-3)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("m.pt", b"not a checkpoint", id="damaged"),
        pytest.param("m.pt", b"", id="empty"),
        pytest.param("m.txt", b"text", id="no-format-of-theirs"),
    ],
)
@pytest.mark.usefixtures("needs_ultralytics")
def test_what_cannot_be_loaded_is_an_error_of_ours(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(WeightsUnreadableError):
        open_detector(_spec(tmp_path / name))


@pytest.mark.usefixtures("needs_ultralytics")
def test_a_known_name_that_is_not_there_is_not_downloaded(tmp_path: Path) -> None:
    with pytest.raises(WeightsUnreadableError):
        open_detector(_spec(tmp_path / "yolov8n.pt"))
    assert list(tmp_path.iterdir()) == []


CODE_IN_WEIGHTS = """
import pickle, sys, torch
class Evil:
    def __reduce__(self):
        return (open, (sys.argv[2], "w"))
torch.save({"model": Evil()}, sys.argv[1])
"""


@pytest.mark.usefixtures("needs_ultralytics")
def test_code_hidden_in_weights_is_not_run(tmp_path: Path) -> None:
    weights, trace = tmp_path / "evil.pt", tmp_path / "it-ran"
    subprocess.run([sys.executable, "-c", CODE_IN_WEIGHTS, str(weights), str(trace)], check=True)
    with pytest.raises(WeightsUnreadableError):
        open_detector(_spec(weights))
    assert not trace.exists()


@pytest.mark.parametrize("device", ["intel:npu9", "cuda:99", "99"])
def test_a_device_that_is_not_there_is_not_replaced(untrained_pt: Path, device: str) -> None:
    with pytest.raises(DetectorUnavailableError, match=f"no device {device}"):
        open_detector(replace(_spec(untrained_pt), device=device))
