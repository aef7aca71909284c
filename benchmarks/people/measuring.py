"""What the product and its peer count on recordings and pictures, beside the truth."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.people.decisions import Decision, decide
from benchmarks.people.footage import frames_at, parse_points
from benchmarks.people.labelled import outside_ignored, picture_of, read_split
from benchmarks.people.peer import Peer, PlainPredict
from benchmarks.people.rooms import read_truth, room_path
from benchmarks.people.scores import (
    PassageScore,
    Reading,
    StillScore,
    frame_readings,
    minute_readings,
    passage_score,
    still_score,
)
from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.headcount import HeadcountSeries, per_minute
from lessonproof.evidence.intervals import NS_PER_S
from lessonproof.media.index import index_recording
from lessonproof.media.samples import samples_at
from lessonproof.models.calibration import PeopleCount, count_people
from lessonproof.models.detector import Detections
from lessonproof.models.weights import ResolvedWeights
from lessonproof.service.counting import open_counter
from lessonproof.workers.people import PeopleCounter
from lessonproof.workers.pipeline import analyse_recording
from lessonproof.workers.stamping import AnalysisSettings

WHOLE_PICTURE_PX: Final = 10_000
"""The peer sees pictures as they are: longer ones than this are not known."""


@dataclass(frozen=True, slots=True)
class Tools:
    """Who counts: the product and its peer, with the same weights."""

    counter: PeopleCounter
    plain: Peer

    @classmethod
    def opened(cls, weights: ResolvedWeights) -> "Tools":
        """Load both."""
        cv2.setNumThreads(1)
        return cls(open_counter(weights), PlainPredict(weights.path))


@dataclass(frozen=True, slots=True)
class RoomScore:
    """What came of one room.

    Attributes:
        seed: of the room.
        scene: ``classroom`` or ``workshop``.
        roster: trainees.
        frames: samples of the product's series.
        alone: the same pictures, each counted without the others.
        minutes: of the series.
        stills: posters.
        passages: who left and who was hidden.
        decisions: on classes made of this room.
        refound_share: of the series.
    """

    seed: int
    scene: str
    roster: int
    frames: list[Reading]
    alone: list[Reading]
    minutes: list[Reading]
    stills: StillScore
    passages: PassageScore
    decisions: list[Decision]
    refound_share: float | None


def score_room(seed: int, folder: Path, tools: Tools) -> RoomScore:
    """Analyse a rendered room as the product does, and score what came of it."""
    dossier = analyse_recording(room_path(seed, folder), AnalysisSettings(), tools.counter, lambda _: None).dossier
    return score_dossier(seed, folder, dossier, tools)


def score_dossier(seed: int, folder: Path, dossier: Dossier, tools: Tools) -> RoomScore:
    """Hold a room's dossier against the truth, and count its sampled pictures one by one beside."""
    path, truth, settings = room_path(seed, folder), read_truth(seed, folder), AnalysisSettings()
    series = dossier.headcount
    if series is None:
        raise RuntimeError(f"{path}: nobody was counted, {dossier.headcount_reason}")
    alone: list[Reading] = []
    plain: list[tuple[int, int]] = []
    boxes: list[NDArray[np.float32]] = []
    for time_ns, rgb in _sampled(path, series):
        (found,) = tools.counter.detector.detect([_shrunk(rgb, settings.sample_long_side_px)])
        plain.append((time_ns, _plain_count(tools, rgb)))
        visible = truth.at(time_ns).visible
        alone.append(_reading(count_people(found, tools.counter.calibration), (visible, visible), plain[-1][1]))
        boxes.append(_counted_boxes(found, tools.counter.threshold, rgb, settings.sample_long_side_px))
    truths = [(moment.at_ns, moment.visible, moment.visible) for moment in truth.moments]
    return RoomScore(
        seed=seed,
        scene=truth.scene,
        roster=truth.roster,
        frames=frame_readings(series, truth, plain),
        alone=alone,
        minutes=minute_readings(per_minute(series), truths, plain),
        stills=still_score(truth, series.still_figures, boxes),
        passages=passage_score(truth, series.passages),
        decisions=decide(truth, dossier),
        refound_share=series.refound_share,
    )


def score_pictures(root: Path, tools: Tools) -> Iterator[tuple[str, Reading]]:
    """Set and reading of each labelled picture of the part ``test``."""
    for picture in read_split(root):
        if picture.split != "test":
            continue
        rgb, people, ignored = picture_of(picture)
        (found,) = tools.counter.detector.detect([rgb])
        kept = outside_ignored(found, people, ignored)
        own = Detections(found.boxes_xyxy_px[kept], found.scores[kept], found.is_capped)
        plain = int(np.count_nonzero(outside_ignored(tools.plain.detect(rgb), people, ignored)))
        count = count_people(own, tools.counter.calibration)
        yield picture.set_name, _reading(count, (len(people), len(people)), plain)


def score_clips(root: Path, tools: Tools) -> Iterator[tuple[str, list[Reading], list[Reading]]]:
    """Name of each labelled clip, its frames, and its minutes.

    A frame is the one on show at the labelled second, counted alone by both; minutes are those of the whole analysis.
    """
    with (root / "MANIFEST.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        path, points = root / row["file"], parse_points(row["people_at_second"])
        frames: list[Reading] = []
        plain: list[tuple[int, int]] = []
        for point, rgb in zip(points, frames_at(path, [p.second for p in points]), strict=True):
            (found,) = tools.counter.detector.detect([rgb])
            count = count_people(found, tools.counter.calibration)
            plain.append((round(point.second * NS_PER_S), _plain_count(tools, rgb)))
            frames.append(_reading(count, (point.fewest, point.most), plain[-1][1]))
        series = analyse_recording(path, AnalysisSettings(), tools.counter, lambda _: None).dossier.headcount
        truths = [(round(p.second * NS_PER_S), p.fewest, p.most) for p in points]
        yield row["file"], frames, [] if series is None else minute_readings(per_minute(series), truths, plain)


def _plain_count(tools: Tools, rgb: NDArray[np.uint8]) -> int:
    return int(tools.plain.detect(rgb).scores.size)


def _reading(people: PeopleCount, truth: tuple[int, int], plain: int) -> Reading:
    bounds = None if people.low is None or people.high is None else (people.low, people.high)
    return Reading(*truth, people.count, bounds, plain)


def _sampled(path: Path, series: HeadcountSeries) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    times_ns = [sample.time_ns for sample in series.samples if sample.count is not None]
    for frame in samples_at(path, index_recording(path), times_ns, WHOLE_PICTURE_PX):
        yield frame.time_ns, frame.rgb


def _shrunk(rgb: NDArray[np.uint8], long_side_px: int) -> NDArray[np.uint8]:
    """As the product samples pictures."""
    scale = long_side_px / max(rgb.shape[:2])
    if scale >= 1:
        return rgb
    size = (round(rgb.shape[1] * scale), round(rgb.shape[0] * scale))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)


def _counted_boxes(
    found: Detections, threshold: float, rgb: NDArray[np.uint8], long_side_px: int
) -> NDArray[np.float32]:
    """Boxes that count, shares of the picture, ``(K, 4)``."""
    rows, columns = _shrunk(rgb, long_side_px).shape[:2]
    kept = found.boxes_xyxy_px[found.scores >= np.float32(threshold)]
    return np.asarray(kept / np.array([columns, rows, columns, rows], np.float32), np.float32)
