from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from lessonproof.models.calibration import CountCalibration
from lessonproof.models.detector import Detections
from lessonproof.models.training.evaluate import average_precision, by_set, hits, score_pictures, table
from lessonproof.models.training.pictures import read_pictures
from tests.models.training.labelled_folder import write_labelled

PERSON = (16.0, 12.0, 32.0, 36.0)
"""Where the folder's pictures show somebody."""


class _ToldDetector:
    """Finds in one frame after the other what it was told."""

    def __init__(self, told: Sequence[Detections]) -> None:
        self._told = iter(told)

    @property
    def model_id(self) -> str:
        return "told"

    def detect(self, frames: Sequence[NDArray[np.uint8]]) -> list[Detections]:
        return [next(self._told) for _ in frames]


def _found(*boxes: tuple[float, float, float, float]) -> Detections:
    scores = np.linspace(0.9, 0.5, len(boxes), dtype=np.float32)
    return Detections(np.array(boxes, np.float32).reshape(-1, 4), scores)


def test_a_person_is_found_once_and_by_overlap() -> None:
    found = _found(PERSON, PERSON, (16, 12, 32, 23), (40, 12, 56, 36))
    people = np.array([PERSON, (40, 12, 56, 36)], np.float32)
    assert hits(found, people).tolist() == [True, False, False, True]
    assert hits(found, np.zeros((0, 4), np.float32)).tolist() == [False] * 4
    assert hits(_found(), people).tolist() == []


def _precision(*is_hit: bool, truth: int) -> float | None:
    scores = np.linspace(1, 0, len(is_hit), dtype=np.float32)
    return average_precision(scores, np.array(is_hit, bool), truth)


@pytest.mark.parametrize(
    ("is_hit", "truth", "expected"),
    [
        pytest.param((True, True), 2, 1, id="perfect"),
        pytest.param((True, False), 2, 0.5, id="half-found"),
        pytest.param((False, True), 1, 0.5, id="a-false-one-first"),
        pytest.param((True, False, True), 2, (1 + 2 / 3) / 2, id="worked-by-hand"),
        pytest.param((False, True, True), 2, 2 / 3, id="precision-is-made-to-fall"),
        pytest.param((), 3, 0, id="blind"),
        pytest.param((False,), 0, None, id="nothing-to-find"),
    ],
)
def test_average_precision(is_hit: tuple[bool, ...], truth: int, expected: float | None) -> None:
    assert _precision(*is_hit, truth=truth) == (None if expected is None else pytest.approx(expected))


@given(st.lists(st.booleans(), max_size=12), st.integers(0, 5))
def test_average_precision_is_a_share_and_more_false_ones_never_raise_it(is_hit: list[bool], missed: int) -> None:
    truth = sum(is_hit) + missed
    value = _precision(*is_hit, truth=truth)
    if truth == 0:
        assert value is None
        return
    assert value is not None
    assert 0 <= value <= 1
    worse = _precision(False, *is_hit, truth=truth)
    assert worse is not None
    assert worse <= value


def _calibration() -> CountCalibration:
    return CountCalibration(
        score_threshold=0.5,
        low_threshold=0.5,
        low_factor=1.0,
        low_offset=0.0,
        high_threshold=0.5,
        high_factor=1.0,
        high_offset=0.5,
        coverage=0.95,
        measured_on="-",
        measured_at="2026-11-21",
    )


def test_figures_of_a_set_leave_out_ignored_people_and_sets_without_persons(tmp_path: Path) -> None:
    pictures = read_pictures(write_labelled(tmp_path, pictures=2))
    ignored = (40.0, 12.0, 56.0, 36.0)
    detector = _ToldDetector([_found(PERSON, ignored), _found(ignored)])
    scores = list(score_pictures(pictures, detector, _calibration()))
    assert [(s.set_name, s.truth, s.is_hit.tolist()) for s in scores] == [("rooms", 1, [True]), ("rooms", 1, [False])]
    figures = by_set(scores)["rooms"]
    assert (figures.pictures, figures.people, figures.absolute_error, figures.zero_error) == (2, 1, 0, 1)
    assert figures.average_precision == pytest.approx(0.5)
    assert figures.covered == 1
    lines = table({"rooms": figures})
    assert lines[1].split() == ["rooms", "2", "1.00", "0.500", "0.00", "1.00", "1.000"]
    assert lines[-1].split()[-4:] == ["0.500", "0.00", "1.00", "1.000"]


def test_weights_without_calibration_have_no_coverage(tmp_path: Path) -> None:
    pictures = read_pictures(write_labelled(tmp_path, pictures=2))
    detector = _ToldDetector([_found(PERSON), _found(PERSON)])
    assert by_set(score_pictures(pictures, detector, None))["rooms"].covered is None
