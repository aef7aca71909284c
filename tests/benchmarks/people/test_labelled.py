from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.people.labelled import observe, outside_ignored, read_boxes, read_split
from lessonproof.models.detector import Detections
from lessonproof.models.scripted import ScriptedDetector


def _boxes(*boxes: tuple[float, float, float, float]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array(boxes, np.float64).reshape(-1, 4)


def _found(*boxes: tuple[float, float, float, float]) -> Detections:
    return Detections(_boxes(*boxes).astype(np.float32), np.full(len(boxes), 0.5, np.float32))


def test_boxes_come_out_in_pixels(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("0 0.5 0.5 0.2 0.4\n\n", encoding="utf-8")
    np.testing.assert_allclose(read_boxes(path, 100, 50), [[40, 15, 60, 35]])


def test_a_picture_without_a_label_file_has_no_boxes(tmp_path: Path) -> None:
    assert read_boxes(tmp_path / "none.txt", 100, 50).shape == (0, 4)


@pytest.mark.parametrize(
    ("detection", "counts"),
    [
        pytest.param((0, 0, 10, 10), False, id="inside-the-ignored-region"),
        pytest.param((18, 0, 40, 10), True, id="mostly-outside"),
        pytest.param((10, 0, 20, 10), True, id="inside-but-on-a-labelled-person"),
        pytest.param((60, 0, 70, 10), True, id="elsewhere"),
    ],
)
def test_ignored_regions(detection: tuple[float, float, float, float], counts: bool) -> None:
    kept = outside_ignored(_found(detection), _boxes((10, 0, 20, 10)), _boxes((0, 0, 20, 10)))
    assert kept.tolist() == [counts]


def test_nothing_found_nothing_ignored() -> None:
    assert outside_ignored(_found(), _boxes(), _boxes()).shape == (0,)
    assert outside_ignored(_found((0, 0, 1, 1)), _boxes(), _boxes()).tolist() == [True]


def _put(root: Path, set_name: str, name: str, people: int) -> None:
    for part in ("images", "labels"):
        (root / set_name / part).mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(root / set_name / "images" / f"{name}.jpg"), np.full((40, 60, 3), 10, np.uint8))
    lines = "0 0.5 0.5 0.1 0.1\n" * people
    (root / set_name / "labels" / f"{name}.txt").write_text(lines, encoding="utf-8")


def test_pictures_are_read_and_looked_at(tmp_path: Path) -> None:
    _put(tmp_path, "office", "one", 3)
    _put(tmp_path, "hardhat", "heads", 2)
    rows = "set,image,scene,split\noffice,one.jpg,lobby,train\nhardhat,heads.jpg,x,train\n"
    (tmp_path / "split.csv").write_text(rows, encoding="utf-8")
    (picture,) = read_split(tmp_path)
    assert (picture.set_name, picture.scene, picture.split) == ("office", "lobby", "train")
    (seen,) = observe([picture], ScriptedDetector(lambda _frame: 2))
    assert (seen.truth, seen.scores.size) == (3, 2)


def test_a_picture_that_cannot_be_decoded_stops_the_measurement(tmp_path: Path) -> None:
    _put(tmp_path, "office", "one", 1)
    (tmp_path / "office" / "images" / "one.jpg").write_bytes(b"no picture")
    (tmp_path / "split.csv").write_text("set,image,scene,split\noffice,one.jpg,lobby,test\n", encoding="utf-8")
    with pytest.raises(ValueError, match="cannot decode"):
        list(observe(read_split(tmp_path), ScriptedDetector(lambda _frame: 0)))
