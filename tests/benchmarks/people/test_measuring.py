import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.lessons import Encoding, LessonSpec, LessonTruth, render_lesson
from benchmarks.people.measuring import Tools, score_clips, score_pictures, score_room
from benchmarks.people.rooms import room_path
from lessonproof.evidence.dossier import ModelStamp
from lessonproof.models.calibration import CountCalibration
from lessonproof.models.detector import Detections
from lessonproof.workers.people import PeopleCounter

SEED = 3
SPEC = LessonSpec(
    seed=SEED, duration_s=12.0, fps=4, size=(320, 180), people=5, absences=(), clock=None, encoding=Encoding(gop=4)
)
CALIBRATION = CountCalibration(
    score_threshold=0.5,
    low_threshold=0.8,
    low_factor=1.0,
    low_offset=0.0,
    high_threshold=0.2,
    high_factor=1.0,
    high_offset=1.0,
    coverage=0.95,
    measured_on="nothing",
    measured_at="2026-01-01",
)


class Knowing:
    """Finds the same people in every picture."""

    model_id = "knowing"

    def __init__(self, boxes_share: NDArray[np.float64], score: float) -> None:
        self._boxes = boxes_share
        self._score = score

    def detect(self, frames: Sequence[NDArray[np.uint8]]) -> list[Detections]:
        return [self._found(frame) for frame in frames]

    def _found(self, frame: NDArray[np.uint8]) -> Detections:
        rows, columns = frame.shape[:2]
        boxes = (self._boxes * np.array([columns, rows, columns, rows])).astype(np.float32)
        return Detections(boxes, np.full(len(boxes), self._score, np.float32))


class Blind:
    """A peer that overlooks everybody but one."""

    def detect(self, rgb: NDArray[np.uint8]) -> Detections:
        rows, columns = rgb.shape[:2]
        return Detections(np.array([[0, 0, columns, rows]], np.float32), np.ones(1, np.float32))


def tools(boxes_share: NDArray[np.float64], score: float = 0.9) -> Tools:
    counter = PeopleCounter(Knowing(boxes_share, score), CALIBRATION, ModelStamp("knowing", "0" * 64))
    return Tools(counter, Blind())


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, LessonTruth]:
    folder = tmp_path_factory.mktemp("rooms")
    truth = render_lesson(SPEC, room_path(SEED, folder))
    beside = room_path(SEED, folder).with_suffix(".truth.json")
    beside.write_text(json.dumps(truth.as_document()), encoding="utf-8")
    return folder, truth


def test_a_room_is_scored_by_the_whole_analysis(rendered: tuple[Path, LessonTruth]) -> None:
    folder, truth = rendered
    visible = [one for one in truth.people[0].boxes if one.head_share >= 0.5]
    boxes = np.array([one.box_xyxy_px for one in visible]) / np.array([320, 180, 320, 180])
    score = score_room(SEED, folder, tools(boxes))
    assert (score.seed, score.scene, score.roster) == (SEED, "classroom", 5)
    assert len(score.frames) == len(score.alone) >= 10
    assert all(reading.plain == 1 for reading in score.frames)
    assert sum(reading.error(reading.count) for reading in score.frames) <= len(score.frames) // 3
    assert all(reading.is_covered for reading in score.alone if reading.fewest == len(visible))
    assert [minute.plain for minute in score.minutes] == [1]
    assert [d.signed for d in score.decisions] == [5, 7, 8]
    assert (score.stills.posters, score.stills.living) == (0, 0)


def test_labelled_pictures_of_the_test_part_are_counted_by_both(tmp_path: Path) -> None:
    (tmp_path / "office" / "images").mkdir(parents=True)
    (tmp_path / "office" / "labels").mkdir()
    for name in ("seen", "held"):
        cv2.imwrite(str(tmp_path / "office" / "images" / f"{name}.jpg"), np.zeros((90, 160, 3), np.uint8))
        (tmp_path / "office" / "labels" / f"{name}.txt").write_text("0 0.5 0.5 0.2 0.4\n0 0.2 0.5 0.2 0.4\n")
    rows = "set,image,scene,split\noffice,seen.jpg,a,train\noffice,held.jpg,b,test\n"
    (tmp_path / "split.csv").write_text(rows)
    ((name, reading),) = score_pictures(tmp_path, tools(np.array([[0.4, 0.3, 0.6, 0.7]])))
    assert name == "office"
    assert (reading.fewest, reading.most, reading.count, reading.bounds, reading.plain) == (2, 2, 1, (1, 2), 1)


def test_clips_are_counted_at_the_labelled_seconds_and_minute_by_minute(rendered: tuple[Path, LessonTruth]) -> None:
    folder, _ = rendered
    name = room_path(SEED, folder).name
    (folder / "MANIFEST.csv").write_text(f"file,people_at_second\n{name},2:1;8:1-3\n", encoding="utf-8")
    ((clip, frames, minutes),) = score_clips(folder, tools(np.array([[0.4, 0.3, 0.6, 0.7]])))
    assert clip == name
    assert [(r.fewest, r.most, r.count, r.plain) for r in frames] == [(1, 1, 1, 1), (1, 3, 1, 1)]
    assert [(m.fewest, m.most, m.count, m.plain) for m in minutes] == [(1, 3, 1, 1)]
