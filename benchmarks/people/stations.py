"""Station coverage, occupancy and turned cameras on rendered practical lessons, against what is exactly known.

    python -m benchmarks.people stations --seeds 300 301 302 --work DIR [--models DIR] [--jobs 2]

Each seed gives recordings (encoded files), reference pictures and a layout, which go the way of ``lessonproof verify``:
the recordings are analysed, then their stations measured. People come from the synthesiser ("true boxes": what a
perfect detector finds, so that this measures places and time) and, with ``--models``, from the person detector. A
minute whose state the product leaves open is right for neither answer. Rendered files are kept in ``--work``.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.people.station_scores import (
    LessonScore,
    MoveScore,
    coverage_tally,
    lines_of,
    occupancy_tally,
)
from benchmarks.people.station_truth import (
    MoveTruth,
    boxes_at,
    layout_of,
    look_times_s,
    minutes_of,
    moves_of,
    unit_of,
)
from benchmarks.people.wide_pictures import VIEW_PX
from benchmarks.people.workshops import LENGTH_S, Camera, Practical, moved, practical
from lessonproof.analysis.station_looks import StationWatcher
from lessonproof.analysis.station_registration import working_size
from lessonproof.analysis.station_search import Matrix
from lessonproof.evidence.dossier import Dossier, ModelStamp
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import NS_PER_S
from lessonproof.evidence.station_coverage import StationCoverage
from lessonproof.evidence.training import TeachingUnit
from lessonproof.media.index import index_recording
from lessonproof.models.detector import Detections
from lessonproof.policy.rules.wall_clock import scheduled_window
from lessonproof.service.counting import find_weights, open_counter
from lessonproof.workers.people import PeopleCounter
from lessonproof.workers.pipeline import analyse_recording
from lessonproof.workers.stamping import AnalysisSettings
from lessonproof.workers.station_findings import with_stations
from lessonproof.workers.stations import (
    LOOK_SPACING_NS,
    StationTools,
    Watched,
    look_at_recording,
    measure_stations,
)

TRUE_BOXES: Final = "true boxes"
FOLLOWED_PX: Final = 8.0
"""A picture's place is right where every probed point lies within so many pixels (of 960) of where it truly is."""
FOLLOWED_SHARE: Final = 0.3
"""Least share of the reference picture that must still be in view for a place to be asked for."""
TOLD_WITHIN_S: Final = 30.0
"""A ``camera_moved`` that far from any turn is a false one."""


class TrueBoxes:
    """Hands out what is truly there, one picture after the other in the order in which they are looked at."""

    model_id = TRUE_BOXES

    def __init__(self, boxes_px: Iterator[NDArray[np.float32]]) -> None:
        """Take the boxes of each picture, pixels of the recording."""
        self._boxes_px = boxes_px

    def detect(self, frames: Sequence[NDArray[np.uint8]]) -> list[Detections]:
        """The next pictures' boxes."""
        found = []
        for frame in frames:
            boxes = np.asarray(next(self._boxes_px) * (frame.shape[1] / VIEW_PX[0]), np.float32)
            found.append(Detections(boxes, np.ones(len(boxes), np.float32)))
        return found


def watched(lesson: Practical, camera: Camera) -> Watched:
    """One camera's recording, looked at with true boxes."""
    view = layout_of(lesson).view_of(camera.name)
    luma = cv2.imread(str(lesson.folder / lesson.reference(camera)), cv2.IMREAD_GRAYSCALE)
    if luma is None or view is None:
        raise FileNotFoundError(lesson.reference(camera))
    watcher = StationWatcher(np.asarray(luma, np.uint8), [area.polygon for area in view.stations])
    return look_at_recording(lesson.folder / lesson.recording(camera), watcher, _true_counter(lesson, (camera,)))


def score_lesson(seed: int, folder: Path, models: Path | None) -> LessonScore:
    """Render, measure and score one lesson."""
    cv2.setNumThreads(1)
    lesson = practical(seed, folder)
    unit, truths = unit_of(lesson), list(minutes_of(lesson))
    dossiers = {lesson.recording(camera): _dossier(folder / lesson.recording(camera)) for camera in lesson.cameras}
    perfect = _true_counter(lesson, lesson.cameras)
    measured: dict[str, StationCoverage] = {TRUE_BOXES: _measured(lesson, unit, dossiers, perfect)}
    if models is not None:
        counter = open_counter(find_weights(None, models))
        measured[counter.stamp.name] = _measured(lesson, unit, dossiers, counter)
    judged = with_stations(dossiers, unit, measured[TRUE_BOXES])
    moves = [move for camera in lesson.cameras for move in _moves(lesson, camera, judged[lesson.recording(camera)])]
    told = [f for one in judged.values() if isinstance(one, Dossier) for f in one.of_kind(FindingKind.CAMERA_MOVED)]
    return LessonScore(
        kind=lesson.kind.value,
        coverage={name: coverage_tally(one, truths) for name, one in measured.items()},
        occupancy={name: occupancy_tally(one, truths) for name, one in measured.items()},
        moves=moves,
        false_moves=sum(
            all(abs(one.interval.start_s - move.at_s) > TOLD_WITHIN_S for move in moves_of(lesson)) for one in told
        ),
    )


