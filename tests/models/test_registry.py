"""The contract that every person detector meets: the fake, each backend untrained, and the real weights."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from lessonproof.models.detector import SCORE_FLOOR, DetectorSpec, PersonDetector
from lessonproof.models.errors import WeightsUnreadableError
from lessonproof.models.registry import DETECTORS, open_detector
from lessonproof.models.scripted import ScriptedDetector
from lessonproof.models.tiled_detector import TiledDetector
from lessonproof.models.weights import ResolvedWeights

Open = Callable[[int], PersonDetector]
"""Opens the detector under test with a batch size."""

BACKENDS = {"ultralytics": "untrained_pt"}
"""Fixture with loadable weights of each backend."""


def test_every_backend_is_under_contract() -> None:
    assert set(BACKENDS) == set(DETECTORS)


def _people_by_brightness(frame: NDArray[np.uint8]) -> int:
    return int(frame[0, 0, 0]) // 50


@pytest.fixture(
    params=["scripted", "tiled", *sorted(BACKENDS), pytest.param("real weights", marks=pytest.mark.weights)],
    scope="module",
)
def open_under_test(request: pytest.FixtureRequest) -> Open:
    name = str(request.param)
    if name == "scripted":
        return lambda _batch_size: ScriptedDetector(_people_by_brightness)
    if name == "tiled":
        return lambda _batch_size: TiledDetector(ScriptedDetector(_people_by_brightness), 32)
    if name in BACKENDS:
        path: Path = request.getfixturevalue(BACKENDS[name])
        spec = DetectorSpec(name, f"{name}@sha256:0", path, person_class=0, image_size_px=64)
    else:
        weights: ResolvedWeights = request.getfixturevalue("weights")
        request.getfixturevalue("needs_ultralytics")
        spec = weights.detector_spec()
    return lambda batch_size: open_detector(replace(spec, batch_size=batch_size))


def _frames(count: int, height_px: int = 48, width_px: int = 80) -> list[NDArray[np.uint8]]:
    noise = np.random.default_rng(7).integers(0, 256, (count, height_px, width_px, 3), dtype=np.uint8)
    noise[:, 0, 0, 0] = 50 * np.arange(count)
    return list(noise)


def test_one_result_per_frame_in_order(open_under_test: Open) -> None:
    detector, frames = open_under_test(1), _frames(3)
    together = detector.detect(frames)
    alone = [detector.detect([frame])[0] for frame in frames]
    assert len(together) == 3
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_array_equal(one.boxes_xyxy_px, other.boxes_xyxy_px)
        np.testing.assert_array_equal(one.scores, other.scores)


def test_the_same_frames_give_the_same_result_whatever_came_between(open_under_test: Open) -> None:
    detector, frames = open_under_test(1), _frames(2)
    first = detector.detect(frames)
    detector.detect(_frames(2, 90, 60))
    again = detector.detect(frames)
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.boxes_xyxy_px, other.boxes_xyxy_px)
        np.testing.assert_array_equal(one.scores, other.scores)


def test_a_batch_gives_as_many_results_as_frames(open_under_test: Open) -> None:
    assert len(open_under_test(2).detect(_frames(3))) == 3


def test_boxes_lie_in_the_frame_and_scores_fall(open_under_test: Open) -> None:
    for found in open_under_test(1).detect(_frames(2)):
        boxes, scores = found.boxes_xyxy_px, found.scores
        assert boxes.dtype == scores.dtype == np.float32
        assert np.all(boxes >= 0)
        assert np.all(boxes[:, 2] <= 80)
        assert np.all(boxes[:, 3] <= 48)
        assert np.all(boxes[:, :2] <= boxes[:, 2:])
        assert np.all(np.diff(scores) <= 0)
        assert np.all((scores >= SCORE_FLOOR) & (scores <= 1))


def test_no_frames_no_results(open_under_test: Open) -> None:
    assert open_under_test(1).detect([]) == []


def test_frames_of_two_shapes_are_refused(open_under_test: Open) -> None:
    with pytest.raises(ValueError, match="share a shape"):
        open_under_test(1).detect([*_frames(1), *_frames(1, 90, 60)])


def test_the_frames_are_not_written_to(open_under_test: Open) -> None:
    frames = _frames(1)
    before = frames[0].copy()
    frames[0].setflags(write=False)
    open_under_test(1).detect(frames)
    np.testing.assert_array_equal(frames[0], before)


def test_it_has_a_name(open_under_test: Open) -> None:
    assert open_under_test(1).model_id


def test_an_unknown_backend_is_named() -> None:
    with pytest.raises(WeightsUnreadableError, match="known: ultralytics"):
        open_detector(DetectorSpec("darknet", "m", Path("m.weights")))