def _dossier(path: Path) -> Dossier:
    return analyse_recording(path, AnalysisSettings(with_people=False), None, lambda _: None).dossier


def _measured(
    lesson: Practical, unit: TeachingUnit, dossiers: Mapping[str, Dossier], counter: PeopleCounter
) -> StationCoverage:
    tools = StationTools(lambda file: lesson.folder / file, lesson.folder, counter, None)
    found = measure_stations(unit, scheduled_window(unit), dossiers, tools)
    if found is None:
        raise RuntimeError("the unit has a layout, and no station was measured")
    return found


def _true_counter(lesson: Practical, cameras: Sequence[Camera]) -> PeopleCounter:
    boxes = (
        boxes_at(lesson, camera, time_s)
        for camera in cameras
        for time_s in _times_s(lesson.folder / lesson.recording(camera))
    )
    return PeopleCounter(TrueBoxes(boxes), None, ModelStamp(TRUE_BOXES, "0" * 64))


def _times_s(path: Path) -> list[float]:
    return look_times_s(index_recording(path).packets.key_times_ns().tolist(), LOOK_SPACING_NS)


def _moves(lesson: Practical, camera: Camera, judged: object) -> Iterator[MoveScore]:
    """When each turn of a camera was followed by the measurement and told by a finding."""
    known = watched(lesson, camera)
    told = judged.of_kind(FindingKind.CAMERA_MOVED) if isinstance(judged, Dossier) else ()
    own = [move for move in moves_of(lesson) if move.camera == camera.name]
    ends = [*(move.at_s for move in own[1:]), float(LENGTH_S)]
    for move, end_s in zip(own, ends, strict=True):
        seen = zip((known.time_ns / NS_PER_S).tolist(), known.places, strict=True)
        right = (t for t, place in seen if move.at_s <= t < end_s and _is_right(camera, t, place))
        found_s = next(right, None)
        delays = [abs(one.interval.start_s - move.at_s) for one in told]
        near = [delay for delay in delays if delay <= TOLD_WITHIN_S]
        yield MoveScore(
            move,
            None if found_s is None else found_s - move.at_s,
            min(near, default=None),
            _is_followable(camera, move, end_s),
        )


def _is_right(camera: Camera, time_s: float, place: Matrix | None) -> bool:
    if place is None:
        return False
    scale = working_size(*VIEW_PX)[0] / VIEW_PX[0]
    true, probe = _way(camera, time_s), _probe()
    inside = _inside(moved(true, probe))
    error_px = np.abs(moved(place, probe * scale) / scale - moved(true, probe))[inside]
    return bool(error_px.size and error_px.max() <= FOLLOWED_PX)


def _is_followable(camera: Camera, move: MoveTruth, end_s: float) -> bool:
    """Light, and with enough of the reference picture in view, for a while after the turn."""
    shown = _inside(moved(_way(camera, move.at_s + 2), _probe())).mean() >= FOLLOWED_SHARE
    return bool(shown) and end_s - move.at_s >= 10 and not any(camera.is_dark(move.at_s + s) for s in range(11))


def _way(camera: Camera, time_s: float) -> Matrix:
    """From the reference picture to the picture, truly."""
    return np.asarray(camera.view(time_s) @ np.linalg.inv(camera.reference), np.float64)


def _probe() -> NDArray[np.float64]:
    x, y = np.meshgrid(np.linspace(0.05, 0.95, 7) * VIEW_PX[0], np.linspace(0.05, 0.95, 5) * VIEW_PX[1])
    return np.column_stack((x.ravel(), y.ravel()))


def _inside(points: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray(((points >= 0) & (points < VIEW_PX)).all(axis=1), np.bool_)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", required=True)
    parser.add_argument("--work", type=Path, required=True, help="folder for rendered lessons")
    parser.add_argument("--models", type=Path, help="folder of models, to measure occupancy with a real detector too")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    options = parser.parse_args(arguments)
    options.work.mkdir(parents=True, exist_ok=True)
    score: Callable[[int], LessonScore] = partial(score_lesson, folder=options.work, models=options.models)
    if options.jobs > 1:
        with ProcessPoolExecutor(options.jobs) as pool:
            scores = list(pool.map(score, options.seeds))
    else:
        scores = [score(seed) for seed in options.seeds]
    for line in lines_of(scores):
        print(line)


if __name__ == "__main__":
    main()
